"""How long somebody stays signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class WebSession:
    """One signed-in browser. `last_seen_at` may lag behind by up to a minute."""

    staff_id: int
    created_at: datetime
    last_seen_at: datetime

    @property
    def ends_at(self) -> datetime:
        """The moment at which it ends however busy somebody is."""
        return self.created_at + LONGEST

    def stands(self, now: datetime) -> bool:
        """Whether it still counts. A clock that went back gains nobody time."""
        return self.created_at <= now < self.ends_at and now < self.last_seen_at + IDLE
