"""The ledger on the pages: questions that rest, notes in a case that is shown, and how long it took to talk."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast, signed_in
from tests.page import PageClient

CANARY = "Zaunkönig-4711"
TALKED = {"outcome": "talked", "how": "asked", "talked_number": "8", "note": f"{CANARY}: it was my part."}


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


@pytest.fixture
def miriam(app: Flask) -> PageClient:
    return signed_in(app, "miriam")


def patient(cast: Cast) -> str:
    return f"/patients/{cast.alder.patient_id}"


def let_rest(jonas: PageClient, cast: Cast, **sent: str) -> int:
    asked = jonas.page(f"{patient(cast)}/mute")
    return jonas.submit(asked.form(f"{patient(cast)}/mute"), sent).status_code


def numbers_alone(cast: Cast) -> None:
    """As if the patient had not said it outright."""
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE alert SET rules = '[\"ratings\"]' WHERE id = ?", (cast.alder.alert_id,))


def test_questions_rest_with_a_reason_and_until_a_day(jonas: PageClient, cast: Cast) -> None:
    numbers_alone(cast)
    assert jonas.page(patient(cast)).link("Let questions rest") == f"{patient(cast)}/mute"
    sent = {"reason": "break", "until": "2026-12-18", "words": f"{CANARY} is away."}
    assert let_rest(jonas, cast, **sent) == 303
    page = jonas.page(patient(cast))
    assert "Muted until 18 December: planned break" in page.main and CANARY in page.main
    assert "One question kept meanwhile" in page.main
    assert "Nobody needs a conversation today." in jonas.page("/caseload").main
    assert jonas.submit(page.form(f"{patient(cast)}/unmute"), {}).status_code == 303
    assert "Muted until" not in jonas.page(patient(cast)).main
    assert "worth a question" in jonas.page("/caseload").main


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"until": "2026-12-18"}, "Choose a reason"),
        ({"reason": "break"}, "Choose a day"),
        ({"reason": "break", "until": "2026-11-20"}, "Choose a day from tomorrow on, at most 90 days ahead"),
        ({"reason": "other", "until": "2026-12-18"}, "Write a few words on the reason"),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(
    jonas: PageClient, cast: Cast, sent: dict[str, str], problem: str
) -> None:
    asked = jonas.page(f"{patient(cast)}/mute")
    answer = jonas.submit(asked.form(f"{patient(cast)}/mute"), sent)
    assert answer.status_code == 422 and problem in answer.get_data(as_text=True)
    assert "Muted until" not in jonas.page(patient(cast)).main


def test_a_supervisor_finds_what_rests_folded_with_the_reason_and_no_words(
    jonas: PageClient, miriam: PageClient, cast: Cast
) -> None:
    numbers_alone(cast)
    assert "Questions that rest" not in miriam.page("/supervision").main
    let_rest(jonas, cast, reason="break", until="2026-12-18", words=f"{CANARY} is away.")
    for address in ("/supervision", f"/supervision/therapists/{cast.ids['jonas']}"):
        page = miriam.page(address)
        assert "Questions that rest, with a reason: one patient" in page.main
        assert "Muted until 18 December: planned break" in page.main
        assert CANARY not in page.html
    assert CANARY not in miriam.page(patient(cast)).html


def test_a_supervisor_reads_how_long_it_took_to_talk(
    jonas: PageClient, miriam: PageClient, cast: Cast
) -> None:
    answer(jonas, cast)
    assert "talked about seven days later" in miriam.page("/supervision").main


def answer(jonas: PageClient, cast: Cast) -> None:
    asked = jonas.page(f"/alerts/{cast.alder.alert_id}")
    assert jonas.submit(asked.form(f"/alerts/{cast.alder.alert_id}"), TALKED).status_code == 303


def test_notes_are_the_therapists_until_the_case_is_shown(
    jonas: PageClient, miriam: PageClient, cast: Cast
) -> None:
    answer(jonas, cast)
    pages = (patient(cast), f"/alerts/{cast.alder.alert_id}")
    assert all(CANARY in jonas.page(address).html for address in pages)
    assert not any(CANARY in miriam.page(address).html for address in pages)
    asked = jonas.page(f"{patient(cast)}/share")
    assert "and your own notes on its questions" in asked.main
    assert jonas.submit(asked.form(f"{patient(cast)}/share"), {}).status_code == 303
    assert all(CANARY in miriam.page(address).html for address in pages)
    sheets = (f"{patient(cast)}/sheet", f"/supervision/therapists/{cast.ids['jonas']}/agenda")
    assert not any(CANARY in miriam.page(address).html for address in sheets), "paper has no notes"
