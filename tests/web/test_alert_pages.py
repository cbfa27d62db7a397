"""An alert's page: why we ask, how to open it, and what came of it. The patient's answers decide the rest."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from alliance.actions import reading
from alliance.actions.caseload import own_trends
from alliance.domain import telling
from alliance.domain.alerts import Alert
from alliance.domain.episodes import Episode, episodes
from tests.cast import NOW, Cast, answer, hold, signed_in
from tests.page import Form, Page, PageClient
from tests.web.posting import count, course, link, page_of

TALKED, ORDINARY, LATER = "talked", "ordinary", "later"
SENT = {
    TALKED: {"outcome": TALKED, "how": "asked"},
    ORDINARY: {"outcome": ORDINARY, "because": "outside"},
    LATER: {"outcome": LATER},
}
KEPT_BACK = {"audience": "supervisor", "comment": "Not for Jonas."}


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/alerts/{cast.alder.alert_id}"


def stored(cast: Cast) -> Alert:
    """Alder 14's alert as it stands."""
    return reading.open_alert(cast.clinic, cast.viewer("miriam"), cast.alder.alert_id, NOW).alert


def form_on(page: Page) -> Form:
    return page.form("Save")


def test_it_asks_and_gives_every_reason(jonas: PageClient, cast: Cast, path: str) -> None:
    page = jonas.page(path)
    assert page.h1 == "Did something slip in session 7 with Alder 14?"
    assert page.title == f"{page.h1} – Alliance"
    found = reading.open_alert(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, NOW)
    assert found.alert.sentence in page.main
    point = next(point for point in found.page.trend.points if point.number == 7)
    reasons = telling.reasons(found.alert, point, found.page.instrument)
    assert len(reasons) >= 2
    for sentence in reasons:
        assert sentence in page.main
    assert "30" in reasons[0]


def test_it_is_a_question_with_its_doubt_beside_it(jonas: PageClient, path: str) -> None:
    page = jonas.page(path)
    assert "How sure is this? In simulations, about one in three such questions was" in page.main
    assert page.link("How this works") == "/help#how" and page.link("All cards") == "/help/cards"
    assert jonas.page("/help").by_id("how") is not None
    for verdict in ("bad", "poor", "wrong", "fault", "warning", "critical", "risk"):
        assert verdict not in page.main.lower().split()
    assert "First understand, later explain." in page.main


def test_the_picture_and_the_way_back(jonas: PageClient, cast: Cast, path: str) -> None:
    page = jonas.page(path)
    plot = next(node for node in page.nodes if "data-chart" in node.attrs)
    assert plot.get("data-chart") == f"/patients/{cast.alder.patient_id}/charts/alliance.json"
    assert json.loads(jonas.get(plot.get("data-chart")).text)["data"]
    assert page.link("All sessions of Alder 14") == f"/patients/{cast.alder.patient_id}"
    assert page.link("the table") == f"/patients/{cast.alder.patient_id}#numbers"


@pytest.mark.parametrize("outcome", [TALKED, ORDINARY, LATER])
def test_what_came_of_it_is_saved_and_said_once(
    jonas: PageClient, cast: Cast, path: str, outcome: str
) -> None:
    response = jonas.submit(form_on(jonas.page(path)), SENT[outcome])
    assert (response.status_code, response.headers["Location"]) == (303, path)
    saved = "Saved. The patient’s next answers say whether it is mended."
    if outcome == ORDINARY:
        saved = "Saved. This question is closed. If that was a mistake, it can be opened again."
    assert saved in jonas.page(path).main
    assert saved not in jonas.page(path).main
    assert stored(cast).status.value == outcome
    assert stored(cast).seen_at == NOW


def test_in_which_session_it_was_talked_about(jonas: PageClient, cast: Cast, path: str) -> None:
    form = form_on(jonas.page(path))
    assert form.fields["talked_number"].options == ("", "8", "7")
    jonas.submit(form, {"outcome": TALKED, "how": "asked", "talked_number": "8"})
    page = jonas.page(path)
    assert stored(cast).talked_number == 8
    assert (
        "Seen 20 November, seven days later Talked about 20 November, session 8, seven days later"
        in page.main
    )
    assert form_on(page)["talked_number"] == ""


def test_a_session_is_kept_only_where_it_was_talked_about(jonas: PageClient, cast: Cast, path: str) -> None:
    jonas.submit(form_on(jonas.page(path)), {"outcome": LATER, "talked_number": "8"})
    assert stored(cast).talked_number is None


def test_an_ordinary_session_closes_it(jonas: PageClient, cast: Cast, path: str) -> None:
    jonas.submit(form_on(jonas.page(path)), SENT[ORDINARY])
    page = jonas.page(path)
    assert "No rupture 20 November, seven days later Something outside therapy." in page.main
    assert list(form_on(page).fields["outcome"].options) == ["reopen"]
    trends = own_trends(cast.clinic, cast.viewer("jonas"), NOW)
    assert trends[0].open_alert is None


def test_what_is_closed_cannot_be_answered_again(jonas: PageClient, cast: Cast, path: str) -> None:
    form = form_on(jonas.page(path))
    jonas.submit(form, SENT[ORDINARY])
    response = jonas.submit(form, SENT[TALKED])
    assert response.status_code == 422
    assert page_of(response).errors == ["This question is closed already"]
    assert stored(cast).status.value == ORDINARY


