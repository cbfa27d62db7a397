"""P1: whole visits a second to `alliance serve`, as patients reach it, as a share of raw SQLite submissions a second.

Eight connections; the visitors share the machine’s processors with the server. The two take turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from tests.benchmarks.crowd import stored, visit
from tests.benchmarks.measuring import WALL, Plan, Result, calmly
from tests.benchmarks.raw import Raw
from tests.benchmarks.settings import staffed
from tests.faults.killed import sendings
from tests.served import Served, serving

RAW_SECONDS = 1.0


def measure(plan: Plan) -> Iterator[Result]:
    folder = plan.place("visits")
    with staffed(folder) as cast, serving(cast, folder) as served:
        yield from calmly(partial(rates, plan, served, 100 if plan.quick else 1_000))


def rates(plan: Plan, served: Served, visits: int) -> Sequence[Result]:
    """So many rounds of so many visits each. Raises AssertionError unless each is stored once."""
    clinic = served.cast.clinic
    raw = Raw(plan.place("raw") / "raw.db")
    visit(
        served.port, [each.token for each in sendings(served.cast, 50)]
    )  # what is loaded once is loaded now
    raws, shares = [], []
    before = stored(clinic)
    for _ in range(plan.rounds):
        tokens = [each.token for each in sendings(served.cast, visits)]
        first = raw.rate(RAW_SECONDS)
        came = visit(served.port, tokens)
        raws.append((first + raw.rate(RAW_SECONDS)) / 2)
        shares.append(came.rate / raws[-1])
    assert stored(clinic) - before == plan.rounds * visits, "an answer was stored twice, or not at all"
    raw.close()
    told = f"{plan.rounds * visits:,} visits, {stored(clinic) - before:,} answers stored, none failed"
    return (Result("P1", tuple(shares), WALL, tuple(raws), "a second", told),)
