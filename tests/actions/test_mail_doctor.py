"""The doctor tries the mail server, and minds what shows in a mailbox. And the commands that send."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from alliance.actions.doctor import examine
from alliance.cli import main
from alliance.languages import catalogue
from tests.cast import NOW, Cast
from tests.post_office import HOST, SENDER, PostOffice, agree, free_port, run, with_mail


def switch_on(folder: Path, port: int, more: str = "", sender: str = SENDER) -> None:
    with (folder / "clinic.toml").open("a") as file:
        file.write(f'[mail]\nhost = "{HOST}"\nport = {port}\ntls = "none"\nsender = "{sender}"\n{more}')


def found(cast: Cast) -> dict[str, bool]:
    """What the doctor says of the mail; the folder’s own name, which holds the word too, is not looked at."""
    folder = str(cast.clinic.config.folder)
    said = {finding.sentence: finding.ok for finding in examine(cast.clinic.config.folder, NOW)}
    return {sentence: ok for sentence, ok in said.items() if "mail" in sentence.replace(folder, "")}


def test_without_mail_that_is_said_and_nothing_is_wrong(cast: Cast) -> None:
    assert found(cast) == {"E-mail is not set up: no patient is written to.": True}


def test_a_server_that_answers_is_in_order(cast: Cast, office: PostOffice) -> None:
    switch_on(cast.clinic.config.folder, office.port)
    assert found(cast) == {f"The mail server {HOST} port {office.port} answers, on this machine.": True}
    assert office.got == [], "the doctor sends nothing"


def test_a_server_that_is_not_there_is_named_with_what_to_do(cast: Cast) -> None:
    port = free_port()
    switch_on(cast.clinic.config.folder, port)
    assert found(cast) == {f"Nothing listens at {HOST} port {port}: look at mail.host and mail.port.": False}


@pytest.mark.parametrize(
    ("more", "sender", "word"),
    [
        ('name = "Harbour Street Psychotherapy"\n', SENDER, "psych"),
        ("", "hello@klinik.example", "klinik"),
        ('name = "عيادة"\n', SENDER, "عيادة"),
    ],
)
def test_what_shows_in_a_mailbox_and_tells_is_pointed_out(
    cast: Cast, office: PostOffice, more: str, sender: str, word: str
) -> None:
    switch_on(cast.clinic.config.folder, office.port, more, sender)
    (wrong,) = [sentence for sentence, ok in found(cast).items() if not ok]
    assert f"reads “{word}”" in wrong
    assert "choose another mail.name, mail.sender or public_url" in wrong


def command(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_says_what_it_sent(cast: Cast, office: PostOffice) -> None:
    folder = cast.clinic.config.folder
    code, _, told = command("send", folder)
    assert (code, told) == (1, "Error: E-mail is not set up here: add a table [mail] to clinic.toml.\n")
    switch_on(folder, office.port)
    assert command("send", folder) == (0, "Sent: no e-mails.\n", "")
    code, out, told = command("nightly", folder)
    assert (code, told) == (0, "")
    assert out.endswith("Sent: no e-mails.\n")


def test_a_server_that_is_down_is_an_error_that_cron_reports(cast: Cast) -> None:
    port = free_port()
    switch_on(cast.clinic.config.folder, port)
    code, out, told = command("nightly", cast.clinic.config.folder)
    assert code == 1
    assert "Noted as unanswered" in out, "the rest of the night is done all the same"
    assert told == f"Error: Nothing listens at {HOST} port {port}: look at mail.host and mail.port.\n"


def test_a_night_without_mail_says_nothing_of_it(cast: Cast) -> None:
    code, out, _ = command("nightly", cast.clinic.config.folder)
    assert code == 0
    assert "Sent" not in out


@pytest.mark.parametrize("tag", ["en", "ar", "de"])
def test_a_mail_as_received_in_the_patients_language(cast: Cast, office: PostOffice, tag: str) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE patient SET language = ?", (tag,))
    agree(cast, cast.alder.patient_id)
    run(with_mail(cast.clinic, office.port))
    (envelope,), (message,) = office.got, office.mails
    raw, say = envelope.original_content or b"", catalogue(tag).gettext
    assert raw.isascii()
    assert message["Subject"] == say("As agreed")
    lines = message.get_content().split("\r\n")
    assert lines[0] == say("Hello,")
    assert lines[2] == say(
        "You said that we may write to you here. This is the link; it takes about a minute:"
    )
    assert lines[4].startswith("https://alliance.example/a/")
    assert lines[8] == say("If you want no more of these messages:")
    assert lines[9].startswith("https://alliance.example/stop/")
    assert lines[11] == say("Nobody reads what is sent to this address.")
    if tag == "ar":
        assert b"Subject: =?utf-8?b?" in raw
        assert "٢٧ نوفمبر" in lines[6]
        assert b"=D9=A2=D9=A7" in raw, "the figures, in quoted-printable"
    with cast.clinic.db.read() as conn:
        row = conn.execute("SELECT language FROM invitation WHERE channel = 'mail'").fetchone()
    assert row["language"] == tag
