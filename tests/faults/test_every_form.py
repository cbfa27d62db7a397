"""Anything at all may be sent to every address that takes a form: it is never a fault, and never slow.

Each input goes to the one who may do the most there. ALLIANCE_FAULTS=long sends 20,000 to each address, or as many
as ALLIANCE_FORMS says, made from the seed that ALLIANCE_SEED says or from one that is new.
"""

from __future__ import annotations

import gc
import logging
import os
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import segno
from hypothesis import HealthCheck, given, settings

from alliance.actions.passwords import Passwords
from alliance.app import create_app
from alliance.web import ways
from tests.cast import Cast
from tests.conftest import Models
from tests.faults import rounds as how_often
from tests.faults.approaches import Approach, approaches
from tests.faults.inputs import Input, inputs, seeded
from tests.web.doors import let_in
from tests.web.house import House, standing

PARTS: Mapping[str, tuple[str, ...]] = {
    "patients": ("patient.", "follow_up.", "disputes.", "stopping."),
    "tablets": ("kiosk.",),
    "signing in": ("signin.", "second_step.", "passkeys.sign_in"),
    "therapists": (
        *(
            "contacts.",
            "handing_over.",
            "leaving.",
            "marks.",
            "muting.",
            "own_views.",
            "patients.answer_alert",
        ),
        *("rights.", "sharing.", "slips.", "tablets.make_code", "therapist."),
    ),
    "everybody else": ("",),
}
MANY_TIMES = int(os.environ.get("ALLIANCE_FORMS", "20000"))
EACH = how_often.rounds(6, MANY_TIMES)
SEED = os.environ.get("ALLIANCE_SEED") or str(random.randrange(10**6))
MEMORY = Path("/dev/shm")  # noqa: S108 (a folder in memory, so that nothing waits for a disk)
SLOWEST = 2.0  # seconds of processor time, whatever else the machine is doing


@dataclass
class Forms:
    """A house whose forms are sent, and what came of it, by endpoint and status."""

    house: House
    approaches: Mapping[str, Approach]
    came: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    took: Counter[str] = field(default_factory=Counter)  # seconds of processor time, in all
    longest: float = 0.0  # the same, of one input
    logged: list[str] = field(
        default_factory=list
    )  # faults that were caught, and made a calm page or nothing

    def send(self, endpoint: str, one: Input) -> None:
        """Send what this input makes of the form, see that it is no fault and not slow, and put everything back."""
        approach = self.approaches[endpoint]
        body, content = one.to(approach)
        started = time.thread_time()
        status = self._post(approach, body, content)
        took = time.thread_time() - started
        assert took < SLOWEST, f"{endpoint} took too long for {body!r}"
        # The database can be reached and written: there is no reason for a 503 either.
        assert status < 500, f"{endpoint} says {status} to {body!r}"
        assert not self.logged, f"{endpoint} logs {self.logged} at {body!r}"
        self.came[endpoint][status] += 1
        self.took[endpoint] += took
        self.longest = max(self.longest, took)
        self.house.put_back()

    def _post(self, approach: Approach, body: bytes, content: str) -> int:
        """The status of the answer, read to its end. Straight to the application: a client would take longer."""
        told: list[str] = []
        asked = approach.environ() | {
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": content,
            "wsgi.input": BytesIO(body),
        }
        answer: Any = self.house.app(asked, lambda *start: told.append(start[0]))
        try:
            for _ in answer:
                pass
        finally:
            answer.close()
        return int(told[0][:3])


