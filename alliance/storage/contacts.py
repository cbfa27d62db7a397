"""Safe contacts: one row for each time a patient was asked, the address sealed, and wiped when it ends."""

from __future__ import annotations

from datetime import date, datetime

from alliance.domain.contact import Contact, EndedBy
from alliance.storage.database import Connection, Row
from alliance.storage.keyring import Keyring
from alliance.storage.times import day, moment, stamp

COLUMNS = "c.id, c.dyad_id, c.address, c.reminders, c.asked_on, c.ended_at, c.ended_by, c.failed_at"


def where(contact_id: int) -> str:
    return f"contact|{contact_id}|address"


def _contact(row: Row, keyring: Keyring) -> Contact:
    sealed = row["address"]
    return Contact(
        id=row["id"],
        dyad_id=row["dyad_id"],
        address=keyring.open(sealed, where(row["id"])).decode() if sealed is not None else "",
        reminders=bool(row["reminders"]),
        asked_on=day(row["asked_on"]),
        ended_at=moment(row["ended_at"]) if row["ended_at"] else None,
        ended_by=EndedBy(row["ended_by"]) if row["ended_by"] else None,
        undelivered=row["failed_at"] is not None,
    )


def of_dyad(conn: Connection, keyring: Keyring, dyad_id: int) -> Contact | None:
    """What the patient said last, whether it still holds or not. Callers check the dyad's scope."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM contact AS c WHERE c.dyad_id = ? ORDER BY c.id DESC LIMIT 1",  # noqa: S608
        (dyad_id,),
    ).fetchone()
    return _contact(row, keyring) if row else None


def get(conn: Connection, keyring: Keyring, contact_id: int) -> Contact:
    """One contact by its id, which is known to be there."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM contact AS c WHERE c.id = ?",  # noqa: S608 (constants only)
        (contact_id,),
    ).fetchone()
    return _contact(row, keyring)


def add(
    conn: Connection, keyring: Keyring, dyad_id: int, *, address: str, reminders: bool, asked_on: date
) -> int:
    """Keep what the patient said, after what was said before has ended, and answer with its id."""
    # The id is taken first, inside the write transaction, because it is part of what seals the address.
    contact_id = int(conn.execute("SELECT coalesce(max(id), 0) + 1 AS next FROM contact").fetchone()["next"])
    conn.execute(
        "INSERT INTO contact (id, dyad_id, address, reminders, asked_on) VALUES (?, ?, ?, ?, ?)",
        (
            contact_id,
            dyad_id,
            keyring.seal(address, where(contact_id)),
            int(reminders),
            asked_on.isoformat(),
        ),
    )
    return contact_id


def end(conn: Connection, dyad_id: int, by: EndedBy, now: datetime) -> bool:
    """Nothing goes there any more, and the address is wiped. False where there was nothing to end."""
    cursor = conn.execute(
        "UPDATE contact SET address = NULL, ended_at = ?, ended_by = ? WHERE dyad_id = ? AND ended_at IS NULL",
        (stamp(now), by.value, dyad_id),
    )
    return cursor.rowcount > 0


def end_for_patient(conn: Connection, contact_id: int, by: EndedBy, now: datetime) -> list[int]:
    """The same for every address that this contact's patient ever gave here; the ids of those that ended."""
    rows = conn.execute(
        "SELECT o.id, o.dyad_id FROM contact AS c JOIN dyad AS d ON d.id = c.dyad_id"
        " JOIN dyad AS e ON e.patient_id = d.patient_id JOIN contact AS o ON o.dyad_id = e.id"
        " WHERE c.id = ? AND o.ended_at IS NULL ORDER BY o.id",
        (contact_id,),
    ).fetchall()
    for row in rows:
        end(conn, row["dyad_id"], by, now)
    return [row["id"] for row in rows]


def mark_undelivered(conn: Connection, contact_id: int, failure: str, now: datetime) -> None:
    """Note that something sent there did not arrive; the first time counts."""
    conn.execute(
        "UPDATE contact SET failed_at = ?, failure = ? WHERE id = ? AND failed_at IS NULL",
        (stamp(now), failure, contact_id),
    )


def to_look_at(
    conn: Connection, keyring: Keyring, therapist_id: int, today: date, asked_before: date
) -> list[tuple[int, str, Contact]]:
    """Patient id, code and contact of this therapist's present patients whom to ask again, by code."""
    rows = conn.execute(
        f"SELECT {COLUMNS}, p.id AS patient_id, p.code FROM contact AS c"  # noqa: S608 (constants only)
        " JOIN dyad AS d ON d.id = c.dyad_id JOIN patient AS p ON p.id = d.patient_id"
        " WHERE d.therapist_id = ? AND (d.ends_on IS NULL OR d.ends_on > ?) AND c.ended_at IS NULL"
        " AND (c.failed_at IS NOT NULL OR c.asked_on <= ?) ORDER BY p.code COLLATE NOCASE",
        (therapist_id, today.isoformat(), asked_before.isoformat()),
    )
    return [(row["patient_id"], row["code"], _contact(row, keyring)) for row in rows]
