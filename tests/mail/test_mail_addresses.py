"""Which addresses can be kept, and the settings of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance.config import Config, ConfigFault
from alliance.mail.addresses import checked
from alliance.mail.settings import MailFault, MailSettings


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("rowan@home.example", "rowan@home.example"),
        ("  rowan@home.example ", "rowan@home.example"),
        ("Rowan.O'Hara+forms@Home.Example", "Rowan.O'Hara+forms@home.example"),
        ("rowan@müller.example", "rowan@xn--mller-kva.example"),
        ("a@b.c", "a@b.c"),
        ("x" * 64 + "@home.example", "x" * 64 + "@home.example"),
    ],
)
def test_an_address_is_kept_as_servers_know_it(typed: str, kept: str) -> None:
    assert checked(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "@", "rowan", "rowan@", "@home.example", "rowan@home", "rowan@@home.example", "ro wan@home.example"),
        *("rowan@home..example", "rowan@-home.example", ".rowan@home.example", "rowan.@home.example"),
        *('"rowan"@home.example', "Rowan <rowan@home.example>", "a@b.example, c@d.example", "a@[10.0.0.1]"),
        *("a@10.0.0.1", "rówan@home.example", "rowan@home.example\r\nBcc: a@b.example", "rowan@ho\nme.example"),
        *("x" * 65 + "@home.example", "x@" + "y" * 64 + ".example", "x@" + "y." * 130 + "example", "a@b\x00.example"),
        *("a;b@home.example", "a@home.example;c@d.example", "rowan@home.example\r", "rowan@home.example\n"),
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(typed: str) -> None:
    assert checked(typed) is None


GOOD = {"host": "mail.example.org", "sender": "hello@example.org"}


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ({}, "mail.host is missing"),
        ({"host": "mail.example.org"}, "mail.sender is missing"),
        (GOOD | {"server": "x"}, "“mail.server” is not a setting"),
        (GOOD | {"port": "25"}, "mail.port should be a whole number"),
        (GOOD | {"port": True}, "mail.port should be a whole number"),
        (GOOD | {"port": 70000}, "from 1 to 65535"),
        (GOOD | {"host": "mail example"}, "mail.host should be the name"),
        (GOOD | {"sender": "Clinic <hello@example.org>"}, "mail.sender should be an address"),
        (GOOD | {"sender": "hello@example.org\r\nBcc: a@b.c"}, "mail.sender should be an address"),
        (GOOD | {"name": "Hello\r\nBcc: a@b.c"}, "mail.name should be plain text"),
        (GOOD | {"name": "x" * 61}, "mail.name should be plain text"),
        (GOOD | {"tls": "maybe"}, "mail.tls should be"),
        (GOOD | {"tls": "none"}, "another machine"),
        ({"host": "localhost", "sender": "a@b.c", "tls": "none", "user": "a"}, "in the clear"),
        (GOOD | {"user": "a\r\nb"}, "mail.user"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_a_sentence(table: dict[str, object], part: str) -> None:
    with pytest.raises(MailFault) as fault:
        MailSettings.read(table)
    assert part in str(fault.value)
    assert str(fault.value).endswith(".")


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465)])
def test_the_port_follows_from_the_kind_of_tls(tls: str, port: int) -> None:
    assert MailSettings.read(GOOD | {"tls": tls}).port == port
    assert MailSettings("localhost", "a@b.c", tls="none").port == 25


def write(folder: Path, more: str) -> None:
    folder.mkdir(mode=0o700)
    (folder / "clinic.toml").write_text('public_url = "https://alliance.example"\n' + more)


def test_the_settings_come_from_the_clinics_own_file(tmp_path: Path) -> None:
    write(tmp_path / "c", '[mail]\nhost = "mail.example.org"\nsender = "hello@example.org"\n')
    assert Config.load(tmp_path / "c").mail == MailSettings("mail.example.org", "hello@example.org")


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ('mail = "yes"', "mail should be a table"),
        ('[mail]\nhost = "mail.example.org"', "mail.sender is missing"),
        ('demo = true\n[mail]\nhost = "mail.example.org"\nsender = "a@b.c"', "made-up clinic sends no mail"),
    ],
)
def test_a_faulty_table_keeps_the_clinic_closed(tmp_path: Path, more: str, part: str) -> None:
    write(tmp_path / "c", more)
    with pytest.raises(ConfigFault, match=part):
        Config.load(tmp_path / "c")


def test_the_password_is_in_a_file_of_its_own_or_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "password"
    path.write_text("a quiet password\n")
    settings = MailSettings.read(GOOD | {"user": "hello", "password_file": str(path)})
    path.chmod(0o644)
    with pytest.raises(MailFault, match="read by others"):
        settings.password()
    path.chmod(0o600)
    assert settings.password() == "a quiet password"
    path.unlink()
    with pytest.raises(MailFault, match="cannot be read"):
        settings.password()
    without = MailSettings.read(GOOD | {"user": "hello"})
    monkeypatch.delenv("ALLIANCE_MAIL_PASSWORD", raising=False)
    with pytest.raises(MailFault, match="no password for mail"):
        without.password()
    monkeypatch.setenv("ALLIANCE_MAIL_PASSWORD", "another")
    assert without.password() == "another"
