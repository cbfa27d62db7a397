"""The audit line of a patient's act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alliance.storage import audit
from alliance.storage.database import Connection


def record_patient(
    conn: Connection,
    action: str,
    subject: str,
    subject_id: int,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Note what a patient did: through a link, by nobody named."""
    audit.record(
        conn,
        at=now,
        actor="patient",
        actor_id=None,
        action=action,
        subject=subject,
        subject_id=subject_id,
        detail=detail,
    )
