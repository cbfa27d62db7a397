"""What waits for a supervisor, and what is worth talking about in the next hour. Questions, never verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from alliance.domain.caseload import Row
from alliance.domain.course import forms_back
from alliance.domain.episodes import Episode, episodes
from alliance.domain.figures import TherapistFigures
from alliance.domain.little import RUN
from alliance.domain.people import Dyad
from alliance.domain.sharing import Share
from alliance.domain.standing import silent_run
from alliance.domain.trend import Trend
from alliance.domain.wording import capital, count, number


class Waits(StrEnum):
    """What waits for a supervisor, in the order in which it is told."""

    WORDS = "wrote only to you"
    HELP = "asks for help"
    UNREAD = "waits to be read"
    KEPT = "for your eyes only"
    SHOWN = "newly shown to you"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of one patient that waits for the supervisor. `since` is the day it came.

    `taken_on` and `taken_by` are told of a request for help that somebody has taken up; `share` is the case that
    was shown.
    """

    what: Waits
    dyad: Dyad
    since: date
    session_id: int = 0
    session_number: int = 0
    taken_on: date | None = None
    taken_by: str | None = None
    done_on: date | None = None
    done_by: str | None = None
    share: Share | None = None


def in_order(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Words that nobody has read come first, then requests, answers and cases; each the oldest first."""
    kinds = list(Waits)
    return sorted(
        waiting, key=lambda one: (kinds.index(one.what), one.since, one.dyad.patient.code.casefold())
    )


def lead(things: int, therapists: int, waiting: Sequence[Waiting]) -> str:
    """The one sentence at the top: how much is open over how many therapists, and what waits for the reader."""
    over = f" over {count(therapists, 'therapist')}" if therapists else ""
    waits = " ".join(_waits(waiting))
    if things:
        first = f"{capital(count(things, 'thing'))} {'is' if things == 1 else 'are'} open{over}."
        return f"{first} {waits}".strip()
    return f"{waits} Nothing {'else ' if waits else ''}is open{over}.".strip()


def _waits(waiting: Sequence[Waiting]) -> list[str]:
    """A sentence for each kind of thing that waits; patients are counted once."""

    def patients(what: Waits) -> int:
        return len({one.dyad.patient.id for one in waiting if one.what is what})

    told = []
    if n := patients(Waits.WORDS):
        told.append(f"{capital(count(n, 'patient'))} wrote only to you.")
    if n := patients(Waits.HELP):
        told.append(f"{capital(count(n, 'patient'))} {'asks' if n == 1 else 'ask'} for your help.")
    if n := patients(Waits.UNREAD):
        told.append(f"What {count(n, 'patient')} wrote has waited for days for the therapist to read it.")
    if n := patients(Waits.KEPT):
        told.append(f"{capital(count(n, 'patient'))} kept answers for your eyes only.")
    if n := patients(Waits.SHOWN):
        told.append(f"{capital(count(n, 'case'))} {'is' if n == 1 else 'are'} newly shown to you.")
    return told


@dataclass(frozen=True, slots=True)
class Mended:
    """A rupture that the answers say is repaired, since the day asked for."""

    trend: Trend
    episode: Episode
    on: date

    @property
    def sentence(self) -> str:
        """What is known of how it was mended."""
        if self.episode.confirmed:
            how = "By the answers, and the patient said that talking about it helped."
        elif self.episode.talked:
            how = f"Talked about in session {self.episode.talked}; the answers came back."
        else:
            how = "By the answers alone; no talk about it was noted."
        return f"Opened in session {self.episode.opened}, repaired in session {self.episode.repaired}. {how}"


def mended_since(trends: Sequence[Trend], since: date) -> list[Mended]:
    """What was repaired on this day or later, in order of day."""
    found = []
    for trend in trends:
        days = {point.number: point.held_on for point in trend.points}
        for episode in episodes(trend.points, trend.alerts):
            on = days.get(episode.repaired) if episode.repaired is not None else None
            if on is not None and on >= since:
                found.append(Mended(trend, episode, on))
    return sorted(found, key=lambda one: (one.on, one.trend.dyad.patient.code.casefold()))


@dataclass(frozen=True, slots=True)
class Silence:
    """Forms have stopped coming. `since` is the day of the first session in the run without one."""

    trend: Trend
    run: int
    since: date

    @property
    def sentence(self) -> str:
        back, held = forms_back(self.trend)
        held -= self.run
        before = f" Before that, {back} of {held} came back." if held else ""
        return f"No form after {_the_last(self.run, held)}.{before}"


def _the_last(run: int, before: int) -> str:
    which = "last" if before else "first"
    return f"the {which} session" if run == 1 else f"the {which} {count(run, 'session')}"


def silences(trends: Sequence[Trend]) -> list[Silence]:
    """Where no form came back after three sessions or more, longest run first."""
    found = []
    for trend in trends:
        run = silent_run(trend)
        if run >= RUN:
            found.append(Silence(trend, run, trend.points[-run].held_on))
    return sorted(found, key=lambda one: (-one.run, one.trend.dyad.patient.code.casefold()))


def therapist_in_words(figures: TherapistFigures) -> str:
    """What there is to know of one supervisee's last twelve months, before any figure: forms, questions, estimate."""
    told = [f"{capital(count(figures.caseload, 'patient'))} today."]
    if figures.forms != "–":
        told.append(f"{figures.forms} of the forms of the last twelve months came back.")
    told.append(_questions(figures))
    if figures.estimate is not None and figures.patients is not None:
        told.append(
            f"Mean alliance {figures.estimate:.0f}, and with other patients it might have been {figures.low:.0f} to"
            f" {figures.high:.0f}, from {count(figures.patients, 'patient')} and {figures.answers} answers."
            f" {capital(figures.words)}."
        )
    return " ".join(told)


def _questions(figures: TherapistFigures) -> str:
    counts = figures.counts
    if not counts.asked:
        return "No question was raised."
    told = [f"{capital(count(counts.asked, 'question'))} {'was' if counts.asked == 1 else 'were'} raised"]
    if counts.talked:
        when = f", {figures.talk_words}" if counts.days_to_talk is not None else ""
        told.append(f"{number(counts.talked)} talked about{when}")
    if counts.ordinary:
        told.append(f"{number(counts.ordinary)} found to be ordinary")
    told.append(f"{number(counts.repaired) if counts.repaired else 'none'} repaired")
    return f"{told[0]}: {'; '.join(told[1:])}."


MOST_QUESTIONS = 3


def to_talk_about(
    rows: Sequence[Row],
    silent: Sequence[Silence],
    mended: Sequence[Mended],
    fitting: Mapping[int, str] | None = None,
) -> list[str]:
    """Two or three questions to think about together, from what is open, longest open first.

    There is always one about what went well, where something was mended. `fitting` has, by dyad, a question that
    fits the kind of its rupture.
    """
    fits = fitting or {}
    asked = [question for row in rows if (question := _question(row, fits.get(row.trend.dyad.id, "")))]
    asked += [f"What might the form be like for {one.trend.dyad.patient.code} to fill in?" for one in silent]
    told = list(dict.fromkeys(asked))[: MOST_QUESTIONS - bool(mended)]
    if mended:
        told.append(f"What helped {mended[-1].trend.dyad.patient.code} to come back?")
    return told or ["Who has been on your mind, although nothing is open?"]


def _question(row: Row, fits: str) -> str:
    code, alert = row.trend.dyad.patient.code, row.alert
    if row.mark == "recovering":
        return f"What let {code} come back, and what would make it last?"
    if row.mark == "talked" or (alert is not None and alert.talked_number is not None):
        return f"What was the conversation with {code} about it like, and what might still be missing?"
    if alert is None:
        return ""
    if fits:
        return f"{code}: {fits}"
    if alert.rules[:1] == ("silence",):
        return f"What might the form be like for {code} to fill in?"
    return f"What might {code} have needed in session {alert.session_number}?"
