"""Take the next step with a question: say what came of it, close it, open it again; and who may read the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import alert_in_scope, is_own, record, require
from alliance.domain.access import Forbidden, Permission
from alliance.domain.alerts import Alert
from alliance.domain.ledger import (
    BETWEEN,
    UNSURE,
    Kind,
    Refusal,
    Step,
    check,
    set_right,
)
from alliance.domain.people import Dyad, Viewer
from alliance.domain.therapy import Audience
from alliance.storage import ledger, own_views, readings, sessions, settings
from alliance.storage.database import Connection

LONGEST_NOTE = 1000
# What somebody can say came of a question: the step, and what a talk found.
OUTCOMES: Mapping[str, tuple[Kind, str | None]] = {
    "talked": (Kind.TALKED, BETWEEN),
    "unsure": (Kind.TALKED, UNSURE),
    "ordinary": (Kind.ORDINARY, None),
    "later": (Kind.LATER, None),
    "close": (Kind.CLOSED, None),
    "reopen": (Kind.REOPENED, None),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says came of a question, as a form sends it.

    Of a talk: `how` it came up, and in which session (`talked_number`) or on which day (`talked_on`), where that is
    known. `reason` is why it was no rupture or why it is closed. `note`: words, for those whom `notes_for` gives them.
    """

    outcome: str
    how: str | None = None
    talked_number: int | None = None
    talked_on: date | None = None
    reason: str | None = None
    note: str = ""


def answers(viewer: Viewer, alert: Alert, dyad: Dyad) -> bool:
    """Whether the next step is the viewer's: the therapist's, and a supervisor's where only supervisors know of it."""
    return is_own(viewer, dyad) is (alert.audience is Audience.BOTH)


def notes_for(
    clinic: Clinic,
    conn: Connection,
    viewer: Viewer,
    dyad: Dyad,
    alerts: Sequence[Alert],
    *,
    shared: bool = False,
) -> dict[tuple[int, int], str]:
    """What was written with the steps of these questions, by question and turn, as far as the viewer may read it.

    Everybody reads what they wrote. A supervisor reads the therapist's words where the case is `shared`; a therapist
    never those of a supervisor.
    """
    may = {viewer.staff_id, dyad.therapist_id} if shared and not is_own(viewer, dyad) else {viewer.staff_id}
    by = {(alert.id, turn): step.by for alert in alerts for turn, step in enumerate(alert.steps, start=1)}
    words = ledger.words_of(conn, clinic.keyring, [alert.id for alert in alerts])
    return {place: said for place, said in words.items() if by.get(place) in may}


def check_may_answer(
    clinic: Clinic, viewer: Viewer, alert_id: int, now: datetime, *, kept: bool = False
) -> None:
    """Raise NotFound or Forbidden, as `answer_alert` would, before anything the viewer sent is looked at."""
    require(viewer, _permission(kept))
    with clinic.db.read() as conn:
        _answerable(conn, viewer, alert_id, settings.clinic_settings(conn).today(now), kept)


def _permission(kept: bool) -> Permission:
    return Permission.ANSWER_KEPT_ALERT if kept else Permission.ANSWER_ALERT


def _answerable(
    conn: Connection, viewer: Viewer, alert_id: int, today: date, kept: bool
) -> tuple[Alert, Dyad]:
    alert, dyad = alert_in_scope(conn, viewer, alert_id, today)
    if not answers(viewer, alert, dyad) or kept is (alert.audience is Audience.BOTH):
        raise Forbidden
    return alert, dyad


def answer_alert(
    clinic: Clinic, viewer: Viewer, alert_id: int, said: Said, now: datetime, *, kept: bool = False
) -> Alert:
    """Take the next step with a question and answer with it as it stands then.

    `kept`: it is one that only supervisors know of, and theirs to answer.
    The patient's own answers, not this, decide whether something is repaired. Raises Fault where the step may not
    follow, or lacks what it has to say.
    """
    require(viewer, _permission(kept))
    if said.outcome not in OUTCOMES:
        raise Fault("Choose what came of it", "outcome")
    if len(said.note) > LONGEST_NOTE:
        raise Fault(f"Write at most {LONGEST_NOTE} characters", "note")
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        alert, dyad = _answerable(conn, viewer, alert_id, today, kept)
        _check_nothing_waits(conn, viewer, dyad)
        step = _step(conn, viewer, alert, said, today, now)
        try:
            check(alert.steps, step)
        except Refusal as refusal:
            raise Fault(refusal.sentence, refusal.field) from None
        taken = ledger.take(conn, alert, step, clinic.keyring, said.note)
        if step.kind is Kind.REOPENED:
            taken = _follow(conn, taken, now)
        record(conn, viewer, "answer alert", "alert", alert.id, now, {"outcome": said.outcome})
    return taken


def _check_nothing_waits(conn: Connection, viewer: Viewer, dyad: Dyad) -> None:
    """Whether a question is still open may hang on answers that are not shown yet."""
    waiting = own_views.covered(conn, viewer.staff_id, [dyad.id]).get(dyad.id) if is_own(viewer, dyad) else ()
    if waiting:
        raise Fault(f"Session {waiting[0].number} comes first: give your own view of it, or show its answers")


def _step(conn: Connection, viewer: Viewer, alert: Alert, said: Said, today: date, now: datetime) -> Step:
    kind, found = OUTCOMES[said.outcome]
    step = Step(kind, now, by=viewer.staff_id, written=bool(said.note))
    if kind is Kind.TALKED:
        number, on = _when(conn, alert, said, today)
        return replace(step, number=number, on=on, how=said.how, found=found)
    if kind in {Kind.ORDINARY, Kind.CLOSED}:
        return replace(step, reason=said.reason)
    return step


def _when(conn: Connection, alert: Alert, said: Said, today: date) -> tuple[int | None, date | None]:
    """The session and the day of a talk; a day of its own counts where no session was chosen."""
    if said.talked_number is not None:
        days = {session.number: session.held_on for session in sessions.of_dyad(conn, alert.dyad_id)}
        if said.talked_number < alert.session_number or said.talked_number not in days:
            raise Fault("Choose a session from the one in question on", "talked_number")
        return said.talked_number, days[said.talked_number]
    if said.talked_on is not None and not alert.held_on <= said.talked_on <= today:
        raise Fault("Choose a day from the session in question up to today", "talked_on")
    return None, said.talked_on


def _follow(conn: Connection, alert: Alert, now: datetime) -> Alert:
    """What was closed by mistake stands where the answers since then have brought it."""
    full = alert.audience is Audience.SUPERVISOR
    read = readings.of_dyads(conn, [alert.dyad_id], full=full)
    course = [(number, reading.episode) for (_, number), reading in sorted(read.items())]
    right = set_right(alert.status, [one for one in course if one[0] >= alert.session_number])
    return ledger.decide(conn, alert, *right, now) if right else alert
