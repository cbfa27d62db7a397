"""Words that wait to be read, on the pages; and questionnaires without room for words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import administering
from alliance.domain.therapy import Audience
from alliance.storage import responses
from tests.cast import NOW, Cast, answer, hold, signed_in
from tests.page import PageClient
from tests.web.posting import link

WORDS = "I nearly did not come"


@pytest.fixture
def without_words(cast: Cast) -> None:
    """The clinic has switched the room for words off."""
    changed = replace(cast.clinic.settings(), words=False)
    administering.save_settings(cast.clinic, cast.viewer("tomasz"), changed, NOW)


def write(cast: Cast) -> None:
    """Alder 14 writes something to Jonas."""
    _, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    answer(cast.clinic, token, NOW, 8, comment=WORDS)


def test_the_caseload_leads_to_the_words_and_opening_them_ends_it(app: Flask, cast: Cast) -> None:
    jonas = signed_in(app, "jonas")
    assert "Not read yet" not in jonas.page("/caseload").main
    write(cast)
    page = jonas.page("/caseload")
    assert "Alder 14 wrote something after session 9, since 20 Nov" in page.main and WORDS not in page.main
    words = jonas.page(page.link("Alder 14 wrote something after session 9").partition("#")[0])
    assert WORDS in words.main and words.by_id("words") is not None
    assert "Not read yet" not in jonas.page("/caseload").main


def test_the_supervisor_is_told_after_some_days(
    app: Flask, cast: Cast, clock: time_machine.Traveller
) -> None:
    write(cast)
    assert "waits to be read" not in signed_in(app, "miriam").page("/supervision").main
    clock.move_to(NOW + timedelta(days=5))
    page = signed_in(app, "miriam").page("/supervision")
    assert "What one patient wrote has waited for days for the therapist to read it." in page.main
    assert "Please ask Jonas Berg to read it today." in page.main and WORDS not in page.main


def test_an_administrator_switches_the_words_off_and_on(app: Flask, cast: Cast) -> None:
    tomasz = signed_in(app, "tomasz")
    form = tomasz.page("/admin/settings").form("Save words")
    tomasz.submit(form, {"words": None, "unread_days": "3"})
    settings = cast.clinic.settings()
    assert (settings.words, settings.unread_days) == (False, 3)
    refused = tomasz.submit(form, {"words": "y", "unread_days": "two"})
    assert refused.status_code == 422 and not cast.clinic.settings().words


@pytest.mark.usefixtures("without_words")
def test_without_room_for_words_everything_else_is_asked(client: PageClient, cast: Cast) -> None:
    page = client.page(f"/a/{link(cast)}")
    fields = {name for form in page.forms for name in form.fields}
    assert "comment" not in fields and {"audience", "raise", "talked", "safe"} <= fields


def test_words_from_a_page_that_was_open_before_are_kept(client: PageClient, cast: Cast) -> None:
    form = client.page(f"/a/{link(cast)}").form("Send my answers")
    changed = replace(cast.clinic.settings(), words=False)
    administering.save_settings(cast.clinic, cast.viewer("tomasz"), changed, NOW)
    assert client.submit(form, {"safe": "7", "comment": WORDS}).status_code == 303
    with cast.clinic.db.read() as conn:
        dyad = conn.execute("SELECT dyad_id FROM unread_words").fetchone()["dyad_id"]
        kept = responses.comments(conn, cast.clinic.keyring, dyad, Audience.BOTH)
    assert kept[-1][1] == WORDS or kept[0][1] == WORDS


@pytest.mark.usefixtures("without_words")
def test_what_somebody_wrote_comes_back_with_the_page_that_could_not_be_taken(
    client: PageClient, cast: Cast
) -> None:
    path = f"/a/{link(cast)}"
    form = client.page(path).form("Send my answers")
    refused = client.post(path, data={**dict(form.data({})), "safe": "77", "comment": WORDS})
    assert refused.status_code == 422 and WORDS in refused.text
