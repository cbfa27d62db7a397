"""The forms of a therapist's pages."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from alliance.web.forms import StaffForm

# WTForms says this of a day that is none; it is replaced by our own words.
NO_DAY = "Enter a day, such as 2026-11-20"


class Day(DateField):
    """A day, with one message in the house voice whatever was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NO_DAY) from None


class PatientForm(StaffForm):
    """A new patient, by code."""

    code = StringField(
        "Code",
        [
            InputRequired("Enter a code. Use no name"),
            Length(max=40, message="Enter at most 40 letters and figures"),
        ],
    )
    instrument = SelectField("Questionnaire", [InputRequired("Choose one of the questionnaires")])
    starts_on = Day("First session on or after", [InputRequired("Enter the day on which you begin")])

    def offer(self, instruments: Iterable[tuple[str, str]]) -> None:
        self.instrument.choices = [SelectChoice(value, label) for value, label in instruments]


class SessionForm(StaffForm):
    """A session that was held, and the next one if its day is known."""

    held_on = Day("Held on", [InputRequired("Enter the day on which you met")])
    next_on = Day("Next session, if you know it", [Optional()])


TALKED, ORDINARY, LATER = "talked", "ordinary", "later"


class AlertForm(StaffForm):
    """What came of an alert."""

    outcome = RadioField(
        "Talked about it?",
        [InputRequired("Choose what came of it")],
        choices=[
            SelectChoice(TALKED, "Yes, we talked about it"),
            SelectChoice(ORDINARY, "I asked. It was an ordinary session"),
            SelectChoice(LATER, "Not yet. Keep it on my list"),
        ],
    )
    talked_number = IntegerField("In which session", [Optional()])
