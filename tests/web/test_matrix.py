"""Everybody at every door: each address of the application, by each method, for each kind of visitor.

Who gets in stands in tests/web/doors.py, by person; what the application does must agree with it in every cell, and
whoever is refused changes nothing. An address that the table does not know fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from alliance.actions.passwords import Passwords
from alliance.domain import access
from alliance.domain.access import Permission
from alliance.domain.fhir_access import Scope
from alliance.domain.people import Role
from alliance.web import guards
from tests.conftest import Models
from tests.web.doors import EVERYBODY, GETS_IN, OUT, READ, SEVERAL, let_in, roles_at
from tests.web.house import Answer, House, standing

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
Figures = Callable[[str, object], None]
VISITORS = sorted(EVERYBODY | set(SEVERAL))

# Where looking is noted, and in which tables. Everywhere else a page that is opened changes nothing.
SHOWN, LOOKED = {"course_shown"}, {"course_shown", "looked_at", "share"}
NOTES_A_LOOK: dict[str, set[str]] = {
    **{name: {"fhir_token"} for name in READ},
    "patients.alert": {"alert", "alert_step", *SHOWN},
    "patients.around_data": SHOWN,
    "patients.chart": SHOWN,
    "patients.patient": {"unread_words", *LOOKED},
    "sheets.caseload": SHOWN,
    "sheets.patient": LOOKED,
    "therapist.caseload": SHOWN,
    "therapist.trends": SHOWN,
    "therapist.trends_data": SHOWN,
}


@pytest.fixture(scope="module")
def house(models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all of these tests."""
    with standing(tmp_path_factory.mktemp("house") / "clinic", models, passwords) as house:
        yield house


def cells(house: House, only: set[str] | None = None) -> Iterator[tuple[str, str, str | None]]:
    """Path, method and the endpoint that they reach, None where an address has no such method."""
    doors: dict[str, dict[str, str]] = {}
    for rule, path in house.rules():
        doors.setdefault(path, {}).update(dict.fromkeys(rule.methods or (), rule.endpoint))
    for path, methods in sorted(doors.items()):
        for method in METHODS:
            if only is None or methods.get(method) in only:
                yield path, method, methods.get(method)


def faults(house: House, who: str, only: set[str] | None = None) -> Iterator[str]:
    """What is not as the table has it, for one visitor: at every door, or at those of some endpoints."""
    for path, method, endpoint in cells(house, only):
        for fault in judged(house, who, path, method, endpoint):
            yield f"{who} {method} {path} ({endpoint}): {fault}"


def judged(house: House, who: str, path: str, method: str, endpoint: str | None) -> Iterator[str]:
    """One cell: without a token, and where it is a form of the staff with three tokens that are not its own too."""
    answer = house.call(who, path, method)
    outcome, expected = named(answer, path), expectation(endpoint, who, method)
    if outcome not in expected:
        yield f"{outcome}, not {' or '.join(sorted(expected))}"
    looks = method in {"GET", "HEAD"} and outcome == "in"
    allowed = NOTES_A_LOOK.get(endpoint or "", set()) if looks else set()
    if method != "POST" or not apart(endpoint) or outcome != "in":
        yield from (f"changed {table}" for table in sorted(house.changed() - allowed))
    else:
        house.changed()  # at a link and at a tablet that is what a form is for
    if (
        endpoint is not None
        and guards.Door.OPEN is rule_by_the_table(endpoint)
        and not answer.knows_who_looks
    ):
        yield "does not know who looks"
    if apart(endpoint) and answer.knows_who_looks:
        yield "looks at the session"
    if method == "POST" and endpoint and not (apart(endpoint) or second(endpoint)) and who not in OUT:
        yield from with_tokens(house, who, path, endpoint, let=who in let_in(endpoint))


def with_tokens(house: House, who: str, path: str, endpoint: str, *, let: bool) -> Iterator[str]:
    """A form with another’s token or a broken one is no form of ours; with its own it is judged by who sends it."""
    own = house.visitors[who].token
    other = house.visitors["jonas" if who != "jonas" else "claire"].token
    for told, token in (("another’s", other), ("a broken", own[:-9] + own[-8:])):
        outcome = named(house.call(who, path, "POST", {"csrf_token": token}), path)
        if outcome not in ({"no token"} if let else {"no token", "nothing here"}):
            yield f"{outcome} with {told} token"
        yield from (f"with {told} token changed {table}" for table in sorted(house.changed()))
    form = house.forms.get(endpoint, {})
    outcome = named(house.call(who, path, "POST", {**form, "csrf_token": own}), path)
    if outcome not in ({"in", "no token"} if let else {"nothing here"}):  # 400 is also said of an empty form
        yield f"{outcome} with a token of its own"
    changed = house.changed()
    if not let:
        yield from (f"refused, and changed {table}" for table in sorted(changed))


def expectation(endpoint: str | None, who: str, method: str) -> set[str]:
    """What the table says of one visitor at one door, who brings no token."""
    if endpoint is None:
        return {"no such method"}
    if who in let_in(endpoint):
        return {"no token"} if method == "POST" and not apart(endpoint) else {"in"}
    if second(endpoint):
        return {"sign in"}
    if endpoint in READ:
        return {"nothing of this kind"} if who == "scores" else {"no token that works"}
    # At a tablet's pages nobody is asked to sign in: whoever is no tablet finds nothing.
    if who in OUT:
        return {"sign in"} if not endpoint.startswith("kiosk.") else {"nothing here"}
    return {"nothing here", "no token"} if method == "POST" else {"nothing here"}


