"""What a history is worth, and what it costs to take another questionnaire’s for one of the form here: simulated."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from alliance.analysis.odds import Held
from alliance.analysis.prior import DEFAULT
from alliance.analysis.state import HeldBefore, HeldElsewhere
from alliance.analysis.track import Track
from tests.faults.rounds import rounds

BEFORE, HERE, FALLS_AT, FALL = 12, 6, 2, 20.0
DISTANCE = 8.0
"""Spread of the distance between a person’s usual levels on two questionnaires, points."""


@dataclass(frozen=True)
class Person:
    """Somebody with a level of their own, on the form here and on another."""

    rng: random.Random
    level: float
    there: float
    strays: float
    tension: float
    offsets: tuple[float, ...]

    def rates(self, kind: type[Held], number: int, level: float) -> Held:
        first, second, third = (
            _cut(level + offset + self.rng.gauss(0, self.strays)) for offset in self.offsets
        )
        return kind(number, True, (first, second, third), _cut(self.rng.gauss(self.tension, 8)))


def _cut(points: float) -> float:
    return min(max(points, 0.0), 100.0)


def asked(kind: type[Held] | None, distance: float, fall: float, people: int) -> tuple[float, float]:
    """Questions in 100 of the first sessions here, and of all people the share asked about from the third on."""
    rng, questions, found = random.Random(11), 0, 0
    for _ in range(people):
        level = rng.gauss(82, 11)
        person = Person(
            rng,
            level,
            level + rng.gauss(0, distance),
            rng.uniform(4, 9),
            max(0.0, rng.gauss(12, 6)),
            tuple(rng.gauss(0, 3) for _ in range(3)),
        )
        track, number = Track.start(DEFAULT), 0
        for number in range(1, BEFORE + 1) if kind else ():
            track.pass_by(DEFAULT, person.rates(kind or Held, number, person.there))
        late = False
        for place in range(HERE):
            now = person.level - (fall if place >= FALLS_AT else 0.0)
            reading = track.advance(DEFAULT, person.rates(Held, number + place + 1, now))
            questions += reading.alert > 0
            late = late or (reading.alert > 0 and place >= FALLS_AT)
        found += late
    return 100 * questions / (people * HERE), 100 * found / people


def test_a_history_helps_and_one_of_another_form_does_no_harm_if_it_is_said_to_be_one(
    record_property: Callable[[str, object], None],
) -> None:
    people = rounds(300, 3_000)
    cases: dict[str, tuple[type[Held] | None, float]] = {
        "no history": (None, 0.0),
        "of the same form": (HeldBefore, 0.0),
        "of another form": (HeldElsewhere, DISTANCE),
        "of another form, taken for the same": (HeldBefore, DISTANCE),
    }
    false = {name: asked(*case, 0.0, people)[0] for name, case in cases.items()}
    found = {name: asked(*case, FALL, people)[1] for name, case in cases.items()}
    assert false["of the same form"] < 1.5 and false["of another form"] < 2.0
    assert false["of another form, taken for the same"] > 2 * false["of another form"]
    assert found["of the same form"] >= found["no history"] - 1
    assert found["of another form"] > found["of another form, taken for the same"] + 3
    told = "; ".join(f"{name} {false[name]:.1f}, {found[name]:.0f} %" for name in cases)
    record_property(
        "figures",
        f"history, false questions in 100 first sessions and falls of 20 found ({people} people): {told}",
    )
