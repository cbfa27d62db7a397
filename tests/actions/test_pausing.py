"""A pause: nothing is sent, and whoever does not answer meanwhile is not silent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from alliance.actions import caseload, learning, pausing
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.pausing import Reason
from alliance.domain.therapy import Channel
from tests.actions.stories import Patient, course, trail
from tests.cast import NOW, Cast, answer, hold

WEEK = timedelta(weeks=1)


@pytest.fixture
def elm(cast: Cast) -> Patient:
    """Five good sessions, and one whose form is out."""
    return course(cast, "Elm 3", [8, 9, 8, 9, 8, None])


def rest(cast: Cast, told: Patient, at: datetime = NOW, days: int = 28) -> None:
    pausing.pause(
        cast.clinic, cast.viewer("jonas"), told.id,
        reason=Reason.WISH, look_on=at.date() + timedelta(days=days), now=at,
    )  # fmt: skip


def read(cast: Cast, told: Patient) -> dict[int, bool]:
    """By number, the sessions that the detector has read, and whether it read an answer."""
    with cast.clinic.db.read() as conn:
        rows = conn.execute(
            "SELECT number, answered FROM reading WHERE dyad_id = ? AND track = 'shared'", (told.dyad_id,)
        )
        return {row["number"]: bool(row["answered"]) for row in rows}


def test_without_a_pause_no_answer_is_silence(cast: Cast, elm: Patient) -> None:
    hold(cast, cast.viewer("jonas"), elm.id, NOW + WEEK)
    learning.note_silences(cast.clinic, NOW + 3 * WEEK)
    assert read(cast, elm) == {1: True, 2: True, 3: True, 4: True, 5: True, 6: False, 7: False}


def test_with_one_it_is_not(cast: Cast, elm: Patient) -> None:
    """Nor is that of the session before it, whose form was still out."""
    rest(cast, elm)
    hold(cast, cast.viewer("jonas"), elm.id, NOW + WEEK)
    assert learning.note_silences(cast.clinic, NOW + 3 * WEEK) == 2  # Alder 14 and Birch 2
    assert sorted(read(cast, elm)) == [1, 2, 3, 4, 5]


def test_an_answer_that_comes_all_the_same_counts(cast: Cast, elm: Patient) -> None:
    rest(cast, elm)
    _, token = hold(cast, cast.viewer("jonas"), elm.id, NOW + WEEK)
    answer(cast.clinic, token, NOW + WEEK, 8)
    assert read(cast, elm) == {1: True, 2: True, 3: True, 4: True, 5: True, 7: True}


def test_after_it_silence_is_silence_again_and_what_rested_stays_so(cast: Cast, elm: Patient) -> None:
    jonas = cast.viewer("jonas")
    rest(cast, elm)
    hold(cast, jonas, elm.id, NOW + WEEK)
    pausing.resume(cast.clinic, jonas, elm.id, NOW + 2 * WEEK)
    hold(cast, jonas, elm.id, NOW + 2 * WEEK)
    learning.note_silences(cast.clinic, NOW + 5 * WEEK)
    assert sorted(read(cast, elm)) == [1, 2, 3, 4, 5, 8]
    late = caseload.issue_link(cast.clinic, jonas, elm.sessions[5], channel=Channel.LINK, now=NOW + 5 * WEEK)
    answer(cast.clinic, late, NOW + 5 * WEEK, 8)  # all is read anew
    assert read(cast, elm) == {1: True, 2: True, 3: True, 4: True, 5: True, 6: True, 8: False}


def test_it_is_looked_at_again_on_its_day(cast: Cast, elm: Patient) -> None:
    jonas = cast.viewer("jonas")
    rest(cast, elm, days=14)
    [due] = pausing.of_own(cast.clinic, jonas, NOW)
    assert (due.code, due.reason) == ("Elm 3", Reason.WISH)
    assert [due.is_due(NOW.date() + timedelta(days=days)) for days in (13, 14, 15)] == [False, True, True]
    assert pausing.of_own(cast.clinic, cast.viewer("claire"), NOW) == []
    rest(cast, elm, at=NOW + 2 * WEEK)  # it goes on, as one pause
    [due] = pausing.of_own(cast.clinic, jonas, NOW)
    assert due.look_on == (NOW + 6 * WEEK).date()
    standing = pausing.standing(cast.clinic, jonas, elm.id, NOW + 3 * WEEK)
    assert standing is not None and standing.from_on == NOW.date()
    assert trail(cast.clinic)[-1][2:] == ("pause forms", "patient", elm.id)
    assert caseload.own_dyad_of(cast.clinic, jonas, elm.id, NOW).patient.paused
    pausing.resume(cast.clinic, jonas, elm.id, NOW + 3 * WEEK)
    pausing.resume(cast.clinic, jonas, elm.id, NOW + 3 * WEEK)
    assert [line[2] for line in trail(cast.clinic)][-2:].count("end pause") == 1
    assert not caseload.own_dyad_of(cast.clinic, jonas, elm.id, NOW).patient.paused


@pytest.mark.parametrize("days", [0, -3, 200])
def test_the_day_has_to_be_ahead_and_not_too_far(cast: Cast, elm: Patient, days: int) -> None:
    with pytest.raises(Fault) as wrong:
        rest(cast, elm, days=days)
    assert wrong.value.field == "look_on"


@pytest.mark.parametrize("who", ["claire", "erik", "miriam", "tomasz"])
def test_it_is_the_own_therapists(cast: Cast, elm: Patient, who: str) -> None:
    viewer = cast.viewer(who)
    with pytest.raises((NotFound, Forbidden)):
        pausing.pause(cast.clinic, viewer, elm.id, reason=Reason.WISH, look_on=NOW.date() + 2 * WEEK, now=NOW)
    with pytest.raises((NotFound, Forbidden)):
        pausing.resume(cast.clinic, viewer, elm.id, NOW)
