"""Which sums over patients may be shown, so that nobody’s own value can be worked out from all of them together.

The smallest result is one therapist’s month. It is shown with at least five patients and ten answers; else it
is not shown, and goes into nothing else that is shown. Everything larger is put together from shown results
alone. So whatever is added or subtracted, what remains is made of whole shown results, each over five patients
or more: there is no remainder of one to four, and no second suppression to choose. Months are fixed, nobody can
choose another stretch of time or another group, and a month that has been settled never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

LEAST_PATIENTS, LEAST_ANSWERS = 5, 10
"""A figure on a page needs so many patients, and so many answers from them."""
LEAST_PLACED = 10
"""With fewer patients nobody is set beside others."""
LEAST_EXPORTED = 8
"""What leaves the house needs so many patients."""


class Cell(NamedTuple):
    """What one patient’s answers came to in one therapist’s month. `points` and `squares`: sums over the answers."""

    therapist: int
    patient: int
    month: str
    answers: int
    points: float
    squares: float

    @property
    def mean(self) -> float:
        return self.points / self.answers


Group = tuple[int, str]
"""A therapist and a month."""


def may_show(patients: int, answers: int, *, least: int = LEAST_PATIENTS) -> bool:
    """Whether a figure over so many patients and answers may be shown; `least` patients, if more are wanted."""
    return patients >= max(least, LEAST_PATIENTS) and answers >= LEAST_ANSWERS


def showable(cells: Iterable[Cell], *, least: int = LEAST_PATIENTS) -> dict[Group, tuple[Cell, ...]]:
    """The therapists’ months that may be shown, each with its cells; nothing of the others.

    Cells of the same patient in the same month, as after a therapy that was taken up again, count as one patient.
    """
    groups: dict[Group, dict[int, Cell]] = {}
    for cell in cells:
        if cell.answers < 1:
            continue
        group = groups.setdefault((cell.therapist, cell.month), {})
        there = group.get(cell.patient)
        group[cell.patient] = cell if there is None else _added(there, cell)
    return {
        group: tuple(patients.values())
        for group, patients in groups.items()
        if may_show(len(patients), sum(cell.answers for cell in patients.values()), least=least)
    }


def together(shown: Mapping[Group, Sequence[Cell]], groups: Iterable[Group]) -> tuple[Cell, ...]:
    """The cells of several results taken together: of those that are shown, and of no others."""
    return tuple(cell for group in groups if group in shown for cell in shown[group])


def _added(one: Cell, other: Cell) -> Cell:
    return one._replace(
        answers=one.answers + other.answers,
        points=one.points + other.points,
        squares=one.squares + other.squares,
    )
