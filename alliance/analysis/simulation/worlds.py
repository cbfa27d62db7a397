"""What a simulated clinic is like: one base world, and many that differ from it in one thing.

All of it is assumption. The base world resembles published alliance ratings: high, with a ceiling, wandering
a little from session to session, a form missed now and then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from alliance.analysis.simulation.forms import Forms


class Shape(StrEnum):
    """How the alliance falls in a rupture."""

    ONE = "v1"
    """One session lower, then back."""
    THREE = "v3"
    """Three sessions lower, a fourth halfway, then back."""
    STEP = "step"
    """Lower to the end of the course."""
    SLIDE = "slide"
    """Down in four equal parts, then lower to the end."""


@dataclass(frozen=True, slots=True)
class World:
    """How ratings, tension and silence come about. Points of a 0–100 scale; spreads are standard deviations."""

    level: float = 82.0
    between: float = 13.0
    therapists: float = 2.5
    within: float = 6.0
    """Median spread of a dyad from session to session."""
    within_spread: float = 0.35
    """Spread of its logarithm between dyads."""
    memory: float = 0.30
    """Autocorrelation from one session to the next, 0 to below 1."""
    tails: int | None = None
    """Degrees of freedom of Student's t (above 2) for the sessions' ups and downs; None: normal."""
    growth: float = 1.5
    growth_spread: float = 1.5
    """Points gained per unit of log(1 + sessions before)."""
    drift: float = 0.0
    """Points a session, for everybody."""

    scale_offset: float = 4.0
    """Spread of a scale's lasting distance from the dyad's level."""
    scale_noise: float = 5.0
    scale_noise_shared: float = 0.0
    """Variance that two scales share besides, as a multiple of the variance of `scale_noise`."""
    scale_wander: float = 0.0
    """Spread of each scale's own slow wandering."""
    one_scale: bool = False
    """Ruptures lower one scale alone."""
    scale_missing: float = 0.0
    """Share of scales left out of an answer; never all three."""
    forms: Forms = Forms.SCALES

    tension: float = 10.0
    tension_spread: float = 6.0
    tension_noise: float = 9.0
    speakers: float = 0.5
    """Share of patients who put a rupture into the tension items; the others hardly do."""
    spoken: float = 1.4
    unspoken: float = 0.2
    """Points of tension per point of the fall, of those who speak and those who do not."""
    tension_first: bool = False
    """Tension rises one session before the ratings fall."""
    tension_spikes: float = 0.0
    """Share of sessions with a burst of 15 to 70 points of tension for no reason."""
    tension_echo: float = 0.0
    """Points of tension per point of an ordinary low."""
    tension_missing: float = 0.0

    missing: tuple[float, float] = (1.5, 12.0)
    """Beta distribution of the dyads' share of unanswered sessions."""
    missing_in_rupture: float = 0.20
    """Added to that share during a rupture."""

    sessions: float = 14.0
    sessions_spread: float = 0.55
    """Median number of sessions, and the spread of its logarithm; always 5 to 40."""
    ruptured: float = 0.30
    """Share of the dyads of a caseload that go through one rupture."""


BASE = World()
NEITHER = replace(BASE, spoken=0.0, unspoken=0.0, missing_in_rupture=0.0)
CEILING = replace(BASE, level=95.0)

CHANGED: dict[str, World] = {
    "base": BASE,
    "memory 0": replace(BASE, memory=0.0),
    "memory .5": replace(BASE, memory=0.5),
    "t4 tails": replace(BASE, tails=4),
    "t3 tails": replace(BASE, tails=3),
    "within SD 4": replace(BASE, within=4.0),
    "within SD 9": replace(BASE, within=9.0),
    "mean 60": replace(BASE, level=60.0),
    "mean 93": replace(BASE, level=93.0),
    "mean 95": CEILING,
    "30 % missing": replace(BASE, missing=(3.6, 8.4)),
    "6-session courses": replace(BASE, sessions=6.0),
    "no growth": replace(BASE, growth=0.0, growth_spread=0.0),
    "drift up .5 a session": replace(BASE, drift=0.5),
    "drift down .4 a session": replace(BASE, drift=-0.4),
    "nobody reports": replace(BASE, speakers=0.0),
    "tension no link at all": replace(BASE, spoken=0.0, unspoken=0.0),
    "silence unrelated": replace(BASE, missing_in_rupture=0.0),
    "neither tension nor silence": NEITHER,
    "tension half as strong": replace(BASE, spoken=0.7),
    "tension noise 18": replace(BASE, tension_noise=18.0),
    "tension echoes mood": replace(BASE, tension_echo=0.7),
    "tension spikes 3 %": replace(BASE, tension_spikes=0.03),
    "tension spikes 5 %, no link": replace(BASE, tension_spikes=0.05, spoken=0.0, unspoken=0.0),
    "tension one session ahead": replace(BASE, tension_first=True),
    "tension absent in 30 %": replace(BASE, tension_missing=0.3),
    "scales correlated": replace(BASE, scale_noise_shared=0.8),
    "scales wander": replace(BASE, scale_wander=6.0),
    "20 % of scales missing": replace(BASE, scale_missing=0.2),
    "one-scale form": replace(BASE, forms=Forms.ONE_SCALE),
    "total only, no tension": replace(BASE, forms=Forms.TOTAL, tension_missing=1.0),
    "rupture in one scale": replace(BASE, one_scale=True),
}
"""The base world and the 31 that differ from it in one thing."""

MIXED: dict[str, World] = {
    "after-session alone": replace(BASE, forms=Forms.LONG),
    "pulse alone": replace(BASE, forms=Forms.PULSE),
    "pulse and after-session in turn": replace(BASE, forms=Forms.IN_TURN),
    "in turn, items missing": replace(BASE, forms=Forms.IN_TURN_WITH_GAPS),
    "six times pulse, then after-session": replace(BASE, forms=Forms.PULSE_THEN_LONG),
    "six times after-session, then pulse": replace(BASE, forms=Forms.LONG_THEN_PULSE),
}
"""Two forms of different length, also within one dyad, answered item by item in steps of 10 points."""
