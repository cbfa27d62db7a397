"""A therapist's own view of a session: given before the patient's answers are shown, and nobody else's to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import is_own, record, require, session_in_scope
from alliance.domain.access import Forbidden, Permission
from alliance.domain.own_view import Standing
from alliance.domain.people import Dyad, Viewer
from alliance.domain.therapy import TherapySession
from alliance.storage import own_views, settings
from alliance.storage.database import Connection
from surveys.definition import Instrument
from surveys.library import asked_of_staff

CLOSED = "The answers to this session have been on your pages since, so your own view is closed"
GIVEN = "You have given your own view of this session. It stays as it is"
NOTHING = "Answer at least one of the sentences, or go back without a view"


@dataclass(frozen=True, slots=True)
class OwnViewPage:
    """A session, its therapist’s way to an own view of it, and the questionnaire for it."""

    session: TherapySession
    dyad: Dyad
    standing: Standing
    instrument: Instrument


def instrument() -> Instrument:
    """What therapists are asked."""
    return asked_of_staff().get("therapist-view")


def standing_of(conn: Connection, therapist_id: int, session_id: int) -> tuple[Standing, bool]:
    """Whether this therapist can give an own view of this session, and whether its form is back as far as may be
    known: one that is held back is not.
    """
    facts = own_views.facts(conn, session_id, therapist_id)
    back = facts.arrived is not None
    if facts.given:
        return Standing.GIVEN, back
    if facts.asked:
        return Standing.CLOSED, back
    if facts.arrived is None:
        return Standing.OPEN, back
    since = own_views.first_since(conn, therapist_id)
    if since is not None and facts.arrived >= since:
        return Standing.COVERED, back
    unseen = facts.shown_at is None or facts.arrived > facts.shown_at
    return Standing.OPEN if unseen else Standing.CLOSED, back


def open_own_view(clinic: Clinic, viewer: Viewer, session_id: int, now: datetime) -> OwnViewPage:
    """The questionnaire for one's own session. Raises NotFound outside one's scope, Forbidden for another's."""
    require(viewer, Permission.GIVE_OWN_VIEW)
    with clinic.db.read() as conn:
        return _page(conn, viewer, session_id, now)


def _page(conn: Connection, viewer: Viewer, session_id: int, now: datetime) -> OwnViewPage:
    session, dyad = session_in_scope(conn, viewer, session_id, settings.clinic_settings(conn).today(now))
    if not is_own(viewer, dyad):
        raise Forbidden
    standing, _ = standing_of(conn, viewer.staff_id, session.id)
    return OwnViewPage(session, dyad, standing, instrument())


def give(
    clinic: Clinic,
    viewer: Viewer,
    session_id: int,
    *,
    ratings: Mapping[str, int],
    noticed: str | None,
    now: datetime,
) -> OwnViewPage:
    """Keep one's own view. Raises Fault for an empty one, and where it was given already or comes too late.

    The trail names it as a record of its own, so that no list of who did what with a patient tells of it.
    """
    require(viewer, Permission.GIVE_OWN_VIEW)
    with clinic.db.write() as conn:
        page = _page(conn, viewer, session_id, now)
        if not page.standing.possible:
            raise Fault(GIVEN if page.standing is Standing.GIVEN else CLOSED)
        if not ratings and noticed is None:
            raise Fault(NOTHING)
        own_views.add(
            conn,
            session_id,
            viewer.staff_id,
            instrument=page.instrument.id,
            version=page.instrument.version,
            ratings=ratings,
            noticed=noticed,
            now=now,
        )
        record(conn, viewer, "give own view", "own view", session_id, now)
    return page


def show_now(clinic: Clinic, viewer: Viewer, session_id: int, now: datetime) -> OwnViewPage:
    """See covered answers without an own view, which is then closed. Where nothing is covered, nothing happens."""
    require(viewer, Permission.GIVE_OWN_VIEW)
    with clinic.db.write() as conn:
        page = _page(conn, viewer, session_id, now)
        if page.standing is Standing.COVERED:
            own_views.show_uncovered(conn, session_id, viewer.staff_id, now)
            record(conn, viewer, "show without own view", "own view", session_id, now)
    return page


def asks_first(clinic: Clinic, viewer: Viewer) -> bool:
    """Whether the viewer wants to be asked for the own view first."""
    with clinic.db.read() as conn:
        return own_views.first_since(conn, viewer.staff_id) is not None


def ask_first(clinic: Clinic, viewer: Viewer, wanted: bool, now: datetime) -> None:
    """Keep whether the viewer wants to be asked first: answers that come from now on are covered until then."""
    require(viewer, Permission.GIVE_OWN_VIEW)
    with clinic.db.write() as conn:
        own_views.set_first(conn, viewer.staff_id, now if wanted else None)
        record(conn, viewer, "ask own view first", "staff", viewer.staff_id, now, {"wanted": wanted})
