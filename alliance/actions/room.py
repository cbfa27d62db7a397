"""What patients send finds room on a full disk: the ballast goes, an alarm is raised, and it is tried once more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from alliance.actions.clinic import Clinic
from alliance.storage import ballast, safekeeping
from alliance.storage.database import DiskFull

log = logging.getLogger(__name__)

Done = TypeVar("Done")


def with_room(clinic: Clinic, now: datetime, act: Callable[[], Done]) -> Done:
    """Do what is one transaction; where the disk is full, let go of the ballast and do it again."""
    try:
        return act()
    except DiskFull:
        folder = clinic.config.folder
        if not ballast.free(folder):
            raise
        log.error("The disk is full. The ballast went, so that answers still come in: make room now.")
    try:
        safekeeping.disk_full(folder, now, "no room left")
    except OSError:
        log.exception("that the disk is full could not be noted")
    return act()
