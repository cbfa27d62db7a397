"""What the commands really ask of the system, held against what the unit files of docs/deploy let them ask."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from alliance.actions import clinic as clinics
from alliance.actions.passwords import Passwords
from tests.conftest import Models
from tests.deploy.units import DEPLOY, allowed, settings, strace
from tests.served import answers, request, serving, status

OWN = ("/dev/null", "/dev/shm/", "/tmp/", "/proc/self/")  # noqa: S108 (what a service has for itself)
LOOKED_AT = ("mmap", "mprotect", "pkey_mprotect", "shmat", "connect", "socket", "openat", "open", "creat")
# SQLite gives a new file to the owner of its database, where it runs as root; units run as an account of their own.
AS_ROOT = {"fchown", "chown"}
CALL = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)")


def watched(trace: Path) -> list[str]:
    """The command to put before another, so that all that may not be or has to be looked at is in the trace."""
    left_out = ",".join(f"?{name}" for name in sorted(allowed() - set(LOOKED_AT)))
    # -D: what is started is the command itself, and the one who watches it goes beside
    quiet = ["-D", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none"]
    return [strace(), *quiet, "-e", f"trace=!{left_out}", "-o", str(trace)]


def trace_of(kind: str, folder: Path, place: Path, passwords: Passwords, models: Models) -> Path:
    trace = place / "trace"
    if kind != "serve":
        command = [*watched(trace), sys.executable, "-m", "alliance.cli", kind, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return trace
    with (
        clinics.open_clinic(folder, passwords=passwords) as clinic,
        serving(replace(models.cast, clinic=clinic), place, before=watched(trace)) as served,
    ):
        (token,) = served.links(1)
        assert status(served.raw(request("GET", f"/a/{token}"))) == 200
        assert status(served.raw(answers(token))) == 303
        assert status(served.raw(request("GET", "/sign-in"))) == 200
        assert status(served.raw(request("GET", "/caseload"))) == 303
    return trace


@pytest.fixture(scope="module", params=["serve", "nightly", "backup"])
def traced(
    request: pytest.FixtureRequest,
    models: Models,
    passwords: Passwords,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, list[str]]:
    """The folder of a clinic, and all that a command asked of the system there, as far as it is looked at."""
    place = tmp_path_factory.mktemp(request.param)
    folder = place / "clinic"
    shutil.copytree(models.staged, folder)
    trace = trace_of(request.param, folder, place, passwords, models)
    return folder, trace.read_text("utf-8", "replace").splitlines()


def unlisted(lines: list[str]) -> set[str]:
    """System calls that the units do not allow."""
    asked = {found[1] for line in lines if (found := CALL.match(line))}
    return asked - allowed() - (AS_ROOT if os.getuid() == 0 else set())


def runnable(lines: list[str]) -> list[str]:
    """Where memory was made that can be written and run, or run only later."""
    made = [line for line in lines if "PROT_EXEC" in line or "SHM_EXEC" in line]
    return [line for line in made if "PROT_WRITE" in line or "mprotect(" in line or "SHM_EXEC" in line]


def written(lines: list[str]) -> set[str]:
    """Files that were opened to be written."""
    writing = [line for line in lines if "open" in line and re.search(r"O_WRONLY|O_RDWR|O_CREAT", line)]
    return {found[1] for line in writing if (found := re.search(r'"([^"]*)"', line))}


def spoken(lines: list[str]) -> list[str]:
    """Connections to anybody."""
    return [line for line in lines if "connect(" in line and "AF_UNIX" not in line]


def test_every_system_call_is_one_that_the_unit_allows(traced: tuple[Path, list[str]]) -> None:
    assert any("openat(" in line for line in traced[1]), "nothing was traced"
    assert unlisted(traced[1]) == set()


def test_no_memory_is_made_that_can_be_written_and_run(traced: tuple[Path, list[str]]) -> None:
    assert settings(DEPLOY / "alliance.service")["MemoryDenyWriteExecute"] == ["true"]
    assert any("PROT_EXEC" in line for line in traced[1]), "libraries are loaded"
    assert runnable(traced[1]) == []


def test_nothing_is_written_outside_the_clinics_folder(traced: tuple[Path, list[str]]) -> None:
    folder, lines = traced
    assert any(path.startswith(str(folder)) for path in written(lines))
    inside = (str(folder), *OWN)
    assert {
        path for path in written(lines) if not path.startswith(inside) and "__pycache__" not in path
    } == set()


def test_it_speaks_with_nobody(traced: tuple[Path, list[str]]) -> None:
    """Without a mail server in clinic.toml; the server and the backups never do."""
    assert spoken(traced[1]) == []
    families = {found[1] for line in traced[1] if (found := re.search(r"socket\((\w+)", line))}
    assert families <= set(settings(DEPLOY / "alliance.service")["RestrictAddressFamilies"][0].split())


MISCHIEF = """
import contextlib, mmap, os, socket, sys
with contextlib.suppress(OSError):
    os.chroot("/nowhere")
mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)
open(sys.argv[1], "w").close()
with contextlib.suppress(OSError):
    socket.create_connection(("127.0.0.1", 9), 1)
"""


def test_each_of_these_would_be_noticed(tmp_path: Path) -> None:
    trace, file = tmp_path / "trace", str(tmp_path / "elsewhere")
    subprocess.run([*watched(trace), sys.executable, "-c", MISCHIEF, file], capture_output=True, check=True)
    lines = trace.read_text("utf-8").splitlines()
    assert unlisted(lines) == {"chroot"}
    assert len(runnable(lines)) == len(spoken(lines)) == 1
    assert file in written(lines)
