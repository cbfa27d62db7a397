"""One page asks for the password once more: before what is grave, and after a rest. What was sent goes on from there.

What was typed travels along in the page, in fields that are not shown, so that it is not lost and not kept.
"""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from alliance.actions import confirming
from alliance.actions.confirming import NotFresh
from alliance.actions.faults import Fault
from alliance.web import sessions
from alliance.web.context import current_clinic, now
from alliance.web.forms import ConfirmForm

PASSWORD = "confirm_password"  # noqa: S105 (the name of a field)
OWN = ("csrf_token", PASSWORD)


def page(fault: Fault | None = None) -> ResponseReturnValue:
    """The page that asks, with everything that was sent."""
    form = ConfirmForm()
    if fault is not None:
        form.take(fault)
    drawn = render_template(
        "signin/confirm.html",
        form=form,
        form_failed=fault is not None,
        rested=g.locked is not None,
        address=request.full_path.rstrip("?"),
        sent=[(name, value) for name, value in request.form.items(multi=True) if name not in OWN],
    )
    return drawn, 422 if fault is not None else 403


def take() -> ResponseReturnValue | None:
    """Look at the password that came along; the page again, if it is not the right one."""
    try:
        confirming.confirm(current_clinic(), sessions.present_id(), request.form[PASSWORD], now())
    except Fault as fault:
        return page(fault)
    return None


def not_fresh(_: NotFresh) -> ResponseReturnValue:
    """What was asked for is grave, and it is a while since somebody showed who they are."""
    return page()
