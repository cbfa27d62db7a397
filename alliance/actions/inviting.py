"""Invite the patient to answer about one session: a link, however it is passed on, or a form on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alliance.actions.clinic import Clinic, LicenceEnded
from alliance.actions.faults import Fault
from alliance.actions.scope import is_own, record, require, session_in_scope
from alliance.actions.tokens import new_token, token_hash
from alliance.domain.access import Forbidden, Permission
from alliance.domain.people import Dyad, Viewer
from alliance.domain.therapy import Channel, TherapySession
from alliance.storage import imports, sessions, settings
from alliance.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made. Its token is shown once and kept nowhere."""

    invitation_id: int
    token: str
    session: TherapySession
    dyad: Dyad
    expires_at: datetime


def invite(
    clinic: Clinic, conn: Connection, viewer: Viewer, session_id: int, channel: Channel, now: datetime
) -> Invited:
    """Invite within a transaction that is open. Raises NotFound, Forbidden for another’s patient, and Fault where the
    questionnaire may not be asked any more, or the session was taken over from before.

    Earlier invitations of the session go on working; only one answer counts.
    """
    require(viewer, Permission.ISSUE_LINK)
    told = settings.clinic_settings(conn)
    session, dyad = session_in_scope(conn, viewer, session_id, told.today(now))
    if not is_own(viewer, dyad):
        raise Forbidden
    if imports.of_session(conn, session.id) is not None:
        raise Fault("This session was taken over from before: no form is offered for it")
    patient, token = dyad.patient, new_token()
    try:
        instrument = clinic.asked(told, patient.instrument, patient.language, now)
    except LicenceEnded as ended:
        raise Fault(str(ended)) from ended
    expires_at = now + timedelta(hours=told.link_hours)
    invitation_id = sessions.invite(
        conn,
        session.id,
        instrument=patient.instrument,
        version=instrument.version,
        language=patient.language,
        channel=channel,
        token_hash=token_hash(token),
        now=now,
        expires_at=expires_at,
        watched=instrument.watched,
    )
    record(conn, viewer, "make link", "invitation", invitation_id, now, {"channel": channel.value})
    return Invited(invitation_id, token, session, dyad, expires_at)
