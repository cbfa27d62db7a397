"""The staff's side of the clinic's tablets: the administrator's list of them, and a code for one of them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from alliance.actions import devices
from alliance.actions.devices import SetUp
from alliance.actions.faults import Fault
from alliance.domain.kiosk import CODE_LASTS, SETUP_LASTS
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now, public_address
from alliance.web.forms import StaffForm, whole
from alliance.web.ways import session_page, square

blueprint = Blueprint("tablets", __name__)


class TabletForm(StaffForm):
    """A tablet to be added."""

    name = StringField("Name", [InputRequired("Enter a name, such as Front desk")])
    pin = PasswordField("Staff PIN", [InputRequired("Enter a PIN of 6 to 12 digits")])


@blueprint.get("/admin/devices")
def every() -> str:
    """All tablets of the clinic, and where one is added."""
    return _page(TabletForm())


def _page(form: TabletForm, **told: object) -> str:
    tablets = devices.every(current_clinic(), current_viewer())
    return render_template("admin/devices.html", form=form, tablets=tablets, now=now(), **told)


@blueprint.post("/admin/devices")
def add() -> ResponseReturnValue:
    """Add a tablet and show its set-up link, this once."""
    form = TabletForm(request.form)
    if form.validate():
        try:
            return _link(
                devices.add(
                    current_clinic(),
                    current_viewer(),
                    name=form.name.data or "",
                    pin=form.pin.data or "",
                    now=now(),
                )
            )
        except Fault as fault:
            form.take(fault)
    return _page(form, form_failed=True), 422


@blueprint.post(f"/admin/devices/<{ID}:device_id>/links")
def again(device_id: int) -> str:
    """A new set-up link for a tablet: it was reset, or the one before was not used in time."""
    return _link(devices.set_up_again(current_clinic(), current_viewer(), device_id, now()))


def _link(made: SetUp) -> str:
    address = public_address("kiosk.set_up", made.token)
    return render_template(
        "admin/device_link.html",
        tablet=made.tablet,
        address=address,
        square=square(address, "The link as a square to scan"),
        minutes=int(SETUP_LASTS.total_seconds()) // 60,
    )


@blueprint.post(f"/admin/devices/<{ID}:device_id>/revoke")
def revoke(device_id: int) -> ResponseReturnValue:
    """Take a tablet out of use at once."""
    tablet = devices.revoke(current_clinic(), current_viewer(), device_id, now())
    flash(f"“{tablet.name}” is revoked. It opens nothing any more.")
    return redirect(url_for("tablets.every"), code=303)


@blueprint.post(f"/sessions/<{ID}:session_id>/codes")
def make_code(session_id: int) -> str:
    """Make a code for a tablet and show it, this once."""
    device_id = whole(request.form.get("tablet", ""))
    code = devices.make_code(current_clinic(), current_viewer(), session_id, device_id, now())
    minutes = int(CODE_LASTS.total_seconds()) // 60
    return session_page(session_id, "therapist/shown/code.html", kiosk_code=code, minutes=minutes)
