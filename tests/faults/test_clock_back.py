"""The clock is put back: what had ended by then stays ended, and what is made afterwards works as ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from alliance.actions import accounts, answering, devices, kiosk, reading
from alliance.actions.answering import LinkEnded
from alliance.domain.access import NotFound
from alliance.domain.people import Role
from tests.actions.sending import STEADY, page, send
from tests.actions.tablets import PIN, code_for, set_up
from tests.cast import NOW, Cast, hold

BACK = NOW + timedelta(minutes=1)  # where the clock stands after it was put back
PAST = NOW + timedelta(days=30)  # beyond the end of everything made now


def link(cast: Cast, at: datetime) -> str:
    return hold(cast, cast.viewer("jonas"), cast.alder.patient_id, at)[1]


def something_is_done(cast: Cast, at: datetime) -> None:
    """Anything that leaves a line in the trail: it alone knows how far the clock had come."""
    reading.open_patient(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, at)


@pytest.mark.control(36)
def test_an_ended_link_does_not_come_to_life_again(cast: Cast) -> None:
    token = link(cast, NOW)
    answering.open_form(cast.clinic, token, BACK)
    something_is_done(cast, PAST)
    with pytest.raises(LinkEnded):
        answering.open_form(cast.clinic, token, BACK)
    with pytest.raises(LinkEnded) as ended:
        send(cast.clinic, token, page(STEADY), BACK)
    assert ended.value.kept, "what was sent is kept aside, as with any link that has ended"


def test_a_page_that_was_open_when_the_link_ended_may_still_be_sent_after_the_clock_was_put_back(
    cast: Cast,
) -> None:
    token = link(cast, NOW)
    with cast.clinic.db.read() as conn:
        until = conn.execute("SELECT max(expires_at) AS at FROM invitation").fetchone()["at"]
    something_is_done(cast, datetime.fromisoformat(until) + timedelta(hours=1))
    with pytest.raises(LinkEnded):
        answering.open_form(cast.clinic, token, BACK)
    assert send(cast.clinic, token, page(STEADY), BACK)


def test_what_is_made_after_the_clock_was_put_right_works(cast: Cast) -> None:
    something_is_done(cast, NOW + timedelta(days=3652))
    token = link(cast, BACK)
    assert answering.open_form(cast.clinic, token, BACK + timedelta(hours=1))
    assert send(cast.clinic, token, page(STEADY), BACK + timedelta(hours=1))


@pytest.mark.control(33)
def test_an_invitation_to_staff_stays_ended(cast: Cast) -> None:
    token = accounts.invite(
        cast.clinic,
        name="Nora Lind",
        email="nora@clinic.example",
        roles=[Role.ADMIN],
        now=NOW,
        actor="command",
    )
    assert accounts.open_invitation(cast.clinic, token, BACK).name == "Nora Lind"
    something_is_done(cast, PAST)
    with pytest.raises(NotFound):
        accounts.open_invitation(cast.clinic, token, BACK)


@pytest.mark.control(37)
def test_codes_and_set_up_links_of_tablets_stay_ended(cast: Cast) -> None:
    device_id, tablet = set_up(cast)
    code = code_for(cast, device_id=device_id).words
    waiting = devices.add(cast.clinic, cast.viewer("tomasz"), name="Room 2", pin=PIN, now=NOW).token
    assert kiosk.to_set_up(cast.clinic, waiting, BACK).name == "Room 2"
    something_is_done(cast, PAST)
    with pytest.raises(kiosk.WrongCode):
        kiosk.enter(cast.clinic, tablet, code, BACK)
    with pytest.raises(NotFound):
        kiosk.to_set_up(cast.clinic, waiting, BACK)
