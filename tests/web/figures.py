"""What every chart must be: a figure the library accepts in all its sizes, plain text, nothing but our tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
from hypothesis import strategies as st

from alliance.analysis.track import EpisodeState, Level, Reading
from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.episodes import Episode
from alliance.domain.trend import Point, Trend
from alliance.web.charts.style import Spec, as_json
from tests.factory import FIRST, dip, make_dyad

TOKENS = {"--ink", "--soft", "--edge", "--line", "--blue", "--ask", "--band", "--paper", "--sans"}


def merged(one: Any, other: Any) -> Any:
    """As the page's script lays what is different on a phone over the rest."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {key: merged(one.get(key), value) for key, value in other.items()}
    return other


def sizes(spec: Spec) -> Iterator[Spec]:
    """The figure as it is drawn wide, narrow, and low."""
    for size in ({}, spec.get("narrow", {}), spec.get("short", {})):
        data = [merged(trace, size.get("data", {}).get(trace["name"], {})) for trace in spec["data"]]
        yield {"data": data, "layout": merged(spec["layout"], size.get("layout", {}))}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def sent(spec: Spec) -> Spec:
    """The specification as a browser gets it."""
    return json.loads(as_json(spec))  # type: ignore[no-any-return]


def check(spec: Spec) -> Spec:
    """Fail unless this is a figure of ours; give it back as a browser gets it."""
    spec = sent(spec)
    assert set(spec) <= {"data", "layout", "narrow", "short"}
    for size in sizes(spec):
        go.Figure(data=size["data"], layout=size["layout"])  # raises on anything the library does not know
    names = [trace["name"] for trace in spec["data"]]
    assert all(names)
    for text in texts(spec):
        assert not re.search(r"<(?!br>)", text.removesuffix("<extra></extra>")), text
        assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= TOKENS
        assert "://" not in text and not re.fullmatch(r"#[0-9a-fA-F]{3,8}", text)
    for trace in spec["data"]:
        lengths = {
            len(trace[key]) for key in ("x", "y", "text", "customdata") if isinstance(trace.get(key), list)
        }
        assert len(lengths) == 1, f"{trace['name']}: one value a point"
        if "lines" in trace.get("mode", "") and None in trace["y"]:
            assert trace["connectgaps"] is False, f"{trace['name']} would be drawn across gaps"
    return spec


def trace(spec: Spec, name: str) -> Spec:
    (found,) = [trace for trace in spec["data"] if trace["name"] == name]
    return dict(found)


def names(spec: Spec) -> list[str]:
    return [trace["name"] for trace in spec["data"]]


def labels(layout: Spec) -> dict[str, Spec]:
    """The labels of a layout by their words."""
    return {note["text"].replace("<br>", " "): note for note in layout.get("annotations", [])}


scores = st.none() | st.floats(0, 100)
percents = st.floats(0, 100)
codes = st.text(max_size=12)


@st.composite
def readings(draw: st.DrawFn, number: int) -> Reading:
    low, high = sorted((draw(percents), draw(percents)))
    return Reading(
        number=number,
        answered=True,
        expected=draw(st.floats(-5, 112)),
        give_or_take=draw(st.floats(3, 40)),
        low=low,
        high=high,
        ask_below=draw(st.none() | percents),
        usual_tension=10.0,
        odds=0.1,
        level=draw(st.sampled_from(Level)),
        alert=0,
        own_word=False,
        rules=("ratings",),
        factors=(("ratings", 3.0),),
        silent_run=0,
        episode=draw(st.sampled_from(EpisodeState)),
    )


@st.composite
def trends(draw: st.DrawFn, most: int = 14, id_: int = 1) -> Trend:
    """Any course at all: gaps in the numbering, missing readings, alerts anywhere, hostile codes."""
    numbers = sorted(draw(st.sets(st.integers(1, 120), max_size=most)))
    points = []
    for number in numbers:
        score = draw(scores)
        points.append(
            Point(
                session_id=number,
                number=number,
                held_on=FIRST + timedelta(days=draw(st.integers(0, 6)) + 7 * number),
                answered=score is not None or draw(st.booleans()),
                scores={"alliance": score, "safety": score},
                items={} if score is None else {"held": round(score / 10)},
                held_back=draw(st.booleans()),
                reading=draw(st.none() | readings(number)),
            )
        )
    model = dip().alerts[0]
    raised = draw(st.sets(st.sampled_from(numbers), max_size=4)) if numbers else set()
    alerts = [
        alert_like(model, number, draw(st.sampled_from(AlertStatus)), draw) for number in sorted(raised)
    ]
    return Trend(make_dyad(id_, draw(codes) or "Elm 1", date(2026, 1, 1)), points, alerts)


def alert_like(model: Alert, number: int, status: AlertStatus, draw: st.DrawFn) -> Alert:
    rules = draw(st.sampled_from([("ratings",), ("report", "ratings"), ("silence",), ("own-word",), ()]))
    level = draw(st.sampled_from([Level.KEEP, Level.ASK]))
    kept = {"id": number, "session_number": number, "status": status, "rules": rules, "level": level}
    fields = {name: getattr(model, name) for name in model.__slots__}
    return Alert(**(fields | kept))


@st.composite
def stories(draw: st.DrawFn) -> list[Episode]:
    """Episodes in order, with steps in any of the orders that can happen."""
    told = []
    for start in sorted(draw(st.sets(st.integers(1, 100), max_size=4))):
        steps = [start + draw(st.integers(0, 6)) for _ in range(3)]
        talked, recovering, repaired = (draw(st.sampled_from([None, step])) for step in steps)
        told.append(Episode(start, talked, recovering, repaired))
    return told
