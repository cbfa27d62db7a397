"""Every act leaves its line, in order, with who, what and on what; looking around leaves none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alliance.actions import accounts, answering, caseload, ledger, reading, supervising
from alliance.actions.answering import AlreadyAnswered
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.caseload import Order
from alliance.domain.therapy import Channel
from alliance.storage import audit
from tests.actions.stories import noted, set_up, trail
from tests.cast import NOW, Cast, answer

WEEK = timedelta(weeks=1)


def test_a_week_in_lines(cast: Cast) -> None:
    clinic, jonas, miriam, tomasz = cast.clinic, *map(cast.viewer, ("jonas", "miriam", "tomasz"))
    alder, so_far = cast.alder, len(trail(clinic))

    reading.open_patient(clinic, jonas, alder.patient_id, NOW)
    session = caseload.add_session(clinic, jonas, alder.patient_id, held_on=NOW.date(), next_on=None, now=NOW)
    token = caseload.issue_link(clinic, jonas, session.id, channel=Channel.QR, now=NOW)
    answering.open_form(clinic, token, NOW)
    answer(clinic, token, NOW, 8)
    with pytest.raises(AlreadyAnswered):
        answer(clinic, token, NOW, 9)
    reading.open_alert(clinic, jonas, alder.alert_id, NOW)
    noted(clinic, jonas, alder.alert_id, "talked", NOW, talked_number=9)
    supervising.therapist(clinic, miriam, jonas.staff_id, NOW)
    reading.open_patient(clinic, miriam, alder.patient_id, NOW)
    set_up(cast, link_hours=24)
    dyad = caseload.add_patient(
        clinic, jonas, code="New 1", language="en", instrument="pulse", starts_on=NOW.date(), now=NOW
    )
    accounts.disable(clinic, cast.ids["claire"], NOW, actor=tomasz)

    invitation, response = newest(cast, "invitation"), newest(cast, "response")
    assert trail(clinic, so_far) == [
        ("staff", jonas.staff_id, "open patient", "patient", alder.patient_id),
        ("staff", jonas.staff_id, "add session", "session", session.id),
        ("staff", jonas.staff_id, "make link", "invitation", invitation),
        ("patient", None, "answer", "response", response),
        ("patient", None, "answer again", "invitation", invitation),
        ("staff", jonas.staff_id, "open alert", "alert", alder.alert_id),
        ("staff", jonas.staff_id, "answer alert", "alert", alder.alert_id),
        ("staff", miriam.staff_id, "open therapist", "staff", jonas.staff_id),
        ("staff", miriam.staff_id, "open patient", "patient", alder.patient_id),
        ("staff", tomasz.staff_id, "change settings", "setting", 0),
        ("staff", jonas.staff_id, "add patient", "patient", dyad.patient.id),
        ("staff", tomasz.staff_id, "close account", "staff", cast.ids["claire"]),
    ]
    with clinic.db.read() as conn:
        details = {line.action: line.detail for line in audit.latest(conn, 12)}
    assert details["make link"] == {"channel": "qr"}
    assert details["answer alert"] == {"outcome": "talked"}
    assert details["change settings"] == {"changed": ["link_hours"]}
    assert details["open patient"] == details["add patient"] == {}


def newest(cast: Cast, table: str) -> int:
    with cast.clinic.db.read() as conn:
        return int(conn.execute(f"SELECT max(id) AS id FROM {table}").fetchone()["id"])


def test_looking_around_leaves_no_line(cast: Cast) -> None:
    """Lists, pictures and forms: the opening that they belong to has its line already."""
    clinic, jonas, miriam = cast.clinic, cast.viewer("jonas"), cast.viewer("miriam")
    so_far = len(trail(clinic))
    caseload.overview(clinic, jonas, Order.NEXT, NOW)
    caseload.own_dyad_of(clinic, jonas, cast.alder.patient_id, NOW)
    caseload.open_session(clinic, jonas, cast.alder.session_id, NOW)
    reading.chart_trend(clinic, jonas, cast.alder.patient_id, NOW)
    ledger.check_may_answer(clinic, jonas, cast.alder.alert_id, NOW)
    supervising.overview(clinic, miriam, NOW)
    supervising.trail(clinic, miriam, NOW)
    answering.open_form(clinic, cast.alder.token, NOW)
    assert trail(clinic, so_far) == []


def test_every_line_has_the_moment_of_the_act(cast: Cast) -> None:
    reading.open_patient(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, NOW + WEEK)
    with cast.clinic.db.read() as conn:
        assert audit.latest(conn, 1)[0].at == NOW + WEEK


def test_a_refused_act_leaves_no_line(cast: Cast) -> None:
    clinic, alder, so_far = cast.clinic, cast.alder, len(trail(cast.clinic))
    with pytest.raises(NotFound):
        reading.open_patient(clinic, cast.viewer("claire"), alder.patient_id, NOW)
    with pytest.raises(NotFound):
        supervising.therapist(clinic, cast.viewer("ruth"), cast.ids["jonas"], NOW)
    with pytest.raises(Forbidden):
        reading.open_patient(clinic, cast.viewer("tomasz"), alder.patient_id, NOW)
    with pytest.raises(Fault):
        set_up(cast, link_hours=0)
    with pytest.raises(Fault):
        noted(clinic, cast.viewer("jonas"), alder.alert_id, "repaired", NOW)
    assert trail(clinic, so_far) == []
