"""What an examination of a clinic’s database may find, each in a sentence that says which record it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

Part = Literal["file", "trail", "answers", "seals", "states", "summary", "counts"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written. `numbers`: of the lines or records concerned, the first and the last
    where it is a run of them; `kind`: one word for programs.
    """

    part: Part
    kind: str
    sentence: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an examination. `counts`: how many records of each sort were looked at."""

    findings: Sequence[Finding]
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return not self.findings

    def of(self, part: Part) -> list[Finding]:
        """What was found in one part."""
        return [finding for finding in self.findings if finding.part == part]


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Whole numbers as runs from first to last, in order: 1, 2, 3, 7 are (1, 3) and (7, 7)."""
    found = []
    for _, run in groupby(enumerate(sorted(set(numbers))), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        found.append((members[0], members[-1]))
    return found


def named(what: str, first: int, last: int) -> str:
    """“Line 4”, “Lines 4 to 9”: the record or the run of them, at the beginning of a sentence."""
    return f"{what} {first}" if first == last else f"{what}s {first} to {last}"


def were(first: int, last: int) -> str:
    """“was” or “were”: how a sentence goes on that begins with what is `named`."""
    return "was" if first == last else "were"
