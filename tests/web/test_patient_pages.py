"""A patient's page: the story in a sentence, then the pictures, then every number, as far as the reader may know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from alliance.actions import reading
from alliance.domain import course as courses
from alliance.domain.trend import Trend
from tests.cast import NOW, Cast, add_patient, signed_in
from tests.page import PageClient, page_client
from tests.web.posting import (
    BETTER,
    ITEMS,
    WORSE,
    Told,
    answers,
    course,
    link,
    next_session,
    numbers,
    post,
)

SCALES = ("safety", "attunement", "collaboration")
PICTURES = ("alliance", *SCALES, *WORSE)


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


def trend(cast: Cast, patient_id: int, who: str = "jonas") -> Trend:
    """The course as this viewer may know it, read by the act rather than the page."""
    return reading.chart_trend(cast.clinic, cast.viewer(who), patient_id, NOW)


def whole(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


# The order of things


def test_the_sentence_comes_first_then_the_picture_then_the_table(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page(f"/patients/{cast.alder.patient_id}")
    assert page.h1 == "Alder 14" and page.title == "Alder 14 – Alliance"
    sentence = courses.lead(trend(cast, cast.alder.patient_id), you="You")
    assert sentence in page.main
    places = [page.html.index(mark) for mark in ("<h1", '<p class="lead"', 'data-chart="', "<table")]
    assert places == sorted(places)


def test_every_picture_has_its_name_its_words_and_its_data(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page(f"/patients/{cast.alder.patient_id}")
    plots = [node for node in page.nodes if "data-chart" in node.attrs]
    wanted = [f"/patients/{cast.alder.patient_id}/charts/{name}.json" for name in (*PICTURES, "answers")]
    assert [node.get("data-chart") for node in plots] == wanted
    for node in plots:
        assert node.get("role") == "img" and page.name_of(node)
        words = page.by_id(node.get("aria-describedby"))
        assert words is not None and words.text.endswith(".")
        response = jonas.get(node.get("data-chart"))
        assert response.status_code == 200
        assert set(json.loads(response.text)) >= {"data", "layout"}


def test_the_pictures_are_for_nobody_to_keep_and_for_nobody_else(
    app: Flask, jonas: PageClient, cast: Cast
) -> None:
    for name in PICTURES:
        path = f"/patients/{cast.alder.patient_id}/charts/{name}.json"
        response = jonas.get(path)
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        assert signed_in(app, "claire").get(path).status_code == 404
        assert page_client(app).get(path).headers["Location"].startswith("/sign-in")
    for name in ("rupture", "nothing", "..%2falliance", "safe"):
        assert jonas.get(f"/patients/{cast.alder.patient_id}/charts/{name}.json").status_code == 404


def test_the_script_of_the_pictures_comes_from_this_server_and_last(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page(f"/patients/{cast.alder.patient_id}")
    scripts = page.root.find_all("script")
    assert all("defer" in node.attrs for node in scripts)
    assert all(node.get("src").startswith("/") for node in scripts)
    assert [node.get("src").rpartition("/")[2].partition("?")[0] for node in scripts][::2] == [
        "staff.js",
        "charts.js",
    ]


# The numbers


def test_every_number_of_the_table_is_the_stored_one(jonas: PageClient, cast: Cast) -> None:
    told = course(cast, "Elm 3", 8, 6, None, 9, 3, 7)
    with cast.clinic.db.write() as conn:  # some that would round differently in different places
        conn.execute("DELETE FROM answer WHERE item = 'free' AND value = 9")
    page = jonas.page(told.path)
    stored = stored_scores(cast, told)
    rows = numbers(page)
    assert list(rows) == ["6", "5", "4", "3", "2", "1"]
    heads = page.tables[0][0]
    assert heads == [
        "Session",
        "Date",
        "Alliance",
        "Usual",
        "Safety",
        "Attunement",
        "Collaboration",
        "Kept back",
        "Hurt",
        "Leave",
        "Form came by",
        "In words",
    ]
    for number, (_, alliance, usual, *rest) in rows.items():
        scores, items, range_ = stored[int(number)]
        assert alliance == whole(scores.get("alliance"))
        assert rest[:3] == [whole(scores.get(scale)) for scale in SCALES]
        assert rest[3:6] == [whole(items.get(item)) for item in WORSE]
        assert usual == f"{range_[0]:.0f}–{range_[1]:.0f}"


def stored_scores(cast: Cast, told: Told) -> dict[int, tuple[Any, Any, tuple[float, float]]]:
    """What the database holds, by session number: scores, answers, usual range."""

    def by_name(conn: Any, sql: str, session: int) -> dict[str, float]:
        joined = f"{sql} JOIN response ON response.id = response_id WHERE session_id = ?"
        return {row["name"]: row["value"] for row in conn.execute(joined, (session,))}

    found = {}
    with cast.clinic.db.read() as conn:
        for number, session in enumerate(told.sessions, 1):
            usual = conn.execute(
                "SELECT low, high FROM reading WHERE dyad_id = ? AND number = ?", (told.dyad.id, number)
            ).fetchone()
            scores = by_name(conn, "SELECT scale AS name, value FROM score", session)
            items = by_name(conn, "SELECT item AS name, value FROM answer", session)
            found[number] = (scores, items, (usual["low"], usual["high"]))
    return found


def test_every_answer_can_be_read(jonas: PageClient, cast: Cast) -> None:
    told = course(cast, "Elm 3", 8, None, 6)
    page = jonas.page(told.path)
    assert page.tables[1][0] == ["Sentence", "3", "2", "1"]
    rows = list(answers(page).values())
    assert rows == [["6", "–", "8"]] * len(BETTER) + [["4", "–", "2"]] * len(WORSE)
    assert "0 means not at all, 10 completely. A dash: left out, or no form." in page.main


def test_a_session_without_a_form_is_a_gap_and_never_a_nought(jonas: PageClient, cast: Cast) -> None:
    told = course(cast, "Elm 3", 8, None, 9)
    row = numbers(jonas.page(told.path))["2"]
    assert row[1] == "–" and row[3:10] == ["–"] * 7 and row[10] == "no form"
    spec = json.loads(jonas.get(f"{told.path}/charts/alliance.json").text)
    assert [None] in [
        [value for value in series["y"] if value is None][:1] for series in spec["data"] if "y" in series
    ]


def test_a_form_with_too_little_on_it_says_why_there_is_no_score(
    app: Flask, jonas: PageClient, cast: Cast
) -> None:
    sent = post(
        page_client(app), cast.alder.token, {**dict.fromkeys(ITEMS, ""), "safe": "9", "comment": "Short."}
    )
    assert sent.status_code == 303
    row = numbers(jonas.page(f"/patients/{cast.alder.patient_id}"))["8"]
    assert row[1] == "–" and row[3] == "–"
    assert row[9] not in {"", "no form"}


def test_each_session_leads_to_its_page(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page(f"/patients/{cast.alder.patient_id}")
    assert page.link("8") == f"/sessions/{cast.alder.session_id}"
    assert page.link("Make a link for session 8") == f"/sessions/{cast.alder.session_id}"
    assert page.link("Why we asked") == f"/alerts/{cast.alder.alert_id}"


def test_a_patient_without_sessions_has_no_empty_tables(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page(course(cast, "Elm 3").path)
    assert page.tables == [] and "data-chart" not in page.html and "plotly" not in page.html


def test_the_short_form_has_a_page_too(app: Flask, jonas: PageClient, cast: Cast) -> None:
    dyad = add_patient(cast, "Fern 3", "pulse")
    fields = {
        "form": "pulse 1.0",
        **dict.fromkeys(ITEMS, None),
        "safe": "9",
        "heard": "8",
        "team": "7",
        "held": "2",
    }
    assert post(page_client(app), link(cast, dyad.patient.id), fields).status_code == 303
    page = jonas.page(f"/patients/{dyad.patient.id}")
    row = numbers(page)["1"]
    assert row[1] == "80" and row[3:7] == ["90", "80", "70", "2"]
    assert len(answers(page)) == 4
    for node in [node for node in page.nodes if "data-chart" in node.attrs]:
        assert jonas.get(node.get("data-chart")).status_code == 200


def test_opening_a_patient_leaves_its_line_and_its_pictures_none(jonas: PageClient, cast: Cast) -> None:
    def lines() -> int:
        with cast.clinic.db.read() as conn:
            return int(
                conn.execute("SELECT count(*) AS n FROM audit WHERE action = 'open patient'").fetchone()["n"]
            )

    before = lines()
    jonas.page(f"/patients/{cast.alder.patient_id}")
    for name in PICTURES:
        jonas.get(f"/patients/{cast.alder.patient_id}/charts/{name}.json")
    jonas.get(f"/patients/{cast.stories['Birch 2'].patient_id}")
    assert lines() == before + 1


def test_the_next_session_is_said(jonas: PageClient, cast: Cast) -> None:
    told = course(cast, "Elm 3", 8)
    next_session(cast, told.dyad.patient.id, NOW.date().replace(day=27))
    page = jonas.page(told.path)
    assert "next session on 27 November" in page.main
