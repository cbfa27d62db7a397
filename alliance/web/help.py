"""How this works, for staff: what an alert is, how sure it is, what it rests on."""

from __future__ import annotations

from flask import Blueprint, render_template

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def index() -> str:
    """One page."""
    return render_template("help/index.html")
