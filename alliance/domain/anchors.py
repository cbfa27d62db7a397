"""Ends of the audit trail that are kept outside the database, one a line, each with a proof of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from alliance.domain.audit import Head
from alliance.domain.verifying import Finding

Occasion = Literal["kept", "restored"]
Proves = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Anchor:
    """An end of the trail, and why it was kept: every day, or because a backup was put back, with which the trail
    goes on from an earlier line.
    """

    occasion: Occasion
    head: Head

    def line(self, proves: Proves) -> str:
        """As text that nobody else can write."""
        text = f"{self.occasion} {self.head.line()}"
        return f"{text} {proves(text).hex()}"

    @classmethod
    def read(cls, line: str, proves: Proves) -> Anchor:
        """What `line` wrote. Raises ValueError for anything else."""
        text, _, proof = line.strip().rpartition(" ")
        occasion, _, head = text.partition(" ")
        if occasion not in ("kept", "restored") or proves(text).hex() != proof:
            raise ValueError("this was not written by Alliance with these keys")
        return cls("kept" if occasion == "kept" else "restored", Head.read(head))


def standing(lines: Iterable[str], proves: Proves, where: str) -> tuple[list[Head], list[Finding], list[str]]:
    """The ends that the trail must still go through; lines that were altered; what was lost with a restored backup."""
    heads: list[Head] = []
    wrong: list[Finding] = []
    lost: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            anchor = Anchor.read(line, proves)
        except ValueError as error:
            wrong.append(
                Finding("trail", "anchor", f"Line {number} of {where} was altered: {error}.", (number,))
            )
            continue
        if anchor.occasion == "restored":
            gone = [head for head in heads if head.sequence > anchor.head.sequence]
            if gone:
                lost.append(
                    f"Lines {anchor.head.sequence + 1} to {max(head.sequence for head in gone)} of the trail went with "
                    "a backup that was put back."
                )
            heads = [head for head in heads if head.sequence <= anchor.head.sequence]
        heads.append(anchor.head)
    return heads, wrong, lost
