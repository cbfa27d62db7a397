"""Who agreed to research, and what of it has to be known before anything may leave the house for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from alliance.domain.consent import Consent
from alliance.storage.database import Connection
from alliance.storage.times import day, stamp


def of_patient(conn: Connection, patient_id: int) -> Consent | None:
    """What the patient said last; None where nobody has asked. Callers check the scope."""
    row = conn.execute(
        "SELECT c.agreed, c.said_on, t.name FROM research_consent AS c JOIN staff AS t ON t.id = c.noted_by"
        " WHERE c.patient_id = ? ORDER BY c.id DESC LIMIT 1",
        (patient_id,),
    ).fetchone()
    return Consent(bool(row["agreed"]), day(row["said_on"]), row["name"]) if row else None


def add(conn: Connection, patient_id: int, *, agreed: bool, said_on: date, by: int, at: datetime) -> None:
    """Note what the patient said."""
    conn.execute(
        "INSERT INTO research_consent (patient_id, agreed, said_on, noted_by, noted_at) VALUES (?, ?, ?, ?, ?)",
        (patient_id, int(agreed), said_on.isoformat(), by, stamp(at)),
    )


@dataclass(frozen=True, slots=True)
class Course:
    """The therapy of a patient who agreed. `days` from its first session to its last."""

    dyad_id: int
    patient_id: int
    therapist_id: int
    language: str
    sessions: int
    days: int


@dataclass(frozen=True, slots=True)
class Patients:
    """How many patients there are, how many of them agreed, how many of these wait to be erased, and how many of
    the rest have no session."""

    all: int
    agreed: int
    waiting: int
    without: int


AGREED = """
  SELECT p.id, p.language, EXISTS (SELECT 1 FROM erasure AS e WHERE e.patient_id = p.id
      AND e.patient_added_at = p.created_at AND e.stopped_at IS NULL AND e.erased_at IS NULL) AS waiting
  FROM patient AS p WHERE (SELECT c.agreed FROM research_consent AS c WHERE c.patient_id = p.id
    ORDER BY c.id DESC LIMIT 1) = 1"""
COURSES = f"""
  SELECT d.id, a.id AS patient_id, d.therapist_id, a.language, a.waiting, count(s.id) AS sessions,
    CAST(max(julianday(s.held_on)) - min(julianday(s.held_on)) AS INTEGER) AS days
  FROM ({AGREED}) AS a LEFT JOIN dyad AS d ON d.patient_id = a.id LEFT JOIN therapy_session AS s ON s.dyad_id = d.id
  GROUP BY a.id, d.id ORDER BY sessions, d.id"""  # noqa: S608 (constants only)


def courses(conn: Connection) -> tuple[list[Course], Patients]:
    """Of each patient who agreed and does not wait to be erased the therapy with most sessions; and the counts."""
    rows = conn.execute(COURSES).fetchall()
    found = {
        row["patient_id"]: Course(*(row[name] for name in FIELDS))
        for row in rows
        if row["sessions"] and not row["waiting"]
    }
    agreed = {row["patient_id"] for row in rows}
    waiting = {row["patient_id"] for row in rows if row["waiting"]}
    every = conn.execute("SELECT count(*) AS n FROM patient").fetchone()["n"]
    told = Patients(every, len(agreed), len(waiting), len(agreed) - len(waiting) - len(found))
    return list(found.values()), told


FIELDS = ("id", "patient_id", "therapist_id", "language", "sessions", "days")

# Sessions within what is told of a course, with the response that may be told: not disputed, not held back.
TOLD = """
  SELECT t.dyad_id, t.id FROM (
    SELECT s.dyad_id, s.id, s.held_on, row_number() OVER (PARTITION BY s.dyad_id ORDER BY s.number) AS place,
      first_value(s.held_on) OVER (PARTITION BY s.dyad_id ORDER BY s.number) AS first
    FROM therapy_session AS s WHERE s.dyad_id IN (SELECT value FROM json_each(:dyads))) AS t
  WHERE t.place <= :longest AND julianday(t.held_on) - julianday(t.first) <= :days"""
RESPONSE = """JOIN response AS r ON r.session_id = t.id AND r.audience = 'both'
    AND NOT EXISTS (SELECT 1 FROM dispute AS x WHERE x.response_id = r.id)"""
GROUPS = f"""
  SELECT 'questionnaire' AS kind, r.instrument AS name, r.version, '' AS tick, t.dyad_id FROM ({TOLD}) AS t {RESPONSE}
  UNION
  SELECT 'monthly', o.instrument, o.version, '', t.dyad_id FROM ({TOLD}) AS t {RESPONSE}
    JOIN follow_up AS f ON f.response_id = r.id AND f.counted = 1 AND f.kind = 'monthly'
      AND EXISTS (SELECT 1 FROM follow_up_answer AS a WHERE a.follow_up_id = f.id)
    JOIN offer AS o ON o.response_id = f.response_id AND o.kind = f.kind
  UNION
  SELECT 'tick', o.instrument, o.version, k.tick, t.dyad_id FROM ({TOLD}) AS t {RESPONSE}
    JOIN follow_up AS f ON f.response_id = r.id AND f.counted = 1
    JOIN offer AS o ON o.response_id = f.response_id AND o.kind = f.kind
    JOIN follow_up_tick AS k ON k.follow_up_id = f.id"""  # noqa: S608 (constants only)


class Use(NamedTuple):
    """Something that was asked or ticked: a `questionnaire` after a session, a `monthly` one, or a `tick`."""

    kind: str
    name: str
    version: str
    tick: str


def used_by(conn: Connection, dyad_ids: Sequence[int], *, longest: int, days: int) -> dict[Use, set[int]]:
    """Which of these courses have what, within so many sessions and days."""
    rows = conn.execute(GROUPS, {"dyads": json.dumps(list(dyad_ids)), "longest": longest, "days": days})
    found: dict[Use, set[int]] = {}
    for *use, dyad_id in rows:
        found.setdefault(Use(*use), set()).add(dyad_id)
    return found
