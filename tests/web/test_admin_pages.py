"""The administrator's settings: what patients are told, each part saved alone. No score, no word of a patient."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.cast import Cast, signed_in
from tests.page import Form, PageClient, page_client
from tests.web.posting import count, last_detail, page_of

SETTINGS = "/admin/settings"


@pytest.fixture
def tomasz(app: Flask) -> PageClient:
    return signed_in(app, "tomasz")


# The button under each part of the settings, and the part of each field.
BUTTONS = {"lines": "Save the help lines", "clinic": "Save the clinic", "links": "Save links"}
PART = {"name1": "lines", "number1": "lines", "country1": "lines", "link_hours": "links"}


def form_of(client: PageClient, part: str = "clinic") -> Form:
    return client.page(SETTINGS).form(BUTTONS[part])


def stored(cast: Cast) -> Any:
    return cast.clinic.settings()


# Settings


def test_what_is_set_stands_in_the_forms(tomasz: PageClient) -> None:
    lines, form = form_of(tomasz, "lines"), form_of(tomasz)
    assert form["name"] == "Harbour Street"
    assert [lines[name] for name in ("name1", "number1", "language1")] == [
        "Harbour Street crisis line",
        "01632 960114",
        "",
    ]
    assert (lines["name2"], lines["number2"], lines["name3"]) == ("Emergency", "112", "")
    assert (form["front_desk"], form["front_desk_hours"]) == ("01632 960100", "Monday to Friday, 9 to 5")
    assert (form["time_zone"], form_of(tomasz, "links")["link_hours"]) == ("Europe/London", "168")


def test_patients_see_new_settings_from_now_on(app: Flask, tomasz: PageClient, cast: Cast) -> None:
    patient = page_client(app)
    assert "Night line" not in patient.page(f"/a/{cast.alder.token}").text
    tomasz.submit(
        form_of(tomasz), {"name": "Lime Tree", "front_desk": "01632 960111", "front_desk_hours": ""}
    )
    response = tomasz.submit(
        form_of(tomasz, "lines"),
        {"name1": "  Night line ", "number1": "+44 1632 960 999", "number2": "999"},
        follow_redirects=True,
    )
    assert "Saved. Patients see these lines from now on." in page_of(response).main
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


def test_each_part_is_saved_alone(tomasz: PageClient, cast: Cast) -> None:
    tomasz.submit(form_of(tomasz, "links"), extra={"name": "Elsewhere", "monthly": "", "link_hours": "24"})
    assert (stored(cast).name, stored(cast).monthly, stored(cast).link_hours) == ("Harbour Street", True, 24)


def test_what_changed_is_noted_by_name_and_not_by_value(tomasz: PageClient, cast: Cast) -> None:
    tomasz.submit(form_of(tomasz), {"name": "Lime Tree", "front_desk": "01632 960111"})
    assert sorted(last_detail(cast.clinic)["changed"]) == ["front_desk", "name"]


def test_lines_in_the_patients_language_come_first_and_say_in_which_country(
    app: Flask, tomasz: PageClient, cast: Cast
) -> None:
    tomasz.submit(
        form_of(tomasz, "lines"),
        {"name3": "Telefonseelsorge", "number3": "0800 111", "language3": "de", "country3": "de"},
    )
    patient = page_client(app)

    def lines(language: str) -> list[str]:
        calls = patient.page(f"/a/{cast.alder.token}?language={language}").root.find("ul")
        assert calls is not None
        return [item.text for item in calls.find_all("li")]

    assert lines("de")[0] == "Telefonseelsorge (Deutschland) 0800 111"
    assert lines("de")[1:] == lines("en") == lines("es")
    assert len(lines("en")) == 2


def test_a_line_for_everybody_has_to_stay(tomasz: PageClient, cast: Cast) -> None:
    before = stored(cast)
    response = tomasz.submit(form_of(tomasz, "lines"), {"language1": "de", "language2": "es"})
    assert page_of(response).errors == ["Keep one line for everybody: some patient reads another language"]
    assert stored(cast) == before


def test_an_emptied_line_is_gone(tomasz: PageClient, cast: Cast) -> None:
    tomasz.submit(form_of(tomasz, "lines"), {"name1": "", "number1": ""})
    assert [line.name for line in stored(cast).crisis_lines] == ["Emergency"]


LINE = "Enter a name and a number that can be dialled for each help line"
FAULTS = [
    ("name", "", "Enter the name that patients know the clinic by"),
    ("name", "   ", "Enter the name that patients know the clinic by"),
    ("name", "x" * 81, "Shorten this to 80 letters"),
    ("name1", "", LINE),
    ("number1", "", LINE),
    ("number1", "soon", LINE),
    ("name1", "x" * 81, "Shorten this to 80 letters"),
    ("country1", "ZZ", "Enter the country of Harbour Street crisis line by two letters, such as DE"),
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
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    tomasz: PageClient, cast: Cast, field: str, value: str, sentence: str
) -> None:
    before, part = stored(cast), PART.get(field, "clinic")
    response = tomasz.submit(form_of(tomasz, part), {field: value})
    assert response.status_code == 422
    page = page_of(response)
    assert page.title == "Error: Settings – Alliance"
    assert page.errors == [sentence]
    assert (page.form(BUTTONS[part])[field] or "").strip() == value.strip()
    assert stored(cast) == before


@pytest.mark.parametrize("hours", ["1", "336"])
def test_the_longest_and_the_shortest_life_of_a_link(tomasz: PageClient, cast: Cast, hours: str) -> None:
    assert tomasz.submit(form_of(tomasz, "links"), {"link_hours": hours}).status_code == 303
    assert stored(cast).link_hours == int(hours)


def test_fields_that_nobody_asked_for_change_nothing(tomasz: PageClient, cast: Cast) -> None:
    staff, more = (
        count(cast.clinic, "staff_role"),
        {"demo": "1", "public_url": "https://evil.example", "role": "admin"},
    )
    assert tomasz.submit(form_of(tomasz), extra=more).status_code == 303
    assert count(cast.clinic, "staff_role") == staff
    assert stored(cast).name == "Harbour Street"


def test_signs_that_cannot_be_seen_are_left_out(tomasz: PageClient, cast: Cast) -> None:
    tomasz.submit(form_of(tomasz), {"name": "Lime\x00 Tree\x1b"})
    assert stored(cast).name == "Lime Tree"


def test_new_patients_are_offered_what_the_clinic_has_chosen(
    app: Flask, tomasz: PageClient, cast: Cast
) -> None:
    jonas = signed_in(app, "jonas")
    page = tomasz.page(SETTINGS)
    tomasz.submit(page.form("Save the questionnaires"), {"offered": ["pulse"], "questionnaire": "pulse"})
    tomasz.submit(tomasz.page(SETTINGS).form("Save the languages"), {"languages": ["de", "en"]})
    form = jonas.page("/patients/new").form("Add this patient")
    assert form.fields["instrument"].options == ("pulse",)
    assert set(form.fields["language"].options) == {"en", "de"}
    sent = jonas.submit(form, {"code": "Oak 1"}, extra={"instrument": "after-session"})
    assert sent.status_code == 422
    menu = page_client(app).page(f"/a/{cast.alder.token}")
    assert "Deutsch" in menu.text and "Türkçe" not in menu.text
    assert page_client(app).page(f"/a/{cast.alder.token}?language=tr").root.find("html").get("lang") == "en"  # type: ignore[union-attr]


def test_the_first_choice_for_new_patients_stands_first(app: Flask, tomasz: PageClient) -> None:
    tomasz.submit(tomasz.page(SETTINGS).form("Save the questionnaires"), {"questionnaire": "pulse"})
    assert signed_in(app, "jonas").page("/patients/new").form("Add this patient")["instrument"] == "pulse"


@pytest.mark.parametrize(
    ("button", "changes", "sentence"),
    [
        ("Save the questionnaires", {"offered": None}, "Choose at least one questionnaire"),
        (
            "Save the questionnaires",
            {"offered": ["after-session"], "questionnaire": "pulse"},
            "Let new patients begin with one of the questionnaires that are offered",
        ),
        ("Save the languages", {"languages": None}, "Choose at least one language"),
    ],
)
def test_choices_that_leave_nothing_are_refused(
    tomasz: PageClient, cast: Cast, button: str, changes: dict[str, Any], sentence: str
) -> None:
    before = stored(cast)
    response = tomasz.submit(tomasz.page(SETTINGS).form(button), changes)
    assert (response.status_code, page_of(response).errors) == (422, [sentence])
    assert stored(cast) == before


def test_there_is_nothing_of_a_patient(tomasz: PageClient) -> None:
    for path in ("/admin", SETTINGS, "/admin/people", "/admin/audit", "/account", "/help"):
        page = tomasz.page(path)
        assert "Alder" not in page.html and "Birch" not in page.html


def test_the_table_of_contents_leads_to_every_part(tomasz: PageClient) -> None:
    page = tomasz.page("/admin")
    for words in ("People", "Supervision", "Sessions", "Questionnaires", "E-mail", "Backups", "Audit trail"):
        address = next(address for name, address in page.links if name == words)
        assert tomasz.page(address).h1
    assert "No backup has been made yet." in page.main
