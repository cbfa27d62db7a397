"""How long it took: days from the question to each step, on the clinic's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alliance.domain.ledger import Kind, Step
from alliance.domain.waits import Waits, later_words, waits
from tests.factory import dip, talk

LONDON = ZoneInfo("Europe/London")
RAISED = dip().alerts[0].raised_at


def taken(*steps: Step) -> Waits:
    alert = dip().alerts[0]
    alert = type(alert)(**{name: getattr(alert, name) for name in alert.__slots__} | {"steps": ()})
    for step in steps:
        alert = alert.with_step(step)
    return waits(alert, LONDON)


def seen(days: float) -> Step:
    return Step(Kind.SEEN, RAISED + timedelta(days=days), 1)


def at(days: int) -> date:
    return RAISED.date() + timedelta(days=days)


def decided(kind: Kind, days: int) -> Step:
    return Step(kind, RAISED + timedelta(days=days), number=20, on=at(days))


def test_nothing_has_happened_yet() -> None:
    assert taken() == Waits(None, None, None)


def test_each_step_has_its_days() -> None:
    told = taken(
        seen(1),
        talk(RAISED + timedelta(days=9), 19, on=at(6)),
        talk(RAISED + timedelta(days=15), 20, on=at(14)),
        decided(Kind.RECOVERING, 21),
        decided(Kind.REPAIRED, 28),
    )
    assert told == Waits(1, 6, 28)


def test_the_same_evening_is_the_same_day_where_the_clinic_is() -> None:
    raised = RAISED.replace(hour=22, minute=30)
    assert raised.astimezone(LONDON).date() == RAISED.date()
    assert taken(seen(0)).seen == 0


def test_a_talk_without_a_day_has_no_days_and_one_before_the_form_none_either() -> None:
    assert taken(talk(RAISED, None)).talked is None
    assert taken(talk(RAISED, 18, on=at(-1))).talked == 0


def test_a_repair_that_did_not_hold_is_none() -> None:
    mended, slipped = decided(Kind.REPAIRED, 14), decided(Kind.SLIPPED, 14)
    assert taken(mended).repaired == 14
    assert taken(mended, slipped).repaired is None
    assert taken(mended, slipped, decided(Kind.REPAIRED, 28)).repaired == 28


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "the same day"),
        (0, "the same day"),
        (1, "a day later"),
        (6, "six days later"),
        (13, "13 days later"),
        (14, "two weeks later"),
        (20, "two weeks later"),
        (100, "14 weeks later"),
    ],
)
def test_days_in_words(days: int, words: str) -> None:
    assert later_words(days) == words


def test_the_clinics_midnight_counts() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # already the 2nd in London
    alert = dip().alerts[0].with_step(Step(Kind.SEEN, late, 1))
    expected = (date(2026, 7, 2) - RAISED.astimezone(LONDON).date()).days
    assert waits(alert, LONDON).seen == max(0, expected)
