"""A therapist's own work: patients by code, sessions by day, links by the hour, and nothing of what was held back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest

from alliance.actions import answering, caseload, reading
from alliance.actions.answering import LinkEnded
from alliance.actions.faults import Fault
from alliance.domain.caseload import Order
from alliance.domain.people import Dyad
from alliance.domain.therapy import Channel, TherapySession
from tests.actions.sending import everything
from tests.actions.stories import course, set_up
from tests.cast import NOW, Cast, answer, hold

DAY = timedelta(days=1)
TODAY = NOW.date()


def add(cast: Cast, code: str = "Rowan 31", **changed: object) -> Dyad:
    told: dict[str, object] = {
        "language": "en",
        "instrument": "after-session",
        "starts_on": TODAY,
        "now": NOW,
    }
    return caseload.add_patient(cast.clinic, cast.viewer("jonas"), code=code, **(told | changed))  # type: ignore[arg-type]


def meet(cast: Cast, held_on: date, next_on: date | None = None, now: datetime = NOW) -> TherapySession:
    return caseload.add_session(
        cast.clinic,
        cast.viewer("jonas"),
        cast.alder.patient_id,
        held_on=held_on,
        next_on=next_on,
        now=now,
    )


def refused(cast: Cast, act: object, sentence: str, field: str) -> None:
    """The act is a fault with this sentence at this field, and nothing has changed."""
    assert callable(act)
    before = everything(cast.clinic)
    with pytest.raises(Fault) as fault:
        act()
    assert (fault.value.sentence, fault.value.field) == (sentence, field)
    assert everything(cast.clinic) == before


def test_a_new_patient_is_on_ones_own_caseload_at_once(cast: Cast) -> None:
    dyad = add(cast, "  Rowan \t 31 ")
    assert (dyad.patient.code, dyad.therapist_id, dyad.starts_on) == ("Rowan 31", cast.ids["jonas"], TODAY)
    load = caseload.overview(cast.clinic, cast.viewer("jonas"), Order.PATIENT, NOW)
    assert [row.trend.dyad.patient.code for row in load.asks] == ["Alder 14"]
    assert [row.trend.dyad for row in load.early] == [dyad]
    claires = caseload.overview(cast.clinic, cast.viewer("claire"), Order.PATIENT, NOW)
    assert [row.trend.dyad.patient.code for row in claires.asks] == ["Birch 2"]
    assert claires.size == 1


CODE = "Enter a code of 1 to 40 letters and figures. Use no name"
TAKEN = "This code is in use here. Choose another"


@pytest.mark.parametrize(
    ("changed", "sentence", "field"),
    [
        ({"code": ""}, CODE, "code"),
        ({"code": " \t "}, CODE, "code"),
        ({"code": "x" * 41}, CODE, "code"),
        ({"code": "Rowan\x0031"}, CODE, "code"),
        ({"code": "Rowan \u202e13"}, CODE, "code"),
        ({"code": "Alder 14"}, TAKEN, "code"),
        ({"code": "ALDER  14"}, TAKEN, "code"),
        ({"code": "Birch 2"}, TAKEN, "code"),
        ({"instrument": "unheard-of"}, "Choose one of the questionnaires", "instrument"),
        ({"instrument": ""}, "Choose one of the questionnaires", "instrument"),
        (
            {"language": "tlh"},
            "This questionnaire is not there in that language. Choose another",
            "language",
        ),
        (
            {"starts_on": date(2062, 11, 20)},
            "Look at the year: this is more than a year ahead",
            "starts_on",
        ),
    ],
)
def test_a_patient_who_cannot_be_added_is_a_fault(
    cast: Cast, changed: dict[str, object], sentence: str, field: str
) -> None:
    refused(cast, lambda: add(cast, **changed), sentence, field)


@pytest.mark.parametrize("code", ["x" * 40, "Ørsted 3", "ورد 12", "A"])
def test_codes_of_any_script_and_length_up_to_forty(cast: Cast, code: str) -> None:
    assert add(cast, code).patient.code == code


def test_sessions_are_numbered_and_remember_the_next_day(cast: Cast) -> None:
    session = meet(cast, TODAY, TODAY + 7 * DAY)
    assert (session.number, session.held_on) == (9, TODAY)
    dyad = caseload.own_dyad_of(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    assert dyad.next_on == TODAY + 7 * DAY
    assert meet(cast, TODAY).number == 10
    dyad = caseload.own_dyad_of(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    assert dyad.next_on is None


@pytest.mark.parametrize(
    ("held_on", "next_on", "sentence", "field"),
    [
        (TODAY + DAY, None, "Enter a day that is not in the future", "held_on"),
        (date(26, 11, 20), None, "Look at the year: this is long before you met this patient", "held_on"),
        (TODAY, TODAY, "Enter a day after this session, or leave it out", "next_on"),
        (TODAY, TODAY - DAY, "Enter a day after this session, or leave it out", "next_on"),
        (TODAY, TODAY + 367 * DAY, "Look at the year: this is more than a year ahead", "next_on"),
    ],
)
def test_days_that_cannot_be_are_faults(
    cast: Cast, held_on: date, next_on: date | None, sentence: str, field: str
) -> None:
    refused(cast, lambda: meet(cast, held_on, next_on), sentence, field)


def test_the_farthest_days_that_can_be(cast: Cast) -> None:
    assert meet(cast, TODAY, TODAY + 366 * DAY).number == 9
    assert meet(cast, TODAY - 49 * DAY - 366 * DAY).number == 10


@pytest.mark.parametrize(
    ("zone", "moment", "latest"),
    [
        ("Europe/London", datetime(2026, 11, 20, 23, 59, tzinfo=UTC), date(2026, 11, 20)),
        ("Europe/London", datetime(2026, 11, 21, 0, 0, tzinfo=UTC), date(2026, 11, 21)),
        ("Pacific/Auckland", datetime(2026, 11, 20, 10, 59, tzinfo=UTC), date(2026, 11, 20)),
        ("Pacific/Auckland", datetime(2026, 11, 20, 11, 0, tzinfo=UTC), date(2026, 11, 21)),
        ("America/Los_Angeles", datetime(2026, 11, 21, 7, 59, tzinfo=UTC), date(2026, 11, 20)),
    ],
)
def test_today_is_the_day_at_the_clinic(cast: Cast, zone: str, moment: datetime, latest: date) -> None:
    set_up(cast, time_zone=zone)
    with pytest.raises(Fault):
        meet(cast, latest + DAY, now=moment)
    assert meet(cast, latest, now=moment).held_on == latest


@pytest.mark.parametrize("hours", [1, 5, 168, 336])
def test_a_link_works_as_long_as_the_settings_say(cast: Cast, hours: int) -> None:
    set_up(cast, link_hours=hours)
    _, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    end = NOW + timedelta(hours=hours)
    assert answering.open_form(cast.clinic, token, end - timedelta(seconds=1)).invitation.expires_at == end
    with pytest.raises(LinkEnded):
        answering.open_form(cast.clinic, token, end)


def test_a_change_of_settings_leaves_links_that_are_out_as_they_are(cast: Cast) -> None:
    before = answering.open_form(cast.clinic, cast.alder.token, NOW).invitation.expires_at
    set_up(cast, link_hours=1)
    assert answering.open_form(cast.clinic, cast.alder.token, NOW).invitation.expires_at == before


def test_tokens_are_long_all_different_and_not_kept(cast: Cast) -> None:
    tokens = {
        caseload.issue_link(
            cast.clinic, cast.viewer("jonas"), cast.alder.session_id, channel=channel, now=NOW
        )
        for channel in [*Channel, *Channel]
    }
    assert len(tokens) == 2 * len(Channel)
    assert {len(token) for token in tokens} == {27}  # 160 bits
    files = b"".join(path.read_bytes() for path in cast.clinic.config.folder.glob("clinic.db*"))
    assert not any(token.encode() in files for token in tokens)


def test_a_sessions_page_says_whether_the_form_is_back(cast: Cast) -> None:
    jonas, session_id = cast.viewer("jonas"), cast.alder.session_id
    page = caseload.open_session(cast.clinic, jonas, session_id, NOW)
    assert (page.session.number, page.dyad.patient.code, page.answered, page.own) == (
        8,
        "Alder 14",
        False,
        True,
    )
    answer(cast.clinic, cast.alder.token, NOW, 8)
    assert caseload.open_session(cast.clinic, jonas, session_id, NOW).answered
    assert not caseload.open_session(cast.clinic, cast.viewer("miriam"), session_id, NOW).own


def test_the_session_before_counts_as_silent_when_the_next_is_held(cast: Cast) -> None:
    def read() -> list[int]:
        (trend,) = caseload.own_trends(cast.clinic, cast.viewer("jonas"), NOW)
        return [point.number for point in trend.points if point.reading]

    assert read() == [1, 2, 3, 4, 5, 6, 7]
    meet(cast, TODAY)
    assert read() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_question_about_the_newest_session_waits_until_its_form_is_back_or_will_not_come(
    cast: Cast,
) -> None:
    """Only an answer that was held back can raise one earlier, and the therapist must not know of it."""
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO alert (dyad_id, session_id, audience, level, rules, factors, sentence, status, raised_at)"
            " SELECT dyad_id, ?, audience, level, rules, factors, sentence, status, raised_at FROM alert WHERE id = ?",
            (cast.alder.session_id, cast.alder.alert_id),
        )

    def asked() -> list[int]:
        (trend,) = caseload.own_trends(cast.clinic, cast.viewer("jonas"), NOW)
        return [alert.session_number for alert in trend.alerts]

    assert asked() == [7]
    meet(cast, TODAY)
    assert asked() == [7, 8]


@pytest.mark.parametrize("level", [3, 8])
def test_an_answer_held_back_a_moment_ago_looks_like_a_form_that_is_still_out(cast: Cast, level: int) -> None:
    """Nothing the therapist is told differs between the two: no reading, no question, no count."""
    steady = [8, 8, 9, 8, 9, 8]
    kept, silent = course(cast, "Twin 1", [*steady, None]), course(cast, "Twin 2", [*steady, None])
    answer(cast.clinic, kept.tokens[-1], NOW, level, audience="supervisor", comment="not for Jonas")
    assert told(cast, kept.id, kept.sessions[-1]) == told(cast, silent.id, silent.sessions[-1])
    supervisors = reading.open_patient(cast.clinic, cast.viewer("miriam"), kept.id, NOW).trend
    assert supervisors.points[-1].reading is not None


def told(cast: Cast, patient_id: int, session_id: int) -> str:
    """All that the therapist's acts tell of a twin, without ids and names."""
    jonas = cast.viewer("jonas")
    page = reading.open_patient(cast.clinic, jonas, patient_id, NOW)
    rows = caseload.overview(cast.clinic, jonas, Order.NEXT, NOW).rows
    (row,) = [row for row in rows if row.trend.dyad.patient.id == patient_id]
    trends = [page.trend, reading.chart_trend(cast.clinic, jonas, patient_id, NOW), row.trend]
    points = [asdict(point) | {"session_id": 0} for trend in trends for point in trend.points]
    session = asdict(caseload.open_session(cast.clinic, jonas, session_id, NOW)) | {"session": 0, "dyad": 0}
    return repr([points, [trend.alerts for trend in trends], row.state, page.comments, page.wishes, session])
