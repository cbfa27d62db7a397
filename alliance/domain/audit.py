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


# What an administrator reads of a line's detail: how the house was run, nothing that came of an answer.
TOLD = frozenset(
    {
        *(
            "before",
            "changed",
            "from",
            "on",
            "reason",
            "roles",
            "sessions_ended",
            "supervised_by",
            "supervisor",
        ),
        *("therapist", "to", "until", "lines", "version", "export", "account", "with"),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as an administrator reads it, with the name of whoever did it where there is one."""

    entry: Entry
    name: str | None

    @property
    def who(self) -> str:
        """Who did it, in words."""
        if self.entry.actor == "patient":
            return "a patient, through a link"
        if self.entry.actor == "staff":
            return self.name or "somebody who did not get in"
        return "somebody at the command line" if self.entry.actor == "command" else "the server itself"

    @property
    def what(self) -> str:
        """The record it concerns, by its kind and number; no code and no name of a patient."""
        if self.entry.subject is None:
            return ""
        return (
            f"{self.entry.subject} {self.entry.subject_id}" if self.entry.subject_id else self.entry.subject
        )

    @property
    def how(self) -> str:
        """What else may be told of it."""
        told = {name: value for name, value in sorted(self.entry.detail.items()) if name in TOLD}
        return "; ".join(f"{name.replace('_', ' ')}: {_words(value)}" for name, value in told.items())


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one).replace("_", " ") for one in value) or "none"
    return "none" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines somebody wants to read. `all_of_it` is False for who treats patients here too."""

    actor: Actor | None = None
    actor_id: int | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    all_of_it: bool = True


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the trail at some time: the last line’s number, moment and proof; number 0 before the first."""

    sequence: int
    at: datetime | None
    mac: str

    def line(self) -> str:
        """As text, to be kept somewhere else: number, moment, proof."""
        return f"{self.sequence} {self.at.isoformat() if self.at else '-'} {self.mac}"

    @classmethod
    def read(cls, line: str) -> Head:
        """What `line` wrote. Raises ValueError."""
        sequence, at, mac = line.split()
        if len(bytes.fromhex(mac)) != 32 or int(sequence) < 0:
            raise ValueError("this is no end of a trail")
        return cls(int(sequence), None if at == "-" else datetime.fromisoformat(at), mac.lower())


@dataclass(frozen=True, slots=True)
class TrailFacts:
    """The trail as a whole. `missing` is how many numbers between 1 and the last have no line; `findings` say what is
    not as it was written, a sentence each, by the chain and by `kept` ends that were kept outside the database.
    """

    lines: int
    first_at: datetime | None
    last_at: datetime | None
    missing: int
    out_of_order: int
    guarded: bool
    findings: tuple[str, ...] = ()
    kept: int = 0

    @property
    def whole(self) -> bool:
        """Whether every line is as it was written, and none can be changed. Times may run back: clocks do."""
        return not self.missing and not self.findings and self.guarded
