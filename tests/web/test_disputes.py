"""“This was not me”: said once, without script, seen by those who may see the answers, and changing nothing."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import NOW, Cast, answer, signed_in
from tests.page import PageClient, page_client
from tests.web.posting import count, page_of, post

NOT_THEIRS = "Session 8: the patient says these answers are not theirs."


@pytest.fixture
def patient(app: Flask) -> PageClient:
    return page_client(app)


def say(patient: PageClient, token: str) -> None:
    form = patient.page(f"/a/{token}").form("These answers are not mine")
    page = page_of(patient.submit(form, follow_redirects=True))
    assert page.h1 == "Thank you. It is noted."


def test_it_is_marked_once_and_nothing_else_changes(app: Flask, patient: PageClient, cast: Cast) -> None:
    answer(cast.clinic, cast.alder.token, NOW, 3)
    tables = ("response", "answer", "score", "reading", "alert", "attempt")
    before = [count(cast.clinic, table) for table in tables]
    for _ in range(2):
        say(patient, cast.alder.token)
    assert [count(cast.clinic, table) for table in tables] == before
    assert count(cast.clinic, "dispute") == 1
    with cast.clinic.db.read() as conn:
        lines = conn.execute("SELECT actor, subject, detail FROM audit WHERE action = 'dispute'").fetchall()
    assert [tuple(line) for line in lines] == [("patient", "response", '{"channel": "link"}')]
    for who in ("jonas", "miriam"):
        page = signed_in(app, who).page(f"/patients/{cast.alder.patient_id}")
        assert NOT_THEIRS in page.main
        assert "the patient says these answers are not theirs" in page.tables[0][1][-1]


def test_the_page_says_nothing_of_the_answers(patient: PageClient, cast: Cast) -> None:
    answer(cast.clinic, cast.alder.token, NOW, 3, comment="Between us.")
    for page in (patient.page(f"/a/{cast.alder.token}"), patient.page("/noted")):
        assert "Between us" not in page.text and cast.alder.token not in page.main
    assert cast.alder.token not in patient.page("/noted").html


def test_a_mark_on_what_was_kept_back_is_the_supervisors_to_see(
    app: Flask, patient: PageClient, cast: Cast
) -> None:
    jonas = signed_in(app, "jonas")
    path = f"/patients/{cast.alder.patient_id}"
    before = jonas.page(path)
    answer(cast.clinic, cast.alder.token, NOW, 3, audience="supervisor")
    patient.post(f"/a/{cast.alder.token}/not-mine")
    after = jonas.page(path)
    assert (after.main, after.links) == (before.main, before.links)
    assert NOT_THEIRS in signed_in(app, "miriam").page(path).main


@pytest.mark.parametrize("state", ["no answer", "held back", "answered", "no such link"])
def test_it_cannot_be_used_to_find_out_whether_somebody_answered(
    patient: PageClient, cast: Cast, state: str
) -> None:
    if state in {"held back", "answered"}:
        audience = "both" if state == "answered" else "supervisor"
        answer(cast.clinic, cast.alder.token, NOW, 8, audience=audience)
    token = "x" * 27 if state == "no such link" else cast.alder.token
    response = patient.post(f"/a/{token}/not-mine")
    assert (response.status_code, response.headers["Location"]) == (303, "/noted?language=en")
    assert count(cast.clinic, "dispute") == (state in {"held back", "answered"})
    assert patient.get(f"/a/{token}/not-mine").status_code == 405


def test_opening_marks_nothing(patient: PageClient, cast: Cast) -> None:
    assert post(patient, cast.alder.token).status_code == 303
    for _ in range(3):
        patient.page(f"/a/{cast.alder.token}")
    assert count(cast.clinic, "dispute") == 0
