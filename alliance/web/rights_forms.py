"""The forms of the page on one patient’s data, and of the pages behind it."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField
from wtforms.fields import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired

from alliance.domain import caseload_changes, erasure, pausing
from alliance.web.forms import Day, OneOf, OneOfThese, StaffForm

SHOW, PAGE, DATA = "show", "page", "data"


def _last_day() -> UnboundField[Day]:
    return Day("Last day with you", [InputRequired("Enter the last day on which the patient is with you")])


class CopyForm(StaffForm):
    """A copy for the patient, and in which form."""

    kind = OneOfThese(
        "As what?",
        "Choose one of the three",
        choices=[
            SelectChoice(SHOW, "A page to print now"),
            SelectChoice(PAGE, "A page to save, which opens without Alliance"),
            SelectChoice(DATA, "Data for another programme (JSON)"),
        ],
    )


class PauseForm(StaffForm):
    """Until when forms rest, and why."""

    reason = OneOf(
        "Why",
        "Choose one of the reasons",
        choices=[SelectChoice(reason.value, reason.words) for reason in pausing.Reason],
    )
    look_on = Day("Look again on", [InputRequired("Enter the day on which to look again")])


class ResearchForm(StaffForm):
    """That the patient agrees to research, and since when."""

    said_on = Day("Said yes on", [InputRequired("Enter the day on which the patient said yes")])
    said_so = BooleanField("The patient has read what the research is for and has said yes")


class EndForm(StaffForm):
    """How a therapy ends, and when."""

    reason = OneOfThese(
        "How does it end?",
        "Choose how it ends",
        choices=[SelectChoice(reason.value, reason.words) for reason in caseload_changes.FOR_END],
    )
    last_day = _last_day()


class HandOverForm(StaffForm):
    """To whom a patient goes, from when on, and that the patient agrees."""

    to = OneOf("To whom", "Choose a colleague who works here as a therapist", coerce=int)
    reason = OneOf(
        "Why",
        "Choose one of the reasons",
        choices=[SelectChoice(reason.value, reason.words) for reason in caseload_changes.FOR_MOVE],
    )
    last_day = _last_day()
    agreed = BooleanField("The patient has said yes to this")

    def offer(self, colleagues: Iterable[tuple[int, str]]) -> HandOverForm:
        self.to.choices = [SelectChoice(value, name) for value, name in colleagues]
        return self


class ErasureForm(StaffForm):
    """That everything is to go, and why."""

    reason = OneOf(
        "Why",
        "Choose one of the reasons",
        choices=[SelectChoice(reason.value, reason.words) for reason in erasure.OF_PATIENTS],
    )
    said_so = BooleanField("The patient has told me that everything is to be erased")
