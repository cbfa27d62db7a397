"""What other systems are answered: FHIR resources as JSON, and errors as an OperationOutcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flask import Response, request
from werkzeug import exceptions as http

from alliance.exchange.fhir.bundles import outcome as told

CONTENT = "application/fhir+json; charset=utf-8"

# By status: the kind of issue as FHIR names it, and a sentence. Nothing of what was asked for is repeated.
ISSUES = {
    400: ("invalid", "This could not be read."),
    401: ("login", "Send a token that works, as “Authorization: Bearer …”."),
    403: ("forbidden", "This token does not open records of this kind."),
    404: ("not-found", "There is nothing here, or it is not this token’s to open."),
    405: ("not-supported", "Records can be read here, and nothing else."),
    406: ("not-supported", "Answers are JSON: application/fhir+json."),
    429: ("throttled", "Too many wrong tokens came from where you are. One that is right still works."),
    500: ("exception", "Something went wrong here, and it has been noted."),
    503: ("transient", "The records cannot be read just now. Try again in a minute."),
}


class BadSearch(http.BadRequest):
    """A search that is none, with a sentence that says why."""


def answer(resource: Mapping[str, Any]) -> Response:
    """A resource. Its tag is a fingerprint, so that who has it already is sent no more than that it stands."""
    body = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
    tag = sha256(body).hexdigest()[:32]
    response = Response(body, content_type=CONTENT)
    response.set_etag(tag, weak=True)
    response.make_conditional(request)
    return response


def outcome(error: http.HTTPException) -> str:
    """What went wrong, as JSON."""
    status = error.code or 500
    code, sentence = ISSUES.get(status, ISSUES[400 if status < 500 else 500])
    if isinstance(error, BadSearch) and error.description:
        sentence = f"{error.description}."
    return json.dumps(told(code, sentence), ensure_ascii=False)
