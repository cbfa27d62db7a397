"""The states that are kept are the ones that the answers lead to, on both tracks and with every prior."""

from __future__ import annotations

import pytest

from alliance.actions import learning
from alliance.actions.rebuilding import out_of_step, rebuilt
from alliance.storage.readings import TrackName
from tests.actions.sending import LOW, STEADY
from tests.actions.test_detecting import Course
from tests.cast import Cast

TRACKS: tuple[TrackName, TrackName] = ("shared", "full")


@pytest.fixture
def courses(cast: Cast) -> list[Course]:
    """One that is late, one with a rupture and an answer held back, one over which the clinic learns."""
    late, ruptured, long = (Course(cast, f"Larch {number}") for number in range(3))
    tokens = [late.hold() for _ in range(4)]
    for number in (2, 0, 3):
        late.answer(tokens[number], STEADY)
    for answers in [STEADY, None, STEADY, STEADY, LOW, STEADY]:
        ruptured.meet(answers)
    ruptured.meet(LOW, audience="supervisor")
    ruptured.meet(STEADY)
    for answers in [STEADY, STEADY, None, STEADY]:
        long.meet(answers)
    learning.learn(cast.clinic, long.at)
    long.meet(LOW)
    long.meet(STEADY)
    return [late, ruptured, long]


def test_every_state_is_the_one_that_the_answers_lead_to(cast: Cast, courses: list[Course]) -> None:
    with cast.clinic.db.read() as conn:
        found = {track: {dyad: state.to_json() for dyad, state in rebuilt(conn, track)} for track in TRACKS}
        assert [out_of_step(conn, track) for track in TRACKS] == [[], []]
    for course in courses:
        for track in TRACKS:
            assert found[track].get(course.dyad.id, "") == course.state(track)
    assert found["shared"].keys() >= {course.dyad.id for course in courses}
    assert found["full"].keys() == {courses[1].dyad.id}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE baseline SET state = replace(state, '\"silent_run\":0', '\"silent_run\":1') WHERE dyad_id = ?",
        "DELETE FROM baseline WHERE dyad_id = ? AND track = 'shared'",
        "DELETE FROM reading WHERE dyad_id = ?",
        "UPDATE reading SET prior_id = NULL WHERE dyad_id = ?",
        "UPDATE score SET value = 50 WHERE scale = 'safety' AND response_id IN (SELECT r.id FROM response AS r"
        " JOIN therapy_session AS s ON s.id = r.session_id WHERE s.dyad_id = ?)",
    ],
)
def test_a_state_that_is_not_is_named(cast: Cast, courses: list[Course], change: str) -> None:
    dyad = courses[2].dyad.id
    with cast.clinic.db.write() as conn:
        conn.execute(change, (dyad,))
    with cast.clinic.db.read() as conn:
        assert out_of_step(conn, "shared") == [dyad]


def test_a_session_not_read_yet_is_left_out(cast: Cast) -> None:
    course = Course(cast, "Larch 9")
    course.hold()
    with cast.clinic.db.read() as conn:
        assert course.dyad.id not in dict(rebuilt(conn, "shared"))
        assert out_of_step(conn, "shared") == []
