"""What a clinic’s own answers say about one scale, with how much they can say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.checking import Counts, Labels, codes, number, table
from alliance.analysis.reliability import (
    Alpha,
    Omega,
    cronbach_alpha,
    omega_total,
    standard_error_of_measurement,
)
from alliance.analysis.variance_components import (
    Dependability,
    WithinPerson,
    between_person_dependability,
    within_person_reliability,
)

__all__ = ["ENOUGH_RESPONDENTS", "ScaleReport", "scale_report"]

ENOUGH_RESPONDENTS = 100
"""Below this many respondents the figures of a scale are rough, and the report says so."""
AT_THE_TOP = 0.98
"""A score in the last fiftieth of the range counts as at the ceiling."""

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class ScaleReport:
    """One scale in one clinic, form and language.

    `respondents`: people with at least one complete answer; `answers`: sessions in which at least one item of
    the scale was answered; `complete`: those without a gap. `alpha`, `omega`, `mean`, `sd` and `sem` rest on
    each respondent’s first complete answer; `change` and `dependability` (of one session) on all. `mean`, `sd`
    and `sem` in the units of an item. `ceiling`, `missing`: shares from 0 to 1, of complete answers in the last
    fiftieth of the range, and of single items not answered. What the answers cannot tell is None, with its
    reason in `notes`, whole sentences; the first says so when respondents are fewer than 100.
    """

    respondents: int
    answers: int
    complete: int
    items: int
    mean: float
    sd: float
    ceiling: float
    missing: float
    alpha: Alpha | None
    omega: Omega | None
    sem: float | None
    change: WithinPerson | None
    dependability: Dependability | None
    notes: tuple[str, ...]


def scale_report(
    persons: Labels, items: ArrayLike, *, lowest: float = 0.0, highest: float = 10.0
) -> ScaleReport:
    """Reliability, ceiling and gaps of one scale, from a clinic’s own answers.

    `persons`: one label a row, quickest as an array of whole numbers; `items`: a row for each answered session
    in the order of time, a column for each item, all scored so that higher means the same, between `lowest` and
    `highest`, NaN for what was not answered; rows without any answer are passed over. Formulas and sources:
    `cronbach_alpha`, `omega_total`, `standard_error_of_measurement` (with alpha), `within_person_reliability`,
    `between_person_dependability`.

    Raises ValueError where labels and rows are not equally many, for values outside the range, and where
    nobody has answered every item at least once.
    """
    low = number(lowest, "lowest answer")
    high = number(highest, "highest answer", above=low)
    answers = table(items, "items", 1)
    if len(persons) != len(answers):
        raise ValueError(f"There must be one person for each answer, not {len(persons)} for {len(answers)}.")
    if not ((answers >= low) & (answers <= high) | np.isnan(answers)).all():
        raise ValueError(f"Every answer must lie between {low:g} and {high:g}.")
    given = ~np.isnan(answers)
    kept = np.flatnonzero(given.any(axis=1))
    whole = np.flatnonzero(given.all(axis=1))
    if not whole.size:
        raise ValueError("Nobody has answered every item of the scale at least once.")
    person = codes(persons, len(answers))
    first = _first_of_each(person, whole)
    scores, earliest = answers[whole].mean(axis=1), answers[first].mean(axis=1)
    notes = [] if len(first) >= ENOUGH_RESPONDENTS else [_few(len(first))]
    sd = float(earliest.std(ddof=1)) if len(first) > 1 else 0.0
    alpha = _told("Alpha", notes, lambda: cronbach_alpha(answers[first]))
    return ScaleReport(
        respondents=len(first),
        answers=kept.size,
        complete=whole.size,
        items=answers.shape[1],
        mean=float(earliest.mean()),
        sd=sd,
        ceiling=float((scores >= low + AT_THE_TOP * (high - low)).mean()),
        missing=float(1.0 - given[kept].mean()),
        alpha=alpha,
        omega=_told("Omega", notes, lambda: omega_total(answers[first])),
        sem=_error(sd, alpha),
        change=_told("Change", notes, lambda: within_person_reliability(person[kept], answers[kept])),
        dependability=_told(
            "Dependability", notes, lambda: between_person_dependability(person[whole], scores)
        ),
        notes=tuple(notes),
    )


def _few(respondents: int) -> str:
    people = "Only one person has" if respondents == 1 else f"Only {respondents} people have"
    return f"{people} answered the whole scale; below {ENOUGH_RESPONDENTS}, take these figures as rough."


def _first_of_each(person: Counts, rows: Counts) -> Counts:
    """The first of these rows that each person has."""
    _, first = np.unique(person[rows], return_index=True)
    return rows[np.sort(first)]


def _error(sd: float, alpha: Alpha | None) -> float | None:
    """None also for an alpha below 0, which is no share of a variance."""
    return standard_error_of_measurement(sd, alpha.value) if alpha and alpha.value >= 0 else None


def _told(name: str, notes: list[str], compute: Callable[[], Part]) -> Part | None:
    try:
        return compute()
    except ValueError as fault:
        notes.append(f"{name} cannot be told. {fault}")
        return None
