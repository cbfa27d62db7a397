"""Everybody at every door: each address of the application, by each method, for each kind of visitor.

The table of who gets in is written here on purpose once more, by person and not by permission; it must agree
with what the application does. An address that this table does not know fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.routing import Rule

from alliance.actions import accounts, marking, sharing, slips
from alliance.domain import access
from alliance.domain.access import Permission
from alliance.domain.marks import Kind, Mark
from alliance.domain.people import Role
from alliance.web import guards
from alliance.web.assets import plotly_version
from tests.actions.tablets import set_up
from tests.cast import NOW, Cast, answer, hire, hold, signed_in
from tests.page import PageClient, page_client
from tests.page_rules import RULES
from tests.post_office import written_to
from tests.web import administration, rights
from tests.web.doors import EVERYBODY, GETS_IN, OUT, STAFF

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

KEPT = (
    "alert",
    "course_mark",
    "dyad",
    "invitation",
    "patient",
    "response",
    "setting",
    "staff",
    "supervision",
    "therapy_session",
)


@dataclass(frozen=True)
class Door:
    """One address as it is tried: `methods` says which endpoint each method reaches."""

    path: str
    methods: Mapping[str, str]


@dataclass(frozen=True)
class House:
    app: Flask
    cast: Cast
    visitors: Mapping[str, PageClient]
    tokens: Mapping[str, str]
    share_id: int
    kept_id: int  # a session of Alder 14’s whose answers Jonas may not see

    @property
    def doors(self) -> list[Door]:
        samples = {
            **administration.SAMPLES,
            "alert_id": self.cast.alder.alert_id,
            "card": "pace",
            "device_id": 1,
            "erasure_id": 1,
            "filename": "css/staff.css",
            "kept_id": self.kept_id,
            "mark_id": 1,
            "name": "alliance",
            "number": self.tokens["paper"],
            "patient_id": self.cast.alder.patient_id,
            "session_id": self.cast.alder.session_id,
            "share_id": self.share_id,
            "therapist_id": self.cast.ids["jonas"],
            "version": plotly_version(),
        }
        doors: dict[str, dict[str, str]] = {}
        for rule in self.app.url_map.iter_rules():
            named = {"signin.welcome": "welcome", "stopping.ask": "stop", "stopping.stop": "stop"}
            token = self.tokens[named.get(rule.endpoint, "patient")]
            path = address(rule, samples | {"token": token})
            for method in rule.methods or ():
                doors.setdefault(path, {})[method] = rule.endpoint
        return [Door(path, methods) for path, methods in sorted(doors.items())]


def address(rule: Rule, samples: Mapping[str, object]) -> str:
    missing = rule.arguments - samples.keys()
    assert not missing, f"{rule.rule} needs a sample of {missing} here"
    built = rule.build({name: samples[name] for name in rule.arguments}, append_unknown=False)
    assert built is not None
    return built[1]


@pytest.fixture
def house(app: Flask, cast: Cast) -> House:
    """The application, with everybody of the table inside or before it."""
    hire(cast, "nora", "Nora Lind", Role.THERAPIST)
    clients: dict[str, PageClient] = {who: signed_in(app, who) for who in (*STAFF, "nora")}
    clients["nobody"] = page_client(app)
    clients["tablet"] = page_client(app)
    clients["tablet"].set_cookie("__Secure-kiosk-tablet", set_up(cast)[1], path="/kiosk", secure=True)
    accounts.disable(cast.clinic, cast.ids["nora"], NOW, actor="command")
    welcome = accounts.invite(
        cast.clinic, name="X", email="x@clinic.example", roles=[Role.ADMIN], now=NOW, actor="command"
    )
    kept_id, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    answer(cast.clinic, token, NOW, 3, audience="supervisor", **{"raise": "yes"})
    paper = slips.print_form(cast.clinic, cast.viewer("jonas"), cast.alder.session_id, NOW)
    administration.goes_to_jonas(cast)
    rights.erasure_asked(cast)
    jonas, miriam = cast.viewer("jonas"), cast.ids["miriam"]
    share = sharing.show(cast.clinic, jonas, cast.alder.patient_id, miriam, NOW, question="")
    event = Mark(0, Kind.EVENT, NOW.date(), what="crisis")
    marking.add_mark(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, event, NOW)
    tokens = {"patient": cast.alder.token, "welcome": welcome, "paper": paper.number}
    return House(app, cast, clients, tokens | {"stop": written_to(cast, cast.alder).stop}, share.id, kept_id)


def faults(house: House, who: str, only: str | None = None) -> Iterator[str]:
    """What is not as the table has it, for one visitor: at every door, or at those of one endpoint."""
    token = csrf_token(house.visitors[who])
    for door in house.doors:
        for method in METHODS:
            endpoint = door.methods.get(method)
            if only is not None and endpoint != only:
                continue
            outcome = attempt(house.visitors[who], door.path, method)
            if outcome == "no token" and endpoint is not None and who in STAFF - GETS_IN[endpoint]:
                outcome = attempt(house.visitors[who], door.path, method, token)  # and with a good form?
            expected = expectation(endpoint, who, method)
            if outcome not in expected:
                yield f"{who} {method} {door.path} ({endpoint}): {outcome}, not {' or '.join(sorted(expected))}"


def expectation(endpoint: str | None, who: str, method: str) -> set[str]:
    """What the table says of one visitor at one door. A form without a token is let in only so far."""
    if endpoint is None:
        return {"no such method"}
    if who in GETS_IN[endpoint]:
        return {"in", "no token"} if method == "POST" else {"in"}
    # At a tablet's pages nobody is asked to sign in: whoever is no tablet finds nothing.
    return {"sign in"} if who in OUT and not endpoint.startswith("kiosk.") else {"nothing here"}


def attempt(visitor: PageClient, path: str, method: str, token: str = "") -> str:
    """What came of it, in a word. Without a token, a form that would be let in changes nothing."""
    data = {"csrf_token": token} if token else None
    # Who gets in is asked here, not how the page looks.
    with visitor.open(path, method=method, data=data, allow=RULES) as response:
        if response.status_code == 303 and response.headers["Location"].startswith("/sign-in"):
            return "in" if path == "/" else "sign in"
        if response.status_code == 400 and method == "POST" and not token:
            return "no token"
        named = {404: "nothing here", 405: "no such method", 403: "forbidden"}
        return named.get(response.status_code, "in" if response.status_code < 500 else "broken")


def csrf_token(visitor: PageClient) -> str:
    page = visitor.get("/help", follow_redirects=True).get_data(as_text=True)
    if 'name="csrf_token"' not in page:
        page = visitor.get("/sign-in").get_data(as_text=True)
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def kept(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is kept of patients, staff and settings."""
    with cast.clinic.db.read() as conn:
        return {table: [tuple(row) for row in conn.execute(f"SELECT * FROM {table}")] for table in KEPT}


