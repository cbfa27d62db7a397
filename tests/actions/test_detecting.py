"""The detector keeps in step with the sessions, whatever order they come in and whoever may know of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alliance.actions import caseload, reading
from alliance.actions.clinic import Clinic
from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import Level, replay
from alliance.domain.access import NotFound
from alliance.domain.alerts import AlertStatus
from alliance.domain.trend import Point, Trend
from alliance.storage import alerts, readings, responses
from tests.actions.sending import LOW, STEADY, page, send
from tests.actions.stories import noted
from tests.cast import NOW, Cast, hold

DAY = timedelta(days=1)
SLIGHTLY_LOW = {item: 6 if value == 8 else value for item, value in STEADY.items()}


class Course:
    """A new patient of Jonas Berg, to whom a session happens every day, within the life of a link."""

    def __init__(self, cast: Cast, code: str = "Rowan 31") -> None:
        self.cast, self.clinic, self.viewer = cast, cast.clinic, cast.viewer("jonas")
        self.at = NOW - 60 * DAY
        self.dyad = caseload.add_patient(
            self.clinic,
            self.viewer,
            code=code,
            language="en",
            instrument="after-session",
            starts_on=self.at.date(),
            now=self.at,
        )

    def hold(self) -> str:
        self.at += DAY
        return hold(self.cast, self.viewer, self.dyad.patient.id, self.at)[1]

    def answer(self, token: str, answers: dict[str, int], **more: str) -> None:
        send(self.clinic, token, page(answers, **more), self.at + timedelta(hours=1))

    def meet(self, answers: dict[str, int] | None, **more: str) -> None:
        token = self.hold()
        if answers is not None:
            self.answer(token, answers, **more)

    def seen_by(self, who: str) -> Trend:
        """Looked at an hour after the last answer: who looks later and answers then has a clock that was put back."""
        now = self.at + timedelta(hours=2)
        return reading.open_patient(self.clinic, self.cast.viewer(who), self.dyad.patient.id, now).trend

    def state(self, track: readings.TrackName = "shared") -> str:
        with self.clinic.db.read() as conn:
            found = readings.tracks(conn, self.dyad.id).get(track)
        return found.to_json() if found else ""


@pytest.fixture
def course(cast: Cast) -> Course:
    return Course(cast)


def test_a_fall_raises_an_alert_with_level_factors_and_a_question(course: Course) -> None:
    for _ in range(6):
        course.meet(STEADY)
    course.meet(LOW)
    (alert,) = course.seen_by("jonas").alerts
    assert (alert.session_number, alert.level, alert.status) == (7, Level.ASK, AlertStatus.NEW)
    assert "own-word" in alert.rules
    assert dict(alert.factors)["ratings"] > 1.5
    assert "was rated 30, usually 8" in alert.sentence
    assert alert.sentence.endswith("You might go back to it together.")


def test_a_steady_course_asks_nothing(course: Course) -> None:
    for _ in range(12):
        course.meet(STEADY)
    assert list(course.seen_by("jonas").alerts) == []


def test_two_answers_back_at_the_usual_level_close_it_as_repaired(course: Course) -> None:
    for answers in [STEADY] * 6 + [LOW] + [STEADY] * 4:
        course.meet(answers)
    trend = course.seen_by("jonas")
    assert [alert.status for alert in trend.alerts] == [AlertStatus.REPAIRED]
    states = [point.reading.episode.value for point in trend.points if point.reading]
    assert states[5:] == ["none", "open", "open", "recovering", "repaired", "none"]


def test_the_stored_state_and_readings_are_what_a_rebuild_gives(course: Course) -> None:
    for answers in [STEADY, STEADY, None, STEADY, LOW, None, STEADY, STEADY]:
        course.meet(answers)
    with course.clinic.db.read() as conn:
        held = responses.held(conn, course.dyad.id, 1, 8, full=False)
        stored = readings.of_dyads(conn, [course.dyad.id], full=False)
    track, made = replay(DEFAULT, held)
    assert course.state() == track.to_json()
    assert [stored[course.dyad.id, one.number] for one in made] == made


def test_a_late_answer_gives_the_same_state_as_one_in_time(cast: Cast) -> None:
    late, in_time = Course(cast, "Ash 1"), Course(cast, "Ash 2")
    order = [STEADY, STEADY, SLIGHTLY_LOW, STEADY, STEADY, LOW]
    for answers in order:
        in_time.meet(answers)
    tokens = [late.hold() for _ in order]
    for number in (1, 0, 3, 5, 2, 4):
        late.answer(tokens[number], order[number])
    assert late.state() == in_time.state()
    assert _questions(late) == _questions(in_time) != []


def _questions(course: Course) -> list[tuple[int, Level, str]]:
    return [(a.session_number, a.level, a.sentence) for a in course.seen_by("jonas").alerts]


def test_a_late_answer_takes_back_what_nobody_has_seen(course: Course) -> None:
    """Seen in the order of sessions, this is somebody whose usual is low: then session 3 is nothing to ask about."""
    tokens = [course.hold() for _ in range(3)]
    low = {item: 4 if value == 8 else value for item, value in STEADY.items()}
    course.answer(tokens[2], low)
    raised = list(course.seen_by("jonas").alerts)
    assert [alert.session_number for alert in raised] == [3]
    course.answer(tokens[0], low)
    course.answer(tokens[1], low)
    trend = course.seen_by("jonas")
    assert 3 not in [alert.session_number for alert in trend.alerts]
    with course.clinic.db.read() as conn:
        kept = conn.execute("SELECT status FROM alert WHERE id = ?", (raised[0].id,)).fetchone()
    assert kept["status"] == "withdrawn"


def test_what_somebody_acknowledged_does_not_disappear(course: Course) -> None:
    tokens = [course.hold() for _ in range(3)]
    low = {item: 4 if value == 8 else value for item, value in STEADY.items()}
    course.answer(tokens[2], low)
    (alert,) = course.seen_by("jonas").alerts
    noted(course.clinic, course.viewer, alert.id, "later", course.at + timedelta(hours=2))
    course.answer(tokens[0], low)
    course.answer(tokens[1], low)
    assert alert.id in [one.id for one in course.seen_by("jonas").alerts]


def test_a_stronger_sign_takes_the_place_of_a_fainter_one(course: Course) -> None:
    fainter = {item: 7 if value == 8 else value for item, value in STEADY.items()}
    much = {item: 4 if value == 8 else value for item, value in STEADY.items()}
    steady = {item: 9 if value == 8 else value for item, value in STEADY.items()}
    for answers in [steady] * 10 + [fainter, fainter, much]:
        course.meet(answers)
    found = course.seen_by("jonas").alerts
    assert [alert.level for alert in found][-1] is Level.ASK
    assert [alert.status for alert in found if alert.status.open] == [AlertStatus.NEW]


def test_a_session_without_a_form_counts_as_silent_once_the_next_is_held(course: Course) -> None:
    course.meet(STEADY)
    course.meet(None)
    assert _last_read(course) == 1
    course.meet(None)
    assert _last_read(course) == 2


def _last_read(course: Course) -> int:
    return max(point.number for point in course.seen_by("jonas").points if point.reading)


@pytest.fixture
def twins(cast: Cast) -> tuple[Course, Course]:
    """Two courses alike but for session 7: one held it back from the therapist, one sent no form."""
    held_back, silent = Course(cast, "Twin 1"), Course(cast, "Twin 2")
    for course in (held_back, silent):
        for _ in range(6):
            course.meet(STEADY)
    held_back.meet(LOW, audience="supervisor", comment="for Miriam only")
    silent.meet(None)
    for course in (held_back, silent):
        course.meet(STEADY)
    return held_back, silent


def test_what_is_held_back_looks_to_the_therapist_like_no_form(twins: tuple[Course, Course]) -> None:
    held_back, silent = (_stripped(course.seen_by("jonas")) for course in twins)
    assert held_back == silent
    assert twins[0].state() == twins[1].state()


def _stripped(trend: Trend) -> list[Point]:
    return [replace(point, session_id=0) for point in trend.points]


def test_the_supervisor_sees_what_was_held_back_and_the_question_it_raises(
    twins: tuple[Course, Course],
) -> None:
    held_back, silent = twins
    trend = held_back.seen_by("miriam")
    assert trend.points[6].alliance == 30
    assert trend.points[6].held_back
    (alert,) = trend.alerts
    assert alert.session_number == 7
    assert list(silent.seen_by("miriam").alerts) == []
    page = reading.open_patient(
        held_back.clinic, held_back.cast.viewer("miriam"), held_back.dyad.patient.id, NOW
    )
    assert list(page.comments) == [(7, "for Miriam only")]


def test_an_alert_that_only_a_held_back_answer_raised_is_not_there_for_the_therapist(
    twins: tuple[Course, Course], cast: Cast
) -> None:
    with cast.clinic.db.read() as conn:
        hidden = alerts.of_dyads(conn, [twins[0].dyad.id], full=True)[twins[0].dyad.id][0]
    assert list(twins[0].seen_by("jonas").alerts) == []
    with pytest.raises(NotFound):
        reading.open_alert(cast.clinic, cast.viewer("jonas"), hidden.id, NOW)
    assert reading.open_alert(cast.clinic, cast.viewer("miriam"), hidden.id, NOW).alert.id == hidden.id


def test_the_full_track_is_what_a_rebuild_with_everything_gives(
    twins: tuple[Course, Course], clinic: Clinic
) -> None:
    with clinic.db.read() as conn:
        held = responses.held(conn, twins[0].dyad.id, 1, 8, full=True)
    assert twins[0].state("full") == replay(DEFAULT, held)[0].to_json()
    assert twins[1].state("full") == ""


def test_a_held_back_answer_that_comes_late_forks_the_full_track_where_it_belongs(cast: Cast) -> None:
    course = Course(cast, "Late 9")
    tokens = [course.hold() for _ in range(5)]
    for number in (0, 1, 2, 4):
        course.answer(tokens[number], STEADY)
    before = course.state()
    course.answer(tokens[3], LOW, audience="supervisor")
    assert course.state() == before
    with cast.clinic.db.read() as conn:
        held = responses.held(conn, course.dyad.id, 1, 5, full=True)
    assert course.state("full") == replay(DEFAULT, held)[0].to_json()


def test_the_first_held_back_answer_does_not_ask_again_what_was_asked_before(course: Course) -> None:
    for answers in [STEADY] * 6 + [LOW] + [STEADY] * 4:
        course.meet(answers)
    course.meet(STEADY, audience="supervisor")
    assert [alert.session_number for alert in course.seen_by("miriam").alerts] == [7]


def test_what_only_the_supervisor_knows_is_not_to_be_asked_about(twins: tuple[Course, Course]) -> None:
    (alert,) = twins[0].seen_by("miriam").alerts
    assert alert.sentence.endswith("stays with you unless the patient says otherwise.")
    assert "You might" not in alert.sentence


def test_an_answer_held_back_on_the_newest_session_leaves_the_shared_track_untouched(cast: Cast) -> None:
    course = Course(cast, "Newest 3")
    for _ in range(5):
        course.meet(STEADY)
    before = course.state()
    course.meet(LOW, audience="supervisor")
    assert course.state() == before
    assert [alert.session_number for alert in course.seen_by("miriam").alerts] == [6]


def test_a_late_answer_does_not_make_the_shared_track_read_what_was_held_back(cast: Cast) -> None:
    course = Course(cast, "Newest 4")
    tokens = [course.hold() for _ in range(5)]
    for number in (0, 1, 3):
        course.answer(tokens[number], STEADY)
    course.answer(tokens[4], LOW, audience="supervisor")
    course.answer(tokens[2], STEADY)
    with cast.clinic.db.read() as conn:
        assert sorted(readings.priors(conn, course.dyad.id, "shared")) == [1, 2, 3, 4]
        assert sorted(readings.priors(conn, course.dyad.id, "full")) == [1, 2, 3, 4, 5]
