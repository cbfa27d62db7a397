"""Where variance lies: between people, from session to session within them, and in the single answer.

By analysis of variance and the method of moments (Henderson’s method 1), which needs neither balance nor
normality and no iteration: sums of squares are set equal to what they are expected to be. A component that
comes out below 0 is given as 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.checking import Counts, Floats, Labels, codes, series, table, whole

__all__ = [
    "Dependability",
    "NestedVariances",
    "WithinPerson",
    "between_person_dependability",
    "nested_variances",
    "within_person_reliability",
]


@dataclass(frozen=True, slots=True)
class NestedVariances:
    """Components of variance in squared units of the values, each at least 0, and what they rest on."""

    outer: float
    inner: float
    residual: float
    outer_groups: int
    inner_groups: int
    values: int


def nested_variances(outer: Labels, inner: Labels, values: ArrayLike) -> NestedVariances:
    """Components of y = μ + outer + inner + residual, `inner` groups within `outer` ones, of any sizes.

    Items within sessions within persons, or sessions within patients within therapists: the patient and
    session variances that `therapist_mean` needs. Expected sums of squares as in Searle, Casella & McCulloch
    1992, Variance Components: E SSE = (N−B) σ²ₑ; E SS_inner = (N−k₁₂) σ²ᵢ + (B−A) σ²ₑ;
    E SS_outer = (N−k₁) σ²ₒ + (k₁₂−k₃) σ²ᵢ + (A−1) σ²ₑ.

    `outer` and `inner`: one label a value; the same inner label in two outer groups means two groups. Raises
    ValueError unless all are equally long and finite, with at least two outer groups, an outer group of at
    least two inner ones and an inner group of at least two values.
    """
    y = series(values, "values", 4)
    first, second = codes(outer, y.size), codes(inner, y.size)
    cells = codes(first * (int(second.max()) + 1) + second, y.size)
    in_cell, in_group = np.bincount(cells), np.bincount(first)
    groups, subgroups, total = in_group.size, in_cell.size, y.size
    if groups < 2 or subgroups == groups or total == subgroups:
        raise ValueError(
            "The parts of the variance cannot be told apart: there must be two outer groups, one of them with "
            "two inner groups, and an inner group with two values."
        )
    group_of_cell = np.zeros(subgroups, dtype=np.int64)
    group_of_cell[cells] = first
    y = y - y.mean()  # sums of squares keep their digits however far from 0 the values lie
    cell_means = np.bincount(cells, y) / in_cell
    group_means = np.bincount(first, y) / in_group
    within = float(((y - cell_means[cells]) ** 2).sum())
    between_cells = float((in_cell * (cell_means - group_means[group_of_cell]) ** 2).sum())
    between_groups = float((in_group * group_means**2).sum())
    k1 = float((in_group**2).sum()) / total
    k12 = float((np.bincount(group_of_cell, in_cell**2) / in_group).sum())
    k3 = float((in_cell**2).sum()) / total
    residual = within / (total - subgroups)
    inner_part = (between_cells - (subgroups - groups) * residual) / (total - k12)
    outer_part = (between_groups - (k12 - k3) * inner_part - (groups - 1) * residual) / (total - k1)
    return NestedVariances(max(outer_part, 0.0), max(inner_part, 0.0), residual, groups, subgroups, total)


@dataclass(frozen=True, slots=True)
class WithinPerson:
    """How far a change from one session to the next in one person is more than noise between items.

    `change`: with what is usual for each person and item taken out (Cranford’s Rc); `nested`: without
    (Nezlek). Both 0–1. `session_variance`, `error_variance`: the components behind `change`, in squared units.
    `persons`, `sessions`, `items`: what they rest on; `left_out`: sessions with a gap, or the only one of a
    person, which `change` cannot use.
    """

    change: float
    nested: float
    session_variance: float
    error_variance: float
    persons: int
    sessions: int
    items: int
    left_out: int


def within_person_reliability(persons: Labels, items: ArrayLike) -> WithinPerson:
    """The reliability of change within persons, from repeated answers.

    `change`: Rc = σ²_session/(σ²_session + σ²_error/m) over m items (Cranford and others 2006, Pers Soc
    Psychol Bull 32:917). Sessions are nested in persons here, since one patient’s third session shares no
    occasion with another’s: σ²_session takes in Cranford’s person × time and time, σ²_error the residual and
    time × items. Within each person, sessions × items is a full table, so the mean squares, pooled over
    persons by their degrees of freedom, give the components for any number of sessions:
    Rc = (MS_session − MS_error)/MS_session.

    `nested`: σ²_session/(σ²_session + σ²_item/m) from items in sessions in persons (Nezlek 2017,
    J Res Pers 69:149), where usual differences between items count as error, so it lies lower. It also uses
    sessions with gaps; m stays the number of items in the scale.

    Both underestimate where loadings differ. Believe falls in a single session only from about .70 on.

    `persons`: one label a row; `items`: a row for each answered session, a column for each of at least two
    items, NaN for what was not answered. Raises ValueError for anything else, unless at least two persons have
    two complete sessions each, and where no rating varies within persons.
    """
    answers = table(items, "items", 2)
    person = codes(persons, len(answers))
    complete = ~np.isnan(answers).any(axis=1)
    sessions_of = np.bincount(person[complete], minlength=int(person.max(initial=0)) + 1)
    usable = complete & (sessions_of[person] >= 2)
    own = codes(person[usable], int(usable.sum()))
    if not usable.any() or own.max() < 1:
        raise ValueError("At least two persons must have answered every item in two sessions each.")
    rows, count = answers[usable], answers.shape[1]
    persons_kept = int(own.max()) + 1
    means = np.stack([np.bincount(own, column) / np.bincount(own) for column in rows.T], axis=1)
    centred = rows - means[own]
    of_session = centred.mean(axis=1)
    freedom = len(rows) - persons_kept
    mean_square = count * float((of_session**2).sum()) / freedom
    error = float(((centred - of_session[:, None]) ** 2).sum()) / (freedom * (count - 1))
    if mean_square + error <= 1e-20 * float((rows**2).mean()):
        raise ValueError("No rating varies within a person, so change has no reliability.")
    session = max(mean_square - error, 0.0) / count
    return WithinPerson(
        change=_share(session, error / count),
        nested=_nested(person, answers),
        session_variance=session,
        error_variance=error,
        persons=persons_kept,
        sessions=len(rows),
        items=count,
        left_out=len(answers) - len(rows),
    )


def _nested(person: Counts, answers: Floats) -> float:
    rows, columns = np.nonzero(~np.isnan(answers))
    parts = nested_variances(person[rows], rows, answers[rows, columns])
    return _share(parts.inner, parts.residual / answers.shape[1])


@dataclass(frozen=True, slots=True)
class Dependability:
    """How far scores tell persons apart: `value` from 0 to 1 for the mean of `sessions` sessions."""

    value: float
    sessions: int
    person_variance: float
    session_variance: float
    persons: int
    scores: int


def between_person_dependability(persons: Labels, scores: ArrayLike, *, sessions: int = 1) -> Dependability:
    """The share of variance between persons in the mean of `sessions` of their sessions.

    σ²_person/(σ²_person + σ²_session/k): ICC(1, k) of Shrout & Fleiss 1979 (Psychol Bull 86:420), components
    from the one-way analysis of variance with n₀ = (N − Σn²/N)/(P−1) sessions a person. As dependability of
    alliance ratings: Crits-Christoph and others 2011, J Consult Clin Psychol 79:267, who found .77 for one
    session. Sessions close in time resemble one another, which makes the figure for several too hopeful.

    `persons`: one label a score; `scores`: any unit; `sessions`: k, at least 1. Raises ValueError for anything
    else, unless at least two persons have scores and one has two, and where no score differs from another.
    """
    y = series(scores, "scores", 3)
    person, wanted = codes(persons, y.size), whole(sessions, "number of sessions", 1)
    each = np.bincount(person)
    if each.size < 2 or each.size == y.size:
        raise ValueError("At least two persons must have scores, and one of them two.")
    y = y - y.mean()
    means = np.bincount(person, y) / each
    within = float(((y - means[person]) ** 2).sum()) / (y.size - each.size)
    between = float((each * means**2).sum()) / (each.size - 1)
    if between + within == 0:
        raise ValueError("No score differs from another, so persons cannot be told apart.")
    usual = (y.size - float((each**2).sum()) / y.size) / (each.size - 1)
    own = max(between - within, 0.0) / usual
    return Dependability(_share(own, within / wanted), wanted, own, within, each.size, y.size)


def _share(wanted: float, noise: float) -> float:
    return wanted / (wanted + noise) if wanted > 0 else 0.0
