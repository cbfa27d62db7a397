"""How sure a question is: from simulations first, and from this clinic's own answers once there are enough."""

from __future__ import annotations

from dataclasses import dataclass

from alliance.analysis.track import Level

ENOUGH = 20  # alerts confirmed or refused before a clinic's own rate says anything
MOST = 7  # in ten: simulations with heavier tails or a hard ceiling do not support more
SIMULATED_RATE = 0.0125  # ruptures per held session in the simulated caseload that the odds are scaled to


@dataclass(frozen=True, slots=True)
class Experience:
    """What came of this clinic's alerts: confirmed as ruptures, refused as ordinary, over how many sessions."""

    confirmed: int = 0
    refused: int = 0
    sessions: int = 0

    @property
    def enough(self) -> bool:
        return self.confirmed + self.refused >= ENOUGH and self.sessions > 0


def in_ten(odds: float, level: Level, experience: Experience) -> int | None:
    """How many in ten such questions are ruptures in this clinic: 1 to 7, or None while nobody can say.

    The odds are scaled from the simulated rate of ruptures to the clinic's own: O · rate / .0125, with the rate
    of confirmed ruptures per held session. Alerts themselves use the odds as they are. Never above seven.
    """
    if level is Level.NONE or not experience.enough or experience.confirmed == 0:
        return None
    scaled = odds * (experience.confirmed / experience.sessions) / SIMULATED_RATE
    return min(max(round(10 * scaled / (1 + scaled)), 1), MOST)


def how_sure(odds: float, level: Level, experience: Experience) -> str:
    """One or two sentences for beside a question."""
    number = in_ten(odds, level, experience)
    if number is None:
        simulated = (
            "about one in three such questions was an ordinary up and down"
            if level is Level.ASK
            else "more than half of these fainter signs were ordinary ups and downs"
        )
        rest = (
            ""
            if experience.enough
            else f" Once some {ENOUGH} have been answered here, this says how it is with you."
        )
        return f"In simulations, {simulated}.{rest}"
    answered = experience.confirmed + experience.refused
    return (
        f"About {number} in 10 that something is between you, going by the {answered} questions answered in this "
        f"clinic, of which {experience.refused} turned out to be ordinary."
    )
