"""A patient's request for help: taken up, done, folded, opened again; the therapist never sees any of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import helping
from alliance.domain.access import Forbidden, NotFound
from alliance.storage import audit, people
from tests.cast import NOW, Cast, signed_in
from tests.page import PageClient
from tests.web.posting import Told, course, supervise

WISH = {"raise": "yes"}


@pytest.fixture
def elm(cast: Cast) -> Told:
    return course(cast, "Elm 3", 8, 9, 8, last=WISH)


@pytest.fixture
def miriam(app: Flask, elm: Told) -> PageClient:
    return signed_in(app, "miriam")


def press(client: PageClient, button: str) -> str:
    page = client.page("/supervision")
    answer = client.submit(page.form(button), press=button)
    assert answer.status_code == 303
    return client.page(answer.headers["Location"]).main


def test_a_request_is_taken_up_and_then_done(
    app: Flask, miriam: PageClient, elm: Told, clock: time_machine.Traveller
) -> None:
    assert "One patient asks for your help." in miriam.page("/supervision").main
    told = press(miriam, "I take this up, Elm 3")
    assert "Taken up by you on 20 November." in told and "One patient asks for your help." in told
    clock.shift(timedelta(hours=15))
    miriam = signed_in(app, "miriam")
    told = press(miriam, "It is done, Elm 3")
    assert "asks for your help" not in told and "Waiting for you" not in told
    assert "Requests for help that are done: one" in told
    assert "asked on 20 November after session 3. Taken up by Miriam Osei on 20 November, done on 21" in told
    assert "Asks for your help" not in miriam.page(elm.path).main


def test_what_was_done_can_be_opened_again(miriam: PageClient) -> None:
    press(miriam, "I take this up, Elm 3")
    press(miriam, "It is done, Elm 3")
    told = press(miriam, "Open the request of Elm 3 again")
    assert "Elm 3 waits for you again." in told and "Taken up by you on 20 November." in told


def test_another_supervisor_sees_who_took_it_up(app: Flask, cast: Cast, miriam: PageClient) -> None:
    supervise(cast, "ruth")
    press(miriam, "I take this up, Elm 3")
    assert "Taken up by Miriam Osei on 20 November." in signed_in(app, "ruth").page("/supervision").main


@pytest.mark.parametrize("who", ["jonas", "claire", "ruth", "tomasz"])
def test_nobody_else_can_touch_it(cast: Cast, elm: Told, who: str) -> None:
    for what in helping.STEPS:
        with pytest.raises((NotFound, Forbidden)):
            helping.step(cast.clinic, cast.viewer(who), elm.sessions[-1], what, NOW)


def test_only_what_was_asked_for_can_be_taken_up(cast: Cast, elm: Told) -> None:
    miriam = cast.viewer("miriam")
    for session_id, what in ((elm.sessions[0], "done"), (999, "done"), (elm.sessions[-1], "forget")):
        with pytest.raises(NotFound):
            helping.step(cast.clinic, miriam, session_id, what, NOW)


def test_no_trail_of_the_patient_tells_of_it(miriam: PageClient, cast: Cast, elm: Told) -> None:
    with cast.clinic.db.read() as conn:
        every = [dyad.patient.id for dyad in people.own_dyads(conn, cast.viewer("jonas"), NOW.date())]
        before = audit.on_patients(conn, cast.viewer("jonas"), every, limit=999)
    press(miriam, "I take this up, Elm 3")
    press(miriam, "It is done, Elm 3")
    with cast.clinic.db.read() as conn:
        assert audit.on_patients(conn, cast.viewer("jonas"), every, limit=999) == before
        actions = [line.action for line in audit.latest(conn, 2)]
    assert actions == ["see help through", "take up help"]
