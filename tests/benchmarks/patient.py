"""P2, P3, P4: what a patient’s GET and POST cost.

Processor time is compared with a bare Flask page: what the code spends, not how long a shared disk takes to say that it
has written. The wait until an answer is on the disk is compared with a raw submission to a database on the same disk.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from flask import Flask

from alliance.actions import answering
from tests.actions.sending import STEADY
from tests.benchmarks.measuring import PROCESSOR, WALL, Plan, Result, bare, call, calmly, lasted, spent
from tests.benchmarks.raw import Raw
from tests.benchmarks.settings import app_of, staffed
from tests.cast import NOW, Cast, add_patient, hold

DYADS = 24
"""Patients who answer in each round, each a link of their own."""


def measure(plan: Plan) -> Iterator[Result]:
    with staffed(plan.place("patient")) as cast:
        yield from calmly(partial(costs, cast, plan.rounds))


def costs(cast: Cast, rounds: int) -> Sequence[Result]:
    """So many rounds in the clinic of this cast."""
    app, hello = app_of(cast.clinic), bare()
    raw = Raw(cast.clinic.config.folder / f"raw-{datetime.now(UTC).timestamp()}.db")
    viewer, began = cast.viewer("jonas"), NOW - timedelta(days=30)
    codes = (f"Fern {datetime.now(UTC).timestamp()} {number}" for number in range(DYADS))
    patients = [add_patient(cast, code, at=began).patient.id for code in codes]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    units, raws, gets, posts, waits = ([] for _ in range(5))
    for round_ in range(rounds):
        tokens = [hold(cast, viewer, patient, yesterday)[1] for patient in patients]
        found: dict[str, list[float]] = {name: [] for name in ("unit", "get", "raw", "post", "wait")}
        for number, (token, body) in enumerate(zip(tokens, bodies(round_), strict=False)):
            # In turn, so that each finds the processor's caches as the others left them, as on a real server.
            found["unit"].append(spent(partial(call, hello, "/")))
            found["get"].append(spent(partial(opened, app, token)))
            found["raw"].append(lasted(raw.submit))
            send = partial(sent, app, token, body)
            # Half of them by each clock: a clock costs too, and an answer is sent but once.
            found["wait" if number % 2 else "post"].append((lasted if number % 2 else spent)(send))
        middle = {name: statistics.median(values) for name, values in found.items()}
        units.append(middle["unit"] * 1e6)
        raws.append(middle["raw"] * 1e6)
        gets.append(middle["get"] / middle["unit"])
        posts.append(middle["post"] / middle["unit"])
        waits.append(middle["wait"] / middle["raw"])
    raw.close()
    return (
        Result("P2", tuple(posts), PROCESSOR, tuple(units), "µs"),
        Result("P3", tuple(waits), WALL, tuple(raws), "µs"),
        Result("P4", tuple(gets), PROCESSOR, tuple(units), "µs"),
    )


def opened(app: Flask, token: str) -> None:
    """Open the questionnaire behind a link."""
    assert call(app, f"/a/{token}")[0] == "200 OK"


def bodies(round_: int) -> Iterator[bytes]:
    """Pages as browsers post them, each with an attempt of its own."""
    level = 7 + round_ % 2
    while True:
        fields = {"attempt": answering.new_attempt(), "form": "after-session 1.0"}
        items = {item: level if value == 8 else value for item, value in STEADY.items()}
        more = {"talked": "no", "comment": "It was all right today.", "audience": "both"}
        yield urlencode({**fields, **items, **more}).encode()


def sent(app: Flask, token: str, body: bytes) -> None:
    """Send one; it must be taken."""
    assert call(app, f"/a/{token}", "POST", body)[0].startswith("303")
