"""Get hold of a record as a viewer: it is in the viewer's scope, or it is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from alliance.domain.access import Forbidden, NotFound, Permission, may
from alliance.domain.alerts import Alert
from alliance.domain.course import forms_back
from alliance.domain.follow_up import Happened
from alliance.domain.own_view import cover
from alliance.domain.people import Dyad, Viewer
from alliance.domain.therapy import Audience, TherapySession
from alliance.domain.trend import Trend, while_the_form_may_come
from alliance.storage import alerts, audit, mutes, own_views, people, sessions
from alliance.storage import trends as courses
from alliance.storage.database import Connection
from surveys.checklist import Checklist
from surveys.library import Library


def require(viewer: Viewer, permission: Permission) -> None:
    """Raise Forbidden unless one of the viewer's roles grants this."""
    if not may(viewer, permission):
        raise Forbidden(permission)


def is_own(viewer: Viewer, dyad: Dyad) -> bool:
    """Whether the viewer is this dyad's therapist. Everybody else in scope is a supervisor."""
    return dyad.therapist_id == viewer.staff_id


def dyad_of_patient(
    conn: Connection, viewer: Viewer, patient_id: int, today: date, therapist_id: int | None = None
) -> tuple[Dyad, list[Dyad]]:
    """The patient's dyad that the viewer looks at, and all of the patient's dyads in the viewer's scope.

    Without `therapist_id` it is the viewer's own, else the newest. Raises NotFound outside the scope.
    """
    found = people.dyads_of_patient(conn, viewer, patient_id, today)
    for dyad in found:
        if therapist_id is None or dyad.therapist_id == therapist_id:
            return dyad, found
    raise NotFound


def own_dyad(conn: Connection, viewer: Viewer, patient_id: int, today: date) -> Dyad:
    """The viewer's own dyad with this patient. A supervisor who may see it may not act on it: Forbidden."""
    dyad, _ = dyad_of_patient(conn, viewer, patient_id, today)
    if not is_own(viewer, dyad):
        raise Forbidden
    return dyad


def courses_of(
    library: Library,
    conn: Connection,
    viewer: Viewer,
    dyads: Sequence[Dyad],
    today: date,
    *,
    detail: bool = False,
    recent: bool = False,
) -> list[Trend]:
    """One course a dyad, as the viewer may know it: a therapist without what was held back, and without what
    waits for the therapist's own view. `recent` is for lists: old sessions only as far as a list tells of them.
    """
    found: dict[int, Trend] = {}
    own = [dyad for dyad in dyads if is_own(viewer, dyad)]
    if own:
        told = _known_to(conn, viewer.staff_id, own, detail=detail, recent=recent)
        found.update((trend.dyad.id, trend) for trend in told)
    if len(own) < len(dyads):
        others = [dyad for dyad in dyads if not is_own(viewer, dyad)]
        told = courses.trends(conn, others, full=True, detail=detail, recent=recent)
        found.update((trend.dyad.id, trend) for trend in told)
    return _as_told(library, conn, [found[dyad.id] for dyad in dyads], today)


def courses_on_the_table(
    library: Library,
    conn: Connection,
    therapist_id: int,
    dyads: Sequence[Dyad],
    today: date,
    *,
    detail: bool = False,
) -> list[Trend]:
    """One course a dyad of this therapist, as the therapist may know it: for what lies between the two of them."""
    known = _known_to(conn, therapist_id, dyads, detail=detail)
    return _as_told(library, conn, known, today)


def _known_to(
    conn: Connection, therapist_id: int, dyads: Sequence[Dyad], *, detail: bool, recent: bool = False
) -> list[Trend]:
    waiting = own_views.covered(conn, therapist_id, [dyad.id for dyad in dyads])
    known = [
        cover(trend, waiting.get(trend.dyad.id, ()))
        for trend in courses.trends(
            conn, dyads, full=False, detail=detail, recent=recent, whole=waiting.keys()
        )
    ]
    return [trend if trend.covered else while_the_form_may_come(trend) for trend in known]


def _as_told(library: Library, conn: Connection, trends: Sequence[Trend], today: date) -> list[Trend]:
    """The courses with their mutes, and with what was ticked in words."""
    resting = mutes.standing(conn, [trend.dyad.id for trend in trends], today)
    return [replace(_with_words(library, trend), mute=resting.get(trend.dyad.id)) for trend in trends]


def _with_words(library: Library, trend: Trend) -> Trend:
    """The course with what was ticked in the words of its definition. Staff read English, where there is any."""
    if not any(point.happened for point in trend.points):
        return trend
    points = [
        replace(point, happened=point.happened.worded(_checklist(library, point.happened)))
        if point.happened
        else point
        for point in trend.points
    ]
    return replace(trend, points=points)


def _checklist(library: Library, happened: Happened) -> Checklist:
    languages = library.languages(happened.checklist, happened.version)
    language = "en" if "en" in languages else languages[0]
    return library.checklist(happened.checklist, happened.version, language)


def session_in_scope(
    conn: Connection, viewer: Viewer, session_id: int, today: date
) -> tuple[TherapySession, Dyad]:
    """A session of a dyad in the viewer's scope. Raises NotFound."""
    session = sessions.get(conn, session_id)
    dyad = people.dyad_in_scope(conn, viewer, session.dyad_id, today) if session else None
    if session is None or dyad is None:
        raise NotFound
    return session, dyad


def alert_in_scope(conn: Connection, viewer: Viewer, alert_id: int, today: date) -> tuple[Alert, Dyad]:
    """An alert that the viewer may see: a therapist never one that only a held-back response raised, nor one about
    answers that wait for the own view.
    """
    alert = alerts.get(conn, alert_id)
    dyad = people.dyad_in_scope(conn, viewer, alert.dyad_id, today) if alert else None
    if alert is None or dyad is None:
        raise NotFound
    if is_own(viewer, dyad):
        waiting = own_views.covered(conn, viewer.staff_id, [dyad.id]).get(dyad.id)
        if alert.audience is Audience.SUPERVISOR or (waiting and alert.session_number >= waiting[0].number):
            raise NotFound
    return alert, dyad


def newly_shown(conn: Connection, viewer: Viewer, trends: Sequence[Trend]) -> dict[int, int]:
    """By dyad of the viewer's own, how many answers these courses show, where that is not noted yet."""
    own = [trend for trend in trends if is_own(viewer, trend.dyad)]
    noted = own_views.shown(conn, [trend.dyad.id for trend in own]) if own else {}
    answers = {trend.dyad.id: forms_back(trend)[0] for trend in own}
    return {dyad_id: count for dyad_id, count in answers.items() if count != noted.get(dyad_id, 0)}


def record(
    conn: Connection,
    viewer: Viewer,
    action: str,
    subject: str,
    subject_id: int,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    """The audit line of a signed-in person's act."""
    audit.record(
        conn,
        at=now,
        actor="staff",
        actor_id=viewer.staff_id,
        action=action,
        subject=subject,
        subject_id=subject_id,
        detail=detail,
    )
