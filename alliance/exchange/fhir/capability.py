"""What this server can do over FHIR, for other systems to read before anything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from alliance.exchange.fhir.names import VERSION, Names, Resource

SEARCH_TYPES = {"_id": "token", "_lastUpdated": "date", "patient": "reference", "code": "token"}
"""Search parameters by type; what is not here is a date."""


def capability_statement(
    names: Names, kinds: Mapping[str, Sequence[str]], *, since: str, bearer: str
) -> Resource:
    """The statement. `kinds` are the resources with their search parameters; `bearer` says how one gets in."""
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{names.base}/metadata",
        "status": "active",
        "date": since,
        "kind": "instance",
        "software": {"name": "Alliance"},
        "implementation": {
            "description": "Feedback on the therapeutic relationship, to be read",
            "url": names.base,
        },
        "fhirVersion": VERSION,
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "description": bearer},
                "resource": list(_resources(kinds)),
            }
        ],
    }


def _resources(kinds: Mapping[str, Sequence[str]]) -> Iterable[Resource]:
    for kind, searched in kinds.items():
        yield {
            "type": kind,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "versioning": "no-version",
            "searchParam": [{"name": name, "type": SEARCH_TYPES.get(name, "date")} for name in searched],
        }
