"""Questionnaires before the administrator: all of them, as patients see them, and those of the clinic's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask

import surveys
from alliance.actions import clinic as clinics
from alliance.app import create_app
from tests.cast import NOW, Cast, signed_in
from tests.page_rules import RULES
from tests.surveys.folders import as_added
from tests.web.posting import link, page_of

SHIPPED = Path(surveys.__file__).parent / "instruments"
EVERY = "/admin/instruments"


def test_each_says_how_far_it_can_be_trusted_and_who_has_it(app: Flask) -> None:
    page = signed_in(app, "tomasz").page(EVERY)
    assert "Two patients have it" in page.main and "CC BY 4.0" in page.main
    assert "draft translation, not validated" in page.main


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("one", ["after-session", "pulse", "around-therapy", "what-happened"])
def test_a_preview_speaks_each_language_and_can_send_nothing(app: Flask, one: str, language: str) -> None:
    page = signed_in(app, "tomasz").page(f"{EVERY}/{one}/1.0?language={language}", allow=RULES)
    html = page.root.find("html")
    assert html is not None and html.get("lang") == language
    assert page.forms == [] and not page.root.find_all("button")
    assert "Nothing can be sent from here." in page.text and page.root.find_all("input")


def test_what_there_is_not_cannot_be_looked_at(app: Flask) -> None:
    tomasz = signed_in(app, "tomasz")
    for path in ("nothing/1.0", "pulse/9.9", "pulse/x"):
        assert tomasz.get(f"{EVERY}/{path}").status_code == 404


def test_the_clinics_own_version_is_asked_once_chosen_and_a_fault_is_named(app: Flask, cast: Cast) -> None:
    own = cast.clinic.config.instruments
    newer = own / "pulse-1.1"
    shutil.copytree(SHIPPED / "pulse-1.0", newer)
    structure = newer / "instrument.toml"
    structure.write_text(structure.read_text("utf-8").replace('version = "1.0"', 'version = "1.1"'), "utf-8")
    as_added(newer)
    (own / "broken-1.0").mkdir()
    (own / "broken-1.0" / "instrument.toml").write_text('id = "broken"\n', "utf-8")
    as_added(own / "broken-1.0")
    with clinics.open_clinic(cast.clinic.config.folder, passwords=cast.clinic.passwords) as opened:
        tomasz = signed_in(create_app(opened, testing=True), "tomasz")
        page = tomasz.page(EVERY)
        assert "broken-1.0/instrument.toml" in str(page.tables[0]) and "pulse 1.1 (asked now)" in page.main
        told = tomasz.submit(page.form("Ask version 1.0 from now on"), follow_redirects=True)
        assert "Links made from now on ask pulse 1.0." in page_of(told).main
        settings = opened.settings()
        assert opened.asked(settings, "pulse", "en", NOW).version == "1.0"
        assert opened.library.get("pulse").version == "1.1"
    assert link(cast)
