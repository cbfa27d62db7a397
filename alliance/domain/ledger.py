"""The ledger of a question: every step from the rupture to the repair, and which step may follow which.

A ledger only grows. Where a question stands is never set: it is read off its steps (`state_of`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alliance.analysis.track import EpisodeState


class AlertStatus(StrEnum):
    """Where a question stands.

    Open: `new`, `seen`, `later` (seen, not talked about yet), `talked`, `recovering` (one answer back at the usual
    level), `unresolved` (no answer back at it for too long). Not open: `repaired` (the answers came back), `closed`
    (by hand, with a reason), `ordinary` (it was no rupture, with a reason), `raised` (a later question of the same
    episode took its place), `withdrawn` (a late answer took its reason away before anyone saw it).
    """

    NEW = "new"
    SEEN = "seen"
    LATER = "later"
    TALKED = "talked"
    RECOVERING = "recovering"
    UNRESOLVED = "unresolved"
    REPAIRED = "repaired"
    CLOSED = "closed"
    ORDINARY = "ordinary"
    RAISED = "raised"
    WITHDRAWN = "withdrawn"

    @property
    def open(self) -> bool:
        return self in OPEN


OPEN = frozenset(
    {
        AlertStatus.NEW,
        AlertStatus.SEEN,
        AlertStatus.LATER,
        AlertStatus.TALKED,
        AlertStatus.RECOVERING,
        AlertStatus.UNRESOLVED,
    }
)


class Kind(StrEnum):
    """What one line of a ledger says happened."""

    SEEN = "seen"
    LATER = "later"
    TALKED = "talked"
    ORDINARY = "ordinary"
    CLOSED = "closed"
    REOPENED = "reopened"
    RECOVERING = "recovering"
    SLIPPED = "slipped"  # what was recovering or repaired is so no longer
    UNRESOLVED = "unresolved"
    REPAIRED = "repaired"
    RAISED = "raised"
    WITHDRAWN = "withdrawn"
    RENEWED = "renewed"  # a late answer gave a withdrawn question its reason again


BY_PEOPLE = frozenset({Kind.SEEN, Kind.LATER, Kind.TALKED, Kind.ORDINARY, Kind.CLOSED, Kind.REOPENED})
BY_THE_NUMBERS = frozenset(Kind) - BY_PEOPLE

# How it came up, why it was no rupture, why it was closed: the value that is kept, and its words.
UNSAID = "unsaid"  # how it came up was not asked for once; no new step says so
HOW = {
    "asked": "I asked directly",
    "brought-up": "The patient brought it up",
    "passing": "In passing",
    "supervised": "With the supervisor’s help",
}
HOW_TOLD = {
    "asked": "asked directly",
    "brought-up": "the patient brought it up",
    "passing": "in passing",
    "supervised": "with the supervisor’s help",
}
NOT_A_RUPTURE = {
    "ordinary": "An ordinary up and down",
    "outside": "Something outside therapy",
    "not-meant": "The patient clicked wrongly, or was not the one who answered",
    "other": "Something else, in words",
}
CLOSING = {
    "settled": "It has settled between us",
    "left": "We agreed to leave it there",
    "ended": "The therapy has ended",
    "other": "Something else, in words",
}
# What talking about it found: something between the two, or hard to say.
BETWEEN, UNSURE = "between", "unsure"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a ledger.

    `by` is who did it (a member of staff), None for what the answers decided. `number` is the session whose answers
    decided, or in which it was talked about; `on` the day of that. `how`, `found` belong to a talk, `reason` to what
    ends a question by hand. `written`: words were written with it, which are kept apart and sealed.
    """

    kind: Kind
    at: datetime
    by: int | None = None
    number: int | None = None
    on: date | None = None
    how: str | None = None
    found: str | None = None
    reason: str | None = None
    written: bool = False


def state_of(steps: Iterable[Step]) -> AlertStatus:
    """Where a question with these steps stands: as it was ended, else as the answers say, else what was done."""
    done, numbers, end = AlertStatus.NEW, None, None
    for step in steps:
        if step.kind in BY_PEOPLE and done is AlertStatus.NEW:
            done = AlertStatus.SEEN
        match step.kind:
            case Kind.LATER | Kind.TALKED:
                done = AlertStatus(step.kind.value)
            case Kind.RECOVERING | Kind.UNRESOLVED | Kind.REPAIRED:
                numbers = AlertStatus(step.kind.value)
            case Kind.SLIPPED:
                numbers = None
            case Kind.ORDINARY | Kind.CLOSED | Kind.RAISED | Kind.WITHDRAWN:
                end = AlertStatus(step.kind.value)
            case Kind.REOPENED | Kind.RENEWED:
                end = None
    return end or numbers or done


def acknowledged(steps: Iterable[Step]) -> bool:
    """Whether somebody saw it: from then on it cannot be withdrawn."""
    return any(step.kind in BY_PEOPLE for step in steps)


