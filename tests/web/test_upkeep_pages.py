"""The machine and its trail as the administrator reads them: filtered, counted, taken along; nothing claimed."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from flask import Flask

from alliance.actions import keeping
from alliance.domain import spreadsheets
from alliance.storage import safekeeping
from alliance.storage.times import stamp
from tests.cast import NOW, PASSWORD, Cast, signed_in
from tests.page import PageClient
from tests.web.posting import page_of

AUDIT = "/admin/audit"
YEAR = timedelta(days=365)


@pytest.fixture
def tomasz(app: Flask) -> PageClient:
    return signed_in(app, "tomasz")


def test_the_trail_is_narrowed_by_its_address(tomasz: PageClient, cast: Cast) -> None:
    page = tomasz.page(f"{AUDIT}?who={cast.ids['jonas']}&action=add+session&month=2026-10")
    rows = page.tables[0][1:]
    assert rows and {(row[1], row[2]) for row in rows} == {("Jonas Berg", "add session")}
    assert all("October" in row[0] or "Oct" in row[0] for row in rows)
    assert (
        tomasz.page(f"{AUDIT}?who=patients&month=1999-13&page=x").tables[0][1][1]
        == "a patient, through a link"
    )
    assert "Nothing fits" in tomasz.page(f"{AUDIT}?action=dance").main


def test_pages_follow_each_other_without_a_gap(tomasz: PageClient) -> None:
    first = tomasz.page(AUDIT)
    older = tomasz.page(first.link("Older"))
    assert len(first.tables[0]) == 51 and older.link("Newer")
    assert not set(map(tuple, first.tables[0][1:3])) & set(map(tuple, older.tables[0][1:3]))


def test_a_missing_line_is_seen(tomasz: PageClient, cast: Cast) -> None:
    assert (
        "The trail is whole" in page_of(tomasz.submit(tomasz.page(AUDIT).form("Check the whole trail"))).main
    )
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO audit (id, at, actor, action) VALUES (99999, ?, 'system', 'x')", (stamp(NOW - YEAR),)
        )
    told = page_of(tomasz.submit(tomasz.page(AUDIT).form("Check the whole trail"))).main
    assert "to 99998 of the trail were taken out." in told and "older than the one before" in told
    assert "Line 99999 of the trail was not written by Alliance." in told


def test_the_table_asks_for_the_password_and_is_noted(
    tomasz: PageClient, clock: time_machine.Traveller
) -> None:
    form = tomasz.page(f"{AUDIT}?action=sign+in").form("Download the table")
    clock.shift(timedelta(minutes=5))
    asked = page_of(tomasz.submit(form))
    assert asked.h1 == "Your password, once more"
    refused = tomasz.submit(asked.form("Go on"), {"confirm_password": "no"})
    assert page_of(refused).errors == ["Enter the password with which you signed in"]
    sent = tomasz.submit(page_of(refused).form("Go on"), {"confirm_password": PASSWORD})
    rows = list(csv.reader(StringIO(sent.get_data(as_text=True).lstrip("\ufeff"))))
    assert sent.mimetype == "text/csv" and rows[0][0] == "number"
    assert {row[3] for row in rows[1:]} == {"sign in"}
    assert tomasz.page(AUDIT).tables[0][1][2:] == ["export audit", "audit", f"lines: {len(rows) - 1}"]


def test_who_treats_patients_too_reads_of_no_patient(app: Flask, tomasz: PageClient, cast: Cast) -> None:
    page = tomasz.page(f"/admin/people/{cast.ids['tomasz']}")
    tomasz.submit(page.form("Save the roles"), {"roles": ["admin", "therapist"]})
    page = tomasz.page(AUDIT)
    assert "You treat patients here too." in page.main
    for word in ("a patient, through a link", "response", "invitation", "alert", "session 1"):
        assert word not in str(page.tables), word
    told = page_of(tomasz.submit(page.form("Check the whole trail"))).main
    assert "The trail is whole, every line proves itself" in told


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", " =1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert next(csv.reader(StringIO(spreadsheets.table([[cell]]), newline="")))[0] == f"'{cell}"
    assert spreadsheets.safe("plain = text") == "plain = text"


def test_no_backup_is_claimed(tomasz: PageClient) -> None:
    page = tomasz.page("/admin/backups")
    assert (
        "No backup has been made yet." in page.main
        and "No backup has been made yet." in tomasz.page("/admin").main
    )
    looked = page_of(tomasz.submit(page.form("Look at everything now")))
    assert "Looked just now." in looked.main and "The database is whole" in looked.main


def test_how_backups_stand(tomasz: PageClient, cast: Cast, clock: time_machine.Traveller) -> None:
    made = keeping.back_up(cast.clinic.config, cast.clinic.keyring, NOW)
    page = tomasz.page("/admin/backups")
    assert "The last good backup is of " in page.main and made.path in page.main and "14 answers" in page.main
    assert "The last one is of " in tomasz.page("/admin").main
    assert "somebody" not in page.main
    safekeeping.spool_failed(cast.clinic.config.folder, NOW, "No space left on device")
    for address in ("/admin", "/admin/backups"):
        assert (
            "the spool cannot be written (No space left on device). Nobody was turned away."
            in tomasz.page(address).main
        )


def test_the_mail_server_is_asked_on_request_alone(tomasz: PageClient) -> None:
    page = tomasz.page("/admin/mail")
    assert "Looked just now" not in page.main
    assert "E-mail is not set up" in page_of(tomasz.submit(page.form("Ask the mail server now"))).main
