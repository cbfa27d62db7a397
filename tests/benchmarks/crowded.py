"""A clinic with very many therapists, each with the same number of patients who answer week by week."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from alliance.storage.database import Database
from tests.storage.rows import NOW, ONE_OF_EACH

PATIENTS = 12
UNANSWERED = 1 / 9
FIRST_STAFF = 1_000
INSERTS = {
    "staff": "INSERT INTO staff (id, email, name, created_at) VALUES (?, ?, ?, ?)",
    "supervision": "INSERT INTO supervision (supervisor_id, therapist_id, starts_on) VALUES (?, ?, '2020-01-01')",
    "patient": "INSERT INTO patient (id, code, language, instrument, created_at)"
    " VALUES (?, ?, 'en', 'after-session', ?)",
    "dyad": "INSERT INTO dyad (id, patient_id, therapist_id, starts_on, ends_on) VALUES (?, ?, ?, ?, ?)",
    "therapy_session": "INSERT INTO therapy_session (id, dyad_id, number, held_on, created_at) VALUES (?, ?, ?, ?, ?)",
    "invitation": "INSERT INTO invitation (id, session_id, instrument, version, language, channel, token_hash,"
    " created_at, expires_at) VALUES (?, ?, 'after-session', '1.0', 'en', 'link', ?, ?, ?)",
    "attempt": "INSERT INTO attempt (id, invitation_id, received_at, body, counted) VALUES (?, ?, ?, ?, 1)",
    "response": "INSERT INTO response (id, session_id, invitation_id, attempt_id, instrument, version, language,"
    " received_at, audience, talked, wants_help) VALUES (?, ?, ?, ?, 'after-session', '1.0', 'en', ?, 'both', 'no', 0)",
    "score": "INSERT INTO score (response_id, scale, value) VALUES (?, 'alliance', ?)",
    "alert": "INSERT INTO alert (id, dyad_id, session_id, audience, level, rules, factors, sentence, status, raised_at)"
    " VALUES (?, ?, ?, 'both', 'ask', '[]', '[]', 'Lower than usual.', ?, ?)",
    "alert_step": "INSERT INTO alert_step (alert_id, turn, kind, at, staff_id, number, happened_on, how, found)"
    " VALUES (?, 1, 'talked', ?, ?, ?, ?, 'asked', 'unsure')",
    "alert counted": "UPDATE alert SET status = status WHERE id = ?",
}
COURSE = 26  # weeks that a patient stays


def crowd(database: Database, supervisor: int, therapists: int, weeks: int, end: date, seed: int = 3) -> int:
    """Fill the clinic up to the week before `end`; how many responses there are. Everybody is supervised by one."""
    chance = random.Random(seed)
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in INSERTS}
    for at in range(therapists):
        id_ = FIRST_STAFF + at
        rows["staff"].append(
            (id_, f"t{id_}@clinic.example", f"Therapist {at:04}", ONE_OF_EACH["staff"]["created_at"])
        )
        rows["supervision"].append((supervisor, id_))
    sessions, ids = 0, iter(range(1_000_000, 2**40))
    with database.in_bulk():
        _write(database, rows)
        for place, therapist, begins, stays, level in _courses(chance, therapists, weeks):
            patient = next(ids)
            start = end - timedelta(weeks=weeks - begins)
            ended = None if begins + stays >= weeks else (start + timedelta(weeks=stays)).isoformat()
            rows["patient"].append((patient, f"C-{patient}", NOW))
            rows["dyad"].append((patient, patient, therapist, start.isoformat(), ended))
            for number in range(1, stays + 1):
                held_on = (start + timedelta(weeks=number - 1)).isoformat()
                id_ = next(ids)
                rows["therapy_session"].append((id_, patient, number, held_on, NOW))
                rows["invitation"].append((id_, id_, id_.to_bytes(32, "big"), NOW, NOW))
                if chance.random() < UNANSWERED:
                    continue
                sessions += 1
                rows["attempt"].append((f"{id_:022d}", id_, NOW, b"sealed"))
                rows["response"].append((id_, id_, id_, f"{id_:022d}", NOW))
                rows["score"].append((id_, round(min(100.0, max(0.0, chance.gauss(level, 6))), 2)))
                if chance.random() < 0.03:
                    talked = number + 1 if number < stays else None
                    status = (
                        "ordinary" if talked and chance.random() < 0.5 else "repaired" if talked else "seen"
                    )
                    raised_at = f"{held_on}T18:00:00+00:00"
                    rows["alert"].append((id_, patient, id_, status, raised_at))
                    if talked:
                        day = (start + timedelta(weeks=number)).isoformat()
                        rows["alert_step"].append((id_, raised_at, therapist, talked, day))
                        rows["alert counted"].append((id_,))
            if place % 2_000 == 0:
                _write(database, rows)
        _write(database, rows)
    return sessions


def _courses(
    chance: random.Random, therapists: int, weeks: int
) -> Iterator[tuple[int, int, int, int, float]]:
    """One after the other: its place, the therapist, the week in which it begins, how long it lasts, its level."""
    place = 0
    for at in range(therapists):
        usual = chance.gauss(80, 2)
        for seat in range(PATIENTS):
            begins = 0
            while begins < weeks:
                first = (seat * 2) % COURSE + 1 if begins == 0 and weeks > COURSE else COURSE
                stays = min(first, weeks - begins)
                yield place, FIRST_STAFF + at, begins, stays, chance.gauss(usual, 10)
                begins += stays
                place += 1


def _write(database: Database, rows: dict[str, list[tuple[object, ...]]]) -> None:
    with database.write() as conn:
        for table, insertion in INSERTS.items():
            conn.executemany(insertion, rows[table])
            rows[table].clear()
