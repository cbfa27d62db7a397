"""What is sent to every form: a form as browsers send it with some of its fields changed, left out, doubled or added
to; a body cut off or spoilt in between; no form at all; very much of nothing.

The short form draws from it with hypothesis, which finds the smallest input that goes wrong. The long form draws the
same kinds of input from a generator of its own, which makes one in some fifteen microseconds; with its seed, it makes
them again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from alliance.web import admin_forms, forms, rights_forms, staffing_forms, therapist_forms
from tests.faults.approaches import Approach
from tests.web.test_anything import (
    HARD,
    LONG,
    MANY,
    MULTIPART,
    OWN_FIELDS,
    OWN_VALUES,
    URLENCODED,
    encoded,
    in_parts,
)

Fields = tuple[tuple[str, str], ...]

TRICKY = [
    *("2026-11-20", "0001-01-01", "9999-12-31", "2026-02-30", "20261120", "1e9", "-0", "+1", "٣", "１"),
    *("9223372036854775807", "9223372036854775808", "-1", "0", "1", "2", "true", "null", "[]", "{}", "' OR 1=1 --"),
    *("therapist", "supervisor", "admin", "en", "xx", "Europe/London", "../../etc", "//evil.example", "\r\nX: y"),
    *("{{7*7}}", "=1+1", "%00", "jonas@clinic.example", "K7M2 QX4P", "123456"),
]  # fmt: skip
# Thousands of characters stretch every form they are in, and are there seldom enough not to be most of the time.
SHORT = [text for text in HARD if len(text) < 100]
LARGE = ["a" * 4001, *LONG, *(text for text in HARD if text not in SHORT)]
LISTS = (TRICKY, OWN_VALUES, [*4 * SHORT, *LARGE])
CONTENTS = (URLENCODED, MULTIPART, "x", "")

# Of fifty; all others are forms as browsers send them.
VERY_MUCH, NO_FORM, PARTS_OF_IT, SPOILT = 0, range(1, 9), range(9, 17), range(17, 21)
KINDS, PLACES, PICKS, MOST = 50, 24, 59, 4


def field_names() -> list[str]:
    """Every field that any form of the house has."""
    found = {
        *OWN_FIELDS,
        "happened",
        "session",
        "code",
        "pin",
        "ticket",
        "language",
        "back",
        "next",
        "wanted",
    }
    for module in (admin_forms, forms, rights_forms, staffing_forms, therapist_forms):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, forms.StaffForm):
                found |= {field.name for field in kind()}
    return sorted(found)


NAMES = field_names()


@dataclass(frozen=True, slots=True)
class Input:
    """One input, for any form.

    `changed`: of the fields that stand on the form, which, by place, and what is put into it; a number picks one of
    what there is to choose from, None leaves it out.
    `more`: fields of other forms, or of none. `raw`, `content`: what is sent, and as what, where it is no form;
    where a body is spoilt, `raw` stands somewhere in it, at `where` of its length (0 to 1).
    """

    changed: tuple[tuple[int, str | int | None], ...]
    more: Fields
    raw: bytes
    content: str
    where: float
    kind: int

    def to(self, form: Approach) -> tuple[bytes, str]:
        """What is sent to this form, and as what."""
        if self.kind == VERY_MUCH:
            return MANY[len(self.more)], self.content
        if self.kind in NO_FORM:
            return self.raw, self.content
        told, on_form = dict(form.fields), dict(form.fields)
        own = [name for name in told if name != "csrf_token"]
        for place, value in self.changed if own else ():
            name = own[place % len(own)]
            if value is None:
                told.pop(name, None)
            elif isinstance(value, str):
                told[name] = value
            elif offered := form.options.get(name):
                told[name] = offered[value % len(offered)]
        more: Any = self.more
        if self.kind % 2:  # nothing twice, which staff forms refuse as a whole
            more = [(name, value) for name, value in dict(more).items() if name not in on_form]
        pairs = [*told.items(), *more]
        in_several = self.kind in PARTS_OF_IT or (self.kind in SPOILT and self.kind % 2)
        body, content = (in_parts(pairs), MULTIPART) if in_several else (encoded(pairs), URLENCODED)
        if self.kind in SPOILT:
            cut = int(self.where * len(body))
            body = body[:cut] + self.raw + body[cut + 2 * len(self.raw) :]
        return body, content


_values = st.one_of(*map(st.sampled_from, LISTS), st.text(max_size=40))
_changes = st.tuples(st.integers(0, PLACES), st.none() | st.integers(0, PICKS) | _values)
_others = st.tuples(st.sampled_from(NAMES) | st.text(max_size=12), _values)
inputs = st.builds(
    Input,
    changed=st.lists(_changes, max_size=MOST).map(tuple),
    more=st.lists(_others, max_size=MOST).map(tuple),
    raw=st.binary(max_size=200),
    content=st.sampled_from(CONTENTS),
    where=st.floats(0, 1),
    kind=st.integers(0, KINDS - 1),
)


# From and to, both included: figures and letters, the Latin ones, controls, marks that combine, right to left, all of
# the first plane but halves of pairs, and what lies beyond it.
RANGES = (
    *((0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x24F), (0x00, 0x1F), (0x80, 0x9F), (0x300, 0x36F), (0x590, 0x6FF)),
    *((0x2000, 0x206F), (0x20, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)),
)


def seeded(seed: str) -> Iterator[Input]:
    """Inputs without end, the same ones for the same seed."""
    rnd = random.Random(seed)
    pick, below = rnd.choice, rnd.randrange

    def text(most: int) -> str:
        return "".join([chr(rnd.randint(*pick(RANGES))) for _ in range(below(most + 1))])

    def value() -> str:
        place = below(4)
        return pick(LISTS[place]) if place < 3 else text(40)

    def several(one: Callable[[], Any]) -> tuple[Any, ...]:
        return tuple([one() for _ in range(below(MOST + 1))])

    def change() -> tuple[int, str | int | None]:
        what = below(7)
        return below(PLACES + 1), None if what == 0 else below(PICKS + 1) if what < 3 else value()

    def another() -> tuple[str, str]:
        return pick(NAMES) if below(2) else text(12), value()

    while True:
        yield Input(
            changed=several(change),
            more=several(another),
            raw=rnd.randbytes(below(201)),
            content=pick(CONTENTS),
            where=rnd.random(),
            kind=below(KINDS),
        )
