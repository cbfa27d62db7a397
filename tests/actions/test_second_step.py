"""The second step: a code works once, whatever the clock says; recovery codes; an app set up, replaced, taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.actions import accounts, authenticators, own_account, second_step, signing_in
from alliance.actions.backing_off import Resting
from alliance.actions.clinic import Clinic
from alliance.actions.confirming import NotFresh
from alliance.actions.faults import Fault
from alliance.actions.signing_in import NOWHERE
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.people import Role
from alliance.storage import audit, second_factors
from tests.cast import NOW, PASSWORD, SECRET, Cast, address, code, enter, fresh, wait_for_code

MINUTE = timedelta(minutes=1)
HALF = timedelta(seconds=30)


def half(cast: Cast, who: str = "jonas", at: object = NOW) -> str:
    raw_id = signing_in.sign_in(cast.clinic, address(who), PASSWORD, at)  # type: ignore[arg-type]
    assert raw_id is not None
    return raw_id


def last(clinic: Clinic) -> audit.Entry:
    with clinic.db.read() as conn:
        return audit.latest(conn, 1)[0]


def codes_of(cast: Cast, who: str = "jonas") -> list[str]:
    with cast.clinic.db.write() as conn:
        return second_step.make_codes(conn, cast.ids[who], NOW)


@pytest.mark.control(31)
def test_the_password_alone_opens_nothing(cast: Cast) -> None:
    raw_id = half(cast)
    found = signing_in.presence(cast.clinic, raw_id, NOW)
    assert found is not None and found.half and found.viewer is None
    assert signing_in.resume(cast.clinic, raw_id, NOW) is None
    assert signing_in.presence(cast.clinic, raw_id, NOW + 15 * MINUTE) is None


@pytest.mark.control(31, 38)
def test_the_code_opens_under_a_new_id(cast: Cast) -> None:
    before = half(cast)
    raw_id = second_step.enter_code(cast.clinic, before, code(NOW), NOW, NOWHERE)
    assert signing_in.resume(cast.clinic, raw_id, NOW) == cast.viewer("jonas")
    assert signing_in.presence(cast.clinic, before, NOW) is None
    assert (last(cast.clinic).action, last(cast.clinic).detail) == ("sign in", {"by": "password and code"})


def test_a_second_step_without_a_first_opens_nothing(cast: Cast) -> None:
    for raw_id in ("no-session", enter(cast.clinic, "claire")):
        with pytest.raises(NotFound):
            second_step.enter_code(cast.clinic, raw_id, code(NOW), NOW, NOWHERE)


@pytest.mark.control(35)
def test_a_code_works_once(cast: Cast) -> None:
    second_step.enter_code(cast.clinic, half(cast), code(NOW), NOW, NOWHERE)
    again = half(cast)
    with pytest.raises(Fault, match="has been used"):
        second_step.enter_code(cast.clinic, again, code(NOW), NOW, NOWHERE)
    assert last(cast.clinic).detail == {"reason": "code used before"}
    assert second_step.enter_code(cast.clinic, again, code(NOW + HALF), NOW + HALF, NOWHERE)


@pytest.mark.control(35)
def test_a_clock_put_back_brings_no_code_back(cast: Cast) -> None:
    second_step.enter_code(cast.clinic, half(cast), code(NOW), NOW, NOWHERE)
    for back in (HALF, MINUTE, timedelta(hours=1), timedelta(days=365)):
        then = NOW - back
        raw_id = half(cast, at=then)
        with pytest.raises(Fault, match="has been used"):
            second_step.enter_code(cast.clinic, raw_id, code(then), then, NOWHERE)


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(cast: Cast, off: int) -> None:
    assert second_step.enter_code(cast.clinic, half(cast), code(NOW + off * HALF), NOW, NOWHERE)


@pytest.mark.parametrize("off", [-3, -2, 2, 3, 100])
def test_and_no_more(cast: Cast, off: int) -> None:
    with pytest.raises(Fault, match="not the code"):
        second_step.enter_code(cast.clinic, half(cast), code(NOW + off * HALF), NOW, NOWHERE)
    assert last(cast.clinic).action == "refuse second step"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12))
def test_what_is_no_code_is_none(typed: str) -> None:
    step = second_step.step_of(SECRET, typed, NOW)
    assert step is None or "".join(typed.split()) in {code(NOW + off * HALF) for off in (-1, 0, 1)}


@pytest.mark.parametrize("typed", ["{0} ", "{0:.3} {1:.3}", "\t{0}\n"])
def test_spaces_make_no_difference(typed: str) -> None:
    shown = code(NOW)
    assert second_step.step_of(SECRET, typed.format(shown, shown[3:]), NOW) is not None


@pytest.mark.control(27)
def test_guessing_codes_has_to_wait(cast: Cast) -> None:
    raw_id = half(cast)
    for _ in range(5):
        with pytest.raises(Fault, match="not the code"):
            second_step.enter_code(cast.clinic, raw_id, "000000", NOW, NOWHERE)
    with pytest.raises(Resting, match="Try again in 1 minute"):
        second_step.enter_code(cast.clinic, raw_id, code(NOW), NOW, NOWHERE)
    later = NOW + MINUTE
    assert second_step.enter_code(cast.clinic, raw_id, code(later), later, NOWHERE)


@pytest.mark.control(36)
def test_recovery_codes_are_long_work_once_and_are_not_kept(cast: Cast) -> None:
    codes = codes_of(cast)
    assert len(set(codes)) == 10
    assert all(len(one.replace("-", "")) == 16 and set(one) <= {*second_step.SIGNS, "-"} for one in codes)
    assert len(second_step.SIGNS) ** 16 > 2**64
    raw_id, left = second_step.enter_recovery_code(
        cast.clinic, half(cast), f" {codes[3].upper().replace('-', ' ')} ", NOW, NOWHERE
    )
    assert left == 9 and signing_in.resume(cast.clinic, raw_id, NOW) == cast.viewer("jonas")
    with pytest.raises(Fault, match="none of your recovery codes"):
        second_step.enter_recovery_code(cast.clinic, half(cast), codes[3], NOW, NOWHERE)
    files = b"".join(path.read_bytes() for path in cast.clinic.config.folder.glob("clinic.db*"))
    for one in codes:
        assert one.encode() not in files and one.replace("-", "").encode() not in files
    assert SECRET.encode() not in files


def test_a_recovery_code_of_somebody_else_opens_nothing(cast: Cast) -> None:
    codes = codes_of(cast, "claire")
    with pytest.raises(Fault):
        second_step.enter_recovery_code(cast.clinic, half(cast), codes[0], NOW, NOWHERE)


def test_new_codes_end_the_old_ones(cast: Cast) -> None:
    old = codes_of(cast)
    new = authenticators.new_codes(cast.clinic, cast.viewer("jonas"), NOW)
    with pytest.raises(Fault):
        second_step.enter_recovery_code(cast.clinic, half(cast), old[0], NOW, NOWHERE)
    assert second_step.enter_recovery_code(cast.clinic, half(cast), new[0], NOW, NOWHERE)[1] == 9
    with pytest.raises(NotFresh):
        authenticators.new_codes(cast.clinic, fresh(cast.viewer("jonas"), NOW - 5 * MINUTE), NOW)


def test_the_first_sign_in_sets_an_app_up(clinic: Clinic) -> None:
    token = accounts.invite(
        clinic, name="Nora", email="nora@x.example", roles=[Role.ADMIN], now=NOW, actor="command"
    )
    person = accounts.accept_invitation(clinic, token, PASSWORD, NOW)
    raw_id = signing_in.sign_in(clinic, "nora@x.example", PASSWORD, NOW)
    assert raw_id is not None and signing_in.resume(clinic, raw_id, NOW) is None
    offer = authenticators.offer(clinic, person.id, person.email, raw_id)
    assert offer.address.startswith("otpauth://totp/") and len(offer.secret) == 32  # 160 bits
    assert authenticators.offer(clinic, person.id, person.email, raw_id, offer.sealed).secret == offer.secret
    with pytest.raises(Fault, match="open too long"):
        authenticators.taken_up(clinic, person.id, "another session", offer.sealed)
    with pytest.raises(Fault, match="not the code"):
        second_step.set_up(clinic, raw_id, offer.secret, "000000", NOW, NOWHERE)
    whole, codes = second_step.set_up(clinic, raw_id, offer.secret, code(NOW, offer.secret), NOW, NOWHERE)
    assert len(codes) == 10 and signing_in.resume(clinic, whole, NOW) is not None
    with clinic.db.read() as conn:
        assert [line.action for line in audit.latest(conn, 3)] == [
            "sign in",
            "make recovery codes",
            "set up authenticator",
        ]


@pytest.mark.control(34)
def test_who_has_an_app_cannot_set_another_up_by_the_password(cast: Cast) -> None:
    raw_id = half(cast)
    assert not second_step.may_set_up(cast.clinic, cast.ids["jonas"], NOW)
    with pytest.raises(NotFound):
        second_step.set_up(cast.clinic, raw_id, SECRET, code(NOW), NOW, NOWHERE)


@pytest.mark.control(34)
def test_a_new_password_keeps_the_second_step(cast: Cast) -> None:
    token = accounts.invite_again(cast.clinic, cast.ids["jonas"], NOW, actor=cast.viewer("tomasz"))
    accounts.accept_invitation(cast.clinic, token, "kolibri am teich im mai", NOW)
    raw_id = signing_in.sign_in(cast.clinic, address("jonas"), "kolibri am teich im mai", NOW)
    assert raw_id is not None and signing_in.resume(cast.clinic, raw_id, NOW) is None
    assert second_step.is_set_up(cast.clinic, cast.ids["jonas"])


@pytest.mark.control(34, 40)
def test_a_lost_second_step_is_taken_away_by_somebody_else_for_an_hour(cast: Cast) -> None:
    clinic, jonas, tomasz = cast.clinic, cast.ids["jonas"], cast.viewer("tomasz")
    raw_id = enter(clinic, "jonas")
    with pytest.raises(Forbidden):
        authenticators.reset(clinic, jonas, NOW, actor=cast.viewer("miriam"))
    with pytest.raises(NotFresh):
        authenticators.reset(clinic, jonas, NOW, actor=fresh(tomasz, NOW - 5 * MINUTE))
    with pytest.raises(Fault):
        authenticators.reset(clinic, tomasz.staff_id, NOW, actor=tomasz)
    assert authenticators.reset(clinic, jonas, NOW, actor=tomasz) == "Jonas Berg"
    assert (last(clinic).action, last(clinic).actor_id) == ("reset second step", tomasz.staff_id)
    assert last(clinic).detail == {"passkeys": 0, "sessions_ended": 1}
    assert signing_in.resume(clinic, raw_id, NOW) is None
    assert second_step.may_set_up(clinic, jonas, NOW + 59 * MINUTE)
    late = NOW + 60 * MINUTE
    assert not second_step.may_set_up(clinic, jonas, late)
    with pytest.raises(NotFound):
        second_step.set_up(clinic, half(cast, at=late), SECRET, code(late), late, NOWHERE)
    assert second_step.set_up(clinic, half(cast), SECRET, code(NOW), NOW, NOWHERE)


@pytest.mark.control(40, 41)
def test_another_app_ends_every_other_session(cast: Cast) -> None:
    here, there = enter(cast.clinic, "jonas"), enter(cast.clinic, "jonas")
    viewer = cast.viewer("jonas")
    offer = authenticators.offer(cast.clinic, viewer.staff_id, address("jonas"), here)
    with pytest.raises(NotFresh):
        authenticators.replace(
            cast.clinic, fresh(viewer, NOW - 5 * MINUTE), here, offer.sealed, "000000", NOW
        )
    authenticators.replace(cast.clinic, viewer, here, offer.sealed, code(NOW, offer.secret), NOW)
    assert signing_in.resume(cast.clinic, here, NOW) is not None
    assert signing_in.resume(cast.clinic, there, NOW) is None
    with cast.clinic.db.read() as conn:
        assert "replace authenticator" in [line.action for line in audit.latest(conn, 3)]
        kept = second_factors.authenticator(conn, cast.clinic.keyring, viewer.staff_id)
    assert kept is not None and kept.secret == offer.secret


@pytest.mark.control(40)
def test_a_new_password_of_ones_own_ends_every_other_session(cast: Cast) -> None:
    here, there = enter(cast.clinic, "jonas"), enter(cast.clinic, "jonas")
    viewer, new = cast.viewer("jonas"), "kolibri am teich im mai"
    with pytest.raises(Fault, match="with which you signed in"):
        own_account.change_password(cast.clinic, viewer, here, present="not it", new=new, now=NOW)
    with pytest.raises(Fault, match="at least 15"):
        own_account.change_password(cast.clinic, viewer, here, present=PASSWORD, new="short", now=NOW)
    own_account.change_password(cast.clinic, viewer, here, present=PASSWORD, new=new, now=NOW)
    assert (last(cast.clinic).action, last(cast.clinic).detail) == ("change password", {"sessions_ended": 1})
    assert signing_in.resume(cast.clinic, here, NOW) is not None
    assert signing_in.resume(cast.clinic, there, NOW) is None
    wait_for_code(cast.clinic)
    assert signing_in.sign_in(cast.clinic, address("jonas"), PASSWORD, NOW) is None
    assert signing_in.sign_in(cast.clinic, address("jonas"), new, NOW) is not None
