"""A disk that becomes full: answers come in on the room that was kept, then a calm 503, and nothing kept is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def may_mount() -> bool:
    """Whether a disk of one's own can be had here."""
    try:
        tried = subprocess.run(["unshare", "-Urm", "true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


@pytest.mark.skipif(not may_mount(), reason="no disk of one’s own can be mounted here")
def test_answers_come_in_on_the_room_that_was_kept_and_nothing_that_was_kept_is_lost(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["unshare", "-Urm", sys.executable, "-m", "tests.faults.full_disk", str(disk)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["before the ballast went"] is not None
    assert found["kept"] > found["before the ballast went"] + 10, "the ballast’s room was of no use"
    assert found["refused"] == 3 and found["after"] == 20
    assert found["there"] == found["kept"] + found["after"]
    assert found["whole"] == "ok" and found["ballast again"]
    assert found["told"].startswith("The disk has been full since 20 November, 10:00 UTC.")
    kept, before = found["kept"], found["before the ballast went"]
    record_property(
        "figures",
        f"disk full: {kept} kept, the last {kept - before} on the ballast’s room; {found['refused']} refused "
        f"with their answers, {found['after']} more once there was room; 0 lost",
    )
