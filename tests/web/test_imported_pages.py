"""Ratings of before on pages: told as such in words, never offered a form for, and in the copy of the patient."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from alliance.actions import caseload
from alliance.domain.caseload import is_early
from tests.cast import NOW, Cast, answer, hold, signed_in
from tests.histories import trend_of, with_history
from tests.page_rules import RULES

NAMED = "Form <b>2</b> & co."
LEVELS = [84.0, 86.0, 82.0, None]
OTHER = ("--measures", "other", "--questionnaire", NAMED)


@pytest.fixture(autouse=True)
def still(app: Flask) -> Iterator[None]:
    yield


def test_the_course_says_what_was_imported_and_from_what(app: Flask, cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", LEVELS, *OTHER)
    answer(cast.clinic, hold(cast, cast.viewer("jonas"), dyad.patient.id, NOW)[1], NOW, 8)
    for who in ("jonas", "miriam"):
        page = signed_in(app, who).page(f"/patients/{dyad.patient.id}")
        assert "Sessions 1 to 4 were imported, rated on Form <b>2</b> & co.. " in page.text
        assert page.text.count(f"imported: {NAMED}") == 4 and f"imported: {NAMED}, no ratings" in page.text
        assert "1 form back" in page.text and "5 sessions" in page.text


def test_the_chart_draws_it_hollow_and_leads_no_line_to_another_questionnaire(app: Flask, cast: Cast) -> None:
    same, other = with_history(cast, "Elm 1", LEVELS[:3]), with_history(cast, "Elm 2", LEVELS[:3], *OTHER)
    soon = datetime(2026, 3, 31, 12, tzinfo=UTC)  # a week after the last one of before
    for dyad in (same, other):
        answer(cast.clinic, hold(cast, cast.viewer("jonas"), dyad.patient.id, soon)[1], soon, 8)
    lines = {}
    for dyad in (same, other):
        reply = signed_in(app, "jonas").get(f"/patients/{dyad.patient.id}/charts/alliance.json")
        traces = {trace["name"]: trace for trace in json.loads(reply.get_data())["data"]}
        assert traces["imported"]["x"] == [1, 2, 3] and traces["imported"]["y"] == [84, 86, 82]
        lines[dyad.id] = traces["alliance"]["y"]
        assert "<b>" not in traces["alliance"]["text"][0] and "imported" in traces["alliance"]["text"][0]
    assert lines[same.id] == [84, 86, 82, 80] and lines[other.id] == [84, 86, 82, None, 80]


def test_a_session_of_before_has_no_ways_to_answer(app: Flask, cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", LEVELS)
    client, session = signed_in(app, "jonas"), trend_of(cast, dyad).points[-1].session_id
    page = client.page(f"/sessions/{session}")
    assert "No form is offered for it" in page.text and "Ways to answer" not in page.text
    assert "Make a link for session 4" not in client.page(f"/patients/{dyad.patient.id}").text
    assert "Elm 1" not in client.page("/caseload/slips").text


def test_the_copy_of_the_patient_has_it(app: Flask, cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", LEVELS, *OTHER)
    client = signed_in(app, "jonas")
    form = client.page(f"/patients/{dyad.patient.id}/rights").form("Make the copy")
    found = json.loads(client.submit(form, {"copy-kind": "data"}, allow=RULES).get_data())
    sessions = found["therapies"][0]["sessions"]
    assert [one["form"] for one in sessions] == [None] * 4
    assert sessions[0]["imported"] == {
        "questionnaire": NAMED,
        "scores": {"safety": 84, "attunement": 84, "collaboration": 84, "rupture": 5, "alliance": 84},
        "answers": [],
    }
    assert sessions[3]["imported"]["scores"] == {}
    shown = client.submit(form, {"copy-kind": "page"}, allow=RULES).get_data(as_text=True)
    assert "Taken over from before this clinic asked you" in shown and "Form &lt;b&gt;2&lt;/b&gt;" in shown


def test_a_caseload_that_was_brought_is_no_line_of_new_patients_in_their_early_days(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", [84.0] * 12)
    shown = caseload.own_trends(cast.clinic, cast.viewer("jonas"), NOW)
    told = next(trend for trend in shown if trend.dyad.id == dyad.id)
    assert not is_early(told)
