"""Authenticator apps and recovery codes. Secrets are sealed; of codes only hashes are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alliance.storage.database import Connection
from alliance.storage.keyring import Keyring
from alliance.storage.times import moment, stamp


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Somebody's app: its secret in base32, the last half minute of which a code was used, since when."""

    secret: str
    last_step: int
    since: datetime


def _place(staff_id: int) -> str:
    return f"totp|{staff_id}|secret"


def authenticator(conn: Connection, keyring: Keyring, staff_id: int) -> Authenticator | None:
    """This person's app, if one is set up."""
    row = conn.execute("SELECT secret, last_step, since FROM totp WHERE id = ?", (staff_id,)).fetchone()
    if row is None:
        return None
    secret = keyring.open(row["secret"], _place(staff_id)).decode()
    return Authenticator(secret, row["last_step"], moment(row["since"]))


def since(conn: Connection, staff_id: int) -> datetime | None:
    """Since when this person has an app, without a look at its secret."""
    row = conn.execute("SELECT since FROM totp WHERE id = ?", (staff_id,)).fetchone()
    return moment(row["since"]) if row else None


def set_up(
    conn: Connection, keyring: Keyring, staff_id: int, secret: str, *, last_step: int, at: datetime
) -> None:
    """Keep an app, in place of any before."""
    conn.execute(
        "INSERT INTO totp (id, secret, last_step, since) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET secret = excluded.secret, last_step = excluded.last_step, since = excluded.since",
        (staff_id, keyring.seal(secret, _place(staff_id)), last_step, stamp(at)),
    )


def use_step(conn: Connection, staff_id: int, step: int) -> bool:
    """Use up this half minute and all before it. False if that was so already: one code works once."""
    cursor = conn.execute(
        "UPDATE totp SET last_step = :step WHERE id = :staff AND last_step < :step",
        {"step": step, "staff": staff_id},
    )
    return cursor.rowcount == 1


def remove(conn: Connection, staff_id: int) -> None:
    """Let the app and every recovery code of this person work no more."""
    conn.execute("DELETE FROM totp WHERE id = ?", (staff_id,))
    conn.execute("DELETE FROM recovery_code WHERE staff_id = ?", (staff_id,))


def make_codes(conn: Connection, staff_id: int, hashes: Iterable[bytes], at: datetime) -> None:
    """Keep new recovery codes in place of all before."""
    conn.execute("DELETE FROM recovery_code WHERE staff_id = ?", (staff_id,))
    conn.executemany(
        "INSERT INTO recovery_code (code_hash, staff_id, made_at) VALUES (?, ?, ?)",
        [(code_hash, staff_id, stamp(at)) for code_hash in hashes],
    )


def use_code(conn: Connection, staff_id: int, code_hash: bytes, at: datetime) -> bool:
    """Use a recovery code up. False if there is none such, or it was used before."""
    cursor = conn.execute(
        "UPDATE recovery_code SET used_at = ? WHERE code_hash = ? AND staff_id = ? AND used_at IS NULL",
        (stamp(at), code_hash, staff_id),
    )
    return cursor.rowcount == 1


def codes_left(conn: Connection, staff_id: int) -> int:
    """How many recovery codes this person has not used."""
    row = conn.execute(
        "SELECT count(*) AS n FROM recovery_code WHERE staff_id = ? AND used_at IS NULL", (staff_id,)
    ).fetchone()
    return int(row["n"])


def limit_set_up(conn: Connection, staff_id: int, until: datetime | None) -> None:
    """Let a new app be set up until then; None is without limit."""
    conn.execute("UPDATE staff SET enrol_until = ? WHERE id = ?", (stamp(until) if until else None, staff_id))


def set_up_until(conn: Connection, staff_id: int) -> datetime | None:
    """Until when a new app may be set up; None is without limit."""
    row = conn.execute("SELECT enrol_until FROM staff WHERE id = ?", (staff_id,)).fetchone()
    return moment(row["enrol_until"]) if row and row["enrol_until"] else None
