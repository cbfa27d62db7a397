"""A staff form that says a thing twice is refused whole; patients are asked which of the two they meant."""

from __future__ import annotations

import pytest
from flask import Flask
from wtforms import SelectMultipleField

from alliance.web import admin_forms, forms, rights_forms, staffing_forms, therapist_forms, tokens
from alliance.web.guards import SEVERAL
from tests.actions.sending import everything
from tests.cast import PASSWORD, Cast, address, signed_in
from tests.page import PageClient, page_client


@pytest.mark.parametrize(
    ("who", "path"),
    [("jonas", "/patients/new"), ("tomasz", "/admin/people"), ("tomasz", "/admin/settings")],
)
def test_a_second_value_of_any_field_changes_nothing(app: Flask, cast: Cast, who: str, path: str) -> None:
    client = signed_in(app, who)
    found = [form for form in client.page(path).forms if form.method == "POST" and form.action != "/sign-out"]
    before, tried = everything(cast.clinic), 0
    for form in found:
        for name in {name for name, _ in form.data({})} - SEVERAL:
            sent = [*form.data({}), (name, "another")]
            for order in (sent, sent[::-1]):
                data: dict[str, list[str]] = {}
                for field, value in order:
                    data.setdefault(field, []).append(value)
                response = client.post(form.action or path, data=data)
                assert response.status_code == 400, (form.action, name)
                tried += 1
    assert tried > 3
    assert everything(cast.clinic) == before


def test_nobody_signs_in_with_two_addresses(app: Flask) -> None:
    client: PageClient = page_client(app)
    token = client.page("/sign-in").form("Sign in")["csrf_token"]
    sent = {"email": [address("jonas"), address("miriam")], "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=sent).status_code == 400
    assert client.post("/sign-in", data={**sent, "email": address("jonas")}).status_code == 303


def test_what_may_be_several_is_just_what_the_forms_offer_several_of() -> None:
    offered = {"session", "patient"}  # of the sheet of slips and of who is to be erased, no forms of these
    for module in (admin_forms, forms, rights_forms, staffing_forms, therapist_forms, tokens):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, forms.StaffForm):
                offered |= {field.name for field in kind() if isinstance(field, SelectMultipleField)}
    assert offered == SEVERAL


def test_a_part_without_a_name_stands_for_nothing(app: Flask) -> None:
    client: PageClient = page_client(app)
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\nsomething\r\n--x--\r\n"
    for path, status in (("/sign-in", 400), ("/sign-out", 400)):
        sent = client.post(path, data=body, content_type="multipart/form-data; boundary=x")
        assert sent.status_code == status, path
