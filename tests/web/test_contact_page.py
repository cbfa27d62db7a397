"""The safe-contact page: gone through with the patient, seen by the own therapist alone, ended at any time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import contacts
from alliance.domain.contact import ASK_AGAIN, ASK_FOR_ANOTHER
from alliance.storage import contacts as stored
from tests.cast import NOW, Cast, signed_in
from tests.page import Page, PageClient
from tests.post_office import ADDRESS, agree, open_office, run, with_mail

YES = {"answer": "nobody", "address": ADDRESS, "agreed": "y", "reminders": "y"}


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


def path(cast: Cast) -> str:
    return f"/patients/{cast.alder.patient_id}/contact"


def keep(client: PageClient, cast: Cast, **changes: str | None) -> Page:
    form = client.page(path(cast)).form("Keep what Alder 14 said")
    page: Page = client.submit(form, YES | changes, follow_redirects=True).page  # type: ignore[attr-defined]
    return page


def rows(cast: Cast) -> list[tuple[object, ...]]:
    with cast.clinic.db.read() as conn:
        return [
            tuple(row) for row in conn.execute("SELECT address IS NULL, reminders, ended_by FROM contact")
        ]


def test_the_page_asks_in_words_to_read_out(cast: Cast, jonas: PageClient) -> None:
    patient = jonas.page(f"/patients/{cast.alder.patient_id}")
    page = jonas.page(patient.link("E-mail"))
    assert page.h1 == "E-mail to Alder 14"
    assert "Nobody has asked yet. Without a yes, nothing is sent." in page.main
    assert "Does anybody else read this mailbox, or see this screen? Is it safe if they do?" in page.main
    form = page.form("Keep what Alder 14 said")
    assert form["answer"] is None, "nothing is answered for the patient"
    assert form["agreed"] is None
    assert form["reminders"] is None
    assert "As agreed" in page.main
    assert "https://alliance.example/a/…" in page.main


def test_a_yes_is_kept_with_its_day(cast: Cast, jonas: PageClient) -> None:
    page = keep(jonas, cast)
    assert "Alder 14 said yes on 20 November. Ask again by 18 February." in page.main
    assert ADDRESS in page.main
    with cast.clinic.db.read() as conn:
        dyad = conn.execute("SELECT dyad_id FROM contact").fetchone()["dyad_id"]
        contact = stored.of_dyad(conn, cast.clinic.keyring, dyad)
    assert contact
    assert (contact.address, contact.reminders, contact.asked_on) == (ADDRESS, True, NOW.date())


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"answer": None}, "Choose what the patient says"),
        ({"address": ""}, "Enter an address such as name@example.org"),
        ({"address": "rowan@home"}, "Enter an address such as name@example.org"),
        ({"address": "x" * 400}, "Enter an address such as name@example.org"),
        ({"agreed": None}, "Tick this if the patient agrees; otherwise leave e-mail alone"),
    ],
)
def test_what_is_missing_is_asked_for(
    cast: Cast, jonas: PageClient, changes: dict[str, str | None], problem: str
) -> None:
    form = jonas.page(path(cast)).form("Keep what Alder 14 said")
    response = jonas.submit(form, YES | changes)
    assert response.status_code == 422
    assert response.page.errors == [problem]  # type: ignore[attr-defined]
    assert rows(cast) == []


def test_where_it_may_not_be_safe_nothing_is_kept_and_what_was_is_wiped(
    cast: Cast, jonas: PageClient
) -> None:
    keep(jonas, cast)
    page = keep(jonas, cast, answer="not-safe", address="")
    assert page.errors == [contacts.NOT_SAFE]
    assert rows(cast) == [(1, 1, "therapist")]


def test_the_therapist_ends_it_at_any_time(cast: Cast, jonas: PageClient) -> None:
    page = keep(jonas, cast)
    ended = jonas.submit(page.form("End this"), follow_redirects=True).page  # type: ignore[attr-defined]
    assert "Ended on 20 November. Nothing is sent." in ended.main
    assert ADDRESS not in ended.html
    assert rows(cast) == [(1, 1, "therapist")]


def test_after_ninety_days_the_therapist_is_asked_to_ask_again(
    cast: Cast, app: Flask, clock: time_machine.Traveller
) -> None:
    agree(cast, cast.alder.patient_id)
    clock.move_to(NOW + timedelta(days=90))
    jonas = signed_in(app, "jonas")
    for address in ("/caseload", f"/patients/{cast.alder.patient_id}", path(cast)):
        assert ASK_AGAIN in jonas.page(address).main
    keep(jonas, cast)
    for address in ("/caseload", f"/patients/{cast.alder.patient_id}", path(cast)):
        assert ASK_AGAIN not in jonas.page(address).main


def test_a_mailbox_that_cannot_be_reached_is_shown_where_the_therapist_looks(
    cast: Cast, jonas: PageClient
) -> None:
    agree(cast, cast.alder.patient_id)
    with open_office() as office:
        office.at_rcpt = lambda _: "550 5.1.1 No such user"
        run(with_mail(cast.clinic, office.port))
    for address in ("/caseload", f"/patients/{cast.alder.patient_id}", path(cast)):
        assert ASK_FOR_ANOTHER in jonas.page(address).main


@pytest.mark.parametrize("who", ["claire", "erik", "miriam", "ruth", "tomasz"])
def test_nobody_else_sees_the_address_or_whether_there_is_one(app: Flask, cast: Cast, who: str) -> None:
    client = signed_in(app, who)
    places = [f"/patients/{cast.alder.patient_id}", path(cast), f"/sessions/{cast.alder.session_id}"]
    places += ["/caseload", "/supervision", "/admin", "/admin/mail"]

    def seen() -> list[str]:
        return [client.get(place).get_data(as_text=True) for place in places]

    before = seen()
    agree(cast, cast.alder.patient_id)
    for place, old, new in zip(places, before, seen(), strict=True):
        assert without_token(new) == without_token(old), place


def without_token(html: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html)


def test_the_trail_of_a_supervisor_has_no_line_about_it(app: Flask, cast: Cast) -> None:
    miriam = signed_in(app, "miriam")
    before = miriam.page("/supervision/trail").main
    keep(signed_in(app, "jonas"), cast)
    assert miriam.page("/supervision/trail").main == before


def test_the_address_is_in_no_line_of_the_trail(cast: Cast, jonas: PageClient) -> None:
    keep(jonas, cast)
    jonas.page(path(cast))
    with cast.clinic.db.read() as conn:
        lines = [tuple(row) for row in conn.execute("SELECT action, subject, detail FROM audit")]
    assert ("keep contact", "contact", '{"reminders": true}') in lines
    assert ("open contact", "contact", None) in lines
    assert "rowan" not in repr(lines)


def test_a_session_tells_what_goes_out_by_itself(cast: Cast, app: Flask, jonas: PageClient) -> None:
    place = f"/sessions/{cast.alder.session_id}"
    assert "By e-mail" not in jonas.page(place).main, "where no mail is set up"
    app.extensions["clinic"] = with_mail(cast.clinic, 25)
    page = jonas.page(place)
    assert "Only where it is safe." in page.main
    agree(cast, cast.alder.patient_id)
    assert (
        "Goes out by itself in the night after the session, and once more two days later"
        in jonas.page(place).main
    )
    assert "By e-mail" not in jonas.page(f"/sessions/{cast.alder.session_id - 1}").main


PAYLOADS = [
    "a@b.example\r\nBcc: c@d.example",
    "a@b.example%0aBcc:c@d.example",
    "<script>@b.example",
    "a@b.example\x00",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_hostile_is_kept_as_an_address(cast: Cast, jonas: PageClient, payload: str) -> None:
    form = jonas.page(path(cast)).form("Keep what Alder 14 said")
    response = jonas.submit(form, YES | {"address": payload})
    with cast.clinic.db.read() as conn:
        kept = [
            stored.get(conn, cast.clinic.keyring, row["id"]).address
            for row in conn.execute("SELECT id FROM contact").fetchall()
        ]
    assert (response.status_code, kept) in [(422, []), (303, ["a@b.example"])]


def test_the_admin_sees_counts_and_codes(app: Flask, cast: Cast) -> None:
    tomasz = signed_in(app, "tomasz")
    assert "Not switched on: no patient is written to." in tomasz.page("/admin/mail").main
    agree(cast, cast.alder.patient_id)
    with open_office() as office:
        app.extensions["clinic"] = clinic = with_mail(cast.clinic, office.port)
        assert "has not been spoken to yet" in tomasz.page("/admin/mail").main
        office.at_rcpt = lambda _: "550 5.1.1 No such user"
        run(clinic)
        page = tomasz.page("/admin/mail")
    assert "The mail server answered last on 20 November at 10:00." in page.main
    assert "One patient cannot be reached by e-mail; the therapist has been told." in page.main
    assert "The last mail that did not arrive: 550 5.1.1." in page.main
    run(with_mail(cast.clinic, 1), NOW + timedelta(hours=1))
    assert (
        "could not be reached on 20 November at 11:00 (connection refused)" in tomasz.page("/admin/mail").main
    )
    for word in ("Alder", ADDRESS, "rowan"):
        assert word not in tomasz.page("/admin/mail").html
