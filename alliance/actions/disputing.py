"""“This was not me”: through a link, that the answers for its session are somebody else’s. Nothing else changes."""

from __future__ import annotations

from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.tokens import token_hash
from alliance.storage import audit, disputes, sessions, settings


def dispute(clinic: Clinic, token: str, now: datetime) -> None:
    """Mark the session’s response, once. Whether there is one, and whether it was marked before, is not told:

    a therapist may hold the link too, and the response may have been held back.
    """
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        invitation = sessions.invitation_by_token(conn, token_hash(token), today)
        if invitation is None:
            return
        response_id = disputes.add(conn, invitation.session_id, invitation.id, now)
        if response_id is not None:
            audit.record(
                conn,
                at=now,
                actor="patient",
                actor_id=None,
                action="dispute",
                subject="response",
                subject_id=response_id,
                detail={"channel": invitation.channel.value},
            )
