"""A mail server of the test's own, on a real socket, and patients who agreed to get mail from it."""

# ruff: noqa: ARG002, N802 (the library calls its handlers by these names, with all of this)

from __future__ import annotations

import re
import socket
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from alliance.actions import contacts, mailing
from alliance.actions.clinic import Clinic
from alliance.actions.contacts import Answer
from alliance.actions.mailing import Run
from alliance.actions.tokens import new_token, token_hash
from alliance.domain.therapy import Channel
from alliance.mail.message import new_message_id
from alliance.mail.sending import Post
from alliance.mail.settings import MailSettings
from alliance.storage import mails, sessions
from tests.cast import NOW, Cast, Story

HOST = "127.0.0.1"
SENDER = "hello@harbour.example"
ADDRESS = "rowan@home.example"
ACCOUNT = ("hello", "a quiet password")


@dataclass
class PostOffice:
    """What it got, whole, and how it behaves: `at_rcpt` and `at_data` answer for the server, or do worse."""

    port: int = 0
    got: list[Envelope] = field(default_factory=list)
    at_rcpt: Callable[[str], str] | None = None
    at_data: Callable[[Envelope], Any] | None = None
    greeted_as: list[str] = field(default_factory=list)
    hang_up_at_data: bool = False
    signed_in: list[bool] = field(default_factory=list)

    async def handle_EHLO(
        self, server: SMTP, session: Any, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted_as.append(hostname)
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        told = self.at_rcpt(address) if self.at_rcpt else "250 OK"
        if told.startswith("250"):
            envelope.rcpt_tos.append(address)
        return told

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        self.signed_in.append(bool(session.authenticated))
        told = self.at_data(envelope) if self.at_data else None
        if told is None:
            self.got.append(envelope)
            return "250 2.0.0 Taken"
        return str(told)

    @property
    def mails(self) -> list[EmailMessage]:
        """What it took, parsed as a mail program would."""
        return [read(envelope) for envelope in self.got]


def read(envelope: Envelope) -> EmailMessage:
    content = envelope.original_content
    assert content is not None
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


class Rude(SMTP):
    """Hangs up when the mail itself begins, if its office wants that."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.hang_up_at_data:
            await self.push("354 Go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Counter(Controller):
    """The library's own, with our server behind it."""

    def factory(self) -> SMTP:
        return Rude(self.handler, **self.SMTP_kwargs)


@contextmanager
def open_office(
    certificate: Path | None = None, *, tls: str = "none", accounts: bool = False
) -> Iterator[PostOffice]:
    """A mail server at a free port of this machine, until the end of the `with`."""
    office = PostOffice()
    more: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        more = (
            {"ssl_context": context} if tls == "tls" else {"tls_context": context, "require_starttls": True}
        )
    if accounts:
        more |= {"authenticator": _known, "auth_required": True, "auth_require_tls": tls != "tls"}
    counter = Counter(office, hostname=HOST, port=free_port(), **more)
    with warnings.catch_warnings():
        # It takes TLS from the first byte on for none at all, and warns of passwords in the clear.
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
        counter.start()
        office.port = counter.port
        try:
            yield office
        finally:
            counter.stop()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


def _known(server: SMTP, session: Any, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == ACCOUNT
    return AuthResult(success=good, handled=False)


def self_made(folder: Path, name: str = "localhost") -> Path:
    """A certificate and its key for this name, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


def with_mail(clinic: Clinic, port: int, **more: Any) -> Clinic:
    """The clinic, with this mail server."""
    told = {"host": HOST, "port": port, "tls": "none", "sender": SENDER} | more
    return replace(clinic, config=replace(clinic.config, mail=MailSettings(**told)))


def agree(
    cast: Cast, patient_id: int, *, at: datetime = NOW, address: str = ADDRESS, reminders: bool = True
) -> None:
    """Let one of Jonas's patients say yes."""
    contacts.keep_contact(
        cast.clinic,
        cast.viewer("jonas"),
        patient_id,
        answer=Answer.NOBODY,
        address=address,
        agreed=True,
        reminders=reminders,
        now=at,
    )


def run(clinic: Clinic, at: datetime = NOW, patience: float = 5.0) -> Run:
    """One run of the sending."""
    return mailing.send(
        clinic, lambda: at, lambda settings: Post(settings, patience=patience, at_the_end=patience)
    )


def link_in(message: EmailMessage, kind: str = "a") -> str:
    found = re.search(rf"https://alliance\.example/{kind}/(\S+)", message.get_content())
    assert found
    return found[1]


def states(clinic: Clinic) -> list[tuple[str, str]]:
    with clinic.db.read() as conn:
        return [
            (row["kind"], row["state"]) for row in conn.execute("SELECT kind, state FROM mail ORDER BY id")
        ]


def to_ask(cast: Cast, at: datetime = NOW) -> list[str]:
    return [ask.sentence for ask in contacts.to_ask(cast.clinic, cast.viewer("jonas"), at)]


@dataclass(frozen=True)
class Written:
    """A mail that is taken as sent: its id, its Message-ID, and the token of its stop link."""

    mail_id: int
    message_id: str
    stop: str


def written_to(cast: Cast, story: Story, at: datetime = NOW) -> Written:
    """A patient of Jonas's who said yes, and to whom a mail went, as far as the database knows."""
    agree(cast, story.patient_id, at=at)
    settings, stop = MailSettings(HOST, SENDER, tls="none"), new_token()
    with cast.clinic.db.write() as conn:
        contact = conn.execute("SELECT max(id) AS id FROM contact").fetchone()["id"]
        due = mails.Due(contact, story.session_id, "after-session", "en", None, None, "invitation")
        invitation = sessions.invite(
            conn,
            story.session_id,
            instrument="after-session",
            version="1.0",
            language="en",
            channel=Channel.MAIL,
            token_hash=token_hash(new_token()),
            now=at,
            expires_at=at + timedelta(days=7),
        )
        message_id = new_message_id(settings)
        mail_id = mails.begin(
            conn,
            due,
            invitation_id=invitation,
            message_id=message_id,
            stop_hash=token_hash(stop),
            now=at,
        )
        mails.finish(conn, mail_id, "sent", "", at)
    return Written(mail_id, message_id, stop)
