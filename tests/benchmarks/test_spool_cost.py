"""What writing a submission a second time costs: the same POSTs with and without a spool, in turn."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from alliance.app import create_app
from tests.benchmarks.measuring import spent
from tests.benchmarks.patient import bodies, sent
from tests.cast import NOW, Cast, add_patient, hold

pytestmark = pytest.mark.benchmark

MOST = 1.5  # times the processor time of a submission without one
DYADS, ROUNDS = 40, 5


def test_a_spool_costs_a_fraction_of_a_submission(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    clinic, viewer = cast.clinic, cast.viewer("jonas")
    apps = {
        "with": create_app(clinic, testing=True),
        "without": create_app(replace(clinic, spool=None), testing=True),
    }
    began = NOW - timedelta(days=30)
    patients = [add_patient(cast, f"Fern {number:03d}", at=began).patient.id for number in range(DYADS)]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    ratios, waits = [], {"with": [], "without": []}
    for round_ in range(ROUNDS):
        tokens = [hold(cast, viewer, patient, yesterday)[1] for patient in patients]
        costs: dict[str, list[float]] = {"with": [], "without": []}
        for number, (token, body) in enumerate(zip(tokens, bodies(round_), strict=False)):
            which = ("with", "without")[number % 2]
            before = time.perf_counter()
            costs[which].append(spent(partial(sent, apps[which], token, body)))
            waits[which].append((time.perf_counter() - before) * 1e3)
        ratios.append(statistics.median(costs["with"]) / statistics.median(costs["without"]))
    ratio = statistics.median(ratios)
    wait = {which: statistics.median(times) for which, times in waits.items()}
    with capsys.disabled():
        print(  # noqa: T201 (a benchmark is read)
            f"\nA submission with a spool: {ratio:.2f} ({min(ratios):.2f}–{max(ratios):.2f}) times the processor time;"
            f" {wait['with']:.2f} ms instead of {wait['without']:.2f} ms until it is answered"
        )
    assert ratio <= MOST
