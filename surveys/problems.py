"""What is wrong with an answer, as a sentence that can be said in other languages."""

from __future__ import annotations

from collections.abc import Mapping


class Problem(str):
    """A sentence in English. Who draws it elsewhere translates `text` and puts `values` in its places.

    Places are written %(name)s. Numbers are grouped as the language of the page groups them.
    """

    __slots__ = ("text", "values")

    text: str
    values: Mapping[str, int]

    def __new__(cls, text: str, values: Mapping[str, int] | None = None) -> Problem:
        values = dict(values or {})
        problem = super().__new__(cls, text % {name: f"{value:,}" for name, value in values.items()})
        problem.text = text
        problem.values = values
        return problem
