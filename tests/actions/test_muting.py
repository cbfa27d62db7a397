"""Questions that rest: kept, folded, back by themselves; what the patient says outright is never muted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from alliance.actions import caseload, muting, reading
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.caseload import Order, row_of
from alliance.domain.people import Viewer
from alliance.domain.trend import Trend
from tests.actions.sending import everything
from tests.cast import NOW, Cast

DAY = timedelta(days=1)
UNTIL = date(2026, 12, 18)


def mute(
    cast: Cast, until: date | None = UNTIL, reason: str = "break", words: str = "", who: str = "jonas"
) -> None:
    muting.mute(
        cast.clinic,
        cast.viewer(who),
        cast.alder.patient_id,
        until=until,
        reason=reason,
        words=words,
        now=NOW,
    )


def alder(cast: Cast, days: int = 0) -> Trend:
    return caseload.own_trends(cast.clinic, cast.viewer("jonas"), NOW + days * DAY)[0]


def rules(cast: Cast, text: str) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE alert SET rules = ? WHERE id = ?", (text, cast.alder.alert_id))


def test_a_muted_question_is_kept_and_waits(cast: Cast) -> None:
    rules(cast, '["ratings"]')
    mute(cast)
    trend = alder(cast)
    assert trend.open_alert is None and [one.id for one in trend.muted_alerts] == [cast.alder.alert_id]
    row = row_of(trend)
    assert (row.mark, row.alert) == ("", None) and row.state.endswith(
        "; muted until 18 December: planned break"
    )
    load = caseload.overview(cast.clinic, cast.viewer("jonas"), Order.NEXT, NOW)
    assert not load.asks and len(load.rest) == 1


def test_it_ends_by_itself_on_the_day(cast: Cast) -> None:
    rules(cast, '["ratings"]')
    mute(cast)
    assert alder(cast, (UNTIL - NOW.date()).days - 1).open_alert is None
    back = alder(cast, (UNTIL - NOW.date()).days)
    assert back.mute is None and back.open_alert is not None


def test_it_ends_by_hand_at_any_time(cast: Cast) -> None:
    rules(cast, '["ratings"]')
    mute(cast)
    muting.unmute(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    assert alder(cast).open_alert is not None


def test_what_the_patient_says_outright_is_never_muted(cast: Cast) -> None:
    rules(cast, '["own-word"]')
    mute(cast)
    assert alder(cast).open_alert is not None and alder(cast).muted_alerts == []


def test_a_new_one_takes_the_place_of_the_old(cast: Cast) -> None:
    mute(cast)
    mute(cast, until=date(2026, 11, 30), reason="talking")
    found = alder(cast).mute
    assert found is not None and (found.until, found.reason) == (date(2026, 11, 30), "talking")


@pytest.mark.parametrize(
    ("until", "reason", "words", "field"),
    [
        (NOW.date(), "break", "", "until"),
        (None, "break", "", "until"),
        (NOW.date() + timedelta(days=91), "break", "", "until"),
        (UNTIL, "", "", "reason"),
        (UNTIL, "tired of it", "", "reason"),
        (UNTIL, "other", "", "words"),
        (UNTIL, "break", "x" * 1001, "words"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    cast: Cast, until: date | None, reason: str, words: str, field: str
) -> None:
    before = everything(cast.clinic)
    with pytest.raises(Fault) as fault:
        mute(cast, until, reason, words)
    assert fault.value.field == field
    assert everything(cast.clinic) == before


def test_ninety_days_are_possible(cast: Cast) -> None:
    mute(cast, until=NOW.date() + timedelta(days=90))
    assert alder(cast).mute is not None


def test_a_supervisor_sees_until_when_and_why_but_not_the_words(cast: Cast) -> None:
    mute(cast, reason="other", words="canary")
    own = reading.open_patient(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    assert own.mute_words == "canary"
    page = reading.open_patient(cast.clinic, cast.viewer("miriam"), cast.alder.patient_id, NOW)
    assert page.trend.mute is not None and page.trend.mute.reason == "other"
    assert "canary" not in repr(page)


@pytest.mark.parametrize(
    ("who", "refusal"), [("miriam", Forbidden), ("claire", NotFound), ("erik", NotFound)]
)
def test_only_the_own_therapist_mutes(cast: Cast, who: str, refusal: type[Exception]) -> None:
    before = everything(cast.clinic)
    with pytest.raises(refusal):
        mute(cast, who=who)
    with pytest.raises(refusal):
        muting.unmute(cast.clinic, cast.viewer(who), cast.alder.patient_id, NOW)
    assert everything(cast.clinic) == before


def test_no_words_reach_the_trail_or_the_file(cast: Cast) -> None:
    mute(cast, words="canary")
    viewer: Viewer = cast.viewer("jonas")
    assert muting.open_mute(cast.clinic, viewer, cast.alder.patient_id, NOW)[1] is not None
    assert b"canary" not in cast.clinic.config.database.read_bytes()
    with cast.clinic.db.read() as conn:
        assert not any("canary" in str(tuple(row)) for row in conn.execute("SELECT * FROM audit"))
