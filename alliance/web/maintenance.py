"""While a damaged database waits to be put back: every address answers calmly that it is closed, and keeps nothing."""

from __future__ import annotations

from flask import Flask, Response, render_template, request

from alliance.languages import for_patients
from alliance.web.context import on_patient_side
from alliance.web.errors import RETRY_AFTER, Words
from alliance.web.posted import as_sent, sent_back

CLOSED = Words(
    for_patients("This cannot be shown just now"),
    for_patients(
        "Come back later, or answer on paper: ask your therapist, or at the front desk. Both count the same."
    ),
)
TO_STAFF = Words(
    "The clinic’s records are being put back in order",
    "Nobody can sign in until that is done, and nothing is lost by waiting.",
    "Patients can answer on paper meanwhile: note on each form whose session it was and when. Whoever looks after the "
    "machine finds with “alliance doctor” what to do.",
)
EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def install(app: Flask) -> None:
    """Answer everything but style sheets with a page that says so."""
    app.add_url_rule("/", "closed", closed, defaults={"path": ""}, methods=EVERY_METHOD)
    app.add_url_rule("/<path:path>", "closed", closed, methods=EVERY_METHOD)


def closed(path: str) -> Response:
    """Closed, for whoever asks. What a patient sends travels back in the page, ready to go again."""
    if path == "status":
        return _later(Response("down\n", mimetype="text/plain"))
    if not on_patient_side():
        return _later(Response(render_template("errors/bare.html", words=TO_STAFF, patient=False)))
    if request.method == "POST":
        sent = as_sent(request.get_data(cache=True))
        return _later(Response(sent_back(sent, request.full_path.removesuffix("?"))))
    return _later(Response(render_template("errors/bare.html", words=CLOSED, patient=True)))


def _later(response: Response) -> Response:
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response
