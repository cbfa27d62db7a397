"""Every answer as a tile, and life around therapy as lines: true to the answers, and told apart without colour."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from alliance.domain.follow_up import Around, Taken
from alliance.domain.trend import Trend
from alliance.web.charts.around import around_chart
from alliance.web.charts.items import items_chart
from surveys.library import shipped
from tests.factory import FIRST, make_trend
from tests.web.figures import check, labels, names, sizes, trace, trends

AFTER_SESSION, MONTHLY = shipped().get("after-session"), shipped().get("around-therapy")


def answered(sessions: int) -> Trend:
    trend = make_trend([None if i % 7 == 5 else 80.0 for i in range(sessions)])
    points = [
        replace(
            point, items={item.id: (3 * i + point.number) % 11 for i, item in enumerate(AFTER_SESSION.items)}
        )
        if point.answered
        else point
        for point in trend.points
    ]
    return replace(trend, points=points)


@pytest.mark.parametrize("sessions", [1, 2, 22, 100])
def test_every_answer_is_a_tile_and_no_answer_is_none(sessions: int) -> None:
    trend = answered(sessions)
    spec = check(items_chart(trend, AFTER_SESSION))
    forms = sum(point.answered for point in trend.points)
    assert len(trace(spec, "from the best end")["x"]) == 9 * forms
    assert len(trace(spec, "more trouble")["x"]) == 3 * forms
    axis = spec["layout"]["yaxis"]
    assert axis["ticktext"] == [item.short for item in AFTER_SESSION.items]
    assert set(trace(spec, "more trouble")["x"]) == {point.number for point in trend.points if point.answered}


def test_the_further_from_the_best_end_the_stronger() -> None:
    trend = answered(2)
    spec = check(items_chart(trend, AFTER_SESSION))
    for name, away in (
        ("from the best end", lambda value: 10 - value),
        ("more trouble", lambda value: value),
    ):
        tiles = trace(spec, name)
        assert tiles["marker"]["color"] == [away(int(value)) for value in tiles["text"]]
        assert (tiles["marker"]["cmin"], tiles["marker"]["cmax"]) == (0, 10)


def test_numbers_stand_in_the_tiles_where_there_is_room() -> None:
    wide, narrow, _ = sizes(check(items_chart(answered(22), AFTER_SESSION)))
    assert trace(wide, "more trouble")["textposition"] == "inside"
    assert trace(narrow, "more trouble")["textposition"] == "none"
    (long, *_) = sizes(check(items_chart(answered(100), AFTER_SESSION)))
    assert trace(long, "more trouble")["textposition"] == "none"


def test_hovering_a_tile_says_when_what_and_how_much() -> None:
    tiles = trace(check(items_chart(answered(1), AFTER_SESSION)), "from the best end")
    short = AFTER_SESSION.items[0].short
    assert tiles["hovertext"][0] == f"Session 1, 11 Jun<br>{short}: 1 of 10"


def test_nothing_is_said_to_be_nothing() -> None:
    assert "no sessions yet" in labels(check(items_chart(make_trend([]), AFTER_SESSION))["layout"])
    assert "no answers yet" in labels(check(items_chart(make_trend([None, None]), AFTER_SESSION))["layout"])
    assert "not asked yet" in labels(check(around_chart(Around(MONTHLY)))["layout"])


@settings(deadline=None, max_examples=40)
@given(trends())
def test_any_course_is_a_figure(trend: Trend) -> None:
    check(items_chart(trend, AFTER_SESSION))


@pytest.mark.parametrize("times", [1, 2, 9])
def test_life_around_therapy_is_a_line_a_scale_named_at_its_end(times: int) -> None:
    taken = [
        Taken(
            4 * i + 2,
            FIRST + timedelta(days=28 * i),
            {"stability": 70.0 - 5 * i, "access": 72.0, "readiness": None},
        )
        for i in range(times)
    ]
    spec = check(around_chart(Around(MONTHLY, taken)))
    assert names(spec) == ["stability", "access"]
    assert trace(spec, "stability")["y"] == [70.0 - 5 * i for i in range(times)]
    strokes = {(one["line"]["dash"], one["marker"]["symbol"]) for one in spec["data"]}
    assert len(strokes) == 2, "told apart without colour"
    ends = sorted(label["y"] for label in spec["layout"]["annotations"])
    assert ends[1] - ends[0] >= 11.9
