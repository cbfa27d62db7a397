"""A mail says little: the same in every language, to every reader, in bytes that every server can carry."""

from __future__ import annotations

import quopri
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alliance.languages import LANGUAGES
from alliance.mail.discretion import TELLING, telling
from alliance.mail.message import Kind, Letter, compose, new_message_id, sender_name
from alliance.mail.settings import MailSettings

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SETTINGS = MailSettings("mail.harbour.example", "hello@harbour.example")
LINK, STOP = "https://forms.harbour.example/a/" + "k" * 27, "https://forms.harbour.example/stop/" + "m" * 27
KINDS: tuple[Kind, ...] = ("invitation", "reminder")
INJECTIONS = [
    "a@b.example\r\nBcc: c@d.example",
    "a@b.example\nBcc: c@d.example",
    "a@b.example\rBcc: c@d.example",
    "a@b.example%0d%0aBcc: c@d.example\r\n",
    "\r\na@b.example",
    "a@b.example\r\n\r\nHello",
    "a@b.example\u2028Bcc: c@d.example",
    "a@b.example\x0bBcc: c@d.example",
    "a@b.example\x00",
    "a@b.example\x85Bcc: c@d.example",
]


def letter(kind: Kind = "invitation", tag: str = "en", **more: Any) -> Letter:
    told = {
        "to": "rowan@home.example",
        "link": LINK,
        "stop": STOP,
        "until": datetime(2026, 11, 27, 18, 40, tzinfo=ZoneInfo("Europe/London")),
        "message_id": "<1f@harbour.example>",
    }
    return Letter(kind=kind, language=tag, **(told | more))


def received(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def everything_shown(message: EmailMessage) -> str:
    """All that a person or a mailbox's list could show: every header decoded, and the text; without addresses."""
    headers = " ".join(f"{name}: {value}" for name, value in message.items())
    return re.sub(r"https://\S+|<[^<>]*>|\S+@\S+", "", f"{headers}\n{message.get_content()}")


def test_an_english_mail_byte_for_byte() -> None:
    assert compose(SETTINGS, letter(), NOW).as_bytes() == "\r\n".join(
        (
            "From: Messages <hello@harbour.example>",
            "To: rowan@home.example",
            "Subject: As agreed",
            "Date: Fri, 20 Nov 2026 10:00:00 +0000",
            "Message-ID: <1f@harbour.example>",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            f"List-Unsubscribe: <{STOP}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            'Content-Type: text/plain; charset="utf-8"',
            "Content-Transfer-Encoding: quoted-printable",
            "MIME-Version: 1.0",
            "Content-Language: en",
            "",
            "Hello,",
            "",
            "You said that we may write to you here. This is the link; it takes about a =",
            "minute:",
            "",
            LINK,
            "",
            "It works until Friday 27 November, 18:40. You need not use it.",
            "",
            "If you want no more of these messages:",
            STOP,
            "",
            "Nobody reads what is sent to this address.",
            "",
        )
    ).encode("ascii")


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_is_plain_bytes_that_any_server_carries(tag: str, kind: Kind) -> None:
    content = compose(SETTINGS, letter(kind, tag), NOW).as_bytes()
    lines = content.split(b"\r\n")
    assert content.isascii()
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert max(map(len, content.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    message = received(content)
    assert message.get_content_type() == "text/plain"
    assert message["Content-Transfer-Encoding"] == "quoted-printable"
    assert message.get_content_charset() == "utf-8"
    assert not message.is_multipart()
    assert not list(message.iter_attachments())
    assert not message.defects
    body = content.partition(b"\r\n\r\n")[2]
    assert quopri.decodestring(body).decode("utf-8") == message.get_content()


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_holds_one_link_and_the_way_to_stop(tag: str, kind: Kind) -> None:
    message = compose(SETTINGS, letter(kind, tag), NOW)
    assert re.findall(r"https?://\S+", message.get_content()) == [LINK, STOP]
    assert message["List-Unsubscribe"] == f"<{STOP}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert message["Content-Language"] == tag
    assert "<" not in message.get_content(), "no markup"


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_tells_what_it_is_about(tag: str, kind: Kind) -> None:
    shown = everything_shown(received(compose(SETTINGS, letter(kind, tag), NOW).as_bytes()))
    assert telling(shown, *{tag, "en"}) == []
    assert "alliance" not in shown.lower()


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_telling_word_in_a_mail_would_be_noticed(tag: str) -> None:
    for word in TELLING[tag]:
        name = word[:60]
        settings = MailSettings("mail.harbour.example", "hello@harbour.example", name=name)
        shown = everything_shown(received(compose(settings, letter(tag=tag), NOW).as_bytes()))
        assert word in telling(shown, tag)


def test_the_time_is_that_of_the_clinics_own_clock() -> None:
    lord_howe = datetime(2026, 11, 27, 18, 40, tzinfo=UTC).astimezone(ZoneInfo("Australia/Lord_Howe"))
    text = compose(SETTINGS, letter(until=lord_howe), NOW).get_content()
    assert "until Saturday 28 November, 05:40." in text


def test_a_german_and_an_arabic_sender_arrive_as_they_were_meant() -> None:
    for name in ("Grüße, vom Team", "رسائل", 'A "quoted" name, with a comma'):
        settings = MailSettings("mail.harbour.example", "hello@harbour.example", name=name)
        message = received(compose(settings, letter(), NOW).as_bytes())
        assert message["From"].addresses[0].display_name == name
        assert message["From"].addresses[0].addr_spec == "hello@harbour.example"


def test_long_addresses_stay_whole() -> None:
    long = "https://" + ".".join(["a-long-name"] * 12) + ".example/stop/" + "m" * 27
    content = compose(SETTINGS, letter(stop=long), NOW).as_bytes()
    assert f"List-Unsubscribe: <{long}>\r\n".encode() in content
    assert long in received(content).get_content()


@pytest.mark.parametrize("payload", INJECTIONS)
def test_nothing_breaks_out_of_a_header(payload: str) -> None:
    """Addresses are checked before they are kept; even so, a message with such a one is not made."""
    try:
        content = compose(SETTINGS, letter(to=payload), NOW).as_bytes()
    except (ValueError, UnicodeError, LookupError):
        return
    head = content.partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert b"\rBcc" not in head
    assert received(content)["Bcc"] is None
    assert received(content)["Subject"] == "As agreed"


def test_every_mail_has_an_id_of_its_own_of_the_senders_domain() -> None:
    ids = {new_message_id(SETTINGS) for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"<[0-9a-f]{32}@harbour\.example>", id_) for id_ in ids)


def test_a_clinic_may_choose_the_name_in_its_mails() -> None:
    assert sender_name(SETTINGS, "en") == "Messages"
    assert sender_name(MailSettings("a.example", "b@c.example", name="Harbour"), "de") == "Harbour"
