"""The command line: what each command says, in one sentence where something is wrong, and its exit code."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from alliance import __version__
from alliance.actions import accounts
from alliance.actions.clinic import open_clinic
from alliance.cli import main
from alliance.config import Config
from alliance.domain.clinic import CrisisLine
from tests.cast import PASSWORD

URL = "https://alliance.example"


def alliance(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def init(folder: Path, *more: str) -> Result:
    return alliance("init", folder, "--name", "Harbour Street", "--public-url", URL, *more)


def invite(folder: Path, email: str, role: str, *more: str) -> Result:
    return alliance(
        "user", "invite", folder, "--name", "A Colleague", "--email", email, "--role", role, *more
    )


def refused(result: Result, *parts: str) -> None:
    """Nothing on standard output, one sentence on standard error, exit code 1."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert re.fullmatch(r"Error: [^\n]+[.?!]\n", result.stderr), result.stderr
    for part in parts:
        assert part in result.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clinic made by `init`, in which nobody works yet."""
    made = tmp_path / "clinic"
    assert init(made, "--crisis-line", "Night line=020 7946 0123").exit_code == 0
    return made


def every_command() -> list[tuple[str, ...]]:
    def below(group: click.Group, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        found = []
        for name, command in group.commands.items():
            found.append((*path, name))
            if isinstance(command, click.Group):
                found.extend(below(command, (*path, name)))
        return found

    return [(), *below(main, ())]


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    result = alliance(*command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {' '.join(command)}".rstrip())
    assert re.search(r"\n\n  [A-Z][^\n]+", result.stdout), "it has no sentence of its own"


def test_the_version_is_told() -> None:
    assert alliance("--version").stdout == f"alliance, version {__version__}\n"


def test_help_is_there_at_once() -> None:
    """Only the command that is run loads what it needs; nothing of the server is loaded for help."""
    told = "import sys, alliance.cli; print(sorted({'flask', 'sqlite_utils', 'waitress'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_init_makes_a_clinic_and_says_what_comes_next(tmp_path: Path) -> None:
    folder = tmp_path / "here" / "clinic"
    result = init(
        folder,
        *("--crisis-line", "Night line=020 7946 0123", "--crisis-line", " Emergency = 112 "),
        *("--front-desk", "020 7946 0100", "--front-desk-hours", "9 to 5"),
        *("--time-zone", "Europe/London", "--port", "9000"),
    )
    assert (result.exit_code, result.stderr) == (0, "")
    for step in ("user invite", "doctor", "serve"):
        assert f"alliance {step} {folder}" in result.stdout
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with open_clinic(folder) as clinic:
        assert clinic.config == Config(folder, URL, "127.0.0.1", 9000, demo=False)
        settings = clinic.settings()
    assert settings.name == "Harbour Street"
    assert settings.crisis_lines == (
        CrisisLine("Night line", "020 7946 0123"),
        CrisisLine("Emergency", "112"),
    )
    assert (settings.front_desk, settings.front_desk_hours) == ("020 7946 0100", "9 to 5")
    assert settings.time_zone == "Europe/London"


@pytest.mark.parametrize("left", ["clinic.toml", "keyring.json", "clinic.db"])
def test_init_never_overwrites_anything_of_a_clinic(tmp_path: Path, left: str) -> None:
    (tmp_path / left).write_text("what was here")
    refused(init(tmp_path), "There is a clinic in", "nothing was changed")
    assert [path.name for path in tmp_path.iterdir()] == [left]
    assert (tmp_path / left).read_text() == "what was here"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--public-url", "http://clinic.example"), "should begin with https://"),
        (("--crisis-line", "020 7946 0123"), "Name=number"),
        (("--crisis-line", "Night line=ask at the desk"), "number that can be dialled"),
        (("--time-zone", "Mars/Olympus"), "time zone"),
        (("--name", "  "), "name"),
        (("--host", "not a host"), "host"),
    ],
)
def test_init_makes_nothing_where_something_cannot_be_used(
    tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    refused(init(tmp_path / "clinic", *more), said)
    assert not (tmp_path / "clinic").exists()


def test_init_without_a_terminal_says_what_is_missing(tmp_path: Path) -> None:
    result = alliance("init", tmp_path / "clinic", "--name", "Harbour Street")
    assert result.exit_code == 2
    assert "Give --public-url: the address that browsers will use" in result.stderr
    assert not (tmp_path / "clinic").exists()


def test_init_at_a_terminal_asks_for_what_is_missing(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "alliance.cli",
        "init",
        str(tmp_path / "clinic"),
        "--name",
        "Harbour Street",
    ]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, f"{URL}\nNight line=020 7946 0123\nEmergency=112\n\n".encode())
        said = ""
        try:
            while chunk := os.read(ours, 4096):
                said += chunk.decode()
        except OSError:  # the other end is closed
            pass
        os.close(ours)
    assert process.returncode == 0, said
    with open_clinic(tmp_path / "clinic") as clinic:
        assert clinic.config.public_url == URL
        assert [line.name for line in clinic.settings().crisis_lines] == ["Night line", "Emergency"]


def test_an_invitation_is_printed_as_a_link_and_nothing_else(folder: Path) -> None:
    result = invite(folder, "nora@clinic.example", "therapist")
    assert (result.exit_code, result.stderr) == (0, "")
    token = re.fullmatch(rf"{URL}/welcome/([\w-]{{27}})\n", result.stdout)
    assert token
    again = alliance("user", "invite-again", folder, "Nora@clinic.example")
    new = re.fullmatch(rf"{URL}/welcome/([\w-]{{27}})\n", again.stdout)
    assert new
    assert new[1] != token[1]


def test_people_are_listed_with_what_they_do_and_whether_they_can_sign_in(folder: Path) -> None:
    invite(folder, "miriam@clinic.example", "supervisor")
    invite(
        folder, "nora@clinic.example", "therapist", "--role", "admin", "--supervisor", "MIRIAM@clinic.example"
    )
    token = alliance("user", "invite-again", folder, "nora@clinic.example").stdout.rpartition("/")[2].strip()
    assert alliance("user", "list", folder).stdout.splitlines() == [
        "miriam@clinic.example\tA Colleague\tsupervisor\tinvited",
        "nora@clinic.example\tA Colleague\tadmin, therapist\tinvited",
    ]
    with open_clinic(folder) as clinic:
        accounts.accept_invitation(clinic, token, PASSWORD, datetime.now(UTC))
    assert (
        "nora@clinic.example\tA Colleague\tadmin, therapist\tactive"
        in alliance("user", "list", folder).stdout
    )
    taken = alliance("user", "reset-second-factor", folder, "nora@clinic.example")
    assert taken.stdout == "Taken away. Within the next hour A Colleague sets up a new app when signing in.\n"
    refused(
        alliance("user", "reset-second-factor", folder, "b@clinic.example"), "Nobody here has the address"
    )
    closed = alliance("user", "disable", folder, "nora@clinic.example")
    assert closed.stdout == "The account of A Colleague is closed.\n"
    assert (
        "nora@clinic.example\tA Colleague\tadmin, therapist\tclosed"
        in alliance("user", "list", folder).stdout
    )


def test_what_the_actions_refuse_is_said_in_one_sentence(folder: Path) -> None:
    invite(folder, "nora@clinic.example", "therapist")
    refused(invite(folder, "nora@clinic.example", "therapist"), "has an account already")
    refused(invite(folder, "nowhere", "therapist"), "e-mail address")
    refused(
        invite(folder, "a@clinic.example", "therapist", "--supervisor", "b@clinic.example"),
        "b@clinic.example",
    )
    refused(
        invite(folder, "a@clinic.example", "therapist", "--supervisor", "nora@clinic.example"),
        "supervises here",
    )
    refused(alliance("user", "disable", folder, "b@clinic.example"), "Nobody here has the address")


def test_a_role_that_does_not_exist_is_a_mistake_in_the_command(folder: Path) -> None:
    result = invite(folder, "a@clinic.example", "director")
    assert result.exit_code == 2
    assert "director" in result.stderr


@pytest.mark.parametrize("command", [("serve",), ("user", "list")], ids=" ".join)
def test_a_folder_that_cannot_be_served_is_refused_in_a_sentence(
    folder: Path, command: tuple[str, ...]
) -> None:
    refused(alliance(*command, folder.parent / "nowhere"), "There is no folder")
    (folder / "keyring.json").chmod(0o644)
    refused(alliance(*command, folder), "open to other accounts", "chmod 600")
    (folder / "keyring.json").unlink()
    refused(alliance(*command, folder), "no key ring")
    (folder / "clinic.toml").write_text("public_url = 3")
    refused(alliance(*command, folder), "public_url should be text")


def test_the_instruments_are_listed_with_licence_and_validation() -> None:
    lines = alliance("instruments", "list").stdout.splitlines()
    asked = {}
    for line in lines:
        name, version, languages, licence, validated, when, source = line.split("\t")
        asked[f"{name} {version}"] = when
        assert source == "with Alliance"
        assert "en" in languages.split(", "), name
        assert "CC" in licence
        assert validated == "not validated"
    assert asked["after-session 1.0"] == asked["pulse 1.0"] == "after a session"
    assert asked["around-therapy 1.0"] == "once a month"
    assert asked["what-happened 1.0"] == "when something was off"


def test_a_mistake_in_the_program_itself_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("something we did not foresee")

    monkeypatch.setattr("surveys.library.shipped", broken)
    result = alliance("instruments", "list")
    assert isinstance(result.exception, RuntimeError)
