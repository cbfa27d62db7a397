"""Staff forms. Their CSRF token is checked for the whole application, before any form is looked at."""

from __future__ import annotations

from wtforms import EmailField, Form, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

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
