"""The night lets go what has served its end, and asks about who was closed long ago; nobody goes by themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from alliance.actions import administering, answering, erasing, retaining
from alliance.actions.faults import Fault
from alliance.actions.verifying import verify
from alliance.domain.access import Forbidden
from alliance.domain.clinic import ClinicSettings
from alliance.domain.erasure import HOLD, State
from tests.actions.stories import trail
from tests.cast import NOW, Cast, answer
from tests.storage.rows import contents

YEARS = 10


def keep_for(cast: Cast, years: int) -> None:
    told = cast.clinic.settings()
    changed = ClinicSettings(**{name: getattr(told, name) for name in told.__slots__} | {"years_kept": years})
    administering.save_settings(cast.clinic, cast.viewer("tomasz"), changed, NOW)


def ended(cast: Cast, on: date) -> int:
    """All of Alder 14’s therapies ended on that day."""
    with cast.clinic.db.write() as conn:
        conn.execute(
            "UPDATE dyad SET ends_on = :on WHERE patient_id = :who AND coalesce(ends_on, '9999') > :on",
            {"on": on.isoformat(), "who": cast.alder.patient_id},
        )
    return cast.alder.patient_id


def test_nothing_is_let_go_before_its_time_and_the_trail_keeps_how_much_went(cast: Cast) -> None:
    answer(cast.clinic, cast.alder.token, NOW, 8)
    with pytest.raises(answering.AlreadyAnswered):
        answer(cast.clinic, cast.alder.token, NOW, 3)
    assert "set aside" not in retaining.sweep(cast.clinic, NOW + timedelta(days=180))
    before = len(trail(cast.clinic))
    later = NOW + timedelta(days=180, seconds=1)
    gone = retaining.sweep(cast.clinic, later)
    assert gone["set aside"] == 1
    lines = trail(cast.clinic, before)
    assert [line[2] for line in lines] == ["let go by itself"] * len(gone)
    assert retaining.sweep(cast.clinic, later) == {}
    assert verify(cast.clinic.config.database, cast.clinic.keyring).ok


def test_nobody_is_named_unless_the_clinic_has_said_for_how_long(cast: Cast) -> None:
    ended(cast, date(1990, 1, 1))
    page = retaining.long_closed(cast.clinic, cast.viewer("tomasz"), NOW)
    assert (page.years, page.patients) == (0, [])
    with pytest.raises(Fault):
        retaining.ask(cast.clinic, cast.viewer("tomasz"), [cast.alder.patient_id], NOW)


def test_who_was_closed_long_ago_goes_after_two_people_and_seven_days(cast: Cast) -> None:
    patient_id = ended(cast, date(2016, 11, 20))
    keep_for(cast, YEARS)
    tomasz = cast.viewer("tomasz")
    assert retaining.long_closed(cast.clinic, tomasz, NOW - timedelta(days=1)).patients == []
    [one] = retaining.long_closed(cast.clinic, tomasz, NOW).patients
    assert one.code == "Alder 14" and retaining.waiting(cast.clinic, NOW) == 1
    for _ in range(3):  # nights alone change nothing
        retaining.sweep(cast.clinic, NOW)
        assert erasing.carry_out_due(cast.clinic, NOW + timedelta(days=4000)) == 0
    assert retaining.ask(cast.clinic, tomasz, [patient_id], NOW) == 1
    assert retaining.long_closed(cast.clinic, tomasz, NOW).patients == []
    [request] = erasing.every(cast.clinic, tomasz)
    with pytest.raises(Fault, match="Somebody else"):
        erasing.confirm(cast.clinic, tomasz, request.request.id, now=NOW)
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD) == 0
    erasing.confirm(cast.clinic, cast.viewer("miriam"), request.request.id, now=NOW)
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD) == 1
    assert erasing.every(cast.clinic, tomasz)[0].request.state is State.ERASED


def test_only_who_is_on_the_list_can_be_asked_for(cast: Cast) -> None:
    patient_id = ended(cast, date(2010, 1, 1))
    keep_for(cast, YEARS)
    birch = cast.stories["Birch 2"].patient_id
    before = everything(cast)
    for chosen in ([birch], [patient_id, birch], [999_999], []):
        with pytest.raises(Fault):
            retaining.ask(cast.clinic, cast.viewer("tomasz"), chosen, NOW)
    for who in ("jonas", "miriam"):
        with pytest.raises(Forbidden):
            retaining.ask(cast.clinic, cast.viewer(who), [patient_id], NOW)
        with pytest.raises(Forbidden):
            retaining.long_closed(cast.clinic, cast.viewer(who), NOW)
    assert everything(cast) == before


@pytest.mark.parametrize(("years", "good"), [(0, True), (2, False), (3, True), (100, True), (101, False)])
def test_a_number_of_years_that_would_be_a_slip_is_refused(cast: Cast, years: int, good: bool) -> None:
    if good:
        keep_for(cast, years)
        assert cast.clinic.settings().years_kept == years
    else:
        with pytest.raises(Fault) as refused:
            keep_for(cast, years)
        assert refused.value.field == "years_kept"


def everything(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    with cast.clinic.db.read() as conn:
        return contents(conn)
