"""Every chart of the house with little, typical and much data, for tests that look at all of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from alliance.domain.episodes import episodes
from alliance.domain.figures import WITHIN, Counts, Dot, Figures, FunnelFigures, MonthFigure, TherapistFigures
from alliance.domain.follow_up import Around, Taken
from alliance.domain.marks import Kind, Mark
from alliance.domain.trend import Trend
from alliance.web.charts.around import around_chart
from alliance.web.charts.caseload import caseload_chart
from alliance.web.charts.funnel import funnel_chart
from alliance.web.charts.items import items_chart
from alliance.web.charts.months import months_chart
from alliance.web.charts.small import item_chart, scale_chart
from alliance.web.charts.style import Spec
from alliance.web.charts.trend import trend_chart
from surveys.library import shipped
from tests.factory import DIP, DIP_TENSION, FIRST, dip, made_up, make_trend

AFTER_SESSION, MONTHLY = shipped().get("after-session"), shipped().get("around-therapy")


def with_answers(trend: Trend, seed: int = 3) -> Trend:
    """The course with every single answer, each near the rating of its session."""
    dice = random.Random(seed)
    points = []
    for point in trend.points:
        if point.alliance is None:
            points.append(point)
            continue
        items = {}
        for item in AFTER_SESSION.items:
            if AFTER_SESSION.scale(item.scale).higher_is == "better":
                items[item.id] = min(10, max(0, round(point.alliance / 10 + dice.gauss(0, 0.8))))
            else:
                items[item.id] = min(10, max(0, round((point.tension or 0) / 10 + dice.gauss(0, 0.8))))
        points.append(replace(point, items=items))
    return replace(trend, points=points)


def with_break(trend: Trend, after: int, weeks: int) -> Trend:
    """The course with everything after a session so many weeks later."""
    late = timedelta(weeks=weeks)
    points = [
        replace(point, held_on=point.held_on + late) if point.number > after else point
        for point in trend.points
    ]
    return replace(trend, points=points)


def marked(trend: Trend, every: int) -> Trend:
    """The course with something marked at every so many sessions, of all kinds."""
    kinds = [("hospital", Kind.EVENT), ("", Kind.ENDING), ("medication", Kind.EVENT), ("", Kind.BREAK)]
    marks = [Mark(0, Kind.CHANGE, trend.points[0].held_on)]
    for i, point in enumerate(trend.points[every - 1 :: every]):
        what, kind = kinds[i % len(kinds)]
        end = point.held_on + timedelta(days=6) if kind is Kind.BREAK else None
        marks.append(Mark(i + 1, kind, point.held_on + timedelta(days=1), end, what=what))
    return replace(trend, marks=tuple(marks))


def repaired() -> Trend:
    return make_trend([*DIP, 85.0, 84.0, 86.0, 86.0], tension=DIP_TENSION, talked={18: 20})


def around(times: int) -> Around:
    dice = random.Random(times)
    levels = {scale.id: dice.uniform(40, 80) for scale in MONTHLY.scales}
    taken = []
    for i in range(times):
        scores = {id_: max(0.0, min(100.0, level + dice.gauss(0, 7))) for id_, level in levels.items()}
        taken.append(Taken(4 * i + 2, FIRST + timedelta(days=28 * i), scores))
    return Around(MONTHLY, taken)


def story(trend: Trend) -> Spec:
    return trend_chart(trend, episodes(trend.points, trend.alerts))


def patients(how_many: int, sessions: int) -> list[Trend]:
    return [made_up(seed, sessions, code=f"Elm {seed}") for seed in range(1, how_many + 1)]


def year(*missing: int) -> TherapistFigures:
    """A therapist’s twelve months, but for some: the intervals as wide as few and many answers make them."""
    dice = random.Random(len(missing))
    months = []
    for at in range(12):
        mean, reach = dice.uniform(72, 90), dice.uniform(2, 14)
        day = date(2025 + (at + 10) // 12, (at + 10) % 12 + 1, 1)
        if at not in missing:
            months.append(MonthFigure(day, 12, 40, mean, max(mean - reach, 0.0), min(mean + reach, 100.0)))
    return TherapistFigures(
        id=7, name="Amina Yusuf", caseload=14, words=WITHIN, counts=Counts(90, 80, 72), months=months
    )


def funnel(supervised: int, others: int) -> Spec:
    """Therapists by their patients; those one supervises by name, close together as it happens."""
    dice = random.Random(supervised + others)
    people = (
        "Amina Yusuf",
        "Claire Dubois",
        "Jonas Berg",
        "Nadia Haddad",
        "Erik Lund",
        "Maximiliane Oberhuber",
    )
    dots = [Dot(dice.randint(18, 40), dice.uniform(79, 86), name) for name in people[:supervised]]
    dots += [Dot(dice.randint(10, 120), dice.uniform(78, 87)) for _ in range(others)]
    told = FunnelFigures(82.8, 2.0, 190.0, dots, outside=0)
    drawn = funnel_chart(Figures(date(2026, 10, 1), [year()], mean=82.8, funnel=told, estimated=1))
    assert drawn is not None
    return drawn


CHARTS: dict[str, Callable[[], Spec]] = {
    "trend-none": lambda: story(make_trend([])),
    "trend-unanswered": lambda: story(make_trend([None, None])),
    "trend-1": lambda: story(make_trend([78.0])),
    "trend-2": lambda: story(make_trend([78.0, 40.0])),
    "trend-22": lambda: story(dip()),
    "trend-26-repaired-marked": lambda: story(marked(with_break(repaired(), 11, 7), 8)),
    "trend-top": lambda: story(make_trend([90.0, 95.0, *[100.0] * 8])),
    "trend-100": lambda: story(made_up(4, 100, code="Oak 12")),
    "trend-100-marked": lambda: story(
        marked(with_break(with_break(made_up(11, 100, code="Oak 12"), 30, 6), 62, 9), 9)
    ),
    "trend-100-crowded": lambda: story(marked(made_up(12, 100, code="Oak 12"), 3)),
    "items-1": lambda: items_chart(with_answers(make_trend([78.0])), AFTER_SESSION),
    "items-22": lambda: items_chart(with_answers(dip()), AFTER_SESSION),
    "items-100": lambda: items_chart(with_answers(made_up(4, 100, code="Oak 12")), AFTER_SESSION),
    "around-1": lambda: around_chart(around(1)),
    "around-6": lambda: around_chart(around(6)),
    "around-24": lambda: around_chart(around(24)),
    "scale-2": lambda: scale_chart(make_trend([78.0, 40.0]), "safety"),
    "scale-22": lambda: scale_chart(dip(), "safety"),
    "scale-100": lambda: scale_chart(made_up(4, 100, code="Oak 12"), "safety"),
    "item-22": lambda: item_chart(dip(), "held"),
    "item-100": lambda: item_chart(made_up(4, 100, code="Oak 12"), "held"),
    "caseload-1": lambda: caseload_chart(patients(1, 3), 101),
    "caseload-14": lambda: caseload_chart(patients(14, 22), 103),
    "caseload-60": lambda: caseload_chart(patients(60, 100), 103),
    "months-1": lambda: months_chart(year(*range(11))),
    "months-9": lambda: months_chart(year(2, 3, 8)),
    "months-12": lambda: months_chart(year()),
    "funnel-6": lambda: funnel(1, 5),
    "funnel-20": lambda: funnel(3, 17),
    "funnel-60": lambda: funnel(6, 54),
}
SIZES = {"items": "tiles", "around": "half", "months": "half", "caseload": "large"}
WIDTHS = {"trend": 45, "around": 45, "scale": 20, "item": 20}  # rem, as on the pages


def every_chart() -> dict[str, Spec]:
    """Each chart's specification by name, with the size of its figure on a page."""
    return {
        name: {
            "spec": draw(),
            "size": SIZES.get(name.partition("-")[0], ""),
            "rem": WIDTHS.get(name.partition("-")[0], 68),
        }
        for name, draw in CHARTS.items()
    }
