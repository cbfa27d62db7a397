"""The words beside a picture or a table, one session, one scale, one alert at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from alliance.analysis.track import EpisodeState
from alliance.domain import telling
from alliance.domain.alerts import Alert
from alliance.domain.trend import Point, Trend
from surveys.library import shipped
from tests.domain.anything import courses, is_phrase, is_sentence, reading
from tests.factory import dip, make_trend

FORM = shipped().get("after-session")
TALKED = {"little": "a little", "helped": "yes, and it helped"}
DIPPED = dip()
ALERT = DIPPED.alerts[0]


def point(number: int = 7, **changed: object) -> Point:
    model = DIPPED.points[6]
    calm = reading(number, episode=EpisodeState.NONE)
    return replace(model, **({"number": number, "reading": calm} | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("session", "mark", "words"),
    [
        (point(), "", ""),
        (point(answered=False, scores={}), "", "no form"),
        (point(held_back=True), "supervisor", "for the supervisor only"),
        (point(reading=reading(episode=EpisodeState.RECOVERING)), "recovering", "recovering"),
        (point(reading=reading(episode=EpisodeState.REPAIRED)), "repaired", "repaired"),
        (point(reading=reading(episode=EpisodeState.OPEN)), "", ""),
        (
            point(scores={"alliance": None}, why_missing={"alliance": "too few items"}),
            "",
            "too few items",
        ),
        (point(scores={}), "", "no score"),
        (point(talked="little"), "", "talked about it: a little"),
        (point(talked="helped"), "", "talked about it: yes, and it helped"),
        (point(talked="not-helped"), "", "talked about it: not-helped"),
        (point(talked="no"), "", ""),
        (point(talked="no-need"), "", ""),
        (point(18), "ask", "said so outright"),
        (point(18, answered=False, scores={}), "ask", "said so outright"),
        (point(18, held_back=True), "ask", "said so outright; for the supervisor only"),
        (point(reading=None), "", ""),
    ],
)
def test_a_session_in_a_few_words(session: Point, mark: str, words: str) -> None:
    told = telling.point_words(session, {18: ALERT}, TALKED)
    assert (told.mark, told.words) == (mark, words)


@pytest.mark.parametrize(
    ("scores", "asked", "expected"),
    [
        ([], [], "No answers yet."),
        ([None, None], [], "No answers yet."),
        ([80], [], "Now 80."),
        ([80], [1], "Now 80."),
        ([80, None, 82.6], [], "Session 1: 80, now 83."),
        ([80, 50, 70, 79], [2], "Session 1: 80, session 2: 50, now 79."),
        ([80, None, 50, 79], [3], "Session 1: 80, session 3: 50, now 79."),
        ([50, 70], [1], "Session 1: 50, now 70."),
        ([80, 50], [2], "Session 1: 80, now 50."),
        ([80, None, 70, 79], [2], "Session 3: 70, now 79."),
        ([80, 50, 70, 40, 79], [2, 4], "Session 3: 70, session 4: 40, now 79."),
    ],
)
def test_a_scale_at_the_newest_question_and_now(
    scores: Sequence[float | None], asked: list[int], expected: str
) -> None:
    trend = make_trend([75.0] * len(scores))
    points = [replace(one, scores={"safety": score}) for one, score in zip(trend.points, scores, strict=True)]
    alerts = [replace(ALERT, session_number=number) for number in asked]
    assert telling.scale_words(replace(trend, points=points, alerts=alerts), "safety") == expected


@pytest.mark.parametrize(
    ("picked", "expected"),
    [
        ([], "No answers yet."),
        ([None], "No answers yet."),
        ([0], "0 of 10 in session 1."),
        ([4], "4 of 10 in session 1."),
        ([0, None, 0], "0 of 10 in every answer so far."),
        ([1, 1, 1], "1 of 10 in every answer so far."),
        ([1, 8, 2, 0], "8 of 10 in session 2, now 0."),
        ([1, 8, None, 8, 3], "8 of 10 in session 4, now 3."),
        ([1, 8, 2, 8], "8 of 10 in session 2, and again now."),
        ([1, 2, 5], "5 of 10 in session 3, the highest so far."),
    ],
)
def test_a_rupture_item_where_it_was_highest_and_now(picked: Sequence[int | None], expected: str) -> None:
    trend = make_trend([75.0] * len(picked))
    points = [
        replace(one, items={} if value is None else {"held": value})
        for one, value in zip(trend.points, picked, strict=True)
    ]
    assert telling.item_words(replace(trend, points=points), "held") == expected


def asked(*rules: str, session: int = 18) -> Alert:
    return replace(ALERT, rules=rules, session_number=session)


ITEMS = {"held": 8, "hurt": 5, "leave": 4}
QUOTES = (
    "“I kept something back because of how my therapist might react” was 8 of 10. "
    "“Something my therapist said or did hurt me or put me off” was 5 of 10."
)
LOW = {"alliance": 55.6, "rupture": 63.0}
TOGETHER = "No single answer stands out; the last ones together are a little off the usual."


@pytest.mark.parametrize(
    ("alert", "session", "expected"),
    [
        (asked("ratings"), point(18, scores=LOW), ["Rated 56, usually 83 give or take 6."]),
        (
            asked("ratings", "report"),
            point(18, scores=LOW, items=ITEMS),
            ["Rated 56, usually 83 give or take 6.", f"Tension 63, usually 6. {QUOTES}"],
        ),
        (
            asked("own-word"),
            point(18, scores=LOW | {"alliance": 82.0}),
            ["Rated 82, usually 83 give or take 6.", "Tension 63, usually 6."],
        ),
        (
            asked("ratings"),
            point(18, scores={"alliance": 82.0}),
            ["Rated 82, about as usual, but one scale fell behind the others."],
        ),
        (
            asked("ratings", "report", session=1),
            point(1, scores=LOW),
            ["Rated 56, where most begin near 83.", "Tension 63, where most begin near 6."],
        ),
        (
            asked("ratings", session=3),
            point(3, scores=LOW),
            ["Rated 56, where about 83 was to be expected."],
        ),
        (
            asked("silence"),
            point(18, answered=False, scores={}, reading=reading(18, silent_run=3)),
            ["No form came back after the last three sessions."],
        ),
        (
            asked("silence"),
            point(18, answered=False, scores={}, reading=reading(18, silent_run=1)),
            ["No form came back after the last session."],
        ),
        (asked("silence"), point(18, scores={}), [TOGETHER]),
        (asked(), point(18, scores=LOW), ["Rated 56, usually 83 give or take 6.", TOGETHER]),
        (asked("ratings"), point(18, scores=LOW, reading=None), [TOGETHER]),
        (asked("report"), point(18, scores={"alliance": None, "rupture": None}), [TOGETHER]),
    ],
)
def test_the_reasons_of_an_alert(alert: Alert, session: Point, expected: list[str]) -> None:
    assert telling.reasons(alert, session, FORM) == expected


def test_the_rupture_items_are_those_where_more_is_worse() -> None:
    assert [item.id for item in telling.rupture_items(FORM)] == ["held", "hurt", "leave"]
    assert [item.id for item in telling.rupture_items(shipped().get("pulse"))] == ["held"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], "–"),
        ([None], "–"),
        ([7], "session 7"),
        ([7, None, 12], "sessions 7 and 12"),
        ([1, 7, 12], "sessions 1, 7 and 12"),
    ],
)
def test_sessions_named(numbers: list[int | None], expected: str) -> None:
    assert telling.sessions_named(numbers) == expected


@given(courses())
def test_any_course_can_be_told_session_by_session(trend: Trend) -> None:
    at = {alert.session_number: alert for alert in trend.alerts}
    for one in trend.points:
        told = telling.point_words(one, at, TALKED)
        assert told.words == "" or is_phrase(told.words)
        assert told.words or not told.mark
    for alert in trend.alerts:
        session = next(one for one in trend.points if one.number == alert.session_number)
        lines = telling.reasons(alert, session, FORM)
        assert lines and all(map(is_sentence, lines))
    for scale in ("alliance", "safety", "rupture", "unheard-of"):
        assert is_sentence(telling.scale_words(trend, scale))
    for item in ("held", "hurt", "unheard-of"):
        assert telling.item_words(trend, item).endswith(".")
