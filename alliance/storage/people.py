"""Patients and dyads, obtainable only through a viewer: what is outside the viewer's scope is not there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from alliance.domain.people import Dyad, Patient, Role, Viewer
from alliance.storage.database import Connection, Row
from alliance.storage.times import day, stamp

# A therapist's own, present dyads; a supervisor's supervisees' while the supervision lasts.
OWN = ":as_therapist AND d.therapist_id = :viewer AND (d.ends_on IS NULL OR d.ends_on > :today)"
SUPERVISED = """:as_supervisor AND EXISTS (
  SELECT 1 FROM supervision AS s WHERE s.supervisor_id = :viewer AND s.therapist_id = d.therapist_id
  AND s.starts_on <= :today AND (s.ends_on IS NULL OR s.ends_on > :today))"""

COLUMNS = """d.id, d.therapist_id, t.name AS therapist_name, d.starts_on, d.ends_on, d.next_on,
  p.id AS patient_id, p.code, p.language, p.instrument, p.paused_at
  FROM dyad AS d JOIN patient AS p ON p.id = d.patient_id JOIN staff AS t ON t.id = d.therapist_id"""


def _dyad(row: Row) -> Dyad:
    return Dyad(
        id=row["id"],
        patient=Patient(
            row["patient_id"], row["code"], row["language"], row["instrument"], row["paused_at"] is not None
        ),
        therapist_id=row["therapist_id"],
        therapist_name=row["therapist_name"],
        starts_on=day(row["starts_on"]),
        ends_on=day(row["ends_on"]) if row["ends_on"] else None,
        next_on=day(row["next_on"]) if row["next_on"] else None,
    )


def _scope(viewer: Viewer, today: date) -> dict[str, object]:
    return {
        "viewer": viewer.staff_id,
        "today": today.isoformat(),
        "as_therapist": viewer.has(Role.THERAPIST),
        "as_supervisor": viewer.has(Role.SUPERVISOR),
    }


def own_dyads(conn: Connection, viewer: Viewer, today: date) -> list[Dyad]:
    """The viewer's own caseload, by patient code."""
    sql = f"SELECT {COLUMNS} WHERE {OWN} ORDER BY p.code COLLATE NOCASE"
    return [_dyad(row) for row in conn.execute(sql, _scope(viewer, today))]


def every_dyad(conn: Connection, code: str | None = None) -> list[Dyad]:
    """All dyads of the clinic, or those of the patient with this code. For whoever sits at the server itself."""
    sql = f"SELECT {COLUMNS} WHERE :code IS NULL OR p.code = :code ORDER BY p.id, d.starts_on, d.id"
    return [_dyad(row) for row in conn.execute(sql, {"code": code})]


def supervised_dyads(
    conn: Connection, viewer: Viewer, today: date, among: Sequence[int] | None = None
) -> list[Dyad]:
    """The dyads of those whom the viewer supervises today, by therapist and patient code; `among` these, if given."""
    narrowed = "" if among is None else " AND d.id IN (SELECT value FROM json_each(:among))"
    sql = f"SELECT {COLUMNS} WHERE {SUPERVISED}{narrowed} ORDER BY t.name, p.code COLLATE NOCASE"
    told = _scope(viewer, today) | ({} if among is None else {"among": json.dumps(list(among))})
    return [_dyad(row) for row in conn.execute(sql, told)]


def dyads_of_patient(conn: Connection, viewer: Viewer, patient_id: int, today: date) -> list[Dyad]:
    """The patient's dyads in the viewer's scope, the viewer's own first, then the newest."""
    sql = (
        f"SELECT {COLUMNS} WHERE p.id = :patient AND (({OWN}) OR ({SUPERVISED}))"
        " ORDER BY (d.therapist_id = :viewer) DESC, d.starts_on DESC, d.id DESC"
    )
    return [_dyad(row) for row in conn.execute(sql, _scope(viewer, today) | {"patient": patient_id})]


def dyad_in_scope(conn: Connection, viewer: Viewer, dyad_id: int, today: date) -> Dyad | None:
    """This dyad, if the viewer may see it."""
    sql = f"SELECT {COLUMNS} WHERE d.id = :dyad AND (({OWN}) OR ({SUPERVISED}))"
    row = conn.execute(sql, _scope(viewer, today) | {"dyad": dyad_id}).fetchone()
    return _dyad(row) if row else None


