"""One patient’s data: the page, the copies and who gets what in them, the end, a colleague, everything gone."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from alliance.actions import marking, muting
from alliance.domain.marks import Kind, Mark
from alliance.storage import alerts
from tests.actions.stories import Patient, course, noted, trail
from tests.cast import NOW, Cast, answer, hold, signed_in
from tests.page import PageClient
from tests.page_rules import RULES

TOLD, KEPT = "Zaunkönig: it was hard <b>today</b>.", "Wendehals: please help."


@pytest.fixture
def elm(cast: Cast) -> Patient:
    """Six answered sessions, the fifth with words to the therapist, the sixth kept for the supervisor, with words."""
    told = course(
        cast,
        "Elm 3",
        [8, 9, 8, 9, 3],
        last={"comment": TOLD, "talked": "little"},
        end=NOW - timedelta(days=7),
    )
    again = kept_back(cast, told)
    told.sessions.append(again[0])
    told.tokens.append(again[1])
    return told


def kept_back(cast: Cast, told: Patient) -> tuple[int, str]:
    held = hold(cast, cast.viewer("jonas"), told.id, NOW)
    answer(cast.clinic, held[1], NOW, 2, audience="supervisor", comment=KEPT, **{"raise": "yes"})
    return held


def copied(client: PageClient, told: Patient, kind: str, therapist: int | None = None) -> TestResponse:
    query = f"?therapist={therapist}" if therapist else ""
    form = client.page(f"/patients/{told.id}/rights{query}").form("Make the copy")
    return client.submit(form, {"copy-kind": kind}, allow=RULES)


def data(client: PageClient, told: Patient, therapist: int | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(copied(client, told, "data", therapist).get_data())
    return found


def test_the_therapists_copy_holds_what_the_therapist_may_see(app: Flask, cast: Cast, elm: Patient) -> None:
    found = data(signed_in(app, "jonas"), elm)
    [therapy] = found["therapies"]
    assert therapy["therapist"] == "Jonas Berg" and len(therapy["sessions"]) == 6
    fifth, sixth = therapy["sessions"][4:]
    items = cast.clinic.library.get("after-session").items
    assert [(one["id"], one["sentence"]) for one in fifth["form"]["answers"]] == [
        (i.id, i.text) for i in items
    ]
    assert fifth["form"]["said"][0]["answer"] == "A little"
    assert fifth["form"]["said"][1]["answer"] == TOLD
    assert sixth == {"number": 6, "held_on": NOW.date().isoformat(), "form": None}
    assert therapy["questions"] and "asked to talk with you" in therapy["questions"][0]["question"]
    assert "asked_for_help" not in json.dumps(found) and KEPT not in json.dumps(found, ensure_ascii=False)
    assert "score" not in json.dumps(found) and "odds" not in json.dumps(found)


def test_the_supervisors_copy_holds_every_answer_and_no_word_to_the_therapist(
    app: Flask, cast: Cast, elm: Patient
) -> None:
    found = data(signed_in(app, "miriam"), elm, cast.ids["jonas"])
    fifth, sixth = found["therapies"][0]["sessions"][4:]
    assert sixth["form"]["asked_for_help"] is True and sixth["form"]["readers"] == "the supervisor alone"
    assert KEPT in json.dumps(sixth, ensure_ascii=False)
    assert TOLD not in json.dumps(found, ensure_ascii=False) and len(fifth["form"]["answers"]) == 12


@pytest.mark.parametrize("kind", ["show", "page", "data"])
def test_a_file_is_named_here_and_tells_of_nobody(app: Flask, cast: Cast, elm: Patient, kind: str) -> None:
    before = len(trail(cast.clinic))
    reply = copied(signed_in(app, "jonas"), elm, kind)
    assert reply.status_code == 200
    name = reply.headers.get("Content-Disposition", "")
    assert reply.content_type == ("application/json" if kind == "data" else "text/html") + "; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-store"
    text = reply.get_data(as_text=True)
    assert "given to the patient at their request" in text and "made by Jonas Berg" in text
    assert "export patient" in [line[2] for line in trail(cast.clinic)[before:]]
    if kind != "show":
        ending = "html" if kind == "page" else "json"
        assert re.fullmatch(rf"attachment; filename=copy-[2-9A-Z]{{8}}\.{ending}", name)
    if kind == "page":
        assert "<script" not in text and "http" not in text.replace("http-equiv", "") and "src=" not in text
        assert "&lt;b&gt;today&lt;/b&gt;" in text and "<style>" in text


def test_the_page_that_is_shown_has_no_fault(app: Flask, cast: Cast, elm: Patient) -> None:
    client = signed_in(app, "jonas")
    form = client.page(f"/patients/{elm.id}/rights").form("Make the copy")
    page = client.submit(form, {"copy-kind": "show"}).page
    assert page.h1 == "What is kept about you" and "Wendehals" not in page.html


def test_a_copy_takes_the_password(
    app: Flask, cast: Cast, elm: Patient, clock: time_machine.Traveller
) -> None:
    client = signed_in(app, "jonas")
    form = client.page(f"/patients/{elm.id}/rights").form("Make the copy")
    clock.shift(timedelta(minutes=5))
    reply = client.submit(form, {"copy-kind": "data"})
    for password in ("", "somebody else’s"):
        reply = client.submit(reply.page.form("Go on"), {"confirm_password": password})
        assert reply.status_code == 422 and "Enter the password with which" in reply.page.html
    assert "export patient" not in [line[2] for line in trail(cast.clinic)]


def test_a_pause_from_the_page_to_the_caseload_and_back(app: Flask, elm: Patient) -> None:
    client = signed_in(app, "jonas")
    path = f"/patients/{elm.id}/rights"
    form = client.page(path).form("Let forms rest")
    assert client.submit(form, {"pause-reason": "burden", "pause-look_on": "2026-11-20"}).status_code == 422
    reply = client.submit(
        form, {"pause-reason": "burden", "pause-look_on": "2026-12-20"}, follow_redirects=True
    )
    assert "The forms are a burden" in reply.page.html or "the forms are a burden" in reply.page.html
    assert "Forms rest" in client.page("/caseload").html
    client.submit(client.page(path).form("Offer forms again"))
    assert "Let forms rest" in client.page(path).html


def test_the_end_and_that_taken_back(app: Flask, cast: Cast, elm: Patient) -> None:
    client = signed_in(app, "jonas")
    form = client.page(f"/patients/{elm.id}/end").form("End it on that day")
    for wrong in (
        {"reason": "planned", "last_day": "2026-11-19"},
        {"reason": "planned", "last_day": "9999-12-31"},
        {"reason": None, "last_day": "2026-11-20"},
    ):
        assert client.submit(form, wrong).status_code == 422
    fine = {"reason": "planned", "last_day": "2026-11-20"}
    page = client.submit(form, fine, follow_redirects=True).page
    assert "on your caseload until Friday 20 November" in page.html
    assert client.get(f"/patients/{elm.id}/end").status_code == 404
    client.submit(page.form("Take this back, Elm 3 stays"))
    assert client.get(f"/patients/{elm.id}/end").status_code == 200
    assert trail(cast.clinic)[-1][2] == "take back leaving"


def test_a_colleague_sees_the_code_and_begins_anew(app: Flask, cast: Cast, elm: Patient) -> None:
    client = signed_in(app, "jonas")
    form = client.page(f"/patients/{elm.id}/hand-over").form("Hand over")
    fine = {
        "to": str(cast.ids["claire"]), "reason": "wish", "last_day": "2026-11-20", "agreed": "y",
    }  # fmt: skip
    assert client.submit(form, fine | {"agreed": None}).status_code == 422
    assert client.submit(form, fine).status_code == 303
    assert "Elm 3" in signed_in(app, "claire").page("/caseload").html
    client.submit(client.page("/caseload").form("Take this back, Elm 3 stays"))
    assert "Elm 3" not in signed_in(app, "claire").page("/caseload").html


def test_everything_erased_is_asked_for_confirmed_and_stopped(app: Flask, cast: Cast, elm: Patient) -> None:
    jonas, miriam, tomasz = (signed_in(app, who) for who in ("jonas", "miriam", "tomasz"))
    form = jonas.page(f"/patients/{elm.id}/rights").form("Ask for everything to be erased")
    asked = {"erase-reason": "withdrawn", "erase-said_so": "y"}
    assert jonas.submit(form, asked | {"erase-said_so": None}).status_code == 422
    jonas.submit(form, asked)
    assert (
        "To be erased" in jonas.page("/caseload").html and "To be erased" in miriam.page("/supervision").html
    )
    assert "One patient waits for it" in tomasz.page("/admin").main
    seen = tomasz.page("/admin/erasures")
    assert "Elm 3" in seen.html and "withdrawn" not in seen.html and "Jonas" not in seen.html
    assert seen.form("Confirm the erasure of Elm 3")
    supervised = f"/patients/{elm.id}/rights?therapist={cast.ids['jonas']}"
    miriam.submit(
        miriam.page(supervised).form("Confirm that everything is to be erased"),
        {},
    )
    assert "Friday 27 November" in jonas.page(f"/patients/{elm.id}/rights").html
    tomasz.submit(tomasz.page("/admin/erasures").form("Stop this for Elm 3"))
    assert "Everything is still there" in tomasz.page("/admin/erasures").html
    assert "Ask for it" in jonas.page(f"/patients/{elm.id}/rights").html


def test_a_copy_has_what_its_maker_noted_and_nothing_of_the_other(
    app: Flask, cast: Cast, elm: Patient
) -> None:
    jonas = cast.viewer("jonas")
    words = {name: f"Kuckuck {name}" for name in ("note", "rest", "mark", "kept")}
    with cast.clinic.db.read() as conn:
        asked = alerts.of_dyads(conn, [elm.dyad_id], full=False)[elm.dyad_id][-1]
    noted(cast.clinic, jonas, asked.id, "talked", NOW, note=words["note"])
    until = NOW.date() + timedelta(days=9)
    muting.mute(cast.clinic, jonas, elm.id, until=until, reason="break", words=words["rest"], now=NOW)
    event = Mark(0, Kind.EVENT, NOW.date(), what="loss", words=words["mark"])
    marking.add_mark(cast.clinic, jonas, elm.id, event, NOW)
    own = data(signed_in(app, "jonas"), elm)["therapies"][0]
    told = json.dumps(own, ensure_ascii=False)
    assert [name for name in words if words[name] in told] == ["note", "rest", "mark"]
    assert "Of the question after session 5: talked about, asked directly." in told and "Muted until" in told
    whole = data(signed_in(app, "miriam"), elm, cast.ids["jonas"])["therapies"][0]
    seen = json.dumps(whole, ensure_ascii=False)
    assert "Kuckuck" not in seen and "Marked on the course" in seen and whole["own_views"] == []
