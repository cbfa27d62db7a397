"""Where nothing can be stored, the answers come back in the page, ready to go again, and nobody sees a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from alliance.app import create_app
from alliance.storage import sqlite
from alliance.storage.database import Database
from tests.cast import Cast
from tests.page import page_client
from tests.web.posting import ATTEMPT, GOOD, count, kept, page_of, post

SEND, AGAIN = "Send my answers", "Send my answers again"
WRITTEN = "Line one,\nline “two”,\n\nand <b>four</b> & it's 'done'."
ALL = {**GOOD, "talked": "helped", "comment": WRITTEN, "audience": "supervisor", "raise": "yes"}


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """The database as it is while some other process writes and writes."""
    conn = sqlite.connect(path, "write")
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        conn.execute("ROLLBACK")
        conn.close()


@pytest.fixture
def hasty(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, impatient with locks, answering as a server does."""
    monkeypatch.setattr(sqlite, "PATIENCE", 0.1)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def test_while_another_writes_the_page_comes_back_with_everything(hasty: Flask, cast: Cast) -> None:
    client = page_client(hasty)
    before = count(cast.clinic, "response")
    with held_by_another(cast.clinic.config.database):
        response = post(client, cast.alder.token, ALL)
    assert response.status_code == 503
    page = page_of(response)
    assert page.title == "Error: After your session"
    assert "We could not save this just now. Your answers are still here: please send again." in page.main
    form = page.form(SEND)
    assert {name: form[name] for name in ALL} == {**ALL, "comment": WRITTEN.replace("\n", "\r\n")}
    assert form["attempt"] == ATTEMPT
    assert count(cast.clinic, "response") == before
    sent = client.submit(form, follow_redirects=True)
    assert page_of(sent).h1 == "Thank you. It has arrived."
    stored = kept(cast.clinic)
    assert stored.answers == {item: int(value) for item, value in GOOD.items()}
    assert (stored.comment, stored.talked, stored.audience, stored.wants_help) == (
        WRITTEN, "helped", "supervisor", True,
    )  # fmt: skip


def test_an_empty_page_that_was_confirmed_need_not_be_confirmed_again(hasty: Flask, cast: Cast) -> None:
    client = page_client(hasty)
    asked = page_of(client.submit(client.page(f"/a/{cast.alder.token}").form(SEND)))
    with held_by_another(cast.clinic.config.database):
        response = client.submit(asked.form(SEND))
    assert response.status_code == 503
    assert client.submit(page_of(response).form(SEND)).status_code == 303


def test_reading_goes_on_while_another_writes(hasty: Flask, cast: Cast) -> None:
    with held_by_another(cast.clinic.config.database):
        assert page_client(hasty).page(f"/a/{cast.alder.token}").form(SEND)
        assert page_client(hasty).page("/thanks").h1 == "Thank you. It has arrived."


@pytest.fixture(params=["gone", "no database", "closed"])
def broken(request: pytest.FixtureRequest, hasty: Flask, cast: Cast) -> Iterator[Flask]:
    """The application, its database taken away from under it."""
    db = reopened(cast)
    app = create_app(replace(cast.clinic, db=db), testing=True)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    path = cast.clinic.config.database
    if request.param == "gone":
        path.rename(path.with_suffix(".elsewhere"))
    elif request.param == "no database":
        cast.clinic.db.close()
        path.rename(path.with_suffix(".elsewhere"))
        path.write_bytes(b"this is no database" * 1000)
    else:
        db.close()
    yield app
    db.close()


def reopened(cast: Cast) -> Database:
    return Database.open(cast.clinic.config.database, cast.clinic.keyring)


def brought_back(cast: Cast) -> Cast:
    """The cast with its database back in its place."""
    path = cast.clinic.config.database
    if path.with_suffix(".elsewhere").exists():
        path.with_suffix(".elsewhere").replace(path)
    return replace(cast, clinic=replace(cast.clinic, db=reopened(cast)))


def test_with_the_database_out_of_reach_the_answers_travel_in_the_page(broken: Flask, cast: Cast) -> None:
    response = post(page_client(broken), cast.alder.token, ALL, something="else")
    assert response.status_code == 503
    page = page_of(response)
    assert page.h1 == "We could not save this just now."
    assert "Your answers are still here, in this page. Please send them again in a minute." in page.main
    assert "If you are not safe, call the emergency number where you are." in page.main
    form = page.form(AGAIN)
    assert {field.kind for field in form.fields.values()} == {"hidden"}
    everything = {**ALL, "something": "else", "attempt": ATTEMPT, "form": "after-session 1.0"}
    assert {name: form[name] for name in form.fields} == everything
    assert not {"Traceback", "sqlite", "clinic.db", "database"} & set(response.text.split())
    back = brought_back(cast)
    with back.clinic:
        assert page_client(create_app(back.clinic, testing=True)).submit(form).status_code == 303
        assert kept(back.clinic).comment == WRITTEN


def test_nothing_else_that_patients_open_breaks_either(broken: Flask, cast: Cast) -> None:
    client = page_client(broken)
    assert client.page(f"/a/{cast.alder.token}", 503).forms == []
    assert client.page("/a/no-such-token", 503)
    page = client.page("/thanks")
    assert page.h1 == "Thank you. It has arrived."  # it has, whatever became of the database since
    assert client.page("/leave").h1 == "This page is empty."
    too_much = post(client, cast.alder.token, comment="a" * 70_000)
    assert (too_much.status_code, page_of(too_much).h1) == (413, "That was too long to send.")


def test_signs_that_are_no_text_do_not_stop_the_page_from_coming_back(broken: Flask, cast: Cast) -> None:
    response = page_client(broken).post(
        f"/a/{cast.alder.token}",
        data=b"comment=well%ED%A0%80&%FF=%00&safe=3",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 503
    form = page_of(response).form(AGAIN)
    assert (form["safe"], (form["comment"] or "")[:4]) == ("3", "well")
