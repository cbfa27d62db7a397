"""Speaking SMTP with the clinic's own mail server, and telling apart what came of each mail."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from types import TracebackType

from alliance.mail.settings import MailFault, MailSettings

PATIENCE = 20.0  # seconds for a connection, and for each answer of the server
PATIENCE_AT_THE_END = (
    120.0  # seconds for the last answer: many servers look through a mail before they take it
)
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_DOTS = re.compile(rb"(?m)^\.")


class Fate(StrEnum):
    """What came of a mail. Unknown: it was handed over, and whether it was taken nobody said."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one mail. `failure` is a code, since a server's words may hold the address. `about_address`:
    the server said so of this very mailbox, not of us.
    """

    fate: Fate
    failure: str = ""
    about_address: bool = False


class Unreachable(Exception):
    """The mail server cannot be spoken to. The message says in a sentence why; `failure` is a short code."""

    def __init__(self, sentence: str, failure: str) -> None:
        super().__init__(sentence)
        self.failure = failure


class Post:
    """A connection to the mail server for the length of a `with`. Raises Unreachable or MailFault."""

    def __init__(
        self, settings: MailSettings, patience: float = PATIENCE, at_the_end: float = PATIENCE_AT_THE_END
    ) -> None:
        self.settings = settings
        self.patience = patience
        self.at_the_end = at_the_end
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Post:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up(politely=error is None)

    def connect(self) -> None:
        """Connect, make sure of the server by its certificate, and sign in if there is a user."""
        settings = self.settings
        password = settings.password() if settings.user else ""
        context = trusted(settings)
        try:
            self._smtp = smtp = self._opened(context)
            smtp.ehlo_or_helo_if_needed()
            if settings.tls == "starttls":
                smtp.starttls(context=context)
                smtp.ehlo()
            if settings.user:
                smtp.login(settings.user, password)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up(politely=False)
            raise _unreachable(settings, error) from error

    def _opened(self, context: ssl.SSLContext) -> smtplib.SMTP:
        settings = self.settings
        # The name given in the greeting is that of the sender's domain: the machine's own is nobody's business.
        if settings.tls == "tls":
            return smtplib.SMTP_SSL(
                settings.host,
                settings.port,
                local_hostname=settings.domain,
                timeout=self.patience,
                context=context,
            )
        return smtplib.SMTP(
            settings.host, settings.port, local_hostname=settings.domain, timeout=self.patience
        )

    def send(self, message: EmailMessage, to: str) -> Outcome:
        """Hand one mail over. After its last dot was sent, only the server's word decides; without it, unknown."""
        smtp = self._smtp
        if smtp is None:
            return Outcome(Fate.LATER, "no connection")
        try:
            outcome = self._announce(smtp, to)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up(politely=False)
            return Outcome(Fate.LATER, code_of(error))
        if outcome is not None:
            return outcome
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self.at_the_end)
            smtp.send(_framed(message.as_bytes()))
            code, said = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self.patience)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up(politely=False)
            return Outcome(Fate.UNKNOWN, code_of(error))
        return Outcome(Fate.SENT) if 200 <= code < 300 else self._refusal(smtp, code, said, at_address=False)

    def _announce(self, smtp: smtplib.SMTP, to: str) -> Outcome | None:
        """Everything before the mail itself; None if the server now waits for it."""
        code, said = smtp.mail(self.settings.sender)
        if code != 250:
            return self._refusal(smtp, code, said, at_address=False, ours=True)
        code, said = smtp.rcpt(to)
        if code not in (250, 251):
            return self._refusal(smtp, code, said, at_address=True)
        code, said = smtp.docmd("DATA")
        if code != 354:
            return self._refusal(smtp, code, said, at_address=False)
        return None

    def _refusal(
        self, smtp: smtplib.SMTP, code: int, said: bytes, *, at_address: bool, ours: bool = False
    ) -> Outcome:
        """A refusal for now, or for good. For good it is only where it is about this mailbox."""
        if code == 421:
            self._hang_up(politely=False)
        else:
            try:
                smtp.rset()
            except (smtplib.SMTPException, OSError):
                self._hang_up(politely=False)
        found = _ENHANCED.search(said.decode("ascii", "replace"))
        detail = found[1] if found else ""
        # 5.1 and 5.2 speak of the mailbox; 5.7 and the others of rules, of us, or of the server itself.
        about_address = not ours and (detail[2:].startswith(("1.", "2.")) if detail else at_address)
        fate = Fate.REFUSED if code >= 500 and about_address else Fate.LATER
        return Outcome(fate, f"{code} {detail}".strip(), about_address)

    @property
    def connected(self) -> bool:
        return self._smtp is not None

    def _hang_up(self, *, politely: bool) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            if politely:
                smtp.quit()
        except (smtplib.SMTPException, OSError):
            pass  # it has the mails; whether it says goodbye changes nothing
        finally:
            smtp.close()


def trusted(settings: MailSettings) -> ssl.SSLContext:
    """Certificates are looked at, always: by the authorities of this machine, or by the clinic's own."""
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise MailFault(f"The file mail.ca_file, {settings.ca_file}, cannot be used: {error}.") from error


def _framed(content: bytes) -> bytes:
    """A mail as it goes over the line: dots at the beginnings of lines doubled, and a single one at the end."""
    return _DOTS.sub(b"..", content.rstrip(b"\r\n")) + b"\r\n.\r\n"


def code_of(error: Exception) -> str:
    """A short code for what went wrong, without any word of the server's."""
    match _beneath(error):
        case smtplib.SMTPResponseException(smtp_code=code):
            return str(code)
        case ssl.SSLCertVerificationError():
            return "certificate"
        case ssl.SSLError():
            return "TLS"
        case TimeoutError():
            return "no answer in time"
        case ConnectionRefusedError():
            return "connection refused"
        case socket.gaierror():
            return "unknown host"
    return "connection lost"


def _beneath(error: BaseException) -> BaseException:
    """What lies beneath a lost connection: the library says the same of silence and of a closed line."""
    below = error.__context__
    return (
        below if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(below, OSError) else error
    )


def _unreachable(settings: MailSettings, error: Exception) -> Unreachable:
    code = code_of(error)
    where = f"The mail server {settings.where}"
    match _beneath(error):
        case smtplib.SMTPAuthenticationError():
            told = f"{where} does not let us in: look at mail.user and its password"
        case smtplib.SMTPNotSupportedError():
            code = "no TLS" if settings.tls == "starttls" else "no sign-in"
            told = f"{where} does not offer what is set: look at mail.tls and mail.user"
        case ssl.SSLCertVerificationError(verify_message=why):
            told = (
                f"The certificate of {settings.host} cannot be trusted ({why}): name the server "
                "as its certificate does, or its authority in mail.ca_file"
            )
        case ssl.SSLError():
            told = f"{where} does not speak TLS there: look at mail.tls and mail.port"
        case TimeoutError():
            told = f"{where} does not answer in time: look at mail.port, mail.tls and the firewall"
        case ConnectionRefusedError():
            told = f"Nothing listens at {settings.where}: look at mail.host and mail.port"
        case socket.gaierror():
            told = f"There is no machine by the name {settings.host}: look at mail.host"
        case _:
            told = f"{where} ended the conversation: look at mail.port and mail.tls, and at its own log"
    return Unreachable(told + ".", code)
