"""What somebody finds who looks a clinic over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `sentence` says how it stands and, unless `ok`, what to do."""

    ok: bool
    sentence: str
