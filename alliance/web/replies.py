"""Replies that are not pages."""

from __future__ import annotations

from flask import Response

from alliance.web.charts_style import Spec, as_json


def chart_reply(spec: Spec) -> Response:
    """A chart's specification, for the script that draws it."""
    return Response(as_json(spec), mimetype="application/json")
