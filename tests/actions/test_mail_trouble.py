"""Mails that do not arrive: what is tried again, what is given up, and what staff see of it."""

from __future__ import annotations

from datetime import timedelta

from alliance.actions import caseload, mailing
from alliance.actions.answering import open_form
from alliance.actions.clinic import Clinic
from alliance.domain.contact import ASK_FOR_ANOTHER
from alliance.mail.sending import Fate
from alliance.storage import sessions
from tests.actions.stories import course
from tests.cast import NOW, Cast, hold
from tests.post_office import PostOffice, agree, link_in, run, states, to_ask, with_mail

DAY = timedelta(days=1)


def test_an_address_that_does_not_exist_is_shown_and_not_tried_again(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    office.at_rcpt = lambda _: "550 5.1.1 No such user"
    assert run(mailing_clinic).fates == {Fate.REFUSED: 1}
    assert to_ask(cast) == [ASK_FOR_ANOTHER]
    office.at_rcpt = None
    for days in range(7):
        run(mailing_clinic, NOW + days * DAY)
    assert office.got == []
    hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW + 7 * DAY)
    agree(cast, cast.alder.patient_id, at=NOW + 7 * DAY, address="elm@home.example")
    assert to_ask(cast, NOW + 7 * DAY) == []
    run(mailing_clinic, NOW + 7 * DAY)
    assert len(office.got) == 1


def test_a_reminder_that_fails_shows_nothing(cast: Cast, mailing_clinic: Clinic, office: PostOffice) -> None:
    """It would tell the therapist that the patient has not even answered to the supervisor alone."""
    run(mailing_clinic)
    office.at_rcpt = lambda _: "550 5.1.1 No such user"
    assert run(mailing_clinic, NOW + 2 * DAY).fates == {Fate.REFUSED: 1}
    assert to_ask(cast, NOW + 2 * DAY) == []
    told = mailing.state(mailing_clinic, cast.viewer("tomasz"), NOW + 2 * DAY)
    assert told
    assert (told.undelivered, told.last_failure) == (0, "")


def test_a_greylisted_mail_goes_out_the_next_time(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    office.at_rcpt = lambda _: "451 4.7.1 Greylisted"
    assert run(mailing_clinic).fates == {Fate.LATER: 1}
    office.at_rcpt = None
    assert run(mailing_clinic, NOW + timedelta(minutes=20)).fates == {Fate.SENT: 1}
    assert states(cast.clinic) == [("invitation", "sent")]
    open_form(cast.clinic, link_in(office.mails[0]), NOW + DAY)


def test_a_mailbox_that_is_full_for_days_is_given_up(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    office.at_rcpt = lambda _: "452 4.2.2 Mailbox full"
    for days in (0, 1, 2):
        run(mailing_clinic, NOW + days * DAY)
        assert to_ask(cast, NOW + days * DAY) == []
    run(mailing_clinic, NOW + 3 * DAY)
    assert to_ask(cast, NOW + 3 * DAY) == [ASK_FOR_ANOTHER]
    assert states(cast.clinic) == [("invitation", "given up")]


def test_a_rule_of_the_server_against_us_is_not_blamed_on_the_mailbox(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    office.at_rcpt = lambda _: "554 5.7.1 Relaying denied"
    for days in range(5):
        run(mailing_clinic, NOW + days * DAY)
    assert to_ask(cast, NOW + 5 * DAY) == []
    told = mailing.state(mailing_clinic, cast.viewer("tomasz"), NOW + 5 * DAY)
    assert told
    assert (told.undelivered, told.last_failure) == (0, "554 5.7.1")


def test_a_link_that_reached_nobody_leaves_no_silence(cast: Cast, office: PostOffice) -> None:
    """A session whose only form was in a mail that was refused is one for which no form was offered."""
    fern = course(cast, "Fern 9", [8, 8])
    caseload.add_session(
        cast.clinic, cast.viewer("jonas"), fern.id, held_on=NOW.date(), next_on=None, now=NOW
    )
    agree(cast, fern.id)
    office.at_rcpt = lambda _: "451 4.7.1 Greylisted"
    clinic, later = with_mail(cast.clinic, office.port), NOW + 30 * DAY
    run(clinic)
    with cast.clinic.db.read() as conn:
        assert not sessions.offered(conn, fern.dyad_id, 3)
        assert (fern.dyad_id, 3) not in sessions.gone_silent(conn, later, later.date())
    office.at_rcpt = None
    run(clinic, NOW + DAY)
    with cast.clinic.db.read() as conn:
        assert sessions.offered(conn, fern.dyad_id, 3)
        assert (fern.dyad_id, 3) in sessions.gone_silent(conn, later, later.date())


def test_a_server_that_is_down_costs_nothing_but_time(cast: Cast, mailing_clinic: Clinic) -> None:
    away = with_mail(mailing_clinic, 1)
    ended = run(away)
    assert "Nothing listens" in ended.trouble
    assert states(cast.clinic) == []
    told = mailing.state(away, cast.viewer("tomasz"), NOW)
    assert told
    assert (told.tried_at, told.unreachable) == (NOW, "connection refused")
    assert run(mailing_clinic, NOW + DAY).fates == {Fate.SENT: 1}
    told = mailing.state(mailing_clinic, cast.viewer("tomasz"), NOW + DAY)
    assert told
    assert (told.tried_at, told.unreachable) == (NOW + DAY, "")


def test_a_mail_that_may_have_gone_is_not_sent_again(
    cast: Cast, mailing_clinic: Clinic, office: PostOffice
) -> None:
    office.hang_up_at_data = True
    ended = run(mailing_clinic)
    assert ended.fates == {Fate.UNKNOWN: 1}
    assert "in the middle of a mail" in ended.trouble
    office.hang_up_at_data = False
    run(mailing_clinic, NOW + DAY)
    assert office.got == []
    told = mailing.state(mailing_clinic, cast.viewer("tomasz"), NOW)
    assert told
    assert told.unknown == 1
    assert to_ask(cast) == []


def test_a_server_that_fails_in_the_middle_harms_one_mail_only(cast: Cast, office: PostOffice) -> None:
    for code in ("Elm 1", "Elm 2", "Elm 3"):
        agree(cast, course(cast, code, [8, None]).id)
    clinic = with_mail(cast.clinic, office.port)
    office.hang_up_at_data = True
    run(clinic)
    assert states(clinic) == [("invitation", "unknown")]
    office.hang_up_at_data = False
    assert run(clinic, NOW + timedelta(hours=1)).fates == {Fate.SENT: 2}
