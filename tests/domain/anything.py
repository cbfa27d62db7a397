"""Readings with a few numbers changed, and courses of every kind, for tests of the words made from them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from alliance.analysis.track import EpisodeState, Level, Reading
from alliance.domain.alerts import AlertStatus
from alliance.domain.trend import Point, Trend
from tests.factory import make_trend

NEVER = re.compile(
    r"nan|None|inf\b|[{}\[\]]|\s\s|\s[.,;:]|\.\.|\b1 (sessions|days|weeks|patients|answers)|"
    r"\bone (sessions|days|patients|answers|forms|of one)\b|['\"]",
)
"""What no text that people read may contain: the insides of a computer, bad spacing, `1 sessions`, straight quotes."""


def reading(number: int = 7, **changed: Any) -> Reading:
    """A session that asks now, at somebody who usually rates 83 give or take 6 with tension 6."""
    told: dict[str, Any] = {
        "number": number,
        "answered": True,
        "expected": 83.2,
        "give_or_take": 5.9,
        "low": 69.4,
        "high": 95.2,
        "ask_below": 71.0,
        "usual_tension": 6.3,
        "odds": 2.0,
        "level": Level.ASK,
        "alert": 1,
        "own_word": False,
        "rules": ("ratings",),
        "factors": (("ratings", 9.0),),
        "silent_run": 0,
        "episode": EpisodeState.OPEN,
    }
    return Reading(**(told | changed))


def is_sentence(text: str) -> bool:
    """Begins with a capital, a number or a quote, ends with a full stop, and holds nothing that has no place."""
    return bool(re.fullmatch(r"[A-Z0-9“].*[.]", text)) and not NEVER.search(text)


def is_phrase(text: str) -> bool:
    """A few words, not a sentence."""
    return bool(text) and not text.endswith(".") and not NEVER.search(text)


def _spoilt(draw: st.DrawFn, point: Point) -> Point:
    """The same session with something about it out of the ordinary."""
    kind = draw(st.sampled_from(["as it is", "as it is", "unread", "blank", "held back", "half"]))
    if kind == "unread":
        return replace(point, reading=None)
    if kind == "blank":
        missing = dict.fromkeys(point.scores or ["alliance"], "not answered")
        return replace(point, answered=True, scores=dict.fromkeys(missing), why_missing=missing, items={})
    if kind == "held back":
        return replace(point, held_back=True, talked=draw(st.sampled_from([None, "little", "no"])))
    if kind == "half":
        return replace(point, scores={"alliance": None, "rupture": point.tension}, items={"held": 4})
    return point


@st.composite
def courses(draw: st.DrawFn) -> Trend:
    """Any course the factory can make, with scores and readings missing and alerts in any state."""
    score = st.none() | st.floats(0, 100) | st.sampled_from([0.0, 80.0, 80.0, 100.0])
    scores = draw(st.lists(score, max_size=16))
    numbers = st.integers(1, max(len(scores), 1))
    trend = make_trend(
        scores,
        tension=draw(st.dictionaries(numbers, st.floats(0, 100), max_size=5)),
        talked=draw(st.dictionaries(numbers, numbers, max_size=3)),
        status=draw(st.none() | st.sampled_from(AlertStatus)),
        every=draw(st.integers(1, 60)),
    )
    points = [_spoilt(draw, point) for point in trend.points]
    alerts = [
        replace(alert, rules=draw(st.sampled_from([alert.rules, ("silence",), ("own-word",), ()])))
        for alert in trend.alerts
    ]
    patient = replace(trend.dyad.patient, paused=draw(st.booleans()))
    return Trend(
        replace(trend.dyad, patient=patient), points, draw(st.sampled_from([alerts, alerts[:1], ()]))
    )
