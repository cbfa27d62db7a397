"""Up or down, for whoever watches the machine. Nothing else."""

from __future__ import annotations

from flask import Blueprint, Response

from alliance.web.context import current_clinic

blueprint = Blueprint("status", __name__)


@blueprint.get("/status")
def status() -> Response:
    """Up if the database can be read."""
    try:
        current_clinic().settings()
    except Exception:  # whatever it is: the one who asks is told no more than this
        return Response("down\n", 503, mimetype="text/plain")
    return Response("up\n", mimetype="text/plain")
