"""What a request works with: the clinic, the moment, and who is looking."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, g, request, url_for

from alliance.actions.clinic import Clinic
from alliance.domain.access import NotFound
from alliance.domain.people import Viewer
from alliance.web.addresses import is_patients


def current_clinic() -> Clinic:
    """The clinic that this application serves."""
    clinic: Clinic = current_app.extensions["clinic"]
    return clinic


def now() -> datetime:
    """The moment of this request, in UTC: read once, so that everything in it happens at the same time."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def current_viewer() -> Viewer:
    """Who is looking. The guard has let only signed-in people through to where this is asked."""
    viewer: Viewer | None = g.get("viewer")
    if viewer is None:
        raise NotFound
    return viewer


def public_address(endpoint: str, token: str) -> str:
    """The whole address of what a token opens, to be handed to somebody. Nothing of it is from what a browser said."""
    return current_clinic().config.public_url + url_for(endpoint, token=token)


def on_patient_side() -> bool:
    """Whether this address belongs to patients, where staff pages, sessions and names have no place."""
    return is_patients(request.path)


def on_fhir() -> bool:
    """Whether another system asks here, and not a person with a browser."""
    return f"{request.path}/".startswith("/fhir/")
