"""Staff: who works here, in which roles, how they were invited, and who supervises whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from alliance.domain.people import Role, Staff, StaffInvitation
from alliance.storage import audit
from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp

COLUMNS = """s.id, s.email, s.name, s.disabled_at, s.password_hash, r.role
  FROM staff AS s LEFT JOIN staff_role AS r ON r.staff_id = s.id"""


def add(conn: Connection, *, email: str, name: str, roles: Iterable[Role], at: datetime) -> int:
    """Keep a new member of staff, who cannot sign in yet, and answer with the id."""
    cursor = conn.execute(
        "INSERT INTO staff (email, name, created_at) VALUES (?, ?, ?)", (email, name, stamp(at))
    )
    staff_id = int(cursor.lastrowid or 0)
    conn.executemany(
        "INSERT INTO staff_role (staff_id, role) VALUES (?, ?)", [(staff_id, role.value) for role in roles]
    )
    return staff_id


def everyone(conn: Connection) -> list[Staff]:
    """All staff, those who left included, by name."""
    return _people(conn.execute(f"SELECT {COLUMNS} ORDER BY s.name COLLATE NOCASE, s.id"))


def get(conn: Connection, staff_id: int) -> Staff | None:
    """One member of staff by id."""
    rows = conn.execute(f"SELECT {COLUMNS} WHERE s.id = ?", (staff_id,))
    return next(iter(_people(rows)), None)


def by_email(conn: Connection, email: str) -> Staff | None:
    """One member of staff by address; capitals make no difference."""
    rows = conn.execute(f"SELECT {COLUMNS} WHERE s.email = ?", (email,))
    return next(iter(_people(rows)), None)


def password_hash(conn: Connection, staff_id: int) -> str | None:
    """The hash of this person's password, if one has been set."""
    row = conn.execute("SELECT password_hash FROM staff WHERE id = ?", (staff_id,)).fetchone()
    return row["password_hash"] if row else None


def set_password(conn: Connection, staff_id: int, hashed: str) -> None:
    """Keep a new password by its hash."""
    conn.execute("UPDATE staff SET password_hash = ? WHERE id = ?", (hashed, staff_id))


def disable(conn: Connection, staff_id: int, at: datetime) -> bool:
    """Let this person in no more. False if that was so already."""
    cursor = conn.execute(
        "UPDATE staff SET disabled_at = ? WHERE id = ? AND disabled_at IS NULL", (stamp(at), staff_id)
    )
    return cursor.rowcount == 1


def reopen(conn: Connection, staff_id: int) -> bool:
    """Let this person in again, with a password yet to be set. False if the account was not closed."""
    cursor = conn.execute(
        "UPDATE staff SET disabled_at = NULL, password_hash = NULL WHERE id = ? AND disabled_at IS NOT NULL",
        (staff_id,),
    )
    return cursor.rowcount == 1


def rename(conn: Connection, staff_id: int, *, name: str, email: str) -> None:
    """Correct somebody's name and address."""
    conn.execute("UPDATE staff SET name = ?, email = ? WHERE id = ?", (name, email, staff_id))


def set_roles(conn: Connection, staff_id: int, roles: Iterable[Role]) -> None:
    """Let this person do that here, and nothing else."""
    conn.execute("DELETE FROM staff_role WHERE staff_id = ?", (staff_id,))
    conn.executemany(
        "INSERT INTO staff_role (staff_id, role) VALUES (?, ?)", [(staff_id, role.value) for role in roles]
    )


def invitations(conn: Connection) -> dict[int, StaffInvitation]:
    """The newest link of everybody who was ever given one, by the id of the person."""
    rows = conn.execute(
        "SELECT staff_id, created_at, expires_at, used_at FROM staff_invitation AS i"
        " WHERE id = (SELECT max(n.id) FROM staff_invitation AS n WHERE n.staff_id = i.staff_id)"
    )
    return {
        row["staff_id"]: StaffInvitation(
            moment(row["created_at"]),
            moment(row["expires_at"]),
            moment(row["used_at"]) if row["used_at"] else None,
        )
        for row in rows
    }


def invite(conn: Connection, staff_id: int, token_hash: bytes, *, at: datetime, expires_at: datetime) -> None:
    """Keep a link with which this person may set a password, by the hash of its token only."""
    conn.execute(
        "INSERT INTO staff_invitation (staff_id, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?)",
        (staff_id, token_hash, stamp(at), stamp(expires_at)),
    )


def end_invitations(conn: Connection, staff_id: int, at: datetime) -> None:
    """Let no earlier link of this person work any longer."""
    conn.execute(
        "UPDATE staff_invitation SET expires_at = :at"
        " WHERE staff_id = :staff AND used_at IS NULL AND expires_at > :at",
        {"staff": staff_id, "at": stamp(at)},
    )


def invited(conn: Connection, token_hash: bytes, at: datetime) -> Staff | None:
    """Whom this link invites, as long as it works: unused, not expired, the person still here."""
    row = conn.execute(
        "SELECT i.staff_id, i.created_at, i.expires_at FROM staff_invitation AS i"
        " JOIN staff AS s ON s.id = i.staff_id"
        " WHERE i.token_hash = ? AND i.used_at IS NULL AND i.expires_at > ? AND s.disabled_at IS NULL",
        (token_hash, stamp(at)),
    ).fetchone()
    if row is None or audit.reached(conn, moment(row["created_at"]), moment(row["expires_at"])):
        return None
    return get(conn, row["staff_id"])


def use_invitation(conn: Connection, token_hash: bytes, at: datetime) -> None:
    """Use the link up. Callers have made sure, in the same transaction, that it still works."""
    conn.execute("UPDATE staff_invitation SET used_at = ? WHERE token_hash = ?", (stamp(at), token_hash))


def supervise(conn: Connection, *, supervisor_id: int, therapist_id: int, starts_on: date) -> None:
    """Keep that one supervises the other from this day on."""
    conn.execute(
        "INSERT INTO supervision (supervisor_id, therapist_id, starts_on) VALUES (?, ?, ?)",
        (supervisor_id, therapist_id, starts_on.isoformat()),
    )


def _people(rows: Iterable[Row]) -> list[Staff]:
    """Rows of one person each role, as people. The rows of one person stand together."""
    people = []
    for _, group in groupby(rows, key=lambda row: int(row["id"])):
        same = list(group)
        first = same[0]
        people.append(
            Staff(
                id=first["id"],
                email=first["email"],
                name=first["name"],
                roles=frozenset(Role(row["role"]) for row in same if row["role"] is not None),
                disabled=first["disabled_at"] is not None,
                ready=first["password_hash"] is not None,
            )
        )
    return people
