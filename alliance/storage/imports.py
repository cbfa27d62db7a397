"""What was taken over from before this clinic asked: which imports there were, and what each of them brought."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from alliance.domain.imported import SCORES, Done, Form, Imported, Kind, PastRating, Source
from alliance.storage import digests
from alliance.storage.database import Connection
from alliance.storage.keyring import Keyring
from alliance.storage.times import day, moment, stamp

AT_ONCE = 5_000  # rows that are handed over together


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a course shows of a session of before."""

    imported: Imported
    answered: bool
    scores: Mapping[str, float | None]
    items: Mapping[str, int] = field(default_factory=dict)


def on_courses(conn: Connection, wanted: str) -> dict[int, TakenOver]:
    """By session, what was taken over; `wanted` is JSON, by dyad the number of the first session."""
    rows = conn.execute(
        f"SELECT m.session_id, m.form, m.answered, i.questionnaire, m.items, {_scores()}"  # noqa: S608 (constants)
        " FROM json_each(?) AS w CROSS JOIN therapy_session AS s"
        " CROSS JOIN imported_session AS m ON m.session_id = s.id JOIN import AS i ON i.id = m.import_id"
        " WHERE s.dyad_id = CAST(w.key AS INTEGER) AND s.number >= w.value",
        (wanted,),
    )
    # Single answers to another questionnaire have no place in pictures and words about this one.
    return {
        session: _taken_over(form, answered, questionnaire, items if form == Form.SAME else None, scores)
        for session, form, answered, questionnaire, items, *scores in rows
    }


def _taken_over(
    form: str, answered: int, questionnaire: str, items: str | None, scores: Sequence[float | None]
) -> TakenOver:
    return TakenOver(
        Imported(questionnaire, Form(form)),
        answered == 1,
        dict(zip(SCORES, scores, strict=True)),
        json.loads(items) if items else {},
    )


class Known(NamedTuple):
    """A session that is there: when it was held, and what was taken over of it; no import if it was held here."""

    held_on: date
    import_id: int | None
    scores: tuple[float | None, ...]


def known_sessions(conn: Connection, dyad_id: int) -> dict[int, Known]:
    """Every session of a dyad by its number."""
    rows = conn.execute(
        f"SELECT s.number, s.held_on, m.import_id, {_scores()} FROM therapy_session AS s"  # noqa: S608 (constants)
        " LEFT JOIN imported_session AS m ON m.session_id = s.id WHERE s.dyad_id = ?",
        (dyad_id,),
    )
    return {
        number: Known(day(held_on), import_id, tuple(scores)) for number, held_on, import_id, *scores in rows
    }


class Case(NamedTuple):
    """A dyad as a file names it: the patient’s code and the therapist’s address."""

    dyad_id: int
    patient_id: int
    code: str
    therapist: str
    starts_on: date
    ends_on: date | None


def cases(conn: Connection) -> Iterator[Case]:
    """Every dyad of the clinic."""
    rows = conn.execute(
        "SELECT d.id, p.id, p.code, t.email, d.starts_on, d.ends_on FROM dyad AS d JOIN patient AS p"
        " ON p.id = d.patient_id JOIN staff AS t ON t.id = d.therapist_id ORDER BY d.id"
    )
    for dyad_id, patient_id, code, email, starts_on, ends_on in rows:
        yield Case(dyad_id, patient_id, code, email, day(starts_on), day(ends_on) if ends_on else None)


def patients(conn: Connection) -> dict[str, tuple[int, str, str]]:
    """By code in small letters: a patient’s id, language and questionnaire."""
    rows = conn.execute("SELECT code, id, language, instrument FROM patient")
    return {code.casefold(): (number, language, instrument) for code, number, language, instrument in rows}


def begin(conn: Connection, kind: Kind, source: Source, now: datetime) -> int:
    """Keep that there is an import, and answer with its number."""
    cursor = conn.execute(
        "INSERT INTO import (kind, made_at, file_hash, questionnaire) VALUES (?, ?, ?, ?)",
        (kind.value, stamp(now), source.file_hash, source.questionnaire),
    )
    return int(cursor.lastrowid or 0)


def add_dyad(
    conn: Connection,
    import_id: int,
    patient_id: int,
    therapist_id: int,
    starts_on: date,
    ends_on: date | None,
) -> None:
    """Bring a patient and a therapist together, as they were before."""
    cursor = conn.execute(
        "INSERT INTO dyad (patient_id, therapist_id, starts_on, ends_on) VALUES (?, ?, ?, ?)",
        (patient_id, therapist_id, starts_on.isoformat(), ends_on.isoformat() if ends_on else None),
    )
    conn.execute(
        "INSERT INTO imported_dyad (dyad_id, import_id) VALUES (?, ?)", (cursor.lastrowid, import_id)
    )


