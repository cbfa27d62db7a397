"""P11: the data of a patient’s trend chart, fifty sessions: what the server makes of a course that it has read.

The note says what the browser’s whole request costs, with the sign-in looked up and the course read.
"""

from __future__ import annotations

import gzip
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import time_machine

from alliance.actions import reading
from alliance.domain.episodes import episodes
from alliance.domain.trend import Trend
from alliance.web.charts.style import as_json
from alliance.web.charts.trend import trend_chart
from tests.benchmarks import caseload
from tests.benchmarks.measuring import COUNTED, PROCESSOR, Plan, Result, bare, call, calmly, spent
from tests.benchmarks.settings import app_of, cookie_of, staffed
from tests.cast import NOW

SESSIONS, TIMES = 50, 30


def measure(plan: Plan) -> Iterator[Result]:
    with time_machine.travel(NOW, tick=False), staffed(plan.place("trend")) as cast:
        caseload.fill(cast.clinic.db, cast.ids["jonas"], 1, SESSIONS)
        app = app_of(cast.clinic)
        cookie = cookie_of(app, cast.ids["jonas"], NOW)
        trend = reading.chart_trend(cast.clinic, cast.viewer("jonas"), caseload.FIRST, NOW)
        path = f"/patients/{caseload.FIRST}/charts/alliance.json"
        status, came = call(app, path, cookie=cookie)
        assert (status, came) == ("200 OK", drawn(trend)), status
        yield from calmly(partial(costs, trend, partial(call, app, path, cookie=cookie), plan))


def costs(trend: Trend, ask: Callable[[], object], plan: Plan) -> Sequence[Result]:
    """The drawing, and a bare page in turn."""
    hello = bare()
    units, ratios, wholes = [], [], []
    for _ in range(plan.rounds):
        turns = [
            (spent(partial(call, hello, "/")), spent(partial(drawn, trend)), spent(ask)) for _ in range(TIMES)
        ]
        unit, chart, whole = (statistics.median(costs) for costs in zip(*turns, strict=True))
        units.append(unit * 1e6)
        ratios.append(chart / unit)
        wholes.append(whole / unit)
    body = drawn(trend)
    return (
        Result(
            "P11",
            tuple(ratios),
            PROCESSOR,
            tuple(units),
            "µs",
            f"the whole request {statistics.median(wholes):.0f}",
        ),
        Result(
            "P11 size", (len(gzip.compress(body, 6)) / 1000,), COUNTED, note=f"{len(body):,} bytes unpacked"
        ),
    )


def drawn(trend: Trend) -> bytes:
    """The chart’s specification as it is sent."""
    return as_json(trend_chart(trend, episodes(trend.points, trend.alerts))).encode()
