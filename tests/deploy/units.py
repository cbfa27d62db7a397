"""The unit files of docs/deploy, read for the tests: their settings, and the system calls that they allow."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from tests.deploy.fronts import DEPLOY, program

SERVICES = sorted(DEPLOY.glob("*.service"))
TIMERS = sorted(DEPLOY.glob("*.timer"))


def systemd_analyze() -> str:
    return program("systemd-analyze", "ALLIANCE_REQUIRE_SYSTEMD")


def strace() -> str:
    return program("strace", "ALLIANCE_REQUIRE_STRACE")


@cache
def settings(path: Path) -> dict[str, list[str]]:
    """Every setting of a unit file, with its values in order."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


@cache
def allowed() -> frozenset[str]:
    """The system calls that our services may make."""
    given = settings(DEPLOY / "alliance.service")["SystemCallFilter"]
    assert given == ["@system-service", "~@privileged"]
    return frozenset(members("@system-service") - members("@privileged"))


@cache
def members(group: str) -> frozenset[str]:
    listed = run(systemd_analyze(), "syscall-filter", "--no-pager", group).stdout.splitlines()
    names = {line.strip() for line in listed[1:] if line.strip() and not line.strip().startswith("#")}
    inside = [members(name) for name in names if name.startswith("@")]
    return frozenset({name for name in names if not name.startswith("@")}.union(*inside))