def dyads_by_id(conn: Connection, ids: Sequence[int]) -> list[Dyad]:
    """These dyads, in the order of these numbers, whoever’s they are: callers say who may have them."""
    rows = conn.execute(
        f"SELECT {COLUMNS} WHERE d.id IN (SELECT value FROM json_each(?))",  # noqa: S608 (constants only)
        (json.dumps(list(ids)),),
    )
    found = {row["id"]: _dyad(row) for row in rows}
    return [found[dyad_id] for dyad_id in ids]


def supervised_therapists(conn: Connection, viewer: Viewer, today: date) -> list[tuple[int, str]]:
    """Id and name of everybody whom the viewer supervises today, by name."""
    rows = conn.execute(
        "SELECT t.id, t.name FROM supervision AS s JOIN staff AS t ON t.id = s.therapist_id"
        " WHERE s.supervisor_id = ? AND s.starts_on <= ? AND (s.ends_on IS NULL OR s.ends_on > ?)"
        " ORDER BY t.name, t.id",
        (viewer.staff_id, today.isoformat(), today.isoformat()),
    )
    return [(row["id"], row["name"]) for row in rows]


def supervisors_of(conn: Connection, therapist_id: int, today: date) -> tuple[str, ...]:
    """The names of those who supervise this therapist today."""
    return tuple(name for _, name in supervisors_by_id(conn, therapist_id, today))


def supervisors_by_id(conn: Connection, therapist_id: int, today: date) -> list[tuple[int, str]]:
    """Id and name of those who supervise this therapist today, by name."""
    rows = conn.execute(
        "SELECT t.id, t.name FROM supervision AS s JOIN staff AS t ON t.id = s.supervisor_id"
        " WHERE s.therapist_id = ? AND s.starts_on <= ? AND (s.ends_on IS NULL OR s.ends_on > ?)"
        " AND t.disabled_at IS NULL ORDER BY t.name",
        (therapist_id, today.isoformat(), today.isoformat()),
    )
    return [(row["id"], row["name"]) for row in rows]


def code_taken(conn: Connection, code: str) -> bool:
    """Whether some patient of the clinic has this code, whoever's patient it is."""
    return conn.execute("SELECT 1 FROM patient WHERE code = ?", (code,)).fetchone() is not None


def add_patient(conn: Connection, *, code: str, language: str, instrument: str, now: datetime) -> int:
    """Keep a new patient and answer with the id: none that an erased one had, as the trail names patients by it."""
    cursor = conn.execute(
        "INSERT INTO patient (id, code, language, instrument, created_at) SELECT"
        " 1 + max(coalesce((SELECT max(id) FROM patient), 0), coalesce((SELECT max(patient_id) FROM erasure), 0)),"
        " ?, ?, ?, ?",
        (code, language, instrument, stamp(now)),
    )
    return int(cursor.lastrowid or 0)


def choose_form(conn: Connection, patient_id: int, *, language: str, instrument: str) -> None:
    """Let the patient's next forms be this questionnaire, in this language."""
    conn.execute(
        "UPDATE patient SET language = ?, instrument = ? WHERE id = ?", (language, instrument, patient_id)
    )


def add_dyad(conn: Connection, *, patient_id: int, therapist_id: int, starts_on: date) -> int:
    """Bring a patient and a therapist together and answer with the dyad's id."""
    cursor = conn.execute(
        "INSERT INTO dyad (patient_id, therapist_id, starts_on) VALUES (?, ?, ?)",
        (patient_id, therapist_id, starts_on.isoformat()),
    )
    return int(cursor.lastrowid or 0)


def set_next_session(conn: Connection, dyad_id: int, next_on: date | None) -> None:
    """Note the day of the dyad's next session, or that it is not known."""
    conn.execute(
        "UPDATE dyad SET next_on = ? WHERE id = ?", (next_on.isoformat() if next_on else None, dyad_id)
    )


def by_questionnaire(conn: Connection) -> dict[str, int]:
    """How many patients have each questionnaire."""
    rows = conn.execute("SELECT instrument, count(*) AS n FROM patient GROUP BY instrument")
    return {row["instrument"]: row["n"] for row in rows}
