"""What a clinic's own data say: what the detector learned from its past, in words."""

from __future__ import annotations

import math

from alliance.analysis.fitted import ENOUGH, ENOUGH_FOR_LINKS, Fitted
from alliance.analysis.prior import Prior

TOLD_BY_SOME, TOLD_BY_MOST = 0.2, 0.8
SILENCE_SAYS = 0.03
MUCH_AT_THE_TOP = 0.3


def in_words(fitted: Fitted) -> list[str]:
    """One sentence for each thing that was learned, the past it rests on first."""
    if not fitted.dyads_used:
        return [
            "No past to learn from yet: no patient here has rated four sessions. Until then the detector works "
            "with its defaults, which are assumptions."
        ]
    told = [
        _rests_on(fitted),
        _usual(fitted.prior),
        _ups_and_downs(fitted),
        _carried(fitted),
        _missing(fitted),
    ]
    if fitted.at_the_top:
        told.append(_at_the_top(fitted.at_the_top))
    if fitted.tension_dyads:
        told.append(_tension(fitted.prior))
    return [*told, *_links(fitted)]


def _rests_on(fitted: Fitted) -> str:
    one = fitted.dyads_used == 1
    past = (
        f"{fitted.dyads_used:,} {'course' if one else 'courses'} with {fitted.answers_used:,} rated sessions"
    )
    if fitted.blended:
        return (
            f"Learned from {past}. Below {ENOUGH} courses the defaults still count, as much as fifty would."
        )
    return f"Learned from {past}."


def _usual(prior: Prior) -> str:
    reach = 2.0 * math.sqrt(prior.tau2)
    low, high = max(prior.mu0 - reach, 0.0), min(prior.mu0 + reach, 100.0)
    return (
        f"The usual rating is {prior.mu0:.0f} of 100 on average; that of most patients lies between "
        f"{low:.0f} and {high:.0f}."
    )


def _ups_and_downs(fitted: Fitted) -> str:
    spread = math.sqrt(fitted.ratings_prior.s0sq)
    return f"From one session to the next a patient’s ratings stray by about {_points(spread)}."


def _carried(fitted: Fitted) -> str:
    share = 10 * fitted.ratings_prior.phi
    if share < 0.5:
        return "A better or worse session than usual says nothing about the next one."
    return f"Of what makes a session better or worse than usual, about {share:.0f} tenths carry over to the next."


def _missing(fitted: Fitted) -> str:
    return f"{_in_a_hundred(fitted.prior.p0)} sessions stay without a form."


def _at_the_top(share: float) -> str:
    told = f"{_in_a_hundred(share)} ratings are at the very top, where they say little"
    if share >= MUCH_AT_THE_TOP:
        return f"{told}; with so many, small falls stay hidden."
    return f"{told}."


def _tension(prior: Prior) -> str:
    return (
        f"Usual tension is {prior.r0:.0f} of 100 on average and strays by about "
        f"{_points(math.sqrt(prior.r_s2))} from session to session."
    )


def _links(fitted: Fitted) -> list[str]:
    if not fitted.links_learned:
        return [
            "What tension and silence say about ruptures here is not known yet: that takes "
            f"{ENOUGH_FOR_LINKS} courses. Until then they count for little."
        ]
    told = []
    if fitted.tension_dyads >= ENOUGH_FOR_LINKS:
        told.append(_reporting(fitted.prior.q))
    return [*told, _silence(fitted.prior.dp)]


def _reporting(share: float) -> str:
    if share < TOLD_BY_SOME:
        return "When ratings fall, hardly anybody here reports more tension: a calm report says little."
    if share > TOLD_BY_MOST:
        return "When ratings fall, most patients here report more tension too: a calm report says something."
    return f"When ratings fall, about {10 * share:.0f} in 10 patients here report more tension too."


def _silence(more: float) -> str:
    if more < SILENCE_SAYS:
        return "A missing form says next to nothing here about a rupture."
    return f"During a rupture about {100 * more:.0f} more in 100 forms stay out: a missing form counts as a small sign."


def _points(points: float) -> str:
    return "1 point" if round(points) == 1 else f"{points:.0f} points"


def _in_a_hundred(share: float) -> str:
    hundredths = round(100 * share)
    return f"About {hundredths} in 100" if hundredths else "Fewer than 1 in 100"
