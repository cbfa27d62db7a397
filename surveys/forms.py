"""An instrument as a form: which fields its page posts, and what is wrong with what came back.

The page is drawn from the instrument itself. The form class here is for checking alone, so its fields are
plain ones that know what may be posted, not radio buttons that know how to be drawn: that is much faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from wtforms import Field, Form

from surveys.definition import Instrument, Question
from surveys.problems import Problem

RATINGS = "ratings"
"""The form's field for all sentences together; no page posts this name."""

PAGE_FIELDS = frozenset({"attempt", "form", "blank"})
"""What the page posts beside the answers."""

CHOICE = Problem("Pick one of the answers, or leave this out")
TWICE = Problem("This text came in twice. Please look at it and send it again")
SIGNS = Problem("Some signs in this text cannot be saved. Please type that part again")
ONLY_THERAPIST = Problem("Only your therapist can read this today. Send it again if that is all right")
ONLY_THERAPIST_HELPS = Problem(
    "Nobody but your therapist can help with this today. You can still send the rest"
)

_LINE_END = re.compile("\r\n?")
# Every control character but tab and line feed. What lays out a text (bidi marks, joiners) is none of them.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Posted(Protocol):
    """What a page sent: names, each with one value or several, as web frameworks hand it over."""

    def __iter__(self) -> Iterator[str]: ...
    def __contains__(self, name: object, /) -> bool: ...
    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What a patient sent, checked.

    `answers` holds the items that were answered soundly, `problems` a sentence for each field that was not.
    `shown` is what the page is drawn with again: the values picked, and the comment. `unknown` are names that
    this page does not post; they do no harm.
    """

    answers: dict[str, int]
    talked: str | None
    comment: str
    audience: str
    wants_help: bool
    problems: dict[str, Problem]
    shown: dict[str, str]
    unknown: tuple[str, ...]
    noticed: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it can be kept as it is. Having left everything out is no problem."""
        return not self.problems


def form_for(instrument: Instrument, supervised: bool = True) -> type[Form]:
    """The form class of that instrument, the same every time.

    Where the therapist has no supervisor (not `supervised`), what needs one is not among its fields.
    """
    return _form_class(instrument, supervised)


@lru_cache(maxsize=256)
def _form_class(instrument: Instrument, supervised: bool) -> type[Form]:
    fields: dict[str, Any] = {RATINGS: _Ratings(instrument)}
    for question in instrument.questions:
        if supervised or not question.needs_supervisor:
            fields[question.id] = _question_field(question)
    answer_form: type[Form] = type(Form)("AnswerForm", (Form,), fields)
    return answer_form


def check(instrument: Instrument, posted: Posted, supervised: bool = True) -> Checked:
    """What `posted` says, and what is wrong with it. Never raises, whatever came in."""
    form = _form_class(instrument, supervised)(posted)
    form.validate()
    values = form.data
    ratings: _Ratings = form[RATINGS]
    questions = [field for field in form if field is not ratings]
    problems = ratings.problems | {field.name: field.errors[0] for field in questions if field.errors}
    # A page drawn before the supervision ended may still ask for a supervisor. Then no therapist is shown
    # what was kept from them, and nobody waits for help that never comes: the page comes back and says so.
    stale = {} if supervised else _asks_for_supervisor(posted)
    known = PAGE_FIELDS.union(ratings.names, values, ("audience", "raise") if not supervised else ())
    return Checked(
        answers=values[RATINGS],
        talked=values.get("talked"),
        comment=values.get("comment") or "",
        audience=values.get("audience") or "both",
        wants_help=values.get("raise") is not None,
        problems=problems | stale,
        shown=ratings.shown | {field.name: field.shown for field in questions if field.shown},
        unknown=tuple(name for name in posted if name not in known),
        noticed=values.get("noticed"),
    )


class _Ratings(Field):  # type: ignore[misc]  # wtforms publishes no types
    """All sentences to rate, as one field: each posts one number under its own name, or nothing.

    A field of its own for each of twelve sentences would cost as much as the rest of a submission.
    """

    def __init__(self, instrument: Instrument, **kw: Any) -> None:
        super().__init__(default=_nothing, **kw)
        self.names = tuple(item.id for item in instrument.items)
        self.numbers = {value: int(value) for value in instrument.values}
        self.problem = Problem(
            "Pick one number from %(low)s to %(high)s, or leave the sentence out",
            {"low": instrument.minimum, "high": instrument.maximum},
        )

    def process(self, formdata: Any, *_: object, **__: object) -> None:
        self.data: dict[str, int] = {}
        self.shown: dict[str, str] = {}
        self.problems: dict[str, Problem] = {}
        for name in self.names:
            picked = formdata.getlist(name) if formdata is not None else []
            if not picked or picked == [""]:
                continue
            if len(picked) > 1 or picked[0] not in self.numbers:
                self.problems[name] = self.problem
            else:
                self.shown[name] = picked[0]
                self.data[name] = self.numbers[picked[0]]
        self.process_errors = list(self.problems.values())


class _Pick(Field):  # type: ignore[misc]  # wtforms publishes no types
    """One of the values on the page, or nothing. Anything else, and two values, are a problem."""

    def __init__(self, label: str, values: Mapping[str, object], problem: Problem, **kw: Any) -> None:
        super().__init__(label, default=_nothing, **kw)
        self.values = values
        self.problem = problem
        self.shown = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or valuelist == [""]:
            return
        if len(valuelist) > 1 or valuelist[0] not in self.values:
            raise ValueError(self.problem)
        self.shown = valuelist[0]
        self.data = self.values[self.shown]


class _Words(Field):  # type: ignore[misc]  # wtforms publishes no types
    """Words of the patient's own, kept as written but for control characters and the space around them."""

    def __init__(self, label: str, room: int, **kw: Any) -> None:
        super().__init__(label, default=_nothing, **kw)
        self.room = room
        self.shown = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = _CONTROL.sub("", _LINE_END.sub("\n", "\n".join(valuelist))).strip()
        # Half of a pair cannot be written to a page either.
        self.shown = _SURROGATE.sub("\ufffd", text)
        self.data = self.shown
        if len(valuelist) > 1:
            raise ValueError(TWICE)
        if self.shown != text:
            raise ValueError(SIGNS)
        if len(text) > self.room:
            long = {"room": self.room, "letters": len(text)}
            raise ValueError(
                Problem("Shorten what you wrote to %(room)s letters. It has %(letters)s now", long)
            )


def _question_field(question: Question) -> Any:
    if question.kind == "text":
        return _Words(question.text, question.max_length)
    values = [option.value for option in question.options] or ["yes"]
    return _Pick(question.text, {value: value for value in values}, CHOICE)


def _asks_for_supervisor(posted: Posted) -> dict[str, Problem]:
    problems = {}
    if "supervisor" in posted.getlist("audience"):
        problems["audience"] = ONLY_THERAPIST
    if "yes" in posted.getlist("raise"):
        problems["raise"] = ONLY_THERAPIST_HELPS
    return problems


def _nothing() -> None:
    """The default of every field; a field calls its default, and raises and catches where it cannot."""
