"""A supervisor’s two pictures: months with their intervals, and the funnel; and the words and tables beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.domain.figures import (
    FEWER,
    WITHIN,
    Counts,
    Dot,
    Figures,
    FunnelFigures,
    MonthFigure,
    TherapistFigures,
)
from alliance.web.charts.board import SIDES, Board, Box
from alliance.web.charts.funnel import TALL, WIDE, funnel_chart
from alliance.web.charts.months import months_chart
from tests.web.figures import check, labels, names, sizes, trace


def month(year: int, number: int, mean: float = 81.0, reach: float = 4.0) -> MonthFigure:
    return MonthFigure(date(year, number, 1), 12, 40, mean, max(mean - reach, 0.0), min(mean + reach, 100.0))


AMINA = TherapistFigures(
    id=7, name="Amina Yusuf", caseload=14, words=WITHIN, counts=Counts(90, 80, 72, 9, 2, 6, 5, 30, 4, 3, 1),
    patients=31, answers=210, estimate=81.0, low=78.2, high=84.4,
    months=[month(2026, 7), month(2026, 8, 78), month(2026, 10, 82)],
)  # fmt: skip
NADIA = TherapistFigures(id=8, name="Nadia Haddad", caseload=4, words=FEWER, counts=Counts(12, 12, 11))
DOTS = [
    Dot(31, 78.4, "Amina Yusuf"),
    Dot(22, 83.2, "Claire Dubois"),
    Dot(24, 85.0, "Jonas Berg"),
    Dot(60, 84.0),
]
FUNNEL = FunnelFigures(
    82.8, 2.0, 190.0, [*DOTS, *(Dot(12 + 4 * at, 80.0 + at % 5) for at in range(9))], outside=0
)
ALL = Figures(date(2026, 10, 1), [AMINA, NADIA], mean=82.8, funnel=FUNNEL, estimated=1)


def test_months_are_dots_with_intervals_and_gaps_are_not_joined() -> None:
    spec = check(months_chart(AMINA))
    line = trace(spec, "months")
    assert line["x"] == [0, 1, 2, 3] and line["y"] == [81, 78, None, 82]
    assert (
        line["text"][3] == "October 2026: 82 (78 to 86), twelve patients, 40 answers"
        and line["text"][2] == ""
    )
    assert trace(spec, "95 of 100")["y"] == [77, 85, None, 74, 82, None, 78, 86, None]
    hidden = trace(spec, "not shown")
    assert hidden["x"] == [2]
    assert hidden["text"] == ["September 2026, not shown: fewer than five patients or ten answers"]
    assert set(labels(spec["layout"])) == {"82 in Oct (78 to 86)"}
    low, high = spec["layout"]["yaxis"]["range"]
    assert low <= 74 and high >= 86 and high - low >= 40, "differences are not made to look large"


def test_the_year_is_named_where_it_begins() -> None:
    one = replace(AMINA, months=[month(2025, 11), month(2025, 12), month(2026, 1)])
    assert check(months_chart(one))["layout"]["xaxis"]["ticktext"] == ["Nov<br>2025", "Dec", "Jan<br>2026"]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.floats(0, 100), st.floats(0, 60)),
        max_size=24,
        unique_by=lambda m: m[0],
    )
)
def test_any_months_are_a_figure(told: list[tuple[int, float, float]]) -> None:
    months = [month(2024 + at // 12, at % 12 + 1, mean, reach) for at, mean, reach in sorted(told)]
    for size in sizes(check(months_chart(replace(AMINA, months=months)))):
        low, high = size["layout"]["yaxis"]["range"]
        assert 0 <= low < high <= 100
        assert all(low <= each.low and each.high <= high for each in months)
        assert size["layout"]["xaxis"]["tickvals"] == sorted(set(size["layout"]["xaxis"]["tickvals"]))


def test_the_funnel_names_only_who_is_supervised() -> None:
    found = funnel_chart(ALL)
    assert found is not None
    spec = check(found)
    assert names(spec)[-2:] == ["others", "supervised"]
    assert trace(spec, "supervised")["text"][0] == "Amina Yusuf: 78, 31 patients"
    assert set(trace(spec, "others")["text"]) >= {"Not supervised by you: 84, 60 patients"}
    assert {"clinic mean", "95 of 100", "998 of 1,000", "Jonas Berg"} <= set(labels(spec["layout"]))
    upper, lower = trace(spec, "998 of 1,000, upper"), trace(spec, "998 of 1,000, lower")
    assert upper["y"][0] - lower["y"][0] > upper["y"][-1] - lower["y"][-1], "with more patients it narrows"
    at = upper["x"].index(min(upper["x"]))
    assert upper["y"][at] == pytest.approx(82.8 + 3.09 * (2 + 190 / 8) ** 0.5, abs=0.01)
    assert spec["narrow"]["layout"]["annotations"] == []


def test_below_the_minimum_numbers_there_is_no_funnel() -> None:
    assert funnel_chart(replace(ALL, funnel=None)) is None
    assert funnel_chart(replace(ALL, funnel=replace(FUNNEL, dots=[]))) is None


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(10, 400), st.floats(20, 100), st.booleans()), min_size=1, max_size=60),
    st.floats(0, 30),
    st.floats(50, 400),
)
def test_any_funnel_is_a_figure(told: list[tuple[int, float, bool]], tau2: float, unit: float) -> None:
    dots = [Dot(patients, mean, "A & <b>" if mine else None) for patients, mean, mine in told]
    found = funnel_chart(replace(ALL, funnel=FunnelFigures(80.0, tau2, unit, dots, outside=0)))
    assert found is not None
    for size in sizes(check(found)):
        low, high = size["layout"]["yaxis"]["range"]
        assert all(low <= dot.mean <= high for dot in dots)
        assert size["layout"]["xaxis"]["tickvals"][0] == 10


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(10, 90), st.floats(70, 92)), min_size=60, max_size=60),
    st.integers(1, 14),
)
def test_no_name_lies_over_a_dot_or_another_name(told: list[tuple[int, float]], supervised: int) -> None:
    dots = [
        Dot(patients, mean, f"Ottoline Castellanos {at}" if at < supervised else None)
        for at, (patients, mean) in enumerate(told)
    ]
    found = funnel_chart(replace(ALL, funnel=FunnelFigures(82.0, 4.0, 190.0, dots, outside=0)))
    assert found is not None
    layout = found["layout"]
    low, high = layout["yaxis"]["range"]
    first, last = layout["xaxis"]["range"]
    board = Board(WIDE, TALL, (first, last), top=high - low)
    pinned = [one for one in layout["annotations"] if "Castellanos" in one["text"]]
    for one in pinned:
        side = next(
            side
            for side, anchored in SIDES.items()
            if anchored == tuple(one[key] for key in ("xanchor", "yanchor", "xshift", "yshift"))
        )
        name = board.box(one["x"], one["y"] - low, one["text"], side)
        assert not any(name.meets(box) for box in board.boxes), "over a name that was there before"
        board.boxes.append(name)
        for dot in dots:
            x, y = board.at(dot.patients, dot.mean - low)
            assert not name.meets(Box(x - 5, x + 5, y - 5, y + 5)), f"{one['text']} is over a dot"


def drawn(app: Flask, call: str, **told: object) -> str:
    parts = "estimates, funnel_figure, months_figure, questions_table"
    source = f'{{% from "components/figures.html" import {parts} %}}{{{{ {call} }}}}'
    with app.test_request_context("/", base_url="https://alliance.example"):
        return render_template_string(source, **told)


def test_the_table_says_words_and_hides_what_is_too_few(app: Flask) -> None:
    page = drawn(app, "estimates(figures)", figures=ALL)
    assert page.index("No difference here is larger than chance alone would give.") < page.index("<table")
    assert "Fewer than five patients: not shown" in page and "Within what chance alone would give" in page
    assert 'aria-label="Estimate 81, 78 to 84"' in page and 'data-label="answers">210<' in page
    nadia = page[page.index("Nadia Haddad") :]
    assert "92%" not in nadia and nadia.count("–") == 3, "no share, no estimate, no number of answers"
    assert "90%" in page and "In order of name, never of score" in page


def test_the_other_parts(app: Flask) -> None:
    page = drawn(app, "funnel_figure(figures, '/f.json')", figures=ALL)
    assert 'data-chart="/f.json"' in page and "All 13 therapists lie inside the outer lines." in page
    assert "Not for pay or dismissal." in page
    assert drawn(app, "funnel_figure(figures, '/f.json')", figures=replace(ALL, funnel=None)).strip() == ""
    page = drawn(app, "months_figure(one, '/m.json')", one=AMINA)
    assert "In October 12 patients gave 82 on average" in page and 'data-chart="/m.json"' in page
    assert "September 2026" not in page
    page = drawn(app, "months_figure(one, '/m.json')", one=NADIA)
    assert "Nadia Haddad’s months: fewer than five patients: not shown." in page and "data-chart" not in page
    page = drawn(app, "questions_table(figures)", figures=ALL)
    assert "six days, on average" in page and page.count("<tr") == 3


def test_the_sentence_before_the_numbers() -> None:
    assert Figures(None, []).lead == "You supervise nobody today."
    assert Figures(None, [NADIA]).lead.startswith("No estimates yet")
    assert Figures(date(2026, 10, 1), [NADIA]).lead.startswith("Of nobody you supervise")
    assert replace(ALL, funnel=None).lead.startswith("Too few therapists to set anybody beside the others.")
    assert replace(ALL, outside=["Amina Yusuf"]).lead.startswith("Amina Yusuf lies outside what chance")
    two = replace(ALL, outside=["Amina Yusuf", "Jonas Berg"])
    assert two.lead.startswith("Amina Yusuf and Jonas Berg lie outside")
    assert replace(ALL, outside=["A"] * 6).lead.startswith("Six therapists lie outside")


def test_very_many_therapists_come_in_parts(app: Flask) -> None:
    assert "More therapists" not in drawn(app, "estimates(figures)", figures=ALL)
    page = drawn(app, "estimates(figures)", figures=replace(ALL, part=2, parts=3))
    assert 'href="/supervision?part=2" aria-current="true">101 to 200' in page and page.count("?part=") == 3


def test_the_scale_of_the_intervals_takes_them_all_in() -> None:
    assert ALL.span == (75.0, 95.0)
    assert Figures(None, [NADIA]).span == (70.0, 90.0)
    wide = replace(AMINA, low=41.0, high=99.9)
    assert replace(ALL, therapists=[wide]).span == (40.0, 100.0)
