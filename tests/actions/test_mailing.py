"""Who gets a mail, when, and what came of it, from the clinic to a real mail server and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alliance.actions import accounts, contacts
from alliance.actions.answering import LinkEnded, open_form
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.domain.contact import ASK_AGAIN
from alliance.domain.therapy import Channel
from alliance.mail.sending import Fate
from alliance.storage import audit, sessions
from tests.actions.stories import course, end_dyad, set_up, trail
from tests.cast import NOW, Cast, answer, hold
from tests.post_office import ADDRESS, SENDER, PostOffice, agree, link_in, run, states, to_ask, with_mail

DAY = timedelta(days=1)


def change(clinic: Clinic, statement: str, *values: object) -> None:
    with clinic.db.write() as conn:
        conn.execute(statement, values)


def test_an_invitation_arrives_and_its_link_takes_the_answer(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    assert run(mailing_clinic).fates == {Fate.SENT: 1}
    (message,) = office.mails
    assert message["To"] == ADDRESS
    assert message["From"].addresses[0].addr_spec == SENDER
    token = link_in(message)
    form = open_form(cast.clinic, token, NOW)
    assert form.invitation.session_id == cast.alder.session_id
    assert form.invitation.channel is Channel.MAIL
    assert "Friday 27 November, 10:00" in message.get_content()
    with pytest.raises(LinkEnded):
        open_form(cast.clinic, token, NOW + timedelta(days=7))
    answer(cast.clinic, token, NOW + DAY, 8)
    assert run(mailing_clinic, NOW + 4 * DAY).fates == {}
    assert states(cast.clinic) == [("invitation", "sent")]


def test_only_fingerprints_are_kept(cast: Cast, mailing_clinic: Clinic, office: PostOffice) -> None:
    run(mailing_clinic)
    (message,) = office.mails
    kept = b"".join(path.read_bytes() for path in cast.clinic.config.folder.iterdir())
    for secret in (link_in(message), link_in(message, "stop"), ADDRESS):
        assert secret.encode() not in kept
    with cast.clinic.db.read() as conn:
        lines = repr(audit.latest(conn, 10_000))
    assert ADDRESS not in lines
    assert "rowan" not in lines


def test_running_again_sends_nothing_again(mailing_clinic: Clinic, office: PostOffice) -> None:
    for hours in range(0, 47, 3):
        run(mailing_clinic, NOW + timedelta(hours=hours))
    assert len(office.got) == 1


def test_one_reminder_after_two_days_and_no_more(mailing_clinic: Clinic, office: PostOffice) -> None:
    for hours in (0, 47, 48, 60, 96, 120, 144, 167):
        run(mailing_clinic, NOW + timedelta(hours=hours))
    first, second = office.mails
    assert (first["Subject"], second["Subject"]) == ("As agreed", "As agreed, once more")
    assert link_in(first) != link_in(second)
    assert link_in(first, "stop") != link_in(second, "stop")
    assert states(mailing_clinic) == [("invitation", "sent"), ("reminder", "sent")]


def test_no_reminder_where_none_was_agreed_to(cast: Cast, mailing_clinic: Clinic, office: PostOffice) -> None:
    agree(cast, cast.alder.patient_id, reminders=False)
    for days in range(7):
        run(mailing_clinic, NOW + days * DAY)
    assert len(office.got) == 1


@pytest.mark.parametrize("audience", ["both", "supervisor"])
def test_who_has_answered_is_left_in_peace(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice, audience: str
) -> None:
    run(mailing_clinic)
    answer(cast.clinic, link_in(office.mails[0]), NOW + DAY, 4, audience=audience)
    for days in range(2, 7):
        run(mailing_clinic, NOW + days * DAY)
    assert len(office.got) == 1


@pytest.mark.parametrize("audience", ["both", "supervisor"])
def test_who_answered_in_the_room_gets_no_mail_at_all(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice, audience: str
) -> None:
    answer(cast.clinic, cast.alder.token, NOW, 4, audience=audience)
    for days in range(7):
        run(mailing_clinic, NOW + days * DAY)
    assert office.got == []


def test_nobody_is_written_to_without_a_yes(cast: Cast, office: PostOffice) -> None:
    run(with_mail(cast.clinic, office.port))
    assert office.got == []


def test_a_paused_patient_is_left_in_peace(mailing_clinic: Clinic, office: PostOffice) -> None:
    change(mailing_clinic, "UPDATE patient SET paused_at = ?", "2026-11-01T00:00:00.000000Z")
    run(mailing_clinic)
    assert office.got == []


def test_after_the_work_has_ended_nothing_is_sent(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    with cast.clinic.db.read() as conn:
        session = sessions.get(conn, cast.alder.session_id)
    assert session
    end_dyad(cast, session.dyad_id, NOW.date())
    run(mailing_clinic)
    assert office.got == []


def test_a_therapist_who_left_is_not_answered_to(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    accounts.disable(cast.clinic, cast.ids["jonas"], NOW, actor="command")
    run(mailing_clinic)
    assert office.got == []


def test_after_ninety_days_nothing_is_sent_until_it_was_asked_again(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    last, first_without = NOW + 89 * DAY, NOW + 90 * DAY
    for at in (last, first_without):
        hold(cast, cast.viewer("jonas"), cast.alder.patient_id, at)
        assert to_ask(cast, at) == ([] if at == last else [ASK_AGAIN])
        run(mailing_clinic, at)
    assert len(office.got) == 1
    agree(cast, cast.alder.patient_id, at=first_without)
    assert to_ask(cast, first_without) == []
    run(mailing_clinic, first_without)
    assert len(office.got) == 2


def test_a_session_longer_ago_than_a_week_is_not_written_about(
    mailing_clinic: Clinic, office: PostOffice
) -> None:
    run(mailing_clinic, NOW + 8 * DAY)
    assert office.got == []
    run(mailing_clinic, NOW + 7 * DAY)
    assert len(office.got) == 1


def test_only_the_newest_session_is_written_about(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW + DAY)
    run(mailing_clinic, NOW + DAY)
    (message,) = office.mails
    assert open_form(cast.clinic, link_in(message), NOW + DAY).invitation.session_id != cast.alder.session_id


def test_the_address_given_last_is_the_one(cast: Cast, mailing_clinic: Clinic, office: PostOffice) -> None:
    agree(cast, cast.alder.patient_id, address="elm@home.example")
    run(mailing_clinic)
    assert [envelope.rcpt_tos for envelope in office.got] == [["elm@home.example"]]
    kept = b"".join(path.read_bytes() for path in cast.clinic.config.folder.iterdir())
    assert b"elm@home" not in kept


@pytest.mark.parametrize("shift", [-timedelta(hours=1), -timedelta(days=365), timedelta(days=3650)])
def test_a_clock_that_is_wrong_sends_nothing_twice(
    mailing_clinic: Clinic, office: PostOffice, shift: timedelta
) -> None:
    run(mailing_clinic)
    run(mailing_clinic, NOW + shift)
    run(mailing_clinic, NOW)
    assert len(office.got) == 1


@pytest.mark.parametrize(
    ("zone", "at", "said"),
    [
        ("Europe/London", datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "Saturday 31 October, 23:30"),
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "Sunday 8 November, 00:30"),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 15, tzinfo=UTC), "Sunday 11 October, 02:15"),
        ("Asia/Kathmandu", datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "Sunday 1 November, 05:15"),
    ],
)
def test_days_are_the_clinics_own_also_when_its_clock_changes(
    cast: Cast, office: PostOffice, zone: str, at: datetime, said: str
) -> None:
    set_up(cast, time_zone=zone)
    told = course(cast, "Fern 9", [8, None], end=at)
    agree(cast, told.id, at=at)
    run(with_mail(cast.clinic, office.port), at)
    assert said in office.mails[0].get_content()


def test_ninety_days_are_days_at_the_clinic(cast: Cast, office: PostOffice) -> None:
    set_up(cast, time_zone="Pacific/Apia")
    at = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)  # already the 21st there
    agree(cast, cast.alder.patient_id, at=at)
    page = contacts.open_contact(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, at)
    assert page.contact
    assert page.contact.asked_on == date(2026, 11, 21)


def test_mail_that_is_not_set_up_says_so(cast: Cast) -> None:
    with pytest.raises(Fault, match="not set up"):
        run(cast.clinic)


def test_the_trail_says_that_a_mail_went_and_to_nobody_where(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    before = len(trail(cast.clinic))
    run(mailing_clinic)
    lines = [(actor, action, subject) for actor, _, action, subject, _ in trail(cast.clinic, before)]
    assert lines == [("system", "make link", "invitation"), ("system", "send mail", "mail")]
