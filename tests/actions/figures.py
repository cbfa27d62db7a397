"""Clinics with many therapists and patients, written straight into the tables, for what overviews make of them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import date

from alliance.storage.database import Connection
from tests.cast import Cast
from tests.storage.rows import NOW as AT
from tests.storage.rows import ONE_OF_EACH, insert

numbers = itertools.count(5_000)


def therapist(cast: Cast, conn: Connection, name: str, supervisor: str | None = "miriam") -> int:
    """A therapist, supervised by somebody of the cast."""
    id_ = next(numbers)
    insert(conn, "staff", ONE_OF_EACH["staff"] | {"id": id_, "name": name, "email": f"t{id_}@clinic.example"})
    insert(conn, "staff_role", {"staff_id": id_, "role": "therapist"})
    if supervisor:
        row = {
            "id": id_,
            "supervisor_id": cast.ids[supervisor],
            "therapist_id": id_,
            "starts_on": "2025-01-01",
        }
        insert(conn, "supervision", row)
    return id_


def patient(
    conn: Connection, therapist_id: int, held: Sequence[tuple[date, float | None]], *, audience: str = "both"
) -> int:
    """A patient with a session on each day, and what its answer came to; the dyad’s id."""
    id_ = next(numbers)
    insert(conn, "patient", ONE_OF_EACH["patient"] | {"id": id_, "code": f"Q-{id_}"})
    row = {"id": id_, "patient_id": id_, "therapist_id": therapist_id, "starts_on": "2025-01-01"}
    insert(conn, "dyad", row)
    for number, (day, score) in enumerate(held, start=1):
        session = next(numbers)
        insert(
            conn,
            "therapy_session",
            {"id": session, "dyad_id": id_, "number": number, "held_on": day.isoformat(), "created_at": AT},
        )
        if score is not None:
            answer(conn, session, score, audience=audience)
    return id_


def answer(conn: Connection, session: int, score: float, *, audience: str = "both") -> None:
    """A form for a session and what came back."""
    number = next(numbers)
    attempt, token = f"{number:022d}", number.to_bytes(32, "big")
    insert(
        conn,
        "invitation",
        ONE_OF_EACH["invitation"] | {"id": number, "session_id": session, "token_hash": token},
    )
    insert(conn, "attempt", ONE_OF_EACH["attempt"] | {"id": attempt, "invitation_id": number})
    ids = {"id": number, "session_id": session, "invitation_id": number, "attempt_id": attempt}
    insert(conn, "response", ONE_OF_EACH["response"] | ids | {"audience": audience})
    insert(conn, "score", {"response_id": number, "scale": "alliance", "value": round(score, 2)})


def weekly(
    chance: random.Random, level: float, month: int, weeks: int = 4
) -> list[tuple[date, float | None]]:
    """Answers of one patient in one month of 2026."""
    return [(date(2026, month, 1 + 7 * week), min(100.0, chance.gauss(level, 5))) for week in range(weeks)]


def practice(
    conn: Connection,
    therapist_id: int,
    chance: random.Random,
    *,
    patients: int,
    level: float = 80.0,
    months: Sequence[int] = (9, 10),
    weeks: int = 4,
) -> None:
    """So many patients who met in each of these months."""
    for _ in range(patients):
        own = chance.gauss(level, 8)
        held = [one for month in months for one in weekly(chance, min(own, 92), month, weeks)]
        patient(conn, therapist_id, held)
