"""Small multiples show one scale or one answer each, and what was asked at the same place in all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from alliance.analysis.track import Level
from alliance.domain.trend import Trend
from alliance.web.charts.small import item_chart, scale_chart
from tests.factory import DIP, dip, made_up, make_trend
from tests.web.figures import check, labels, names, sizes, trace, trends


def test_a_scale_is_its_scores_with_gaps_and_the_question() -> None:
    spec = check(scale_chart(dip(), "attunement"))
    line = trace(spec, "attunement")
    assert line["y"] == [None if score is None else round(score - 2, 1) for score in DIP]
    assert line["text"][17] == "Session 18: 54" and line["text"][18] == ""
    assert (trace(spec, "worth a question")["x"], trace(spec, "worth a question")["y"]) == ([18], [53.6])
    assert set(labels(spec["layout"])) == {"54", "80"}, "the value asked about, and the last one"
    assert spec["layout"]["xaxis"]["tickvals"] == [1, 18, 22]


def test_an_answer_is_a_bar_as_it_was_picked() -> None:
    spec = check(item_chart(dip(), "held"))
    bars = trace(spec, "held")
    assert (bars["y"][17], bars["y"][18], bars["y"][0]) == (6, None, 1)
    assert bars["marker"]["color"][17] == "var(--ask)" and bars["marker"]["color"][16] == "var(--edge)"
    assert bars["text"][17] == "Session 18: 6 of 10"
    assert set(labels(spec["layout"])) == {"6"}
    assert spec["layout"]["yaxis"]["range"] == [0, 10]


def test_an_answer_of_nothing_is_seen_and_no_answer_is_not() -> None:
    bars = trace(check(item_chart(dip(), "hurt")), "hurt")
    assert (bars["y"][0], bars["y"][5]) == (0, None)
    assert bars["marker"]["line"]["width"] > 0, "without an outline the library leaves bars of 0 out"


def test_bars_stay_inside_the_picture_and_slim() -> None:
    spec = check(item_chart(made_up(1, 3, code="Elm"), "held"))
    assert spec["layout"]["xaxis"]["range"] == [0.4, 3.6]
    assert trace(spec, "held")["width"] / 3.2 * 260 < 16


def test_fainter_questions_are_hollow() -> None:
    trend = dip()
    faint = Trend(trend.dyad, trend.points, [replace(trend.alerts[0], level=Level.KEEP)])
    spec = check(scale_chart(faint, "safety"))
    assert "worth a question" not in names(spec)
    assert trace(spec, "keep in mind")["marker"]["line"]["color"] == "var(--ask)"


@pytest.mark.parametrize("sessions", [0, 1, 2, 7, 100])
def test_any_length_and_unknown_ids(sessions: int) -> None:
    trend = made_up(4, sessions, code="Oak 12") if sessions else make_trend([])
    for spec in (scale_chart(trend, "safety"), item_chart(trend, "held"), scale_chart(trend, "unheard-of")):
        check(spec)


@settings(deadline=None, max_examples=40)
@given(trends())
def test_any_course_is_a_figure(trend: Trend) -> None:
    for spec in (check(scale_chart(trend, "safety")), check(item_chart(trend, "held"))):
        for size in sizes(spec):
            ticks = size["layout"]["xaxis"]["tickvals"]
            assert ticks == sorted(set(ticks))
