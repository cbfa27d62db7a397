"""A simulated clinic: its past, from which it learned its priors, and the dyads that come after."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from alliance.analysis.fitting import fit_prior
from alliance.analysis.prior import Prior, RatingsPrior
from alliance.analysis.simulation.courses import Caseload, Courses, Rupture, simulate
from alliance.analysis.simulation.forms import Numbers
from alliance.analysis.simulation.plans import PAST_DYADS
from alliance.analysis.simulation.rules import Clinic
from alliance.analysis.simulation.worlds import Shape, World
from alliance.analysis.state import Held

CELLS: dict[str, Rupture] = {
    "V1 20": Rupture(Shape.ONE, 20.0),
    "V3 20": Rupture(Shape.THREE, 20.0),
    "step 10": Rupture(Shape.STEP, 10.0),
    "step 20": Rupture(Shape.STEP, 20.0),
    "step 30": Rupture(Shape.STEP, 30.0),
    "slide 20": Rupture(Shape.SLIDE, 20.0),
    "early 20": Rupture(Shape.STEP, 20.0, early=True),
    "step 3 SD": Rupture(Shape.STEP, 3.0, in_own_spreads=True),
}
"""Ruptures by the names that tables give them."""


def stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers of their own for each purpose, so that a table does not depend on those made before it.

    The same purpose in another world takes the same numbers: what differs is then the world.
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@dataclass(frozen=True, slots=True)
class Past:
    """What a clinic knows when the next dyads come."""

    world: World
    prior: Prior
    ratings_prior: RatingsPrior
    clinic: Clinic

    @classmethod
    def of(cls, world: World, seed: int, dyads: int = PAST_DYADS, history: int = 0) -> Past:
        """Learned from a past in this world, which holds ruptures too. `history`: which of its possible pasts."""
        return _learned(world, seed, dyads, history)


@lru_cache(maxsize=64)
def _learned(world: World, seed: int, dyads: int, history: int) -> Past:
    courses = simulate(world, stream(seed, f"past {history}" if history else "past"), dyads, Caseload())
    fitted = fit_prior([sessions_of(courses, dyad) for dyad in range(dyads)])
    return Past(world, fitted.prior, fitted.ratings_prior, Clinic.of(courses))


@dataclass(frozen=True, slots=True)
class Cells:
    """Dyads without a rupture, and as many times dyads with one of each kind."""

    calm: Courses
    ruptured: dict[str, Courses]

    @classmethod
    def of(cls, world: World, seed: int, dyads: int, names: Iterable[str] = CELLS) -> Cells:
        """`dyads` for each kind of rupture, twice as many without one."""
        return cls(
            calm=simulate(world, stream(seed, "calm"), 2 * dyads),
            ruptured={name: simulate(world, stream(seed, name), dyads, CELLS[name]) for name in names},
        )


def sessions_of(courses: Courses, dyad: int) -> list[Held]:
    """One dyad's held sessions, as the plain detector reads them."""
    scales = _known(courses.scales[:, :, dyad])
    totals, tensions = _known(courses.rating[:, dyad]), _known(courses.tension[:, dyad])
    held = []
    for number in range(courses.sessions[dyad]):
        safety, attunement, collaboration = scales[number]
        none = safety is None and attunement is None and collaboration is None
        held.append(
            Held(
                number=number + 1,
                answered=bool(courses.answered[number, dyad]),
                scales=(safety, attunement, collaboration),
                rupture=tensions[number],
                total=totals[number] if none else None,
            )
        )
    return held


def _known(values: Numbers) -> list[Any]:
    """As plain lists, None for NaN."""
    plain = values.astype(object)
    plain[np.isnan(values)] = None
    return list(plain.tolist())
