"""A therapist's own pages: the caseload, new patients, new sessions, links to answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from tests.cast import NOW, Cast, signed_in
from tests.page import Page, PageClient
from tests.web.posting import (
    count,
    course,
    next_session,
    page_of,
)

TODAY = NOW.date()


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


def codes(page: Page) -> list[str]:
    """The patients of the caseload's table, from top to bottom."""
    return [row[0] for row in page.tables[0][1:]]


# Caseload


def test_an_empty_caseload_says_what_to_do_first(app: Flask) -> None:
    page = signed_in(app, "erik").page("/caseload")
    assert "No patients yet. Add the first one below." in page.main
    assert page.link("Add a patient") == "/patients/new"
    assert page.tables == [] and "Trends" not in [text for text, _ in page.links if text.startswith("All")]


def test_questions_come_first_and_lead_to_their_reasons(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page("/caseload")
    assert "One of your" in page.main or "Your patient" in page.main
    assert "Friday 20 November." in page.main
    assert page.link("Alder 14") == f"/alerts/{cast.alder.alert_id}"
    assert (
        "A reason to ask, not a finding: in simulations, about one in three was an ordinary up and down."
        in page.main
    )
    assert page.tables == []


def test_the_rest_can_be_put_in_order_by_anything_but_score(jonas: PageClient, cast: Cast) -> None:
    for code, level, last in (("Elm 3", 9, None), ("Ash 5", 7, None), ("Cedar 1", 8, None)):
        course(cast, code, level, level, level, level, last=last)
    page = jonas.page("/caseload")
    heads = [
        words for words, _ in page.links if words in {"Next session", "Patient", "Last answer", "Days since"}
    ]
    assert heads == ["Patient", "Last answer", "Days since"]
    by_code = jonas.page(page.link("Patient").partition("#")[0])
    assert codes(by_code) == ["Ash 5", "Cedar 1", "Elm 3"]
    head = next(cell for cell in by_code.root.find_all("th") if cell.text == "Patient")
    assert head.get("aria-sort") == "ascending"
    assert "order=score" not in page.html and "order=alliance" not in page.html
    assert codes(jonas.page("/caseload?order=score")) == codes(page)


def test_the_next_whom_one_meets_comes_first(jonas: PageClient, cast: Cast) -> None:
    for code, days in (("Ash 5", 9), ("Cedar 1", 2), ("Elm 3", None)):
        told = course(cast, code, 8, 8, 8, 8)
        next_session(cast, told.dyad.patient.id, TODAY + timedelta(days=days) if days else None)
    assert codes(jonas.page("/caseload")) == ["Cedar 1", "Ash 5", "Elm 3"]
    cells = jonas.page("/caseload").tables[0][1]
    assert "Sun 22 Nov" in cells


def test_who_answered_longest_ago_comes_first_if_wanted(jonas: PageClient, cast: Cast) -> None:
    course(cast, "Ash 5", 8, 8, 8, 8)
    course(cast, "Elm 3", 8, 8, 8, None)
    course(cast, "Oak 7", None, None, None, None)
    assert codes(jonas.page("/caseload?order=since")) == ["Oak 7", "Elm 3", "Ash 5"]
    assert codes(jonas.page("/caseload?order=last")) == ["Ash 5", "Elm 3", "Oak 7"]


def test_every_line_is_told_in_numbers_words_and_a_picture(jonas: PageClient, cast: Cast) -> None:
    course(cast, "Elm 3", 8, None, 8, 8)
    page = jonas.page("/caseload")
    code, trend, last, words, back, answered, since, _ = page.tables[0][1]
    assert (code, trend, last, back, answered) == ("Elm 3", "", "80", "3 of 4", "20 Nov")
    assert since == "0"
    assert words
    drawing = page.root.find_all("table")[0].find("svg")
    assert drawing is not None and "Trend over 4 sessions" in drawing.get("aria-label")


def test_a_plain_form_narrows_the_list_and_the_address_remembers_it(jonas: PageClient, cast: Cast) -> None:
    course(cast, "Elm 3", 8, 8, 8, None, None)
    course(cast, "Ash 5", 8, 8, 8, 8)
    form = jonas.page("/caseload").form("Show")
    page = page_of(jonas.submit(form, {"show": "silent", "order": "patient"}))
    assert codes(page) == ["Elm 3"] and "Alder 14" not in page.main
    assert "Shown here: no form lately, one of three patients." in page.main
    assert page.form("Show")["show"] == "silent" and page.form("Show")["order"] == "patient"
    assert page.link("Show everybody") == "/caseload?order=patient"
    assert "One of your three patients is worth a question" in page.main


def test_the_early_days_stand_apart(jonas: PageClient, cast: Cast) -> None:
    course(cast, "Elm 3", 8, 8)
    page = jonas.page("/caseload")
    assert "Early days" in page.main and "after session 2" in page.main
    assert "Too early to say: two answers so far, the last one 80." in page.main


# New patient


def test_a_new_patient_is_added_by_code(jonas: PageClient, cast: Cast) -> None:
    form = jonas.page("/patients/new").form("Add this patient")
    assert form["starts_on"] == TODAY.isoformat()
    assert form.fields["instrument"].options == ("after-session", "pulse")
    response = jonas.submit(form, {"code": "  Fern   3 ", "instrument": "pulse"}, follow_redirects=True)
    page = page_of(response)
    assert page.h1 == "Fern 3"
    assert "No sessions yet." in page.main
    assert page.link("Add a session").endswith("/sessions/new")
    assert "pulse 1.0" in page.main and page.tables == []
    assert "about to begin" in jonas.page("/caseload").main


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("code", "", "Enter a code. Use no name"),
        ("code", "   ", "Enter a code of 1 to 40 letters and figures. Use no name"),
        ("code", "\x00\x07", "Enter a code of 1 to 40 letters and figures. Use no name"),
        ("code", "a" * 41, "Enter at most 40 letters and figures"),
        ("code", "alder 14", "This code is in use here. Choose another"),
        ("code", "BIRCH 2", "This code is in use here. Choose another"),
        ("instrument", "therapy", "Choose one of the questionnaires"),
        ("instrument", "", "Choose one of the questionnaires"),
        ("starts_on", "", "Enter the day on which you begin"),
        ("starts_on", "tomorrow", "Enter a day, such as 2026-11-20"),
        ("starts_on", "2026-02-30", "Enter a day, such as 2026-11-20"),
        ("starts_on", "2062-11-20", "Look at the year: this is more than a year ahead"),
    ],
)
def test_what_is_wrong_with_a_new_patient_is_said_at_its_field(
    jonas: PageClient, cast: Cast, field: str, value: str, sentence: str
) -> None:
    form = jonas.page("/patients/new").form("Add this patient")
    sent = {"code": "Fern 3", "instrument": "pulse", "starts_on": "2026-11-19", field: value}
    response = jonas.submit(form, extra=sent)
    assert response.status_code == 422
    page = page_of(response)
    assert page.title == "Error: Add a patient – Alliance"
    assert page.errors == [sentence]
    assert page.link(sentence) == f"#{field}"
    again = page.form("Add this patient")
    typed = {name: again[name] for name in sent if name != field}
    assert typed == {name: value for name, value in sent.items() if name != field}
    control = page.by_id(field)
    assert control is not None and control.get("aria-invalid") == "true"
    assert f"{field}-problem" in control.get("aria-describedby").split()
    assert count(cast.clinic, "patient") == 2


