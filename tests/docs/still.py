"""`alliance` at a moment that never changes, so that pictures of the demo are the same whenever they are made."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine

from alliance.cli import main

MOMENT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # a Friday morning, before the first session

if __name__ == "__main__":
    with time_machine.travel(MOMENT, tick=True):
        main()
