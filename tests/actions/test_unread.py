"""Words to a therapist: first on the caseload until they are opened, and after some days on the supervisor's page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.actions import administering, caseload, own_view, reading, releasing, supervising
from alliance.actions.faults import Fault
from alliance.domain.caseload import Order
from alliance.domain.supervision import Waits
from alliance.domain.unread import working_days_back
from tests.cast import NOW, Cast, answer, hold

WORDS = "I nearly did not come"


def written(cast: Cast, at: datetime, **more: str) -> int:
    """Alder 14 writes something to Jonas after one more session; that session's id."""
    session_id, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, at)
    answer(cast.clinic, token, at, 8, comment=WORDS, **more)
    return session_id


def waits(cast: Cast, now: datetime = NOW, who: str = "jonas") -> list[int]:
    """The sessions whose words wait on this therapist's caseload."""
    load = caseload.overview(cast.clinic, cast.viewer(who), Order.NEXT, now)
    return [one.session_id for _, one in load.unread]


def told(cast: Cast, now: datetime, who: str = "miriam") -> list[int]:
    """The sessions of whose unread words this supervisor is told."""
    found = supervising.overview(cast.clinic, cast.viewer(who), now)
    return [one.session_id for one in found.waiting if one.what is Waits.UNREAD]


def open_it(cast: Cast, now: datetime = NOW, who: str = "jonas") -> None:
    reading.open_patient(cast.clinic, cast.viewer(who), cast.alder.patient_id, now)


def test_words_wait_until_the_therapist_opens_the_patient(cast: Cast) -> None:
    assert waits(cast) == []
    session_id = written(cast, NOW)
    assert waits(cast) == [session_id]
    open_it(cast)
    assert waits(cast) == []
    again = written(cast, NOW + timedelta(days=7))
    assert waits(cast, NOW + timedelta(days=7)) == [again]


def test_an_answer_without_words_waits_for_nobody(cast: Cast) -> None:
    _, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    answer(cast.clinic, token, NOW, 8)
    assert waits(cast) == [] and told(cast, NOW + timedelta(days=9)) == []


@pytest.mark.parametrize("who", ["miriam"])
def test_that_somebody_else_opens_the_patient_is_not_reading(cast: Cast, who: str) -> None:
    session_id = written(cast, NOW)
    open_it(cast, who=who)
    assert waits(cast) == [session_id]


def test_what_was_kept_from_the_therapist_does_not_wait_there_until_it_is_released(cast: Cast) -> None:
    session_id = written(cast, NOW, audience="supervisor")
    assert waits(cast) == []
    releasing.release(cast.clinic, cast.viewer("miriam"), session_id, NOW + timedelta(days=20), said_so=True)
    assert waits(cast, NOW + timedelta(days=20)) == [session_id]
    assert told(cast, NOW + timedelta(days=21)) == [], "it has waited since the release, not since it came"


def test_words_that_came_with_covered_answers_wait_with_them(cast: Cast) -> None:
    own_view.ask_first(cast.clinic, cast.viewer("jonas"), True, NOW - timedelta(days=1))
    session_id = written(cast, NOW)
    assert waits(cast) == []
    open_it(cast)
    own_view.show_now(cast.clinic, cast.viewer("jonas"), session_id, NOW)
    assert waits(cast) == [session_id], "opening the page while they were covered showed no words"
    open_it(cast)
    assert waits(cast) == []


def test_after_two_working_days_the_supervisor_learns_that_they_wait(cast: Cast) -> None:
    session_id = written(cast, NOW)  # a Friday
    for days in (0, 1, 2, 3, 4):
        assert told(cast, NOW + timedelta(days=days)) == [], f"after {days} days"
    tuesday = NOW + timedelta(days=5)
    assert told(cast, tuesday) == [session_id]
    assert told(cast, tuesday, "ruth") == [], "who does not supervise Jonas learns nothing"
    assert WORDS not in str(supervising.overview(cast.clinic, cast.viewer("miriam"), tuesday))
    open_it(cast, tuesday)
    assert told(cast, tuesday) == []


def test_the_clinic_decides_how_many_days(cast: Cast) -> None:
    session_id = written(cast, NOW)
    admin, settings = cast.viewer("tomasz"), cast.clinic.settings()
    administering.save_settings(cast.clinic, admin, replace(settings, unread_days=5), NOW)
    assert told(cast, NOW + timedelta(days=7)) == []
    assert told(cast, NOW + timedelta(days=10)) == [session_id]
    for days in (0, 11):
        with pytest.raises(Fault, match="from 1 to 10"):
            administering.save_settings(cast.clinic, admin, replace(settings, unread_days=days), NOW)


def test_some_working_days_back() -> None:
    monday = date(2026, 11, 23)
    back = [working_days_back(monday, days).isoformat()[5:] for days in (0, 1, 2, 5, 6)]
    assert back == ["11-23", "11-20", "11-19", "11-16", "11-13"]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 10))
def test_between_lie_as_many_working_days_as_were_asked_for(today: date, days: int) -> None:
    then = working_days_back(today, days)
    between = [then + timedelta(days=n) for n in range((today - then).days)]
    assert sum(day.weekday() < 5 for day in between) == days and then.weekday() < 5
