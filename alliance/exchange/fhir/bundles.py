"""Several resources in one: a file, or a page of what was searched for. And what is said when something goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from alliance.exchange.fhir.names import Names, Resource, instant


def collection(made_at: datetime) -> Resource:
    """A file of resources, in which every reference leads to another of them; its `entries` go into `entry`."""
    return {"resourceType": "Bundle", "type": "collection", "timestamp": instant(made_at)}


def entries(names: Names, resources: Iterable[Resource]) -> list[Resource]:
    """Resources with the addresses by which they refer to each other."""
    return [{"fullUrl": _address(names, one), "resource": one} for one in resources]


def searchset(
    names: Names, resources: Sequence[Resource], *, total: int, this: str, following: str | None
) -> Resource:
    """A page of what was found: `total` on all pages, its own address, and that of the next page."""
    links = [{"relation": "self", "url": this}]
    if following:
        links.append({"relation": "next", "url": following})
    told: Resource = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    found = [one | {"search": {"mode": "match"}} for one in entries(names, resources)]
    return told | ({"entry": found} if found else {})  # an empty list is none in FHIR


def _address(names: Names, resource: Resource) -> str:
    return names.url(resource["resourceType"], resource["id"])


def outcome(code: str, sentence: str) -> Resource:
    """What went wrong, by its kind in FHIR and in a sentence."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": sentence}],
    }
