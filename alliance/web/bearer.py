"""Tokens of other systems: each request brings its own, and nothing is remembered from one to the next."""

from __future__ import annotations

from flask import g, request
from werkzeug import exceptions as http
from werkzeug.datastructures import WWWAuthenticate

from alliance.actions import fhir_tokens
from alliance.actions.fhir_tokens import Caller, NoToken, NotOpened
from alliance.domain.fhir_access import Scope
from alliance.web.context import current_clinic, now

REALM = "fhir"

# Part of the policy: which scope each address of records asks for.
READ: dict[str, Scope] = {
    "fhir.code_system": Scope.QUESTIONNAIRES,
    "fhir.code_systems": Scope.QUESTIONNAIRES,
    "fhir.encounter": Scope.PATIENTS,
    "fhir.encounters": Scope.PATIENTS,
    "fhir.observation": Scope.OBSERVATIONS,
    "fhir.observations": Scope.OBSERVATIONS,
    "fhir.patient": Scope.PATIENTS,
    "fhir.patients": Scope.PATIENTS,
    "fhir.questionnaire": Scope.QUESTIONNAIRES,
    "fhir.questionnaires": Scope.QUESTIONNAIRES,
    "fhir.response": Scope.RESPONSES,
    "fhir.responses": Scope.RESPONSES,
}


def come_in(scope: Scope) -> None:
    """Let in whoever brings a token that opens records of this kind."""
    g.caller = None
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    given = token.strip() if kind.lower() == "bearer" else ""
    try:
        g.caller = fhir_tokens.come_in(current_clinic(), given, scope, now())
    except NoToken:
        raise unauthorized() from None
    except NotOpened:
        raise http.Forbidden from None


def caller() -> Caller:
    """Who came. The guard has let in only who brought a token."""
    found: Caller | None = g.get("caller")
    if found is None:
        raise unauthorized()
    return found


def unauthorized() -> http.Unauthorized:
    """What is said to who brings none."""
    return http.Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": REALM}))
