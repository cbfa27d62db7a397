"""The optional questions at the end of a page: which there can be, and what each has to be.

Their answers are acted on by name (who may see a response, who asked for help), so an instrument chooses
among them and words them, but invents none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from surveys.rules import need_no_duplicates, need_placeholders, need_text, refuse

Kind = Literal["choice", "text", "check"]

LONGEST_TEXT = 4_000
"""The most letters a text may have: at four percent-encoded bytes each, a page still posts within 64 KiB."""


@dataclass(frozen=True, slots=True)
class QuestionRule:
    """What an optional question has to be, so that its answer can be kept and acted on."""

    kind: Kind
    values: tuple[str, ...] = ()
    default: str = ""
    needs_supervisor: bool = False


QUESTIONS: Mapping[str, QuestionRule] = MappingProxyType(
    {
        # How a patient closes the loop on a rupture.
        "talked": QuestionRule("choice", ("no", "little", "helped", "not-helped", "no-need")),
        "comment": QuestionRule("text"),
        # Both is what every page says at its top, so both is what stands picked at its end.
        "audience": QuestionRule("choice", ("both", "supervisor"), default="both", needs_supervisor=True),
        "raise": QuestionRule("check", needs_supervisor=True),
        # Asked of therapists alone, in their own view.
        "noticed": QuestionRule("choice", ("no", "yes")),
    }
)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a choice. Text and note may hold {therapist} and {supervisor}, to be filled in."""

    value: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One of the optional questions.

    A check has no options: ticked, it posts "yes". `max_length` counts the letters (code points) of a text
    and is 0 elsewhere. One that `needs_supervisor` is left out of the page where the therapist has none.
    """

    id: str
    kind: Kind
    text: str
    options: tuple[Option, ...] = ()
    max_length: int = 0
    note: str = ""
    default: str = ""
    needs_supervisor: bool = False

    def __post_init__(self) -> None:
        key = f"questions.{self.id}"
        rule = QUESTIONS.get(self.id)
        if rule is None:
            refuse(key, f"is no question that can be asked; those are {', '.join(QUESTIONS)}")
            return
        if self.kind != rule.kind:
            refuse(f"{key}.kind", f"is “{self.kind}”; {self.id} is a {rule.kind}")
        self._check_options(f"{key}.options", rule)
        self._check_default(f"{key}.default", rule)
        if self.needs_supervisor != rule.needs_supervisor:
            wanted = str(rule.needs_supervisor).lower()
            refuse(f"{key}.needs_supervisor", f"has to be {wanted}")
        self._check_length(f"{key}.max_length")
        self._check_texts(key)

    def _check_options(self, key: str, rule: QuestionRule) -> None:
        values = tuple(option.value for option in self.options)
        need_no_duplicates(key, values)
        for value in values:
            if value not in rule.values:
                refuse(key, f"“{value}” is none of the answers that can be kept here")
        for value in rule.values:
            if value not in values:
                refuse(key, f"leaves out “{value}”")

    def _check_default(self, key: str, rule: QuestionRule) -> None:
        if self.default and self.default not in rule.values:
            refuse(key, f"“{self.default}” is none of the options")
        if self.default != rule.default:
            wanted = (
                f"“{rule.default}”" if rule.default else "left out, so that nothing is answered beforehand"
            )
            refuse(key, f"has to be {wanted}")

    def _check_length(self, key: str) -> None:
        if self.kind == "text" and not 1 <= self.max_length <= LONGEST_TEXT:
            refuse(key, f"is {self.max_length}; it has to be from 1 to {LONGEST_TEXT}")
        if self.kind != "text" and self.max_length:
            refuse(key, "is for a text alone")

    def _check_texts(self, key: str) -> None:
        need_text(f"{key}.text", self.text)
        texts = {f"{key}.text": self.text, f"{key}.note": self.note}
        for option in self.options:
            place = f"{key}.options.{option.value}"
            need_text(f"{place}.text", option.text)
            texts |= {f"{place}.text": option.text, f"{place}.note": option.note}
        for place, text in texts.items():
            need_placeholders(place, text, supervised=self.needs_supervisor)
