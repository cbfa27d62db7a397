"""The audit trail: who did or opened what, when. It never holds a patient's words, a token or a password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

# A member of staff, a patient through a link, somebody at the server's command line, the server itself.
Actor = Literal["staff", "patient", "command", "system"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail. `actor_id` is the id of the member of staff, where there is one."""

    id: int
    at: datetime
    actor: Actor
    actor_id: int | None
    action: str
    subject: str | None = None
    subject_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