def note_patient(conn: Connection, import_id: int, patient_id: int) -> None:
    """Keep that a patient came with this import."""
    conn.execute(
        "INSERT INTO imported_patient (patient_id, import_id) VALUES (?, ?)", (patient_id, import_id)
    )


def add_sessions(
    conn: Connection,
    keyring: Keyring,
    import_id: int,
    form: Form,
    found: Iterable[tuple[int, int, PastRating]],
    now: datetime,
) -> tuple[int, int]:
    """Keep sessions of before, each with its dyad and number, and a proof of each; the first and last of their ids."""
    session_id = _highest(conn, "SELECT max(id) FROM therapy_session")
    first = 1 + max(
        _highest(conn, "SELECT max(id) FROM imported_session"),
        _highest(conn, "SELECT max(record) FROM digest WHERE kind = 'imported_session'"),
    )
    number, at = first, stamp(now)
    held: list[tuple[object, ...]] = []
    rated: list[tuple[object, ...]] = []
    for dyad_id, session, one in found:
        session_id += 1
        held.append((session_id, dyad_id, session, one.held_on.isoformat(), at))
        rated.append((number, session_id, import_id, form.value, int(one.answered), *one.scores, one.items))
        number += 1
        if len(held) == AT_ONCE:
            _put(conn, held, rated)
    _put(conn, held, rated)
    digests.keep_since(conn, keyring, "imported_session", first)
    return first, number - 1


def _put(conn: Connection, held: list[tuple[object, ...]], rated: list[tuple[object, ...]]) -> None:
    conn.executemany(
        "INSERT INTO therapy_session (id, dyad_id, number, held_on, created_at) VALUES (?, ?, ?, ?, ?)", held
    )
    conn.executemany(
        "INSERT INTO imported_session (id, session_id, import_id, form, answered, safety, attunement, collaboration,"
        " rupture, alliance, items) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rated,
    )
    held.clear()
    rated.clear()


def done(conn: Connection) -> list[Done]:
    """Every import, oldest first, with how many patients and sessions are still here of it."""
    rows = conn.execute(
        "SELECT i.id, i.kind, i.made_at, i.questionnaire, i.undone_at,"
        " (SELECT count(*) FROM imported_dyad AS d WHERE d.import_id = i.id) AS dyads,"
        " (SELECT count(*) FROM imported_session AS m WHERE m.import_id = i.id) AS sessions"
        " FROM import AS i ORDER BY i.id"
    )
    return [
        Done(
            number=row["id"],
            kind=Kind(row["kind"]),
            made_at=moment(row["made_at"]),
            questionnaire=row["questionnaire"],
            patients=row["dyads"],
            sessions=row["sessions"],
            undone_at=moment(row["undone_at"]) if row["undone_at"] else None,
        )
        for row in rows
    ]


def of_session(conn: Connection, session_id: int) -> Imported | None:
    """What this session was taken over from, if it was: no form is offered for it."""
    row = conn.execute(
        "SELECT i.questionnaire, m.form FROM imported_session AS m JOIN import AS i ON i.id = m.import_id"
        " WHERE m.session_id = ?",
        (session_id,),
    ).fetchone()
    return Imported(row["questionnaire"], Form(row["form"])) if row else None


def of_dyad(conn: Connection, dyad_id: int) -> Sequence[tuple[int, TakenOver]]:
    """Number and what was taken over of each session of a dyad, single answers included, in order."""
    rows = conn.execute(
        f"SELECT s.number, m.form, m.answered, i.questionnaire, m.items, {_scores()} FROM imported_session AS m"  # noqa: S608
        " JOIN therapy_session AS s ON s.id = m.session_id JOIN import AS i ON i.id = m.import_id"
        " WHERE s.dyad_id = ? ORDER BY s.number",
        (dyad_id,),
    )
    return [
        (number, _taken_over(form, answered, questionnaire, items, scores))
        for number, form, answered, questionnaire, items, *scores in rows
    ]


def _scores() -> str:
    return ", ".join(f"m.{score}" for score in SCORES)


def _highest(conn: Connection, query: str) -> int:
    return int(conn.execute(query).fetchone()[0] or 0)
