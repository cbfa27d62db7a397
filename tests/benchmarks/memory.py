"""P16: what two gunicorn workers hold once they have been busy, and how much more after many visits."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.crowd import stored, visit
from tests.benchmarks.measuring import COUNTED, Plan, Result
from tests.benchmarks.settings import staffed
from tests.benchmarks.workers import WORKERS, gunicorn
from tests.faults.killed import sendings


def measure(plan: Plan) -> Iterator[Result]:
    """Held after a tenth of the visits, and again after all of them."""
    visits = 400 if plan.quick else 10_000
    folder = plan.place("memory")
    with staffed(folder) as cast:
        clinic = cast.clinic
        before = stored(clinic)
        with gunicorn("clinic", folder / "gunicorn.log", clinic.config.folder) as served:
            visit(served.port, [each.token for each in sendings(cast, visits // 10)])
            start = served.held()
            visit(served.port, [each.token for each in sendings(cast, visits)])
            end = served.held()
            assert len(served.workers) == WORKERS
        assert stored(clinic) - before == visits + visits // 10, "an answer was stored twice, or not at all"
    told = f"after {visits // 10:,} visits {start:.1f} MB, after {visits:,} more {end:.1f} MB"
    yield Result("P16", (end,), COUNTED, note=told)
    yield Result("P16 growth", (100 * (end / start - 1),), COUNTED)
