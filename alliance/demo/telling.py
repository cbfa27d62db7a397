"""What a demo says when it is ready: how to get in, for people or for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alliance.demo.entrance import Account


@dataclass(frozen=True, slots=True)
class Ready:
    """A demo that answers at `url`. `folder` is where it stays, or None if it ends with the command."""

    url: str
    staff: Sequence[Account]
    patient_links: Sequence[str]
    folder: Path | None

    def as_json(self) -> str:
        """One line."""
        people = [{"role": one.role, "email": one.email, "password": one.password} for one in self.staff]
        return json.dumps({"url": self.url, "staff": people, "patient_links": list(self.patient_links)})

    def as_text(self) -> str:
        width = max(len(one.email) for one in self.staff)
        lines = [
            f"A made-up clinic is ready at {self.url}",
            "",
            "Sign in with one of these addresses and its password:",
            *(f"  {one.role:<10}  {one.email:<{width}}  {one.password}" for one in self.staff),
            "",
            "Or answer as a patient, once for each link:",
            *(f"  {link}" for link in self.patient_links),
            "",
            f"Ctrl-C ends it; the clinic stays in {self.folder}."
            if self.folder
            else "Ctrl-C ends it and forgets this clinic.",
        ]
        return "\n".join(lines)
