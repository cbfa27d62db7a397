"""The application: a table of contents."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from alliance.actions.clinic import Clinic
from alliance.config import THIS_MACHINE, Config
from alliance.web import (
    admin,
    assets,
    audit_pages,
    cards,
    contacts,
    disputes,
    erasing,
    errors,
    fhir,
    filters,
    follow_up,
    guards,
    guessing,
    handing_over,
    headers,
    instruments,
    kiosk,
    languages,
    leaving,
    maintenance,
    marks,
    muting,
    navigation,
    own_account,
    own_views,
    paper,
    passkeys,
    patient,
    patients,
    retiring,
    rights,
    rights_news,
    second_step,
    sessions,
    sharing,
    sheets,
    signin,
    slips,
    staffing,
    status,
    stopping,
    supervisions,
    supervisor,
    tablets,
    therapist,
    tokens,
    upkeep,
)
from alliance.web import help as help_pages
from alliance.web.requests import Request

LARGEST_REQUEST = 64 * 1024  # bytes; the longest form filled to the brim is a tenth of it
LIMITS = {
    "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
    "MAX_FORM_MEMORY_SIZE": LARGEST_REQUEST,
    "MAX_FORM_PARTS": 200,
    "PROVIDE_AUTOMATIC_OPTIONS": False,  # nobody here asks, and every method less is one less to guard
}


def create_app(clinic: Clinic, *, testing: bool = False) -> Flask:
    """The application for one clinic. `testing` lets errors through to the test and trusts local names."""
    app = Flask(__name__, static_folder=static_folder())
    app.request_class = Request
    # Its redirects would be whole addresses, made from what the browser said.
    app.url_map.merge_slashes = False
    app.extensions["clinic"] = clinic
    app.config.update(LIMITS, TESTING=testing, TRUSTED_HOSTS=trusted_hosts(clinic.config, testing=testing))
    app.jinja_env.globals.update(demo=clinic.config.demo, places=navigation.places)
    filters.install(app)
    languages.install(app)
    rights_news.install(app)

    sessions.configure(app, clinic)
    # The link is the authority there.
    guards.install(
        app,
        without_csrf=[
            disputes.blueprint,
            follow_up.blueprint,
            kiosk.blueprint,
            patient.blueprint,
            stopping.blueprint,
        ],
    )

    for part in (
        admin,
        assets,
        audit_pages,
        cards,
        contacts,
        disputes,
        erasing,
        fhir,
        follow_up,
        handing_over,
        help_pages,
        instruments,
        kiosk,
        leaving,
        marks,
        muting,
        own_account,
        own_views,
        paper,
        passkeys,
        patient,
        patients,
        retiring,
        rights,
        second_step,
        sharing,
        sheets,
        signin,
        slips,
        staffing,
        status,
        stopping,
        supervisions,
        supervisor,
        tablets,
        therapist,
        tokens,
        upkeep,
    ):
        app.register_blueprint(part.blueprint)

    headers.install(app, over_tls=clinic.config.public_url.startswith("https://"))
    guessing.install(app)  # after the headers, which its own answers get too
    errors.install(app)
    return app


def create_closed_app(config: Config) -> Flask:
    """The application for a clinic whose database has to be put back first: it answers, calmly, that it is closed."""
    app = Flask(__name__, static_folder=static_folder())
    app.config.update(LIMITS)
    languages.install(app)
    maintenance.install(app)
    headers.install(app, over_tls=config.public_url.startswith("https://"))
    return app


def static_folder() -> Path:
    """Style sheets and scripts: inside the package once installed, beside it in a checkout."""
    here = Path(__file__).parent
    inside = here / "static"
    return inside if inside.is_dir() else here.parent / "static"


def trusted_hosts(config: Config, *, testing: bool) -> list[str]:
    """The names this server goes by. Links are never built from any other."""
    host = urlsplit(config.public_url).hostname or ""
    local = config.demo or testing or host in THIS_MACHINE
    return sorted({host, *config.hosts, *(THIS_MACHINE if local else ())})
