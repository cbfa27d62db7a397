"""Made-up courses of therapy: sessions with ratings, tension and silence, and where a rupture really was.

Arrays run by session, then by dyad: (40, n). Dyads stand in order of length, longest first, so that the ones
still in therapy at any session are the first so many.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from alliance.analysis.simulation.forms import GAPS, Flags, Forms, Numbers, by_item, short_sessions
from alliance.analysis.simulation.worlds import Shape, World

FEWEST, MOST = 5, 40
SCALES = 3
MOST_MISSING = 0.9
DEPTHS = (10.0, 20.0, 30.0)


@dataclass(frozen=True, slots=True)
class Rupture:
    """The one rupture that every dyad of a cell goes through.

    `depth` in points, or with `in_own_spreads` as a multiple of the dyad's own spread from session to
    session. `early`: it begins in sessions 2 to 4; otherwise from session 3 to the last but one.
    """

    shape: Shape
    depth: float
    early: bool = False
    in_own_spreads: bool = False


@dataclass(frozen=True, slots=True)
class Caseload:
    """A share of the dyads, that of the world, with one rupture of any shape and of 10, 20 or 30 points."""


@dataclass(frozen=True, slots=True)
class Courses:
    """What the detectors see, and the truth."""

    sessions: np.ndarray[tuple[int], np.dtype[np.int_]]
    """How many each dyad held, never rising from one dyad to the next: (n,)."""
    scales: Numbers
    """(40, 3, n), NaN where not answered."""
    rating: Numbers
    """Mean of the answered scales, or the total where only that is known: (40, n)."""
    tension: Numbers
    answered: Flags
    """(40, n): a held session with an answer, also one without any score in it."""

    onset: np.ndarray[tuple[int], np.dtype[np.int_]]
    """Index of the first session that shows the rupture, −1 without one: (n,)."""
    fall: Numbers
    """By how many points the alliance is lower, (40, n)."""
    spread: Numbers
    """Each dyad's true spread from session to session: (n,)."""
    level: Numbers
    """The true level without the fall, with the ups and downs: (40, n)."""
    usual_tension: Numbers
    """(n,)."""
    sign_first: bool = False
    """The rupture shows in tension one session before the ratings; the window is one session longer."""

    @property
    def held(self) -> Flags:
        return np.asarray(np.arange(len(self.rating))[:, None] < self.sessions)

    @property
    def dyads(self) -> int:
        return len(self.sessions)

    @property
    def running(self) -> list[int]:
        """How many dyads hold each session."""
        return [
            int(np.searchsorted(-self.sessions, -number, side="left")) for number in range(len(self.rating))
        ]


def simulate(
    world: World, rng: np.random.Generator, dyads: int, happens: Rupture | Caseload | None = None
) -> Courses:
    """`dyads` courses in this world, without a rupture, with the given one, or with a caseload's mixture."""
    drawn = np.round(world.sessions * np.exp(world.sessions_spread * rng.standard_normal(dyads)))
    sessions = np.clip(drawn, FEWEST, MOST).astype(int)
    usual, growth, spread, swing = _latent(world, rng, dyads)
    number = np.arange(MOST)[:, None]
    level = usual + growth * np.log1p(number) + world.drift * number + spread * swing
    onset, fall = _ruptures(world, rng, sessions, spread, happens)
    shown = level if world.one_scale else level - fall
    parts = _scales(world, rng, shown, fall)
    gain = np.where(rng.random(dyads) < world.speakers, world.spoken, world.unspoken)
    felt = np.maximum(fall, np.concatenate([fall[1:], fall[-1:]])) if world.tension_first else fall
    usual_tension = np.abs(world.tension + world.tension_spread * rng.standard_normal(dyads))
    noise = world.tension_noise * rng.standard_normal((dyads, MOST)).T
    tension = usual_tension + gain * felt - world.tension_echo * spread * swing
    if world.tension_spikes:
        burst = rng.random((dyads, MOST)) < world.tension_spikes
        tension = tension + (burst * rng.uniform(15, 70, (dyads, MOST))).T
    silent = rng.beta(*world.missing, dyads) + world.missing_in_rupture * (fall > 0)
    answered = np.minimum(silent, MOST_MISSING) <= rng.random((dyads, MOST)).T
    answered &= number < sessions
    parts, tension = _answers(world, rng, parts, tension, noise)
    parts = np.where(answered[:, None, :], parts, np.nan)
    counted = np.isfinite(parts).sum(1)
    rating = np.where(counted > 0, np.nansum(parts, 1) / np.maximum(counted, 1), np.nan)
    made = Courses(
        sessions=sessions,
        scales=np.full_like(parts, np.nan) if world.forms is Forms.TOTAL else parts,
        rating=rating,
        tension=np.where(answered, tension, np.nan),
        answered=answered,
        onset=np.maximum(onset - 1, 0) if world.tension_first and happens else onset,
        fall=fall,
        spread=spread,
        level=level,
        usual_tension=usual_tension,
        sign_first=world.tension_first,
    )
    return _longest_first(made)


