"""Open a patient or an alert. Opening is an act: it leaves its line in the trail, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from alliance.actions.clinic import Clinic
from alliance.actions.ledger import answers, notes_for
from alliance.actions.marking import with_marks
from alliance.actions.scope import (
    alert_in_scope,
    courses_of,
    dyad_of_patient,
    is_own,
    newly_shown,
    record,
    require,
)
from alliance.actions.sharing import NOT_SHOWN, Shown, note_looked, shown
from alliance.domain.access import Permission
from alliance.domain.alerts import Alert
from alliance.domain.certainty import Experience
from alliance.domain.follow_up import Around
from alliance.domain.ledger import Kind, Step
from alliance.domain.own_view import Gap, gaps
from alliance.domain.people import Dyad, Viewer
from alliance.domain.therapy import Audience
from alliance.domain.trend import Trend
from alliance.storage import (
    alerts,
    audit,
    follow_ups,
    ledger,
    mutes,
    own_views,
    people,
    responses,
    settings,
    supervision,
    unread,
)
from alliance.storage.database import Connection
from surveys.definition import Instrument


@dataclass(frozen=True, slots=True)
class PatientPage:
    """One dyad's course as the viewer may see it.

    `own` is True for the therapist. `comments` are those addressed to the viewer: a supervisor gets only what was
    written to the supervisor alone. `wishes` are the sessions after which the patient asked a supervisor for help,
    newest first; the therapist gets none. `others` are the patient's other dyads in the viewer's scope. `readers`
    are the supervisors who may see this too. `around` is life around therapy, where the patient told of it. `gaps`
    compare the therapist's own views with the patient's, for the therapist alone. `shown` is
    between therapist and supervisors: to whom the therapist shows this case. `notes` are what was written with the
    steps of its questions, by alert and turn, as far as the viewer may read them; `mute_words`, with the mute.
    """

    trend: Trend
    own: bool
    others: Sequence[Dyad]
    comments: Sequence[tuple[int, str]]
    wishes: Sequence[int]
    instrument: Instrument
    readers: tuple[str, ...]
    today: date
    around: Around | None = None
    gaps: Sequence[Gap] = ()
    shown: Shown = NOT_SHOWN
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    zone: tzinfo = UTC
    mute_words: str = ""

    @property
    def dyad(self) -> Dyad:
        return self.trend.dyad

    @property
    def you(self) -> str:
        return "You" if self.own else self.dyad.therapist_name


@dataclass(frozen=True, slots=True)
class AlertPage:
    """An alert with the course it stands in, and what came of this clinic's alerts so far.

    `notes` are those that the viewer may read, by alert and turn; `may_answer`: the viewer takes its next step.
    """

    alert: Alert
    page: PatientPage
    experience: Experience
    notes: Mapping[tuple[int, int], str]
    may_answer: bool


def open_patient(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    now: datetime,
    therapist_id: int | None = None,
    *,
    answers: bool = True,
) -> PatientPage:
    """A patient's page. Raises NotFound outside the viewer's scope.

    Without `answers` it is for a page on which none stand: it is in the trail, and nothing counts as shown by it.
    """
    require(viewer, Permission.SEE_PATIENT)
    with clinic.db.write() as conn:
        told = settings.clinic_settings(conn)
        today = told.today(now)
        dyad, dyads = dyad_of_patient(conn, viewer, patient_id, today, therapist_id)
        page = _page(clinic, conn, viewer, dyad, dyads, today, told.zone)
        looked: dict[str, object] | None = None
        if answers:
            own_views.note_shown(conn, newly_shown(conn, viewer, [page.trend]), now)
            if page.own:
                unread.note_read(conn, dyad.id, {number for number, _ in page.comments})
            looked = note_looked(conn, viewer, dyad, page.shown, now)
        record(conn, viewer, "open patient", "patient", patient_id, now, looked)
    return page


def _page(
    clinic: Clinic,
    conn: Connection,
    viewer: Viewer,
    dyad: Dyad,
    dyads: Sequence[Dyad],
    today: date,
    zone: tzinfo,
) -> PatientPage:
    own = is_own(viewer, dyad)
    trend = courses_of(clinic.library, conn, viewer, [dyad], today, detail=True)[0]
    trend = with_marks(clinic, conn, viewer, trend, today)
    written = responses.comments(conn, clinic.keyring, dyad.id, Audience.BOTH if own else Audience.SUPERVISOR)
    seen = shown(clinic, conn, viewer, dyad, today)
    views = own_views.of_dyad(conn, dyad.id, viewer.staff_id) if own else ()
    return PatientPage(
        trend=trend,
        own=own,
        others=[other for other in dyads if other.id != dyad.id],
        comments=[(number, said) for number, said in written if trend.tells_of(number)],
        wishes=() if own else supervision.open_wishes(conn, dyad.id),
        instrument=clinic.library.for_staff(dyad.patient.instrument),
        readers=people.supervisors_of(conn, dyad.therapist_id, today),
        today=today,
        around=_around(clinic, conn, trend, full=not own),
        gaps=gaps(trend, views),
        shown=seen,
        notes=notes_for(clinic, conn, viewer, dyad, trend.alerts, shared=seen.share is not None),
        zone=zone,
        mute_words=mutes.words(conn, clinic.keyring, dyad.id, today) if own and trend.mute else "",
    )


def _around(clinic: Clinic, conn: Connection, trend: Trend, *, full: bool) -> Around | None:
    instrument, every = follow_ups.around(conn, trend.dyad.id, full=full)
    taken = [one for one in every if trend.tells_of(one.number)]
    return Around(clinic.library.for_staff(instrument), taken) if instrument and taken else None


# A page asks for its pictures within seconds. Who asks for them without having opened a page opens the patient.
SAME_OPENING = timedelta(hours=1)


def chart_trend(
    clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime, therapist_id: int | None = None
) -> Trend:
    """The same course again, for the pictures on a page whose opening is in the trail; else this puts it there."""
    require(viewer, Permission.SEE_PATIENT)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad, _ = dyad_of_patient(conn, viewer, patient_id, today, therapist_id)
        trend = courses_of(clinic.library, conn, viewer, [dyad], today, detail=True)[0]
        trend = with_marks(clinic, conn, viewer, trend, today)
        noted = audit.opened(conn, viewer.staff_id, patient_id, now - SAME_OPENING)
        new = newly_shown(conn, viewer, [trend])
    if new or not noted:
        with clinic.db.write() as conn:
            own_views.note_shown(conn, new, now)
            if not noted:
                record(conn, viewer, "open patient", "patient", patient_id, now)
    return trend


def chart_around(
    clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime, therapist_id: int | None = None
) -> Around | None:
    """Life around therapy again, for its picture; None where the patient told nothing the viewer may know."""
    trend = chart_trend(clinic, viewer, patient_id, now, therapist_id)
    with clinic.db.read() as conn:
        return _around(clinic, conn, trend, full=not is_own(viewer, trend.dyad))


def open_alert(clinic: Clinic, viewer: Viewer, alert_id: int, now: datetime) -> AlertPage:
    """An alert and the course it stands in. With the therapist's first look it counts as seen.

    Raises NotFound outside the viewer's scope.
    """
    require(viewer, Permission.SEE_ALERT)
    with clinic.db.write() as conn:
        told = settings.clinic_settings(conn)
        today = told.today(now)
        alert, dyad = alert_in_scope(conn, viewer, alert_id, today)
        if answers(viewer, alert, dyad) and alert.status.open and alert.seen_at is None:
            alert = ledger.take(conn, alert, Step(Kind.SEEN, now, by=viewer.staff_id))
        page = _page(clinic, conn, viewer, dyad, [dyad], today, told.zone)
        alert = next((one for one in page.trend.alerts if one.id == alert.id), alert)
        own_views.note_shown(conn, newly_shown(conn, viewer, [page.trend]), now)
        record(conn, viewer, "open alert", "alert", alert.id, now)
        experience = alerts.experience(conn)
        notes = notes_for(clinic, conn, viewer, dyad, [alert], shared=page.shown.share is not None)
    return AlertPage(alert, page, experience, notes, may_answer=answers(viewer, alert, dyad))
