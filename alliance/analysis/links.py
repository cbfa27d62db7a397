"""What tension and silence say in this clinic, learned from past sessions that the ratings alone call a rupture.

Patients differ by clinic in whether they report a rupture when asked, and in whether they fall silent. So the
odds filter is run on the past with nothing but ratings; where it finds a rupture likely, one looks at what was
reported and what was left unanswered. Pseudo-sessions hold both numbers while such sessions are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from alliance.analysis import learning
from alliance.analysis.likelihood import (
    FALLS,
    ONE_SCALE,
    REPORT_ONLY,
    SHARES,
    moments,
    rating_ratios,
    report_ratio,
)
from alliance.analysis.odds import LEAST_EVIDENCE, MOST_ODDS
from alliance.analysis.prior import Prior
from alliance.analysis.state import ENDS, Held, Odds

__all__ = ["learn_links", "rupture_chances"]

LIKELY = 0.5
"""The chance of a rupture from which a past session tells about ruptures."""
REPORTING_ROUNDS = 30
REPORTING_SESSIONS, REPORTING_ASSUMED = 10.0, 0.5
SILENCE_SESSIONS, SILENCE_ASSUMED = 30.0, 0.15
"""Pseudo-sessions, and what they say."""
LEAST_REPORTING, MOST_REPORTING = 0.02, 0.9
OWN_SILENCE_SESSIONS = 10.0
REPORT_WEIGHT = 20.0
"""Degrees of freedom of a report around usual tension, on average over a course."""

_OF_ALL_SCALES = 1.0 - SHARES[ONE_SCALE] - SHARES[REPORT_ONLY]
_SHARES = [0.0 if kind == ONE_SCALE else SHARES[kind] / _OF_ALL_SCALES for kind in range(len(FALLS))]


@dataclass(frozen=True, slots=True)
class _Course:
    """A past course: its held sessions in order, and the chance of a rupture at each, 0–1."""

    held: Sequence[Held]
    chances: Sequence[float]

    @property
    def calm(self) -> float:
        """How many sessions without a rupture it is worth."""
        return sum(1.0 - chance for chance in self.chances)


def learn_links(dyads: Iterable[Sequence[Held]], prior: Prior) -> tuple[float, float]:
    """The links `q` and `dp` that past courses teach, given all else of the `prior`.

    `q`, 0.02–0.9: the share of ruptures that patients report, by expectation maximisation. `dp`, 0–0.15: how
    much likelier silence becomes; the past may switch it off, never turn it up. The courses are gone through
    once, and of each only its likely ruptures are kept.
    """
    told: list[tuple[float, float]] = []
    missed, sessions = SILENCE_SESSIONS * SILENCE_ASSUMED, SILENCE_SESSIONS
    for held in dyads:
        course = _Course(held, rupture_chances(held, prior))
        told += _reports(course, prior)
        for more, weight in _silences(course, prior):
            missed += more
            sessions += weight
    return _reporting_share(told), min(max(missed / sessions, 0.0), SILENCE_ASSUMED)


def rupture_chances(held: Sequence[Held], prior: Prior) -> list[float]:
    """The chance of a rupture at each held session, 0–1, from the level of the ratings alone."""
    state = Odds.start(prior)
    chances = []
    for session in held:
        carried = state.carried_odds
        rating = state.rating_of(session)
        state.odds = carried if rating is None else _with_rating(state, session, rating, carried)
        state.first = False
        chances.append(state.odds / (1.0 + state.odds))
    return chances


def _with_rating(state: Odds, session: Held, rating: float, carried: float) -> float:
    """The odds after a rating; the dyad's usual level and scales learn from it on the way."""
    variance = state.variance
    ratios = rating_ratios(rating, state.expected, variance, state.squares_weight)
    weighed, fall, fall_squared = moments(_SHARES, ratios)
    odds = min(carried * max(weighed, LEAST_EVIDENCE), MOST_ODDS)
    calm = 1.0 / (1.0 + odds)
    belief = (1.0 - calm) / weighed
    learning.learn_rating(state, rating, variance, belief * fall, belief * fall_squared)
    safety, attunement, collaboration = session.scales
    if safety is not None and attunement is not None and collaboration is not None:
        learning.learn_offsets(state, safety, attunement, collaboration, calm)
    return odds


def _reporting_share(told: Sequence[tuple[float, float]]) -> float:
    total = REPORTING_SESSIONS + sum(chance for chance, _ in told)
    share = REPORTING_ASSUMED
    for _ in range(REPORTING_ROUNDS):
        reported = sum(chance * share * ratio / (1.0 - share + share * ratio) for chance, ratio in told)
        share = (REPORTING_SESSIONS * REPORTING_ASSUMED + reported) / total
    return min(max(share, LEAST_REPORTING), MOST_REPORTING)


def _reports(course: _Course, prior: Prior) -> list[tuple[float, float]]:
    """At each likely rupture its chance, and how much better a report explains the tension than the usual."""
    pairs = zip(course.held, course.chances, strict=True)
    known = [(session.rupture, chance) for session, chance in pairs if session.rupture is not None]
    weight = prior.r_s2 / prior.r_t2
    calm = sum(1.0 - chance for _, chance in known)
    usual = (weight * prior.r0 + sum((1.0 - chance) * tension for tension, chance in known)) / (weight + calm)
    return [
        (chance, report_ratio(tension - usual, prior.r_s2, REPORT_WEIGHT))
        for tension, chance in known
        if chance >= LIKELY
    ]


def _silences(course: _Course, prior: Prior) -> Iterator[tuple[float, float]]:
    """After each likely rupture, by how much silence was more than the usual, and what the session counts."""
    own = _silence(course, prior)
    for (_, before), (session, _) in pairwise(zip(course.held, course.chances, strict=True)):
        if before >= LIKELY:
            yield (not session.answered) - own, (1.0 - ENDS) * before


def _silence(course: _Course, prior: Prior) -> float:
    """The dyad's own share of unanswered sessions while all is calm, 0–1, held by the clinic's."""
    pairs = zip(course.held, course.chances, strict=True)
    missed = sum(1.0 - chance for session, chance in pairs if not session.answered)
    return (OWN_SILENCE_SESSIONS * prior.p0 + missed) / (OWN_SILENCE_SESSIONS + course.calm)
