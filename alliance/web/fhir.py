"""FHIR R4, to be read by another system with a therapist's token. See docs/fhir.md."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from alliance.actions import fhir_reading
from alliance.actions.fhir_reading import KINDS_READ
from alliance.domain.access import NotFound
from alliance.exchange.fhir.capability import capability_statement
from alliance.exchange.fhir.search import SearchFault
from alliance.web import bearer
from alliance.web.context import current_clinic, now
from alliance.web.fhir_answers import BadSearch, answer

blueprint = Blueprint("fhir", __name__)

SINCE = "2026-11-23"  # when what can be done here last changed
HOW = "A token that a therapist makes under “Your account”, sent as “Authorization: Bearer …”. It reads, no more."

# By resource, the endpoints of one and of several, as the policy names them.
ENDPOINTS = {
    "CodeSystem": ("code_system", "code_systems"),
    "Encounter": ("encounter", "encounters"),
    "Observation": ("observation", "observations"),
    "Patient": ("patient", "patients"),
    "Questionnaire": ("questionnaire", "questionnaires"),
    "QuestionnaireResponse": ("response", "responses"),
}


@blueprint.get("/fhir/metadata")
def statement() -> ResponseReturnValue:
    """What can be done here. It says nothing of anybody, so it asks for no token."""
    clinic = current_clinic()
    told = clinic.settings()
    if not told.fhir:
        raise NotFound
    names = fhir_reading.names_of(clinic, told)
    kinds = {kind: parameters for kind, (_, parameters) in KINDS_READ.items()}
    return answer(capability_statement(names, kinds, since=SINCE, bearer=HOW))


def reading(kind: str) -> Callable[[str], ResponseReturnValue]:
    """The view of one resource of a kind."""

    def read(resource_id: str) -> ResponseReturnValue:
        return answer(fhir_reading.read(current_clinic(), bearer.caller(), kind, resource_id, now()))

    return read


def searching(kind: str) -> Callable[[], ResponseReturnValue]:
    """The view of a search for a kind."""

    def search() -> ResponseReturnValue:
        told = list(request.args.items(multi=True))
        try:
            return answer(fhir_reading.find(current_clinic(), bearer.caller(), kind, told, now()))
        except SearchFault as fault:
            raise BadSearch(fault.sentence) from None

    return search


for _kind, (_one, _several) in ENDPOINTS.items():
    blueprint.add_url_rule(f"/fhir/{_kind}", _several, searching(_kind), methods=["GET"])
    blueprint.add_url_rule(f"/fhir/{_kind}/<resource_id>", _one, reading(_kind), methods=["GET"])
