"""The view over all patients: each against their own usual, nobody ranked, everyone to be found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.domain.episodes import episodes
from alliance.domain.trend import Trend
from alliance.web.charts.caseload import caseload_chart
from alliance.web.charts.distance import HIGHEST, LOWEST, distance
from alliance.web.charts.style import Spec
from tests.factory import DIP, DIP_TENSION, dip, made_up, make_trend
from tests.web.figures import check, names, readings, scores, sizes, trace, trends

RUNNING = make_trend([80.0, 81.0, None, 79.0, None, 82.0], number=2, code="Elm 63", first=date(2026, 9, 2))
MENDED = make_trend([*DIP, 85.0, 84.0, 86.0], tension=DIP_TENSION, number=3, code="Oak 12")
SHAPES = ("single answers", "keep in mind", "repaired", "worth a question")


@pytest.fixture(scope="module")
def three() -> Spec:
    return check(caseload_chart([dip(), RUNNING, MENDED], focus=103))


def of(spec: Spec, name: str, code: str) -> list[str]:
    """The days of one patient's marks."""
    marks = trace(spec, name)
    return [day for day, owner in zip(marks["x"], marks["customdata"], strict=True) if owner == code]


def test_every_patient_is_a_line_of_their_own_named_by_code(three: Spec) -> None:
    assert names(three)[:3] == ["Rowan 31", "Elm 63", "Oak 12"]
    for name in names(three)[:3]:
        line = trace(three, name)
        assert (line["mode"], line["line"]["color"]) == ("lines", "var(--edge)")
        assert line["connectgaps"] is False


def test_heights_are_distances_from_what_was_expected_of_this_patient(three: Spec) -> None:
    reading = RUNNING.points[3].reading
    assert reading is not None
    line = trace(three, "Elm 63")
    assert line["y"][3] == round((79 - reading.expected) / (reading.expected - reading.low), 2)
    assert (line["y"][2], line["y"][4]) == (None, None)
    assert line["x"][:2] == ["2026-09-02", "2026-09-09"]
    assert line["customdata"][3] == [4, 79, round(reading.low), round(reading.high)]


def test_the_ends_of_the_usual_range_are_one_away() -> None:
    for point in dip().points:
        assert point.reading is not None
        if point.reading.low > 0:
            assert distance(point.reading.low, point.reading) == pytest.approx(-1)
        if point.reading.high < 100:
            assert distance(point.reading.high, point.reading) == pytest.approx(1)
        assert distance(point.reading.expected, point.reading) == 0


def test_a_range_cut_off_at_an_end_is_measured_at_the_other() -> None:
    reading = dip().points[10].reading
    assert reading is not None
    low = replace(reading, expected=8.0, low=0.0, high=22.0, give_or_take=5.0)
    high = replace(reading, expected=95.0, low=83.0, high=100.0, give_or_take=5.0)
    above = replace(reading, expected=112.0, low=100.0, high=100.0, give_or_take=5.0)
    both = replace(reading, expected=50.0, low=0.0, high=100.0, give_or_take=30.0)
    assert distance(1.0, low) == pytest.approx(-0.5)
    assert distance(89.0, high) == pytest.approx(-0.5)
    assert distance(100.0, above) == pytest.approx(-1)
    assert distance(20.0, both) == pytest.approx(-0.5)


def test_the_band_is_the_usual_range_of_everyone(three: Spec) -> None:
    (band,) = three["layout"]["shapes"]
    assert (band["y0"], band["y1"], band["layer"], band["fillcolor"]) == (-1, 1, "below", "var(--band)")
    assert three["layout"]["annotations"][0]["text"] == "each patient’s own usual range"
    assert three["layout"]["yaxis"]["ticktext"] == ["lower than usual", "as usual", "higher than usual"]


def test_questions_and_repairs_are_marked_on_every_line(three: Spec) -> None:
    asked = dip().points[17].held_on.isoformat()
    assert of(three, "worth a question", "Rowan 31") == of(three, "worth a question", "Oak 12") == [asked]
    (episode,) = episodes(MENDED.points, MENDED.alerts)
    assert episode.repaired is not None
    repaired = MENDED.points[episode.repaired - 1].held_on.isoformat()
    assert of(three, "repaired", "Oak 12") == [repaired]
    assert of(three, "repaired", "Rowan 31") == []


def test_answers_between_two_gaps_are_dots(three: Spec) -> None:
    assert of(three, "single answers", "Elm 63") == ["2026-09-23", "2026-10-07"]


