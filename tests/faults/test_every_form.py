"""Anything at all may be sent to every address that takes a form: it is never a fault, and never slow.

Each input goes to the one who may do the most there. ALLIANCE_FAULTS=long sends 20,000 to each address.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.actions.passwords import Passwords
from alliance.app import create_app
from alliance.web import admin_forms, forms, rights_forms, staffing_forms, therapist_forms
from tests.cast import Cast
from tests.conftest import Models
from tests.faults.rounds import rounds
from tests.page import page_client
from tests.web.doors import let_in
from tests.web.house import House, Visitor, standing
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

EACH = rounds(6, 20_000)
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


names = st.sampled_from(field_names()) | st.text(max_size=12)
values = st.one_of(*map(st.sampled_from, (TRICKY, OWN_VALUES, HARD, LONG)), st.text(max_size=40))
pairs = st.lists(st.tuples(names, values), max_size=12)
raw = st.tuples(
    st.binary(max_size=200) | st.sampled_from(MANY), st.sampled_from([URLENCODED, MULTIPART, "x", ""])
)


@pytest.fixture(scope="module")
def house(models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with standing(tmp_path_factory.mktemp("forms") / "clinic", models, passwords) as house:
        yield house


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


def who_does_most(house: House, endpoint: str) -> Visitor:
    """Somebody who gets in there, or else somebody signed out who has opened the way in."""
    inside = let_in(endpoint)
    for who in ("tablet", "jonas", "miriam", "tomasz", *sorted(inside - {"nobody"})):
        if who in inside and (house.visitors[who].token or who == "tablet"):
            return house.visitors[who]
    client = page_client(house.app)
    token = client.page("/sign-in").form("Sign in")["csrf_token"] or ""
    cookie = client.get_cookie("__Host-alliance")
    return Visitor("nobody", f"__Host-alliance={cookie.value}" if cookie else "", token)


@pytest.mark.parametrize("endpoint", taking_forms())
def test_anything_at_all_may_be_sent(house: House, endpoint: str, record_property: Any) -> None:
    visitor = who_does_most(house, endpoint)
    path = next(
        path for rule, path in house.rules() if rule.endpoint == endpoint and "POST" in (rule.methods or ())
    )
    usual = [*house.forms.get(endpoint, {}).items(), ("csrf_token", visitor.token)]
    counts: dict[int, int] = {}

    @settings(max_examples=EACH, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(found=pairs, other=raw, kind=st.integers(0, 3), usually=st.booleans())
    def send(found: list[tuple[str, str]], other: tuple[bytes, str], kind: int, usually: bool) -> None:
        told = [(name, value) for name, value in usual if usually or name == "csrf_token"]
        told = [(name, value) for name, value in told if name not in dict(found)] + found
        body, content = [
            (encoded(told), URLENCODED),
            (encoded(told), URLENCODED),
            (in_parts(told), MULTIPART),
            other,
        ][kind]
        headers = {"Cookie": visitor.cookie} if visitor.cookie else {}
        started = time.thread_time()
        with house.client.post(path, data=body, content_type=content, headers=headers) as response:
            status = response.status_code
        assert time.thread_time() - started < SLOWEST, "it took too long"
        assert status not in NEVER, f"{status} for {body!r}"
        counts[status] = counts.get(status, 0) + 1
        if status < 400:
            house.changed()

    send()
    if EACH > 100:
        record_property(
            "figures", f"{endpoint}: {sum(counts.values())} inputs, {dict(sorted(counts.items()))}"
        )


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
