"""The audit trail: written in the transaction of the act itself, and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alliance.domain.audit import Actor, Entry
from alliance.domain.people import Viewer
from alliance.storage import chain
from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp

COLUMNS = chain.LINE


def record(
    conn: Connection,
    *,
    at: datetime,
    actor: Actor,
    actor_id: int | None,
    action: str,
    subject: str | None = None,
    subject_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one line. `action` is a verb and its object, as in “open patient”; `subject` names the record."""
    row = (
        stamp(at),
        str(actor),
        actor_id,
        action,
        subject,
        subject_id,
        json.dumps(detail, ensure_ascii=False, sort_keys=True) if detail else None,
    )
    cursor = conn.execute(
        "INSERT INTO audit (at, actor, actor_id, action, subject, subject_id, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    chain.add(conn, int(cursor.lastrowid or 0), row)


def reached(conn: Connection, made_at: datetime, end: datetime) -> datetime | None:
    """The latest moment, if any from `end` on, at which something was done after what was made at `made_at`.

    The trail keeps its order whatever the clock says. So what had ended when the clock stood there can stay ended
    after it is put back, and what is made after that is not held to it.
    """
    row = conn.execute(
        "SELECT at FROM audit WHERE at >= ? AND id > coalesce((SELECT max(id) FROM audit WHERE at = ?), 0)"
        " ORDER BY at DESC LIMIT 1",
        (stamp(end), stamp(made_at)),
    ).fetchone()
    return moment(row["at"]) if row else None


def latest(conn: Connection, limit: int = 100) -> list[Entry]:
    """The newest lines of the whole trail, newest first."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM audit ORDER BY id DESC LIMIT ?",  # noqa: S608 (constants only)
        (limit,),
    )
    return [entry(row) for row in rows]


def about(conn: Connection, subject: str, subject_id: int) -> list[Entry]:
    """Everything that was done with one record, oldest first."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM audit WHERE subject = ? AND subject_id = ? ORDER BY id",  # noqa: S608 (the same)
        (subject, subject_id),
    )
    return [entry(row) for row in rows]


def entry(row: Row) -> Entry:
    """A row as a line of the trail."""
    return Entry(
        id=row["id"],
        at=moment(row["at"]),
        actor=row["actor"],
        actor_id=row["actor_id"],
        action=row["action"],
        subject=row["subject"],
        subject_id=row["subject_id"],
        detail=json.loads(row["detail"]) if row["detail"] else {},
    )


# The patient whom a line of the trail concerns, whatever record it names. After an erasure, numbers are given again: a
# line that is older than the record is about one that is gone.
ON_PATIENT = """
  SELECT a.id AS line, a.subject_id AS patient_id FROM audit AS a WHERE a.subject = 'patient'
  UNION ALL
  SELECT a.id, d.patient_id FROM alert AS x JOIN dyad AS d ON d.id = x.dyad_id
    JOIN audit AS a ON a.subject = 'alert' AND a.subject_id = x.id AND a.at >= x.raised_at
  UNION ALL
  SELECT a.id, d.patient_id FROM therapy_session AS s JOIN dyad AS d ON d.id = s.dyad_id
    JOIN audit AS a ON a.subject = 'session' AND a.subject_id = s.id AND a.at >= s.created_at
"""


def opened(conn: Connection, staff_id: int, patient_id: int, since: datetime) -> bool:
    """Whether this person opened this patient, or an alert of theirs, since then."""
    row = conn.execute(
        f"SELECT 1 FROM ({ON_PATIENT}) AS o JOIN audit AS a ON a.id = o.line"  # noqa: S608 (constants only)
        " WHERE o.patient_id = ? AND a.actor = 'staff' AND a.actor_id = ? AND a.at >= ? LIMIT 1",
        (patient_id, staff_id, stamp(since)),
    ).fetchone()
    return row is not None


def was_read(conn: Connection, dyad_id: int) -> bool:
    """Whether the therapist opened the patient, or an alert, after the last answers that the therapist may know.

    What was held back plays no part in it, whenever it came: who looks over the patient's shoulder must not be able
    to tell from this that there was anything.
    """
    row = conn.execute(
        "SELECT 1 FROM audit AS a JOIN dyad AS d ON d.id = ? LEFT JOIN alert AS x ON a.subject = 'alert'"
        "   AND x.id = a.subject_id"
        " WHERE a.actor = 'staff' AND a.actor_id = d.therapist_id"
        " AND (a.action = 'open patient' AND a.subject_id = d.patient_id"
        "   OR a.action = 'open alert' AND x.dyad_id = d.id AND x.audience = 'both')"
        " AND a.at >= (SELECT max(coalesce(w.released_at, r.received_at)) FROM response AS r"
        "   JOIN therapy_session AS s ON s.id = r.session_id"
        "   LEFT JOIN released_response AS w ON w.response_id = r.id"
        "   WHERE s.dyad_id = d.id AND r.audience = 'both') LIMIT 1",
        (dyad_id,),
    ).fetchone()
    return row is not None


# A viewer who treats one of them too is not told of alerts that the viewer's own patient held back.
DONE_WITH = f"""FROM ({ON_PATIENT}) AS o
  JOIN audit AS a ON a.id = o.line JOIN patient AS p ON p.id = o.patient_id JOIN staff AS t ON t.id = a.actor_id
  WHERE a.actor = 'staff' AND p.id IN (SELECT value FROM json_each(:patients))
  AND a.at >= :first AND a.at < :end
  AND NOT (a.subject = 'alert' AND EXISTS (SELECT 1 FROM alert AS x JOIN dyad AS d ON d.id = x.dyad_id
    WHERE x.id = a.subject_id AND x.audience = 'supervisor' AND d.therapist_id = :viewer))"""  # noqa: S608


def on_patients(
    conn: Connection,
    viewer: Viewer,
    patient_ids: Sequence[int],
    *,
    between: tuple[datetime, datetime] | None = None,
    limit: int,
    skipped: int = 0,
) -> list[tuple[Entry, str, str]]:
    """What staff did with these patients, newest first: the line, who it was, the patient's code.

    `between`: from the first of these moments up to, and without, the second.
    """
    rows = conn.execute(
        "SELECT a.id, a.at, a.actor, a.actor_id, a.action, a.subject, a.subject_id, a.detail, t.name, p.code"
        f" {DONE_WITH} ORDER BY a.id DESC LIMIT :limit OFFSET :skipped",
        _asked(viewer, patient_ids, between) | {"limit": limit, "skipped": skipped},
    )
    return [(entry(row), row["name"], row["code"]) for row in rows]


def extent_on_patients(
    conn: Connection,
    viewer: Viewer,
    patient_ids: Sequence[int],
    between: tuple[datetime, datetime] | None = None,
) -> tuple[int, datetime | None]:
    """How many such lines there are, and when the first was written."""
    row = conn.execute(
        f"SELECT count(*) AS n, min(a.at) AS first {DONE_WITH}", _asked(viewer, patient_ids, between)
    ).fetchone()
    return row["n"], moment(row["first"]) if row["first"] else None


def _asked(
    viewer: Viewer, patient_ids: Sequence[int], between: tuple[datetime, datetime] | None
) -> dict[str, object]:
    first, end = (stamp(between[0]), stamp(between[1])) if between else ("", "~")
    return {
        "viewer": viewer.staff_id,
        "patients": json.dumps(list(patient_ids)),
        "first": first,
        "end": end,
    }
