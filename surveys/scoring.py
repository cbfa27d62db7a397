"""From answers to scores, 0 to 100, or to the reason why there is none. Missing is never zero.

A scale's score is the mean of its answered items, stretched from the response range to 0 to 100; it is
missing when fewer than half of its items are answered. The alliance is the mean of the scales that count
towards it, missing when fewer than two thirds of them have a score: alliance measures behave as one factor,
so this one score is what is watched. A scale that does not count towards it, such as rupture, is never mixed
in. A questionnaire that measures the alliance by other scales has an overall score made in the same way, which is
called so, not alliance: the two are not the same measure. The rules are this product's own;
docs/codebook.md states them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from surveys.definition import Instrument, Scale

ALLIANCE = "alliance"
OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Score:
    """A score, 0 to 100."""

    value: float


@dataclass(frozen=True, slots=True)
class NoScore:
    """Why there is no score."""

    reason: Literal["not answered", "too few items", "too few scales"]


def score(instrument: Instrument, answers: Mapping[str, int]) -> dict[str, Score | NoScore]:
    """The score of every scale, by its id, and of "alliance", or of "overall" where the detector does not know them.

    `answers` holds what was answered, by item id; what was left out is not in it. Raises ValueError for an
    answer to no item of this instrument, or outside its response range.
    """
    _check(instrument, answers)
    scores = {scale.id: _scale_score(instrument, scale, answers) for scale in instrument.scales}
    counted = (scores[scale.id] for scale in instrument.scales if scale.in_alliance)
    return scores | {whole_of(instrument): _alliance(counted)}


def whole_of(instrument: Instrument) -> str:
    """What the score over the scales of this questionnaire is called."""
    return OVERALL if instrument.kind == "session" and not instrument.watched else ALLIANCE


def _scale_score(instrument: Instrument, scale: Scale, answers: Mapping[str, int]) -> Score | NoScore:
    turned = {item.id for item in instrument.items if item.reversed}
    low, high = instrument.minimum, instrument.maximum
    above = [
        high - answers[item_id] if item_id in turned else answers[item_id] - low
        for item_id in scale.items
        if item_id in answers
    ]
    if not above:
        return NoScore("not answered")
    if 2 * len(above) < len(scale.items):
        return NoScore("too few items")
    return Score(100 * sum(above) / (len(above) * (high - low)))


def _alliance(scores: Iterable[Score | NoScore]) -> Score | NoScore:
    scores = tuple(scores)
    there = [one.value for one in scores if isinstance(one, Score)]
    if scores and all(one == NoScore("not answered") for one in scores):
        return NoScore("not answered")
    if not there or 3 * len(there) < 2 * len(scores):
        return NoScore("too few scales")
    return Score(sum(there) / len(there))


def _check(instrument: Instrument, answers: Mapping[str, int]) -> None:
    known = {item.id for item in instrument.items}
    for item_id, value in answers.items():
        if item_id not in known:
            raise ValueError(f"{instrument.key} has no item “{item_id}”")
        if not instrument.minimum <= value <= instrument.maximum:
            span = f"{instrument.minimum} to {instrument.maximum}"
            raise ValueError(
                f"{value} is no answer to “{item_id}” of {instrument.key}, which runs from {span}"
            )