def test_hints_belong_to_their_fields(jonas: PageClient) -> None:
    page = jonas.page("/patients/new")
    for field in ("code", "instrument"):
        control = page.by_id(field)
        assert control is not None
        hint = page.by_id(control.get("aria-describedby"))
        assert hint is not None and hint.text
        assert page.name_of(control)


# New session


def test_a_session_is_added_and_leads_to_its_link(jonas: PageClient, cast: Cast) -> None:
    form = jonas.page(f"/patients/{cast.alder.patient_id}/sessions/new").form("Add it and go to the form")
    assert form["held_on"] == TODAY.isoformat() and form["next_on"] == ""
    page = page_of(jonas.submit(form, {"next_on": "2026-11-27"}, follow_redirects=True))
    assert page.h1 == "Session 9 with Alder 14"
    assert "Friday 20 November" in page.main
    assert "next session on 27 November" in jonas.page(f"/patients/{cast.alder.patient_id}").main


def test_a_double_click_adds_one_session(jonas: PageClient, cast: Cast) -> None:
    form = jonas.page(f"/patients/{cast.alder.patient_id}/sessions/new").form("Add it and go to the form")
    places = {jonas.submit(form).headers["Location"] for _ in range(3)}
    assert len(places) == 1 and count(cast.clinic, "therapy_session") == 17
    other_day = jonas.submit(form, {"held_on": "2026-11-19"})  # gone back to, and meant
    assert other_day.headers["Location"] not in places and count(cast.clinic, "therapy_session") == 18
    again = jonas.page(f"/patients/{cast.alder.patient_id}/sessions/new").form("Add it and go to the form")
    assert again["attempt"] != form["attempt"]
    jonas.submit(again)
    assert count(cast.clinic, "therapy_session") == 19


@pytest.mark.parametrize("attempt", ["", "x", "a" * 65, "ä" * 20, "a b" * 9])
def test_a_page_without_a_sound_id_still_adds_its_session(
    jonas: PageClient, cast: Cast, attempt: str
) -> None:
    form = jonas.page(f"/patients/{cast.alder.patient_id}/sessions/new").form("Add it and go to the form")
    assert jonas.submit(form, extra={"attempt": attempt}).status_code == 303
    assert count(cast.clinic, "therapy_session") == 17


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("held_on", "", "Enter the day on which you met"),
        ("held_on", "yesterday", "Enter a day, such as 2026-11-20"),
        ("held_on", "2026-11-21", "Enter a day that is not in the future"),
        ("held_on", "2014-11-20", "Look at the year: this is long before you met this patient"),
        ("next_on", "soon", "Enter a day, such as 2026-11-20"),
        ("next_on", "2026-11-18", "Enter a day after this session, or leave it out"),
        ("next_on", "2028-11-20", "Look at the year: this is more than a year ahead"),
    ],
)
def test_what_is_wrong_with_a_session_is_said_at_its_field(
    jonas: PageClient, cast: Cast, field: str, value: str, sentence: str
) -> None:
    form = jonas.page(f"/patients/{cast.alder.patient_id}/sessions/new").form("Add it and go to the form")
    sent = {"held_on": "2026-11-18", "next_on": "2026-12-01", field: value}
    response = jonas.submit(form, extra=sent)
    assert response.status_code == 422
    page = page_of(response)
    assert page.errors == [sentence]
    assert page.link(sentence) == f"#{field}"
    again = page.form("Add it and go to the form")
    other = "next_on" if field == "held_on" else "held_on"
    assert again[other] == sent[other]
    assert count(cast.clinic, "therapy_session") == 16


def test_the_day_is_the_clinics(app: Flask, cast: Cast, clock: time_machine.Traveller) -> None:
    """Half past midnight in London is still yesterday in universal time, in summer."""
    clock.move_to(NOW.replace(year=2027, month=6, day=30, hour=23, minute=30))
    form = signed_in(app, "jonas").page(f"/patients/{cast.alder.patient_id}/sessions/new").form(1)
    assert form["held_on"] == date(2027, 7, 1).isoformat()
