"""A copy, for a patient, of what is kept about them: what was asked, what they answered, and who was told.

Answers only. What is worked out from them (means, usual ranges, how far a question is to be trusted) is not in it: it
is made anew from the answers at any time, and no patient is given scores. A question that was raised is told as the
question it was, with what came of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.therapy import Channel

# What every export says where the clinic has set it (42 CFR 2.32 asks for such a notice).
RESTRICTED = "Redisclosure restricted: it may not be passed on further without the patient’s consent."

CAME_BY = {
    Channel.LINK: "a link",
    Channel.QR: "a square to scan",
    Channel.SLIP: "a slip of paper with a link",
    Channel.HERE: "your therapist’s device",
    Channel.KIOSK: "a tablet of the clinic",
    Channel.MAIL: "a link in an e-mail",
    Channel.PAPER: "a form on paper, typed in by two people",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One sentence as it was asked, and the number that was picked; None where it was left out."""

    id: str
    sentence: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Rated:
    """Sentences of one questionnaire with the answers to them, in the language in which they were asked."""

    questionnaire: str
    name: str
    language: str
    lowest: int
    highest: int
    low_end: str
    high_end: str
    answers: Sequence[Answer]


@dataclass(frozen=True, slots=True)
class Form:
    """What came back after one session.

    `said` are further questions with what was answered, `ticks` what was ticked afterwards, each in the words that
    stood on the page. `monthly` is life around therapy. `asked_for_help` is None in a therapist’s copy, whatever was
    asked: it is not theirs to know.
    """

    received_at: datetime
    came_by: Channel
    readers: str
    rated: Rated
    said: Sequence[tuple[str, str]] = ()
    ticks: Sequence[str] = ()
    ticks_heading: str = ""
    monthly: Rated | None = None
    asked_for_help: bool | None = None
    disputed: bool = False

    @property
    def how(self) -> str:
        return CAME_BY[self.came_by]


@dataclass(frozen=True, slots=True)
class Taken:
    """Ratings of before, taken over from files: of no form here, with the numbers from 0 to 100 that came.

    `answers` are single answers by the id of what was asked, where they came.
    """

    questionnaire: str
    scores: Sequence[tuple[str, float]]
    answers: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was held, and the form that came back, as far as it belongs into this copy.

    What was `taken` over from before stands in the place of a form.
    """

    number: int
    held_on: date
    form: Form | None
    taken: Taken | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A question that was raised after a session, to whom, and what came of it."""

    number: int
    to: str
    came_of_it: str

    @property
    def question(self) -> str:
        return f"After session {self.number} {self.to} was asked to talk with you about how that session was for you."


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing that was noted. `told` says what, in a sentence; `words` are what was written with it."""

    on: date
    told: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class OwnView:
    """How the therapist rated a session, before the answers to it were shown. `noticed`: tension, yes or no."""

    session: int
    rated: Rated
    noticed: str | None = None


@dataclass(frozen=True, slots=True)
class Therapy:
    """The time with one therapist. `until` is the last day, None while it goes on.

    `noted` is what the maker of the copy noted of it; `own_views` are in a therapist’s copy alone.
    """

    therapist: str
    since: date
    until: date | None
    sessions: Sequence[Session]
    raised: Sequence[Raised]
    noted: Sequence[Noted] = ()
    own_views: Sequence[OwnView] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """The whole copy. `whole`: made by a supervisor, with what was kept from the therapist.

    `email` is the address that was given for a link after each session; only the therapist’s copy has it.
    `research_since` is the day on which the patient agreed to research, None where they do not agree.
    """

    number: str
    made_at: datetime
    made_by: str
    clinic: str
    whole: bool
    code: str
    language: str
    added_on: date
    paused_since: date | None
    email: str | None
    research_since: date | None = None
    therapies: Sequence[Therapy] = field(default=())
    restricted: bool = False

    @property
    def watermark(self) -> str:
        """Who made it, when, for what: the line that every page of it carries."""
        at = f"{self.made_at:%H:%M} on {self.made_at.day} {self.made_at:%B %Y}"
        told = (
            f"Copy {self.number}, made by {self.made_by} at {at} and given to the patient at their request."
        )
        return f"{told} {RESTRICTED}" if self.restricted else told

    @property
    def not_in_it(self) -> tuple[str, ...]:
        """What is kept and stands elsewhere, the same for every patient, so that it betrays nothing."""
        return WHOLE_LACKS if self.whole else THERAPISTS_LACKS


THERAPISTS_LACKS = (
    "Whatever you kept from your therapist, if there is anything, and any wish for help with bringing something up. "
    "Your therapist cannot see it and cannot hand it to you. Ask the supervisor for a copy of their own: "
    "the two together are complete.",
    "Therapies with others of this clinic, if there were any. Each therapist makes the copy of their own.",
)
WHOLE_LACKS = (
    "What you wrote in words to your therapist, and what your therapist noted in words. The supervisor’s copy has "
    "neither. Both are in the copy that your therapist makes: the two together are complete.",
    "Your e-mail address, if you gave one. It is in your therapist’s copy too.",
    "Therapies that this supervisor does not supervise, if there were any.",
)
BOTH_LACK = (
    "Numbers that are worked out from your answers. They can be made anew from the answers at any time.",
    "What staff noted for how they work together, such as a question to a supervisor, or which pages were opened.",
    "A second answer to a question that you had answered already. It was kept aside and counted nowhere.",
    "Traces of the clinic’s work: when a link was made or ended and by which mail it went, a form as it arrived, when "
    "forms rested, who showed, opened or took over what, and when. Ask the clinic if you want to know of them.",
)


def came_of(alert: Alert) -> str:
    """What came of a question, as a patient reads it."""
    nothing = "You talked about it." if alert.talk else "Nothing is noted about what came of it."
    told = OUTCOMES.get(alert.status, nothing)
    if alert.talked_number is not None:
        since = f" {told}" if alert.status is AlertStatus.REPAIRED else ""
        return f"You talked about it in session {alert.talked_number}.{since}"
    return told


OUTCOMES = {
    AlertStatus.TALKED: "You talked about it.",
    AlertStatus.ORDINARY: "It turned out to be an ordinary session.",
    AlertStatus.RAISED: "A later question took its place.",
    AlertStatus.REPAIRED: "Your later answers were like those before it.",
}