def talks(steps: Iterable[Step]) -> list[Step]:
    """The times it was talked about, oldest noted first; a “not yet” afterwards takes back what was noted before."""
    found: list[Step] = []
    for step in steps:
        if step.kind is Kind.TALKED:
            found.append(step)
        elif step.kind is Kind.LATER:
            found.clear()
    return found


class Refusal(Exception):
    """A step that may not follow, with a sentence and the field of a form that it concerns, if any."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


CLOSED_ALREADY = "This question is closed already"
SHUT = frozenset({AlertStatus.CLOSED, AlertStatus.ORDINARY})
NO_REASON = "Choose a reason"
NO_WORDS = "Write a few words on the reason"


def check(steps: Sequence[Step], step: Step) -> None:
    """Raise Refusal unless this step may follow these, with what it has to say."""
    state = state_of(steps)
    _check_what_it_says(step)
    if step.kind in BY_PEOPLE:
        _check_act(state, step.kind)
    elif not _numbers_may(state, steps, step.kind):
        raise Refusal(f"A question that is {state} cannot become {step.kind}")


def _check_act(state: AlertStatus, kind: Kind) -> None:
    if kind is Kind.REOPENED:
        if state not in SHUT:
            raise Refusal("Only what was closed by hand can be opened again")
        return
    if state is AlertStatus.RAISED:
        raise Refusal("A later question took the place of this one: go on there")
    if kind is Kind.CLOSED and state in {AlertStatus.REPAIRED, AlertStatus.UNRESOLVED}:
        return
    if not state.open:
        raise Refusal(CLOSED_ALREADY)
    if kind is Kind.CLOSED:
        raise Refusal(
            "The patient’s answers have not decided yet: it can be closed when they have", "outcome"
        )


def _check_what_it_says(step: Step) -> None:
    if (step.by is None) is (step.kind in BY_PEOPLE):
        raise Refusal("Somebody does what people do, and nobody what the answers decide")
    if step.kind is Kind.TALKED:
        if step.how not in HOW:
            raise Refusal("Choose how it came up", "how")
        if step.found not in {BETWEEN, UNSURE}:
            raise Refusal("Choose what came of it", "outcome")
    if step.kind in {Kind.ORDINARY, Kind.CLOSED}:
        field = "because" if step.kind is Kind.ORDINARY else "closing"
        if step.reason not in (NOT_A_RUPTURE if step.kind is Kind.ORDINARY else CLOSING):
            raise Refusal(NO_REASON, field)
        if step.reason == "other" and not step.written:
            raise Refusal(NO_WORDS, "note")


def _numbers_may(state: AlertStatus, steps: Sequence[Step], kind: Kind) -> bool:
    match kind:
        case Kind.RENEWED:
            return state is AlertStatus.WITHDRAWN
        case Kind.WITHDRAWN:
            return state.open and not acknowledged(steps)
        case Kind.RAISED:
            return state.open
        case Kind.SLIPPED:
            return state in {AlertStatus.RECOVERING, AlertStatus.UNRESOLVED, AlertStatus.REPAIRED}
        case _:
            return (state.open or state is AlertStatus.REPAIRED) and state.value != kind.value


def decided(state: AlertStatus, course: Iterable[tuple[int, EpisodeState]]) -> list[tuple[Kind, int]]:
    """What the answers since a question decide of it, step by step: the kind and the session.

    `course` is each session from the question's own on with the state of the episode after it. A question that
    people ended stays as they left it; a repair ends the walk, since what comes after belongs to the next one.
    """
    steps: list[tuple[Kind, int]] = []
    for number, episode in course:
        wanted = _WANTED.get(episode)
        now = state if state in _NUMBERED else None
        if wanted is not now and (state.open or state is AlertStatus.REPAIRED):
            kind = Kind(wanted.value) if wanted else Kind.SLIPPED
            steps.append((kind, number))
            state = wanted or AlertStatus.SEEN
        if episode is EpisodeState.REPAIRED:
            break
    return steps


def set_right(state: AlertStatus, course: Iterable[tuple[int, EpisodeState]]) -> tuple[Kind, int] | None:
    """The one step that brings a question in line with a course that was read anew; None where it is already."""
    if not (state.open or state is AlertStatus.REPAIRED):
        return None
    read = list(course)
    walk = decided(AlertStatus.SEEN, read)
    kind, number = walk[-1] if walk else (Kind.SLIPPED, read[-1][0] if read else 0)
    wanted = None if kind is Kind.SLIPPED else AlertStatus(kind.value)
    return None if wanted is (state if state in _NUMBERED else None) else (kind, number)


_WANTED = {
    EpisodeState.RECOVERING: AlertStatus.RECOVERING,
    EpisodeState.UNRESOLVED: AlertStatus.UNRESOLVED,
    EpisodeState.REPAIRED: AlertStatus.REPAIRED,
}
_NUMBERED = frozenset(_WANTED.values())
