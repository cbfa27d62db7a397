"""A link is shown once, to the therapist who made it. What is kept of it opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import segno
import time_machine
from flask import Flask
from markupsafe import Markup

from alliance.web import therapist
from alliance.web.ways import square
from tests.cast import NOW, Cast, signed_in
from tests.page import Page, PageClient, page_client
from tests.web.posting import count, course, kept, page_of, post

MAKE, HERE = "Make a link", "Answer here"


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


@pytest.fixture
def session(cast: Cast) -> str:
    """The page of a session whose form is not back."""
    return f"/sessions/{cast.alder.session_id}"


def token_on(page: Page) -> str:
    field = page.by_id("link")
    assert field is not None and "readonly" in field.attrs
    address = field.get("value")
    assert address.startswith("https://alliance.example/a/")
    return address.rpartition("/")[2]


def files_of(cast: Cast) -> Iterator[bytes]:
    for path in cast.clinic.config.folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def test_a_link_is_shown_once_as_an_address_and_as_a_square(
    jonas: PageClient, cast: Cast, session: str
) -> None:
    page = page_of(jonas.submit(jonas.page(session).form(MAKE)))
    token = token_on(page)
    assert re.fullmatch(r"[A-Za-z0-9_-]{27}", token)
    assert "scan the square. It is shown this once" in page.main
    assert "Both work for seven days, and one answer counts." in page.main
    square = next(node for node in page.root.find_all("svg") if node.has_class("qr"))
    assert (square.get("role"), square.get("aria-label")) == ("img", "A square to scan")
    assert square.find("path") is not None
    for path in (session, f"/patients/{cast.alder.patient_id}", "/caseload", "/account"):
        assert token not in jonas.get(path).text
    assert jonas.page(session).by_id("link") is None


def test_the_square_is_a_link_of_its_own(
    jonas: PageClient, app: Flask, cast: Cast, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def noting(address: str, label: str) -> Markup:
        drawn.append(address)
        return square(address, label)

    monkeypatch.setattr(therapist, "square", noting)
    page = page_of(jonas.submit(jonas.page(session).form(MAKE)))
    (address,) = drawn
    assert address.startswith("https://alliance.example/a/") and token_on(page) not in address
    assert post(page_client(app), address.rpartition("/")[2]).status_code == 303
    assert "square on the screen" in jonas.page(f"/patients/{cast.alder.patient_id}").main


def test_a_square_says_its_address() -> None:
    """Drawn by hand once more, dot by dot, it is the same; and it stands in a margin of four dots."""
    address = "https://alliance.example/a/" + "x" * 27
    drawn = str(square(address, "A “square”"))
    modules = sum(sum(row) for row in segno.make(address, error="m").matrix)
    dark = re.findall(r'<path[^>]* d="([^"]*)"', drawn)[-1]
    assert sum(int(length) for length in re.findall(r"h(\d+)", dark)) == modules
    side = len(segno.make(address, error="m").matrix) + 8
    assert f'viewBox="0 0 {side} {side}"' in drawn and 'aria-label="A “square”"' in drawn


def test_the_link_opens_the_questionnaire_for_whoever_has_it(
    app: Flask, jonas: PageClient, session: str
) -> None:
    token = token_on(page_of(jonas.submit(jonas.page(session).form(MAKE))))
    patient = page_client(app)
    assert patient.page(f"/a/{token}").h1 == "How was it today?"
    assert post(patient, token).status_code == 303
    assert "The form for this session has come back." in jonas.page(session).main
    page = jonas.page(session)
    frame = ["Sign out", "I am still here"]
    assert [page.name_of(node) for node in page.root.find_all("button")] == frame


def test_no_file_of_the_clinic_holds_the_token(jonas: PageClient, cast: Cast, session: str) -> None:
    token = token_on(page_of(jonas.submit(jonas.page(session).form(MAKE))))
    assert post(jonas, token, comment="Kept out of sight.").status_code == 303
    found = list(files_of(cast))
    assert any(b"make link" in content for content in found)
    for secret in (token, "Kept out of sight"):
        assert not any(secret.encode() in content for content in found)
    cookie = jonas.get_cookie("__Host-alliance")
    assert cookie is not None


def test_several_links_work_and_one_answer_counts(
    app: Flask, jonas: PageClient, cast: Cast, session: str
) -> None:
    tokens = [token_on(page_of(jonas.submit(jonas.page(session).form(MAKE)))) for _ in range(3)]
    assert len(set(tokens)) == 3
    patient = page_client(app)
    assert post(patient, tokens[1]).status_code == 303
    for token in (tokens[0], tokens[2], cast.alder.token):
        assert patient.page(f"/a/{token}").h1 == "We already have your answers for this session."


def test_links_work_as_long_as_the_clinic_says(
    app: Flask, jonas: PageClient, session: str, clock: time_machine.Traveller
) -> None:
    admin = signed_in(app, "tomasz")
    assert (
        admin.submit(admin.page("/admin/settings").form("Save links"), {"link_hours": "36"}).status_code
        == 303
    )
    page = page_of(jonas.submit(jonas.page(session).form(MAKE)))
    assert "Both work for 36 hours, and one answer counts." in page.main
    clock.move_to(NOW + timedelta(hours=35, minutes=59))
    page_client(app).page(f"/a/{token_on(page)}")
    clock.move_to(NOW + timedelta(hours=36))
    assert "Links work for 36 hours." in page_client(app).page(f"/a/{token_on(page)}", 410).main


def test_what_was_kept_from_the_therapist_looks_as_if_no_form_were_back(
    app: Flask, jonas: PageClient, cast: Cast, session: str
) -> None:
    before = jonas.page(session)
    assert post(page_client(app), cast.alder.token, audience="supervisor").status_code == 303
    after = jonas.page(session)
    assert (after.main, after.links) == (before.main, before.links)
    assert "No form yet." in after.main
    assert "The form for this session has come back." in signed_in(app, "miriam").page(session).main


# Here, on this device


def test_the_device_is_handed_over_signed_out(
    app: Flask, jonas: PageClient, cast: Cast, session: str
) -> None:
    form = jonas.page(session).form(HERE)
    copy = jonas.get_cookie("__Host-alliance")
    assert copy is not None
    response = jonas.submit(form)
    assert response.status_code == 303
    assert re.fullmatch(r"/a/[A-Za-z0-9_-]{27}", response.headers["Location"])
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    page = jonas.page(response.headers["Location"])
    assert page.h1 == "How was it today?" and not page.staff
    for path in (session, "/caseload", "/account"):
        assert jonas.get(path).headers["Location"].startswith("/sign-in")
    thief = page_client(app)
    thief.set_cookie("__Host-alliance", copy.value, domain="localhost", secure=True)
    assert thief.get("/caseload").headers["Location"].startswith("/sign-in")


def test_what_is_answered_here_is_marked_as_such(jonas: PageClient, cast: Cast, session: str) -> None:
    address = jonas.submit(jonas.page(session).form(HERE)).headers["Location"]
    assert post(jonas, address.rpartition("/")[2]).status_code == 303
    with cast.clinic.db.read() as conn:
        row = conn.execute(
            "SELECT channel FROM invitation WHERE claimed_at IS NOT NULL ORDER BY id DESC"
        ).fetchone()
    assert row["channel"] == "here"
    assert kept(cast.clinic).answers["safe"] == 8


# Whose it is to do


def test_a_supervisor_sees_a_session_but_makes_no_link(app: Flask, cast: Cast, session: str) -> None:
    miriam = signed_in(app, "miriam")
    page = miriam.page(session)
    assert MAKE not in page.text and HERE not in page.text
    token = page.form("Sign out")["csrf_token"]
    links = count(cast.clinic, "invitation")
    for path in ("links", "answer-here"):
        response = miriam.post(f"{session}/{path}", data={"csrf_token": token})
        assert response.status_code in {403, 404}
    assert count(cast.clinic, "invitation") == links


def test_a_link_needs_a_form_of_our_own(jonas: PageClient, cast: Cast, session: str) -> None:
    links = count(cast.clinic, "invitation")
    for path in ("links", "answer-here"):
        assert jonas.post(f"{session}/{path}").status_code == 400
        assert jonas.get(f"{session}/{path}").status_code == 405
    assert count(cast.clinic, "invitation") == links


def test_numbers_too_large_for_an_id_are_not_there(jonas: PageClient, cast: Cast) -> None:
    for number in (2**63, 10**40):
        for path in (
            f"/sessions/{number}",
            f"/patients/{number}",
            f"/alerts/{number}",
            f"/patients/{number}/sessions/new",
        ):
            jonas.page(path.format(number), 404)
    jonas.page(f"/sessions/{2**63 - 1}", 404)
    told = course(cast, "Elm 3", 8)
    jonas.page(f"/sessions/{told.sessions[0]}")
