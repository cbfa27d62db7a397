"""The clinic's tablets, and the codes that open one questionnaire on one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from alliance.domain.kiosk import SETUP_LASTS, Tablet, Wrong
from alliance.storage import audit
from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp

What = Literal["code", "pin"]
COLUMNS = "id, name, added_at, last_used_at, revoked_at, token_hash IS NOT NULL AS ready, setup_until"


def _tablet(row: Row) -> Tablet:
    return Tablet(
        id=row["id"],
        name=row["name"],
        added_at=moment(row["added_at"]),
        last_used_at=moment(row["last_used_at"]) if row["last_used_at"] else None,
        revoked_at=moment(row["revoked_at"]) if row["revoked_at"] else None,
        ready=bool(row["ready"]),
        awaits_until=moment(row["setup_until"]) if row["setup_until"] else None,
    )


def add(conn: Connection, name: str, pin_hash: str, now: datetime) -> int:
    """Keep a tablet that nobody carries yet, and answer with its id."""
    cursor = conn.execute(
        "INSERT INTO kiosk_device (name, pin_hash, added_at) VALUES (?, ?, ?)", (name, pin_hash, stamp(now))
    )
    return int(cursor.lastrowid or 0)


def every(conn: Connection) -> list[Tablet]:
    """All tablets, those that were revoked last, by name."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM kiosk_device"  # noqa: S608 (constants only)
        " ORDER BY revoked_at IS NOT NULL, name COLLATE NOCASE, id"
    )
    return [_tablet(row) for row in rows]


def ready(conn: Connection) -> list[Tablet]:
    """The tablets that codes can be made for, by name."""
    return [tablet for tablet in every(conn) if tablet.ready]


def get(conn: Connection, device_id: int) -> Tablet | None:
    """One tablet by its id."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM kiosk_device WHERE id = ?",  # noqa: S608 (constants only)
        (device_id,),
    ).fetchone()
    return _tablet(row) if row else None


def named(conn: Connection, name: str) -> bool:
    """Whether a tablet that was not revoked has this name."""
    row = conn.execute(
        "SELECT 1 FROM kiosk_device WHERE name = ? COLLATE NOCASE AND revoked_at IS NULL", (name,)
    ).fetchone()
    return row is not None


def await_setup(conn: Connection, device_id: int, setup_hash: bytes, until: datetime) -> None:
    """Let one link, and none before it, set this tablet up."""
    conn.execute(
        "UPDATE kiosk_device SET setup_hash = ?, setup_until = ? WHERE id = ?",
        (setup_hash, stamp(until), device_id),
    )


def by_setup(conn: Connection, setup_hash: bytes, now: datetime) -> Tablet | None:
    """The tablet that this link would set up now."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM kiosk_device WHERE setup_hash = ? AND setup_until > ?",  # noqa: S608
        (setup_hash, stamp(now)),
    ).fetchone()
    if row is None:
        return None
    until = moment(row["setup_until"])
    return None if audit.reached(conn, until - SETUP_LASTS, until) else _tablet(row)


def set_up(conn: Connection, device_id: int, token_hash: bytes) -> None:
    """Let the tablet be known by this token from now on, and use its link up."""
    conn.execute(
        "UPDATE kiosk_device SET token_hash = ?, setup_hash = NULL, setup_until = NULL WHERE id = ?",
        (token_hash, device_id),
    )


