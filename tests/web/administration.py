"""Who gets in at the administrator's doors, told once more, and what has to be there behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from alliance.actions import reassigning
from alliance.domain.caseload_changes import Reason
from tests.cast import NOW, Cast

GETS_IN: Mapping[str, set[str]] = {
    "admin.people": {"tomasz"},
    "admin.save_settings": {"tomasz"},
    "admin.settings": {"tomasz"},
    "handing_over.put_away": {"claire", "jonas"},
    "tablets.add": {"tomasz"},
    "tablets.again": {"tomasz"},
    "tablets.every": {"tomasz"},
    "tablets.revoke": {"tomasz"},
}


def goes_to_jonas(cast: Cast) -> None:
    """Birch 2 is to go from Claire to Jonas, and neither has put the note away."""
    reassigning.move_by_code(
        cast.clinic,
        cast.viewer("tomasz"),
        "Birch 2",
        cast.ids["claire"],
        to=cast.ids["jonas"],
        on=NOW.date() + timedelta(days=9),
        reason=Reason.ABSENCE,
        now=NOW,
    )
