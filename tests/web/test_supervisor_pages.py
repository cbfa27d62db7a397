"""A supervisor's pages: what is open, each supervisee's patients by code, who opened what. Never a ranking."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import supervising
from tests.cast import NOW, Cast, answer, signed_in
from tests.page import Page, PageClient
from tests.web.posting import course, end_supervision, link, supervise

WISH = {"raise": "yes"}
KEPT_BACK = {"audience": "supervisor", "comment": "Not for Jonas."}


@pytest.fixture
def miriam(app: Flask) -> PageClient:
    return signed_in(app, "miriam")


def table(page: Page, caption: str) -> list[list[str]]:
    """The rows of the table whose caption begins like this."""
    for node, rows in zip(page.root.find_all("table"), page.tables, strict=True):
        told = node.find("caption")
        if told is not None and told.text.startswith(caption):
            return rows[2:] if rows[0] == [] else rows
    raise AssertionError(f"there is no table “{caption}…” on {page.address}")


def rows(page: Page, caption: str) -> list[list[str]]:
    return table(page, caption)[1:]


# What is open


def test_what_is_open_comes_with_its_reason_its_age_and_its_therapist(miriam: PageClient, cast: Cast) -> None:
    page = miriam.page("/supervision")
    assert page.h1 == "What is open"
    [row] = rows(page, "Longest open first")
    assert row[0] == "Alder 14" and row[1] == "Jonas Berg"
    assert "not yet seen" in row[2] and "13 Nov, 7 days" in row[4]
    found = supervising.overview(cast.clinic, cast.viewer("miriam"), NOW)
    assert row[3] == found.open[0].sentence
    assert found.lead() in page.main
    assert page.link("Alder 14").startswith(f"/patients/{cast.alder.patient_id}?therapist=")


def test_the_longest_open_comes_first(miriam: PageClient, cast: Cast) -> None:
    course(cast, "Ash 5", 8, 9, 8, 9, 8, 2)
    course(cast, "Elm 3", 8, 9, 8, 9, 2, None, None)
    assert [row[0] for row in rows(miriam.page("/supervision"), "Longest open first")] == [
        "Elm 3",
        "Alder 14",
        "Ash 5",
    ]


def test_what_was_kept_from_the_therapist_is_marked(miriam: PageClient, cast: Cast) -> None:
    course(cast, "Elm 3", 8, 9, 8, 9, 2, last=KEPT_BACK)
    found = {row[0]: row[2] for row in rows(miriam.page("/supervision"), "Longest open first")}
    assert found["Elm 3"].endswith("for your eyes only")
    assert not found["Alder 14"].endswith("for your eyes only")


def test_a_request_for_help_is_told_with_who_does_not_know(
    app: Flask, miriam: PageClient, cast: Cast
) -> None:
    assert "Waiting for you" not in miriam.page("/supervision").main
    course(cast, "Elm 3", 8, 9, 8, last=WISH)
    page = miriam.page("/supervision")
    assert "Would like help bringing something up with Jonas Berg, said after session 3." in page.main
    assert "Jonas Berg does not see this request." in page.main
    assert "asks for help" in page.main
    opened = miriam.page(page.link("Elm 3"))
    assert "Asks for your help with bringing something up, said after session 3." in opened.main
    jonas = signed_in(app, "jonas")
    for path in ("/caseload", "/caseload/trends", opened.address.partition("?")[0]):
        assert (
            "help bringing" not in jonas.page(path).main and "Asks for your help" not in jonas.page(path).main
        )


def test_a_request_leads_to_the_right_one_of_two_therapists(app: Flask, cast: Cast) -> None:
    told = course(cast, "Elm 3", 8, 9, 8, last=WISH)
    supervise(cast, "miriam", "claire")
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO dyad (patient_id, therapist_id, starts_on) VALUES (?, ?, ?)",
            (told.dyad.patient.id, cast.ids["claire"], NOW.date().isoformat()),
        )
    miriam = signed_in(app, "miriam")
    page = miriam.page("/supervision")
    assert "with Jonas Berg" in miriam.page(page.link("Elm 3")).main
    assert "Asks for your help" in miriam.page(page.link("Elm 3")).main


def test_with_nothing_open_it_says_so(app: Flask, miriam: PageClient, cast: Cast) -> None:
    jonas = signed_in(app, "jonas")
    jonas.submit(
        jonas.page(f"/alerts/{cast.alder.alert_id}").form("Save"),
        {"outcome": "ordinary", "because": "ordinary"},
    )
    page = miriam.page("/supervision")
    assert "Nothing is open over one therapist." in page.main
    assert len(page.tables) == 2


def test_the_therapists_stand_by_name_with_nothing_to_rank_them_by(app: Flask, cast: Cast) -> None:
    supervise(cast, "miriam", "claire")
    page = signed_in(app, "miriam").page("/supervision")
    found = rows(page, "In order of name, never of score")
    assert [row[:4] for row in found] == [["Claire Dubois", "1", "–", "–"], ["Jonas Berg", "1", "–", "–"]]
    assert {row[3] for row in found} == {"–"}
    assert {row[-1] for row in found} == {"Not yet: the first closed month comes first"}
    heads = table(page, "In order of name")[0]
    assert heads[:4] == ["Therapist", "Patients", "Answers", "Forms back"]
    asked = rows(page, "What came of the questions")
    assert [row[:3] for row in asked] == [["Claire Dubois", "1", "0"], ["Jonas Berg", "1", "0"]]


def test_who_supervises_nobody_is_told(app: Flask, cast: Cast) -> None:
    end_supervision(cast, "claire")
    page = signed_in(app, "ruth").page("/supervision")
    assert "You supervise nobody today." in page.main and page.tables == []


# One therapist


def test_a_supervisees_trends_are_by_code(miriam: PageClient, cast: Cast) -> None:
    course(cast, "Elm 3", 8, None, 8)
    page = miriam.page(miriam.page("/supervision").link("Jonas Berg"))
    assert page.h1 == "Jonas Berg" and page.link("Back to what is open") == "/supervision"
    assert [row[0] for row in rows(page, "Two patients, in order of code, never of score")] == [
        "Alder 14",
        "Elm 3",
    ]
    assert page.link("Open Elm 3").endswith(f"?therapist={cast.ids['jonas']}")


def test_another_supervisors_therapist_is_not_there(miriam: PageClient, cast: Cast) -> None:
    for path in ("", "/trends.json"):
        for who in ("claire", "miriam", "tomasz", "erik"):
            assert miriam.get(f"/supervision/therapists/{cast.ids[who]}{path}").status_code == 404


def test_what_ended_is_over_at_once(miriam: PageClient, cast: Cast, clock: time_machine.Traveller) -> None:
    patient = f"/patients/{cast.alder.patient_id}"
    miriam.page(patient)
    end_supervision(cast)
    for path in (patient, f"/alerts/{cast.alder.alert_id}", f"/supervision/therapists/{cast.ids['jonas']}"):
        miriam.page(path, 404)
    assert "Alder 14" not in miriam.page("/supervision").html + miriam.page("/supervision/trail").html


# Who opened what


def test_every_opening_leaves_its_line(app: Flask, miriam: PageClient, cast: Cast) -> None:
    jonas = signed_in(app, "jonas")
    jonas.page(f"/patients/{cast.alder.patient_id}")
    miriam.page(f"/alerts/{cast.alder.alert_id}")
    page = miriam.page("/supervision/trail")
    newest, before = page.tables[0][1:3]
    assert newest == ["20 Nov, 10:00", "Miriam Osei", "open alert", "Alder 14"]
    assert before == ["20 Nov, 10:00", "Jonas Berg", "open patient", "Alder 14"]
    assert "Birch 2" not in page.html


def test_the_trail_says_when_by_the_clinics_clock(
    app: Flask, cast: Cast, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW.replace(year=2027, month=7, day=1, hour=22, minute=5))
    miriam = signed_in(app, "miriam")
    miriam.page(f"/patients/{cast.alder.patient_id}")
    assert miriam.page("/supervision/trail").tables[0][1][0] == "1 Jul, 23:05"


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_a_month_at_the_end_of_time_has_no_page(miriam: PageClient, month: str) -> None:
    assert miriam.get(f"/supervision/trail?month={month}").status_code == 404


def test_a_trail_nobody_has_left_is_no_empty_table(app: Flask, cast: Cast) -> None:
    end_supervision(cast, "claire")
    page = signed_in(app, "ruth").page("/supervision/trail")
    assert "Nobody has opened anything yet." in page.main and page.tables == []


# Trends, for whom they are


def test_the_picture_of_a_supervisee_knows_what_was_kept_back(
    app: Flask, miriam: PageClient, cast: Cast
) -> None:
    course(cast, "Elm 3", 8, 9, 8, 9, 2, last=KEPT_BACK)
    theirs = miriam.get(f"/supervision/therapists/{cast.ids['jonas']}/trends.json?focus=Elm+3")
    own = signed_in(app, "jonas").get("/caseload/trends.json?focus=Elm+3")
    assert theirs.headers["Content-Type"] == own.headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.dumps(theirs.json) != json.dumps(own.json)
    assert "Not for Jonas" not in theirs.text + own.text


def test_age_is_told_in_days_then_in_weeks(app: Flask, cast: Cast, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + timedelta(days=30))
    [row] = rows(signed_in(app, "miriam").page("/supervision"), "Longest open first")
    assert "13 Nov, 5 weeks" in row[4]


def test_what_is_coming_back_says_so(miriam: PageClient, cast: Cast) -> None:
    for token in (cast.alder.token, link(cast)):
        answer(cast.clinic, token, NOW, 9)
    [row] = rows(miriam.page("/supervision"), "Longest open first")
    assert row[2] == "recovering"
