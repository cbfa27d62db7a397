"""What staff noted about a patient and how the therapist saw a session, as a patient’s copy tells it.

Only what the maker of the copy wrote: the two copies of a therapy are complete together, and neither shows its maker
what somebody else kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from alliance.domain.alerts import Alert
from alliance.domain.copies import Noted
from alliance.domain.ledger import CLOSING, HOW_TOLD, NOT_A_RUPTURE, UNSAID, Kind, Step
from alliance.domain.marks import Mark
from alliance.domain.muting import Mute
from alliance.domain.waits import day_of
from alliance.domain.wording import plain_day


def of_questions(
    alerts: Iterable[Alert], notes: Mapping[tuple[int, int], str], by: int, zone: tzinfo
) -> list[Noted]:
    """What this member of staff noted of these questions, but for a mere look."""
    return [
        Noted(day_of(step, zone), _told(alert, step), notes.get((alert.id, turn), ""))
        for alert in alerts
        for turn, step in enumerate(alert.steps, start=1)
        if step.by == by and step.kind is not Kind.SEEN
    ]


def _told(alert: Alert, step: Step) -> str:
    said = {
        Kind.LATER: "not talked about yet",
        Kind.TALKED: "talked about",
        Kind.ORDINARY: "no rupture",
        Kind.CLOSED: "closed",
        Kind.REOPENED: "opened again",
    }[step.kind]
    if step.kind is Kind.TALKED:
        if step.how != UNSAID:
            said += f", {HOW_TOLD.get(step.how or '', '')}"
    elif step.reason and step.reason != "other":
        said += f": {({**NOT_A_RUPTURE, **CLOSING})[step.reason]}"
    return f"Of the question after session {alert.session_number}: {said}."


def of_mutes(mutes: Iterable[tuple[Mute, str]]) -> list[Noted]:
    """When questions were let rest, and what was written with it."""
    return [
        Noted(mute.since, f"{mute.words(f'{plain_day(mute.until)} {mute.until.year}')}.", words)
        for mute, words in mutes
    ]


def of_marks(marks: Sequence[Mark]) -> list[Noted]:
    """What was marked on the course, what was taken off again too."""
    return [
        Noted(
            mark.starts_on,
            f"Marked on the course: {mark.sentence}{' Taken off again.' if mark.removed_at else ''}",
            mark.words,
        )
        for mark in marks
    ]
