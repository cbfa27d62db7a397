"""From everything that is shown together nothing can be worked out about fewer than five patients."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from alliance.domain.suppression import (
    LEAST_ANSWERS,
    LEAST_EXPORTED,
    LEAST_PATIENTS,
    Cell,
    Group,
    may_show,
    showable,
    together,
)

DATA_SETS = 10_000
Matrix = NDArray[np.float64]
Result = Mapping[Cell, float]
"""A figure that somebody may see: how much each patient’s month weighs in it."""


def made_up(chance: random.Random) -> list[Cell]:
    """A clinic in which a handful of patients more or less decides: some therapists share patients."""
    therapists, patients = range(chance.randint(1, 4)), range(chance.randint(3, 16))
    months, busy = (
        ("2026-01", "2026-02", "2026-03", "2026-04")[: chance.randint(1, 4)],
        chance.uniform(0.2, 0.95),
    )
    cells = []
    for patient in patients:
        for therapist in chance.sample(therapists, min(len(therapists), chance.choice((1, 1, 1, 2)))):
            for month in months:
                if chance.random() < busy:
                    answers = chance.randint(1, 5)
                    cells.append(Cell(therapist, patient, month, answers, answers * 80.0, answers * 6_400.0))
    return cells


def mean(cells: Sequence[Cell]) -> Result:
    """A month: every patient counts the same."""
    return {cell: 1.0 / len(cells) for cell in cells}


def weighted(parts: Iterable[tuple[float, Result]]) -> Result:
    """A mean of means: a year of months, or a clinic of therapists."""
    found: dict[Cell, float] = {}
    for weight, part in parts:
        for cell, share in part.items():
            found[cell] = found.get(cell, 0.0) + weight * share
    return found


def obtainable(shown: Mapping[Group, Sequence[Cell]], chance: random.Random) -> list[Result]:
    """Everything that pages show: months, years, and both over several therapists, with weights of any kind."""
    months = {group: mean(cells) for group, cells in shown.items()}
    results = list(months.values())
    therapists = sorted({therapist for therapist, _ in shown})
    years = []
    for therapist in therapists:
        own = [group for group in shown if group[0] == therapist]
        years.append(weighted((len(shown[group]), months[group]) for group in own))
    results += years
    for month in sorted({month for _, month in shown}):
        results.append(weighted((1.0, months[group]) for group in shown if group[1] == month))
    results.append(weighted((chance.uniform(0.1, 3.0), year) for year in years))
    return [result for result in results if result]


def matrix(results: Sequence[Result]) -> tuple[Matrix, NDArray[np.int64]]:
    """A row a result, a column a patient’s month; and whose each column is."""
    columns = sorted({cell for result in results for cell in result})
    place = {cell: at for at, cell in enumerate(columns)}
    rows = np.zeros((len(results), len(columns)))
    for at, result in enumerate(results):
        rows[at, [place[cell] for cell in result]] = list(result.values())
    return rows, np.array([cell.patient for cell in columns])


def ranks(products: Matrix) -> NDArray[np.int64]:
    values = np.linalg.eigvalsh(products)
    return np.asarray((values > 1e-9 * max(float(values.max()), 1e-12)).sum(axis=-1))


def derivable(results: Sequence[Result], groups: Sequence[set[int]] | None = None) -> list[set[int]]:
    """Patients, or groups of them, of whom some sum can be worked out of these results and no other patient’s.

    Combinations of the rows that vanish on all other columns: the rank falls when the group’s own columns go.
    """
    rows, whose = matrix(results)
    asked = [{int(one)} for one in np.unique(whose)] if groups is None else groups
    whole = rows @ rows.T
    without = np.stack(
        [whole - rows[:, own] @ rows[:, own].T for own in (np.isin(whose, list(g)) for g in asked)]
    )
    lost = ranks(whole[None])[0] - ranks(without)
    return [group for group, rank in zip(asked, lost, strict=True) if rank > 0]


def nested_differences(results: Sequence[Result]) -> Iterator[set[int]]:
    """The patients by whom a result differs from another that lies wholly within it."""
    held = [frozenset(result) for result in results]
    for inner, outer in permutations(set(held), 2):
        if inner < outer:
            yield {cell.patient for cell in outer - inner}


@pytest.mark.parametrize("part", range(4))
def test_nobody_can_be_worked_out_of_all_that_is_shown(part: int) -> None:
    chance = random.Random(20_261_120 + part)
    shown_at_all = 0
    for _ in range(DATA_SETS // 4):
        shown = showable(made_up(chance))
        results = obtainable(shown, chance)
        if not results:
            continue
        shown_at_all += 1
        assert derivable(results) == []
        patients = sorted({cell.patient for cells in shown.values() for cell in cells})
        few = [set(chance.sample(patients, chance.randint(2, LEAST_PATIENTS - 1))) for _ in range(4)]
        assert derivable(results, few) == []
        for difference in nested_differences(results):
            assert len(difference) >= LEAST_PATIENTS
    assert shown_at_all > DATA_SETS // 16, "the test must look at clinics of which something is shown"


def test_the_proof_finds_what_careless_pages_would_give_away() -> None:
    """With years over all months, the hidden ones too, or a clinic over all therapists, somebody is found."""
    chance = random.Random(4)
    by_years = by_clinic = by_pairs = 0
    for _ in range(400):
        cells = made_up(chance)
        shown = showable(cells)
        results = obtainable(shown, chance)
        if not results:
            continue
        careless = [
            mean([cell for cell in cells if cell.therapist == one]) for one in {c.therapist for c in cells}
        ]
        plain = [dict.fromkeys(each, 1.0) for each in (*shown.values(), *careless)]
        by_years += bool(derivable(plain))
        by_clinic += bool(
            derivable([*(dict.fromkeys(each, 1.0) for each in shown.values()), dict.fromkeys(cells, 1.0)])
        )
        by_pairs += any(len(each) < LEAST_PATIENTS for each in nested_differences(plain))
    assert by_years >= 5 and by_clinic >= 1 and by_pairs >= 5


def test_the_least_that_is_shown() -> None:
    assert (LEAST_PATIENTS, LEAST_ANSWERS, LEAST_EXPORTED) == (5, 10, 8)
    assert may_show(5, 10) and not may_show(4, 40) and not may_show(5, 9)
    assert may_show(8, 10, least=LEAST_EXPORTED) and not may_show(7, 70, least=LEAST_EXPORTED)
    assert not may_show(4, 40, least=1), "nobody may ask for less"


def month(patients: Iterable[int], answers: int = 2, name: str = "2026-01", therapist: int = 1) -> list[Cell]:
    return [
        Cell(therapist, patient, name, answers, 80.0 * answers, 6_400.0 * answers) for patient in patients
    ]


def test_one_patient_in_two_courses_is_one_patient() -> None:
    twice = [*month(range(4)), *month([3])]
    assert showable(twice) == {}
    shown = showable([*twice, *month([4])])
    assert list(shown) == [(1, "2026-01")] and len(shown[1, "2026-01"]) == 5
    assert next(cell for cell in shown[1, "2026-01"] if cell.patient == 3).answers == 4


def test_what_is_not_shown_goes_into_nothing_that_is() -> None:
    cells = [*month(range(5)), *month(range(4), name="2026-02"), *month(range(6), therapist=2)]
    shown = showable(cells)
    assert set(shown) == {(1, "2026-01"), (2, "2026-01")}
    everything = [(1, "2026-01"), (1, "2026-02"), (2, "2026-01")]
    assert {(cell.therapist, cell.month) for cell in together(shown, everything)} == set(shown)
    assert len(showable(cells, least=6)) == 1
    assert showable(month(range(9), answers=0)) == {}, "no answers, no patients"