@pytest.mark.parametrize(
    ("sent", "sentence", "field"),
    [
        ({}, "Choose what came of it", "outcome"),
        ({"outcome": "fine"}, "Choose what came of it", "outcome"),
        ({"outcome": "repaired"}, "Choose what came of it", "outcome"),
        (
            {"outcome": TALKED, "how": "asked", "talked_number": "6"},
            "Choose a session from the one in question on",
            "talked_number",
        ),
        (
            {"outcome": TALKED, "how": "asked", "talked_number": "9"},
            "Choose a session from the one in question on",
            "talked_number",
        ),
        (
            {"outcome": TALKED, "how": "asked", "talked_number": "x"},
            "Choose one of the sessions",
            "talked_number",
        ),
        (
            {"outcome": TALKED, "how": "asked", "talked_number": "٧"},
            "Choose one of the sessions",
            "talked_number",
        ),
        (
            {"outcome": TALKED, "how": "asked", "talked_number": "1" * 30},
            "Choose one of the sessions",
            "talked_number",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    jonas: PageClient, cast: Cast, path: str, sent: dict[str, str], sentence: str, field: str
) -> None:
    response = jonas.submit(form_on(jonas.page(path)), extra=sent)
    assert response.status_code == 422
    page = page_of(response)
    assert page.errors == [sentence] and page.link(sentence) == f"#{field}"
    told = page.by_id(f"{field}-problem")
    assert told is not None and told.text == sentence
    assert form_on(page)["outcome"] == (sent.get("outcome") if sent.get("outcome") == TALKED else None)
    assert stored(cast).status.value == "seen"


def test_the_next_answers_mend_it_and_no_note_does(jonas: PageClient, cast: Cast, path: str) -> None:
    jonas.submit(form_on(jonas.page(path)), {"outcome": TALKED, "how": "asked", "talked_number": "7"})
    assert "Alder 14’s answers decide, not the note." in jonas.page(path).main
    reached = set()
    for token in (cast.alder.token, link(cast), link(cast), link(cast)):
        answer(cast.clinic, token, NOW, 9)
        [episode] = episodes_of(cast)
        page = jonas.page(path)
        for word, number in (("Recovering", episode.recovering), ("Repaired", episode.repaired)):
            assert (f"{word} 20 November, session {number}," in page.main) == (number is not None)
            assert (f"{word}, when" in page.main) == (number is None)
        reached.add(episode.state)
    assert reached >= {"recovering", "repaired"}
    assert form_on(page).fields["outcome"].options == ("close",)


def episodes_of(cast: Cast) -> list[Episode]:
    trend = own_trends(cast.clinic, cast.viewer("jonas"), NOW)[0]
    return episodes(trend.points, trend.alerts)


# Other eyes


def test_a_supervisor_reads_it_but_answers_nothing(app: Flask, cast: Cast, path: str) -> None:
    miriam = signed_in(app, "miriam")
    page = miriam.page(path)
    assert [form for form in page.forms if "Save" in form.buttons] == []
    assert page.link("All sessions of Alder 14").endswith(f"?therapist={cast.ids['jonas']}")
    token = page.form("Sign out")["csrf_token"]
    response = miriam.post(path, data={"csrf_token": token, "outcome": ORDINARY})
    assert response.status_code in {403, 404}
    assert stored(cast).status.value == "new"


def test_a_question_raised_by_what_was_kept_back_is_the_supervisors_alone(
    app: Flask, jonas: PageClient, cast: Cast
) -> None:
    told = course(cast, "Elm 3", 8, 9, 8, 9, 2, last=KEPT_BACK)
    with cast.clinic.db.read() as conn:
        row = conn.execute("SELECT id, audience FROM alert WHERE dyad_id = ?", (told.dyad.id,)).fetchone()
    assert row["audience"] == "supervisor"
    miriam = signed_in(app, "miriam")
    page = miriam.page(f"/alerts/{row['id']}")
    assert page.h1 == "Did something slip in session 5 with Elm 3?"
    jonas.page(f"/alerts/{row['id']}", 404)
    token = jonas.page("/account").form("Sign out here")["csrf_token"]
    assert (
        jonas.post(f"/alerts/{row['id']}", data={"csrf_token": token, "outcome": TALKED}).status_code == 404
    )
    assert "Elm 3" not in [
        row for row in jonas.page("/caseload").main.split("Everyone else")[0:1] if "Elm" in row
    ]


def test_the_request_for_help_stands_on_the_supervisors_page_alone(
    app: Flask, jonas: PageClient, cast: Cast
) -> None:
    told = course(cast, "Elm 3", 8, 9, 8, 9, 2, last={"raise": "yes"})
    with cast.clinic.db.read() as conn:
        alert = conn.execute("SELECT id FROM alert WHERE dyad_id = ?", (told.dyad.id,)).fetchone()["id"]
    words = "Asks for your help with bringing something up, said after session 5."
    assert words in signed_in(app, "miriam").page(f"/alerts/{alert}").main
    assert "help with bringing" not in jonas.page(f"/alerts/{alert}").html


def test_a_fainter_sign_says_how_faint_it_is(jonas: PageClient, cast: Cast) -> None:
    told = course(cast, "Elm 3", 8, 9, 8, 9, 8, 9)
    for level in (7, 7, 6, 6, 7):
        _, token = hold(cast, cast.viewer("jonas"), told.dyad.patient.id, NOW)
        answer(cast.clinic, token, NOW, level)
        with cast.clinic.db.read() as conn:
            row = conn.execute("SELECT id, level FROM alert WHERE dyad_id = ?", (told.dyad.id,)).fetchone()
        if row is not None:
            break
    assert row["level"] == "keep"
    page = jonas.page(f"/alerts/{row['id']}")
    assert "more than half of these fainter signs were ordinary ups and downs" in page.main


def test_opening_it_is_noted(jonas: PageClient, cast: Cast, path: str) -> None:
    before = count(cast.clinic, "audit")
    jonas.page(path)
    assert count(cast.clinic, "audit") == before + 1
