"""The forms of a therapist's pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from alliance.actions.answering import new_attempt
from alliance.actions.ledger import Said
from alliance.domain.ledger import CLOSING, HOW, NOT_A_RUPTURE, SHUT, AlertStatus
from alliance.domain.muting import MUTING
from alliance.domain.people import LONGEST_CODE
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
            Length(max=LONGEST_CODE, message=f"Enter at most {LONGEST_CODE} letters and figures"),
        ],
        filters=[printable],
    )
    starts_on = Day("First session on or after", [InputRequired("Enter the day on which you begin")])


class SessionForm(StaffForm):
    """A session that was held, and the next one if its day is known."""

    held_on = Day("Held on", [InputRequired("Enter the day on which you met")])
    next_on = Day("Next session, if you know it", [Optional()])
    attempt = HiddenField(filters=[one_time])


SAYS = {
    "talked": "We talked about it. Something was between us",
    "unsure": "We talked about it, and it is hard to say",
    "ordinary": "It was no rupture",
    "later": "Not yet. Keep it on my list",
    "close": "Close it",
    "reopen": "It was closed by mistake. Open it again",
}


def outcomes(status: AlertStatus) -> tuple[str, ...]:
    """What can be said of a question that stands like this."""
    if status in SHUT:
        return ("reopen",)
    if status is AlertStatus.REPAIRED:
        return ("close",)
    if not status.open:
        return ()
    closes = ("close",) if status is AlertStatus.UNRESOLVED else ()
    return ("talked", "unsure", "ordinary", "later", *closes)


def _picks(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in words.items()]


class AlertForm(StaffForm):
    """What came of an alert."""

    outcome = OneOfThese("Talked about it?", "Choose what came of it", choices=_picks(SAYS))
    how = RadioField("How did it come up?", [Optional()], choices=_picks(HOW), validate_choice=False)
    talked_number = Whole("In which session", [Optional()], problem="Choose one of the sessions")
    talked_on = Day("Or on which day, if it was between sessions", [Optional()])
    because = RadioField("What was it?", [Optional()], choices=_picks(NOT_A_RUPTURE), validate_choice=False)
    closing = RadioField("Why close it?", [Optional()], choices=_picks(CLOSING), validate_choice=False)
    note = TextAreaField("In your own words, if you like", filters=[printable])

    def said(self) -> Said:
        """The step that these fields say."""
        outcome = self.outcome.data
        return Said(
            outcome,
            how=self.how.data,
            talked_number=self.talked_number.data,
            talked_on=self.talked_on.data,
            reason=self.because.data if outcome == "ordinary" else self.closing.data,
            note=(self.note.data or "").strip(),
        )


class MuteForm(StaffForm):
    """Until when questions rest, and why."""

    until = Day("Until", [InputRequired("Choose a day")])
    reason = OneOfThese("Why?", "Choose a reason", choices=_picks(MUTING))
    words = TextAreaField("In your own words, if you like", filters=[printable])
