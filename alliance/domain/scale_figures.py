"""How reliably each scale measures in this clinic, as it is kept and as it is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from alliance.domain.wording import listed

ENOUGH_TO_SHOW = 10
"""Below so many people a figure would speak of single persons."""
ENOUGH = 100
"""Below so many people the figures are rough."""
TRUSTED_CHANGE = 0.7
"""Reliability of change within a person from which a fall in a single session can be believed."""
UNKNOWN = "–"
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
class ScaleTold:
    """A row of a table: a scale’s name, and its figures as they are shown."""

    name: str
    people: str
    alpha: str
    omega: str
    error: str
    change: str
    at_best: str
    left_out: str


@dataclass(frozen=True, slots=True)
class FormTold:
    """One questionnaire in one language, whose name its own speakers know: its scales, and what to think of them."""

    questionnaire: str
    tag: str
    language: str
    scales: Sequence[ScaleTold]
    notes: Sequence[str]


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
    """Each questionnaire in each language, in the order given, with the scales that enough people answered.

    `languages`: their names by tag; the tag stands for one that has no name.
    """
    forms = groupby(figures, lambda one: (one.questionnaire, one.language))
    return [_form(name, tag, languages.get(tag, tag), list(scales)) for (name, tag), scales in forms]


def _form(name: str, tag: str, language: str, scales: Sequence[ScaleFigures]) -> FormTold:
    shown = [one for one in scales if one.people >= ENOUGH_TO_SHOW]
    few = [one for one in scales if one.people < ENOUGH_TO_SHOW]
    notes = [
        *_rough(shown),
        *_unstable(shown),
        *_one_question(shown),
        *_alike(shown),
        *_too_few(few, every=not shown),
    ]
    return FormTold(name, tag, language, [_row(one) for one in shown], notes)


def _row(one: ScaleFigures) -> ScaleTold:
    alpha = UNKNOWN
    if one.alpha:
        value, low, high = (f"{part:.2f}".replace("-", "−") for part in one.alpha)
        alpha = f"{value} ({low} to {high})"
    return ScaleTold(
        name=one.scale,
        people=f"{one.people:,}",
        alpha=alpha,
        omega=UNKNOWN if one.omega is None else f"{one.omega:.2f}",
        error=UNKNOWN if one.sem is None else f"{one.sem:.0f}",
        change=UNKNOWN if one.change is None else f"{one.change:.2f}",
        at_best=_per_cent(one.at_best),
        left_out=_per_cent(one.missing),
    )


def _rough(shown: Sequence[ScaleFigures]) -> list[str]:
    rough = [one.scale for one in shown if one.people < ENOUGH]
    if not rough:
        return []
    whose = "these figures" if len(rough) == len(shown) else f"the figures of {listed(rough)}"
    return [f"Fewer than {ENOUGH} people have answered: take {whose} as rough."]


def _unstable(shown: Sequence[ScaleFigures]) -> list[str]:
    scales = [one.scale for one in shown if one.change is not None and one.change < TRUSTED_CHANGE]
    return [f"A fall in a single session of {listed(scales)} alone says little."] if scales else []


def _one_question(shown: Sequence[ScaleFigures]) -> list[str]:
    single = [one.scale for one in shown if one.items == 1]
    return [f"{listed(single)}: how reliable one question alone is cannot be told from it."] if single else []


def _alike(shown: Sequence[ScaleFigures]) -> list[str]:
    alike = [one.scale for one in shown if one.items > 1 and one.alpha is None]
    return [f"{listed(alike)}: people do not differ enough to tell how reliable it is."] if alike else []


def _too_few(few: Sequence[ScaleFigures], *, every: bool) -> list[str]:
    if not few:
        return []
    most = max(one.people for one in few)
    whole = f"{most} {'person' if most == 1 else 'people'}" if most else "nobody"
    told = (
        f"So far {whole} answered it whole"
        if every
        else f"{listed([one.scale for one in few])}: so far {whole}"
    )
    return [
        f"{told}. Figures are shown from {ENOUGH_TO_SHOW} people on: with fewer they would speak of single persons."
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


def _per_cent(share: float) -> str:
    return "< 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"
