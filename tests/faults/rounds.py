"""How often a fault is repeated: seldom in every run, often where somebody asks for it with ALLIANCE_FAULTS=long."""

from __future__ import annotations

import os

LONG = os.environ.get("ALLIANCE_FAULTS") == "long"


def rounds(short: int, long: int) -> int:
    """The number of rounds of this run."""
    return long if LONG else short
