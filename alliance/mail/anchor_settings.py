"""Where the end of the audit trail is kept besides the clinic's folder: the table `[anchor]` of clinic.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance.mail.addresses import checked
from alliance.mail.settings import MailFault


@dataclass(frozen=True, slots=True)
class AnchorSettings:
    """`path`: a file on another machine’s disk, as far as it can be reached by a path; `email`: an address of the
    clinic’s own, which gets a line a day.
    """

    path: Path | None = None
    email: str = ""

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> AnchorSettings:
        """The settings in this table. Raises MailFault."""
        for name, value in table.items():
            if name not in ("path", "email"):
                raise MailFault(f"“anchor.{name}” is not a setting; there are anchor.path and anchor.email.")
            if not isinstance(value, str) or not value.strip():
                raise MailFault(f"anchor.{name} should be text in quotes.")
        path, email = table.get("path"), table.get("email", "")
        if path is not None and not Path(path).is_absolute():
            raise MailFault("anchor.path should be the whole path of a file, best on another machine’s disk.")
        if email and checked(email) != email:
            raise MailFault("anchor.email should be an address, such as records@example.org.")
        return cls(Path(path) if path is not None else None, email)
