"""What was held back is released on the patient’s word, by the supervisor, with a trace, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alliance.actions import reading, releasing
from alliance.actions.faults import Fault
from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import replay
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.alerts import Alert, AlertStatus
from alliance.storage import readings, responses
from tests.actions.stories import Patient, course, in_both_roles, trail
from tests.cast import NOW, Cast, answer, hold

KEPT = {"audience": "supervisor", "comment": "Please help.", "raise": "yes"}
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def elm(cast: Cast) -> Patient:
    """Five good sessions, and a low one that was held back."""
    return course(cast, "Elm 3", (8, 9, 8, 9, 8, 3), last=KEPT)


def release(cast: Cast, session_id: int, who: str = "miriam") -> None:
    releasing.release(cast.clinic, cast.viewer(who), session_id, LATER, said_so=True)


def open_by(cast: Cast, elm: Patient, who: str) -> reading.PatientPage:
    return reading.open_patient(cast.clinic, cast.viewer(who), elm.id, LATER)


def alerts(cast: Cast, elm: Patient, who: str) -> list[Alert]:
    return list(open_by(cast, elm, who).trend.alerts)


def test_it_becomes_the_therapists_to_see_with_its_words_and_its_question(cast: Cast, elm: Patient) -> None:
    assert not open_by(cast, elm, "jonas").trend.points[-1].answered
    release(cast, elm.sessions[-1])
    page = open_by(cast, elm, "jonas")
    assert page.trend.points[-1].alliance == 30
    assert list(page.comments) == [(6, "Please help.")]
    assert list(page.wishes) == []
    (alert,) = page.trend.alerts
    assert (alert.session_number, alert.status) == (6, AlertStatus.NEW)
    assert "You might" in alert.sentence


def test_the_supervisor_keeps_the_words_and_the_wish_and_has_one_question(cast: Cast, elm: Patient) -> None:
    (before,) = alerts(cast, elm, "miriam")
    release(cast, elm.sessions[-1])
    page = open_by(cast, elm, "miriam")
    assert list(page.comments) == [(6, "Please help.")] and list(page.wishes) == [6]
    (now,) = page.trend.alerts
    assert now.id != before.id and not page.trend.points[-1].held_back


def test_the_shared_track_is_what_a_rebuild_gives(cast: Cast, elm: Patient) -> None:
    _, token = hold(cast, cast.viewer("jonas"), elm.id, NOW)
    answer(cast.clinic, token, NOW, 8)
    release(cast, elm.sessions[-1])
    with cast.clinic.db.read() as conn:
        held = responses.held(conn, elm.dyad_id, 1, 7, full=False)
        track = readings.tracks(conn, elm.dyad_id)["shared"]
    assert [one.answered for one in held] == [True] * 7
    assert track.to_json() == replay(DEFAULT, held)[0].to_json()


def test_what_the_therapist_looked_at_does_not_disappear(cast: Cast) -> None:
    told = course(cast, "Ash 4", (8, None))
    for _ in range(2):
        _, token = hold(cast, cast.viewer("jonas"), told.id, NOW)
        answer(cast.clinic, token, NOW, 4)
    answer(cast.clinic, told.tokens[1], NOW, 4, **KEPT)
    for alert in alerts(cast, told, "jonas"):
        reading.open_alert(cast.clinic, cast.viewer("jonas"), alert.id, NOW)
    before = alerts(cast, told, "jonas")
    assert before
    release(cast, told.sessions[1])
    assert {alert.id for alert in before} <= {alert.id for alert in alerts(cast, told, "jonas")}


def test_it_needs_the_patients_word_and_leaves_a_trace(cast: Cast, elm: Patient) -> None:
    with pytest.raises(Fault) as fault:
        releasing.release(cast.clinic, cast.viewer("miriam"), elm.sessions[-1], LATER, said_so=False)
    assert fault.value.field == "said_so"
    assert not open_by(cast, elm, "jonas").trend.points[-1].answered
    before = len(trail(cast.clinic))
    release(cast, elm.sessions[-1])
    assert trail(cast.clinic, before) == [
        ("staff", cast.ids["miriam"], "release answers", "session", elm.sessions[-1])
    ]
    with cast.clinic.db.read() as conn:
        row = conn.execute("SELECT released_by, released_at FROM released_response").fetchone()
    assert row["released_by"] == cast.ids["miriam"]


def test_it_is_released_once_and_only_what_was_held_back(cast: Cast, elm: Patient) -> None:
    release(cast, elm.sessions[-1])
    for session_id in (elm.sessions[-1], elm.sessions[0], cast.alder.session_id, 999):
        with pytest.raises(NotFound):
            release(cast, session_id)


@pytest.mark.parametrize(
    ("who", "refused"),
    [("jonas", Forbidden), ("claire", Forbidden), ("tomasz", Forbidden), ("ruth", NotFound)],
)
def test_nobody_but_the_supervisor_can(cast: Cast, elm: Patient, who: str, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        release(cast, elm.sessions[-1], who)
    with pytest.raises(refused):
        releasing.held_back(cast.clinic, cast.viewer(who), elm.sessions[-1], NOW)


def test_a_therapist_who_supervises_others_cannot_find_ones_own_that_way(cast: Cast, elm: Patient) -> None:
    both = in_both_roles(cast, "jonas")
    with pytest.raises(NotFound):
        releasing.held_back(cast.clinic, both, elm.sessions[-1], NOW)
