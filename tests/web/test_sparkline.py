"""A sparkline is exact, says in words what it shows, and costs little."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from alliance.analysis.track import Level
from alliance.domain.alerts import AlertStatus
from alliance.domain.trend import Trend
from alliance.web.sparkline import SHOWN, sparkline
from tests.factory import DIP, dip, make_trend

SCORES = st.none() | st.floats(0, 100)


def parts(trend: Trend) -> dict[str, list[ElementTree.Element]]:
    drawn = sparkline(trend)
    assert isinstance(drawn, Markup)
    root = ElementTree.fromstring(drawn)  # noqa: S314 (our own markup)
    assert root.get("role") == "img"
    found: dict[str, list[ElementTree.Element]] = {"svg": [root]}
    for element in root:
        found.setdefault(element.get("class", ""), []).append(element)
    return found


def path(trend: Trend, name: str) -> str:
    (element,) = parts(trend)[name]
    return element.get("d", "")


def label(trend: Trend) -> str:
    return parts(trend)["svg"][0].get("aria-label", "")


def test_one_step_a_session_and_the_newest_at_the_right_end() -> None:
    assert path(make_trend([30.0, 65.0, 100.0]), "line") == "M150 37.0 h0 L156 20.0 L162 3.0"


def test_lines_never_cross_a_gap_and_a_lone_answer_is_a_dot() -> None:
    line = path(make_trend([80.0, None, 80.0, None, 80.0, 80.0]), "line")
    assert line.count("M") == 3 and line.count("h0") == 3
    assert line.count("L") == 1


def test_a_missing_form_is_a_stroke_at_the_foot() -> None:
    assert path(make_trend([80.0, None, None, 80.0]), "none") == "M150 39v4M156 39v4"


def test_the_usual_range_is_that_of_the_readings() -> None:
    trend = make_trend([80.0, 82.0])
    first, second = (point.reading for point in trend.points)
    assert first is not None and second is not None
    y = [3 + (100 - score) * 34 / 70 for score in (first.high, second.high, second.low, first.low)]
    numbers = [float(number) for number in re.findall(r"\d+\.\d|\d+", path(trend, "range"))]
    assert numbers[::2] == [156, 162, 162, 156]
    assert numbers[1::2] == pytest.approx(y, abs=0.11)


def test_scores_below_the_scale_stay_in_the_picture() -> None:
    assert path(make_trend([90.0, 5.0]), "line").endswith("L162 37.0")


def test_a_question_is_a_triangle_where_it_was_raised() -> None:
    trend = dip()
    ((mark,), (now,)) = parts(trend)["low"], parts(trend)["now"]
    assert (mark.get("d") or "").startswith("M132.5 ")  # 5.5 left of session 18: 162 − 4 × 6
    assert now.get("cx") == "162"


def test_a_fainter_question_is_hollow() -> None:
    trend = dip()
    faint = Trend(trend.dyad, trend.points, [replace(trend.alerts[0], level=Level.KEEP)])
    assert [element.get("class") for element in parts(faint)["low keep"]] == ["low keep"]


def test_a_question_about_the_last_answer_replaces_the_dot() -> None:
    trend = dip()
    cut = Trend(trend.dyad, trend.points[:18], trend.alerts)
    assert "low" in parts(cut) and "now" not in parts(cut)


def test_withdrawn_questions_are_not_marked() -> None:
    assert "low" not in parts(make_trend(DIP, tension={18: 63.0}, status=AlertStatus.WITHDRAWN))


@pytest.mark.parametrize(
    ("trend", "words"),
    [
        (make_trend([]), "No sessions yet"),
        (make_trend([None, None]), "Trend over 2 sessions, 2 without a form, no answers yet"),
        (make_trend([78.0]), "Trend over 1 session, last answer 78"),
        (make_trend([78.0] * 40), "Trend over 40 sessions, last answer 78"),
        (
            dip(),
            "Trend over 22 sessions, question after session 18, rated 56, 3 without a form, last answer 82",
        ),
    ],
    ids=["none", "no answers", "one", "many", "a dip"],
)
def test_it_says_in_words_what_it_shows(trend: Trend, words: str) -> None:
    assert label(trend) == words


@given(st.lists(SCORES, max_size=60))
def test_any_course_fits(scores: list[float | None]) -> None:
    trend = make_trend(scores)
    found = parts(trend)
    shown = scores[-SHOWN:]
    strokes = path(trend, "none").count("M") if "none" in found else 0
    assert strokes == sum(score is None for score in shown)
    dots = len(re.findall(r"[ML]\d", path(trend, "line"))) if "line" in found else 0
    assert dots == sum(score is not None for score in shown)
    for name in ("line", "range"):
        for x, y in re.findall(r"(\d+) (\d+\.\d)", path(trend, name) if name in found else ""):
            assert 6 <= int(x) <= 162 and 3 <= float(y) <= 37


def test_a_break_is_not_joined() -> None:
    trend = make_trend([80.0, 82.0, 81.0, 83.0])
    late = [
        replace(point, held_on=point.held_on + timedelta(days=60 * (point.number > 2)))
        for point in trend.points
    ]
    assert sparkline(replace(trend, points=late)).count("h0") == 2
    assert sparkline(trend).count("h0") == 1
