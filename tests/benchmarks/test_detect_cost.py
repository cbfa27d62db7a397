"""What `alliance detect` costs for each row, as a multiple of numpy’s plain read of the same file.

`ALLIANCE_BENCHMARK_ROWS` makes the file longer: 1,000,000 for the figures that are published.
"""

from __future__ import annotations

import io
import os
import random
import statistics
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from alliance.analysis.fitted import NOTHING
from alliance.exchange.detecting import Detection, write
from alliance.exchange.methods import METHODS
from alliance.exchange.ratings import ENCODING, RatingsFile
from tests.benchmarks.measuring import spent

pytestmark = pytest.mark.benchmark

ROWS = int(os.environ.get("ALLIANCE_BENCHMARK_ROWS", "6000"))
ROUNDS = 3 if ROWS < 100_000 else 1
MOST = {"design": 40.0, "ratings-only": 10.0, "xmr": 7.0}
"""Times numpy’s read. Twice what was measured, for machines that are busy with something else."""


def write_ratings(path: Path, rows: int) -> None:
    """Dyads of 5 to 24 sessions, one after the other; one form in nine is missing."""
    chance = random.Random(5)
    with path.open("w", encoding="utf-8") as stream:
        stream.write("dyad,session,safety,attunement,collaboration,rupture\n")
        written = dyad = 0
        while written < rows:
            dyad += 1
            level = chance.gauss(82, 12)
            for session in range(1, min(chance.randint(5, 24), rows - written) + 1):
                told = [level + chance.gauss(0, 7) for _ in range(3)] + [chance.gauss(12, 9)]
                answers = ",".join(str(min(100, max(0, round(each)))) for each in told)
                stream.write(f"P{dyad},{session},{answers if chance.random() > 1 / 9 else ',,,'}\n")
                written += 1


def detect(path: Path, method: str) -> int:
    with path.open(encoding=ENCODING, newline="") as stream:
        return write(
            Detection(RatingsFile(stream, path.name), method, NOTHING, path.name), io.StringIO()
        ).rows


def test_detecting_costs_a_few_times_reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ratings.csv"
    write_ratings(path, ROWS)

    def plain() -> None:
        table = np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8")
        assert len(table) == ROWS

    def all_of(method: str) -> None:
        assert detect(path, method) == ROWS

    acts: dict[str, Callable[[], object]] = {"numpy": plain}
    acts |= {method: lambda method=method: all_of(method) for method in METHODS}
    rounds = [{name: spent(act) for name, act in acts.items()} for _ in range(ROUNDS)]
    cost = {name: statistics.median(each[name] for each in rounds) for name in acts}
    ratios = {method: cost[method] / cost["numpy"] for method in METHODS}
    with capsys.disabled():
        told = ", ".join(f"{method} {ratio:.1f}×" for method, ratio in ratios.items())
        print(f"\n{ROWS:,} rows; numpy reads one in {cost['numpy'] / ROWS * 1e6:.1f} µs; {told}")  # noqa: T201
    for method, most in MOST.items():
        assert ratios[method] < most, ratios
