"""Where backups go and how long they stay: the table `[backup]` of clinic.toml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """Where backups go, and for how many days one of each day is kept. All of the last two days are."""

    to: str = "backups"
    keep_days: int = 30

    @classmethod
    def read(cls, told: dict[str, Any]) -> BackupSettings:
        """What stands under [backup]. Raises ValueError."""
        if unknown := sorted(set(told) - {"to", "keep_days"}):
            raise ValueError(
                f"“backup.{unknown[0]}” is not a setting; there are backup.to and backup.keep_days."
            )
        made = cls(**told)
        if not isinstance(made.to, str) or not made.to.strip():
            raise ValueError("backup.to should name a folder, in quotes.")
        if type(made.keep_days) is not int or not 2 <= made.keep_days <= 3650:
            raise ValueError("backup.keep_days should be a whole number of days, from 2 to 3650.")
        return made
