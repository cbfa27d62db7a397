"""Tablets as tests need them: added, set up, with a code for one of the cast's sessions."""

from __future__ import annotations

from datetime import datetime

from alliance.actions import devices, kiosk
from alliance.actions.devices import Code
from tests.cast import NOW, Cast, hold

PIN = "482913"


def set_up(cast: Cast, name: str = "Front desk", at: datetime = NOW) -> tuple[int, str]:
    """A tablet in use: its id, and the token that it carries."""
    made = devices.add(cast.clinic, cast.viewer("tomasz"), name=name, pin=PIN, now=at)
    return made.tablet.id, kiosk.set_up(cast.clinic, made.token, at)


def code_for(
    cast: Cast,
    who: str = "jonas",
    session_id: int | None = None,
    device_id: int | None = None,
    at: datetime = NOW,
) -> Code:
    """A code for the session of Alder 14 that waits for an answer, or for another of theirs."""
    return devices.make_code(
        cast.clinic, cast.viewer(who), session_id or cast.alder.session_id, device_id, at
    )


def fresh_session(cast: Cast, who: str = "jonas", code: str = "Alder 14", at: datetime = NOW) -> int:
    """One more session of a patient of theirs: its id."""
    return hold(cast, cast.viewer(who), cast.stories[code].patient_id, at)[0]
