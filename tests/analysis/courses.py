"""Made-up courses and priors for the detector's tests."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from alliance.analysis.odds import Held, Odds, step
from alliance.analysis.prior import DEFAULT, Prior
from alliance.analysis.track import Track

LEARNT = replace(DEFAULT, q=0.5, dp=0.15)

scores = st.one_of(st.integers(0, 100).map(float), st.floats(0, 100))
maybe = st.one_of(st.none(), scores)


@dataclass(frozen=True)
class Said:
    """What a session brought; its number comes from its place in a course."""

    answered: bool = True
    scales: tuple[float | None, float | None, float | None] = (None, None, None)
    rupture: float | None = None
    total: float | None = None

    def numbered(self, number: int) -> Held:
        return Held(number, self.answered, self.scales, self.rupture, self.total)


SILENT = Said(answered=False)


def rated(level: float, tension: float | None = 12.0) -> Said:
    """An answer with the three scales alike."""
    return Said(scales=(level, level, level), rupture=tension)


said = st.one_of(
    st.just(SILENT),
    st.builds(Said, scales=st.tuples(scores, scores, scores), rupture=maybe),
    st.builds(Said, scales=st.tuples(maybe, maybe, maybe), rupture=maybe, total=maybe),
    st.builds(Said, total=scores),
    st.builds(Said, rupture=scores),
    st.just(Said()),  # held back from the therapist
)
wild_courses = st.lists(said, max_size=30)


@st.composite
def likely_sessions(draw: st.DrawFn, level: float) -> Said:
    """A session of a dyad that rates about `level`, mostly."""
    if draw(st.integers(0, 9)) == 0:
        return SILENT
    here = level + draw(st.integers(-12, 12)) - draw(st.sampled_from((0, 0, 0, 0, 20)))
    around = [min(100.0, max(0.0, here + draw(st.integers(-6, 6)))) for _ in range(3)]
    return Said(
        scales=(around[0], around[1], around[2]), rupture=draw(st.one_of(st.none(), st.integers(0, 45)))
    )


likely_courses = st.integers(30, 95).flatmap(
    lambda level: st.lists(likely_sessions(float(level)), max_size=25)
)
courses = st.one_of(wild_courses, likely_courses)

priors = st.one_of(
    st.just(DEFAULT),
    st.just(LEARNT),
    st.builds(
        Prior,
        mu0=st.floats(40, 97),
        tau2=st.floats(20, 400),
        nu0=st.floats(8, 60),
        s0sq=st.floats(4, 150),
        p0=st.floats(0.01, 0.6),
        taui2=st.floats(2, 80),
        o_mean=st.sampled_from(((0.0, 0.0, 0.0), (3.0, -1.0, -2.0), (-6.0, 1.0, 5.0))),
        o_var=st.floats(1, 60),
        r0=st.floats(0, 50),
        r_s2=st.floats(9, 300),
        r_t2=st.floats(4, 200),
        q=st.floats(0, 1),
        dp=st.floats(0, 0.3),
    ),
)


def course(sessions: Iterable[Said], first: int = 1) -> list[Held]:
    return [session.numbered(number) for number, session in enumerate(sessions, first)]


def state_after(prior: Prior, sessions: Iterable[Said]) -> Odds:
    state = Odds.start(prior)
    for held in course(sessions):
        step(state, prior, held)
    return state


def track_after(prior: Prior, sessions: Iterable[Said]) -> Track:
    track = Track.start(prior)
    for held in course(sessions):
        track.advance(prior, held)
    return track


def odds_after(state: Odds, prior: Prior, session: Said) -> float:
    """The odds if this came next; the state stays as it is."""
    return step(copy.copy(state), prior, session.numbered(99)).odds


def steady(
    level: float, sessions: int, wobble: Sequence[float] = (0, 3, -3, 2, -2), tension: float = 12.0
) -> list[Said]:
    """A dyad that rates about `level`, with the same small ups and downs every time."""
    return [rated(level + wobble[turn % len(wobble)], tension) for turn in range(sessions)]
