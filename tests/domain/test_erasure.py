"""A request for erasure: whatever is tried, in whatever order, two people and seven days stand before the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.domain.erasure import HOLD, Reason, Refused, Request, State

ASKED = datetime(2026, 11, 20, 10, tzinfo=UTC)
PEOPLE = (1, 2, 3)


def request(asked_by: int = 1) -> Request:
    return Request(1, 7, Reason.WITHDRAWN, asked_by, ASKED)


steps = st.lists(
    st.tuples(
        st.sampled_from(["confirm", "stop", "carry out"]),
        st.sampled_from(PEOPLE),
        st.integers(
            min_value=-60 * 24, max_value=20 * 24 * 60
        ),  # minutes after it was asked for, in any order
    ),
    max_size=12,
)


@given(asked_by=st.sampled_from(PEOPLE), tried=steps)
def test_whatever_is_tried(asked_by: int, tried: list[tuple[str, int, int]]) -> None:
    now = request(asked_by)
    for what, who, minutes in tried:
        at, before = ASKED + timedelta(minutes=minutes), now
        try:
            now = {
                "confirm": lambda at=at, who=who, one=before: one.confirm(who, at),
                "stop": lambda at=at, who=who, one=before: one.stop(who, at),
                "carry out": lambda at=at, one=before: one.carry_out(at),
            }[what]()
        except Refused as refused:
            assert str(refused) and now is before
            continue
        assert before.open, "no way leads out of an end"
        if now.state is State.ERASED:
            assert now.confirmed_at is not None and now.erased_at is not None
            assert now.confirmed_by not in (None, now.asked_by)
            assert now.erased_at - now.confirmed_at >= HOLD
            assert now.confirmed_at >= now.asked_at
        if now.state is State.STOPPED:
            assert now.erased_at is None and now.stopped_by == who
        assert (now.asked_by, now.asked_at, now.patient_id) == (asked_by, ASKED, 7)


def test_the_straight_way() -> None:
    confirmed = request().confirm(2, ASKED + timedelta(hours=1))
    assert confirmed.state is State.WAITING
    assert confirmed.due_at == ASKED + timedelta(hours=1) + HOLD
    assert not confirmed.is_due(confirmed.due_at - timedelta(microseconds=1))
    assert confirmed.is_due(confirmed.due_at)
    assert confirmed.carry_out(confirmed.due_at).state is State.ERASED


def test_nobody_is_the_second_person_of_their_own_request() -> None:
    with pytest.raises(Refused, match="Somebody else"):
        request().confirm(1, ASKED)


def test_a_clock_that_was_put_back_shortens_no_hold() -> None:
    confirmed = request().confirm(2, ASKED - timedelta(days=300))
    assert confirmed.due_at == ASKED + HOLD
