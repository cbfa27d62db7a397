"""Tokens for other systems: who makes them, what they open, and everything that ends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from alliance.actions import accounts, authenticators, colleagues, fhir_tokens, own_account
from alliance.actions.confirming import NotFresh
from alliance.actions.faults import Fault
from alliance.actions.fhir_tokens import NoToken, NotOpened
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.fhir_access import MOST_TOKENS, Scope
from alliance.domain.people import Role
from tests.actions.stories import in_both_roles, trail
from tests.cast import NOW, PASSWORD, Cast, enter, fresh
from tests.fhir import allow, token

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def allowed(cast: Cast) -> None:
    """In these tests the clinic lets there be tokens."""
    allow(cast)


def opens(cast: Cast, told: str, scope: Scope = Scope.PATIENTS, days: float = 0) -> bool:
    try:
        caller = fhir_tokens.come_in(cast.clinic, told, scope, NOW + timedelta(days=days))
    except (NoToken, NotFound):
        return False
    assert caller.viewer.roles == {Role.THERAPIST}
    return True


def test_it_opens_what_was_chosen_for_as_long_as_was_chosen(cast: Cast) -> None:
    told = token(cast, scopes=["patients", "observations"], days=30)
    assert opens(cast, told) and opens(cast, told, Scope.OBSERVATIONS)
    with pytest.raises(NotOpened):
        fhir_tokens.come_in(cast.clinic, told, Scope.RESPONSES, NOW)
    assert opens(cast, told, days=29.999) and not opens(cast, told, days=30)
    assert not opens(cast, told, days=-0.001)  # a clock that was turned back opens nothing


@pytest.mark.control(36)
def test_it_is_random_and_only_its_hash_is_kept(cast: Cast) -> None:
    told = [token(cast) for _ in range(5)]
    assert len(set(told)) == 5 and all(one.startswith("alliance_") and len(one) == 36 for one in told)
    with cast.clinic.db.read() as conn:
        kept = [str(tuple(row)) for row in conn.execute("SELECT * FROM fhir_token")]
    assert len(kept) == 5
    assert not any(one.removeprefix("alliance_") in row for one in told for row in kept)


@pytest.mark.parametrize("who", ["tomasz", "miriam"])
def test_who_treats_nobody_makes_none(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        token(cast, who)
    with pytest.raises(Forbidden):
        fhir_tokens.own(cast.clinic, cast.viewer(who), NOW)


@pytest.mark.control(41)
def test_it_takes_the_password_once_more(cast: Cast) -> None:
    stale = replace(cast.viewer("jonas"), confirmed_at=NOW - timedelta(minutes=6))
    with pytest.raises(NotFresh):
        fhir_tokens.make(cast.clinic, stale, name="Records", scopes=["patients"], days=30, now=NOW)
    assert fhir_tokens.own(cast.clinic, stale, NOW).working == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 61}),
        ("name", {"name": "a\u202eb"}),
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": ["patients", "comments"]}),
        ("days", {"days": 366}),
    ],
)
def test_what_cannot_be_is_said_at_its_field(cast: Cast, field: str, wrong: dict[str, object]) -> None:
    good: dict[str, object] = {"name": "Records", "scopes": ["patients"], "days": 30}
    with pytest.raises(Fault) as fault:
        fhir_tokens.make(cast.clinic, cast.viewer("jonas"), **{**good, **wrong}, now=NOW)  # type: ignore[arg-type]
    assert fault.value.field == field


def test_there_are_only_so_many(cast: Cast) -> None:
    for _ in range(MOST_TOKENS):
        token(cast)
    with pytest.raises(Fault, match="End one that is not needed"):
        token(cast)
    [first, *_] = fhir_tokens.own(cast.clinic, cast.viewer("jonas"), NOW).working
    assert fhir_tokens.end(cast.clinic, cast.viewer("jonas"), first.id, NOW) == "Records"
    assert token(cast)


@pytest.mark.parametrize(
    "told", ["", "alliance_", "alliance_" + "a" * 27, "x" * 5000, "alliance_é", "a\ud800"]
)
def test_what_is_no_token_opens_nothing(cast: Cast, told: str) -> None:
    token(cast)
    assert not opens(cast, told)


def test_where_the_clinic_allows_none_it_is_not_there(cast: Cast) -> None:
    told = token(cast)
    allow(cast, False)
    with pytest.raises(NotFound):
        fhir_tokens.come_in(cast.clinic, told, Scope.PATIENTS, NOW)
    with pytest.raises(Fault, match="An administrator has to allow this first"):
        token(cast)
    allow(cast)
    assert opens(cast, told)


def change_password(cast: Cast) -> None:
    raw_id = enter(cast.clinic, "jonas")
    own_account.change_password(
        cast.clinic, cast.viewer("jonas"), raw_id, present=PASSWORD, new="another quiet morning", now=NOW
    )


def take_the_role(cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE dyad SET ends_on = '2026-11-20' WHERE therapist_id = ?", (cast.ids["jonas"],))
        conn.execute("UPDATE supervision SET ends_on = '2026-11-20'")
    colleagues.change_roles(cast.clinic, cast.viewer("tomasz"), cast.ids["jonas"], [Role.ADMIN], NOW)


def end_it(cast: Cast) -> None:
    [one] = fhir_tokens.own(cast.clinic, cast.viewer("jonas"), NOW).working
    fhir_tokens.end(cast.clinic, cast.viewer("jonas"), one.id, NOW)


def admin_ends_it(cast: Cast) -> None:
    [(name, one)] = fhir_tokens.every(cast.clinic, cast.viewer("tomasz"), NOW)
    assert name == "Jonas Berg"
    assert fhir_tokens.end_anybodys(cast.clinic, cast.viewer("tomasz"), one.id, NOW) == "Jonas Berg"


ENDS: dict[str, Callable[[Cast], object]] = {
    "its owner": end_it,
    "an administrator": admin_ends_it,
    "a new password": change_password,
    "the role": take_the_role,
    "the account": lambda cast: accounts.disable(
        cast.clinic, cast.ids["jonas"], NOW, actor=cast.viewer("tomasz")
    ),
    "the second step": lambda cast: authenticators.reset(
        cast.clinic, cast.ids["jonas"], NOW, actor=fresh(cast.viewer("tomasz"), NOW)
    ),
}


@pytest.mark.control(40)
@pytest.mark.parametrize("what", ENDS)
def test_it_ends_at_once_and_for_good(cast: Cast, what: str) -> None:
    told = token(cast)
    assert opens(cast, told)
    ENDS[what](cast)
    assert not opens(cast, told)
    with cast.clinic.db.write() as conn:  # nor where whatever ended it is undone
        conn.execute("UPDATE staff SET disabled_at = NULL")
        conn.execute("INSERT OR IGNORE INTO staff_role VALUES (?, 'therapist')", (cast.ids["jonas"],))
    assert not opens(cast, told)


def test_nobody_ends_anothers_but_an_administrator(cast: Cast) -> None:
    told = token(cast)
    [one] = fhir_tokens.own(cast.clinic, cast.viewer("jonas"), NOW).working
    with pytest.raises(NotFound):
        fhir_tokens.end(cast.clinic, cast.viewer("claire"), one.id, NOW)
    with pytest.raises(Forbidden):
        fhir_tokens.end_anybodys(cast.clinic, cast.viewer("claire"), one.id, NOW)
    assert opens(cast, told)


@pytest.mark.control(63)
def test_making_ending_and_a_try_after_the_end_are_in_the_trail_once(cast: Cast) -> None:
    before, jonas = len(trail(cast.clinic)), cast.ids["jonas"]
    told = token(cast)
    end_it(cast)
    for _ in range(3):
        assert not opens(cast, told, days=1)
    assert trail(cast.clinic, before) == [
        ("staff", jonas, "make token", "token", 1),
        ("staff", jonas, "end token", "token", 1),
        ("staff", jonas, "refuse token", "token", 1),
    ]


def test_whatever_else_its_owner_is_it_reads_as_a_therapist(cast: Cast) -> None:
    both = in_both_roles(cast, "jonas")
    with cast.clinic.db.write() as conn:
        conn.execute("INSERT INTO staff_role VALUES (?, 'supervisor')", (cast.ids["jonas"],))
    told = fhir_tokens.make(cast.clinic, both, name="Records", scopes=["patients"], days=30, now=NOW)
    assert opens(cast, told)
