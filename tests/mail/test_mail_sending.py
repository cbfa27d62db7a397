"""Handing a mail over, to real servers that take it, refuse it, fall silent, or are not what they should be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alliance.mail.message import Letter, compose
from alliance.mail.sending import Fate, Outcome, Post, Unreachable
from alliance.mail.settings import MailFault, MailSettings
from tests.post_office import (
    ACCOUNT,
    ADDRESS,
    HOST,
    SENDER,
    PostOffice,
    free_port,
    open_office,
    self_made,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LETTER = Letter(
    "invitation",
    ADDRESS,
    "ar",
    "https://x.example/a/1",
    "https://x.example/stop/2",
    NOW,
    "<1@harbour.example>",
)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office() as office:
        yield office


def settings(office: PostOffice, **more: Any) -> MailSettings:
    return MailSettings(**({"host": HOST, "port": office.port, "tls": "none", "sender": SENDER} | more))


def hand_over(to: MailSettings, patience: float = 5.0) -> Outcome:
    with Post(to, patience=patience, at_the_end=patience) as post:
        return post.send(compose(to, LETTER, NOW), LETTER.to)


def test_a_mail_arrives_as_it_was_made(office: PostOffice) -> None:
    to = settings(office)
    assert hand_over(to) == Outcome(Fate.SENT)
    (envelope,) = office.got
    assert envelope.mail_from == SENDER
    assert envelope.rcpt_tos == [ADDRESS]
    assert envelope.original_content == compose(to, LETTER, NOW).as_bytes()
    assert office.greeted_as == ["harbour.example"], "the machine’s own name is nobody’s business"


def test_a_line_that_begins_with_a_dot_arrives_whole(office: PostOffice) -> None:
    to = settings(office)
    message = compose(to, LETTER, NOW)
    message.set_content(".\r\n..two\r\n.three\r\n", cte="7bit")
    with Post(to) as post:
        post.send(message, LETTER.to)
    assert office.mails[0].get_content().splitlines() == [".", "..two", ".three"]


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ("550 5.1.1 No such user rowan@home.example", Outcome(Fate.REFUSED, "550 5.1.1", True)),
        ("550 No such user", Outcome(Fate.REFUSED, "550", True)),
        ("552 5.2.2 Mailbox full", Outcome(Fate.REFUSED, "552 5.2.2", True)),
        ("554 5.7.1 Relaying denied", Outcome(Fate.LATER, "554 5.7.1", False)),
        ("450 4.2.1 Greylisted, come again", Outcome(Fate.LATER, "450 4.2.1", True)),
        ("451 Come again", Outcome(Fate.LATER, "451", True)),
        ("452 4.3.1 No room here", Outcome(Fate.LATER, "452 4.3.1", False)),
        ("421 4.3.2 Closing", Outcome(Fate.LATER, "421 4.3.2", False)),
    ],
)
def test_a_refusal_is_about_the_mailbox_or_about_us(office: PostOffice, told: str, outcome: Outcome) -> None:
    office.at_rcpt = lambda _: told
    assert hand_over(settings(office)) == outcome
    assert office.got == []


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ("550 5.2.1 Mailbox closed", Outcome(Fate.REFUSED, "550 5.2.1", True)),
        ("554 5.7.1 Looks like spam", Outcome(Fate.LATER, "554 5.7.1", False)),
        ("554 No", Outcome(Fate.LATER, "554", False)),
        ("451 4.7.1 Later", Outcome(Fate.LATER, "451 4.7.1", False)),
    ],
)
def test_a_mail_refused_at_its_end_was_not_sent(office: PostOffice, told: str, outcome: Outcome) -> None:
    office.at_data = lambda _: told
    assert hand_over(settings(office)) == outcome


def test_a_refusal_leaves_the_connection_for_the_next_mail(office: PostOffice) -> None:
    told = iter(["550 5.1.1 No", "250 OK"])
    office.at_rcpt = lambda _: next(told)
    to = settings(office)
    with Post(to) as post:
        fates = [post.send(compose(to, LETTER, NOW), LETTER.to).fate for _ in range(2)]
    assert fates == [Fate.REFUSED, Fate.SENT]


def test_a_server_that_hangs_up_in_the_middle_of_a_mail_leaves_it_unknown(office: PostOffice) -> None:
    office.hang_up_at_data = True
    assert hand_over(settings(office)) == Outcome(Fate.UNKNOWN, "connection lost")


def test_a_server_that_takes_a_mail_and_never_says_so_leaves_it_unknown(office: PostOffice) -> None:
    office.at_data = lambda _: time.sleep(2)
    assert hand_over(settings(office), patience=0.5) == Outcome(Fate.UNKNOWN, "no answer in time")


def test_a_server_that_falls_silent_before_a_mail_gets_it_later(office: PostOffice) -> None:
    office.at_rcpt = lambda _: (time.sleep(2), "250 OK")[1]
    begun = time.monotonic()
    assert hand_over(settings(office), patience=0.5) == Outcome(Fate.LATER, "no answer in time")
    assert time.monotonic() - begun < 1.9, "it waits no longer than it should"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_over_tls_with_a_certificate_that_is_trusted(tmp_path: Path, tls: str) -> None:
    certificate = self_made(tmp_path)
    with open_office(certificate, tls=tls, accounts=True) as office:
        password = tmp_path / "password"
        password.write_text(ACCOUNT[1])
        password.chmod(0o600)
        to = settings(
            office,
            host="localhost",
            tls=tls,
            ca_file=str(certificate),
            user=ACCOUNT[0],
            password_file=str(password),
        )
        assert hand_over(to) == Outcome(Fate.SENT)
        assert office.signed_in == [True]
        password.write_text("wrong")
        with pytest.raises(Unreachable, match="does not let us in"):
            hand_over(to)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_trusts_is_not_spoken_to(tmp_path: Path, tls: str) -> None:
    with open_office(self_made(tmp_path), tls=tls) as office:
        with pytest.raises(Unreachable, match="certificate of localhost cannot be trusted") as why:
            hand_over(settings(office, host="localhost", tls=tls))
        assert why.value.failure == "certificate"
        assert office.got == []


def test_a_certificate_of_another_name_is_not_spoken_to(tmp_path: Path) -> None:
    certificate = self_made(tmp_path, "elsewhere.example")
    with open_office(certificate, tls="starttls") as office, pytest.raises(Unreachable, match="certificate"):
        hand_over(settings(office, host="localhost", tls="starttls", ca_file=str(certificate)))


def test_a_server_that_offers_no_tls_gets_nothing(office: PostOffice) -> None:
    """Whoever sits on the way can take the offer of TLS out; then nothing is said in the clear."""
    with pytest.raises(Unreachable, match="does not offer what is set") as why:
        hand_over(settings(office, tls="starttls"))
    assert why.value.failure == "no TLS"
    assert office.got == []


def test_where_nothing_listens(office: PostOffice) -> None:
    with pytest.raises(Unreachable, match="Nothing listens at"):
        hand_over(settings(office, port=free_port()))


def test_a_server_of_another_kind_is_named(office: PostOffice) -> None:
    with pytest.raises(Unreachable, match=r"TLS there|ended the conversation|does not answer in time"):
        hand_over(settings(office, tls="tls"), patience=1)


def test_an_authority_that_is_no_file_is_a_setting_to_mend(tmp_path: Path) -> None:
    with (
        open_office(self_made(tmp_path), tls="starttls") as office,
        pytest.raises(MailFault, match="ca_file"),
    ):
        hand_over(settings(office, host="localhost", tls="starttls", ca_file=str(tmp_path / "none.pem")))


def test_no_outcome_holds_a_word_of_the_servers(office: PostOffice) -> None:
    office.at_rcpt = lambda address: f"550 5.1.1 <{address}>: no such user; see https://evil.example"
    outcome = hand_over(settings(office))
    assert ADDRESS not in repr(outcome)
    assert "evil" not in repr(outcome)
