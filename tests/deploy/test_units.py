"""The unit files of docs/deploy: read by systemd, and held against what the commands really ask of the system."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from alliance.cli import main
from alliance.cli.server import FILES
from tests.deploy.fronts import DEPLOY
from tests.deploy.units import SERVICES, TIMERS, run, settings, systemd_analyze

COMMAND = "/opt/alliance/.venv/bin/alliance"
EXPOSED_AT_MOST = 15  # tenths, of a hundred; a service that says nothing has 96


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """All of them in one folder, with a program that is on this machine."""
    for path in (*SERVICES, *TIMERS):
        text = path.read_text("utf-8").replace(COMMAND, "/bin/true")
        (tmp_path / path.name).write_text(text, "utf-8")
    return tmp_path


def test_systemd_finds_nothing_wrong_with_them(units: Path) -> None:
    done = run(systemd_analyze(), "verify", *sorted(units.iterdir()))
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_would_say_what_is_wrong(units: Path) -> None:
    spoiled = units / "alliance.service"
    spoiled.write_text(spoiled.read_text("utf-8").replace("ProtectHome", "ProtectHouse"), "utf-8")
    assert "ProtectHouse" in run(systemd_analyze(), "verify", spoiled).stderr


@pytest.mark.parametrize("name", [path.name for path in SERVICES])
def test_little_is_left_that_they_may_do(units: Path, name: str) -> None:
    done = run(
        *(systemd_analyze(), "security", "--offline=true", "--no-pager"),
        *(f"--threshold={EXPOSED_AT_MOST}", units / name),
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_each_runs_a_command_that_there_is(path: Path) -> None:
    (line,) = settings(path)["ExecStart"]
    assert line.startswith(f"{COMMAND} ")
    *command, folder = line.split()[1:]
    assert settings(path)["ReadWritePaths"][0] == folder
    done = CliRunner().invoke(main, [*command, "--help"])
    assert done.exit_code == 0 and f"alliance {' '.join(command)}" in done.output.replace("main", "alliance")
    assert settings(path)["User"] == ["alliance"]


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_each_timer_has_its_service_and_a_time(path: Path) -> None:
    assert path.with_suffix(".service") in SERVICES
    done = run(systemd_analyze(), "calendar", *settings(path)["OnCalendar"])
    assert done.returncode == 0 and "Next elapse" in done.stdout


def test_the_server_may_have_as_many_connections_as_it_serves() -> None:
    (limit,) = settings(DEPLOY / "alliance.service")["LimitNOFILE"]
    assert int(limit) >= FILES


def test_all_of_them_may_do_the_same_but_speak_with_a_mail_server() -> None:
    first, *others = (dict(settings(path)) for path in SERVICES)
    own = {"Description", "After", "Wants", "Type", "ExecStart", "Nice", "IOSchedulingClass", "WantedBy"}
    own |= {"Restart", "RestartSec", "TimeoutStopSec", "LimitNOFILE", "IPAddressDeny", "IPAddressAllow"}
    alike = {name: values for name, values in first.items() if name not in own}
    assert len(alike) > 20
    for other in others:
        assert {name: values for name, values in other.items() if name not in own} == alike
    closed = {path.name for path in SERVICES if settings(path).get("IPAddressDeny") == ["any"]}
    assert closed == {"alliance.service", "alliance-backup.service"}