def test_the_table_knows_every_endpoint_and_no_other(app: Flask) -> None:
    assert set(GETS_IN) == {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_everybody_at_every_door(house: House, who: str) -> None:
    before = kept(house.cast)
    assert list(faults(house, who)) == []
    if who not in {"jonas", "miriam"}:  # who opens an alert of their own marks it as seen
        assert kept(house.cast) == before


def test_the_matrix_is_as_large_as_it_claims(house: House) -> None:
    assert len(house.doors) >= 27
    assert len(EVERYBODY) * len(house.doors) * len(METHODS) > 1500


@pytest.mark.parametrize(
    "endpoint",
    # At a tablet's pages it is the tablet's own token that opens, whatever the table of rules says.
    sorted(e for e, who in GETS_IN.items() if who != EVERYBODY and not e.startswith("kiosk.")),
)
def test_any_other_rule_of_a_closed_door_would_be_noticed(
    house: House, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    for rule in (guards.OPEN, guards.APART, Permission.MANAGE_PEOPLE, None):
        if rule is None:
            without = {name: told for name, told in guards.POLICY.items() if name != endpoint}
            monkeypatch.setattr(guards, "POLICY", without)
        else:
            monkeypatch.setattr(guards, "POLICY", guards.POLICY | {endpoint: rule})
        noticed = [fault for who in sorted(EVERYBODY) for fault in faults(house, who, endpoint)]
        unnoticed = rule is Permission.MANAGE_PEOPLE and GETS_IN[endpoint] == {"tomasz"}
        assert noticed or unnoticed, f"{endpoint} under {rule} looks as it should"


# Asked for by acts, and tested there.
BY_ACTS = {Permission.MANAGE_PEOPLE}


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        (role, permission)
        for role in Role
        for permission in sorted(access.GRANTS[role])
        if permission not in BY_ACTS
    ],
)
def test_a_permission_taken_away_would_be_noticed(
    house: House, monkeypatch: pytest.MonkeyPatch, role: Role, permission: Permission
) -> None:
    monkeypatch.setitem(access.GRANTS, role, access.GRANTS[role] - {permission})
    concerned = [name for name, rule in guards.POLICY.items() if rule is permission]
    assert [fault for name in concerned for who in sorted(STAFF) for fault in faults(house, who, name)]
