"""An instrument as it is asked: scales, items, the groups of its page and the optional questions at its end.

Everything here is frozen and checks itself: an `Instrument` that exists can be drawn, checked and scored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

from surveys.questions import Option, Question
from surveys.rules import need_id, need_no_duplicates, need_plain, refuse
from surveys.terms import MODES, check_name, check_terms

__all__ = ["KINDS", "MODES", "Group", "Instrument", "Item", "Kind", "Option", "Question", "Scale"]

Kind = Literal["session", "monthly", "therapist"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""When a questionnaire is asked, and whom: a patient after each session, a patient once a month, a therapist."""


MOST_NUMBERS = 11
"""As many have room beside each other on a phone."""

WATCHED = ("safety", "attunement", "collaboration")
"""The scales by whose ids the detector knows how an alliance was rated."""

TENSION = "rupture"
"""The scale by whose id it knows what went wrong; a questionnaire may be without it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence to be rated.

    `themes` are the themes (1 to 12) of the cited study that the sentence listens for. `short` heads a column,
    `quote` is the part of the text that staff see quoted. `reversed` turns the answer round within the response
    range before it enters its scale.
    """

    id: str
    scale: str
    text: str
    themes: tuple[int, ...]
    short: str
    quote: str = ""
    reversed: bool = False

    def __post_init__(self) -> None:
        key = f"items.{self.id}"
        need_id(key, self.id)
        need_plain(f"{key}.text", self.text)
        need_plain(f"{key}.short", self.short)
        if self.quote:
            need_plain(f"{key}.quote", self.quote)
        need_no_duplicates(f"{key}.themes", self.themes)
        for theme in self.themes:
            if not 1 <= theme <= 12:
                refuse(f"{key}.themes", f"has theme {theme}; the study has themes 1 to 12")


@dataclass(frozen=True, slots=True)
class Scale:
    """Items whose mean is one score. `higher_is` says whether a higher score is better or worse news."""

    id: str
    name: str
    items: tuple[str, ...]
    in_alliance: bool
    higher_is: Literal["better", "worse"]

    def __post_init__(self) -> None:
        key = f"scales.{self.id}"
        need_id(key, self.id)
        need_plain(f"{key}.name", self.name)
        if self.higher_is not in ("better", "worse"):
            refuse(f"{key}.higher_is", f"is “{self.higher_is}”, neither “better” nor “worse”")
        if self.in_alliance and self.higher_is == "worse":
            refuse(f"{key}.in_alliance", "cannot be true where a higher score is worse")
        if not self.items:
            refuse(key, "has no items")


@dataclass(frozen=True, slots=True)
class Group:
    """Items that stand together on the page, under one heading."""

    id: str
    heading: str
    items: tuple[str, ...]

    def __post_init__(self) -> None:
        key = f"groups.{self.id}"
        need_id(key, self.id)
        need_plain(f"{key}.heading", self.heading)
        if not self.items:
            refuse(f"{key}.items", "is empty")


