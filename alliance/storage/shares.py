"""Cases that therapists show to their supervisors. One that has ended, in whichever way, is not there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from alliance.domain.people import Role, Viewer
from alliance.domain.sharing import Share
from alliance.storage.database import Connection, Row
from alliance.storage.keyring import Keyring
from alliance.storage.times import day, stamp

# A share holds while therapy and supervision last, without a break since it began: who supervises again after a
# pause is shown it again or not at all.
STANDING = """SELECT h.id, h.dyad_id, h.supervisor_id, v.name, h.shared_on, h.until, h.question, h.opened_at
  FROM share AS h JOIN dyad AS d ON d.id = h.dyad_id JOIN staff AS v ON v.id = h.supervisor_id
  WHERE h.ended_at IS NULL AND h.until >= :today AND (d.ends_on IS NULL OR d.ends_on > :today)
  AND v.disabled_at IS NULL
  AND EXISTS (SELECT 1 FROM staff_role AS o WHERE o.staff_id = v.id AND o.role = 'supervisor')
  AND EXISTS (SELECT 1 FROM supervision AS s WHERE s.supervisor_id = h.supervisor_id
    AND s.therapist_id = d.therapist_id AND s.starts_on <= h.shared_on
    AND (s.ends_on IS NULL OR s.ends_on > :today))"""


def where_question(share_id: int) -> str:
    return f"share|{share_id}|question"


def _share(row: Row, keyring: Keyring) -> Share:
    sealed = row["question"]
    return Share(
        id=row["id"],
        dyad_id=row["dyad_id"],
        supervisor_id=row["supervisor_id"],
        supervisor_name=row["name"],
        shared_on=day(row["shared_on"]),
        until=day(row["until"]),
        question=keyring.open(sealed, where_question(row["id"])).decode() if sealed else "",
        opened=row["opened_at"] is not None,
    )


def of_dyad(conn: Connection, keyring: Keyring, dyad_id: int, today: date) -> list[Share]:
    """To whom this case is shown today, by name: for its therapist."""
    rows = conn.execute(
        f"{STANDING} AND h.dyad_id = :dyad ORDER BY v.name", {"dyad": dyad_id, "today": today.isoformat()}
    )
    return [_share(row, keyring) for row in rows]


def shown_to(
    conn: Connection, keyring: Keyring, viewer: Viewer, dyad_ids: Sequence[int], today: date
) -> list[Share]:
    """Which of these cases are shown to the viewer today, oldest first."""
    if not viewer.has(Role.SUPERVISOR):
        return []
    rows = conn.execute(
        f"{STANDING} AND h.supervisor_id = :viewer"  # noqa: S608 (constants only)
        " AND h.dyad_id IN (SELECT value FROM json_each(:dyads))"
        " ORDER BY h.shared_on, h.id",
        {"viewer": viewer.staff_id, "dyads": json.dumps(list(dyad_ids)), "today": today.isoformat()},
    )
    return [_share(row, keyring) for row in rows]


def running_with(
    conn: Connection, keyring: Keyring, viewer: Viewer, dyad_id: int, today: date
) -> Share | None:
    """The one question behind everything that is shared: is this case shown to the viewer today?"""
    return next(iter(shown_to(conn, keyring, viewer, [dyad_id], today)), None)


def add(
    conn: Connection,
    keyring: Keyring,
    *,
    dyad_id: int,
    supervisor_id: int,
    shared_on: date,
    until: date,
    question: str,
    now: datetime,
) -> int:
    """Show a case, in place of what was shown to the same supervisor before, and answer with the id."""
    conn.execute(
        "UPDATE share SET ended_at = ? WHERE dyad_id = ? AND supervisor_id = ? AND ended_at IS NULL",
        (stamp(now), dyad_id, supervisor_id),
    )
    # The id is part of what seals the question.
    share_id = int(conn.execute("SELECT coalesce(max(id), 0) + 1 AS next FROM share").fetchone()["next"])
    conn.execute(
        "INSERT INTO share (id, dyad_id, supervisor_id, question, shared_on, until) VALUES (?, ?, ?, ?, ?, ?)",
        (
            share_id,
            dyad_id,
            supervisor_id,
            keyring.seal(question, where_question(share_id)) if question else None,
            shared_on.isoformat(),
            until.isoformat(),
        ),
    )
    return share_id


def end(conn: Connection, share_id: int, now: datetime) -> None:
    """Show it no longer."""
    conn.execute("UPDATE share SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (stamp(now), share_id))


def note_opened(conn: Connection, share_id: int, now: datetime) -> None:
    """Note the supervisor's first look."""
    conn.execute("UPDATE share SET opened_at = ? WHERE id = ? AND opened_at IS NULL", (stamp(now), share_id))
