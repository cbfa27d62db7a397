"""A chart's specification as an answer to the page's script: compact, packed, kept by nobody."""

from __future__ import annotations

import gzip

from flask import Response, request

from alliance.web.charts.style import Spec, as_json

WORTH_PACKING = 800  # bytes


def chart_reply(spec: Spec) -> Response:
    """The specification as JSON. It is about a patient, so no cache on the way may keep it."""
    body = as_json(spec).encode()
    packed = len(body) > WORTH_PACKING and request.accept_encodings.quality("gzip") > 0
    response = Response(gzip.compress(body, 6, mtime=0) if packed else body, mimetype="application/json")
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "private, no-store"
    return response
