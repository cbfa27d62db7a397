"""A caseload: who asks for attention, in which order, under one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.track import Level
from alliance.domain.alerts import AlertStatus
from alliance.domain.caseload import Caseload, Order, Row, Show, arrange, row_of
from alliance.domain.trend import Trend
from tests.domain.anything import courses, is_phrase, is_sentence
from tests.factory import DIP, DIP_TENSION, FIRST, dip, make_trend

MONDAY = date(2026, 11, 23)
STEADY = [80.0, 82.0, 79.0, 83.0, 81.0, 80.0]


def patient(code: str, scores: list[float | None], next_on: date | None = None, number: int = 1) -> Trend:
    trend = make_trend(scores, code=code, number=number)
    return replace(trend, dyad=replace(trend.dyad, next_on=next_on))


def load(asks: int, keeps: int, rest: int) -> Caseload:
    row = Row(dip(), "", "", "")
    return Caseload([row] * asks, [row] * keeps, [row] * rest, Order.NEXT)


@pytest.mark.parametrize(
    ("asks", "keeps", "rest", "expected"),
    [
        (0, 0, 0, "No patients yet. Add the first one below."),
        (0, 0, 1, "Nobody needs a conversation today."),
        (0, 0, 14, "Nobody needs a conversation today."),
        (0, 1, 4, "Nobody needs a conversation today. One patient is to keep in mind."),
        (0, 2, 0, "Nobody needs a conversation today. Two patients are to keep in mind."),
        (1, 0, 0, "Your patient is worth a question when you next meet."),
        (2, 0, 0, "Both of your patients are worth a question when you next meet."),
        (3, 0, 0, "All three of your patients are worth a question when you next meet."),
        (1, 0, 13, "One of your 14 patients is worth a question when you next meet."),
        (2, 2, 7, "Two of your eleven patients are worth a question when you next meet. Two more are to keep in mind."),
        (1, 1, 0, "One of your two patients is worth a question when you next meet. One more is to keep in mind."),
        (13, 0, 7, "13 of your 20 patients are worth a question when you next meet."),
    ],
)  # fmt: skip
def test_the_one_sentence_at_the_top(asks: int, keeps: int, rest: int, expected: str) -> None:
    assert load(asks, keeps, rest).lead() == expected


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_the_sentence_fits_any_caseload(asks: int, keeps: int, rest: int) -> None:
    assert is_sentence(load(asks, keeps, rest).lead())


def test_a_question_carries_its_own_sentence_and_mark() -> None:
    trend = make_trend([*STEADY, 40.0])
    (alert,) = trend.alerts
    row = row_of(trend)
    assert (row.mark, row.state, row.sentence, row.alert) == (
        "ask",
        "lower than usual",
        alert.sentence,
        alert,
    )
    assert row.since == FIRST + timedelta(days=42)
    faint = replace(trend, alerts=[replace(alert, level=Level.KEEP, status=AlertStatus.LATER)])
    assert row_of(faint).mark == "keep"


def test_what_was_talked_about_waits_for_the_next_answers() -> None:
    row = row_of(make_trend([*STEADY, 40.0], talked={7: 8}), you="Jonas Berg")
    assert (row.mark, row.state) == ("talked", "talked about")
    assert row.sentence.startswith("Jonas Berg talked about session 7 in session 8. ")


def test_what_stays_open_is_called_so() -> None:
    lasting = [*STEADY, 52.0, 51.0, 53.0, 52.0, 54.0]
    row, talked = row_of(make_trend(lasting)), row_of(make_trend(lasting, talked={7: 8}))
    assert (row.mark, row.state) == ("ask", "not repaired yet")
    assert row.sentence.endswith("Four answers since then, the last one 54, still below the usual range.")
    assert (talked.mark, talked.state) == ("talked", "talked about, not repaired yet")


@pytest.mark.parametrize(("talked", "state"), [({18: 20}, "talked about, recovering"), (None, "recovering")])
def test_what_is_coming_back_needs_nothing(talked: dict[int, int] | None, state: str) -> None:
    row = row_of(make_trend([*DIP, 85.0], tension=DIP_TENSION, talked=talked))
    assert (row.mark, row.state) == ("recovering", state)
    assert row.sentence == (
        "The last answer, 85, is back at the usual level after session 18. "
        "One more like it closes this as repaired. Nothing to do unless you want to."
    )


def test_what_is_coming_back_without_an_alert_is_open_since_its_session() -> None:
    trend = replace(make_trend([*DIP, 85.0], tension=DIP_TENSION), alerts=())
    row = row_of(trend)
    assert (row.mark, row.alert) == ("recovering", None)
    assert row.since == trend.points[17].held_on


def test_everyone_else_has_words_and_no_mark() -> None:
    row = row_of(make_trend(STEADY))
    assert (row.mark, row.state, row.sentence, row.alert, row.since) == (
        "", "in the usual range", "", None, None,
    )  # fmt: skip


@pytest.fixture
def clinic_of_seven() -> list[Trend]:
    """Three with a question, one fainter, three without."""
    faint = patient("Faint 1", [*STEADY, 40.0], MONDAY)
    faint = replace(faint, alerts=[replace(faint.alerts[0], level=Level.KEEP)])
    return [
        patient("birch 2", STEADY, None),
        patient("Zinnia 1", [*STEADY, 40.0], MONDAY),
        patient("Ash 9", [*STEADY, 40.0], None),
        patient("Elm 4", [*STEADY, None], MONDAY + timedelta(days=1)),
        patient("Cedar 3", [None] * 4, MONDAY),
        faint,
        patient("alder 1", [*STEADY, 40.0], MONDAY),
    ]


def codes(rows: object) -> list[str]:
    assert isinstance(rows, list)
    return [row.trend.dyad.patient.code for row in rows]


@pytest.mark.parametrize(
    ("order", "rest"),
    [
        (Order.NEXT, ["Cedar 3", "Elm 4", "birch 2"]),
        (Order.PATIENT, ["birch 2", "Cedar 3", "Elm 4"]),
        (Order.LAST, ["birch 2", "Elm 4", "Cedar 3"]),
        (Order.SINCE, ["Cedar 3", "birch 2", "Elm 4"]),
    ],
)
def test_questions_come_in_the_order_of_meeting_whatever_the_order_of_the_rest(
    clinic_of_seven: list[Trend], order: Order, rest: list[str]
) -> None:
    """Those whose next day is not known come last; among equals the code decides, capitals or not."""
    arranged = arrange(clinic_of_seven, order)
    assert codes(arranged.asks) == ["alder 1", "Zinnia 1", "Ash 9"]
    assert codes(arranged.keeps) == ["Faint 1"]
    assert codes(arranged.rest) == rest
    assert (arranged.size, arranged.order) == (7, order)


def test_the_longest_without_an_answer_comes_first() -> None:
    longer, shorter = patient("A 1", STEADY[:4], number=1), patient("B 2", STEADY, number=2)
    assert codes(arrange([shorter, longer], Order.SINCE).rest) == ["A 1", "B 2"]
    assert codes(arrange([longer, shorter], Order.LAST).rest) == ["B 2", "A 1"]


@pytest.mark.parametrize(("held", "early"), [(0, True), (1, True), (3, True), (4, False)])
def test_the_first_three_sessions_have_a_place_of_their_own(held: int, early: bool) -> None:
    load = arrange([patient("A 1", STEADY[:held])], Order.NEXT)
    assert (len(load.early), len(load.rest)) == ((1, 0) if early else (0, 1))
    assert all(is_sentence(row.sentence) for row in load.early)


def test_a_long_course_of_which_little_was_fetched_is_not_early() -> None:
    trend = replace(patient("A 1", STEADY[:2]), earlier=(40, 44))
    assert not arrange([trend], Order.NEXT).early


def test_who_is_shown_can_be_narrowed_and_what_is_said_of_all_stays(clinic_of_seven: list[Trend]) -> None:
    paused = clinic_of_seven[0]
    paused = replace(paused, dyad=replace(paused.dyad, patient=replace(paused.dyad.patient, paused=True)))
    quiet = patient("Elm 4", [*STEADY, None, None])
    whole = arrange([paused, *clinic_of_seven[1:3], quiet], Order.NEXT)
    shown = {show: [row.trend.dyad.patient.code for row in whole.only(show).rows] for show in Show}
    assert shown[Show.ASKED] == ["Zinnia 1", "Ash 9"]
    assert shown[Show.SILENT] == ["Elm 4"] and shown[Show.PAUSED] == ["birch 2"]
    assert len(shown[Show.ALL]) == 4
    assert {whole.only(show).lead() for show in Show} == {whole.lead()}


def test_no_order_goes_by_score() -> None:
    high, low = patient("B 2", [99.0, 97.0, 99.0, 96.0]), patient("A 1", [41.0, 40.0, 42.0, 41.0])
    low = replace(low, alerts=())
    for order in Order:
        swapped = [arrange(pair, order).rest for pair in ([high, low], [low, high])]
        assert codes(swapped[0]) == codes(swapped[1]) == ["A 1", "B 2"]


@given(st.lists(courses(), max_size=4), st.sampled_from(Order))
def test_nobody_is_lost_and_everybody_has_words(trends: list[Trend], order: Order) -> None:
    arranged = arrange(trends, order)
    assert arranged.size == len(trends)
    assert is_sentence(arranged.lead())
    for row in [*arranged.asks, *arranged.keeps]:
        assert is_sentence(row.sentence) and is_phrase(row.state)
        assert row.mark in {"ask", "keep", "talked", "recovering"}
        assert row.since is not None
    for row in arranged.early:
        assert row.mark == "" and is_sentence(row.sentence) and is_phrase(row.state)
    for row in arranged.rest:
        assert (row.mark, row.sentence) == ("", "") and is_phrase(row.state)
