"""“This was not me”: through a link, that the answers for its session are somebody else’s. Nothing else changes."""

from __future__ import annotations

from datetime import datetime

from alliance.actions import spooling
from alliance.actions.clinic import Clinic
from alliance.actions.tokens import token_hash
from alliance.actions.trail import record_by
from alliance.domain.therapy import Channel
from alliance.storage import disputes, sessions, settings
from alliance.storage.database import Connection


def dispute(clinic: Clinic, token: str, now: datetime) -> None:
    """Mark the session’s response, once. Whether there is one, and whether it was marked before, is not told:

    a therapist may hold the link too, and the response may have been held back.
    """
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        invitation = sessions.invitation_by_token(conn, token_hash(token), today)
        if invitation is None:
            return
        mark(conn, invitation.session_id, invitation.id, invitation.channel, now)
        if invitation.answered:
            spooling.note(clinic, conn, "dispute", invitation.id, str(invitation.id), now)


def mark(conn: Connection, session_id: int, invitation_id: int, channel: Channel, now: datetime) -> bool:
    """Mark the session’s response, in a transaction that is open. False if there is none, or it was marked before."""
    response_id = disputes.add(conn, session_id, invitation_id, now)
    if response_id is not None:
        record_by(conn, "patient", "dispute", "response", response_id, now, {"channel": channel.value})
    return response_id is not None
