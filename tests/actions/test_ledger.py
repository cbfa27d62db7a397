"""The ledger as people take its steps: who may, what has to go with each, who reads the words, what stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alliance.actions import caseload, ledger, reading
from alliance.actions.faults import Fault
from alliance.actions.ledger import Said, answer_alert
from alliance.analysis.track import EpisodeState
from alliance.domain.access import Forbidden
from alliance.domain.alerts import Alert
from alliance.domain.ledger import AlertStatus, Kind
from alliance.storage import alerts
from tests.actions.sending import everything
from tests.actions.stories import course, noted
from tests.cast import NOW, Cast, answer, hold

DAY = timedelta(days=1)
KEPT = {"audience": "supervisor", "comment": "Not for Jonas."}


def of(cast: Cast, alert_id: int) -> Alert:
    with cast.clinic.db.read() as conn:
        alert = alerts.get(conn, alert_id)
    assert alert is not None
    return alert


def kinds(alert: Alert) -> list[Kind]:
    return [step.kind for step in alert.steps]


def until_recovering(cast: Cast) -> datetime:
    """Good answers, one a week, until the first one counts as back at the usual level."""
    at, token = NOW + DAY, cast.alder.token
    while True:
        answer(cast.clinic, token, at, 9)
        trend = reading.chart_trend(cast.clinic, cast.viewer("miriam"), cast.alder.patient_id, at)
        newest = trend.points[-1].reading
        if newest is not None and newest.episode is EpisodeState.RECOVERING:
            return at
        at += 7 * DAY
        _, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, at)


def test_each_step_says_who_when_and_what(cast: Cast) -> None:
    alder, jonas = cast.alder.alert_id, cast.viewer("jonas")
    reading.open_alert(cast.clinic, jonas, alder, NOW)
    noted(cast.clinic, jonas, alder, "talked", NOW + DAY, talked_number=8, note="It was the phone.")
    until_recovering(cast)
    alert = of(cast, alder)
    assert kinds(alert)[:3] == [Kind.SEEN, Kind.TALKED, Kind.RECOVERING]
    assert [step.by for step in alert.steps][:3] == [jonas.staff_id, jonas.staff_id, None]
    talked = alert.steps[1]
    assert (talked.number, talked.on, talked.how) == (8, NOW.date(), "asked")
    assert (talked.found, talked.written) == ("between", True)
    assert alert.status is AlertStatus.RECOVERING


def test_a_talk_between_sessions_has_a_day_of_its_own(cast: Cast) -> None:
    said = Said("talked", how="brought-up", talked_on=NOW.date() - DAY)
    alert = answer_alert(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, said, NOW)
    assert (alert.talked_number, alert.steps[-1].on) == (None, NOW.date() - DAY)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said("talked"), "how"),
        (Said("talked", how="asked", talked_on=(NOW + DAY).date()), "talked_on"),
        (Said("talked", how="asked", talked_on=(NOW - 30 * DAY).date()), "talked_on"),
        (Said("ordinary"), "because"),
        (Said("ordinary", reason="settled"), "because"),
        (Said("ordinary", reason="other"), "note"),
        (Said("close", reason="left"), "outcome"),
        (Said("reopen"), None),
        (Said("later", note="x" * 1001), "note"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(cast: Cast, said: Said, field: str | None) -> None:
    before = everything(cast.clinic)
    with pytest.raises(Fault) as fault:
        answer_alert(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, said, NOW)
    assert fault.value.field == field
    assert everything(cast.clinic) == before


def test_what_was_closed_by_mistake_stands_where_the_answers_have_brought_it(cast: Cast) -> None:
    alder, jonas = cast.alder.alert_id, cast.viewer("jonas")
    noted(cast.clinic, jonas, alder, "ordinary", NOW)
    until_recovering(cast)
    assert of(cast, alder).status is AlertStatus.ORDINARY
    noted(cast.clinic, jonas, alder, "reopen", NOW + 90 * DAY)
    alert = of(cast, alder)
    assert alert.status is AlertStatus.RECOVERING
    assert kinds(alert) == [Kind.ORDINARY, Kind.REOPENED, Kind.RECOVERING]
    assert alert.confirmed is None


def test_what_lasts_is_unresolved_and_can_be_closed_with_a_reason(cast: Cast) -> None:
    told = course(cast, "Elm 3", [8, 9, 8, 9, 8, 9, 3, 3, 3, 3, 3, 3], end=NOW)
    with cast.clinic.db.read() as conn:
        (newest,) = list(alerts.of_dyads(conn, [told.dyad_id], full=False)[told.dyad_id])[-1:]
    assert newest.status is AlertStatus.UNRESOLVED
    (trend,) = [
        one
        for one in caseload.own_trends(cast.clinic, cast.viewer("jonas"), NOW)
        if one.dyad.id == told.dyad_id
    ]
    assert trend.open_alert is not None
    noted(cast.clinic, cast.viewer("jonas"), newest.id, "close", NOW)
    assert of(cast, newest.id).status is AlertStatus.CLOSED


def test_a_late_answer_takes_no_step_of_anybody_away(cast: Cast) -> None:
    """The session before the rupture was never answered; its form comes after everything else."""
    told = course(cast, "Elm 3", [8, 9, 8, 9, 8, None, 3], end=NOW - 2 * DAY / 24)
    jonas = cast.viewer("jonas")
    with cast.clinic.db.read() as conn:
        (alert,) = alerts.of_dyads(conn, [told.dyad_id], full=False)[told.dyad_id]
    reading.open_alert(cast.clinic, jonas, alert.id, NOW)
    noted(cast.clinic, jonas, alert.id, "talked", NOW, talked_number=7, note="Mine.")
    before = of(cast, alert.id)
    answer(cast.clinic, told.tokens[5], NOW, 3)
    after = of(cast, alert.id)
    assert after.steps[: len(before.steps)] == before.steps
    assert after.status is not AlertStatus.WITHDRAWN


def test_words_are_the_writers(cast: Cast) -> None:
    alder, jonas = cast.alder.alert_id, cast.viewer("jonas")
    noted(cast.clinic, jonas, alder, "talked", NOW, talked_number=8, note="canary")
    assert "canary" in repr(reading.open_alert(cast.clinic, jonas, alder, NOW))
    assert "canary" in repr(reading.open_patient(cast.clinic, jonas, cast.alder.patient_id, NOW))
    miriam = cast.viewer("miriam")
    page = reading.open_alert(cast.clinic, miriam, alder, NOW)
    assert page.alert.steps[-1].written and "canary" not in repr(page)
    assert "canary" not in repr(reading.open_patient(cast.clinic, miriam, cast.alder.patient_id, NOW))
    with cast.clinic.db.read() as conn:
        shared = ledger.notes_for(cast.clinic, conn, miriam, page.page.dyad, [page.alert], shared=True)
    assert list(shared.values()) == ["canary"]


def test_what_only_supervisors_know_of_is_theirs_to_answer(cast: Cast) -> None:
    told = course(cast, "Wren 8", [8, 9, 8, 9, 8, 9, 2], end=NOW, last=KEPT)
    miriam, jonas = cast.viewer("miriam"), cast.viewer("jonas")
    with cast.clinic.db.read() as conn:
        (alert,) = alerts.of_dyads(conn, [told.dyad_id], full=True)[told.dyad_id]
    page = reading.open_alert(cast.clinic, miriam, alert.id, NOW)
    assert page.may_answer and page.alert.status is AlertStatus.SEEN
    noted(cast.clinic, miriam, alert.id, "talked", NOW, note="Not for Jonas either.")
    assert of(cast, alert.id).status is AlertStatus.TALKED
    with pytest.raises(Forbidden):
        noted(cast.clinic, jonas, alert.id, "later", NOW)
    assert "either" not in repr(reading.open_patient(cast.clinic, jonas, told.id, NOW))
    with pytest.raises(Forbidden):
        noted(cast.clinic, miriam, cast.alder.alert_id, "later", NOW)
    with pytest.raises(Forbidden):
        answer_alert(cast.clinic, miriam, cast.alder.alert_id, Said("later"), NOW, kept=True)
    both = replace(miriam, roles=jonas.roles | miriam.roles)
    with pytest.raises(Forbidden):
        noted(cast.clinic, both, cast.alder.alert_id, "later", NOW)


def test_what_a_supervisor_finds_alone_counts_for_nobodys_certainty(cast: Cast) -> None:
    told = course(cast, "Wren 8", [8, 9, 8, 9, 8, 9, 2], end=NOW, last=KEPT)
    with cast.clinic.db.read() as conn:
        (alert,) = alerts.of_dyads(conn, [told.dyad_id], full=True)[told.dyad_id]
        before = alerts.experience(conn)
    noted(cast.clinic, cast.viewer("miriam"), alert.id, "ordinary", NOW)
    with cast.clinic.db.read() as conn:
        assert alerts.experience(conn) == before
    noted(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, "ordinary", NOW)
    with cast.clinic.db.read() as conn:
        assert alerts.experience(conn).refused == before.refused + 1


def test_a_second_fall_slips_back(cast: Cast) -> None:
    jonas = cast.viewer("jonas")
    noted(cast.clinic, jonas, cast.alder.alert_id, "talked", NOW, talked_number=8)
    at = until_recovering(cast) + 7 * DAY
    assert of(cast, cast.alder.alert_id).status is AlertStatus.RECOVERING
    _, token = hold(cast, jonas, cast.alder.patient_id, at)
    answer(cast.clinic, token, at, 6)
    alert = of(cast, cast.alder.alert_id)
    assert alert.status in {AlertStatus.TALKED, AlertStatus.RAISED}
    assert alert.talked_number == 8
