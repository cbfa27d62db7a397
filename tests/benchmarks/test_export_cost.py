"""What it costs to take a clinic out as tables, at a size and at four times that: time, and memory at its peak.

Cost is processor time of this thread; memory what Python has in hand, by tracemalloc, in a run of its own. Both grow
as the answers do to the power of the exponent: 1 is as fast as they, 0 not at all.
`ALLIANCE_BENCHMARK=full` takes 1,000,000 answers.
"""

from __future__ import annotations

import math
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from alliance.actions import clinic as clinics
from alliance.actions.clinic import Clinic
from alliance.actions.clinic_tables import Wanted, export_tables
from alliance.storage import settings
from tests.benchmarks.filled import filled
from tests.cast import NOW
from tests.conftest import SETTINGS

pytestmark = pytest.mark.benchmark

FULL = os.environ.get("ALLIANCE_BENCHMARK") == "full"
ITEMS = 12
LARGE = 1_000_000 // ITEMS if FULL else 6_000
SIZES = (LARGE // 4, LARGE)
# What grows with the square has 2; in small clinics, beside other tests, a fifth more is no sign of it yet.
TIME_EXPONENT, MEMORY_EXPONENT = 1.2 if FULL else 1.5, 0.5


def crowded(folder: Path, responses: int) -> Path:
    """A clinic with so many responses, each with its answers."""
    with clinics.create(
        folder, settings_at_start=SETTINGS, public_url="https://alliance.example", now=NOW
    ) as made:
        items = [item.id for item in made.library.get("after-session").items]
    for name in ("clinic.db", "clinic.db-wal", "clinic.db-shm", "keyring.json"):
        (folder / name).unlink(missing_ok=True)
    database = filled(folder / "clinic.db", responses)
    with database.in_bulk(), database.write() as conn:
        settings.save_clinic_settings(conn, SETTINGS)
        for place, item in enumerate(items):
            conn.execute("INSERT INTO answer SELECT id, ?, (id * 7 + ?) % 11 FROM response", (item, place))
    database.close()
    return folder


def taken(clinic: Clinic, target: Path) -> int:
    made = export_tables(
        clinic, target, Wanted(held_back=True), account="m", now=NOW, watch=lambda rows, _: rows
    )
    return made.rows["answers"]


def seconds(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began


def test_time_grows_with_the_answers_and_memory_hardly(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    times, peaks = [], []
    for size in SIZES:
        with clinics.open_clinic(crowded(tmp_path / f"c{size}", size)) as clinic:
            times.append(
                min(seconds(lambda: taken(clinic, tmp_path / f"{time.time_ns()}.zip")) for _ in range(2))
            )
            tracemalloc.start()
            assert taken(clinic, tmp_path / f"m{size}.zip") == size * ITEMS
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    growth = math.log(SIZES[1] / SIZES[0])
    in_time, in_memory = (math.log(large / small) / growth for small, large in (times, peaks))
    record_property(
        "figures",
        f"export: {SIZES[0] * ITEMS:,} and {SIZES[1] * ITEMS:,} answers in {times[0]:.2f} s and {times[1]:.2f} s"
        f" (exponent {in_time:.2f}), {peaks[0] / 1e6:.1f} MB and {peaks[1] / 1e6:.1f} MB (exponent {in_memory:.2f})",
    )
    assert in_time < TIME_EXPONENT and in_memory < MEMORY_EXPONENT
