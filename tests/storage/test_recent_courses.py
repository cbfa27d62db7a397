"""A list fetches the recent sessions of a course only, and says the same as if it had fetched them all."""

from __future__ import annotations

import random

import pytest

from alliance.analysis.prior import DEFAULT
from alliance.analysis.state import Held
from alliance.analysis.track import replay
from alliance.domain import course
from alliance.domain.caseload import row_of
from alliance.domain.people import Role, Viewer
from alliance.storage import people, readings, trends
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring
from alliance.web.sparkline import sparkline
from tests.benchmarks.filled import AT, INSERTS, SCALES
from tests.storage.rows import NOW, ONE_OF_EACH, insert

DYADS, SESSIONS = 40, 75


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Courses of every kind: steady, silent for long, hardly ever answering, in a rupture that lasts."""
    folder = tmp_path_factory.mktemp("recent")
    database = Database.create(folder / "clinic.db", Keyring.create(folder / "keyring.json"))
    chance = random.Random(11)
    session = 0
    with database.write() as conn:
        insert(conn, "staff", ONE_OF_EACH["staff"])
        for dyad in range(1, DYADS + 1):
            conn.execute(INSERTS["patient"], (dyad, f"P-{dyad}", NOW))
            conn.execute(INSERTS["dyad"], (dyad, dyad))
            silence, fall_at = chance.choice((0.1, 0.5, 0.95)), chance.choice((20, 40, 50, 200))
            held = []
            for number in range(1, chance.choice((20, 31, SESSIONS)) + 1):
                session += 1
                conn.execute(INSERTS["therapy_session"], (session, dyad, number, NOW))
                rating = min(100.0, max(0.0, chance.gauss(85 - 30 * (number >= fall_at), 4)))
                if chance.random() < silence:
                    held.append(Held(number, answered=False))
                    continue
                conn.execute(INSERTS["invitation"], (session, session, session.to_bytes(32, "big"), NOW, NOW))
                conn.execute(INSERTS["attempt"], (f"{session:022d}", session, NOW, b"sealed"))
                conn.execute(INSERTS["response"], (session, session, session, f"{session:022d}", NOW, "both"))
                values = (rating, rating, rating, 10.0, rating)
                rows = [(session, scale, value, None) for scale, value in zip(SCALES, values, strict=True)]
                conn.executemany(INSERTS["score"], rows)
                held.append(Held(number, True, (rating,) * 3, 10.0))
            track, made = replay(DEFAULT, held)
            readings.save(conn, dyad, "shared", track, made, lambda _: None, AT)
    return database


def test_its_line_and_its_picture_are_those_of_the_whole(filled: Database) -> None:
    viewer = Viewer(1, "Mara Lind", frozenset({Role.THERAPIST}))
    with filled.read() as conn:
        dyads = people.own_dyads(conn, viewer, AT.date())
        whole = trends.trends(conn, dyads, full=False)
        recent = trends.trends(conn, dyads, full=False, recent=True)
        kept_whole = trends.trends(conn, dyads, full=False, recent=True, whole=[dyads[0].id])
    assert len(recent) == DYADS
    assert sum(len(trend.points) for trend in recent) < sum(len(trend.points) for trend in whole)
    assert kept_whole[0] == whole[0]
    for long, short in zip(whole, recent, strict=True):
        assert len(short.points) >= min(len(long.points), trends.RECENT)
        assert course.forms_back(short) == course.forms_back(long)
        one, other = row_of(long), row_of(short)
        told = (one.mark, one.state, one.sentence, one.since)
        assert told == (other.mark, other.state, other.sentence, other.since), short.dyad.patient.code
        assert sparkline(long) == sparkline(short)


def test_some_of_them_had_to_be_fetched_whole(filled: Database) -> None:
    viewer = Viewer(1, "Mara Lind", frozenset({Role.THERAPIST}))
    with filled.read() as conn:
        recent = trends.trends(conn, people.own_dyads(conn, viewer, AT.date()), full=False, recent=True)
    long = [trend for trend in recent if course.forms_back(trend)[1] == SESSIONS]
    assert {trend.earlier == (0, 0) for trend in long} == {True, False}
