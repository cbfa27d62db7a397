"""The questionnaire as a patient meets it: who reads it, whom to call, what can be left out, what it weighs."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask

from tests.cast import Cast, add_patient, signed_in
from tests.page import Form, Page, PageClient, page_client
from tests.web.posting import (
    GOOD,
    ITEMS,
    count,
    end_supervision,
    kept,
    link,
    page_of,
    post,
    supervise,
)

SEND = "Send my answers"


@pytest.fixture
def questionnaire(client: PageClient, cast: Cast) -> Page:
    return client.page(f"/a/{cast.alder.token}")


def asked(form: Form) -> set[str]:
    """What a page's form asks, beside what it carries unseen."""
    return {name for name, field in form.fields.items() if field.kind != "hidden"}


# Who reads it


def test_it_says_by_name_who_reads_it(questionnaire: Page) -> None:
    assert (
        "Jonas Berg, your therapist, before your next session, and Miriam Osei, the supervisor. Nobody else."
        in questionnaire.main
    )
    assert "At the end you can choose that only Miriam Osei sees it." in questionnaire.main
    assert "Only Miriam Osei, the supervisor Jonas Berg then sees nothing from today" in questionnaire.main
    assert {"audience", "raise"} <= asked(questionnaire.form(SEND))
    assert questionnaire.form(SEND)["audience"] == "both"
    assert questionnaire.form(SEND)["raise"] is None


def test_without_a_supervisor_none_is_mentioned(client: PageClient, cast: Cast) -> None:
    end_supervision(cast)
    page = client.page(f"/a/{cast.alder.token}")
    assert "Jonas Berg, your therapist, before your next session. Nobody else." in page.main
    assert "supervisor" not in page.main
    assert asked(page.form(SEND)) == {*ITEMS, "talked", "comment"}


def test_with_two_supervisors_both_are_named(client: PageClient, cast: Cast) -> None:
    supervise(cast, "ruth")
    page = client.page(f"/a/{cast.alder.token}")
    assert "and Miriam Osei and Ruth Adler, the supervisors. Nobody else." in page.main
    assert "you can choose that only Miriam Osei and Ruth Adler see it." in page.main


