"""A case that is shown: with the words, to one supervisor, for a while. Outside of that no word gets there."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import sharing
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.sharing import LONGEST_QUESTION
from alliance.storage import audit
from tests.cast import NOW, Cast, signed_in
from tests.page import PageClient, page_client
from tests.web.posting import course, end_supervision, page_of, post, supervise

CANARY = "Kanarienvogel-0815"
QUESTION = "What did I do differently in the second conversation?"


@pytest.fixture
def written(app: Flask, cast: Cast) -> Cast:
    """The cast, after Alder 14 wrote to the therapist."""
    assert post(page_client(app), cast.alder.token, {"comment": f"{CANARY}: it was hard."}).status_code == 303
    return cast


@pytest.fixture
def jonas(app: Flask, written: Cast) -> PageClient:
    return signed_in(app, "jonas")


@pytest.fixture
def miriam(app: Flask, written: Cast) -> PageClient:
    return signed_in(app, "miriam")


def path(cast: Cast) -> str:
    return f"/patients/{cast.alder.patient_id}"


def show(jonas: PageClient, cast: Cast, question: str = "") -> str:
    """Show Alder 14 by way of the patient's page, and answer with what is said then."""
    asked = jonas.page(jonas.page(path(cast)).link("Show this case to Miriam Osei"))
    answer = jonas.submit(asked.form(f"{path(cast)}/share"), {"question": question})
    assert answer.status_code == 303
    return jonas.page(answer.headers["Location"]).main


def reads(client: PageClient, cast: Cast) -> bool:
    return CANARY in client.page(path(cast)).html


