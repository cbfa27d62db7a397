"""Where a clinic stands and how it is reached: the settings of the machine, in the folder's clinic.toml."""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from alliance.domain.appointments import calendars_of
from alliance.domain.backup_settings import BackupSettings
from alliance.mail.anchor_settings import AnchorSettings
from alliance.mail.settings import MailFault, MailSettings

FILE = "clinic.toml"
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
TYPES: dict[str, type] = {
    "public_url": str,
    "host": str,
    "port": int,
    "proxy": str,
    "hosts": list,
    "demo": bool,
    "mail": dict,
    "breached_passwords": str,
    "spool": str,
    "backup": dict,
    "anchor": dict,
    "appointments": dict,
}
KINDS = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    dict: "a table in brackets",
    list: 'a list of names, such as ["alliance.internal"]',
}
HOST_NAME = re.compile(r"[0-9a-z]([0-9a-z-]*[0-9a-z])?(\.[0-9a-z]([0-9a-z-]*[0-9a-z])?)*")


class ConfigFault(Exception):
    """The clinic's settings cannot be used. The message says in a sentence what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one clinic's folder; whatever object of this class exists has been checked.

    `public_url` is the address that people’s browsers use, without a path; `host` and `port` are what the
    server listens on, behind a proxy or not; `proxy` is that proxy's address, if its word is taken for where a
    request came from; `hosts` are other names the server answers to, though it never writes them; `demo` marks a
    made-up clinic; without `mail` nobody is written to;
    `breached_passwords` is a file of passwords that nobody should choose;
    `anchor` is where the end of the audit trail is kept besides.
    `appointments` are the calendars of therapists, a file or a folder of files, by their addresses;
    `spool` is where what patients send is written a second time; a path that is not absolute is in the folder.
    """

    folder: Path
    public_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    demo: bool = False
    mail: MailSettings | None = None
    breached_passwords: Path | None = None
    spool: str = "spool"
    backup: BackupSettings = field(default_factory=BackupSettings)
    proxy: str = ""
    hosts: tuple[str, ...] = ()
    anchor: AnchorSettings = field(default_factory=AnchorSettings)
    appointments: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "public_url", _checked_url(self.public_url))
        object.__setattr__(self, "hosts", _checked_hosts(self.hosts))
        object.__setattr__(self, "proxy", _checked_proxy(self.proxy))
        if not self.host or any(character.isspace() for character in self.host):
            raise ConfigFault("host should be the name or number of an interface, such as 127.0.0.1.")
        if not 1 <= self.port <= 65535:
            raise ConfigFault(f"port should be a number from 1 to 65535, not {self.port}.")
        if self.public_url.startswith("http://") and self.host not in THIS_MACHINE:
            raise ConfigFault(
                f"With public_url {self.public_url} the server may listen at 127.0.0.1 only: everybody else would "
                f"read along. Set host to 127.0.0.1 instead of {self.host}, or public_url to an https:// address."
            )
        if self.demo and self.mail:
            raise ConfigFault(
                "A made-up clinic sends no mail: take [mail] out, or make a clinic of your own."
            )

    @property
    def database(self) -> Path:
        return self.folder / "clinic.db"

    @property
    def keyring(self) -> Path:
        return self.folder / "keyring.json"

    @property
    def spool_folder(self) -> Path:
        """Where what patients send is written a second time."""
        return self.folder / self.spool  # an absolute path stays as it is

    @property
    def backup_folder(self) -> Path:
        """Where backups go unless another place is named."""
        return self.folder / self.backup.to

    @property
    def instruments(self) -> Path:
        """The clinic's own questionnaires, one folder each, if it has any."""
        return self.folder / "instruments"

    @classmethod
    def load(cls, folder: Path) -> Config:
        """The settings in this folder. Raises ConfigFault."""
        _check_folder(folder)
        path = folder / FILE
        try:
            settings = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigFault(
                f"There is no {FILE} in {folder}. Make a clinic with “alliance init {folder}”, "
                "or name the right folder."
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigFault(f"{path} is not valid TOML: {error}.") from error
        except OSError as error:
            raise ConfigFault(f"{path} cannot be read: {error.strerror}.") from error
        try:
            return cls(folder, **_checked_types(settings, folder))
        except ConfigFault as fault:
            raise ConfigFault(f"{path}: {fault}") from None

    @classmethod
    def write(
        cls, folder: Path, public_url: str, host: str = "127.0.0.1", port: int = 8080, *, demo: bool = False
    ) -> Config:
        """Make the folder, if need be, and its clinic.toml. Raises ConfigFault, also if one is there."""
        config = cls(folder, public_url, host, port, demo)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_folder(folder)
            file = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise ConfigFault(f"There is a clinic in {folder} already, or a file in its place.") from None
        except OSError as error:
            raise ConfigFault(f"The folder {folder} cannot be written: {error.strerror}.") from error
        lines = [
            "# The address that browsers use: https://…, or http://localhost:… on this machine alone.",
            f"public_url = {_quoted(config.public_url)}",
            "# What the server listens on.",
            f"host = {_quoted(config.host)}",
            f"port = {config.port}",
            "# The proxy before it, once that says in X-Forwarded-For where each request came from.",
            '# proxy = "127.0.0.1"',
        ]
        if config.demo:
            lines += ["# A made-up clinic: every page says so.", "demo = true"]
        with os.fdopen(file, "w", encoding="utf-8") as text:
            text.write("\n".join(lines) + "\n")
        return config


def _checked_types(settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    unknown = sorted(set(settings) - set(TYPES))
    if unknown:
        raise ConfigFault(f"“{unknown[0]}” is not a setting; there are {', '.join(TYPES)}.")
    if "public_url" not in settings:
        raise ConfigFault("public_url is missing: the address that browsers use.")
    for name, value in settings.items():
        if type(value) is not TYPES[name]:  # exactly: true is an int to Python, not a port
            raise ConfigFault(f"{name} should be {KINDS[TYPES[name]]}.")
    if "breached_passwords" in settings:
        path = folder / settings["breached_passwords"]
        if not path.is_file():
            raise ConfigFault(f"breached_passwords names {path}, and there is no such file.")
        settings["breached_passwords"] = path
    try:
        if "mail" in settings:
            settings["mail"] = MailSettings.read(settings["mail"])
        if "anchor" in settings:
            settings["anchor"] = AnchorSettings.read(settings["anchor"])
        if "backup" in settings:
            settings["backup"] = BackupSettings.read(settings["backup"])
        if "appointments" in settings:
            settings["appointments"] = calendars_of(settings["appointments"], folder)
    except (MailFault, ValueError) as fault:
        raise ConfigFault(str(fault)) from None
    if not settings.get("spool", "spool").strip():
        raise ConfigFault("spool should name a folder, best on another disk.")
    return settings


def _checked_url(url: str) -> str:
    """The address in lower case and without a final slash.

    Sign-in cookies are marked Secure. Browsers drop such cookies on plain http, except from this very
    machine; there signing in would lead back to signing in, for ever.
    """
    if not url.isprintable() or " " in url:
        raise ConfigFault(f"public_url {url!r} is not a web address.")
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 — raises ValueError where it is no port
    except ValueError:
        raise ConfigFault(f"public_url {url} is not a web address.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigFault(f"public_url “{url}” should begin with https:// and name a host.")
    if parts.scheme == "http" and host not in THIS_MACHINE:
        raise ConfigFault(
            f"public_url {url} should begin with https://; browsers keep nobody signed in over plain http, "
            "except on this machine itself (http://localhost)."
        )
    if parts.path not in ("", "/") or "?" in url or "#" in url or "@" in url:
        raise ConfigFault(f"public_url {url} should name scheme and host only, without a path.")
    return url.removesuffix("/").lower()


def _checked_hosts(hosts: object) -> tuple[str, ...]:
    """Names only, each whole: a port or a pattern among them would let through more than it seems to."""
    names = tuple(str(host).lower() for host in hosts) if isinstance(hosts, list | tuple) else ()
    for name in names:
        if not (HOST_NAME.fullmatch(name) or _is_address(name)):
            raise ConfigFault(f"hosts holds “{name}”, which is not the name of a host, without a port.")
    return names


def _checked_proxy(proxy: str) -> str:
    if proxy and not _is_address(proxy):
        raise ConfigFault(
            f"proxy should be the proxy’s address in figures, such as 127.0.0.1, not “{proxy}”."
        )
    return str(ip_address(proxy)) if proxy else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _check_folder(folder: Path) -> None:
    try:
        mode = folder.stat().st_mode
    except PermissionError:
        raise ConfigFault(f"The folder {folder} is closed to the account that runs Alliance.") from None
    except OSError:
        raise ConfigFault(
            f"There is no folder {folder}. Make a clinic with “alliance init {folder}”."
        ) from None
    if not stat.S_ISDIR(mode):
        raise ConfigFault(f"{folder} is a file, not a clinic’s folder.")
    if os.name == "posix" and mode & 0o077:
        raise ConfigFault(
            f"The folder {folder} is open to other accounts of this machine (mode {mode & 0o777:04o}). "
            f"Close it with “chmod 700 {folder}”."
        )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # the escapes that JSON and TOML share
