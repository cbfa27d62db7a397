"""The forms of the clinic's settings: one for each thing that can be set, each saved alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from alliance.domain.clinic import ClinicSettings, CrisisLine
from alliance.web.forms import OneOf, StaffForm, Whole, printable
from alliance.web.staffing_forms import SomeOf

HOURS = "Enter a number of hours, such as 168"
DAYS = "Enter a number of days, such as 2"
YEARS = "Enter a number of years, such as 10, or 0"
MOST_LINES = 12


def at_most(letters: int) -> Length:
    """No more letters than this."""
    return Length(max=letters, message=f"Shorten this to {letters:,} letters")


def line(label: str, most: int, *required: InputRequired) -> StringField:
    """One line of text, without what cannot be seen."""
    return StringField(label, [*required, at_most(most)], filters=[printable])


class PartForm(StaffForm):
    """One part of the settings: `filled` from what stands, `changed` into what is to stand."""

    @classmethod
    def filled(cls, told: ClinicSettings) -> PartForm:
        return cls(**{name: getattr(told, name) for name in cls.names()})

    @classmethod
    def names(cls) -> list[str]:
        return [name for name in ClinicSettings.__slots__ if hasattr(cls, name)]

    def changed(self, told: ClinicSettings) -> ClinicSettings:
        return replace(told, **{name: _value(self[name]) for name in self.names()})


def _value(field: Any) -> Any:
    """What a field says. All of some choices is kept as no choice made, so that a new one is among them too."""
    if isinstance(field, SomeOf):
        chosen = set(field.data or ())
        return tuple(sorted(chosen)) if chosen != {value for value, *_ in field.iter_choices()} else ()
    return field.data.strip() if isinstance(field.data, str) else field.data


class Perhaps(SelectField):  # type: ignore[misc]
    """A list to pick one from, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, _form: StaffForm) -> None:
        if self.data and self.data not in {value for value, *_ in self.iter_choices()}:
            raise ValidationError("Choose one of the languages")


class ClinicForm(PartForm):
    """What the clinic is called and how it is reached."""

    name = line(
        "Name at the top of patients’ pages",
        80,
        InputRequired("Enter the name that patients know the clinic by"),
    )
    front_desk = line("Front desk, phone", 40)
    front_desk_hours = line("Front desk, when", 80)
    time_zone = line("Time zone", 60, InputRequired("Enter a time zone, such as Europe/London"))


class LinksForm(PartForm):
    """How long a link works."""

    link_hours = Whole("Links work for this many hours", [InputRequired(HOURS)], problem=HOURS)


class WordsForm(PartForm):
    """Whether patients can write something, and how long it may wait to be read."""

    words = BooleanField("Room for words of the patient’s own")
    unread_days = Whole(
        "Tell the supervisor after this many working days", [InputRequired(DAYS)], problem=DAYS
    )


class MonthlyForm(PartForm):
    """Whether patients are asked about life around therapy."""

    monthly = BooleanField("Ask about life around therapy once a month")


class ProofForm(PartForm):
    """Whether a patient in the room is told that the last answers were read."""

    proof_of_use = BooleanField("Tell patients that their last answers were read")


class KeepingForm(PartForm):
    """After how many years somebody is asked whether a patient is to be erased."""

    years_kept = Whole(
        "Ask this many years after the last therapy has ended", [InputRequired(YEARS)], problem=YEARS
    )


class CopiesForm(PartForm):
    """What every copy says of itself."""

    restricted = BooleanField("Copies say that they may not be passed on")


class QuestionnairesForm(PartForm):
    """Which questionnaires new patients can have, and with which they begin."""

    offered = SomeOf("Offered for new patients", [InputRequired("Choose at least one questionnaire")])
    questionnaire = OneOf("New patients begin with", "Choose one of the questionnaires")

    def offer(self, questionnaires: list[tuple[str, str]]) -> None:
        choices = [SelectChoice(value, label) for value, label in questionnaires]
        self.offered.choices = choices
        self.questionnaire.choices = choices


class LanguagesForm(PartForm):
    """In which languages patients can be asked."""

    languages = SomeOf("Languages", [InputRequired("Choose at least one language")])

    def offer(self, languages: list[tuple[str, str]]) -> None:
        self.languages.choices = [SelectChoice(value, label) for value, label in languages]


class LinesForm(PartForm):
    """Whom patients can call: some rows of a name, a number, a language and a country. An empty row is none."""

    @classmethod
    def filled(cls, told: ClinicSettings) -> PartForm:
        rows: dict[str, str] = {}
        for number, one in enumerate(told.crisis_lines, 1):
            rows |= {f"{part}{number}": getattr(one, part) for part in CrisisLine.__slots__}
        return cls(**rows)

    @property
    def rows(self) -> Iterator[tuple[int, Any, Any, Any, Any]]:
        """Each row's number and fields: those that say something, and two empty ones."""
        said = [n for n in range(1, MOST_LINES + 1) if self._says_something(n)]
        for n in range(1, min((max(said) if said else 0) + 2, MOST_LINES) + 1):
            yield n, self[f"name{n}"], self[f"number{n}"], self[f"language{n}"], self[f"country{n}"]

    def _says_something(self, n: int) -> bool:
        return any((self[f"{part}{n}"].data or "").strip() for part in ("name", "number", "country"))

    def offer(self, languages: list[tuple[str, str]]) -> None:
        choices = [SelectChoice("", "everybody"), *(SelectChoice(value, label) for value, label in languages)]
        for n in range(1, MOST_LINES + 1):
            self[f"language{n}"].choices = choices

    def changed(self, told: ClinicSettings) -> ClinicSettings:
        def said(part: str, n: int) -> str:
            return (self[f"{part}{n}"].data or "").strip()

        lines = tuple(
            CrisisLine(said("name", n), said("number", n), said("language", n), said("country", n).upper())
            for n in range(1, MOST_LINES + 1)
            if self._says_something(n)
        )
        return replace(told, crisis_lines=lines)


class SystemsForm(PartForm):
    """Whether therapists may let another system read."""

    fhir = BooleanField("Let therapists make tokens for other systems")


for _n in range(1, MOST_LINES + 1):
    setattr(LinesForm, f"name{_n}", line("Name", 80))
    setattr(LinesForm, f"number{_n}", line("Number", 40))
    setattr(LinesForm, f"language{_n}", Perhaps("For"))
    setattr(LinesForm, f"country{_n}", line("Country", 2))

PARTS: dict[str, type[PartForm]] = {
    "lines": LinesForm,
    "clinic": ClinicForm,
    "links": LinksForm,
    "questionnaires": QuestionnairesForm,
    "languages": LanguagesForm,
    "words": WordsForm,
    "monthly": MonthlyForm,
    "proof": ProofForm,
    "keeping": KeepingForm,
    "copies": CopiesForm,
    "systems": SystemsForm,
}
