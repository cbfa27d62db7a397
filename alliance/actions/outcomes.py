"""What can come of opening or sending a form, and what a form's page is made of."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from alliance.domain.clinic import ClinicSettings
from alliance.domain.therapy import Channel, Invitation
from alliance.languages import for_patients
from surveys.definition import Instrument
from surveys.forms import Checked

# A page opened before the link ended may still be sent for this long afterwards.
GRACE = timedelta(hours=24)
# A form on paper lies in a box for a while before somebody types it in.
PAPER_GRACE = timedelta(days=14)

ATTEMPT = re.compile(r"[A-Za-z0-9_-]{16,64}")
NOT_SAVED = for_patients("We could not save this just now. Your answers are still here: please send again")
NOTHING_YET = for_patients(
    "Nothing is filled in yet. Answer what you like, or send the page as it is to say nothing today"
)
EARLIER_FORM = for_patients(
    "This page is from an earlier version of the form. Your answers are still here: please send again"
)


def new_attempt() -> str:
    """A random id for one page, so that sending it twice counts once."""
    return secrets.token_urlsafe(16)


class UnknownLink(Exception):
    """No invitation has this token."""


class LinkEnded(Exception):
    """The link's time is over. `kept` tells whether something was sent with it and set aside."""

    def __init__(self, language: str, *, kept: bool = False) -> None:
        super().__init__("this link has ended")
        self.language = language
        self.kept = kept


class AlreadyAnswered(Exception):
    """The session has its answer. Carries what a calm page has to say, and in which language."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__("already answered")
        self.invitation = invitation


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A questionnaire, ready to be drawn: whose it is, what it asks, what the clinic says around it.

    `languages` are those it can be asked in; the invitation names the one that it is asked in. `read`: the page may
    say that the last answers were read.
    """

    invitation: Invitation
    instrument: Instrument
    settings: ClinicSettings
    languages: tuple[str, ...]
    read: bool = False

    @property
    def supervised(self) -> bool:
        return bool(self.invitation.supervisor_names)


class NotYet(Exception):
    """Something on the page has to be put right first; nothing is stored, nothing is lost."""

    def __init__(self, form: OpenForm, checked: Checked, problem: str | None = None) -> None:
        super().__init__("the answers need another look")
        self.form = form
        self.checked = checked
        self.problem = problem


class NotSaved(Exception):
    """Nothing could be stored. `form` and `checked` are there if the questionnaire could still be read."""

    def __init__(self, form: OpenForm | None = None, checked: Checked | None = None) -> None:
        super().__init__("nothing could be stored")
        self.form = form
        self.checked = checked


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the patient is told afterwards, and in which language: who reads it and when. Nothing about the answers.

    `channel` is how the answer came. `more` and `monthly` are tickets: to the page with ticks of what happened, and
    to the monthly sentences.
    """

    readers: tuple[str, ...]
    next_on: date | None
    language: str
    channel: Channel | None = None
    more: str | None = None
    monthly: str | None = None
