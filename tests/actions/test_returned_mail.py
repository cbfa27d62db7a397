"""Reports that a mail came back: ours are noted, and everything else changes nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from alliance.actions import contacts, mailing
from alliance.actions.faults import Fault
from alliance.domain.contact import ASK_FOR_ANOTHER
from alliance.mail.returned import LARGEST, NotAReport, Returned, read
from tests.actions.sending import everything
from tests.cast import NOW, Cast
from tests.post_office import ADDRESS, Written, open_office, run, with_mail, written_to

ROOT = Path(__file__).parents[2]
OURS = "<1f2e@harbour.example>"
BY = "text/rfc822-headers"


def report(
    message_id: str = OURS,
    action: str = "failed",
    status: str = "5.1.1",
    given_back: str = BY,
    extra: str = "",
) -> bytes:
    """What a mail server sends back (RFC 3464), as Postfix and others write it."""
    return f"""From: MAILER-DAEMON@mx.home.example (Mail Delivery System)
To: hello@harbour.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"
Message-Id: <20261120100000.1@mx.home.example>

This is a MIME-encapsulated message.

--=_b
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.home.example
Arrival-Date: Fri, 20 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; rowan@home.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <rowan@home.example>: user unknown

--=_b
Content-Description: Undelivered Message
Content-Type: {given_back}

From: Messages <hello@harbour.example>
To: rowan@home.example
Subject: As agreed
Message-ID: {message_id}
{extra}
--=_b--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def sent(cast: Cast) -> Written:
    return written_to(cast, cast.alder)


def to_ask(cast: Cast) -> list[str]:
    return [ask.sentence for ask in contacts.to_ask(cast.clinic, cast.viewer("jonas"), NOW)]


@pytest.mark.parametrize("given_back", [BY, "message/rfc822"])
def test_a_report_is_read_whether_it_gives_back_all_or_the_headers(given_back: str) -> None:
    assert read(report(given_back=given_back, extra="\nHello,\n")) == Returned(OURS, "5.1.1")
    assert read(report(status="4.2.2 (mailbox full)")).status == "4.2.2"
    assert read(report(status="none")).status == "5.0.0"


def test_a_mail_that_came_back_is_shown_to_the_therapist(cast: Cast, sent: Written) -> None:
    said = mailing.bounce(cast.clinic, report(sent.message_id), NOW)
    assert said == "Noted: one mail did not arrive (5.1.1)."
    assert to_ask(cast) == [ASK_FOR_ANOTHER]
    with pytest.raises(Fault, match="about no mail of this clinic"):
        mailing.bounce(cast.clinic, report(sent.message_id), NOW)


def test_the_link_of_a_mail_that_came_back_is_gone(cast: Cast, sent: Written) -> None:
    with cast.clinic.db.read() as conn:
        before = conn.execute("SELECT count(*) AS n FROM invitation WHERE channel = 'mail'").fetchone()["n"]
    mailing.bounce(cast.clinic, report(sent.message_id), NOW)
    with cast.clinic.db.read() as conn:
        after = conn.execute("SELECT count(*) AS n FROM invitation WHERE channel = 'mail'").fetchone()["n"]
    assert (before, after) == (1, 0)


def test_a_reminder_that_came_back_shows_nothing(cast: Cast, sent: Written) -> None:
    with open_office() as office:
        run(with_mail(cast.clinic, office.port), NOW + timedelta(days=2))
        (message,) = office.mails
    mailing.bounce(cast.clinic, report(message["Message-ID"]), NOW + timedelta(days=2))
    assert to_ask(cast) == []


def test_a_report_about_an_earlier_address_does_not_touch_the_new_one(cast: Cast, sent: Written) -> None:
    contacts.keep_contact(
        cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, answer=contacts.Answer.NOBODY,
        address="elm@home.example", agreed=True, reminders=False, now=NOW,
    )  # fmt: skip
    mailing.bounce(cast.clinic, report(sent.message_id), NOW)
    assert to_ask(cast) == []


FOREIGN = {
    "nothing": b"",
    "a letter": b"From: a@b.example\r\nSubject: Hello\r\n\r\nHello\r\n",
    "an answer to a mail of ours": f"Subject: Re: As agreed\r\nIn-Reply-To: {OURS}\r\n\r\nThanks\r\n".encode(),
    "a delay": report(action="delayed", status="4.4.1"),
    "a delivery": report(action="delivered", status="2.0.0"),
    "another clinic’s": report("<1f2e@elsewhere.example>"),
    "an id that is none": report("1f2e"),
    "two lines for an id": report("<1f2e\r\n Bcc: a@b.example>"),
    "no mail given back": report(given_back="text/plain"),
    "half a report": report()[:400],
    "too much": report() + b"x" * LARGEST,
    "no text": bytes(range(256)) * 20,
    "a bracket": report("<" + "x" * 300 + "@harbour.example>"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_foreign_or_forged_changes_nothing(cast: Cast, sent: Written, what: str) -> None:
    before = everything(cast.clinic)
    with pytest.raises(Fault) as fault:
        mailing.bounce(cast.clinic, FOREIGN[what], NOW)
    assert str(fault.value)[0].isupper()
    assert everything(cast.clinic) == before


def test_damaged_reports_are_read_or_refused(sent: Written) -> None:
    whole, dice = report(sent.message_id), random.Random(7)
    for _ in range(2000):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            place = dice.randrange(len(damaged))
            damaged[place : place + dice.randint(0, 6)] = dice.randbytes(dice.randint(0, 4))
        try:
            found = read(bytes(damaged))
        except NotAReport:
            continue
        assert found.message_id.startswith("<")
        assert len(found.status) <= 11


def bounce(cast: Cast, content: bytes) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "alliance.cli", "bounce", str(cast.clinic.config.folder)],
        cwd=ROOT,
        input=content,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_the_command_reads_a_report_from_an_alias(cast: Cast, sent: Written) -> None:
    assert bounce(cast, report(sent.message_id)) == (0, "Noted: one mail did not arrive (5.1.1).\n", "")
    code, out, told = bounce(cast, FOREIGN["a letter"])
    assert (code, out) == (1, "")
    assert told == "Error: This is not a report about a mail that could not be delivered.\n"
    assert ADDRESS not in told


def test_where_the_database_cannot_be_written_the_mail_server_is_asked_to_come_again(
    cast: Cast, sent: Written
) -> None:
    with cast.clinic.db.write():
        code, _, told = bounce(cast, report(sent.message_id))
    assert code == 75
    assert told.startswith("Error: ")
