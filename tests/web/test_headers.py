"""What every response tells the browser, word for word."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, abort
from werkzeug.datastructures import Headers

from tests.cast import Cast, signed_in
from tests.page import PageClient

EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PATIENT_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STAFF_CSP = PATIENT_CSP.replace(
    "style-src 'self'", "style-src 'self' 'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
)
PAGE = "text/html; charset=utf-8"
NEVER = {"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "X-Powered-By", "Server"}


def judge(headers: Headers, csp: str, cache: str, kind: str) -> None:
    expected = EVERYWHERE | {"Content-Security-Policy": csp, "Cache-Control": cache, "Content-Type": kind}
    assert {name: headers.get(name) for name in expected} == expected
    for name in expected:
        assert len(headers.getlist(name)) == 1, f"{name} is sent twice"
    assert not NEVER & set(headers.keys())


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/sign-in", 200, PAGE),
        ("/", 303, PAGE),
        ("/account", 303, PAGE),
        ("/caseload", 303, PAGE),
        ("/help", 200, PAGE),
        ("/welcome/unknown", 404, PAGE),
        ("/nothing/here", 404, PAGE),
        ("/sign-out", 405, PAGE),
        ("/static/nothing.css", 404, PAGE),
        ("/status", 200, "text/plain; charset=utf-8"),
    ],
)
def test_whoever_is_signed_out(client: PageClient, path: str, status: int, kind: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    judge(response.headers, STAFF_CSP, "no-store", kind)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/thanks", 200),
        ("/leave", 200),
        ("/a/unknown", 404),
        ("/stop/unknown", 404),
        ("/a/unknown/more", 303),
        ("/thanks/x", 404),
    ],
)
def test_patients(client: PageClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    judge(response.headers, PATIENT_CSP, "no-store", PAGE)


def test_the_questionnaire(client: PageClient, cast: Cast) -> None:
    judge(client.get(f"/a/{cast.alder.token}").headers, PATIENT_CSP, "no-store", PAGE)


@pytest.mark.parametrize("who", ["jonas", "miriam", "tomasz"])
def test_staff(app: Flask, who: str) -> None:
    client = signed_in(app, who)
    judge(client.get("/account").headers, STAFF_CSP, "no-store", PAGE)
    judge(client.get("/", follow_redirects=True).headers, STAFF_CSP, "no-store", PAGE)


def test_the_data_of_a_chart(app: Flask) -> None:
    response = signed_in(app, "jonas").get("/caseload/trends.json")
    assert response.status_code == 200
    judge(response.headers, STAFF_CSP, "no-store", "application/json; charset=utf-8")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("css/staff.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml; charset=utf-8"),
        ("js/charts.js", "text/javascript; charset=utf-8"),
    ],
)
def test_files_may_be_kept_but_are_asked_for(client: PageClient, name: str, kind: str) -> None:
    with client.get(f"/static/{name}") as response:
        assert response.status_code == 200
        judge(response.headers, STAFF_CSP, "no-cache", kind)
        tag = response.headers["ETag"]
    with client.get(f"/static/{name}", headers={"If-None-Match": tag}) as response:
        assert (response.status_code, response.headers["Cache-Control"]) == (304, "no-cache")


@pytest.mark.parametrize(("code", "words"), [(413, "too much"), (500, "went wrong"), (503, "save this")])
def test_whatever_goes_wrong(client: PageClient, code: int, words: str) -> None:
    def view(**_: Any) -> Any:
        abort(code)

    client.application.view_functions["signin.home"] = view
    response = client.get("/")
    assert response.status_code == code
    assert words in response.get_data(as_text=True)
    judge(response.headers, STAFF_CSP, "no-store", PAGE)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://alliance.example.evil.example"])
def test_no_other_site_may_read_anything(client: PageClient, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        response = client.open(
            "/sign-in",
            method=method,
            headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
            allow={"headers"},
        )
        assert not [name for name in dict(response.headers) if name.startswith("Access-Control-")]


@pytest.mark.parametrize(
    "host", ["evil.example", "alliance.example.evil.example", "alliance.example@evil", ""]
)
def test_no_other_name_is_answered_to(client: PageClient, host: str) -> None:
    for path in ("/sign-in", "/a/unknown", "/nothing/here"):
        response = client.get(path, headers={"Host": host, "X-Forwarded-Host": "evil.example"})
        assert (response.status_code, response.text) == (
            400,
            "This server answers at https://alliance.example\n",
        )
        csp = PATIENT_CSP if path.startswith("/a/") else STAFF_CSP
        judge(response.headers, csp, "no-store", "text/plain; charset=utf-8")


@pytest.mark.parametrize("host", ["alliance.example", "alliance.example:443", "localhost"])
def test_its_own_names_are(client: PageClient, host: str) -> None:
    response = client.get("/", headers={"Host": host, "X-Forwarded-Host": "evil.example"})
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")
