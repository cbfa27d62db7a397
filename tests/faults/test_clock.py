"""The clock jumps while people work: nothing breaks, sessions keep their order, and no day is counted twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from alliance.actions import caseload
from alliance.actions.clinic import Clinic
from alliance.domain.clinic import ClinicSettings
from alliance.domain.therapy import Channel
from tests.cast import NOW, Cast, answer, signed_in
from tests.page import page_client
from tests.web.posting import numbers, post

JUMPS = {
    "an hour back": timedelta(hours=-1),
    "a year back": timedelta(days=-365),
    "ten years on": timedelta(days=3652),
}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_a_clock_that_jumps_breaks_nothing_and_turns_no_course_round(
    app: Flask, cast: Cast, clock: time_machine.Traveller, jump: timedelta
) -> None:
    client, path = signed_in(app, "jonas"), f"/patients/{cast.alder.patient_id}"
    before = list(numbers(client.page(path)))
    for at in (NOW + jump, NOW + timedelta(hours=2)):
        clock.move_to(at)
        assert client.get(path).status_code in {200, 303}  # a session may have ended; nothing breaks
        viewer = cast.viewer("jonas")
        held = caseload.add_session(
            cast.clinic, viewer, cast.alder.patient_id, held_on=at.date(), next_on=None, now=at
        )
        token = caseload.issue_link(cast.clinic, viewer, held.id, channel=Channel.LINK, now=at)
        patient = page_client(app)
        assert patient.get(f"/a/{token}").status_code == 200
        assert post(patient, token, attempt=f"attempt-at-{at:%Y%m%d%H%M}").status_code == 303
        assert patient.get("/thanks").status_code == 200
    clock.move_to(NOW + timedelta(hours=2))
    after = list(numbers(signed_in(app, "jonas").page(path)))
    assert len(after) == len(before) + 2
    order = [int(number) for number in after]
    assert order in (sorted(order), sorted(order, reverse=True)), "sessions stand by their number"


def test_an_answer_that_came_before_its_link_was_made_counts(cast: Cast) -> None:
    viewer = cast.viewer("jonas")
    held = caseload.add_session(
        cast.clinic, viewer, cast.alder.patient_id, held_on=NOW.date(), next_on=None, now=NOW
    )
    token = caseload.issue_link(cast.clinic, viewer, held.id, channel=Channel.LINK, now=NOW)
    answer(cast.clinic, token, NOW - timedelta(days=365), 8)
    with cast.clinic.db.read() as conn:
        row = conn.execute("SELECT count(*) AS n FROM response WHERE session_id = ?", (held.id,)).fetchone()
    assert row["n"] == 1


ZONES = {
    "Europe/London": (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)),
    "Pacific/Apia": (datetime(2011, 12, 30, tzinfo=UTC), datetime(2026, 4, 4, tzinfo=UTC)),
    "Asia/Kathmandu": (datetime(2026, 1, 1, tzinfo=UTC), datetime(1985, 12, 31, tzinfo=UTC)),
    "Pacific/Kiritimati": (datetime(2026, 1, 1, tzinfo=UTC), datetime(1994, 12, 31, tzinfo=UTC)),
    "Etc/GMT+12": (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)),
}  # fmt: skip
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize("zone", ZONES)
def test_every_moment_is_in_one_day_and_one_week(zone: str) -> None:
    """Around a missing hour, a doubled one and a missing day: the days and the weeks of all moments sum to all."""
    settings = ClinicSettings(name="Harbour Street", time_zone=zone)
    for middle in ZONES[zone]:
        moments = [middle - timedelta(days=7) + QUARTER * number for number in range(14 * 96)]
        days = [settings.today(moment) for moment in moments]
        assert days == sorted(days), "no day comes twice"
        assert days == [moment.astimezone(ZoneInfo(zone)).date() for moment in moments]
        per_day = Counter(days)
        weeks = Counter(day.isocalendar()[:2] for day in days)
        assert sum(weeks.values()) == sum(per_day.values()) == len(moments)
        whole = [per_day[day] for day in sorted(per_day)[1:-1]]
        assert all(abs(count - 96) <= 4 for count in whole), "no day is more than an hour longer or shorter"
        for moment in moments:
            assert settings.local(moment).astimezone(UTC) == moment, "a doubled hour is told apart"


@pytest.mark.parametrize("zone", ZONES)
def test_a_session_is_dated_by_the_clinics_own_day(clinic: Clinic, zone: str) -> None:
    settings = ClinicSettings(name="Harbour Street", time_zone=zone)
    offset = datetime(2026, 6, 30, 12, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    midnight = datetime(2026, 6, 30, tzinfo=UTC) - offset
    for seconds, expected in ((-1, 29), (0, 30), (86_399, 30)):
        assert settings.today(midnight + timedelta(seconds=seconds)).day == expected
