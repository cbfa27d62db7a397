"""What has to be there behind the administrators’ doors."""

from __future__ import annotations

from datetime import timedelta

from alliance.actions import reassigning
from alliance.domain.caseload_changes import Reason
from tests.cast import NOW, Cast


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
