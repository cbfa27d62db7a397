"""Who gets in at the administrator's doors, told once more, and what has to be there behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from alliance.actions import reassigning
from alliance.domain.caseload_changes import Reason
from tests.cast import NOW, Cast

THE_ADMINISTRATORS: Mapping[str, str] = {
    "admin": "index save_settings settings",
    "audit_pages": "examine export trail",
    "instruments": "ask every preview",
    "staffing": "change_roles close correct end_sessions invite invite_again people person reopen",
    "supervisions": "begin end every move move_form",
    "tablets": "add again every revoke",
    "upkeep": "backups end_session examine examine_mail mail sessions",
}

GETS_IN: Mapping[str, set[str]] = {
    **{f"{part}.{name}": {"tomasz"} for part, names in THE_ADMINISTRATORS.items() for name in names.split()},
    "handing_over.put_away": {"claire", "jonas"},
}

# What stands for the parts of these addresses.
SAMPLES: Mapping[str, object] = {
    "change_id": 1,
    "instrument_id": "after-session",
    "part": "links",
    "staff_id": 1,
    "supervision_id": 1,
    "edition": "1.0",
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
