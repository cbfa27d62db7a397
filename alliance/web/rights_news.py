"""What waits about one's patients where work begins: erasures that can still be stopped, pauses to look at again."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask

from alliance.actions import erasing, leaving, pausing
from alliance.domain.access import Permission, may
from alliance.domain.erasure import Shown
from alliance.domain.pausing import Pause
from alliance.web.context import current_clinic, current_viewer, now


def erasures_waiting() -> Sequence[Shown]:
    """Erasures of patients in the viewer's scope that were neither stopped nor carried out."""
    return erasing.concerning(current_clinic(), current_viewer(), now())


def own_pauses() -> Sequence[Pause]:
    """Pauses of the viewer's own patients, those first that it is time to look at again."""
    viewer = current_viewer()
    return pausing.of_own(current_clinic(), viewer, now()) if may(viewer, Permission.SEE_CASELOAD) else ()


def can_be_taken_back() -> frozenset[int]:
    """The changes of the viewer's caseload that the viewer noted within a day and can still take back, by id."""
    viewer = current_viewer()
    if not may(viewer, Permission.HAND_OVER):
        return frozenset()
    return frozenset(one.id for one in leaving.to_take_back(current_clinic(), viewer, now()))


def install(app: Flask) -> None:
    """Make these known to templates."""
    app.jinja_env.globals.update(
        can_be_taken_back=can_be_taken_back, erasures_waiting=erasures_waiting, own_pauses=own_pauses
    )
