"""The administrator's pages: who works here, and what patients are told. No score, no word of a patient."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from alliance.actions import accounts
from alliance.domain.people import Role
from tests.cast import NOW, Cast, signed_in
from tests.page import Form, PageClient, page_client
from tests.web.posting import count, last_detail, page_of

SETTINGS = "/admin/settings"


@pytest.fixture
def tomasz(app: Flask) -> PageClient:
    return signed_in(app, "tomasz")


@pytest.fixture
def form(tomasz: PageClient) -> Form:
    return tomasz.page(SETTINGS).form("Save")


def stored(cast: Cast) -> Any:
    return cast.clinic.settings()


# Settings


def test_what_is_set_stands_in_the_form(form: Form) -> None:
    assert form["name"] == "Harbour Street"
    assert form["crisis_lines"] == "Harbour Street crisis line = 01632 960114\r\nEmergency = 112"
    assert (form["front_desk"], form["front_desk_hours"]) == ("01632 960100", "Monday to Friday, 9 to 5")
    assert (form["time_zone"], form["link_hours"]) == ("Europe/London", "168")


def test_patients_see_new_settings_from_now_on(
    app: Flask, tomasz: PageClient, form: Form, cast: Cast
) -> None:
    patient = page_client(app)
    assert "Night line" not in patient.page(f"/a/{cast.alder.token}").text
    response = tomasz.submit(
        form,
        {
            "name": "Lime Tree",
            "crisis_lines": "  Night line = +44 1632 960 999  \n\nEmergency=999\n",
            "front_desk": "01632 960111",
            "front_desk_hours": "",
            "link_hours": "48",
        },
        follow_redirects=True,
    )
    assert "Saved. Patients see this from now on." in page_of(response).main
    assert "Saved." not in tomasz.page(SETTINGS).main
    for page in (
        patient.page(f"/a/{cast.alder.token}"),
        patient.page("/thanks"),
        patient.page("/a/unknown", 404),
    ):
        assert dict(page.links)["+44 1632 960 999"] == "tel:+441632960999"
        assert dict(page.links)["999"] == "tel:999"
        assert "01632 960114" not in page.text and "Lime Tree" in page.text
    gone = patient.page("/a/unknown", 404)
    assert "call the front desk on 01632 960111." in gone.main


def test_what_changed_is_noted_by_name_and_not_by_value(tomasz: PageClient, form: Form, cast: Cast) -> None:
    tomasz.submit(form, {"name": "Lime Tree", "link_hours": "48"})
    assert sorted(last_detail(cast.clinic)["changed"]) == ["link_hours", "name"]


FAULTS = [
    ("name", "", "Enter the name that patients know the clinic by"),
    ("name", "   ", "Enter the name that patients know the clinic by"),
    ("name", "x" * 81, "Shorten this to 80 letters"),
    ("crisis_lines", "", "Enter at least one line that can be called at any time"),
    ("crisis_lines", "\r\n \r\n", "Enter at least one line that can be called at any time"),
    ("crisis_lines", "x" * 1001, "Shorten this to 1,000 letters"),
    ("crisis_lines", "01632 960114", "Enter a name and a number that can be dialled for each help line"),
    ("crisis_lines", "Night line = soon", "Enter a name and a number that can be dialled for each help line"),
    ("crisis_lines", "= 112", "Enter a name and a number that can be dialled for each help line"),
    ("front_desk", "1" * 41, "Shorten this to 40 letters"),
    ("front_desk", "at the door", "Enter a number that can be dialled, or leave it out"),
    ("front_desk_hours", "x" * 81, "Shorten this to 80 letters"),
    ("time_zone", "", "Enter a time zone, such as Europe/London"),
    ("time_zone", "Europe/Atlantis", "Enter a time zone by its name, such as Europe/London"),
    ("time_zone", "../../etc/passwd", "Enter a time zone by its name, such as Europe/London"),
    ("link_hours", "", "Enter a number of hours, such as 168"),
    ("link_hours", "a week", "Enter a number of hours, such as 168"),
    ("link_hours", "1_0", "Enter a number of hours, such as 168"),
    ("link_hours", "-1", "Enter a number of hours, such as 168"),
    ("link_hours", "9" * 40, "Enter a number of hours, such as 168"),
    ("link_hours", "0", "Enter a number of hours from 1 to 336"),
    ("link_hours", "337", "Enter a number of hours from 1 to 336"),
]


@pytest.mark.parametrize(("field", "value", "sentence"), FAULTS)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(
    tomasz: PageClient, form: Form, cast: Cast, field: str, value: str, sentence: str
) -> None:
    before = stored(cast)
    other = "name" if field != "name" else "front_desk"
    response = tomasz.submit(form, {other: "Lime Tree 1", field: value})
    assert response.status_code == 422
    page = page_of(response)
    assert page.title == "Error: Settings – Alliance"
    assert page.errors == [sentence] and page.link(sentence) == f"#{field}"
    again = page.form("Save")
    assert again[other] == "Lime Tree 1"
    assert (again[field] or "").strip() == value.strip()
    assert stored(cast) == before


@pytest.mark.parametrize("hours", ["1", "336"])
def test_the_longest_and_the_shortest_life_of_a_link(
    tomasz: PageClient, form: Form, cast: Cast, hours: str
) -> None:
    assert tomasz.submit(form, {"link_hours": hours}).status_code == 303
    assert stored(cast).link_hours == int(hours)


def test_fields_that_nobody_asked_for_change_nothing(tomasz: PageClient, form: Form, cast: Cast) -> None:
    staff = count(cast.clinic, "staff_role")
    assert (
        tomasz.submit(
            form, extra={"demo": "1", "public_url": "https://evil.example", "role": "admin"}
        ).status_code
        == 303
    )
    assert count(cast.clinic, "staff_role") == staff
    assert stored(cast).name == "Harbour Street"


def test_signs_that_cannot_be_seen_are_left_out(tomasz: PageClient, form: Form, cast: Cast) -> None:
    tomasz.submit(form, {"name": "Lime\x00 Tree\x1b"})
    assert stored(cast).name == "Lime Tree"


# People


def test_everybody_is_listed_with_roles_and_account(tomasz: PageClient, cast: Cast) -> None:
    roles = [Role.THERAPIST, Role.SUPERVISOR]
    email = "nora@clinic.example"
    accounts.invite(cast.clinic, name="Nora Lind", email=email, roles=roles, now=NOW, actor="command")
    rows = {row[0]: row[1:] for row in tomasz.page("/admin").tables[0][1:]}
    assert rows["Jonas Berg"] == ["jonas@clinic.example", "therapist", "open"]
    assert rows["Dana Reed"] == ["dana@clinic.example", "therapist", "closed"]
    assert rows["Nora Lind"] == [
        "nora@clinic.example",
        "supervisor and therapist",
        "invited, not yet accepted",
    ]
    assert len(rows) == 8


def test_there_is_nothing_of_a_patient(tomasz: PageClient, cast: Cast) -> None:
    for path in ("/admin", SETTINGS, "/account", "/help"):
        page = tomasz.page(path)
        assert "Alder" not in page.html and "Birch" not in page.html
