"""The forms of a therapist's pages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wtforms import HiddenField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from alliance.actions.answering import new_attempt
from alliance.web.forms import Day, OneOf, OneOfThese, StaffForm, Whole, printable


def one_time(text: str | None) -> str:
    """The random id of a form's page, or a new one for what is none."""
    return text if text and re.fullmatch(r"[\w-]{16,64}", text, re.ASCII) else new_attempt()


class FormForm(StaffForm):
    """What a patient is asked, and in which language."""

    instrument = OneOf("Questionnaire", "Choose one of the questionnaires")
    language = OneOf("Language of the patient’s pages", "Choose one of the languages", default="en")

    def offer(self, instruments: Iterable[tuple[str, str]], languages: Iterable[tuple[str, str]]) -> None:
        self.instrument.choices = [SelectChoice(value, label) for value, label in instruments]
        self.language.choices = [SelectChoice(value, label) for value, label in languages]


class PatientForm(FormForm):
    """A new patient, by code."""

    code = StringField(
        "Code",
        [
            InputRequired("Enter a code. Use no name"),
            Length(max=40, message="Enter at most 40 letters and figures"),
        ],
        filters=[printable],
    )
    starts_on = Day("First session on or after", [InputRequired("Enter the day on which you begin")])


class SessionForm(StaffForm):
    """A session that was held, and the next one if its day is known."""

    held_on = Day("Held on", [InputRequired("Enter the day on which you met")])
    next_on = Day("Next session, if you know it", [Optional()])
    attempt = HiddenField(filters=[one_time])


TALKED, UNSURE, ORDINARY, LATER = "talked", "unsure", "ordinary", "later"


class AlertForm(StaffForm):
    """What came of an alert."""

    outcome = OneOfThese(
        "Talked about it?",
        "Choose what came of it",
        choices=[
            SelectChoice(TALKED, "Yes. Something was between us"),
            SelectChoice(UNSURE, "Yes, and it is hard to say"),
            SelectChoice(ORDINARY, "I asked. It was an ordinary session"),
            SelectChoice(LATER, "Not yet. Keep it on my list"),
        ],
    )
    talked_number = Whole("If so, in which session", [Optional()], problem="Choose one of the sessions")