def test_what_showing_means_is_said_before(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page(f"{path(cast)}/share")
    assert page.h1 == "Show Alder 14 to Miriam Osei?"
    assert "Until 20 December, and not a day longer." in page.main
    assert "Show this case to Miriam Osei until 20 December, with what Alder 14 wrote to you" in page.main


def test_shown_it_comes_with_words_and_both_are_told(
    jonas: PageClient, miriam: PageClient, cast: Cast
) -> None:
    assert not reads(miriam, cast)
    told = show(jonas, cast, QUESTION)
    assert "Miriam Osei can see this case, with what was written to you, until 20 December." in told
    assert "You show this case to Miriam Osei until 20 December" in told and QUESTION in told
    assert "it has been opened" not in told
    waits = miriam.page("/supervision")
    assert "One case is newly shown to you." in waits.main and QUESTION in waits.main
    assert "newly shown to you" in waits.main and CANARY not in waits.html
    page = miriam.page(waits.link("Alder 14"))
    assert f"{CANARY}: it was hard." in page.main
    assert "Written to Jonas Berg, who shows it to you until 20 December." in page.main
    assert "it has been opened" in jonas.page(path(cast)).main
    after = miriam.page("/supervision").main
    assert "newly shown" not in after and "Shown to you" in after


def test_every_opening_with_words_says_so_in_the_trail(
    jonas: PageClient, miriam: PageClient, cast: Cast
) -> None:
    show(jonas, cast)
    miriam.page(path(cast))
    lines = [row[1:3] for row in miriam.page("/supervision/trail").tables[0][1:4]]
    assert ["Miriam Osei", "open patient, with what was written"] in lines
    assert ["Jonas Berg", "show case"] in lines


def test_the_therapist_takes_it_back(jonas: PageClient, miriam: PageClient, cast: Cast) -> None:
    show(jonas, cast)
    assert reads(miriam, cast)
    answer = jonas.submit(jonas.page(path(cast)).form("Show it no longer"))
    assert answer.status_code == 303
    assert "Miriam Osei can no longer see" in jonas.page(answer.headers["Location"]).main
    assert not reads(miriam, cast)
    assert "Shown to you" not in miriam.page("/supervision").main


def test_it_ends_by_itself_after_its_last_day(
    app: Flask, jonas: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    show(jonas, cast)
    clock.move_to(NOW + timedelta(days=30))
    assert reads(signed_in(app, "miriam"), cast)
    clock.move_to(NOW + timedelta(days=31))
    assert not reads(signed_in(app, "miriam"), cast)
    assert "Show it no longer" not in signed_in(app, "jonas").page(path(cast)).html


def test_it_ends_with_the_supervision_and_does_not_come_back_with_it(
    app: Flask, jonas: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    show(jonas, cast)
    clock.shift(timedelta(days=1))
    today = (NOW + timedelta(days=1)).date().isoformat()
    miriam, jonas = signed_in(app, "miriam"), signed_in(app, "jonas")
    assert reads(miriam, cast)
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE supervision SET ends_on = ? WHERE therapist_id = ?", (today, cast.ids["jonas"]))
    miriam.page(path(cast), 404)
    assert "You show this case" not in jonas.page(path(cast)).main
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO supervision (supervisor_id, therapist_id, starts_on) VALUES (?, ?, ?)",
            (cast.ids["miriam"], cast.ids["jonas"], today),
        )
    assert not reads(miriam, cast)


def test_it_ends_with_the_therapy(jonas: PageClient, miriam: PageClient, cast: Cast) -> None:
    show(jonas, cast)
    with cast.clinic.db.write() as conn:
        conn.execute(
            "UPDATE dyad SET ends_on = ? WHERE therapist_id = ?",
            (NOW.date().isoformat(), cast.ids["jonas"]),
        )
    assert not reads(miriam, cast)


def test_it_is_for_the_one_it_is_shown_to(app: Flask, written: Cast, cast: Cast) -> None:
    """Ruth supervises Jonas too; a therapist chooses which of them, and the other reads nothing."""
    supervise(cast, "ruth")
    jonas = signed_in(app, "jonas")
    page = jonas.page(jonas.page(path(cast)).link("Show this case to a supervisor"))
    answer = jonas.submit(page.form(f"{path(cast)}/share"), {"supervisor": str(cast.ids["ruth"])})
    assert answer.status_code == 303
    assert reads(signed_in(app, "ruth"), cast) and not reads(signed_in(app, "miriam"), cast)
    told = jonas.page(path(cast)).main
    assert "Ruth Adler may read it as long as you show this case. Miriam Osei sees the numbers" in told


def test_nothing_of_another_patient_is_shown_with_it(
    app: Flask, jonas: PageClient, miriam: PageClient, cast: Cast
) -> None:
    other = course(cast, "Elm 3", 8, 9, 8, last={"comment": f"{CANARY} of Elm 3"})
    show(jonas, cast)
    assert "of Elm 3" not in miriam.page(path(cast)).html
    assert CANARY not in miriam.page(other.path).html
    assert CANARY not in miriam.page("/supervision").html + miriam.page("/supervision/trail").html


def test_what_was_written_to_the_supervisor_alone_stays_apart(
    app: Flask, jonas: PageClient, miriam: PageClient, cast: Cast
) -> None:
    show(jonas, cast)
    elm = course(cast, "Elm 3", 8, 9, 8, last={"comment": "Only for Miriam.", "audience": "supervisor"})
    sharing.show(cast.clinic, cast.viewer("jonas"), elm.dyad.patient.id, cast.ids["miriam"], NOW, question="")
    page = miriam.page(elm.path)
    assert "Nothing written yet. Written to you alone: Only for Miriam." in page.main
    assert "Only for Miriam" not in jonas.page(elm.path).html


def test_it_can_be_shown_to_ones_own_supervisors_only(jonas: PageClient, cast: Cast) -> None:
    for chosen in (*(cast.ids[who] for who in ("claire", "ruth", "tomasz", "jonas")), 0):
        with pytest.raises(Fault, match="Choose one of your supervisors"):
            sharing.show(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, chosen, NOW, question="")
    supervise(cast, "ruth")  # with two to choose from, none is chosen by itself
    with pytest.raises(Fault, match="Choose one of your supervisors"):
        sharing.show(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, None, NOW, question="")


@pytest.mark.parametrize("who", ["claire", "erik", "miriam", "tomasz"])
def test_only_the_own_therapist_shows_and_takes_back(written: Cast, cast: Cast, who: str) -> None:
    share = sharing.show(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, None, NOW, question="")
    miriam = cast.ids["miriam"]
    with pytest.raises((NotFound, Forbidden)):
        sharing.show(cast.clinic, cast.viewer(who), cast.alder.patient_id, miriam, NOW, question="")
    with pytest.raises((NotFound, Forbidden)):
        sharing.end(cast.clinic, cast.viewer(who), cast.alder.patient_id, share.id, NOW)


def test_another_cases_share_cannot_be_ended_through_this_one(written: Cast, cast: Cast) -> None:
    elm = course(cast, "Elm 3", 8)
    jonas = cast.viewer("jonas")
    share = sharing.show(cast.clinic, jonas, elm.dyad.patient.id, None, NOW, question="")
    with pytest.raises(NotFound):
        sharing.end(cast.clinic, jonas, cast.alder.patient_id, share.id, NOW)


def test_a_long_question_is_given_back(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page(f"{path(cast)}/share")
    answer = jonas.submit(page.form(f"{path(cast)}/share"), {"question": "a" * (LONGEST_QUESTION + 1)})
    assert answer.status_code == 422
    back = page_of(answer)
    assert "Shorten this to 500 characters" in back.main and "a" * 501 in back.html


def test_without_a_supervisor_there_is_nobody_to_show_it_to(
    app: Flask, jonas: PageClient, cast: Cast
) -> None:
    end_supervision(cast)
    assert "Show this case" not in jonas.page(path(cast)).main
    assert "Nobody supervises you today" in jonas.page(f"{path(cast)}/share").main


def test_shown_anew_it_lasts_from_then_on(
    app: Flask, jonas: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    show(jonas, cast, "Prima")
    clock.move_to(NOW + timedelta(days=10))
    jonas = signed_in(app, "jonas")
    told = show(jonas, cast, "Secunda")
    assert "until 30 December" in told and "Secunda" in told and "Prima" not in told


def test_the_question_is_sealed_and_in_no_line_of_the_trail(jonas: PageClient, cast: Cast) -> None:
    show(jonas, cast, QUESTION)
    with cast.clinic.db.read() as conn:
        (row,) = conn.execute("SELECT question FROM share").fetchall()
        lines = audit.latest(conn, 5)
    assert QUESTION.encode() not in row["question"]
    assert "show case" in [line.action for line in lines]
    assert all(QUESTION not in str(line.detail) for line in lines)