def _latent(world: World, rng: np.random.Generator, dyads: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Usual level, growth and spread of each dyad, and its standardised ups and downs, (40, n)."""
    usual = world.level + world.between * rng.standard_normal(dyads)
    usual = usual + world.therapists * rng.standard_normal(dyads)
    spread = world.within * np.exp(world.within_spread * rng.standard_normal(dyads))
    growth = world.growth + world.growth_spread * rng.standard_normal(dyads)
    if world.tails is None:
        shocks = rng.standard_normal((dyads, MOST)).T
    else:
        shocks = rng.standard_t(world.tails, (dyads, MOST)).T / np.sqrt(world.tails / (world.tails - 2.0))
    swing = np.empty((MOST, dyads))
    swing[0] = shocks[0]
    fresh = np.sqrt(1.0 - world.memory**2)
    for number in range(1, MOST):
        swing[number] = world.memory * swing[number - 1] + fresh * shocks[number]
    return usual, growth, spread, swing


def _ruptures(
    world: World,
    rng: np.random.Generator,
    sessions: np.ndarray[tuple[int], np.dtype[np.int_]],
    spread: Numbers,
    happens: Rupture | Caseload | None,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int_]], Numbers]:
    """Onset and fall of each dyad."""
    dyads = len(sessions)
    if happens is None:
        return np.full(dyads, -1), np.zeros((MOST, dyads))
    early = isinstance(happens, Rupture) and happens.early
    first = 1 if early else 2
    last = np.full(dyads, 3) if early else np.maximum(3, sessions - 2)
    onset = first + (rng.random(dyads) * (last - first + 1)).astype(int)
    onset = np.minimum(onset, sessions - 1)
    since = np.arange(MOST)[:, None] - onset
    if isinstance(happens, Caseload):
        which = rng.integers(0, len(Shape), dyads)
        depth = rng.choice(DEPTHS, dyads) * (rng.random(dyads) < world.ruptured)
        shapes = [np.where(which == place, _profile(shape, since), 0.0) for place, shape in enumerate(Shape)]
        return np.where(depth > 0, onset, -1), np.asarray(depth * sum(shapes))
    own: Numbers | float = (
        np.sqrt(spread**2 + world.scale_noise**2 / SCALES) if happens.in_own_spreads else 1.0
    )
    return onset, np.asarray(happens.depth * own * _profile(happens.shape, since))


def _profile(shape: Shape, since: np.ndarray[tuple[int, int], np.dtype[np.int_]]) -> Numbers:
    """The share of the depth, by sessions since the onset."""
    match shape:
        case Shape.ONE:
            return np.where(since == 0, 1.0, 0.0)
        case Shape.THREE:
            return np.where((since >= 0) & (since < 3), 1.0, np.where(since == 3, 0.5, 0.0))
        case Shape.STEP:
            return np.where(since >= 0, 1.0, 0.0)
        case Shape.SLIDE:
            return np.clip((since + 1) / 4.0, 0.0, 1.0)


def _scales(world: World, rng: np.random.Generator, shown: Numbers, fall: Numbers) -> Numbers:
    """What dyads mean on the three scales before it is put into whole numbers, (40, 3, n).

    With the noise of a scale, unless the world answers item by item.
    """
    most, dyads = shown.shape
    scales = np.empty((most, SCALES, dyads))
    noise = 0.0 if world.forms.by_item else world.scale_noise
    for scale in range(SCALES):
        offset = world.scale_offset * rng.standard_normal((dyads, 1)).T
        scales[:, scale] = shown + offset + noise * rng.standard_normal((dyads, most)).T
    if world.scale_noise_shared:
        shared = np.sqrt(world.scale_noise_shared) * noise * rng.standard_normal((dyads, most)).T
        scales[:, 0] += shared
        scales[:, 1] += shared
    if world.scale_wander:
        for scale in range(SCALES):
            away = np.zeros(dyads)
            for number in range(most):
                away = 0.8 * away + 0.6 * world.scale_wander * rng.standard_normal(dyads)
                scales[number, scale] += away
    if world.one_scale:
        fallen = rng.integers(0, SCALES, dyads)
        for scale in range(SCALES):
            scales[:, scale] -= fall * (fallen == scale)
    return scales


def _answers(
    world: World, rng: np.random.Generator, scales: Numbers, tension: Numbers, noise: Numbers
) -> tuple[Numbers, Numbers]:
    """Scales and tension as they stand on the form, 0–100, NaN where left out."""
    most, _, dyads = scales.shape
    if world.forms.by_item:
        short = short_sessions(world.forms, most, dyads)
        gaps = GAPS if world.forms is Forms.IN_TURN_WITH_GAPS else 0.0
        parts = [by_item(rng, scales[:, scale], world.scale_noise, short, gaps) for scale in range(SCALES)]
        return np.stack(parts, 1), by_item(rng, tension, world.tension_noise, short, gaps)
    scales = np.clip(np.round(scales), 0.0, 100.0)
    tension = np.clip(np.round(tension + noise), 0.0, 100.0)
    if world.scale_missing:
        out = (rng.random((dyads, most, SCALES)) < world.scale_missing).transpose(1, 2, 0)
        out &= ~out.all(1, keepdims=True)
        scales[out] = np.nan
    if world.forms is Forms.ONE_SCALE:
        scales[:, 1:] = np.nan
    if world.tension_missing:
        tension[(rng.random((dyads, most)) < world.tension_missing).T] = np.nan
    return scales, tension


def _longest_first(made: Courses) -> Courses:
    order = np.argsort(-made.sessions, kind="stable")
    sorted_fields = {
        each.name: getattr(made, each.name)[..., order] for each in fields(made) if each.name != "sign_first"
    }
    return replace(made, **sorted_fields)
