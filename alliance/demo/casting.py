"""Draws courses until chance offers one that ends as its story says, by the detector's own reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from random import Random

from alliance.analysis.odds import Held
from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import EpisodeState, Level, Reading, replay
from alliance.demo.cast import Ending, Part
from alliance.demo.courses import play
from surveys.definition import Instrument
from surveys.scoring import Score, score

DRAWS = 200  # after so many the last draw is taken as it is; no story in the cast needs more than a few

Answered = list[dict[str, int] | None]


def cast(part: Part, instrument: Instrument, seed: int) -> Answered:
    """The answers of one patient: for the same seed always the same, whoever else is in the clinic."""
    scales = {scale.id: scale.items for scale in instrument.scales}
    drawn: Answered = []
    for draw in range(DRAWS):
        drawn = play(part.course, scales, Random(f"{seed} {part.code} {draw}"))
        _, readings = replay(DEFAULT, map(partial(held, instrument), range(1, len(drawn) + 1), drawn))
        if ends_as_told(part, readings):
            break
    return drawn


def held(instrument: Instrument, number: int, picked: Mapping[str, int] | None) -> Held:
    """One session as the detector takes it in."""
    if picked is None:
        return Held(number, answered=False)
    scores = {
        name: found.value for name, found in score(instrument, picked).items() if isinstance(found, Score)
    }
    return Held(
        number,
        answered=True,
        scales=(scores.get("safety"), scores.get("attunement"), scores.get("collaboration")),
        rupture=scores.get("rupture"),
        total=scores.get("alliance"),
    )


def ends_as_told(part: Part, readings: Sequence[Reading]) -> bool:
    """Whether the detector makes of the course what the story says, and nothing else besides."""
    if part.ending is Ending.ANY:
        return True
    begins = {rupture.at for rupture in part.course.ruptures}
    raised = {reading.number for reading in readings if reading.alert}
    asked = {reading.number for reading in readings if reading.level is Level.ASK}
    last = readings[-1]
    match part.ending:
        case Ending.CALM:
            return not raised and last.level is Level.NONE
        case Ending.KEEP:
            return not asked and last.level is Level.KEEP and min(raised, default=0) >= last.number - 1
        case Ending.ASK:
            still = (EpisodeState.OPEN, EpisodeState.UNRESOLVED)
            return raised == begins <= asked and last.episode in still
        case Ending.RECOVERING:
            return raised == begins <= asked and last.episode is EpisodeState.RECOVERING
        case _:
            mended = last.episode in (EpisodeState.REPAIRED, EpisodeState.NONE) and last.level is Level.NONE
            return raised == begins <= asked and mended
