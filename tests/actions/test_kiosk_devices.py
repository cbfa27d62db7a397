"""Tablets are added by the administrator, set up once, left by PIN, and revoked at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from alliance.actions import devices, kiosk
from alliance.actions.faults import Fault
from alliance.actions.kiosk import NoTablet, WrongPin
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.kiosk import MOST_PINS, SETUP_LASTS, WINDOW
from tests.actions.sending import everything
from tests.actions.tablets import PIN, code_for, set_up
from tests.cast import NOW, Cast


def test_a_link_sets_a_tablet_up_once(cast: Cast) -> None:
    admin = cast.viewer("tomasz")
    made = devices.add(cast.clinic, admin, name="  Front   desk ", pin=PIN, now=NOW)
    assert made.tablet.name == "Front desk"
    assert (made.tablet.ready, made.tablet.awaited(NOW)) == (False, True)
    assert kiosk.to_set_up(cast.clinic, made.token, NOW) == made.tablet
    token = kiosk.set_up(cast.clinic, made.token, NOW)
    tablet = kiosk.tablet_of(cast.clinic, token)
    assert (tablet.id, tablet.ready, tablet.awaits_until) == (made.tablet.id, True, None)
    with pytest.raises(NotFound):
        kiosk.set_up(cast.clinic, made.token, NOW)
    assert kiosk.tablet_of(cast.clinic, token).ready


def test_a_link_lasts_half_an_hour(cast: Cast) -> None:
    made = devices.add(cast.clinic, cast.viewer("tomasz"), name="Front desk", pin=PIN, now=NOW)
    kiosk.to_set_up(cast.clinic, made.token, NOW + SETUP_LASTS - timedelta(seconds=1))
    for act in (kiosk.to_set_up, kiosk.set_up):
        with pytest.raises(NotFound):
            act(cast.clinic, made.token, NOW + SETUP_LASTS)


def test_a_new_link_ends_the_one_before_and_the_old_tablet_once_it_is_used(cast: Cast) -> None:
    device_id, token = set_up(cast)
    first = devices.set_up_again(cast.clinic, cast.viewer("tomasz"), device_id, NOW)
    second = devices.set_up_again(cast.clinic, cast.viewer("tomasz"), device_id, NOW)
    with pytest.raises(NotFound):
        kiosk.set_up(cast.clinic, first.token, NOW)
    assert kiosk.tablet_of(cast.clinic, token).id == device_id
    newer = kiosk.set_up(cast.clinic, second.token, NOW)
    assert kiosk.tablet_of(cast.clinic, newer).id == device_id
    with pytest.raises(NoTablet):
        kiosk.tablet_of(cast.clinic, token)


@pytest.mark.parametrize("token", [None, "", "x", "\udc80", "a" * 5000])
def test_whoever_carries_no_token_is_no_tablet(cast: Cast, token: str | None) -> None:
    set_up(cast)
    with pytest.raises(NoTablet):
        kiosk.tablet_of(cast.clinic, token)
    with pytest.raises(NoTablet):
        kiosk.enter(cast.clinic, token, "K7M2 QX4P", NOW)
    with pytest.raises(NoTablet):
        kiosk.leave(cast.clinic, token, PIN, NOW)


@pytest.mark.parametrize(
    ("name", "pin", "field"),
    [
        ("", PIN, "name"),
        ("x" * 61, PIN, "name"),
        ("Front\x07desk", PIN, "name"),
        ("front DESK", PIN, "name"),
        ("Room 2", "12345", "pin"),
        ("Room 2", "123456", "pin"),
        ("Room 2", "777777", "pin"),
        ("Room 2", "48291x", "pin"),
    ],
)
def test_what_a_tablet_may_not_be(cast: Cast, name: str, pin: str, field: str) -> None:
    set_up(cast)
    with pytest.raises(Fault) as told:
        devices.add(cast.clinic, cast.viewer("tomasz"), name=name, pin=pin, now=NOW)
    assert told.value.field == field


def test_a_revoked_tablet_is_one_no_longer_and_its_name_is_free(cast: Cast) -> None:
    device_id, token = set_up(cast)
    code = code_for(cast)
    devices.revoke(cast.clinic, cast.viewer("tomasz"), device_id, NOW)
    with pytest.raises(NoTablet):
        kiosk.enter(cast.clinic, token, code.words, NOW)
    for act in (devices.revoke, devices.set_up_again):
        with pytest.raises(NotFound):
            act(cast.clinic, cast.viewer("tomasz"), device_id, NOW)
    with pytest.raises(Fault, match="no longer in use"):
        code_for(cast, device_id=device_id)
    other, _ = set_up(cast)
    told = devices.every(cast.clinic, cast.viewer("tomasz"))
    assert [(tablet.id, tablet.revoked_at) for tablet in told] == [(other, None), (device_id, NOW)]


def test_a_link_that_waits_ends_with_its_tablet(cast: Cast) -> None:
    made = devices.add(cast.clinic, cast.viewer("tomasz"), name="Front desk", pin=PIN, now=NOW)
    devices.revoke(cast.clinic, cast.viewer("tomasz"), made.tablet.id, NOW)
    with pytest.raises(NotFound):
        kiosk.set_up(cast.clinic, made.token, NOW)


@pytest.mark.parametrize("who", ["jonas", "miriam"])
def test_tablets_are_the_administrators(cast: Cast, who: str) -> None:
    device_id, _ = set_up(cast)
    before = everything(cast.clinic)
    viewer = cast.viewer(who)
    with pytest.raises(Forbidden):
        devices.every(cast.clinic, viewer)
    with pytest.raises(Forbidden):
        devices.add(cast.clinic, viewer, name="Room 2", pin=PIN, now=NOW)
    for act in (devices.revoke, devices.set_up_again):
        with pytest.raises(Forbidden):
            act(cast.clinic, viewer, device_id, NOW)
    assert everything(cast.clinic) == before


def test_the_pin_leaves_the_tablet(cast: Cast) -> None:
    device_id, token = set_up(cast)
    with pytest.raises(WrongPin) as told:
        kiosk.leave(cast.clinic, token, "482914", NOW)
    assert not told.value.paused
    kiosk.leave(cast.clinic, token, PIN, NOW)
    with pytest.raises(NoTablet):
        kiosk.tablet_of(cast.clinic, token)
    tablet = devices.every(cast.clinic, cast.viewer("tomasz"))[0]
    assert (tablet.id, tablet.ready, tablet.revoked_at) == (device_id, False, None)


def test_after_a_few_wrong_pins_not_even_the_right_one_leaves_for_a_while(cast: Cast) -> None:
    _, token = set_up(cast)
    told = []
    for _ in range(MOST_PINS):
        with pytest.raises(WrongPin) as wrong:
            kiosk.leave(cast.clinic, token, "482914", NOW)
        told.append(wrong.value.paused)
    assert told == [False] * (MOST_PINS - 1) + [True]
    with pytest.raises(WrongPin):
        kiosk.leave(cast.clinic, token, PIN, NOW + WINDOW - timedelta(seconds=1))
    kiosk.leave(cast.clinic, token, PIN, NOW + WINDOW)


def test_many_pins_at_once_are_no_more_tries(cast: Cast) -> None:
    _, token = set_up(cast)

    def attempt(number: int) -> bool:
        try:
            kiosk.leave(cast.clinic, token, f"{number:06}", NOW)
        except WrongPin as wrong:
            return wrong.paused
        return False

    with ThreadPoolExecutor(8) as threads:
        paused = list(threads.map(attempt, range(24)))
    assert paused.count(False) <= MOST_PINS - 1
    with cast.clinic.db.read() as conn:
        tried = conn.execute("SELECT count(*) FROM audit WHERE action = 'wrong pin'").fetchone()[0]
    assert tried == MOST_PINS


def test_nothing_secret_is_kept_as_it_is(cast: Cast) -> None:
    made = devices.add(cast.clinic, cast.viewer("tomasz"), name="Front desk", pin=PIN, now=NOW)
    token = kiosk.set_up(cast.clinic, made.token, NOW)
    code = code_for(cast)
    visit = kiosk.enter(cast.clinic, token, code.words, NOW)
    told = repr(everything(cast.clinic))
    for secret in (made.token, token, visit.token, code.words, code.words.replace(" ", ""), f"'{PIN}'"):
        assert secret not in told
    assert "$argon2id$" in told
