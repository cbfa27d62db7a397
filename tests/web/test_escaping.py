"""Whatever people write into whatever field, a page shows it as text, and it runs nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from markupsafe import escape

from alliance.actions import accounts, administering
from alliance.domain.clinic import CrisisLine
from alliance.domain.people import Role
from tests.cast import NOW, Cast, add_patient, answer, hold, signed_in
from tests.page import PageClient, page_client
from tests.web.posting import count, link, page_of, post

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "--><script>alert(1)</script><!--",
    "]]><script>",
    "{{1337*7919}}",
    "{{config}}",
    "{% print(1337*7919) %}",
    "${1337*7919}#{1337*7919}<%=1337*7919%>",
    "&lt;script&gt;&amp;&#60;b&#62;",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)//",
    '"><option selected class="x" value="',
    "<b>bold</b> & 'quoted' \"twice\"",
    "`${alert(1)}`",
    "\u202e<!-- \u2066 <style>*{",
    "+ADw-script+AD4-",
]
LOOSE = {"quotes"}  # the house's own quotes are not what is looked at here


def shown_as_text(page_html: str, payload: str) -> bool:
    """Whether a page holds this only as text, if it holds it at all."""
    return str(escape(payload)) == payload or payload not in page_html


def all_shown_as_text(html: str) -> None:
    for payload in HOSTILE:
        assert shown_as_text(html, payload), payload
    assert "10587703" not in html


def as_code(payload: str) -> str:
    """Signs that hide or turn what is beside them are refused in a code."""
    return payload if payload.isprintable() else "Elm 3"


@pytest.fixture
def hostile(cast: Cast) -> Cast:
    """A caseload of patients with such codes, each of whom wrote such a comment; colleagues with such names."""
    viewer = cast.viewer("jonas")
    for payload in HOSTILE:
        dyad = add_patient(cast, as_code(payload))
        for level in (9, 8, 1):
            _, token = hold(cast, viewer, dyad.patient.id, NOW)
            answer(cast.clinic, token, NOW, level, comment=payload, **{"raise": "yes"})
    for number, payload in enumerate(HOSTILE):
        accounts.invite(
            cast.clinic,
            name=payload,
            email=f"x{number}@clinic.example",
            roles=[Role.THERAPIST],
            supervised_by=[cast.ids["miriam"]],
            now=NOW,
            actor="command",
        )
    lines = tuple(CrisisLine(payload, "112") for payload in HOSTILE)
    settings = replace(cast.clinic.settings(), crisis_lines=lines, front_desk_hours=HOSTILE[0])
    administering.save_settings(cast.clinic, cast.viewer("tomasz"), settings, NOW)
    return cast


def ids(cast: Cast, table: str) -> list[int]:
    with cast.clinic.db.read() as conn:
        return [row["id"] for row in conn.execute(f"SELECT id FROM {table} ORDER BY id")]


def judged(client: PageClient, path: str) -> str:
    """A page, judged as every page is, but for its quotes."""
    page = client.page(path, allow=LOOSE)
    all_shown_as_text(page.html)
    return page.html


def test_no_page_of_staff_runs_what_patients_or_colleagues_wrote(app: Flask, hostile: Cast) -> None:
    jonas, miriam, tomasz = (signed_in(app, who) for who in ("jonas", "miriam", "tomasz"))
    patients = ids(hostile, "patient")[2:]
    assert len(patients) == len(HOSTILE)
    for patient, payload in zip(patients, HOSTILE, strict=True):
        html = judged(jonas, f"/patients/{patient}")
        assert html.count(str(escape(payload))) >= 3, "three comments"
        assert html.count(str(escape(as_code(payload)))) >= 3, "title, heading, picture"
        judged(miriam, f"/patients/{patient}")
        for page in ("sessions/new", "rights", "end", "hand-over"):
            judged(jonas, f"/patients/{patient}/{page}")
    alerts = ids(hostile, "alert")[2:]
    assert len(alerts) >= len(HOSTILE)
    for alert in alerts:
        judged(jonas, f"/alerts/{alert}")
    judged(miriam, f"/alerts/{alerts[0]}")
    for client, path in (
        (jonas, "/caseload"),
        (jonas, "/caseload/trends"),
        (jonas, f"/sessions/{ids(hostile, 'therapy_session')[16]}"),
        (miriam, "/supervision"),
        (miriam, f"/supervision/therapists/{hostile.ids['jonas']}"),
        (miriam, "/supervision/trail"),
        (tomasz, "/admin/people"),
        (tomasz, "/admin/instruments/after-session/1.0"),
        (tomasz, "/admin/settings"),
    ):
        html = judged(client, path)
        assert str(escape(HOSTILE[0])) in html
    judged(tomasz, "/admin")  # says how many there are, and calls nobody by name


def test_no_page_of_patients_runs_what_the_clinic_is_called(app: Flask, hostile: Cast) -> None:
    client, token = page_client(app), link(hostile)
    for payload in HOSTILE:
        settings = replace(hostile.clinic.settings(), name=payload)
        administering.save_settings(hostile.clinic, hostile.viewer("tomasz"), settings, NOW)
        for path, status in ((f"/a/{token}", 200), ("/thanks", 200), ("/a/unknown", 404), ("/thanks/x", 404)):
            page = client.page(path, status, allow=LOOSE)
            all_shown_as_text(page.html)
            header = page.root.find("header")
            assert header is not None and " ".join(payload.split()) in header.text


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_comment_that_comes_back_is_text_in_its_field(app: Flask, cast: Cast, payload: str) -> None:
    fields = {
        "comment": payload,
        "safe": payload,
        "talked": payload,
        payload[:20]: payload,
        "attempt": payload,
    }
    response = post(page_client(app), cast.alder.token, fields)
    assert response.status_code == 422
    page = page_of(response)
    all_shown_as_text(page.html)
    assert page.form("Send my answers")["comment"] == payload


@pytest.mark.parametrize("payload", HOSTILE)
def test_what_staff_type_comes_back_as_text(app: Flask, cast: Cast, payload: str) -> None:
    jonas = signed_in(app, "jonas")
    form = jonas.page("/patients/new").form("Add this patient")
    response = jonas.submit(
        form, {"code": payload, "starts_on": payload}, extra={"instrument": payload}, allow=LOOSE
    )
    assert response.status_code == 422
    all_shown_as_text(response.text)
    again = page_of(response).form("Add this patient")
    assert (again["code"], again["starts_on"]) == (payload, payload)
    assert count(cast.clinic, "patient") == 2


def test_no_picture_takes_a_code_for_markup(app: Flask, hostile: Cast) -> None:
    jonas = signed_in(app, "jonas")
    texts = [jonas.get("/caseload/trends.json").text]
    texts += [
        jonas.get(f"/patients/{patient}/charts/alliance.json").text for patient in ids(hostile, "patient")[2:]
    ]
    for text in texts:
        for sign in ("<script", "<a ", "<img", "<svg", "onerror=alert(1)>"):
            assert sign not in text
