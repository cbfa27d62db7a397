"""What can be wrong with what a person asked for, when the person can put it right."""

from __future__ import annotations


class Fault(Exception):
    """One sentence in the house voice that says what to do, and the field it concerns, if it concerns one."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
