"""P5: questionnaires a second that two gunicorn sync workers serve, as a share of the bare pages that two others do.

Counted in the workers’ own processor time, as when they alone are busy: what the asking costs would make both look
slower, and the questionnaire better than it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from tests.benchmarks.crowd import ask
from tests.benchmarks.measuring import PROCESSOR, Plan, Result, calmly
from tests.benchmarks.settings import staffed
from tests.benchmarks.workers import WORKERS, Served, gunicorn


def measure(plan: Plan) -> Iterator[Result]:
    folder = plan.place("busy")
    with staffed(folder) as cast:
        token, place = cast.alder.token, cast.clinic.config.folder
        with (
            gunicorn("hello", folder / "hello.log") as hello,
            gunicorn("clinic", folder / "clinic.log", place) as clinic,
        ):
            yield from calmly(partial(rates, plan, hello, clinic, f"/a/{token}"))


def rates(plan: Plan, hello: Served, clinic: Served, page: str) -> Sequence[Result]:
    """So many rounds; requests that fail stop it."""
    times = 500 if plan.quick else 4_000
    hellos, shares, waits = [], [], []
    for _ in range(plan.rounds):
        bare, bare_wait = _rate(hello, "/", times)
        whole, wait = _rate(clinic, page, times)
        hellos.append(bare)
        shares.append(whole / bare)
        waits.append(wait / bare_wait)
    told = f"by the wall clock {sorted(waits)[len(waits) // 2]:.2f}, what the asking cost included"
    return (Result("P5", tuple(shares), PROCESSOR, tuple(hellos), "a second", told),)


def _rate(served: Served, page: str, times: int) -> tuple[float, float]:
    """Requests a second that the workers have in them, and those that came."""
    before = served.spent()
    came = ask(served.port, page, times)
    return WORKERS * came.whole / (served.spent() - before), came.rate
