"""A code opens one questionnaire, on one tablet, once, for a while; nobody finds one by trying."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from alliance.actions import answering, devices, kiosk
from alliance.actions.answering import UnknownLink
from alliance.actions.faults import Fault
from alliance.actions.kiosk import WrongCode, form_token
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.kiosk import ASK_SOMEBODY, CODE_BITS, CODE_LASTS, MOST_CODES, PAGE_LASTS, WINDOW, code_of
from alliance.domain.therapy import Channel
from tests.actions.sending import STEADY, everything, page, rows, send
from tests.actions.tablets import code_for, fresh_session, set_up
from tests.cast import NOW, Cast


def test_a_code_opens_the_sessions_questionnaire_on_its_tablet(cast: Cast) -> None:
    device_id, token = set_up(cast)
    code = code_for(cast)
    assert (code.tablet.id, code.expires_at) == (device_id, NOW + CODE_LASTS)
    visit = kiosk.enter(cast.clinic, token, code.words.lower(), NOW)
    form = answering.open_form(cast.clinic, form_token(token, visit.token), NOW)
    assert (form.invitation.session_id, form.invitation.channel) == (cast.alder.session_id, Channel.KIOSK)
    send(cast.clinic, form_token(token, visit.token), page(STEADY), NOW)
    assert devices.every(cast.clinic, cast.viewer("tomasz"))[0].last_used_at == NOW


def test_a_code_is_used_up(cast: Cast) -> None:
    _, token = set_up(cast)
    code = code_for(cast)
    kiosk.enter(cast.clinic, token, code.words, NOW)
    with pytest.raises(WrongCode):
        kiosk.enter(cast.clinic, token, code.words, NOW)


def test_a_code_lasts_ten_minutes(cast: Cast) -> None:
    _, token = set_up(cast)
    one, other = code_for(cast), code_for(cast)
    kiosk.enter(cast.clinic, token, one.words, NOW + CODE_LASTS - timedelta(seconds=1))
    with pytest.raises(WrongCode):
        kiosk.enter(cast.clinic, token, other.words, NOW + CODE_LASTS)


def test_a_code_opens_nothing_on_another_tablet_and_is_not_used_up_there(cast: Cast) -> None:
    device_id, token = set_up(cast)
    _, elsewhere = set_up(cast, "Room 2")
    code = code_for(cast, device_id=device_id)
    with pytest.raises(WrongCode):
        kiosk.enter(cast.clinic, elsewhere, code.words, NOW)
    visit = kiosk.enter(cast.clinic, token, code.words, NOW)
    assert kiosk.visit_of(cast.clinic, token, visit.token, NOW) == visit
    assert kiosk.visit_of(cast.clinic, elsewhere, visit.token, NOW) is None
    with pytest.raises(UnknownLink):
        answering.open_form(cast.clinic, form_token(elsewhere, visit.token), NOW)
    with pytest.raises(UnknownLink):
        answering.open_form(cast.clinic, visit.token, NOW)


def test_a_page_that_was_left_open_ends(cast: Cast) -> None:
    _, token = set_up(cast)
    visit = kiosk.enter(cast.clinic, token, code_for(cast).words, NOW)
    assert kiosk.visit_of(cast.clinic, token, visit.token, NOW + PAGE_LASTS - timedelta(seconds=1)) == visit
    for later in (PAGE_LASTS, timedelta(days=1), timedelta(seconds=-1)):
        assert kiosk.visit_of(cast.clinic, token, visit.token, NOW + later) is None


def test_what_was_open_ends_with_the_tablet(cast: Cast) -> None:
    device_id, token = set_up(cast)
    visit = kiosk.enter(cast.clinic, token, code_for(cast).words, NOW)
    devices.revoke(cast.clinic, cast.viewer("tomasz"), device_id, NOW)
    with pytest.raises(UnknownLink):
        answering.open_form(cast.clinic, form_token(token, visit.token), NOW)


def test_a_tablet_that_was_set_up_anew_takes_no_code_of_before(cast: Cast) -> None:
    device_id, _ = set_up(cast)
    code = code_for(cast)
    anew = devices.set_up_again(cast.clinic, cast.viewer("tomasz"), device_id, NOW)
    with pytest.raises(WrongCode):
        kiosk.enter(cast.clinic, kiosk.set_up(cast.clinic, anew.token, NOW), code.words, NOW)


def test_ten_thousand_guesses_find_nothing(cast: Cast) -> None:
    """Of a thief who has the tablet’s token and a script, even while codes are out."""
    device_id, token = set_up(cast)
    codes = [code_for(cast, session_id=fresh_session(cast)) for _ in range(3)]
    before = rows(cast.clinic)["response"]
    for second in range(10_000):
        guess = code_of(secrets.randbits(CODE_BITS))
        with pytest.raises(WrongCode):
            kiosk.enter(cast.clinic, token, guess, NOW + timedelta(milliseconds=10 * second))
    assert rows(cast.clinic)["response"] == before
    with pytest.raises(WrongCode):  # by now nothing is looked at
        kiosk.enter(cast.clinic, token, codes[0].words, NOW + timedelta(minutes=2))
    # A member of the staff who makes a new code lets it take codes again, those that wait too.
    newest = code_for(cast, device_id=device_id, at=NOW + timedelta(minutes=3))
    for code in (newest, codes[1]):
        kiosk.enter(cast.clinic, token, code.words, NOW + timedelta(minutes=3))


def test_a_child_at_the_tablet_keeps_nobody_out(cast: Cast) -> None:
    """Wrong codes, as many as hands can type, and then a patient whose code is right."""
    _, token = set_up(cast)
    _, elsewhere = set_up(cast, "Room 2")
    tablets = devices.in_use(cast.clinic, cast.viewer("jonas"))
    here, there = (code_for(cast, session_id=fresh_session(cast), device_id=tablet.id) for tablet in tablets)
    told = []
    for _ in range(MOST_CODES - 1):
        with pytest.raises(WrongCode) as wrong:
            kiosk.enter(cast.clinic, token, "2222 2222", NOW)
        told.append(wrong.value.ask)
    assert told.index(True) == ASK_SOMEBODY - 1
    kiosk.enter(cast.clinic, token, here.words, NOW)
    kiosk.enter(cast.clinic, elsewhere, there.words, NOW)


def test_a_pause_is_over_after_ten_minutes(cast: Cast) -> None:
    _, token = set_up(cast)
    for _ in range(MOST_CODES):
        with pytest.raises(WrongCode):
            kiosk.enter(cast.clinic, token, "nonsense", NOW)
    code = code_for(cast, at=NOW + WINDOW - timedelta(minutes=1))
    kiosk.enter(cast.clinic, token, code.words, NOW + WINDOW)


def test_with_several_tablets_one_is_to_be_chosen(cast: Cast) -> None:
    with pytest.raises(Fault, match="no longer in use"):
        code_for(cast)
    device_id, _ = set_up(cast)
    assert code_for(cast).tablet.id == device_id
    set_up(cast, "Room 2")
    before = everything(cast.clinic)
    with pytest.raises(Fault, match="Choose the tablet"):
        code_for(cast)
    assert everything(cast.clinic) == before


def test_codes_are_for_ones_own_patients(cast: Cast) -> None:
    set_up(cast)
    before = everything(cast.clinic)
    for who, why in (("claire", NotFound), ("miriam", Forbidden), ("tomasz", Forbidden)):
        with pytest.raises(why):
            code_for(cast, who)
    assert everything(cast.clinic) == before
