"""Made-up courses of an alliance, session by session, as numbers. Seeded; knows no clock and no words.

The latent alliance of a dyad follows the model of the detector's own simulation: a personal level, growth
with the logarithm of the session number, a sway from week to week that remembers a third of itself, and
ruptures on top. From it every item gets its own whole-number answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log1p
from random import Random
from typing import Literal

MEMORY = 0.3  # share of one week's sway that is still there the week after
ITEM_OFFSET = 3.0  # how far an item lies from its scale throughout a course, SD in points
ITEM_NOISE = 3.5  # how far one answer lies from where the item usually is, SD in points
DEPTH_SPREAD = 0.08  # how far a rupture's depth lies from what was meant, SD as a share of it

# How much of a fall each scale takes. Too little of the therapist shows in attunement first, too much of the
# therapist in safety, going one's own way in collaboration.
Kind = Literal["all", "distance", "intrusion", "direction"]
LEANING: Mapping[Kind, Mapping[str, float]] = {
    "all": {"safety": 1.0, "attunement": 1.0, "collaboration": 1.0},
    "distance": {"safety": 0.95, "attunement": 1.45, "collaboration": 0.6},
    "intrusion": {"safety": 1.45, "attunement": 0.95, "collaboration": 0.6},
    "direction": {"safety": 0.6, "attunement": 0.9, "collaboration": 1.5},
}
# The same for the rupture items: keeping things back comes before thinking of leaving.
TOLD = {"held": 1.25, "hurt": 1.05, "leave": 0.55}


@dataclass(frozen=True, slots=True)
class Rupture:
    """A fall of the alliance that is first felt in session `at`.

    `depth` is in points of 0–100. It takes `over` sessions to arrive, stays for `lasts` sessions at its full
    depth (None: for good) and is gone after them. `told` is the share of the fall that the patient reports in
    the rupture items.
    """

    at: int
    depth: float
    lasts: int | None = None
    over: int = 1
    kind: Kind = "all"
    told: float = 1.0

    def depth_in(self, number: int) -> float:
        """How deep the rupture is felt in this session, in points."""
        since = number - self.at
        if since < 0 or (self.lasts is not None and since >= self.over - 1 + self.lasts):
            return 0.0
        return self.depth * min((since + 1) / self.over, 1.0)


@dataclass(frozen=True, slots=True)
class Course:
    """What is fixed of one dyad's course before chance has its say.

    `level` is where the alliance starts, `growth` is added times ln(1 + number), `sway` is the SD from week
    to week, all in points; `tension` is the usual rupture score. `misses` is the chance that a form does not
    come back; from session `stops` on none does. With `tens` every answer is the best one there is. `skips`
    is the chance that an item is left out.
    """

    sessions: int
    level: float = 80.0
    growth: float = 1.5
    sway: float = 4.0
    tension: float = 7.0
    ruptures: tuple[Rupture, ...] = ()
    misses: float = 0.06
    stops: int | None = None
    tens: bool = False
    skips: float = 0.004

    def rupture_in(self, number: int) -> Rupture | None:
        """The rupture that is felt most in this session, if there is one."""
        felt = [rupture for rupture in self.ruptures if rupture.depth_in(number) > 0]
        return max(felt, key=lambda rupture: rupture.depth_in(number), default=None)

    def answers_in(self, number: int, chance: float) -> bool:
        """Whether this session’s form comes back; it always does around a rupture, at first and at last."""
        if self.stops is not None and number >= self.stops:
            return False
        quiet = all(abs(number - rupture.at) > 5 for rupture in self.ruptures)
        return not (quiet and 1 < number < self.sessions - 1 and chance < self.misses)


def play(course: Course, scales: Mapping[str, Sequence[str]], rng: Random) -> list[dict[str, int] | None]:
    """One entry per held session: the number from 0 to 10 picked for each item, or None if no form came back.

    `scales` maps the scale ids `safety`, `attunement`, `collaboration` and `rupture` to the items asked.
    """
    offsets = {item: rng.gauss(0, ITEM_OFFSET) for items in scales.values() for item in items}
    depths = {rupture.at: rng.gauss(1, DEPTH_SPREAD) for rupture in course.ruptures}
    swing = rng.gauss(0, course.sway)
    answered: list[dict[str, int] | None] = []
    for number in range(1, course.sessions + 1):
        swing = MEMORY * swing + (1 - MEMORY**2) ** 0.5 * rng.gauss(0, course.sway)
        rupture = course.rupture_in(number)
        depth = rupture.depth_in(number) * depths[rupture.at] if rupture else 0.0
        picked = {}
        for scale, items in scales.items():
            usual = _usual(course, number, scale, swing)
            for item in items:
                latent = (
                    usual + _shift(rupture, depth, scale, item) + offsets[item] + rng.gauss(0, ITEM_NOISE)
                )
                if rng.random() >= course.skips:
                    picked[item] = _pick(latent, course.tens, scale)
        answered.append(picked if course.answers_in(number, rng.random()) else None)
    return answered


def _usual(course: Course, number: int, scale: str, swing: float) -> float:
    """Where a scale would stand without a rupture. On better days there is a little less tension."""
    if scale == "rupture":
        return course.tension - 0.3 * swing
    return course.level + course.growth * log1p(number) + swing


def _shift(rupture: Rupture | None, depth: float, scale: str, item: str) -> float:
    """What a rupture adds to an item, in points; negative for the scales of the alliance."""
    if rupture is None:
        return 0.0
    if scale == "rupture":
        return depth * rupture.told * TOLD.get(item, 1.0)
    return -depth * LEANING[rupture.kind][scale]


def _pick(latent: float, tens: bool, scale: str) -> int:
    if tens:
        return 0 if scale == "rupture" else 10
    return min(10, max(0, round(latent / 10)))


def days(course: Course, last: date, pauses: float, rng: Random) -> list[date]:
    """The days of the sessions, oldest first: weekly up to `last`, now and then with a week left out.

    `pauses` is the chance of that. The two newest sessions are always a week apart.
    """
    held = [last]
    while len(held) < course.sessions:
        weeks = 1 if len(held) == 1 or rng.random() >= pauses else 2
        held.append(held[-1] - timedelta(weeks=weeks))
    return held[::-1]
