"""When something goes wrong the page says what to do next, to each in their own surroundings."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, abort
from werkzeug.exceptions import HTTPException

from alliance.actions.clinic import Unavailable
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from tests.cast import Cast, signed_in
from tests.page import Page, PageClient

SECRET = "/srv/clinic/clinic.db: password=hunter2"


def going_wrong(app: Flask, endpoint: str, error: Exception | int) -> None:
    """Let a view end this way, as the server meets it rather than as a test does."""

    def view(**_: Any) -> Any:
        if isinstance(error, int):
            abort(error)
        raise error

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions[endpoint] = view


def shown(client: PageClient, path: str, status: int) -> Page:
    return client.page(path, status)


@pytest.mark.parametrize(
    ("error", "status", "h1"),
    [
        (NotFound(), 404, "There is nothing here"),
        (Forbidden(), 403, "This is somebody else’s to do"),
        (Unavailable(SECRET), 503, "This cannot be shown just now"),
        (Fault("Enter a day that is not in the future", "held_on"), 422, "This cannot be done as it is"),
        (RuntimeError(SECRET), 500, "Something went wrong here"),
        (413, 413, "That was too much to send"),
        (418, 418, "This could not be read"),
        (501, 501, "Something went wrong here"),
    ],
)
def test_staff_keep_their_surroundings(app: Flask, error: Exception | int, status: int, h1: str) -> None:
    client = signed_in(app, "jonas")
    going_wrong(app, "therapist.caseload", error)
    page = shown(client, "/caseload", status)
    assert (page.h1, page.title) == (h1, f"{h1} – Alliance")
    assert page.link("Jonas Berg") == "/account"
    assert page.link("Start page") == "/"
    assert SECRET not in page.html and "Traceback" not in page.html


def test_a_fault_nobody_caught_is_still_said(app: Flask) -> None:
    client = signed_in(app, "jonas")
    going_wrong(app, "therapist.caseload", Fault("Enter a day that is not in the future"))
    assert "Enter a day that is not in the future." in shown(client, "/caseload", 422).main


@pytest.mark.parametrize(
    ("error", "status", "h1"),
    [
        (RuntimeError(SECRET), 500, "Something went wrong here"),
        (Unavailable(SECRET), 503, "This cannot be shown just now"),
        (404, 404, "There is nothing here"),
        (400, 400, "This could not be read"),
    ],
)
def test_patients_see_no_staff_page(app: Flask, client: PageClient, error: Any, status: int, h1: str) -> None:
    going_wrong(app, "patient.form", error)
    page = shown(client, "/a/some-token", status)
    assert (page.h1, page.staff, page.title) == (h1, False, h1)
    assert "01632 960114" in page.text  # whom to call
    assert SECRET not in page.html and "Traceback" not in page.html
    assert "Alliance" not in page.html


def test_with_the_database_gone_there_is_still_a_page(app: Flask, cast: Cast) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = signed_in(app, "jonas")
    cast.clinic.close()
    page = shown(client, "/caseload", 503)
    assert page.h1 == "This cannot be shown just now"
    page = shown(client, f"/a/{cast.alder.token}/unknown", 404)
    assert "call the emergency number of your country" in page.main
    assert client.get("/status").data == b"down\n"
    assert client.get("/status").status_code == 503


def test_what_could_not_be_saved_is_told_from_what_cannot_be_shown(app: Flask) -> None:
    client = signed_in(app, "jonas")
    form = client.page("/patients/new").form("Add this patient")
    going_wrong(app, "therapist.add_patient", Unavailable(SECRET))
    response = client.submit(form, {"code": "Elm 3"})
    assert response.status_code == 503
    assert response.page.h1 == "We could not save this just now"  # type: ignore[attr-defined]


def test_up_is_all_that_is_said(client: PageClient) -> None:
    response = client.get("/status")
    assert (response.status_code, response.data) == (200, b"up\n")


def test_a_busy_server_says_when_to_come_back(app: Flask) -> None:
    client = signed_in(app, "jonas")
    going_wrong(app, "therapist.caseload", Unavailable("locked"))
    assert client.get("/caseload").headers["Retry-After"] == "30"


def test_what_a_page_does_take_is_said(client: PageClient) -> None:
    response = client.post("/account")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_a_page_open_too_long_is_explained(app: Flask) -> None:
    client = signed_in(app, "jonas")
    response = client.post("/sign-out", data={"csrf_token": "of another time"})
    assert response.status_code == 400
    assert response.page.h1 == "This page was open too long"  # type: ignore[attr-defined]
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10_000_000])
def test_too_much_is_refused_before_it_is_read(app: Flask, size: int) -> None:
    client = signed_in(app, "jonas")
    response = client.post("/sign-out", data=b"x" * size, content_type="application/x-www-form-urlencoded")
    assert (response.status_code, response.page.h1) == (413, "That was too much to send")  # type: ignore[attr-defined]


def test_too_many_fields_are_refused(app: Flask) -> None:
    client = signed_in(app, "jonas")
    data = {f"field{i}": "x" for i in range(250)}
    assert client.post("/sign-out", data=data, content_type="multipart/form-data").status_code == 413


def test_every_error_class_of_werkzeug_has_a_page(app: Flask) -> None:
    client = signed_in(app, "jonas")
    for error in HTTPException.__subclasses__():
        if error.code is not None and error.code >= 400:
            going_wrong(app, "therapist.caseload", error.code)
            shown(client, "/caseload", error.code)
