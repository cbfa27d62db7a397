"""Passkeys: an honest one opens, once for each challenge; whatever is not one is refused in a sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webauthn.helpers import bytes_to_base64url

from alliance.actions import accounts, authenticators, passkeys, signing_in
from alliance.actions.confirming import NotFresh
from alliance.actions.faults import Fault
from alliance.actions.signing_in import NOWHERE
from alliance.domain.access import NotFound
from alliance.storage import audit
from alliance.storage import passkeys as storage
from tests.actions.soft_passkey import PRESENT, VERIFIED, SoftPasskey
from tests.cast import NOW, Cast, fresh

ORIGIN, HOST = "https://alliance.example", "alliance.example"
MINUTE = timedelta(minutes=1)
HERE = "this browser"


def soft(**more: Any) -> SoftPasskey:
    return SoftPasskey(ORIGIN, HOST, **more)


def add(cast: Cast, one: SoftPasskey, who: str = "jonas", at: datetime = NOW, name: str = "Phone") -> None:
    challenge = passkeys.challenge(cast.clinic, HERE, at)
    viewer = fresh(cast.viewer(who), at)
    reply = json.dumps(one.made(challenge))
    passkeys.add(cast.clinic, viewer, name=name, reply=reply, purpose=HERE, now=at)


def use(cast: Cast, one: SoftPasskey, at: datetime = NOW, purpose: str = HERE) -> str:
    challenge = passkeys.challenge(cast.clinic, HERE, at)
    return passkeys.sign_in(cast.clinic, json.dumps(one.used(challenge)), purpose, at, NOWHERE)


def lines(cast: Cast, count: int = 1) -> list[audit.Entry]:
    with cast.clinic.db.read() as conn:
        return list(audit.latest(conn, count))


@pytest.mark.control(31)
def test_a_passkey_is_both_steps_at_once(cast: Cast) -> None:
    one = soft()
    add(cast, one)
    assert lines(cast)[0].action == "add passkey"
    raw_id = use(cast, one)
    assert signing_in.resume(cast.clinic, raw_id, NOW) == cast.viewer("jonas")
    assert (lines(cast)[0].action, lines(cast)[0].detail) == ("sign in", {"by": "passkey"})


def test_a_challenge_is_answered_once_in_its_browser_and_its_time(cast: Cast) -> None:
    one = soft()
    add(cast, one)
    challenge = passkeys.challenge(cast.clinic, HERE, NOW)
    reply = json.dumps(one.used(challenge))
    with pytest.raises(Fault, match="open too long"):
        passkeys.sign_in(cast.clinic, reply, "another browser", NOW, NOWHERE)
    for late in (NOW + 10 * MINUTE, NOW - MINUTE, NOW + timedelta(days=400)):
        with pytest.raises(Fault, match="open too long"):
            passkeys.sign_in(cast.clinic, reply, HERE, late, NOWHERE)
    assert passkeys.sign_in(cast.clinic, reply, HERE, NOW, NOWHERE)
    with pytest.raises(Fault):
        passkeys.sign_in(cast.clinic, reply, HERE, NOW, NOWHERE)
    assert (lines(cast)[0].action, lines(cast)[0].actor_id) == ("refuse passkey", None)


@pytest.mark.parametrize(
    "changed",
    [
        {"flags": PRESENT},  # nobody made sure who holds it
        {"flags": VERIFIED},
        {"origin": "https://alliance.example.evil.example"},
        {"host": "evil.example"},
        {"key": SoftPasskey(ORIGIN, HOST).key},
        {"id": b"another passkey!"},
    ],
)
def test_what_is_not_proved_opens_nothing(cast: Cast, changed: dict[str, Any]) -> None:
    one = soft()
    add(cast, one)
    for name, value in changed.items():
        setattr(one, name, value)
    with pytest.raises(Fault):
        use(cast, one)
    assert lines(cast)[0].action == "refuse passkey"


@pytest.mark.parametrize(
    "changed", [{"flags": PRESENT}, {"origin": "https://evil.example"}, {"host": "evil.example"}]
)
def test_what_is_not_proved_is_not_added(cast: Cast, changed: dict[str, Any]) -> None:
    one = soft()
    for name, value in changed.items():
        setattr(one, name, value)
    with pytest.raises(Fault, match="could not be added"):
        add(cast, one)


def test_a_copied_passkey_is_noticed_by_its_count(cast: Cast) -> None:
    one = soft(count=5)
    add(cast, one)
    one.count = 6
    use(cast, one)
    one.count = 6
    with pytest.raises(Fault):
        use(cast, one)
    one.count = 7
    assert use(cast, one)


def test_several_are_named_renamed_and_removed_by_their_owner(cast: Cast) -> None:
    phone, laptop = soft(), soft()
    add(cast, phone)
    add(cast, laptop, name="  The   laptop ")
    jonas = cast.viewer("jonas")
    with cast.clinic.db.read() as conn:
        first, second = storage.of(conn, jonas.staff_id)
    assert (first.name, second.name) == ("Phone", "The laptop")
    with pytest.raises(Fault, match="known here already"):
        add(cast, phone, "claire")
    passkeys.rename(cast.clinic, jonas, first.id, "Old phone", NOW)
    assert lines(cast)[0].action == "rename passkey"
    for act in (
        lambda who: passkeys.rename(cast.clinic, who, first.id, "Mine", NOW),
        lambda who: passkeys.remove(cast.clinic, who, first.id, NOW),
    ):
        with pytest.raises(NotFound):
            act(cast.viewer("claire"))
    with pytest.raises(NotFresh):
        passkeys.remove(cast.clinic, fresh(jonas, NOW - 5 * MINUTE), first.id, NOW)
    for name in ("", "   ", "x" * 61, "a\x00b"):
        with pytest.raises(Fault, match="Give the passkey a name"):
            passkeys.rename(cast.clinic, jonas, first.id, name, NOW)
    passkeys.remove(cast.clinic, jonas, first.id, NOW)
    assert lines(cast)[0].action == "remove passkey"
    with pytest.raises(Fault, match="opens no account"):
        use(cast, phone)
    assert use(cast, laptop)


def test_there_are_not_more_than_ten(cast: Cast) -> None:
    for _ in range(passkeys.MOST):
        add(cast, soft())
    with pytest.raises(Fault, match="as many as there can be"):
        add(cast, soft())


def test_closing_and_resetting_end_them(cast: Cast) -> None:
    one = soft()
    add(cast, one)
    accounts.disable(cast.clinic, cast.ids["jonas"], NOW, actor="command")
    with pytest.raises(Fault, match="opens no account"):
        use(cast, one)
    other = soft()
    add(cast, other, "claire")
    authenticators.reset(cast.clinic, cast.ids["claire"], NOW, actor="command")
    with pytest.raises(Fault, match="opens no account"):
        use(cast, other)


@pytest.mark.parametrize(
    ("place", "is_one"),
    [
        (ORIGIN, True),
        ("http://localhost:8642", True),
        ("http://127.0.0.1:8642", False),
        ("http://[::1]:1", False),
    ],
)
def test_a_number_is_no_place_for_a_passkey(cast: Cast, place: str, is_one: bool) -> None:
    config = replace(cast.clinic.config, public_url=place)
    assert passkeys.possible(replace(cast.clinic, config=config)) is is_one


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_sent_is_refused_in_a_sentence(cast: Cast, data: st.DataObject) -> None:
    one = soft()
    challenge = passkeys.challenge(cast.clinic, HERE, NOW)
    honest = data.draw(st.sampled_from([one.made(challenge), one.used(challenge)]))
    where = data.draw(st.sampled_from(["all", *honest, *(f"response.{name}" for name in honest["response"])]))
    odd = data.draw(JSON | st.binary(max_size=60).map(bytes_to_base64url))
    if where == "all":
        honest = odd
    elif where.startswith("response."):
        honest["response"][where.partition(".")[2]] = odd
    else:
        honest[where] = odd
    sent = json.dumps(honest) if data.draw(st.booleans()) else data.draw(st.text(max_size=30))
    with pytest.raises(Fault):
        passkeys.sign_in(cast.clinic, sent, HERE, NOW, NOWHERE)
    try:
        passkeys.add(cast.clinic, cast.viewer("jonas"), name="x", reply=sent, purpose=HERE, now=NOW)
    except Fault as fault:
        assert fault.sentence