_Part = TypeVar("_Part", Item, Scale, Question)


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """One version of a questionnaire in one language. There is one object of each, equal to itself alone.

    Answers are whole numbers from `minimum` to `maximum`. `validated` speaks of this language's wording.
    Where `wording_may_be_shipped` is False, a clinic has to state its licence before it can ask it. `modes` are the
    ways the holder allows it to be asked. A monthly one says nothing of the alliance and asks no questions; of any
    other, some scale has to.
    """

    id: str
    version: str
    language: str
    name: str
    title: str
    heading: str
    lead: str
    instruction: str
    low_end: str
    high_end: str
    scales: tuple[Scale, ...]
    items: tuple[Item, ...]
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    holder: str
    licence: str
    citation: str
    validated: bool
    wording_may_be_shipped: bool
    modes: tuple[str, ...] = MODES
    minimum: int = 0
    maximum: int = 10
    kind: Kind = "session"
    values: tuple[str, ...] = field(init=False, repr=False)
    """What a page may post for an item: "0" to "10", or whatever the response range is."""

    def __post_init__(self) -> None:
        check_name(self)
        self._check_range()
        for key in ("name", "title", "heading", "lead", "instruction", "low_end", "high_end"):
            need_plain(key, getattr(self, key))
        check_terms(self)
        for name, part in (("items", self.items), ("scales", self.scales), ("questions", self.questions)):
            need_no_duplicates(name, (one.id for one in part))
        self._check_scales()
        self._check_groups()
        self._check_kind()
        object.__setattr__(self, "values", tuple(str(n) for n in range(self.minimum, self.maximum + 1)))

    @property
    def key(self) -> str:
        """Which version this is: "after-session 1.0"."""
        return f"{self.id} {self.version}"

    @property
    def watched(self) -> bool:
        """Whether the detector reads the answers: those of one that is asked after a session and measures the
        alliance by the scales that it knows. Of another they have a course of their own, and raise no question.
        """
        measured = {scale.id for scale in self.scales if scale.in_alliance}
        return self.kind == "session" and measured == set(WATCHED)

    def item(self, item_id: str) -> Item:
        """The item of that id; LookupError where there is none."""
        return _named(item_id, self.items, f"{self.key} has no item")

    def scale(self, scale_id: str) -> Scale:
        """The scale of that id; LookupError where there is none."""
        return _named(scale_id, self.scales, f"{self.key} has no scale")

    def asks(self, *, supervisors: bool, words: bool = True) -> tuple[Question, ...]:
        """The questions of the page's end. Some make sense only where there are supervisors; some ask for words."""
        return tuple(
            question
            for question in self.questions
            if (supervisors or not question.needs_supervisor) and (words or question.kind != "text")
        )

    def question(self, question_id: str) -> Question:
        """The question of that id; LookupError where this instrument does not ask it."""
        return _named(question_id, self.questions, f"{self.key} has no question")

    def _check_range(self) -> None:
        if not 0 <= self.minimum < self.maximum <= 100:
            span = f"answers would run from {self.minimum} to {self.maximum}"
            refuse("maximum", f"{span}; they have to rise, within 0 to 100")
        elif self.maximum - self.minimum >= MOST_NUMBERS:
            fault = f"is too far from minimum: a row has room for {MOST_NUMBERS} numbers, such as 0 to 10"
            refuse("maximum", fault)

    def _check_kind(self) -> None:
        if self.kind != "monthly":
            self._check_alliance()
            return
        for scale in self.scales:
            if scale.in_alliance:
                fault = "cannot be true in a monthly one, which is shown beside the alliance"
                refuse(f"scales.{scale.id}.in_alliance", fault)
        if self.questions:
            fault = "has no place in a monthly one: who may see it was said before"
            refuse(f"questions.{self.questions[0].id}", fault)

    def _check_alliance(self) -> None:
        """The detector knows its scales by their ids, so an id of theirs means the same everywhere."""
        measured = {scale.id for scale in self.scales if scale.in_alliance}
        if not measured:
            refuse("scales", "has none with “in_alliance = true”, so there would be no score to follow")
        known = {scale.id for scale in self.scales}
        if known & {*WATCHED, TENSION} and measured != set(WATCHED):
            fault = (
                f"are known to the detector: {', '.join(WATCHED)} go together, all three in_alliance and no other; "
                f"{TENSION} goes with them or is left out"
            )
            refuse("scales", fault)
        for scale in self.scales:
            if scale.id == TENSION and scale.higher_is == "better":
                refuse(f"scales.{TENSION}.higher_is", "has to be “worse”: the detector reads this scale so")

    def _check_scales(self) -> None:
        known = {scale.id for scale in self.scales}
        for item in self.items:
            if item.scale not in known:
                refuse(f"items.{item.id}.scale", f"“{item.scale}” is none of the scales")
        for scale in self.scales:
            if scale.items != tuple(item.id for item in self.items if item.scale == scale.id):
                refuse(f"scales.{scale.id}.items", "are not the items that name this scale")

    def _check_groups(self) -> None:
        need_no_duplicates("groups", (group.id for group in self.groups))
        known = {item.id for item in self.items}
        seen: set[str] = set()
        for group in self.groups:
            for item_id in group.items:
                if item_id not in known:
                    refuse(f"groups.{group.id}.items", f"“{item_id}” is none of the items")
                if item_id in seen:
                    refuse(f"groups.{group.id}.items", f"“{item_id}” is in a group already")
                seen.add(item_id)
        for item in self.items:
            if item.id not in seen:
                refuse(f"items.{item.id}", "is in no group, so the page would not ask it")


def _named(wanted: str, among: Iterable[_Part], fault: str) -> _Part:
    for one in among:
        if one.id == wanted:
            return one
    raise LookupError(f"{fault} “{wanted}”")
