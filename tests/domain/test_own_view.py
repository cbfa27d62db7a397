"""Two views of the same sessions side by side, and a course as it was before its newest answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alliance.domain.ledger import AlertStatus, Kind, Step, state_of
from alliance.domain.own_view import Gap, OwnView, cover, gaps, in_words
from alliance.domain.trend import Covered, Point, Trend
from tests.factory import dip, make_dyad, make_trend, talk

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def rated(*items: dict[str, int] | None) -> Trend:
    """A course whose sessions were answered like this; None is a session without a form."""
    points = [
        Point(n, n, make_dyad().starts_on + timedelta(weeks=n), answered=one is not None, items=one or {})
        for n, one in enumerate(items, start=1)
    ]
    return Trend(make_dyad(), points)


def test_a_gap_is_the_difference_of_the_means_over_what_both_rated() -> None:
    trend = rated({"safe": 6, "heard": 7, "team": 8, "held": 4}, None, {"safe": 9})
    own = [
        OwnView(1, {"safe": 8, "heard": 9, "team": 9, "held": 0}, "no"),
        OwnView(2, {"safe": 5}, None),
        OwnView(3, {"heard": 5}, "yes"),
    ]
    (gap,) = gaps(trend, own)
    assert (gap.number, gap.own, gap.patient, gap.kept_back) == (1, pytest.approx(26 / 3), 7.0, 4)
    assert gap.difference == pytest.approx(5 / 3)
    assert gap.missed
    (part,) = gaps(trend, [OwnView(1, {"safe": 8, "held": 9}, None)])
    assert (part.own, part.patient) == (8.0, 6.0)


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ([], ""),
        (
            [2.0],
            "One session in both views so far: too early to say how yours and that of Elm 3 go together.",
        ),
        (
            [0.5, -0.5, 0.3],
            "Over three sessions your view and that of Elm 3 were close: 0.1 points apart on average.",
        ),
        ([2.0, 1.0, 1.5], "Over three sessions you rated 1.5 points higher than Elm 3 on average."),
        ([-2.0, -1.0, -3.0, -2.0], "Over four sessions you rated 2.0 points lower than Elm 3 on average."),
    ],
)
def test_the_sentence(differences: list[float], said: str) -> None:
    found = [Gap(n, 5 + d, 5, "yes", 9) for n, d in enumerate(differences, start=1)]
    assert in_words(found, "Elm 3") == said


def test_what_was_not_noticed_is_told_without_blame() -> None:
    found = [
        Gap(n, 8, 7, noticed, kept)
        for n, noticed, kept in ((2, "no", 6), (4, "yes", 6), (5, "no", 2), (7, "no", 3))
    ]
    assert in_words(found, "Elm 3").endswith(
        " In sessions 2 and 7 Elm 3 kept something back, and you had noticed no tension."
    )
    assert "In session 2 Elm 3" in in_words(found[:2], "Elm 3")


def test_nothing_covered_is_the_course_itself() -> None:
    trend = dip()
    assert cover(trend, []) is trend


def test_a_covered_session_ends_the_course_before_it() -> None:
    trend = dip()
    waiting = [Covered(18, 18, LATER), Covered(22, 22, LATER)]
    told = cover(trend, waiting)
    assert [point.number for point in told.points] == list(range(1, 18))
    assert list(told.alerts) == []
    assert list(told.covered) == waiting


def _decided(kind: Kind, number: int) -> Step:
    return Step(kind, LATER, number=number)


SEEN, TALK = Step(Kind.SEEN, LATER, 1), talk(LATER, 7)


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([SEEN, _decided(Kind.REPAIRED, 8)], AlertStatus.SEEN),
        ([_decided(Kind.RECOVERING, 8)], AlertStatus.NEW),
        ([SEEN, _decided(Kind.RECOVERING, 7), _decided(Kind.REPAIRED, 8)], AlertStatus.RECOVERING),
        ([SEEN, TALK, _decided(Kind.RAISED, 9)], AlertStatus.TALKED),
        ([SEEN, _decided(Kind.REPAIRED, 7)], AlertStatus.REPAIRED),
        ([SEEN, Step(Kind.ORDINARY, LATER, 1, reason="outside")], AlertStatus.ORDINARY),
        ([SEEN], AlertStatus.SEEN),
    ],
)
def test_an_earlier_question_stands_as_it_did_before_the_covered_answers(
    steps: list[Step], told: AlertStatus
) -> None:
    trend = make_trend([82, 84, 83, 82, 40, 60, 82, 83])
    alert = replace(trend.alerts[0], status=state_of(steps), steps=tuple(steps))
    (shown,) = cover(replace(trend, alerts=[alert]), [Covered(8, 8, LATER)]).alerts
    assert shown.status is told
    assert (shown.closed_at is None) is told.open
