"""A fresh clinic, its cast and its application. With the application comes a clock that stands still."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from alliance.actions import clinic as clinics
from alliance.actions import machine
from alliance.actions.clinic import Clinic
from alliance.actions.passwords import Passwords
from alliance.app import create_app
from alliance.domain.clinic import ClinicSettings, CrisisLine
from tests.cast import NOW, Cast, make_cast
from tests.page import PageClient, page_client

SETTINGS = ClinicSettings(
    name="Harbour Street",
    crisis_lines=(CrisisLine("Harbour Street crisis line", "01632 960114"), CrisisLine("Emergency", "112")),
    front_desk="01632 960100",
    front_desk_hours="Monday to Friday, 9 to 5",
    time_zone="Europe/London",
)


class Compiled(BytecodeCache):
    """Templates as they were compiled for an earlier application of this process.

    Each test makes an application of its own, and would compile the same pages again. The text of a template is
    still read each time: one that has changed is compiled anew.
    """

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


MEMORY = Path("/dev/shm")  # noqa: S108 (a folder in memory, for what is made thousands of times and soon gone)
ROOM = 4 << 30  # bytes; all that the tests have at one time is less


def once_for_a_rule(
    compile_builder: Callable[[Rule, bool], Callable[..., tuple[str, str]]],
) -> Callable[..., Callable[..., tuple[str, str]]]:
    """What builds the addresses of a rule, compiled for the first application of this process alone.

    Werkzeug writes and compiles two functions for each rule, which took most of the time of making an application.
    They know nothing of the rule but its parts, and are bound to each rule anew.
    """
    kept: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (*rule._trace, append_unknown, repr(rule.defaults))
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    return compiled


# How long an input takes to be made, or a test with it, depends on what else the machine does.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

Rule._compile_builder = once_for_a_rule(Rule._compile_builder)
Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


def pytest_configure() -> None:
    """Let the tests' folders be in memory where there is room: a disk would be waited for at every commit.

    What a disk has of a file after a power cut is not asked of the disk: tests/faults/test_power.py works it out.
    """
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return  # not there, or no place for an environment to be installed in
    if shutil.disk_usage(MEMORY).free > ROOM and os.access(MEMORY, os.W_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@dataclass(frozen=True)
class Models:
    """Two clinics that tests get copies of: an empty one, and one with its cast."""

    empty: Path
    staged: Path
    cast: Cast


@pytest.fixture(autouse=True)
def account_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs these tests, root too: to the doctor, clinics belong to an account of their own."""
    monkeypatch.setattr(machine, "owner_of", lambda _: 1000)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Argon2 at its cheapest: tests hash often and keep no secrets."""
    return Passwords(memory_kib=8, passes=1)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory, passwords: Passwords) -> Models:
    """The models, made once."""
    folder = tmp_path_factory.mktemp("models")

    def made(name: str) -> Clinic:
        return clinics.create(
            folder / name,
            settings_at_start=SETTINGS,
            public_url="https://alliance.example",
            now=NOW,
            passwords=passwords,
        )

    with made("empty"):
        pass
    with made("staged") as staged:
        cast = make_cast(staged)
    return Models(folder / "empty", folder / "staged", cast)


@pytest.fixture
def clinic(
    request: pytest.FixtureRequest, models: Models, tmp_path: Path, passwords: Passwords
) -> Iterator[Clinic]:
    """A clinic of the test's own. Nobody works in it, unless the test asks for the cast too."""
    model = models.staged if "cast" in request.fixturenames else models.empty
    shutil.copytree(model, tmp_path / "clinic")
    with clinics.open_clinic(tmp_path / "clinic", passwords=passwords) as opened:
        yield opened


@pytest.fixture
def cast(clinic: Clinic, models: Models) -> Cast:
    """The cast in this clinic."""
    return replace(models.cast, clinic=clinic, ids=dict(models.cast.ids))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Friday 20 November 2026, 10:00. It stands still until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(cast: Cast, clock: time_machine.Traveller) -> Flask:
    """The application of the clinic with its cast, at 10:00."""
    return create_app(cast.clinic, testing=True)


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A judging client that is signed out."""
    return page_client(app)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that tests told with `record_property("figures", …)`: how much was tried, and what came of it."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    told = sorted(
        {value for report in reports for name, value in report.user_properties if name == "figures"}
    )
    for line in told:
        terminalreporter.write_line(line)
