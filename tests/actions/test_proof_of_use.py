"""Whether a patient in the room is told that the last answers were read; what was held back plays no part in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alliance.actions import administering, answering, reading, releasing
from alliance.actions.inviting import invite
from alliance.domain.therapy import Channel
from tests.actions.tablets import fresh_session
from tests.cast import NOW, Cast, answer, hold

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def switched_on(cast: Cast) -> Cast:
    changed = replace(cast.clinic.settings(), proof_of_use=True)
    administering.save_settings(cast.clinic, cast.viewer("tomasz"), changed, NOW)
    return cast


def told(cast: Cast, channel: Channel = Channel.KIOSK, at: datetime = LATER) -> bool:
    """What the next questionnaire says."""
    session_id = fresh_session(cast, at=at)
    with cast.clinic.db.write() as conn:
        token = invite(cast.clinic, conn, cast.viewer("jonas"), session_id, channel, at).token
    return answering.open_form(cast.clinic, token, at).read


def answered(cast: Cast, at: datetime = NOW, audience: str = "both") -> int:
    session_id, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, at)
    answer(cast.clinic, token, at, 8, audience=audience)
    return session_id


def opens(cast: Cast, who: str = "jonas", at: datetime = NOW + timedelta(minutes=5)) -> None:
    reading.open_patient(cast.clinic, cast.viewer(who), cast.alder.patient_id, at)


def test_it_is_off_until_the_clinic_wants_it(cast: Cast) -> None:
    answered(cast)
    opens(cast)
    assert not told(cast)


def test_it_is_told_once_the_therapist_has_looked(switched_on: Cast) -> None:
    answered(switched_on)
    assert not told(switched_on)
    opens(switched_on)
    assert told(switched_on)
    answered(switched_on, LATER)
    assert not told(switched_on, at=LATER + timedelta(hours=1))


def test_an_opened_alert_counts_too(switched_on: Cast) -> None:
    assert not told(switched_on)
    reading.open_alert(switched_on.clinic, switched_on.viewer("jonas"), switched_on.alder.alert_id, NOW)
    assert told(switched_on)


@pytest.mark.parametrize("channel", Channel)
def test_it_is_told_in_the_room_alone(switched_on: Cast, channel: Channel) -> None:
    answered(switched_on)
    opens(switched_on)
    assert told(switched_on, channel) is (channel in {Channel.KIOSK, Channel.HERE})


def test_the_supervisors_look_is_not_the_therapists(switched_on: Cast) -> None:
    answered(switched_on)
    opens(switched_on, "miriam")
    assert not told(switched_on)


def test_adding_a_session_is_not_reading(switched_on: Cast) -> None:
    answered(switched_on)
    fresh_session(switched_on, at=NOW + timedelta(minutes=5))
    assert not told(switched_on)


@pytest.mark.parametrize("looked", [False, True])
def test_what_was_held_back_changes_nothing(switched_on: Cast, looked: bool) -> None:
    """Held back before or after the therapist looked: the next page is that of a session without a form."""
    answered(switched_on)
    if looked:
        opens(switched_on)
    answered(switched_on, NOW + timedelta(minutes=10), audience="supervisor")
    assert told(switched_on) is looked


def test_nothing_but_held_back_answers_is_nothing_to_tell(switched_on: Cast) -> None:
    with switched_on.clinic.db.write() as conn:
        conn.execute("UPDATE response SET audience = 'supervisor'")
    opens(switched_on)
    assert not told(switched_on)


def test_what_was_released_is_read_after_that(switched_on: Cast) -> None:
    session_id = answered(switched_on, audience="supervisor")
    opens(switched_on)
    viewer = switched_on.viewer("miriam")
    at = NOW + timedelta(minutes=10)
    releasing.release(switched_on.clinic, viewer, session_id, at, said_so=True)
    assert not told(switched_on)
    opens(switched_on, at=NOW + timedelta(minutes=20))
    assert told(switched_on)
