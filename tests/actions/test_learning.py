"""What the night does: it notes silences and learns from the past, and changes nothing that was read before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alliance.actions import caseload, learning
from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import Track
from alliance.storage import priors, readings, responses
from tests.actions.sending import LOW, STEADY
from tests.actions.test_detecting import Course
from tests.cast import NOW, Cast


@pytest.fixture
def course(cast: Cast) -> Course:
    return Course(cast, "Elder 5")


def test_a_clinic_without_a_past_goes_on_with_the_defaults(cast: Cast) -> None:
    with cast.clinic.db.read() as conn:
        assert priors.latest(conn).prior == DEFAULT
        assert priors.latest(conn).id is None


def test_the_night_keeps_what_the_past_teaches(cast: Cast) -> None:
    fitted = learning.learn(cast.clinic, NOW)
    assert fitted.dyads_used == 2  # Alder 14 and Birch 2
    assert not fitted.links_learned
    with cast.clinic.db.read() as conn:
        latest = priors.latest(conn)
    assert (latest.fitted, latest.fitted_at) == (fitted, NOW)
    assert latest.prior != DEFAULT


def test_a_new_prior_counts_from_then_on_and_a_rebuild_reads_each_session_as_it_was_read(
    course: Course,
) -> None:
    for _ in range(4):
        course.meet(STEADY)
    before = course.state()
    learning.learn(course.clinic, course.at)
    assert course.state() == before
    late = course.hold()
    course.meet(STEADY)
    course.meet(LOW)
    with course.clinic.db.read() as conn:
        used = readings.priors(conn, course.dyad.id, "shared")
        learned = priors.latest(conn)
    assert used == {**dict.fromkeys(range(1, 5), None), **dict.fromkeys(range(5, 8), learned.id)}
    course.answer(late, STEADY)
    with course.clinic.db.read() as conn:
        held = responses.held(conn, course.dyad.id, 1, 7, full=False)
        assert readings.priors(conn, course.dyad.id, "shared") == used
    track = Track.start(DEFAULT)
    for session in held:
        track.advance(DEFAULT if session.number < 5 else learned.prior, session)
    assert course.state() == track.to_json()


def test_a_form_that_ended_unanswered_is_noted_as_silence_once(course: Course) -> None:
    for _ in range(3):
        course.meet(STEADY)
    course.meet(None)
    ended = course.at + timedelta(days=8)
    assert learning.note_silences(course.clinic, course.at + timedelta(days=6)) == 0
    assert learning.note_silences(course.clinic, ended) == 1
    with course.clinic.db.read() as conn:
        reading = readings.of_dyads(conn, [course.dyad.id], full=False)[course.dyad.id, 4]
    assert (reading.answered, reading.silent_run) == (False, 1)
    assert learning.note_silences(course.clinic, ended) == 0


def test_a_session_without_a_form_is_no_silence(course: Course) -> None:
    course.meet(STEADY)
    for _ in range(2):
        caseload.add_session(
            course.clinic,
            course.viewer,
            course.dyad.patient.id,
            held_on=course.at.date(),
            next_on=None,
            now=course.at,
        )
    course.meet(STEADY)
    read = [point.number for point in course.seen_by("jonas").points if point.reading]
    assert read == [1, 4]


def test_the_night_may_run_twice(cast: Cast) -> None:
    first = learning.nightly(cast.clinic, NOW + timedelta(days=30))
    again = learning.nightly(cast.clinic, NOW + timedelta(days=30))
    assert first.silences == 2
    assert again.silences == 0
    assert again.fitted.prior.mu0 == pytest.approx(first.fitted.prior.mu0)
