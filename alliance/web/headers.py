"""What every response tells the browser: where content may come from, what to keep, what not to do."""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, request

from alliance.web.assets import PLOTLY_STYLE
from alliance.web.context import on_patient_side

# Nothing but this server, nothing inline. Staff pages may hold charts, so one style element of the chart
# library is let through by its hash; patients' pages hold none, and let nothing through.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PATIENT_POLICY = POLICY.format(styles="'self'")
STAFF_POLICY = POLICY.format(styles=f"'self' {PLOTLY_STYLE}")

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",  # also keeps the chart library from sending charts away
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send no origin with forms either
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PATIENT_HEADERS = [*ALWAYS.items(), ("Content-Security-Policy", PATIENT_POLICY)]
STAFF_HEADERS = [*ALWAYS.items(), ("Content-Security-Policy", STAFF_POLICY)]
A_YEAR_OF_TLS = "max-age=31536000"
KEEPABLE = ("assets", "static")  # parts of the house whose files hold nothing personal


def install(app: Flask, *, over_tls: bool) -> None:
    """Add the headers to every response, errors included."""
    app.after_request(partial(_add, over_tls=over_tls))


def _add(response: Response, *, over_tls: bool) -> Response:
    response.headers.extend(PATIENT_HEADERS if on_patient_side() else STAFF_HEADERS)
    if over_tls:
        response.headers.add("Strict-Transport-Security", A_YEAR_OF_TLS)
    part = (request.endpoint or "").partition(".")[0]
    if part not in KEEPABLE or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if response.mimetype == "application/json":
        response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response
