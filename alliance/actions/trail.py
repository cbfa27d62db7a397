"""The audit line of an act by nobody who is signed in: a patient’s, one at the command line, the machine’s own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from alliance.storage import audit
from alliance.storage.database import Connection

Unnamed = Literal["patient", "command", "system"]


def record_by(
    conn: Connection,
    actor: Unnamed,
    action: str,
    subject: str | None,
    subject_id: int | None,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Note what was done, in the transaction in which it is."""
    audit.record(
        conn,
        at=now,
        actor=actor,
        actor_id=None,
        action=action,
        subject=subject,
        subject_id=subject_id,
        detail=detail,
    )
