"""How long things are kept: what an administrator reads there, and the way from the list to two people and a hold."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from alliance.domain.retention import RULES
from tests.actions.test_retaining import ended
from tests.cast import Cast, signed_in
from tests.web.posting import page_of


def test_the_page_says_what_goes_by_itself(app: Flask) -> None:
    page = signed_in(app, "tomasz").page("/admin/retention")
    assert len(page.tables[0]) == len(RULES) + 1
    for rule in RULES:
        assert rule.why in page.main
    assert "You have not said for how many years" in page.main
    assert page.link("Set a number of years") == "/admin/settings#keeping"


def test_from_a_number_of_years_to_a_request(app: Flask, cast: Cast) -> None:
    ended(cast, date(2010, 3, 1))
    tomasz = signed_in(app, "tomasz")
    saved = tomasz.submit(tomasz.page("/admin/settings").form("Save how long"), years_kept="10")
    assert saved.status_code == 303
    page = tomasz.page("/admin/retention")
    assert "Alder 14, ended Monday 1 March 2010" in page.main
    assert "Birch 2" not in page.main
    form = page.form("Ask for their erasure")
    refused = tomasz.submit(form)
    assert refused.status_code == 422 and "Choose at least one patient" in page_of(refused).errors
    sent = tomasz.submit(form, patient=str(cast.alder.patient_id))
    assert (sent.status_code, sent.headers["Location"]) == (303, "/admin/erasures")
    assert "Alder 14" in tomasz.page("/admin/erasures").main
    assert "No therapy ended as long ago" in tomasz.page("/admin/retention").main


@pytest.mark.parametrize("years", ["", "-1", "ten", "2", "101", "9999999999"])
def test_a_slip_in_the_number_is_told(app: Flask, years: str) -> None:
    tomasz = signed_in(app, "tomasz")
    answer = tomasz.submit(tomasz.page("/admin/settings").form("Save how long"), extra={"years_kept": years})
    assert answer.status_code == 422
    assert any("Enter a number of years" in one for one in page_of(answer).errors)


def test_a_patient_never_gives_the_clinics_reason(app: Flask, cast: Cast) -> None:
    page = signed_in(app, "jonas").page(f"/patients/{cast.alder.patient_id}/rights")
    assert "longer ago than the clinic keeps them" not in page.text
