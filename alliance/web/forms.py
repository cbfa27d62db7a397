"""Staff forms. Their CSRF token is checked for the whole application, before any form is looked at."""

from __future__ import annotations

import re
from typing import Any

from wtforms import (
    DateField,
    EmailField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, ValidationError

from alliance.actions.faults import Fault


class StaffForm(Form):  # type: ignore[misc]
    """A form in the house voice: every message says what to do."""

    def take(self, fault: Fault) -> None:
        """Show what an act found wrong at its field, or above the form where it concerns no field."""
        field = self._fields.get(fault.field or "")
        if field is None:
            self.form_errors.append(fault.sentence)
        else:
            field.errors = [*field.errors, fault.sentence]


# Every control character but tab and line ends.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def printable(text: str | None) -> str | None:
    """A filter for fields of text: what cannot be seen, and no page can carry, is left out."""
    return _CONTROL.sub("", text) if text else text


def whole(text: str, digits: int = 18) -> int | None:
    """The whole number from 0 up that these plain digits say; None for anything else, and for one of more digits.

    As many as are allowed are fewer than the database counts to.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


# WTForms has messages of its own for what cannot be read as a day, a number or a choice. Each of these
# fields has one message in the house voice instead, whatever was sent.


class Day(DateField):  # type: ignore[misc]
    """A day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a day, such as 2026-11-20") from None


class Whole(IntegerField):  # type: ignore[misc]
    """A whole number from 0 up, in plain digits."""

    def __init__(self, label: str, validators: list[Any], *, problem: str, **kw: Any) -> None:
        super().__init__(label, validators, **kw)
        self.problem = problem

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        number = whole(text, digits=9)
        if number is None:
            raise ValueError(self.problem)
        self.data = number


class _OneOf:
    """What picking one of several has in common, however it is drawn."""

    def __init__(self, label: str, problem: str, **kw: Any) -> None:
        super().__init__(label, [InputRequired(problem)], **kw)  # type: ignore[call-arg]
        self.problem = problem

    def pre_validate(self, form: Form) -> None:
        try:
            super().pre_validate(form)  # type: ignore[misc]
        except ValidationError:
            raise ValidationError(self.problem) from None


class OneOf(_OneOf, SelectField):  # type: ignore[misc]
    """A list to pick one from."""


class OneOfThese(_OneOf, RadioField):  # type: ignore[misc]
    """A few choices, all in sight, to pick one from."""


class SignInForm(StaffForm):
    """Address and password. How long a password may be is for the act to say, the same for all."""

    email = EmailField(
        "E-mail",
        [
            InputRequired("Enter your e-mail address"),
            Length(max=254, message="Enter an e-mail address of at most 254 characters"),
        ],
    )
    password = PasswordField("Password", [InputRequired("Enter your password")])
    next = HiddenField()


class WelcomeForm(StaffForm):
    """A first password, or a new one."""

    password = PasswordField("Password", [InputRequired("Enter a password")])


class ConfirmForm(StaffForm):
    """The password once more."""

    confirm_password = PasswordField("Your password", [InputRequired("Enter your password")])


class AgainForm(ConfirmForm):
    """The same after a rest, and where to go on."""

    next = HiddenField()


class PasswordForm(StaffForm):
    """The present password, and the one to be."""

    present = PasswordField("Password until now", [InputRequired("Enter the password you have now")])
    password = PasswordField("New password", [InputRequired("Enter a new password")])


class CodeForm(StaffForm):
    """Six digits of an app."""

    code = StringField("Code", [InputRequired("Enter the six digits that your app shows")])
    next = HiddenField()


class RecoveryForm(StaffForm):
    """A code that was put by."""

    code = StringField("Recovery code", [InputRequired("Enter one of your recovery codes")])
    next = HiddenField()


class SetUpForm(CodeForm):
    """The first code of a new app; `sealed` is the secret that the page has shown."""

    sealed = HiddenField()


class PasskeyForm(StaffForm):
    """What a passkey is called, and what the browser says of it."""

    name = StringField("Name of the passkey", [InputRequired("Give the passkey a name")], filters=[printable])
    passkey = HiddenField()