def test_the_patient_in_focus_is_drawn_on_top_with_a_name(three: Spec) -> None:
    focus, line = trace(three, "in focus"), trace(three, "Oak 12")
    assert (focus["x"], focus["y"], focus["meta"]) == (line["x"], line["y"], "Oak 12")
    assert focus["line"]["color"] == "var(--blue)"
    assert names(three).index("in focus") > max(names(three).index(name) for name in SHAPES)
    assert set(trace(three, "worth a question, in focus")["customdata"]) == {"Oak 12"}
    assert len(trace(three, "repaired, in focus")["x"]) == 1
    for size in sizes(three):
        (label,) = [note for note in size["layout"]["annotations"] if note.get("name") == "in focus"]
        assert (label["text"], label["x"], label["y"]) == ("Oak 12", line["x"][-1], line["y"][-1])


@pytest.mark.parametrize("focus", [None, 999])
def test_nobody_has_to_be_in_focus(focus: int | None) -> None:
    spec = check(caseload_chart([dip(), RUNNING], focus))
    assert trace(spec, "in focus")["x"] == []
    assert spec["layout"]["annotations"][-1]["visible"] is False
    assert len(trace(spec, "worth a question")["x"]) == 1


def test_a_silent_question_stands_where_the_line_broke_off() -> None:
    trend = dip()
    silent = replace(trend.alerts[0], session_number=19, rules=("silence",))
    spec = check(caseload_chart([Trend(trend.dyad, trend.points, [silent])]))
    mark = trace(spec, "worth a question")
    assert mark["y"] == [trace(spec, "Rowan 31")["y"][17]]
    assert mark["text"] == ["Rowan 31<br>Session 19, 15 Oct<br>forms missing"]


def test_patients_without_a_session_are_left_out() -> None:
    spec = check(caseload_chart([make_trend([]), RUNNING], 101))
    assert names(spec)[0] == "Elm 63"
    assert check(caseload_chart([]))["layout"]["xaxis"]["showticklabels"] is False


@pytest.mark.parametrize(("days", "most"), [(0, 9), (3, 9), (40, 9), (400, 9), (2000, 9), (9000, 9)])
def test_months_are_named_but_not_too_many(days: int, most: int) -> None:
    trend = make_trend([80.0, 81.0])
    points = [
        trend.points[0],
        replace(trend.points[1], held_on=trend.points[0].held_on + timedelta(days=days)),
    ]
    spec = check(caseload_chart([Trend(trend.dyad, points)]))
    for size, limit in zip(sizes(spec), (most, 5), strict=False):
        axis = size["layout"]["xaxis"]
        assert 1 <= len(axis["tickvals"]) <= limit
        assert axis["tickvals"] == sorted(set(axis["tickvals"]))
        assert axis["ticktext"][0][-4:].isdigit(), "the first month says its year"
        assert axis["range"][0] < axis["range"][1]


def test_hostile_codes_stay_plain_text() -> None:
    trend = make_trend(DIP, tension=DIP_TENSION, code='<a href="x">Elm</a>')
    assert names(check(caseload_chart([trend], 101)))[0] == 'a href="x"Elm/a'


def test_sixty_patients_fit() -> None:
    many = [made_up(i, 30, code=f"Elm {i}") for i in range(1, 61)]
    spec = check(caseload_chart(many, 130))
    assert len(spec["data"]) == 60 + 4 + 4
    assert trace(spec, "Elm 1")["opacity"] < trace(check(caseload_chart(many[:5])), "Elm 1")["opacity"]


@settings(deadline=None)
@given(scores.filter(lambda score: score is not None), st.integers(1, 50).flatmap(readings))
def test_distances_are_finite_and_fall_with_the_score(score: float, reading: object) -> None:
    here, lower = distance(score, reading), distance(score - 1, reading)  # type: ignore[arg-type]
    assert abs(here) <= 120 and lower < here


@settings(deadline=None, max_examples=30)
@given(st.lists(trends(), max_size=4), st.sampled_from([None, 101, 7]))
def test_any_caseload_is_a_figure(caseload: list[Trend], focus: int | None) -> None:
    spec = check(caseload_chart(caseload, focus))
    for line in spec["data"][: len([trend for trend in caseload if trend.points])]:
        assert all(LOWEST <= y <= HIGHEST for y in line["y"] if y is not None)
    low, high = spec["layout"]["yaxis"]["range"]
    assert low <= -2.2 and high >= 1.5
