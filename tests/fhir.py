"""FHIR from outside: two judges of resources that know nothing of each other or of us, and tokens to come in with.

One judge is HL7's own JSON schema of R4, which knows elements, their types and the codes they may hold. The other are
SMART's models of R4, which know what is required, repeated or one of several.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

from alliance.actions import fhir_tokens
from alliance.domain.fhir_access import Scope
from tests.actions.stories import set_up
from tests.cast import NOW, Cast

SCHEMA = Path(__file__).parent / "exchange" / "fhir" / "r4.schema.json"
BASE = "https://alliance.example/fhir"


@cache
def judge(kind: str) -> Any:
    """HL7's schema of one kind of resource."""
    told = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft6Validator(told | {"$ref": f"#/definitions/{kind}"})


def by_schema(resource: dict[str, Any]) -> list[str]:
    """What HL7's schema finds wrong."""
    found = judge(resource["resourceType"]).iter_errors(resource)
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in found]


def by_models(resource: dict[str, Any]) -> list[str]:
    """What SMART's models find wrong; and whether they say the same again."""
    kind = resource["resourceType"]
    model = getattr(importlib.import_module(f"fhirclient.models.{kind.lower()}"), kind)
    try:
        again = model(resource).as_json()
    except Exception as error:  # of several kinds, and each is a finding
        return [str(error)[:300]]
    return [] if again == plain(resource) else ["comes back as something else"]


def plain(told: Any) -> Any:
    """A resource without the extensions of plain values, which these models read and do not say again."""
    if isinstance(told, list):
        return [plain(one) for one in told]
    if not isinstance(told, dict):
        return told
    return {name: plain(value) for name, value in told.items() if not name.startswith("_")}


def faults(resource: dict[str, Any]) -> list[str]:
    """What either finds wrong."""
    return [*by_schema(resource), *by_models(resource)]


def allow(cast: Cast, allowed: bool = True) -> None:
    """Let there be tokens in this clinic, or not."""
    set_up(cast, fhir=allowed)


def token(cast: Cast, who: str = "jonas", scopes: Collection[str] = tuple(Scope), days: int = 90) -> str:
    """A token of this person's."""
    return fhir_tokens.make(
        cast.clinic, cast.viewer(who), name="Records", scopes=list(scopes), days=days, now=NOW
    )


def bearers(cast: Cast) -> dict[str, dict[str, str]]:
    """What systems send whose tokens open everything a token can, or scores alone, in a clinic that allows it."""
    allow(cast)
    told = {"records": token(cast), "scores": token(cast, scopes=[Scope.OBSERVATIONS])}
    return {who: {"Authorization": f"Bearer {one}"} for who, one in told.items()}


def samples(cast: Cast) -> dict[str, object]:
    """The first token, and an id of each kind by the endpoint that reads it: Alder 14, the first of the sessions."""
    with cast.clinic.db.read() as conn:
        found = conn.execute(
            "SELECT min(s.id) AS id FROM therapy_session AS s JOIN dyad AS d ON d.id = s.dyad_id"
            " WHERE d.patient_id = ?",
            (cast.alder.patient_id,),
        ).fetchone()
    return {
        "token_id": 1,
        "fhir.code_system": "alliance",
        "fhir.encounter": f"s{found['id']}",
        "fhir.observation": f"s{found['id']}-alliance",
        "fhir.patient": f"p{cast.alder.patient_id}",
        "fhir.questionnaire": "after-session-1.0-de",
        "fhir.response": f"s{found['id']}",
    }


def references(resource: Any) -> list[str]:
    """Every reference in it that leads to a resource."""
    if isinstance(resource, list):
        return [found for one in resource for found in references(one)]
    if not isinstance(resource, dict):
        return []
    own = [resource["reference"]] if isinstance(resource.get("reference"), str) else []
    return own + [found for value in resource.values() for found in references(value)]
