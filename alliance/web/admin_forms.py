"""The forms of an administrator's pages."""

from __future__ import annotations

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from alliance.web.forms import StaffForm, Whole, printable

HOURS = "Enter a number of hours, such as 168"


def at_most(letters: int) -> Length:
    """No more letters than this."""
    return Length(max=letters, message=f"Shorten this to {letters:,} letters")


class SettingsForm(StaffForm):
    """What the clinic tells its patients."""

    name = StringField(
        "Name of the clinic",
        [InputRequired("Enter the name that patients know the clinic by"), at_most(80)],
        filters=[printable],
    )
    crisis_lines = TextAreaField(
        "Help lines",
        [InputRequired("Enter at least one line that can be called at any time"), at_most(1000)],
        filters=[printable],
    )
    front_desk = StringField("Front desk, phone", [at_most(40)], filters=[printable])
    front_desk_hours = StringField("Front desk, when", [at_most(80)], filters=[printable])
    time_zone = StringField(
        "Time zone",
        [InputRequired("Enter a time zone, such as Europe/London"), at_most(60)],
        filters=[printable],
    )
    link_hours = Whole("Links work for this many hours", [InputRequired(HOURS)], problem=HOURS)
    monthly = BooleanField("Ask about life around therapy once a month")
    proof_of_use = BooleanField("Tell patients that their last answers were read")
