"""Costs, ratios of costs, and their spread.

Processor time is what this thread spent, however much else the machine had to do meanwhile; wall-clock time is what
somebody waits, a disk’s flush included. What is compared takes turns within a round, so that a slow moment meets both.
"""

from __future__ import annotations

import io
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from flask import Flask

from alliance.storage import migrations

UNSTEADY = 1.5
"""Where the reference’s largest measure is more than this many times its smallest, the machine was too restless."""
TRIES = 3

PROCESSOR, WALL, COUNTED = "processor time", "wall clock", "counted"


@dataclass(frozen=True, slots=True)
class Spread:
    """The smallest, the middle and the largest of some measures."""

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(min(values), statistics.median(values), max(values))

    @property
    def restless(self) -> bool:
        return self.most > UNSTEADY * self.least


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one measure: `goal` is its key in `goals.GOALS`, `values` has a figure for each round.

    `reference` is what each round’s figure is a multiple of, in `unit`; empty where the figure stands alone.
    """

    goal: str
    values: tuple[float, ...]
    kind: str
    reference: tuple[float, ...] = ()
    unit: str = ""
    note: str = ""

    @property
    def spread(self) -> Spread:
        return Spread.of(self.values)

    @property
    def steady(self) -> bool:
        return not self.reference or not Spread.of(self.reference).restless


@dataclass(frozen=True)
class Plan:
    """How much is measured, and where. `kept` is where large clinics stay for the next time.

    `quick` shows in a minute or two that all of it runs; its figures are not to be quoted.
    """

    quick: bool = False
    rounds: int = 5
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="alliance-benchmark-")))
    kept: Path | None = None
    say: Callable[[str], None] = lambda _: None

    @property
    def responses(self) -> int:
        """How many answers a large clinic has."""
        return 20_000 if self.quick else 1_000_000

    def place(self, name: str) -> Path:
        """A new folder of this name."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    def made(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder of a clinic of this name: a copy of the one that was kept, or made now."""
        place = self.place(name) / "clinic"
        if self.kept is None:
            self.say(f"making up {name}")
            make(place)
            return place
        kept = (
            self.kept / migrations.names()[-1] / name
        )  # one of an earlier schema would be brought up to this, slowly
        if not kept.is_dir():
            self.say(f"making up {name}, to be kept in {self.kept}")
            half = self.place(name) / "clinic"
            make(half)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(half, kept)
        shutil.copytree(kept, place)
        return place


def spent(act: Callable[[], object]) -> float:
    """Processor time of this thread for one act, seconds."""
    before = time.thread_time()
    act()
    return time.thread_time() - before


def lasted(act: Callable[[], object]) -> float:
    """Wall-clock time of one act, seconds."""
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def calmly(measure: Callable[[], Sequence[Result]]) -> Iterator[Result]:
    """The results; measured again while a reference among them is too restless, at most `TRIES` times."""
    for attempt in range(1, TRIES + 1):
        results = measure()
        if all(result.steady for result in results) or attempt == TRIES:
            break
    for result in results:
        words = f"{attempt} tries" if attempt > 1 else ""
        if not result.steady:
            words += ", the reference never steady"
        yield replace(result, note="; ".join(filter(None, (result.note, words.strip(", ")))))


def bare() -> Flask:
    """The least that Flask can do."""
    app = Flask("bare")
    app.add_url_rule("/", "hello", lambda: "hello")
    return app


def call(
    app: Flask, path: str, method: str = "GET", body: bytes = b"", cookie: str = ""
) -> tuple[str, bytes]:
    """One whole WSGI call; its status and what came back."""
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "alliance.example",
        "SERVER_PORT": "443",
        "HTTP_HOST": "alliance.example",
        "HTTP_COOKIE": cookie,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answer = app.wsgi_app(environ, lambda status, *_: told.append(status))
    came = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]
    return told[0], came
