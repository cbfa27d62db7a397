"""Whether a clinic's past gives back the numbers that it was made up with, by seed."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import pytest

from alliance.analysis.fitting import fit_prior
from alliance.analysis.odds import Held
from tests.analysis.courses import SILENT, Said, course


@dataclass(frozen=True)
class World:
    """What is true of a made-up clinic; names as in the prior, `carried` is phi."""

    mu0: float = 60.0
    tau2: float = 100.0
    s0sq: float = 30.0
    nu0: float = 14.0
    p0: float = 0.15
    taui2: float = 18.0
    offsets: tuple[float, float, float] = (3.0, -1.0, -2.0)
    offset_sd: float = 3.0
    r0: float = 40.0
    r_s2: float = 80.0
    r_t2: float = 45.0
    carried: float = 0.0
    ruptures: float = 0.0
    """Share of dyads that fall by 25 points for good somewhere in the second half."""
    reporters: float = 0.5
    more_silence: float = 0.15


def scored(points: float) -> float:
    return min(100.0, max(0.0, points))


def dyad(world: World, chance: random.Random, sessions: int) -> list[Held]:
    level, tension = chance.gauss(world.mu0, world.tau2**0.5), chance.gauss(world.r0, world.r_t2**0.5)
    # Of the spread of a rating within a dyad a third of one scale's is the scales' own.
    within = world.s0sq * world.nu0 / chance.gammavariate(world.nu0 / 2, 2)
    mood_sd = math.sqrt(max(within - world.taui2 / 3, 0.0))
    own = [chance.gauss(mean, world.offset_sd) for mean in world.offsets]
    onset = chance.randint(sessions // 2, sessions - 2) if chance.random() < world.ruptures else sessions
    jump = 35.0 if chance.random() < world.reporters else 0.0
    mood, told = chance.gauss(0, 1), []
    for number in range(sessions):
        ruptured = number >= onset
        mood = world.carried * mood + math.sqrt(1 - world.carried**2) * chance.gauss(0, 1)
        here = level + mood_sd * mood - 25.0 * ruptured
        safety, attunement, collaboration = (
            scored(here + offset + chance.gauss(0, world.taui2**0.5)) for offset in own
        )
        said = Said(
            scales=(safety, attunement, collaboration),
            rupture=scored(tension + chance.gauss(0, world.r_s2**0.5) + jump * ruptured),
        )
        silent = chance.random() < world.p0 + world.more_silence * ruptured
        told.append(SILENT if silent else said)
    return course(told)


def clinic(world: World, seed: int, dyads: int = 400) -> list[list[Held]]:
    chance = random.Random(seed)
    return [dyad(world, chance, chance.randint(8, 20)) for _ in range(dyads)]


@pytest.mark.parametrize("seed", [71, 72, 73])
def test_a_calm_clinic_gives_back_what_it_was_made_with(seed: int) -> None:
    world = World()
    fitted = fit_prior(clinic(world, seed))
    prior = fitted.prior
    assert prior.mu0 == pytest.approx(world.mu0, abs=1.5)
    assert prior.tau2 == pytest.approx(world.tau2, rel=0.2)
    assert prior.s0sq == pytest.approx(world.s0sq, rel=0.1)
    assert 9 < prior.nu0 < 25
    assert prior.p0 == pytest.approx(world.p0, abs=0.02)
    assert prior.taui2 == pytest.approx(world.taui2, rel=0.15)  # taken around each dyad's own mean
    assert prior.o_mean == pytest.approx(world.offsets, abs=0.6)
    assert prior.o_var == pytest.approx(world.offset_sd**2 * 2 / 3, rel=0.2)
    assert prior.r0 == pytest.approx(world.r0, abs=1.5)
    assert prior.r_s2 == pytest.approx(world.r_s2, rel=0.15)
    assert prior.r_t2 == pytest.approx(world.r_t2, rel=0.25)
    assert fitted.ratings_prior.phi < 0.1


@pytest.mark.parametrize("seed", [81, 82, 83])
def test_what_carries_over_is_found(seed: int) -> None:
    world = World(carried=0.4, taui2=1.0)
    assert fit_prior(clinic(world, seed)).ratings_prior.phi == pytest.approx(0.4, abs=0.06)


@pytest.mark.parametrize("seed", [91, 92, 93])
def test_the_ceiling_is_undone_for_the_odds_filter_alone(seed: int) -> None:
    world = World(mu0=93.0, s0sq=45.0, offset_sd=0.5, offsets=(0.0, 0.0, 0.0))
    fitted = fit_prior(clinic(world, seed))
    assert fitted.at_the_top > 0.15
    assert fitted.ratings_prior.s0sq < 0.6 * world.s0sq
    assert fitted.prior.s0sq == pytest.approx(world.s0sq, rel=0.3)


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_links_follow_what_patients_do(seed: int) -> None:
    half = fit_prior(clinic(World(ruptures=0.4), seed)).prior
    assert half.q == pytest.approx(0.5, abs=0.15)
    assert half.dp > 0.08
    nobody = fit_prior(clinic(World(ruptures=0.4, reporters=0.0, more_silence=0.0), seed)).prior
    assert nobody.q < 0.15
    assert nobody.dp < 0.05
    everybody = fit_prior(clinic(World(ruptures=0.4, reporters=1.0, more_silence=0.4), seed)).prior
    assert everybody.q > 0.75
    assert everybody.dp == 0.15  # the past may switch silence off, never turn it up


@pytest.mark.parametrize("seed", [111, 112])
def test_ruptures_in_the_past_move_little(seed: int) -> None:
    """Outliers are drawn in; a clinic with many lasting falls still looks somewhat less steady."""
    calm, troubled = (fit_prior(clinic(World(ruptures=share), seed)).prior for share in (0.0, 0.3))
    assert troubled.mu0 == pytest.approx(calm.mu0, abs=4)
    assert troubled.s0sq < 1.7 * calm.s0sq