def named(answer: Answer, path: str) -> str:
    """What came of it, in a word."""
    if answer.status == 303 and answer.place.partition("?")[0] == "/sign-in":
        return "in" if path in {"/", "/sign-out"} else "sign in"
    words = {400: "no token", 404: "nothing here", 405: "no such method", 403: "forbidden"}
    if path.startswith("/fhir/"):
        words |= {401: "no token that works", 403: "nothing of this kind"}
    return words.get(answer.status, "in" if answer.status < 500 else "broken")


# Parts for which a link or a tablet is the authority; and what everybody may have, whoever it is.
APART_PARTS = {"assets", "disputes", "fhir", "follow_up", "kiosk", "patient", "static", "status", "stopping"}


def apart(endpoint: str | None) -> bool:
    return endpoint is not None and endpoint.partition(".")[0] in APART_PARTS


def second(endpoint: str) -> bool:
    """Whether it belongs to the second step, where nobody is but who has given the password."""
    return GETS_IN[endpoint] == {"half"}


def rule_by_the_table(endpoint: str) -> guards.Door | Scope | None:
    """Whether the table lets everybody in there, and how; or whoever has a token for it."""
    if endpoint in READ:
        return READ[endpoint]
    if apart(endpoint):
        return guards.APART
    if second(endpoint):
        return guards.HALF
    return guards.OPEN if GETS_IN[endpoint] == EVERYBODY else None


def test_the_table_knows_every_endpoint_and_no_other(app: Flask) -> None:
    assert set(GETS_IN) == {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.control(43)
@pytest.mark.control(20)
@pytest.mark.parametrize("who", VISITORS)
def test_everybody_at_every_door(house: House, who: str) -> None:
    assert list(faults(house, who)) == []


@pytest.mark.control(43)
def test_the_matrix_is_as_large_as_it_claims(house: House, record_property: Figures) -> None:
    doors = len(list(cells(house))) // len(METHODS)
    forms = sum(method == "POST" and not apart(name) for _, method, name in cells(house) if name)
    count = len(VISITORS) * doors * len(METHODS)
    said = f"{len(VISITORS)} visitors × {doors} addresses × {len(METHODS)} methods = {count:,} cells"
    record_property("figures", f"who gets in: {said}, {forms} forms of the staff with four tokens each")
    assert len(VISITORS) >= 13 and doors >= 109
    assert count >= 9_900


@pytest.mark.parametrize("endpoint", sorted(GETS_IN))
def test_a_door_is_opened_by_the_roles_of_those_who_get_in(endpoint: str) -> None:
    assert roles_ruled(endpoint) == roles_told(endpoint)


def roles_told(endpoint: str) -> set[Role] | Scope | None:
    """The same by the table, or by which scope."""
    if endpoint in READ:
        return READ[endpoint]
    return None if rule_by_the_table(endpoint) else roles_at(endpoint)


def roles_ruled(endpoint: str) -> set[Role] | Scope | None:
    """Which roles the policy lets pass there, or which scope; None where it asks nobody."""
    rule = guards.rule_for(endpoint)
    if isinstance(rule, Scope):
        return rule
    return granted_to(rule) if isinstance(rule, Permission) else None


def granted_to(permission: Permission) -> set[Role]:
    return {role for role in Role if permission in access.GRANTS[role]}


def other_rules(entry: str) -> Iterator[Permission | guards.Door | Scope | None]:
    """Every way in which one entry of the policy could be wrong and make a difference: one permission for each set
    of roles is enough, as two that are granted to the same people say the same to a guard."""
    rule = guards.POLICY[entry]
    yield from ({None, guards.OPEN, guards.APART, *(Scope if isinstance(rule, Scope) else ())} - {rule})
    own = granted_to(rule) if isinstance(rule, Permission) else set()
    kinds = {frozenset(granted_to(one)): one for one in Permission if granted_to(one) != own}
    yield from kinds.values()


@pytest.mark.control(43)
@pytest.mark.parametrize("entry", sorted(guards.POLICY))
def test_an_entry_of_the_policy_that_says_anything_else_is_noticed(
    house: House, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    concerned = {name for name in GETS_IN if guards.entry_for(name) == entry}
    assert concerned
    for rule in other_rules(entry):
        wrong = {name: told for name, told in guards.POLICY.items() if name != entry or rule is not None}
        monkeypatch.setattr(guards, "POLICY", wrong | ({entry: rule} if rule is not None else {}))
        assert noticed(house, concerned), f"{entry} under {rule} looks as it should"


def noticed(house: House, concerned: set[str]) -> bool:
    """Whether anything in this file would fail: a cell of these doors, or whose roles open them."""
    if any(fault for who in TELLING for fault in faults(house, who, concerned)):
        return True
    return any(roles_ruled(name) != roles_told(name) for name in concerned)


# The visitors by whom most is noticed first.
TELLING = [
    "nobody",
    "tomasz",
    "miriam",
    "jonas",
    *sorted(set(VISITORS) - {"nobody", "tomasz", "miriam", "jonas"}),
]


@pytest.mark.parametrize(
    ("role", "permission"), [(role, one) for role in Role for one in sorted(access.GRANTS[role])]
)
def test_a_permission_taken_away_is_noticed(
    house: House, monkeypatch: pytest.MonkeyPatch, role: Role, permission: Permission
) -> None:
    monkeypatch.setitem(access.GRANTS, role, access.GRANTS[role] - {permission})
    concerned = {name for name, rule in guards.POLICY.items() if rule is permission}
    assert not concerned or noticed(house, concerned)