class Ear(logging.Handler):
    """Hears what the house says of its own faults, such as those after which what a patient sent is given back."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


@pytest.fixture(scope="module")
def house(models: Models, passwords: Passwords) -> Iterator[House]:
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place,
        standing(Path(place) / "clinic", models, passwords) as house,
    ):
        yield house


@pytest.fixture(scope="module")
def every(house: House) -> Iterator[Forms]:
    found = approaches(house)
    forms = Forms(house, {name: found.get(name) or by_its_address(house, name) for name in taking_forms()})
    ear = Ear(forms.logged)
    logging.getLogger("alliance").addHandler(ear)
    with pytest.MonkeyPatch.context() as patch:
        # What is asked for again is not worked out again; it would be a third of the time of the pages that have one.
        patch.setattr(ways, "segno", SimpleNamespace(make=cache(segno.make)))
        yield forms
    logging.getLogger("alliance").removeHandler(ear)


def taking_forms() -> list[str]:
    """The endpoints that take a form, as the tests are collected: the application needs no clinic to tell."""

    class NoClinic:
        """What making an application asks of a clinic."""

        class config:  # noqa: N801
            public_url, demo, hosts = "https://alliance.example", False, ()

        class keyring:  # noqa: N801
            cookie_secret = b"x" * 32

    app = create_app(NoClinic(), testing=True)  # type: ignore[arg-type]
    return sorted({rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())})


def groups() -> dict[str, list[str]]:
    """The same, by who sends them; each belongs to the first group that it fits."""
    left, found = taking_forms(), {}
    for group, parts in PARTS.items():
        found[group] = [name for name in left if name.startswith(parts)]
        left = [name for name in left if name not in found[group]]
    return found


def by_its_address(house: House, endpoint: str) -> Approach:
    """Where no page has the form just now: its address and somebody who gets in there."""
    inside = let_in(endpoint)
    who = next(who for who in ("jonas", "miriam", "tomasz", *sorted(inside)) if who in inside)
    rule = next(rule for rule, _ in house.rules() if rule.endpoint == endpoint and "POST" in rule.methods)
    fields = [*house.forms.get(endpoint, {}).items(), ("csrf_token", house.visitors[who].token)]
    return Approach(house.address(rule), house.visitors[who].cookie, tuple(fields))


@pytest.mark.control(61, 66)
@pytest.mark.parametrize("group", PARTS)
def test_anything_at_all_may_be_sent(every: Forms, group: str, record_property: Any) -> None:
    """Each input is made once, and sent to every form of the group in that form’s own fields."""
    endpoints = groups()[group]

    def send(one: Input) -> None:
        for endpoint in endpoints:
            every.send(endpoint, one)

    if how_often.LONG:
        all_of(seeded(f"{group} {SEED}"), send)
    else:
        quietly = settings(
            max_examples=EACH, deadline=None, suppress_health_check=list(HealthCheck), database=None
        )
        quietly(given(inputs)(send))()
    assert every.house.beginning.is_here()
    came = [every.came[endpoint] for endpoint in endpoints]
    fewest, total = min(counts.total() for counts in came), sum(came, Counter[int]())
    assert fewest >= EACH
    each = sum(every.took[endpoint] for endpoint in endpoints) / total.total()
    record_property(
        "figures",
        f"forms of {group}: {len(came)}, {fewest} inputs to each, {total.total()} in all, {each * 1000:.1f} ms each, "
        f"{every.longest:.2f} s at most, answered "
        + ", ".join(f"{status} ({count})" for status, count in sorted(total.items()))
        + (f"; seed {SEED}" if how_often.LONG else ""),
    )


def all_of(made: Iterator[Input], send: Callable[[Input], None]) -> None:
    """Send as many as are asked for. What goes wrong says with which of them it did."""
    gc.collect()
    gc.freeze()  # what stands until the end need not be looked through again and again
    try:
        for number, one in enumerate(islice(made, EACH)):
            try:
                send(one)
            except Exception as error:
                error.add_note(f"ALLIANCE_SEED={SEED}, number {number}: {one}")
                raise
    finally:
        gc.unfreeze()


EVERY_EXTRA = {
    "role": "admin",
    "roles": "admin",
    "therapist_id": "1",
    "score": "100",
    "staff_id": "1",
    "disabled_at": "",
    "id": "1",
    "is_admin": "1",
    "audience": "both",
    "__class__": "x",
}


def test_fields_that_nobody_asked_for_make_no_difference(house: House) -> None:
    """What a form does not know is not read: a patient added with a score and a role is a patient."""
    sent = {"code": "Elm 9", "language": "en", "instrument": "after-session", "starts_on": "2026-11-20"}
    for path, form, who in (
        ("/patients/new", sent, "jonas"),
        ("/admin/people/1/details", {"name": "A B", "email": "ab@clinic.example"}, "tomasz"),
    ):
        token = house.visitors[who].token
        plain = house.call(who, path, "POST", {**form, "csrf_token": token})
        without, cast = _rows(house.cast), house.cast
        house.changed()
        more = {name: value for name, value in EVERY_EXTRA.items() if name not in form}
        answer = house.call(who, path, "POST", {**form, **more, "csrf_token": token})
        assert (answer.status, plain.status) == (303, 303)
        assert _rows(cast) == without
        house.changed()


def _rows(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    with cast.clinic.db.read() as conn:
        return {
            table: [tuple(row) for row in conn.execute(f"SELECT * FROM {table}")]
            for table in ("patient", "dyad", "staff", "staff_role", "supervision")
            if conn.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        }
