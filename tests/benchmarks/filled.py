"""A database full of answers, written straight into its tables: courses as the detector's tests make them up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from alliance.analysis.prior import DEFAULT
from alliance.analysis.state import UNRATED, Held, Scales
from alliance.analysis.track import replay
from alliance.storage import readings
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring
from tests.storage.rows import NOW, ONE_OF_EACH, insert

Answer = tuple[float, float, float, float]
"""Safety, attunement, collaboration and tension, 0–100."""
Rows = dict[str, list[tuple[object, ...]]]

SCALES = ("safety", "attunement", "collaboration", "rupture", "alliance")
"""The scores of one response as they are stored: four that the detector reads, and the mean of the first three."""
COHORT = 500
UNANSWERED, HELD_BACK = 1 / 9, 1 / 100
AT = datetime.fromisoformat(NOW)
INSERTS = {
    "patient": "INSERT INTO patient (id, code, language, instrument, created_at)"
    " VALUES (?, ?, 'en', 'after-session', ?)",
    "dyad": "INSERT INTO dyad (id, patient_id, therapist_id, starts_on) VALUES (?, ?, 1, '2026-01-01')",
    "therapy_session": "INSERT INTO therapy_session (id, dyad_id, number, held_on, created_at)"
    " VALUES (?, ?, ?, '2026-01-01', ?)",
    "invitation": "INSERT INTO invitation (id, session_id, instrument, version, language, channel, token_hash,"
    " created_at, expires_at) VALUES (?, ?, 'after-session', '1.0', 'en', 'link', ?, ?, ?)",
    "attempt": "INSERT INTO attempt (id, invitation_id, received_at, body, counted) VALUES (?, ?, ?, ?, 1)",
    "response": "INSERT INTO response (id, session_id, invitation_id, attempt_id, instrument, version, language,"
    " received_at, audience, talked, wants_help) VALUES (?, ?, ?, ?, 'after-session', '1.0', 'en', ?, ?, 'no', 0)",
    "score": "INSERT INTO score (response_id, scale, value, reason) VALUES (?, ?, ?, ?)",
}


def filled(path: Path, responses: int) -> Database:
    """A new database that is filled."""
    database = Database.create(path, Keyring.create(path.with_name("keyring.json")))
    fill(database, responses)
    return database


def fill(database: Database, responses: int, seed: int = 5) -> None:
    """Put so many responses into an empty database, of dyads of 4 to 40 sessions, all read by the detector.

    Dyads begin in cohorts that meet week by week, so that a dyad's answers lie scattered as in a clinic. One
    session in nine has no answer, and one answer in a hundred is held back.
    """
    chance = random.Random(seed)
    rows: Rows = {table: [] for table in INSERTS}
    cohort = range(1, 1)
    sessions = came = 0
    with database.in_bulk():
        with database.write() as conn:
            insert(conn, "staff", ONE_OF_EACH["staff"])
        while came < responses:
            cohort = range(cohort.stop, cohort.stop + COHORT)
            rows["patient"] = [(each, f"P-{each:06d}", NOW) for each in cohort]
            rows["dyad"] = [(each, each) for each in cohort]
            courses: dict[int, list[Held]] = {each: [] for each in cohort}
            met = [(number, dyad, told) for dyad in cohort for number, told in _course(chance)]
            for number, dyad, told in sorted(met, key=lambda each: each[:2]):
                if came == responses:
                    break
                sessions += 1
                came += told is not None
                held_back = chance.random() < HELD_BACK
                _add(rows, sessions, dyad, number, came, held_back, told)
                known = None if held_back else told
                courses[dyad].append(Held(number, known is not None, *_told(known)))
            with database.write() as conn:
                for table, insertion in INSERTS.items():
                    conn.executemany(insertion, rows[table])
                    rows[table].clear()
                for dyad, held in courses.items():
                    if not held:
                        continue  # in the last cohort some may not have met yet
                    track, made = replay(DEFAULT, held)
                    readings.save(conn, dyad, "shared", track, made, lambda _: None, AT)


def _told(answer: Answer | None) -> tuple[Scales, float | None]:
    return (answer[:3], answer[3]) if answer else (UNRATED, None)


def _add(
    rows: Rows,
    session: int,
    dyad: int,
    number: int,
    response: int,
    held_back: bool,
    answer: Answer | None,
) -> None:
    rows["therapy_session"].append((session, dyad, number, NOW))
    rows["invitation"].append((session, session, session.to_bytes(32, "big"), NOW, NOW))
    if answer is None:
        return
    attempt = f"{response:022d}"
    rows["attempt"].append((attempt, session, NOW, b"sealed"))
    audience = "supervisor" if held_back else "both"
    rows["response"].append((response, session, session, attempt, NOW, audience))
    values = (*answer, sum(answer[:3]) / 3.0)
    rows["score"] += [(response, scale, value, None) for scale, value in zip(SCALES, values, strict=True)]


def _course(chance: random.Random) -> Iterator[tuple[int, Answer | None]]:
    """Number of each session of a dyad, and what it told, if anything. Now and then a lasting fall."""
    level, growth, fall_at = chance.gauss(80, 12), chance.gauss(0.2, 0.2), chance.randint(2, 100)
    for number in range(1, chance.randint(4, 40) + 1):
        fallen = 20.0 if fall_at <= number < fall_at + 4 else 0.0
        here = level + growth * number - fallen + chance.gauss(0, 6)
        about = (here, here, here, 12.0 + fallen)
        safety, attunement, collaboration, tension = (
            round(min(100.0, max(0.0, chance.gauss(each, spread))), 1)
            for each, spread in zip(about, (4.0, 4.0, 4.0, 9.0), strict=True)
        )
        yield number, None if chance.random() < UNANSWERED else (safety, attunement, collaboration, tension)
