"""Opening a patient or an alert: who reads which words, and what a therapist can say came of a question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from alliance.actions import caseload, reading, supervising
from alliance.actions.faults import Fault
from alliance.domain.access import NotFound
from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.caseload import Order
from alliance.domain.people import Viewer
from alliance.storage import alerts, audit
from tests.actions.sending import everything
from tests.actions.stories import Patient, course, end_supervision, noted, set_up
from tests.cast import NOW, Cast, answer, hold

DAY = timedelta(days=1)
STEADY = [8, 9, 8, 9, 8, 9]
TO_BOTH, TO_SUPERVISOR = "canary for Jonas", "canary for Miriam"


@pytest.fixture
def wren(cast: Cast) -> Patient:
    """A patient who in session 7 wrote to the supervisor alone and asked for help, and in session 8 to both."""
    kept = {"audience": "supervisor", "comment": TO_SUPERVISOR, "raise": "yes"}
    wren = course(cast, "Wren 8", [*STEADY, 3], end=NOW - DAY, last=kept)
    _, token = hold(cast, cast.viewer("jonas"), wren.id, NOW)
    answer(cast.clinic, token, NOW, 8, comment=TO_BOTH)
    return wren


def held_back(cast: Cast, wren: Patient) -> Alert:
    """The question that only the supervisor is asked."""
    with cast.clinic.db.read() as conn:
        (alert,) = alerts.of_dyads(conn, [wren.dyad_id], full=True)[wren.dyad_id]
    return alert


def test_a_therapist_reads_what_was_written_to_both_and_nothing_else(cast: Cast, wren: Patient) -> None:
    page = reading.open_patient(cast.clinic, cast.viewer("jonas"), wren.id, NOW)
    assert (page.own, page.you, page.readers) == (True, "You", ("Miriam Osei",))
    assert list(page.comments) == [(8, TO_BOTH)]
    assert list(page.wishes) == []
    assert not page.trend.points[6].answered
    assert page.instrument.id == "after-session"


def test_a_supervisor_reads_only_what_was_written_to_the_supervisor_alone(cast: Cast, wren: Patient) -> None:
    page = reading.open_patient(cast.clinic, cast.viewer("miriam"), wren.id, NOW)
    assert (page.own, page.you) == (False, "Jonas Berg")
    assert list(page.comments) == [(7, TO_SUPERVISOR)]
    assert list(page.wishes) == [7]
    assert page.trend.points[6].held_back and page.trend.points[6].alliance == 30


def everything_told(cast: Cast, who: str, wren: Patient) -> str:
    """What every act that reads tells this viewer, in full."""
    viewer, clinic = cast.viewer(who), cast.clinic
    alert_id = held_back(cast, wren).id
    reads: list[Callable[[], object]] = [
        lambda: reading.open_patient(clinic, viewer, wren.id, NOW),
        lambda: reading.open_alert(clinic, viewer, alert_id, NOW),
        lambda: reading.chart_trend(clinic, viewer, wren.id, NOW),
        lambda: caseload.overview(clinic, viewer, Order.NEXT, NOW) if who == "jonas" else None,
        lambda: [caseload.open_session(clinic, viewer, one, NOW) for one in wren.sessions],
        lambda: supervising.overview(clinic, viewer, NOW) if who == "miriam" else None,
        lambda: supervising.therapist(clinic, viewer, cast.ids["jonas"], NOW) if who == "miriam" else None,
        lambda: supervising.trail(clinic, viewer, NOW) if who == "miriam" else None,
    ]
    told = []
    for read in reads:
        try:
            told.append(repr(read()))
        except NotFound:
            told.append("not found")
    return "\n".join(told)


def test_no_act_tells_anybody_the_words_that_were_for_somebody_else(cast: Cast, wren: Patient) -> None:
    jonas, miriam = everything_told(cast, "jonas", wren), everything_told(cast, "miriam", wren)
    assert TO_BOTH in jonas and TO_SUPERVISOR not in jonas
    assert TO_SUPERVISOR in miriam and TO_BOTH not in miriam
    assert "held_back=True" not in jonas and "SUPERVISOR" not in jonas
    assert "not found" in jonas and "not found" not in miriam


def test_no_words_of_a_patient_reach_the_trail(cast: Cast, wren: Patient) -> None:
    everything_told(cast, "jonas", wren)
    everything_told(cast, "miriam", wren)
    with cast.clinic.db.read() as conn:
        lines = [tuple(row) for row in conn.execute("SELECT * FROM audit")]
    assert not any("canary" in str(value) for line in lines for value in line)


def test_the_supervisor_of_before_loses_sight_in_the_night_at_the_clinic(cast: Cast) -> None:
    """The supervision ends with 20 November where the clinic is."""
    end_supervision(cast, "miriam", (NOW + DAY).date())
    set_up(cast, time_zone="Pacific/Auckland")
    midnight = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    miriam = cast.viewer("miriam")
    reading.open_patient(cast.clinic, miriam, cast.alder.patient_id, midnight - timedelta(seconds=1))
    with pytest.raises(NotFound):
        reading.open_patient(cast.clinic, miriam, cast.alder.patient_id, midnight)
    set_up(cast, time_zone="Europe/London")
    reading.open_patient(cast.clinic, miriam, cast.alder.patient_id, midnight)


def alert_of(cast: Cast) -> Alert:
    with cast.clinic.db.read() as conn:
        alert = alerts.get(conn, cast.alder.alert_id)
    assert alert is not None
    return alert


def look(cast: Cast, who: str, at: datetime = NOW) -> Alert:
    return reading.open_alert(cast.clinic, cast.viewer(who), cast.alder.alert_id, at).alert


def test_the_therapists_first_look_is_noted_and_the_supervisors_is_not(cast: Cast) -> None:
    assert look(cast, "miriam").status is AlertStatus.NEW
    assert (look(cast, "jonas").status, alert_of(cast).seen_at) == (AlertStatus.SEEN, NOW)
    assert look(cast, "jonas", NOW + DAY).seen_at == NOW
    page = reading.open_alert(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, NOW)
    assert [alert.status for alert in page.page.trend.alerts] == [AlertStatus.SEEN]


def say(cast: Cast, outcome: str, talked: int | None = None, who: Viewer | None = None) -> None:
    noted(cast.clinic, who or cast.viewer("jonas"), cast.alder.alert_id, outcome, NOW, talked_number=talked)


@pytest.mark.parametrize(
    ("outcome", "talked", "status", "number", "still_open"),
    [
        ("talked", 7, AlertStatus.TALKED, 7, True),
        ("talked", 8, AlertStatus.TALKED, 8, True),
        ("talked", None, AlertStatus.TALKED, None, True),
        ("later", None, AlertStatus.LATER, None, True),
        ("later", 8, AlertStatus.LATER, None, True),
        ("ordinary", None, AlertStatus.ORDINARY, None, False),
        ("ordinary", 8, AlertStatus.ORDINARY, None, False),
    ],
)
def test_what_came_of_a_question(
    cast: Cast, outcome: str, talked: int | None, status: AlertStatus, number: int | None, still_open: bool
) -> None:
    say(cast, outcome, talked)
    alert = alert_of(cast)
    assert (alert.status, alert.talked_number, alert.seen_at) == (status, number, NOW)
    assert alert.closed_at == (None if still_open else NOW)
    (row,) = caseload.own_trends(cast.clinic, cast.viewer("jonas"), NOW)
    assert (row.open_alert is not None) is still_open


def test_a_note_can_be_put_right_while_the_question_is_open(cast: Cast) -> None:
    say(cast, "later")
    say(cast, "talked", 8)
    assert (alert_of(cast).status, alert_of(cast).talked_number) == (AlertStatus.TALKED, 8)
    say(cast, "ordinary")
    assert alert_of(cast).status is AlertStatus.ORDINARY


NUMBER = "Choose a session from the one in question on"


@pytest.mark.parametrize(
    ("outcome", "talked", "sentence", "field"),
    [
        ("", None, "Choose what came of it", "outcome"),
        ("repaired", None, "Choose what came of it", "outcome"),
        ("TALKED", None, "Choose what came of it", "outcome"),
        ("talked", 6, NUMBER, "talked_number"),
        ("talked", 0, NUMBER, "talked_number"),
        ("talked", -1, NUMBER, "talked_number"),
        ("talked", 9, NUMBER, "talked_number"),
    ],
)
def test_what_cannot_have_come_of_it_is_a_fault(
    cast: Cast, outcome: str, talked: int | None, sentence: str, field: str
) -> None:
    before = everything(cast.clinic)
    with pytest.raises(Fault) as fault:
        say(cast, outcome, talked)
    assert (fault.value.sentence, fault.value.field) == (sentence, field)
    assert everything(cast.clinic) == before


def test_a_question_that_is_closed_stays_as_it_is(cast: Cast) -> None:
    say(cast, "ordinary")
    before = everything(cast.clinic)
    with pytest.raises(Fault) as fault:
        say(cast, "talked", 8)
    assert (fault.value.sentence, fault.value.field) == ("This question is closed already", None)
    assert everything(cast.clinic) == before


def test_a_note_repairs_nothing_but_the_answers_do(cast: Cast) -> None:
    say(cast, "talked", 8)
    answer(cast.clinic, cast.alder.token, NOW, 8)
    for week in range(1, 4):
        at = NOW + timedelta(weeks=week)
        _, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, at)
        answer(cast.clinic, token, at, 9)
    assert alert_of(cast).status is AlertStatus.REPAIRED


def test_pictures_and_page_show_one_course(cast: Cast, wren: Patient) -> None:
    for who in ("jonas", "miriam"):
        viewer = cast.viewer(who)
        page = reading.open_patient(cast.clinic, viewer, wren.id, NOW)
        drawn = reading.chart_trend(cast.clinic, viewer, wren.id, NOW)
        assert asdict(drawn) == asdict(page.trend)
        assert drawn.points[0].items["safe"] == 8


def test_correcting_an_answer_takes_back_what_went_with_it(cast: Cast) -> None:
    clinic, jonas, alert_id = cast.clinic, cast.viewer("jonas"), cast.alder.alert_id
    noted(clinic, jonas, alert_id, "talked", NOW, talked_number=8)
    assert _alert(cast).confirmed is True
    noted(clinic, jonas, alert_id, "unsure", NOW, talked_number=8)
    assert (_alert(cast).talked_number, _alert(cast).confirmed) == (8, None)
    noted(clinic, jonas, alert_id, "later", NOW)
    assert (_alert(cast).talked_number, _alert(cast).confirmed) == (None, None)
    noted(clinic, jonas, alert_id, "ordinary", NOW)
    assert _alert(cast).confirmed is False


def _alert(cast: Cast) -> Alert:
    return reading.open_alert(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, NOW).alert


def test_a_chart_asked_for_without_its_page_leaves_a_line_of_its_own(cast: Cast) -> None:
    def opened() -> int:
        with cast.clinic.db.read() as conn:
            return len(
                [one for one in audit.about(conn, "patient", cast.alder.patient_id) if one.actor == "staff"]
            )

    before = opened()
    reading.chart_trend(cast.clinic, cast.viewer("miriam"), cast.alder.patient_id, NOW)
    assert opened() == before + 1
    reading.chart_trend(cast.clinic, cast.viewer("miriam"), cast.alder.patient_id, NOW)
    assert opened() == before + 1
