"""What a clinic tells its patients: numbers that phones can dial, and the day it is at the clinic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.domain.clinic import ClinicSettings, CrisisLine


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("01632 960114", "01632960114"),
        ("112", "112"),
        ("+44 1632 960 114", "+441632960114"),
        ("(01632) 960-114", "01632960114"),
        ("0800/111 0 111", "08001110111"),
        ("1+1", "11"),
        ("call us", ""),
        ("", ""),
    ],
)
def test_a_number_as_a_phone_dials_it(number: str, dialled: str) -> None:
    assert CrisisLine("Harbour Street crisis line", number).dial == dialled
    assert ClinicSettings("Harbour Street", front_desk=number).front_desk_dial == dialled


@given(st.text(max_size=30))
def test_only_digits_and_a_leading_plus_are_dialled(number: str) -> None:
    dialled = CrisisLine("A line", number).dial
    digits = dialled.removeprefix("+")
    assert all(character.isdecimal() for character in digits)
    assert dialled.startswith("+") == number.startswith("+")


AFTERNOON, EVENING = datetime(2026, 11, 20, 10, 30, tzinfo=UTC), datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", EVENING, date(2026, 11, 20)),
        ("Europe/London", EVENING, date(2026, 11, 20)),
        ("Europe/Berlin", EVENING, date(2026, 11, 21)),
        ("Pacific/Auckland", AFTERNOON, date(2026, 11, 20)),
        ("Pacific/Auckland", AFTERNOON + timedelta(minutes=30), date(2026, 11, 21)),
        ("Pacific/Honolulu", datetime(2026, 11, 20, 9, 59, tzinfo=UTC), date(2026, 11, 19)),
        # A moment may come in any zone: what counts is when it is at the clinic.
        ("Europe/London", datetime(2026, 11, 21, 0, 30, tzinfo=timezone(timedelta(hours=1))), date(2026, 11, 20)),
        # Summer time: an hour before midnight in UTC is the next day in London.
        ("Europe/London", datetime(2026, 7, 20, 23, 30, tzinfo=UTC), date(2026, 7, 21)),
    ],
)  # fmt: skip
def test_the_clinics_time_zone_says_which_day_it_is(zone: str, moment: datetime, day: date) -> None:
    settings = ClinicSettings("Harbour Street", time_zone=zone)
    assert settings.today(moment) == day
    assert settings.local(moment).date() == day
    assert settings.local(moment) == moment


def test_a_zone_that_is_none_is_not_guessed() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        ClinicSettings("Harbour Street", time_zone="Europe/Atlantis").today(EVENING)
