"""How this machine sends mail: the table `[mail]` of clinic.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from alliance.mail.addresses import checked

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
PORTS = {"starttls": 587, "tls": 465, "none": 25}
PASSWORD = "ALLIANCE_MAIL_PASSWORD"  # noqa: S105 (the name of a variable of the environment)
LONGEST_NAME = 60
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?|::1")


class MailFault(Exception):
    """Mail cannot be sent with these settings. The message says in a sentence what to do."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The clinic's own mail server, and whom its mails come from; whatever object exists has been checked.

    `sender` is the address that mails come from and that reports come back to, `name` what stands before it;
    neither should tell what this is about. `tls` is `starttls`, `tls`, or `none`, which only this very machine
    may have. `ca_file` names the authority of a server whose certificate no public one has signed. The
    password, where there is a `user`, is in a file of its own or in the environment.
    """

    host: str
    sender: str
    name: str = ""
    port: int = 0
    tls: str = "starttls"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""

    def __post_init__(self) -> None:
        if not _HOST.fullmatch(self.host):
            raise MailFault("mail.host should be the name of the clinic’s mail server.")
        if self.tls not in PORTS:
            raise MailFault("mail.tls should be “starttls”, “tls”, or “none” on this machine alone.")
        if self.tls == "none" and self.host not in THIS_MACHINE:
            raise MailFault(
                f"mail.tls is “none”, but {self.host} is another machine: whoever listens on the way could "
                "read addresses and links. Set it to “starttls” or “tls”."
            )
        object.__setattr__(self, "port", self.port or PORTS[self.tls])
        if not 1 <= self.port <= 65535:
            raise MailFault(f"mail.port should be a number from 1 to 65535, not {self.port}.")
        if checked(self.sender) != self.sender:
            raise MailFault("mail.sender should be an address, such as hello@example.org.")
        if not self.name.isprintable() or len(self.name) > LONGEST_NAME:
            raise MailFault(f"mail.name should be plain text of at most {LONGEST_NAME} signs.")
        if self.user and self.tls == "none":
            raise MailFault("mail.user needs TLS: without it the password would travel in the clear.")
        if not (self.user.isprintable() and self.user.isascii()):
            raise MailFault("mail.user should be plain letters and figures.")

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> MailSettings:
        """The settings in this table. Raises MailFault."""
        known = {field.name: int if field.name == "port" else str for field in fields(cls)}
        for name, value in table.items():
            if name not in known:
                raise MailFault(f"“mail.{name}” is not a setting; there are {', '.join(known)}.")
            if type(value) is not known[name]:
                kind = "a whole number" if known[name] is int else "text in quotes"
                raise MailFault(f"mail.{name} should be {kind}.")
        for name in ("host", "sender"):
            if not table.get(name):
                raise MailFault(f"mail.{name} is missing.")
        return cls(**table)

    @property
    def domain(self) -> str:
        """The domain that mails come from."""
        return self.sender.rpartition("@")[2]

    @property
    def where(self) -> str:
        return f"{self.host} port {self.port}"

    def password(self) -> str:
        """The password of `user`. Raises MailFault where there is none, or where others can read it."""
        if not self.password_file:
            if found := os.environ.get(PASSWORD):
                return found
            raise MailFault(f"There is no password for mail: name a mail.password_file, or set {PASSWORD}.")
        path = Path(self.password_file)
        try:
            mode, text = path.stat().st_mode, path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise MailFault(f"The file with the mail password, {path}, cannot be read: {why}.") from error
        if os.name == "posix" and mode & 0o077:
            raise MailFault(
                f"The file with the mail password can be read by others. Close it with “chmod 600 {path}”."
            )
        return text.strip("\r\n")
