"""“This was not me”, said without script from the page that a session has its answers already."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import disputing
from alliance.web.context import current_clinic, now
from alliance.web.languages import spoken

blueprint = Blueprint("disputes", __name__)


@blueprint.post("/a/<token>/not-mine")
def not_mine(token: str) -> ResponseReturnValue:
    """Mark the answers, and go on to a page that is the same for every link, answered or not."""
    disputing.dispute(current_clinic(), token, now())
    return redirect(url_for("disputes.noted", language=spoken().tag), code=303)


@blueprint.get("/noted")
def noted() -> str:
    """That it was noted. The address holds no token, and the page says nothing about any answer."""
    return render_template("patient/noted.html", settings=current_clinic().settings())
