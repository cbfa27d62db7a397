"""A course in words: one line for a list, one to three sentences for its page, each true to the course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from alliance.domain import course
from alliance.domain.alerts import AlertStatus
from alliance.domain.standing import silent_run
from alliance.domain.trend import Trend
from tests.domain.anything import courses, is_phrase, is_sentence
from tests.factory import DIP, DIP_TENSION, dip, make_trend, talk

STEADY = [80.0, 82.0, 79.0, 83.0, 81.0, 80.0]
NAMES = {"safety": "Safety", "attunement": "Attunement", "collaboration": "Collaboration"}


def paused(trend: Trend) -> Trend:
    patient = replace(trend.dyad.patient, paused=True)
    return replace(trend, dyad=replace(trend.dyad, patient=patient))


def without_alerts(scores: Sequence[float | None]) -> Trend:
    """A course whose questions were asked about and found ordinary."""
    return make_trend(scores, status=AlertStatus.ORDINARY)


BACK = [*STEADY, 52.0, 80.0, 81.0]
MENDED = make_trend([*BACK, 82.0], status=AlertStatus.REPAIRED)
LONG_MENDED = make_trend([*BACK, 82.0, 80.5, 81.5, 80.0], status=AlertStatus.REPAIRED)
TALKED = make_trend([*DIP, 85.0], tension=DIP_TENSION, talked={18: 20})


@pytest.mark.parametrize(
    ("trend", "words", "lead"),
    [
        (make_trend([]), "no sessions yet", "No sessions yet. Add the first one after you have met."),
        (
            make_trend([None, None, None, None]),
            "no answers yet",
            "No answers yet. The next form goes out after the next session.",
        ),
        (make_trend([80.0]), "too early to say", "Too early to say: one answer so far, 80."),
        (
            make_trend([80.0, None, 78.4]),
            "too early to say",
            "Too early to say: two answers so far, the last one 78.",
        ),
        (
            make_trend(STEADY),
            "in the usual range",
            "Steady. The last answer, 80, is within this patient’s usual range, 69 to 93.",
        ),
        (
            make_trend([*STEADY, None, 79.0, None, None, None]),
            "no form after the last three sessions",
            "No form after the last three sessions. Before that, 7 of 8 came back. "
            "If it fits, you might ask what the form is like to fill in.",
        ),
        (
            make_trend([99.0, 80.0, 98.0, 100.0, 99.0]),
            "all top answers for three sessions: says little",
            "All top answers for three sessions: says little. "
            "You might ask what would have been one per cent better.",
        ),
        (
            make_trend([82.0, 80.0, 80.0, 80.0, 80.0, 80.0]),
            "the same rating five times: says little",
            "The same rating five times: says little. People are polite; a question in the room may tell more.",
        ),
        (
            make_trend([*STEADY, 82.0, 80.0, 78.0, 76.0]),
            "sliding slowly, still usual",
            "Sliding slowly, still usual: from 82 to 76 over the last four answers.",
        ),
        (
            MENDED,
            "repaired in session 10",
            "Repaired. After session 7 the answers are back at the usual level; the last was 82.",
        ),
        (
            make_trend([*STEADY, 97.0]),
            "above the usual range",
            "The last answer, 97, is above this patient’s usual range, 70 to 92.",
        ),
        (
            without_alerts([*STEADY, 52.0]),
            "below the usual range",
            "The last answer, 52, is below this patient’s usual range, 70 to 92. "
            "No question is open; the next answer will say more.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_list_and_page_tell_the_same_story(trend: Trend, words: str, lead: str) -> None:
    assert course.in_words(trend) == words
    assert course.lead(trend, you="You") == lead


def test_somebody_else_is_not_told_to_add_a_session() -> None:
    assert course.lead(make_trend([]), you="Jonas Berg") == "No sessions yet."


def test_three_sessions_without_a_form_are_a_silence() -> None:
    assert course.in_words(make_trend([*STEADY, None, None])) == "in the usual range"
    assert course.in_words(make_trend([*STEADY, None, None, None])) == "no form after the last three sessions"
    assert silent_run(make_trend([])) == 0
    assert silent_run(make_trend([None, None])) == 2
    assert silent_run(make_trend([80.0, None, None, 80.0])) == 0


def test_paused_forms_are_named_and_not_asked_about() -> None:
    assert course.in_words(paused(make_trend(STEADY))) == "in the usual range; forms paused"
    assert course.lead(paused(make_trend([*STEADY, None, 79.0, None, None, None])), you="You") == (
        "No form after the last three sessions. Before that, 7 of 8 came back. Forms are paused."
    )


def test_a_repair_is_news_for_three_sessions() -> None:
    assert course.in_words(MENDED) == "repaired in session 10"
    assert course.in_words(LONG_MENDED) == "in the usual range"
    assert course.lead(LONG_MENDED, you="You").startswith("Steady. ")


def test_three_equal_ratings_are_no_wonder_and_five_are() -> None:
    assert course.in_words(make_trend([*STEADY, 81.0, 81.0, 81.0, 81.0])) == "in the usual range"
    assert course.in_words(make_trend([*STEADY, *[81.0] * 5])) == "the same rating five times: says little"


def test_a_slide_is_four_answers_and_five_points() -> None:
    assert course.in_words(make_trend([*STEADY, 82.0, 81.0, 79.0, 78.0])) == "in the usual range"
    assert course.in_words(make_trend([*STEADY, 82.0, 81.0, 81.0, 77.0])) == "sliding slowly, still usual"
    assert course.in_words(make_trend([*STEADY, 82.0, 83.0, 80.0, 77.0])) == "in the usual range"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (80.4, 95.0, "in the usual range"),
        (80.6, 95.0, "below the usual range"),
        (66.0, 79.6, "in the usual range"),
        (66.0, 79.4, "above the usual range"),
    ],
)
def test_what_is_shown_as_inside_the_range_is_called_so(low: float, high: float, words: str) -> None:
    """The last answer is 80: what counts are the whole numbers that people see."""
    trend = make_trend(STEADY)
    last = trend.points[-1]
    assert last.reading is not None
    edge = replace(last, reading=replace(last.reading, low=low, high=high))
    assert course.in_words(replace(trend, points=[*trend.points[:-1], edge])) == words


def test_without_a_range_it_is_too_early() -> None:
    trend = make_trend(STEADY)
    unread = [replace(point, reading=None) for point in trend.points]
    assert course.in_words(replace(trend, points=unread)) == "too early to say"
    assert course.lead(replace(trend, points=unread), you="You") == (
        "Too early to say: six answers so far, the last one 80."
    )


def test_an_open_question_speaks_for_itself() -> None:
    trend = make_trend([*STEADY, 52.0])
    assert course.lead(trend, you="You") == "Session 7 was lower than usual."


@pytest.mark.parametrize(
    ("you", "expected"),
    [
        ("You", "You talked about it in session 20, and the last answer, 85, is back at the usual level."),
        (
            "Jonas Berg",
            "Jonas Berg talked about it in session 20, and the last answer, 85, is back at the usual level.",
        ),
    ],
)
def test_coming_back_after_it_was_talked_about(you: str, expected: str) -> None:
    assert course.lead(TALKED, you=you) == (
        f"Coming back after a dip. Session 18 was rated 56, usually 82 give or take 6. {expected}"
    )


def test_coming_back_without_a_talk() -> None:
    trend = make_trend([*DIP, 85.0], tension=DIP_TENSION)
    assert course.lead(trend, you="You").endswith("The last answer, 85, is back at the usual level.")


def test_coming_back_from_what_was_no_dip_in_the_ratings() -> None:
    trend = make_trend([*STEADY, 80.0, 82.0], tension={7: 63.0, 8: 10.0})
    assert [alert.session_number for alert in trend.alerts] == [7]
    assert course.lead(trend, you="You") == (
        "Coming back after session 7. The last answer, 82, is back at the usual level."
    )


def test_the_answer_that_is_back_is_the_one_that_is_quoted() -> None:
    """An answer to the rupture items alone can be the one that is back; then no rating is quoted for it."""
    trend = TALKED
    bare = replace(trend.points[-1], scores={"alliance": None, "rupture": 0.0})
    told = course.lead(replace(trend, points=[*trend.points[:-1], bare]), you="You")
    assert told.endswith("and the last answer is back at the usual level.")


@pytest.mark.parametrize(
    ("after", "at", "expected"),
    [
        ([], None, "You talked about session 7. The next answers will say whether it helped."),
        ([], 7, "You talked about session 7 in that same session. The next answers will say whether it helped."),
        ([None], 8, "You talked about session 7 in session 8. The next answers will say whether it helped."),
        (
            [52.4], 8,
            "You talked about session 7 in session 8. One answer since then, 52, still below the usual range.",
        ),
        (
            [52.0, 53.0], 9,
            "You talked about session 7 in session 9. One answer since then, 53, still below the usual range.",
        ),
        (
            [51.0, 52.0, 53.0], 8,
            "You talked about session 7 in session 8. Three answers since then, the last one 53, "
            "still below the usual range. You might look at it together.",
        ),
        (
            [51.0, 80.0], 8,
            "You talked about session 7 in session 8. Two answers since then, the last one 80, "
            "within the usual range. The question stays open until that holds.",
        ),
    ],
)  # fmt: skip
def test_after_a_talk_the_answers_are_waited_for(
    after: list[float | None], at: int | None, expected: str
) -> None:
    trend = make_trend([*STEADY, 52.0, *after])
    alert = trend.alerts[0].with_step(talk(trend.alerts[0].raised_at, at))
    assert course.lead(replace(trend, alerts=[alert]), you="You") == expected


def test_what_stays_open_says_how_it_went_on() -> None:
    trend = make_trend([*STEADY, 52.0, 51.0, 53.0, 52.0])
    assert course.lead(trend, you="You") == "Session 7 was lower than usual."
    lasting = make_trend([*STEADY, 52.0, 51.0, 53.0, 52.0, 54.0])
    assert [point.reading.episode.value for point in lasting.points if point.reading][-1] == "unresolved"
    assert course.lead(lasting, you="You") == (
        "Session 7 was lower than usual. Four answers since then, the last one 54, still below the usual range."
    )
    talked = make_trend([*STEADY, 52.0, 51.0, 53.0, 52.0, 54.0], talked={7: 8})
    assert course.lead(talked, you="Jonas Berg") == (
        "Jonas Berg talked about session 7 in session 8. Four answers since then, the last one 54, "
        "still below the usual range. You might look at it together."
    )


def test_forms_back_and_since() -> None:
    trend = make_trend([80.0, None, 82.0])
    assert course.forms_back(trend) == (2, 3)
    assert course.since(trend) == "3 sessions since 11 June"
    assert course.since(make_trend([80.0])) == "1 session since 11 June"
    assert course.since(make_trend([])) == "first session on or after 11 June"
    assert (
        course.since(make_trend([80.0, 81.0], first=date(2025, 12, 30)))
        == "2 sessions since 30 December 2025"
    )


def test_what_moved_names_the_scale_that_fell_most_and_those_that_held() -> None:
    trend = dip()
    at = trend.points[17]
    fell = replace(at, scores={**at.scores, "safety": 50.0, "attunement": 43.0, "collaboration": 73.0})
    points = [*trend.points[:17], fell, *trend.points[18:]]
    assert course.what_moved(replace(trend, points=points), NAMES) == (
        "Attunement fell most in session 18, from 81 to 43. Collaboration held."
    )
    none_held = replace(fell, scores={**fell.scores, "collaboration": 50.0})
    points = [*trend.points[:17], none_held, *trend.points[18:]]
    assert course.what_moved(replace(trend, points=points), NAMES) == (
        "Attunement fell most in session 18, from 81 to 43."
    )
    both_held = replace(fell, scores={**fell.scores, "safety": 80.0})
    points = [*trend.points[:17], both_held, *trend.points[18:]]
    assert course.what_moved(replace(trend, points=points), NAMES) == (
        "Attunement fell most in session 18, from 81 to 43. Safety and collaboration held."
    )


def test_nothing_moved_without_a_rupture_or_a_fall() -> None:
    assert course.what_moved(make_trend(STEADY), NAMES) is None
    assert course.what_moved(make_trend([*STEADY, 80.0], tension={7: 63.0}), NAMES) is None
    assert course.what_moved(make_trend([40.0], tension={1: 70.0}), NAMES) is None
    assert course.what_moved(dip(), {}) is None


@given(courses())
def test_any_course_can_be_told(trend: Trend) -> None:
    assert is_phrase(course.in_words(trend))
    assert is_phrase(course.since(trend))
    for you in ("You", "Jonas Berg"):
        assert is_sentence(course.lead(trend, you=you))
    moved = course.what_moved(trend, NAMES)
    assert moved is None or is_sentence(moved)
    back, held = course.forms_back(trend)
    assert 0 <= back <= held == len(trend.points)
    assert 0 <= silent_run(trend) <= held - back


def test_a_repair_that_the_patient_confirms_says_so() -> None:
    points = [replace(point, talked="helped" if point.number == 9 else None) for point in MENDED.points]
    assert course.lead(replace(MENDED, points=points), you="You") == (
        "Repaired, and the patient said that talking helped. After session 7 the answers are back at the usual "
        "level; the last was 82."
    )