def test_a_supervisor_whose_account_is_closed_is_not_promised(client: PageClient, cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute(
            "UPDATE staff SET disabled_at = ? WHERE id = ?", ("2026-11-01T00:00:00Z", cast.ids["miriam"])
        )
    assert "Miriam Osei" not in client.page(f"/a/{cast.alder.token}").html


def test_a_page_of_before_the_supervision_ended_is_asked_about_once_more(
    client: PageClient, cast: Cast
) -> None:
    form = client.page(f"/a/{cast.alder.token}").form(SEND)
    end_supervision(cast)
    response = client.submit(
        form, {**GOOD, "audience": "supervisor", "raise": "yes", "comment": "For Miriam."}
    )
    assert response.status_code == 422
    again = page_of(response)
    assert again.errors == [
        "Only your therapist can read this today. Send it again if that is all right",
        "Nobody but your therapist can help with this today. You can still send the rest",
    ]
    assert "Miriam Osei" not in again.html
    assert again.form(SEND)["comment"] == "For Miriam."
    assert count(cast.clinic, "response") == 14
    assert client.submit(again.form(SEND)).status_code == 303
    stored = kept(cast.clinic)
    assert (stored.audience, stored.wants_help, stored.comment) == ("both", False, "For Miriam.")


def test_a_page_of_before_there_was_a_supervisor_is_taken(client: PageClient, cast: Cast) -> None:
    end_supervision(cast)
    form = client.page(f"/a/{cast.alder.token}").form(SEND)
    assert "audience" not in form.fields
    supervise(cast, "ruth")
    receipt = client.submit(form, GOOD, follow_redirects=True)
    assert "Jonas Berg reads this" in page_of(receipt).main
    assert kept(cast.clinic).audience == "both"


# Help, and a way out


def test_help_is_always_in_sight_and_called_by_its_name(questionnaire: Page) -> None:
    summary = questionnaire.root.find("summary")
    assert summary is not None and summary.text == "I need help now"
    numbers = dict(questionnaire.links)
    assert (numbers["01632 960114"], numbers["112"]) == ("tel:01632960114", "tel:112")
    assert "Harbour Street crisis line 01632 960114" in questionnaire.text
    assert (
        "Nobody reads this straight away. To talk to someone now, call 01632 960114 or 112."
        in questionnaire.main
    )


def test_there_is_a_way_out_that_says_nothing(client: PageClient, questionnaire: Page) -> None:
    away = client.page(questionnaire.link("Leave this page"))
    assert away.h1 == "This page is empty."
    assert away.links == [] and away.forms == []
    assert "session" not in away.html and "Harbour" not in away.html


def test_neither_title_nor_address_nor_icon_tells_what_it_is(questionnaire: Page, client: PageClient) -> None:
    assert questionnaire.title == "After your session"
    telling = re.compile("therap|psych|alliance|mental", re.IGNORECASE)
    assert not telling.search(questionnaire.title + questionnaire.address)
    head = questionnaire.root.find("head")
    assert head is not None
    for node in head.find_all("link"):
        with client.get(node.get("href")) as response:
            assert "svg" not in response.mimetype or not telling.search(response.text)


# The sentences


def test_twelve_sentences_each_with_eleven_numbers_and_a_way_to_leave_it_out(questionnaire: Page) -> None:
    form = questionnaire.form(SEND)
    fieldsets = [
        node for node in form.node.find_all("fieldset") if node.find_all("input")[0].get("name") in ITEMS
    ]
    assert len(fieldsets) == 12
    for fieldset, item in zip(fieldsets, ITEMS, strict=True):
        radios = fieldset.find_all("input")
        assert [node.get("name") for node in radios] == [item] * 12
        assert [node.get("value") for node in radios] == [*map(str, range(11)), ""]
        assert not [node for node in radios if "checked" in node.attrs or "required" in node.attrs]
        legend = fieldset.find("legend")
        assert legend is not None and legend.text.endswith(".")
        assert "Not at all Leave out Completely" in fieldset.text
        told = questionnaire.by_id(fieldset.get("aria-describedby"))
        assert told is not None and told.text.startswith("Pick a number for each sentence. 0 means")


def test_the_sentences_stand_in_groups_that_say_how_far_one_is(questionnaire: Page) -> None:
    told = [small.text for small in questionnaire.root.find_all("small")][:4]
    assert told == ["1 to 3 of 12", "4 to 6 of 12", "7 to 9 of 12", "10 to 12 of 12"]
    headings = [heading.text for heading in questionnaire.root.find_all("h2")]
    assert headings == [
        "You",
        "Your therapist",
        "What you did together",
        "Things that can be hard to say",
        "To finish",
    ]


@pytest.mark.parametrize("item", ITEMS)
def test_every_sentence_can_be_left_out(client: PageClient, cast: Cast, item: str) -> None:
    assert post(client, cast.alder.token, {item: ""}).status_code == 303
    assert set(kept(cast.clinic).answers) == set(ITEMS) - {item}


def test_every_number_can_be_picked(client: PageClient, cast: Cast) -> None:
    for value in range(11):
        assert post(client, link(cast), dict.fromkeys(ITEMS, str(value)), attempt=None).status_code == 303
        assert set(kept(cast.clinic).answers.values()) == {value}


def test_an_empty_page_is_asked_about_once_and_then_taken(client: PageClient, cast: Cast) -> None:
    form = client.page(f"/a/{cast.alder.token}").form(SEND)
    response = client.submit(form)
    assert response.status_code == 422
    assert "Nothing is filled in yet." in page_of(response).main
    assert page_of(response).errors == []
    assert client.submit(page_of(response).form(SEND)).status_code == 303
    assert kept(cast.clinic).answers == {}


def test_the_other_questions_are_kept_as_answered(client: PageClient, cast: Cast) -> None:
    form = client.page(f"/a/{cast.alder.token}").form(SEND)
    answers = {
        "talked": "not-helped",
        "raise": "yes",
        "audience": "supervisor",
        "comment": "“Why?”, I thought.\n\nIt isn't <b>.",
    }
    assert client.submit(form, answers).status_code == 303
    stored = kept(cast.clinic)
    assert (stored.talked, stored.wants_help, stored.audience) == ("not-helped", True, "supervisor")
    assert stored.comment == answers["comment"]


def test_the_short_form_works_the_same(client: PageClient, cast: Cast) -> None:
    token = link(cast, add_patient(cast, "Fern 3", "pulse").patient.id)
    page = client.page(f"/a/{token}")
    form = page.form(SEND)
    assert asked(form) == {"safe", "heard", "team", "held", "comment", "audience", "raise"}
    told = [small.text for small in page.root.find_all("small")][:2]
    assert told == ["1 to 3 of 4", "4 of 4"]
    response = client.submit(
        form, {"safe": "6", "heard": "10", "team": None, "held": ""}, follow_redirects=True
    )
    assert page_of(response).h1 == "Thank you. It has arrived."
    assert kept(cast.clinic).answers == {"safe": 6, "heard": 10}


# Cookies, scripts, methods, weight


def test_it_takes_no_cookie_to_answer(app: Flask, cast: Cast) -> None:
    visitor = page_client(app)
    opened = visitor.get(f"/a/{cast.alder.token}")
    assert "Set-Cookie" not in opened.headers
    without = app.test_client(use_cookies=False)
    sent = without.post(f"/a/{cast.alder.token}", data={**GOOD, "form": "after-session 1.0"})
    assert sent.status_code == 303
    assert "Thank you. It has arrived." in without.get("/thanks").text


def test_who_is_signed_in_is_neither_known_nor_signed_out_here(app: Flask, cast: Cast) -> None:
    client = signed_in(app, "jonas")
    response = client.get(f"/a/{cast.alder.token}")
    assert "Set-Cookie" not in response.headers
    assert not page_of(response).staff and "/account" not in response.text
    client.page("/caseload")


def test_looking_changes_nothing(client: PageClient, cast: Cast) -> None:
    tables = ("attempt", "response", "invitation", "audit", "reading")
    before = [count(cast.clinic, table) for table in tables]
    path = f"/a/{cast.alder.token}"
    assert client.head(path).status_code == 200
    assert client.options(path).status_code == 405
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert client.open(path, method=method).status_code == 405
    assert client.get(f"{path}?safe=1&attempt={'a' * 20}").status_code == 200
    assert [count(cast.clinic, table) for table in tables] == before
    assert post(client, cast.alder.token).status_code == 303


def test_every_page_has_an_attempt_of_its_own(client: PageClient, cast: Cast) -> None:
    attempts = {client.page(f"/a/{cast.alder.token}").form(SEND)["attempt"] for _ in range(20)}
    assert len(attempts) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16,64}", attempt or "") for attempt in attempts)


def test_it_is_light(client: PageClient, questionnaire: Page) -> None:
    assets = [node.get("href") for node in questionnaire.root.find_all("link")]
    assets += [node.get("src") for node in questionnaire.root.find_all("script", "img")]
    html = questionnaire.html.encode()
    total = len(html)
    for address in assets:
        with client.get(address) as response:
            assert response.status_code == 200
            total += len(response.data)
    assert 1 + len(assets) <= 4
    assert total <= 30_000
    assert len(gzip.compress(html)) <= 4_000
    assert "plotly" not in questionnaire.html.lower()
