"""The simulation's figures as they came with the product."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from alliance.domain.evidence import Evidence


@cache
def shipped_evidence() -> Evidence:
    """Read once: the file is part of the product and does not change while it runs."""
    return Evidence.from_json((files("alliance") / "evidence.json").read_text(encoding="utf-8"))
