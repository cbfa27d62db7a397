"""Nothing is open that does not stand in the policy; closed and absent are the same."""

from __future__ import annotations

import pytest
from flask import Flask

from alliance.domain.access import Permission
from alliance.web.guards import APART, OPEN, POLICY, Door, rule_for
from tests.cast import Cast, signed_in
from tests.page import PageClient

OPEN_TO_ALL = {
    "assets.*", "disputes.not_mine", "disputes.noted", "fhir.statement", "follow_up.monthly",
    "follow_up.rate", "follow_up.tick", "follow_up.ticks", "help.*", "kiosk.*",
    "passkeys.sign_in", "patient.form", "patient.leave", "patient.submit", "patient.thanks",
    "second_step.code", "second_step.recovery_code", "second_step.set_up", "signin.again", "signin.home",
    "signin.sign_in", "signin.sign_out", "signin.welcome", "static", "status.status", "stopping.ask", "stopping.stop",
}  # fmt: skip


def endpoints(app: Flask) -> list[str]:
    return sorted({rule.endpoint for rule in app.url_map.iter_rules()})


def test_every_endpoint_is_in_the_policy(app: Flask) -> None:
    assert [name for name in endpoints(app) if rule_for(name) is None] == []


def test_the_policy_names_nothing_that_is_not_there(app: Flask) -> None:
    there = {*endpoints(app), *(f"{name.rpartition('.')[0]}.*" for name in endpoints(app))}
    assert set(POLICY) - there == set()


def test_the_policy_is_in_order() -> None:
    assert list(POLICY) == sorted(POLICY)
    assert [permission.name for permission in Permission] == sorted(p.name for p in Permission)


def test_what_is_open_is_open_on_purpose() -> None:
    assert {name for name, rule in POLICY.items() if isinstance(rule, Door)} == OPEN_TO_ALL


def test_a_whole_part_is_named_only_where_it_is_open() -> None:
    assert all(isinstance(rule, Door) for name, rule in POLICY.items() if name.endswith("*"))


@pytest.mark.parametrize(
    ("endpoint", "rule"),
    [
        ("help.index", OPEN),
        ("assets.plotly", APART),
        ("signin.account", Permission.SEE_OWN_ACCOUNT),
        ("signin.accounts", None),
        ("signin", None),
        ("helpless.index", None),
        ("", None),
    ],
)
def test_an_endpoint_is_looked_up_by_its_whole_name(endpoint: str, rule: Permission | Door | None) -> None:
    assert rule_for(endpoint) is rule


@pytest.mark.parametrize("who", [None, "jonas", "miriam", "tomasz"])
def test_an_address_nobody_declared_is_not_there(app: Flask, client: PageClient, who: str | None) -> None:
    app.add_url_rule("/new-page", "signin.new_page", lambda: "secret", methods=["GET", "POST"])
    visitor = signed_in(app, who) if who else client
    for response in (visitor.get("/new-page"), visitor.post("/new-page")):
        assert response.status_code == 404
        assert "secret" not in response.text


def test_every_address_is_lower_case_and_plain(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        fixed = rule.rule.split("<")[0]
        if rule.rule.startswith("/fhir/"):
            continue  # FHIR names its resources itself
        assert fixed == fixed.lower() and "_" not in fixed, rule.rule
        assert rule.rule == "/" or not rule.rule.endswith("/"), rule.rule


def test_who_is_signed_out_is_asked_to_sign_in(client: PageClient) -> None:
    response = client.get("/patients/7?therapist=3")
    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?next=/patients/7?therapist%3D3"


def test_a_form_sent_after_the_end_of_a_session_leads_to_the_way_in(client: PageClient) -> None:
    response = client.post("/admin/settings/clinic", data={"name": "x"})
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")


def test_closed_foreign_and_absent_are_the_same(app: Flask, cast: Cast) -> None:
    client = signed_in(app, "claire")
    closed = client.get("/admin").text
    foreign = client.get(f"/patients/{cast.alder.patient_id}").text
    absent = client.get("/patients/999999").text
    nowhere = client.get("/nothing/here").text

    def plain(html: str) -> str:
        return html.partition("<main")[2]

    assert plain(closed) == plain(foreign) == plain(absent) == plain(nowhere)


def test_the_bar_offers_what_one_may_open(app: Flask) -> None:
    offered = {
        "jonas": ["Caseload", "Trends", "Help"],
        "miriam": ["Supervision", "Who opened what", "Help"],
        "tomasz": ["People", "Settings", "Help"],
    }
    for who, words in offered.items():
        client = signed_in(app, who)
        page = client.page("/account")
        links = [(text, where) for text, where in page.links if text in words]
        assert [text for text, _ in links] == words
        assert {"Caseload", "Supervision", "People"} & {text for text, _ in page.links} == {words[0]}
        for _, where in links:
            client.page(where)


def test_the_bar_says_where_one_is(app: Flask, cast: Cast) -> None:
    def marked(who: str, path: str) -> list[tuple[str, str]]:
        page = signed_in(app, who).page(path)
        bar = page.root.find("header")
        assert bar is not None
        nodes = [node for node in bar.find_all("a") if "aria-current" in node.attrs]
        return [(node.text, node.get("aria-current")) for node in nodes]

    patient = f"/patients/{cast.alder.patient_id}"
    assert marked("jonas", "/caseload") == [("Caseload", "page")]
    assert marked("jonas", "/caseload/trends") == [("Trends", "page")]
    assert marked("jonas", patient) == [("Caseload", "true")]
    assert marked("miriam", patient) == [("Supervision", "true")]
    assert marked("jonas", "/account") == []
