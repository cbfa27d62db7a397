"""The forms about people: inviting, correcting, roles, supervision, and a patient who goes to somebody else."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import EmailField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from alliance.domain.caseload_changes import FOR_MOVE
from alliance.domain.people import LONGEST_CODE, Role
from alliance.web.forms import Day, OneOf, OneOfThese, StaffForm, printable

ROLES = {
    Role.THERAPIST: "treats patients and sees how their own patients fare",
    Role.SUPERVISOR: "sees where ruptures stay open among those they supervise",
    Role.ADMIN: "looks after accounts and settings, and sees no patient’s answers",
}


class SomeOf(SelectMultipleField):  # type: ignore[misc]
    """Any number of a few choices. What is not among them is not an oversight, and has one message."""

    def pre_validate(self, _form: StaffForm) -> None:
        if not self.data or set(self.data) <= {value for value, *_ in self.iter_choices()}:
            return
        raise ValidationError("Choose among these")


def _name() -> StringField:
    return StringField(
        "Name",
        [InputRequired("Enter the name"), Length(max=200, message="Shorten this to 200 letters")],
        filters=[printable],
    )


def _email() -> EmailField:
    return EmailField(
        "E-mail",
        [
            InputRequired("Enter the e-mail address"),
            Length(max=254, message="Enter an e-mail address of at most 254 characters"),
        ],
    )


class PersonForm(StaffForm):
    """Somebody's name and address."""

    name = _name()
    email = _email()


class RolesForm(StaffForm):
    """What somebody does here."""

    roles = SomeOf("Roles", choices=[SelectChoice(role.value, role.value.capitalize()) for role in ROLES])

    def chosen(self) -> list[Role]:
        return [Role(value) for value in self.roles.data or ()]


class InviteForm(PersonForm, RolesForm):
    """A colleague who is to get an account."""

    supervised_by = SomeOf("Supervised by")

    def offer(self, supervisors: Iterable[tuple[int, str]]) -> None:
        self.supervised_by.choices = [SelectChoice(str(value), name) for value, name in supervisors]


class SupervisionForm(StaffForm):
    """Who supervises whom, from when to when."""

    supervisor = OneOf("Supervisor", "Choose who supervises")
    therapist = OneOf("Therapist", "Choose who is supervised")
    starts_on = Day("From", [InputRequired("Enter the first day")])
    last_day = Day("Up to and with, if it is known", [Optional()])

    def offer(self, supervisors: Iterable[tuple[int, str]], therapists: Iterable[tuple[int, str]]) -> None:
        self.supervisor.choices = _people(supervisors)
        self.therapist.choices = _people(therapists)


class MoveForm(StaffForm):
    """A patient who goes from one therapist to another."""

    code = StringField(
        "The patient’s code",
        [
            InputRequired("Enter the code"),
            Length(max=LONGEST_CODE, message=f"Enter at most {LONGEST_CODE} letters and figures"),
        ],
        filters=[printable],
    )
    away_from = OneOf("From", "Choose the therapist until now")
    to = OneOf("To", "Choose the therapist from then on")
    on = Day("First day with the new therapist", [InputRequired("Enter the first day")])
    reason = OneOfThese(
        "Why", "Choose one of the reasons", choices=[SelectChoice(one.value, one.words) for one in FOR_MOVE]
    )

    def offer(self, therapists: Iterable[tuple[int, str]]) -> None:
        self.away_from.choices = self.to.choices = _people(therapists)


def _people(people: Iterable[tuple[int, str]]) -> list[SelectChoice]:
    return [SelectChoice("", "Choose"), *(SelectChoice(str(one), name) for one, name in people)]