def by_token(conn: Connection, token_hash: bytes) -> Tablet | None:
    """The tablet that carries this token."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM kiosk_device WHERE token_hash = ?",  # noqa: S608 (constants only)
        (token_hash,),
    ).fetchone()
    return _tablet(row) if row else None


def pin_hash(conn: Connection, device_id: int) -> str:
    """What is kept of its PIN."""
    row = conn.execute("SELECT pin_hash FROM kiosk_device WHERE id = ?", (device_id,)).fetchone()
    return str(row["pin_hash"])


def forget(conn: Connection, device_id: int) -> None:
    """No tablet carries this one any more, and what was open on it can be opened no further."""
    conn.execute("UPDATE kiosk_device SET token_hash = NULL WHERE id = ?", (device_id,))
    conn.execute(
        "UPDATE invitation SET token_hash = randomblob(32) WHERE claimed_at IS NULL AND id IN"
        " (SELECT invitation_id FROM kiosk_code WHERE device_id = ?)",
        (device_id,),
    )
    conn.execute("UPDATE kiosk_code SET expires_at = made_at WHERE device_id = ?", (device_id,))


def revoke(conn: Connection, device_id: int, now: datetime) -> None:
    """Take a tablet out of use for good."""
    forget(conn, device_id)
    conn.execute(
        "UPDATE kiosk_device SET revoked_at = ?, setup_hash = NULL, setup_until = NULL WHERE id = ?",
        (stamp(now), device_id),
    )


def add_code(
    conn: Connection,
    device_id: int,
    invitation_id: int,
    code_hash: bytes,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a code, by its keyed fingerprint only."""
    conn.execute(
        "INSERT INTO kiosk_code (device_id, invitation_id, code_hash, made_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (device_id, invitation_id, code_hash, stamp(now), stamp(expires_at)),
    )


def use_code(
    conn: Connection, device_id: int, code_hash: bytes, form_hash: bytes, now: datetime
) -> int | None:
    """Use a code up on its tablet; its questionnaire then opens by `form_hash`. The invitation's id, or None."""
    row = conn.execute(
        "SELECT id, invitation_id, made_at, expires_at FROM kiosk_code WHERE code_hash = :code"
        " AND device_id = :device AND used_at IS NULL AND expires_at > :now",
        {"now": stamp(now), "code": code_hash, "device": device_id},
    ).fetchone()
    if row is None or audit.reached(conn, moment(row["made_at"]), moment(row["expires_at"])):
        return None
    conn.execute("UPDATE kiosk_code SET used_at = ? WHERE id = ?", (stamp(now), row["id"]))
    conn.execute("UPDATE invitation SET token_hash = ? WHERE id = ?", (form_hash, row["invitation_id"]))
    conn.execute("UPDATE kiosk_device SET last_used_at = ? WHERE id = ?", (stamp(now), device_id))
    return int(row["invitation_id"])


@dataclass(frozen=True, slots=True)
class Opened:
    """A questionnaire that a code opened: when, and in which language the patient is usually asked."""

    used_at: datetime
    language: str


def opened(conn: Connection, device_id: int, form_hash: bytes) -> Opened | None:
    """What this tablet opened and knows by this fingerprint."""
    row = conn.execute(
        "SELECT c.used_at, i.language FROM invitation AS i JOIN kiosk_code AS c ON c.invitation_id = i.id"
        " WHERE i.token_hash = ? AND c.device_id = ? AND c.used_at IS NOT NULL",
        (form_hash, device_id),
    ).fetchone()
    return Opened(moment(row["used_at"]), row["language"]) if row else None


def wrong(conn: Connection, device_id: int, what: What) -> Wrong | None:
    """How often a code or PIN was typed wrongly on this tablet."""
    row = conn.execute(
        "SELECT count, since FROM kiosk_wrong WHERE device_id = ? AND what = ?", (device_id, what)
    ).fetchone()
    return Wrong(row["count"], moment(row["since"])) if row else None


def note_wrong(conn: Connection, device_id: int, what: What, told: Wrong) -> None:
    """Keep this count in place of the one before."""
    conn.execute(
        "INSERT INTO kiosk_wrong (device_id, what, count, since) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (device_id, what) DO UPDATE SET count = excluded.count, since = excluded.since",
        (device_id, what, told.count, stamp(told.since)),
    )


def clear_wrong(conn: Connection, device_id: int, what: What) -> None:
    """Begin to count anew."""
    conn.execute("DELETE FROM kiosk_wrong WHERE device_id = ? AND what = ?", (device_id, what))
