"""How reliably each scale measures in this clinic, as it is kept and as it is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

ENOUGH_TO_SHOW = 10
"""Below so many people a figure would speak of single persons."""
ENOUGH = 100
"""Below so many people the figures are rough."""
TRUSTED_CHANGE = 0.7
"""Reliability of change within a person from which a fall in a single session can be believed."""
FORMAT = 2


@dataclass(frozen=True, slots=True)
class ScaleFigures:
    """One scale of one questionnaire in one language, from all answers of the clinic; it names nobody.

    `people` answered all its items at least once. `alpha` with its interval, `omega` (0–1), and `change`, the
    reliability of change within a person (0–1); `sem`, points of 100; None where the answers cannot tell.
    `at_best` and `missing`: shares, 0–1, of scores at the best end, and of its items left out on forms that
    came back.
    """

    questionnaire: str
    language: str
    scale: str
    items: int
    people: int
    alpha: tuple[float, float, float] | None = None
    omega: float | None = None
    change: float | None = None
    sem: float | None = None
    at_best: float = 0.0
    missing: float = 0.0


@dataclass(frozen=True, slots=True)
class FormTold:
    """One questionnaire in one language, whose name its own speakers know; a scale’s name with what is said of it."""

    questionnaire: str
    tag: str
    language: str
    scales: Sequence[tuple[str, str]]


def to_json(figures: Iterable[ScaleFigures]) -> str:
    """All figures as JSON; `from_json` gives back equal ones."""
    return json.dumps(
        {"format": FORMAT, "scales": [asdict(one) for one in figures]}, ensure_ascii=False, allow_nan=False
    )


def from_json(text: str) -> list[ScaleFigures]:
    """What `to_json` wrote; nothing where another version of the product wrote it: the next night will."""
    stored = json.loads(text)
    if stored["format"] != FORMAT:
        return []
    return [
        ScaleFigures(**{**one, "alpha": tuple(one["alpha"]) if one["alpha"] else None})
        for one in stored["scales"]
    ]


def in_words(figures: Iterable[ScaleFigures], languages: Mapping[str, str]) -> list[FormTold]:
    """Each questionnaire in each language, in the order given, its scales one after the other.

    `languages`: their names by tag; the tag stands for one that has no name.
    """
    return [
        FormTold(name, tag, languages.get(tag, tag), [(one.scale, " ".join(_told(one))) for one in scales])
        for (name, tag), scales in groupby(figures, lambda one: (one.questionnaire, one.language))
    ]


def in_brief(figures: Sequence[ScaleFigures]) -> list[str]:
    """What one night found over all scales, in a sentence or two."""
    if not figures:
        return ["Nobody has answered yet: nothing can be said of how reliably the scales measure."]
    enough = [one for one in figures if one.people >= ENOUGH_TO_SHOW]
    known = [one for one in enough if one.alpha]
    if not known:
        return [
            f"How reliably the scales measure here cannot be told yet: that takes {ENOUGH_TO_SHOW} people who "
            "have answered a scale of several questions whole."
        ]
    alphas, people = [one.alpha[0] for one in known if one.alpha], [one.people for one in known]
    told = [
        f"Alpha of {_counted(len(known))} is {_from_to(alphas, '.2f')}, from {_from_to(people, ',')} people."
    ]
    noisy = sum(one.change is not None and one.change < TRUSTED_CHANGE for one in known)
    if noisy:
        told.append(f"A fall in a single session alone says little on {noisy} of them.")
    if min(people) < ENOUGH:
        told.append(f"Below {ENOUGH} people, take these figures as rough.")
    return told


def _counted(scales: int) -> str:
    return "one scale" if scales == 1 else f"{scales} scales"


def _from_to(values: Sequence[float], digits: str) -> str:
    low, high = (f"{end:{digits}}".replace("-", "−") for end in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def _told(one: ScaleFigures) -> list[str]:
    if one.people < ENOUGH_TO_SHOW:
        return [_too_few(one.people)]
    told = [*_consistency(one), *_change(one), _ends(one)]
    if one.people < ENOUGH:
        told.append(f"Below {ENOUGH} people, take these figures as rough.")
    return told


def _too_few(people: int) -> str:
    whole = f"{people} {'person' if people == 1 else 'people'}" if people else "Nobody"
    return (
        f"{whole} answered it whole so far. Figures are shown from {ENOUGH_TO_SHOW} people on: "
        "with fewer they would speak of single persons."
    )


def _consistency(one: ScaleFigures) -> list[str]:
    if one.items == 1:
        return [
            f"Answered by {one.people:,} people. How reliable one question alone is cannot be told from it."
        ]
    if one.alpha is None:
        return [f"Answered whole by {one.people:,} people, who do not differ enough to tell its alpha."]
    value, low, high = (f"{part:.2f}".replace("-", "−") for part in one.alpha)
    omega = "" if one.omega is None else f", omega {one.omega:.2f}"
    told = [f"Alpha is {value} (95 % interval {low} to {high}){omega}, from {one.people:,} people."]
    if one.sem is not None:
        told.append(f"By error of measurement alone a score strays by about {_points(one.sem)} of 100.")
    return told


def _change(one: ScaleFigures) -> list[str]:
    if one.change is None:
        return []
    told = f"Of what changes within a person from session to session, {one.change:.2f} is more than noise"
    if one.change < TRUSTED_CHANGE:
        return [f"{told}: a fall in a single session of this scale alone says little."]
    return [f"{told} between its questions."]


def _ends(one: ScaleFigures) -> str:
    return (
        f"{_in_a_hundred(one.at_best)} scores are at the best end; on the forms that came back, "
        f"{_in_a_hundred(one.missing).lower()} of its questions were left out."
    )


def _points(points: float) -> str:
    return f"{points:.0f} point{'' if round(points) == 1 else 's'}"


def _in_a_hundred(share: float) -> str:
    hundredths = round(100 * share)
    return f"About {hundredths} in 100" if hundredths else "Fewer than 1 in 100"
