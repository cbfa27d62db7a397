"""The sheet for a supervision hour is printed, whatever there is to say: it stays one page, on either paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route

from alliance.actions import muting, sharing
from alliance.domain.sharing import LONGEST_QUESTION
from tests.cast import NOW, Cast, answer, signed_in
from tests.journeys.look import shot
from tests.page import PageClient
from tests.web.posting import course, link

OPEN = (8, 9, 8, 9, 8, 2)
QUIET = (8, 9, 8, None, None, None)
MENDED = (9, 8, 9, 2, 9, 9, 9)
ASKED = "What did I not hear, and who else was in the room? " * 10


@pytest.fixture
def miriam(app: Flask) -> PageClient:
    return signed_in(app, "miriam")


def sheet(cast: Cast) -> str:
    return f"/supervision/therapists/{cast.ids['jonas']}/agenda"


def shown(cast: Cast, code: str, *levels: int | None, question: str) -> None:
    """A case of Jonas’s that he shows to Miriam."""
    told, jonas = course(cast, code, *levels), cast.viewer("jonas")
    sharing.show(cast.clinic, jonas, told.dyad.patient.id, None, NOW, question=question[:LONGEST_QUESTION])


def at_rest(cast: Cast, code: str) -> None:
    """A case with a question that Jonas lets rest."""
    patient_id, until = course(cast, code, *OPEN).dyad.patient.id, NOW.date() + timedelta(days=28)
    with cast.clinic.db.write() as conn:  # what a patient says outright never rests
        conn.execute("UPDATE alert SET rules = ? WHERE id = (SELECT max(id) FROM alert)", ('["ratings"]',))
    muting.mute(cast.clinic, cast.viewer("jonas"), patient_id, until=until, reason="break", words="", now=NOW)


def everything(cast: Cast, each: int) -> None:
    for number in range(each):
        course(cast, f"A long code for an elm by the sea, {number}", *OPEN)
        course(cast, f"Fern {number}", *QUIET)
        course(cast, f"Birch {number} of two", *MENDED)
        shown(cast, f"Larch {number}", 8, 9, 8, question=ASKED)
        at_rest(cast, f"A long code for an oak, {number}")


def only_open(cast: Cast) -> None:
    for number in range(40):
        course(cast, f"Elm {number}", *OPEN)


def only_quiet_and_mended(cast: Cast) -> None:
    for _ in range(3):
        answer(cast.clinic, link(cast), NOW, 9)
    for number in range(15):
        course(cast, f"Fern {number}", *QUIET)
        course(cast, f"Birch {number} of two", *MENDED)


CASELOADS = {
    "little of everything": lambda cast: everything(cast, 2),
    "much of everything": lambda cast: everything(cast, 10),
    "forty open": only_open,
    "quiet and mended": only_quiet_and_mended,
}


@pytest.mark.parametrize("held", CASELOADS)
def test_it_is_one_page_whatever_there_is(
    browser: Browser, miriam: PageClient, cast: Cast, held: str
) -> None:
    CASELOADS[held](cast)

    def served(route: Route) -> None:
        got = miriam.get(route.request.url.partition("clinic.example")[2])
        route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.get_data())
        got.close()

    page = browser.new_page(base_url="https://clinic.example")
    page.route("**/*", served)
    page.goto(sheet(cast))
    for paper in ("A4", "Letter"):
        printed = page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, paper
        assert page.get_by_text("Confidential. Codes instead of names").is_visible()
    if held.endswith("of everything"):
        assert page.get_by_role("heading", name="Resting, with a reason").is_visible()
    if held != "little of everything":
        assert re.search(r" and \d+ more\.|Open too: Elm", page.locator("article").inner_text())
    shot(page, f"sheet-{held.replace(' ', '-')}")
    page.context.close()
