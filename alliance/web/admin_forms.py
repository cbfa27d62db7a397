"""The forms of an administrator's pages."""

from __future__ import annotations

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from alliance.web.forms import StaffForm


class Hours(IntegerField):
    """A whole number of hours, with one message in the house voice whatever was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a number of hours, such as 168") from None


class SettingsForm(StaffForm):
    """What the clinic tells its patients."""

    name = StringField(
        "Name of the clinic",
        [InputRequired("Enter the name that patients know the clinic by"), Length(max=80)],
    )
    crisis_lines = TextAreaField(
        "Help lines",
        [InputRequired("Enter at least one line that can be called at any time"), Length(max=1000)],
    )
    front_desk = StringField("Front desk, phone", [Length(max=40)])
    front_desk_hours = StringField("Front desk, when", [Length(max=80)])
    time_zone = StringField(
        "Time zone", [InputRequired("Enter a time zone, such as Europe/London"), Length(max=60)]
    )
    link_hours = Hours(
        "Links work for this many hours", [InputRequired("Enter a number of hours, such as 168")]
    )
