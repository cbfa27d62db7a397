"""Anything at all may be sent to every address that takes a form: it is never a fault, and never slow.

Each input goes to the one who may do the most there. ALLIANCE_FAULTS=long sends 20,000 to each address, or as many
as ALLIANCE_FORMS says.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.actions.passwords import Passwords
from alliance.app import create_app
from alliance.web import admin_forms, forms, rights_forms, staffing_forms, therapist_forms
from tests.cast import Cast
from tests.conftest import Models
from tests.faults.approaches import Approach, approaches
from tests.faults.rounds import rounds
from tests.web.doors import let_in
from tests.web.house import House, standing
from tests.web.test_anything import (
    HARD,
    LONG,
    MANY,
    MULTIPART,
    OWN_FIELDS,
    OWN_VALUES,
    URLENCODED,
    encoded,
    in_parts,
)

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
EACH = {part: rounds(6, MANY_TIMES) for part in PARTS}
Changes = list[tuple[int, str | None]]
Fields = list[tuple[str, str]]
MEMORY = Path("/dev/shm")  # noqa: S108 (a folder in memory, so that nothing waits for a disk)
SLOWEST = 2.0  # seconds of processor time, whatever else the machine is doing
NEVER = {500, 501, 502, 504}
TRICKY = [
    *("2026-11-20", "0001-01-01", "9999-12-31", "2026-02-30", "20261120", "1e9", "-0", "+1", "٣", "１"),
    *("9223372036854775807", "9223372036854775808", "-1", "0", "1", "2", "true", "null", "[]", "{}", "' OR 1=1 --"),
    *("therapist", "supervisor", "admin", "en", "xx", "Europe/London", "../../etc", "//evil.example", "\r\nX: y"),
    *("{{7*7}}", "=1+1", "a" * 4001, "%00", "jonas@clinic.example", "K7M2 QX4P", "123456"),
]  # fmt: skip


def field_names() -> list[str]:
    """Every field that any form of the house has."""
    found = {
        *OWN_FIELDS,
        "happened",
        "session",
        "code",
        "pin",
        "ticket",
        "language",
        "back",
        "next",
        "wanted",
    }
    for module in (admin_forms, forms, rights_forms, staffing_forms, therapist_forms):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, forms.StaffForm):
                found |= {field.name for field in kind()}
    return sorted(found)


values = st.one_of(*map(st.sampled_from, (TRICKY, OWN_VALUES, HARD + LONG)), st.text(max_size=40))
# Of the fields that stand on the form: which, by place, and what is put into it; None leaves it out.
changes = st.lists(st.tuples(st.integers(0, 24), st.none() | values), max_size=4)
# Fields of other forms, or of none.
others = st.lists(st.tuples(st.sampled_from(field_names()) | st.text(max_size=12), values), max_size=4)
# No form at all.
raw = st.tuples(st.binary(max_size=200), st.sampled_from([URLENCODED, MULTIPART, "x", ""]))
VERY_MUCH, NO_FORM, PARTS_OF_IT = (
    0,
    range(1, 9),
    range(9, 17),
)  # of fifty; all others are forms as browsers send them


@dataclass
class Forms:
    """A house whose forms are sent, and what came of it, by endpoint and status."""

    house: House
    approaches: Mapping[str, Approach]
    came: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def send(self, endpoint: str, make: Callable[[Approach], tuple[bytes, str]]) -> None:
        """Send what is made of this form, see that it is no fault and not slow, and put everything back."""
        approach = self.approaches[endpoint]
        body, content = make(approach)
        headers = {"Cookie": approach.cookie} if approach.cookie else {}
        started = time.thread_time()
        with self.house.client.post(
            approach.path, data=body, content_type=content, headers=headers
        ) as response:
            status = response.status_code
        assert time.thread_time() - started < SLOWEST, f"{endpoint} took too long for {body!r}"
        assert status not in NEVER, f"{endpoint} says {status} to {body!r}"
        self.came[endpoint][status] += 1
        self.house.put_back()


@pytest.fixture(scope="module")
def house(models: Models, passwords: Passwords) -> Iterator[House]:
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place,
        standing(Path(place) / "clinic", models, passwords) as house,
    ):
        yield house


@pytest.fixture(scope="module")
def every(house: House) -> Forms:
    found = approaches(house)
    return Forms(house, {name: found.get(name) or by_its_address(house, name) for name in taking_forms()})


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

    @settings(max_examples=EACH[group], deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(changed=changes, more=others, other=raw, kind=st.integers(0, 49))
    def send(changed: Changes, more: Fields, other: tuple[bytes, str], kind: int) -> None:
        for endpoint in endpoints:
            every.send(endpoint, lambda form: made(form, changed, more, other, kind))

    send()
    came = [every.came[endpoint] for endpoint in endpoints]
    fewest, total = min(counts.total() for counts in came), sum(came, Counter[int]())
    assert fewest >= EACH[group]
    record_property(
        "figures",
        f"forms of {group}: {len(came)}, {fewest} inputs to each, {total.total()} in all, answered "
        + ", ".join(f"{status} ({count})" for status, count in sorted(total.items())),
    )


def made(
    form: Approach, changed: Changes, more: Fields, other: tuple[bytes, str], kind: int
) -> tuple[bytes, str]:
    """What is sent, and as what: mostly the form with some of its fields changed and others added."""
    if kind == VERY_MUCH:
        return MANY[len(more)], other[1]
    if kind in NO_FORM:
        return other
    told = dict(form.fields)
    own = [name for name in told if name != "csrf_token"]
    for place, value in changed if own else []:
        name = own[place % len(own)]
        if value is None:
            told.pop(name, None)
        else:
            told[name] = value
    if kind % 2:  # nothing twice, which staff forms refuse as a whole
        more = [(name, value) for name, value in dict(more).items() if name not in dict(form.fields)]
    pairs = [*told.items(), *more]
    return (in_parts(pairs), MULTIPART) if kind in PARTS_OF_IT else (encoded(pairs), URLENCODED)


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
