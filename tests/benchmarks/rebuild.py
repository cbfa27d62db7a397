"""P14 and P15: every detector state made anew, and submissions, in a database with very many answers.

The rebuild is the whole of what an audit does: every session read in order, every state made by the odds filter,
written as JSON and compared with the one that is kept. The plain read fetches the rows that it needs, every
session, response and score, ordered by dyad and session, over the same connection as bare tuples (cheaper than the
rows with names that it hands out otherwise), takes each apart, and does nothing with them. Both in processor time.

Submissions are whole WSGI calls, by the wall clock, to the full clinic and to one with next to no answers in turn.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from flask import Flask

from alliance.actions.rebuilding import out_of_step
from alliance.storage.database import Connection
from tests.benchmarks.filled import fill
from tests.benchmarks.measuring import PROCESSOR, WALL, Plan, Result, calmly, lasted, spent
from tests.benchmarks.patient import bodies, sent
from tests.benchmarks.settings import app_of, new_clinic, opened
from tests.cast import NOW, Cast, add_patient, hold, make_cast

PLAIN = """
    SELECT s.dyad_id, s.number, r.id, r.audience, c.scale, c.value
    FROM therapy_session AS s
    LEFT JOIN response AS r ON r.session_id = s.id
    LEFT JOIN score AS c ON c.response_id = r.id
    ORDER BY s.dyad_id, s.number"""
LINKS = 40
"""Answers in each round and clinic."""


def read_plainly(conn: Connection) -> int:
    """How many scores there are, every row fetched and taken apart on the way."""
    cursor = conn.cursor()
    cursor.row_factory = None
    found = 0
    for _dyad, _number, _response, _audience, _scale, value in cursor.execute(PLAIN):
        found += value is not None
    return found


def measure(plan: Plan) -> Iterator[Result]:
    many = plan.made(
        f"{plan.responses:,} answers that the detector has read", partial(filled_clinic, plan.responses)
    )
    with new_clinic(plan.place("empty") / "clinic") as empty, opened(many) as full:
        with full.db.read() as conn:
            assert read_plainly(conn) == 5 * plan.responses
            yield from calmly(partial(rebuilds, conn, plan.rounds))
        casts = make_cast(empty), make_cast(full)
        yield from calmly(partial(rates, casts, plan.rounds))


def filled_clinic(responses: int, folder: Path) -> None:
    """A clinic with so many answers."""
    with new_clinic(folder) as clinic:
        fill(clinic.db, responses)


def rebuilds(conn: Connection, rounds: int) -> Sequence[Result]:
    """P14. Raises AssertionError where a kept state is not the one that the answers lead to."""
    assert out_of_step(conn, "shared") == []
    (sessions,) = conn.execute("SELECT count(*) FROM reading").fetchone()
    costs = [
        (spent(lambda: read_plainly(conn)), spent(lambda: out_of_step(conn, "shared"))) for _ in range(rounds)
    ]
    each = statistics.median(made for _, made in costs) / sessions * 1e6
    told = f"{sessions:,} sessions, none out of step, {each:.1f} µs each"
    ratios = tuple(made / read for read, made in costs)
    return (Result("P14", ratios, PROCESSOR, tuple(read for read, _ in costs), "s", told),)


def rates(casts: tuple[Cast, Cast], rounds: int) -> Sequence[Result]:
    """P15: `casts` of the empty and of the full clinic."""
    apps = [app_of(cast.clinic) for cast in casts]
    stamp, began = datetime.now(UTC).timestamp(), NOW - timedelta(days=30)
    patients = [
        [add_patient(cast, f"Fern {stamp} {number}", at=began).patient.id for number in range(LINKS)]
        for cast in casts
    ]
    waits, shares = [], []
    for round_ in range(rounds + 1):
        empty, full = _answers(casts, apps, patients, round_)
        if round_:  # the first fills the caches of both
            waits.append(1 / empty)
            shares.append(empty / full)
    return (Result("P15", tuple(shares), WALL, tuple(waits), "a second"),)


def _answers(
    casts: tuple[Cast, Cast], apps: Sequence[Flask], patients: Sequence[Sequence[int]], round_: int
) -> tuple[float, float]:
    """Seconds that an answer takes in the middle, in the empty clinic and in the full one."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    tokens = [
        [hold(cast, cast.viewer("jonas"), each, yesterday)[1] for each in theirs]
        for cast, theirs in zip(casts, patients, strict=True)
    ]
    waits: tuple[list[float], list[float]] = ([], [])
    for number, (pair, body) in enumerate(zip(zip(*tokens, strict=True), bodies(round_), strict=False)):
        turns = list(zip(apps, pair, waits, strict=True))
        for app, token, found in (
            reversed(turns) if number % 2 else turns
        ):  # neither always comes after the other
            found.append(lasted(partial(sent, app, token, body)))
    return statistics.median(waits[0]), statistics.median(waits[1])
