"""The bar at the top: where somebody may go, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for

from alliance.domain.access import Permission, may
from alliance.domain.people import Viewer
from alliance.web.guards import rule_for

PLACES = (
    ("therapist.caseload", "Caseload"),
    ("therapist.trends", "Trends"),
    ("supervisor.overview", "Supervision"),
    ("supervisor.trail", "Who opened what"),
    ("paper.start", "Forms on paper"),
    ("admin.index", "Administration"),
    ("staffing.people", "People"),
    ("admin.settings", "Settings"),
    ("audit_pages.trail", "Audit trail"),
    ("help.index", "Help"),
)

# Where work begins: the first of these that somebody may open.
HOMES = (
    ("supervisor.overview", Permission.SEE_SUPERVISION),
    ("therapist.caseload", Permission.SEE_CASELOAD),
    ("admin.index", Permission.SEE_PEOPLE),
    ("signin.account", Permission.SEE_OWN_ACCOUNT),
)


# Parts of the house that belong to where therapists and supervisors work.
BESIDE = frozenset(
    {
        *("therapist", "supervisor", "patients", "contacts", "leaving", "own_views", "rights", "sharing"),
        *("sheets", "slips"),
    }
)

# Parts that have no link of their own in the bar, and the one through whose pages people come to them.
WITHIN = {
    "supervisions": "staffing",
    **dict.fromkeys(("upkeep", "instruments", "tablets", "erasing", "retiring"), "admin"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the bar. `current` is what `aria-current` says, or nothing."""

    label: str
    address: str
    current: str = ""


def places() -> list[Place]:
    """The links that the one who looks may follow. A page below a place counts as that place."""
    viewer: Viewer | None = g.get("viewer")
    allowed = [(endpoint, label) for endpoint, label in PLACES if _may_go(viewer, endpoint)]
    here = _here([endpoint for endpoint, _ in allowed])
    return [
        Place(
            label,
            url_for(endpoint),
            ("page" if endpoint == request.endpoint else "true") if endpoint == here else "",
        )
        for endpoint, label in allowed
    ]


def home(viewer: Viewer) -> str:
    """The address where this person's work begins."""
    return url_for(next(endpoint for endpoint, permission in HOMES if may(viewer, permission)))


def _may_go(viewer: Viewer | None, endpoint: str) -> bool:
    rule = rule_for(endpoint)
    return not isinstance(rule, Permission) or (viewer is not None and may(viewer, rule))


def _here(allowed: list[str]) -> str | None:
    """The place of the present page: itself, or the first place of its part of the house."""
    endpoint = request.endpoint or ""
    if endpoint in allowed:
        return endpoint
    part = endpoint.partition(".")[0]
    # A supervisor opens patients' pages too.
    if part in BESIDE:
        return next((place for place in allowed if place.startswith(("therapist.", "supervisor."))), None)
    if part == "cards":
        return "help.index"
    part = WITHIN.get(part, part)
    return next((place for place in allowed if place.partition(".")[0] == part), None)
