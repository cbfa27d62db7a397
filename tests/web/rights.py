"""What is done at the doors of one patient’s data, and what a comparison of two clinics does there."""

from __future__ import annotations

from alliance.actions import erasing
from alliance.domain.erasure import Reason
from tests.actions.stories import course
from tests.cast import NOW, Cast


def erasure_asked(cast: Cast) -> int:
    """Jonas has asked that everything about Alder 14 be erased; the request’s id."""
    return erasing.ask(
        cast.clinic,
        cast.viewer("jonas"),
        cast.alder.patient_id,
        reason=Reason.WITHDRAWN,
        said_so=True,
        now=NOW,
    )


_DATA = "/patients/{patient}/rights"

# What a therapist can do there with Elm 3, in an order in which each leaves the next something to do.
DOES: dict[str, list[tuple[str, dict[str, str]]]] = {
    "rights.copy": [(f"{_DATA}/copy", {"copy-kind": kind}) for kind in ("show", "page", "data")],
    "rights.pause": [(f"{_DATA}/pause", {"pause-reason": "wish", "pause-look_on": "2027-01-10"})],
    "rights.resume": [(f"{_DATA}/resume", {})],
    "rights.agree": [
        (f"{_DATA}/research", {"research-said_on": "2026-11-20", "research-said_so": "y"}),
    ],
    "rights.take_back": [(f"{_DATA}/research/take-back", {})],
    "rights.erase": [
        (
            f"{_DATA}/erasure",
            {"erase-reason": "no-reason", "erase-said_so": "y"},
        )
    ],
    "erasing.stop": [("/erasures/1/stop", {})],
    "leaving.end_therapy": [
        (
            "/patients/{patient}/end",
            {"reason": "planned", "last_day": "2026-12-01"},
        )
    ],
    "leaving.take_back": [("/caseload/changes/1/take-back", {})],
    "leaving.hand_patient_over": [
        (
            "/patients/{patient}/hand-over",
            {"to": "4", "reason": "wish", "last_day": "2026-12-01", "agreed": "y"},
        )
    ],
}


def kept_alert(cast: Cast) -> int:
    """A question about a patient of Jonas that only supervisors know of."""
    told = course(cast, "Wren 8", [8, 9, 8, 9, 8, 9, 2], last={"audience": "supervisor"})
    with cast.clinic.db.read() as conn:
        found = conn.execute("SELECT id FROM alert WHERE dyad_id = ?", (told.dyad_id,)).fetchone()
    return int(found["id"])
