"""Guessing at an account has to wait longer and longer; its owner gets in from a browser that is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alliance.actions import accounts, backing_off, confirming, signing_in
from alliance.actions.backing_off import Browser, Resting
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.domain.access import NotFound
from alliance.domain.signing_in import FREE_GUESSES, MOST_IN_A_ROW, Guesses
from tests.cast import NOW, PASSWORD, Cast, address, enter

HOME = Browser("Firefox on Linux", "the-token-of-a-browser-at-home")
AWAY = Browser("a script")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
WRONG = "not the password of anybody here"


def guess(clinic: Clinic, at: timedelta, who: str = "jonas", browser: Browser = AWAY) -> bool:
    """Try a wrong password; whether it was looked at."""
    try:
        assert signing_in.sign_in(clinic, address(who), WRONG, NOW + at, browser) is None
    except Resting:
        return False
    return True


def rested(cast: Cast) -> None:
    """Guess until it rests."""
    for each in range(FREE_GUESSES):
        assert guess(cast.clinic, each * SECOND)
    assert not guess(cast.clinic, FREE_GUESSES * SECOND)


@pytest.mark.control(27)
def test_of_three_hundred_guesses_in_an_hour_few_are_looked_at(cast: Cast) -> None:
    looked_at = sum(guess(cast.clinic, each * 12 * SECOND) for each in range(300))
    assert FREE_GUESSES <= looked_at <= 12


@pytest.mark.control(27)
def test_the_owner_comes_in_from_a_known_browser_meanwhile(cast: Cast) -> None:
    enter(cast.clinic, "jonas", NOW - HOUR, HOME)
    rested(cast)
    with pytest.raises(Resting) as told:
        signing_in.sign_in(cast.clinic, address("jonas"), PASSWORD, NOW + 6 * SECOND, AWAY)
    assert "in a browser in which you have signed in before" in str(told.value)
    assert signing_in.sign_in(cast.clinic, address("jonas"), PASSWORD, NOW + 6 * SECOND, HOME) is not None


def test_a_browser_of_somebody_else_is_not_known(cast: Cast) -> None:
    enter(cast.clinic, "claire", NOW - HOUR, HOME)
    rested(cast)
    assert not guess(cast.clinic, 6 * SECOND, browser=HOME)


def test_in_a_known_browser_guessing_rests_too(cast: Cast) -> None:
    enter(cast.clinic, "jonas", NOW - HOUR, HOME)
    tries = [guess(cast.clinic, each * SECOND, browser=HOME) for each in range(FREE_GUESSES + 1)]
    assert tries == [True] * FREE_GUESSES + [False]
    assert guess(cast.clinic, 10 * SECOND), "other browsers are counted apart"


def test_an_address_that_nobody_has_rests_in_the_same_way(cast: Cast) -> None:
    for who in ("jonas", "nobody"):
        assert [guess(cast.clinic, each * SECOND, who) for each in range(6)] == [True] * 5 + [False]
    said = set()
    for who in ("jonas", "nobody"):
        with pytest.raises(Resting) as told:
            signing_in.sign_in(cast.clinic, address(who), WRONG, NOW + 7 * SECOND, AWAY)
        said.add((str(told.value), told.value.until - NOW))
    assert len(said) == 1


def test_the_right_password_and_code_begin_the_count_anew(cast: Cast) -> None:
    for each in range(FREE_GUESSES - 1):
        assert guess(cast.clinic, each * SECOND)
    enter(cast.clinic, "jonas", NOW + MINUTE)
    assert guess(cast.clinic, 2 * MINUTE)
    assert guess(cast.clinic, 2 * MINUTE + SECOND)


def test_after_a_hundred_wrong_in_a_row_even_the_right_one_is_refused(cast: Cast) -> None:
    for each in range(MOST_IN_A_ROW):
        guess(cast.clinic, each * HOUR)
    after = NOW + MOST_IN_A_ROW * HOUR
    assert signing_in.sign_in(cast.clinic, address("jonas"), PASSWORD, after, AWAY) is None
    token = accounts.invite_again(cast.clinic, cast.ids["jonas"], after, actor="command")
    accounts.accept_invitation(cast.clinic, token, PASSWORD + " again", after)
    assert signing_in.sign_in(cast.clinic, address("jonas"), PASSWORD + " again", after, AWAY) is not None


def test_what_is_counted_is_kept_under_no_name(cast: Cast) -> None:
    rested(cast)
    with cast.clinic.db.read() as conn:
        names = [bytes(row["bucket"]) for row in conn.execute("SELECT * FROM wrong_guess")]
    assert names
    assert all(len(name) == 32 and b"jonas" not in name for name in names)


def test_what_is_old_is_swept_away(cast: Cast) -> None:
    rested(cast)
    with cast.clinic.db.write() as conn:
        backing_off.sweep(conn, NOW + timedelta(days=2))
    assert guess(cast.clinic, timedelta(days=2))


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [Guesses(number, NOW).rest / MINUTE for number in range(1, 12)]
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15]


@pytest.mark.parametrize(("after", "waits"), [(-20 * MINUTE, False), (-5 * MINUTE, True), (MINUTE, False)])
def test_a_clock_gone_far_back_keeps_nobody_waiting(after: timedelta, waits: bool) -> None:
    assert bool(Guesses(FREE_GUESSES, NOW).rests_until(NOW + after)) is waits


@pytest.mark.control(41)
def test_what_is_grave_wants_the_password_of_the_last_five_minutes(cast: Cast) -> None:
    viewer = replace(cast.viewer("jonas"), confirmed_at=NOW)
    confirming.require_fresh(viewer, NOW + 5 * MINUTE - SECOND)
    for at in (NOW + 5 * MINUTE, NOW - SECOND):
        with pytest.raises(confirming.NotFresh):
            confirming.require_fresh(viewer, at)
    with pytest.raises(confirming.NotFresh):
        confirming.require_fresh(replace(viewer, confirmed_at=None), NOW)


@pytest.mark.control(27, 41)
def test_guessing_at_the_confirmation_rests_and_in_the_end_signs_out(cast: Cast) -> None:
    raw_id = enter(cast.clinic, "jonas", NOW)
    for each in range(FREE_GUESSES):
        with pytest.raises(Fault):
            confirming.confirm(cast.clinic, raw_id, WRONG, NOW + each * SECOND)
    with pytest.raises(Resting):
        confirming.confirm(cast.clinic, raw_id, PASSWORD, NOW + 6 * SECOND)
    confirming.confirm(cast.clinic, raw_id, PASSWORD, NOW + 10 * MINUTE)
    viewer = signing_in.resume(cast.clinic, raw_id, NOW + 10 * MINUTE)
    assert viewer is not None
    assert viewer.confirmed_at == NOW + 10 * MINUTE


@pytest.mark.control(27, 40)
def test_a_hundred_wrong_confirmations_sign_out_whoever_it_is(cast: Cast) -> None:
    raw_id, jonas = enter(cast.clinic, "jonas", NOW), cast.ids["jonas"]
    wrong = [*[WRONG] * 100, PASSWORD]
    for each, password in enumerate(wrong):
        with pytest.raises(Fault):
            confirming.check(cast.clinic, jonas, password, NOW + each * HOUR, None)
    assert signing_in.presence(cast.clinic, raw_id, NOW) is None


def test_a_session_that_is_over_cannot_be_confirmed(cast: Cast) -> None:
    raw_id = enter(cast.clinic, "jonas", NOW)
    with pytest.raises(NotFound):
        confirming.confirm(cast.clinic, raw_id, PASSWORD, NOW + 10 * HOUR)
    with pytest.raises(NotFound):
        confirming.confirm(cast.clinic, "no-session", PASSWORD, NOW)
