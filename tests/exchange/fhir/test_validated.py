"""Every kind of resource that is written, judged by two implementations that know nothing of each other or of us."""

from __future__ import annotations

import copy
import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from alliance.actions import answering, disputing, fhir_export, following_up
from alliance.actions import clinic as clinics
from alliance.actions.passwords import Passwords
from alliance.exchange.fhir import bundles
from alliance.exchange.fhir.names import Names
from tests.actions.sending import LOW, page, send
from tests.actions.stories import course
from tests.cast import NOW, Cast, add_patient, hold
from tests.conftest import Models
from tests.fhir import BASE, by_models, by_schema, faults, references

Figures = Callable[[str, object], None]
Bundle = dict[str, Any]


def exported(cast: Cast, to: Path, **only: str) -> Bundle:
    fhir_export.export(cast.clinic, to, NOW + timedelta(days=2), **only)
    told: Bundle = json.loads(to.read_text(encoding="utf-8"))
    return told


def resources(bundle: Bundle, kind: str | None = None) -> list[dict[str, Any]]:
    every = [entry["resource"] for entry in bundle["entry"]]
    return [one for one in every if kind in (None, one["resourceType"])]


def everything_after(cast: Cast) -> None:
    """A low answer with ticks of what happened, and one that came with the monthly sentences."""
    receipt = send(cast.clinic, course(cast, "Ash 3", [8, None]).tokens[-1], page(LOW, talked="helped"), NOW)
    assert receipt.more and receipt.monthly
    ticks = MultiDict([("attempt", "an-attempt-at-the-ticks"), ("happened", "late"), ("happened", "judged")])
    attempt = "an-attempt-at-the-ticks"
    following_up.tick(cast.clinic, receipt.more, attempt=attempt, body=b"made up", form=ticks, now=NOW)
    ratings = MultiDict({"home": "2", "steady": "4", "support": "3", "deserve": "9"})
    attempt = "an-attempt-at-the-month"
    following_up.rate_monthly(
        cast.clinic, receipt.monthly, attempt=attempt, body=b"made up", form=ratings, now=NOW
    )


@pytest.fixture(scope="module")
def bundle(models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A file with something of every kind: ticks, monthly sentences, a short form, skipped items, a dispute."""
    folder = tmp_path_factory.mktemp("fhir")
    shutil.copytree(models.staged, folder / "clinic")
    with clinics.open_clinic(folder / "clinic", passwords=passwords) as clinic:
        cast = replace(models.cast, clinic=clinic, ids=dict(models.cast.ids))
        everything_after(cast)
        disputing.dispute(clinic, course(cast, "Elm 9", [8, 9, 8, 7, 8, 9]).tokens[2], NOW)
        short = add_patient(cast, "Oak “3”", instrument="pulse")
        _, link = hold(cast, cast.viewer("jonas"), short.patient.id, NOW)
        few = MultiDict({"safe": "7", "audience": "both"})
        attempt = answering.new_attempt()
        answering.submit(clinic, link, attempt=attempt, body=b"made up", form=few, now=NOW)
        return exported(cast, folder / "clinic.json")


def test_two_judges_find_nothing_wrong(bundle: Bundle, record_property: Figures) -> None:
    for one in resources(bundle):
        assert faults(one) == [], f"{one['resourceType']}/{one['id']}"
    assert by_schema(bundle) == []
    kinds = Counter(one["resourceType"] for one in resources(bundle))
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    record_property("figures", f"FHIR R4, by HL7’s schema and by SMART’s models: 0 faults in {told}")
    assert set(kinds) == {
        "CodeSystem",
        "Encounter",
        "Observation",
        "Patient",
        "Questionnaire",
        "QuestionnaireResponse",
    }


WRONG: list[tuple[str, str, Callable[[dict[str, Any]], object]]] = [
    ("Observation", "schema", lambda one: one.update(status="nonsense")),
    ("Observation", "schema", lambda one: one.update(issued="yesterday")),
    ("Observation", "models", lambda one: one.pop("code")),
    ("Observation", "both", lambda one: one.update(score=1)),
    ("Observation", "models", lambda one: one.update(subject="Patient/p1")),
    ("Observation", "models", lambda one: one.pop("status")),
    ("Questionnaire", "schema", lambda one: one["item"][0].update(type="slider")),
    ("Questionnaire", "models", lambda one: one["item"][0].pop("linkId")),
    ("QuestionnaireResponse", "both", lambda one: one["item"][0].update(linkId=3)),
    ("QuestionnaireResponse", "both", lambda one: one.update(answers=[])),
    ("Encounter", "models", lambda one: one.pop("class")),
    ("Patient", "both", lambda one: one.update(active="yes")),
    ("CodeSystem", "schema", lambda one: one.update(content="all")),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_the_judges_notice_what_is_wrong(bundle: Bundle, number: int) -> None:
    kind, who, spoil = WRONG[number]
    one = copy.deepcopy(resources(bundle, kind)[0])
    spoil(one)
    noticed = {"schema": bool(by_schema(one)), "models": bool(by_models(one))}
    assert all(noticed.values()) if who == "both" else noticed[who]


def test_every_reference_leads_to_something_in_the_file(bundle: Bundle) -> None:
    there = {f"{one['resourceType']}/{one['id']}" for one in resources(bundle)}
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    assert addresses == [f"{BASE}/{one['resourceType']}/{one['id']}" for one in resources(bundle)]
    assert len(set(addresses)) == len(addresses)
    asked = references(bundle)
    assert len(asked) > 100 and set(asked) <= there
    defined = {f"{one['url']}|{one['version']}" for one in resources(bundle, "Questionnaire")}
    assert {one["questionnaire"] for one in resources(bundle, "QuestionnaireResponse")} == defined


def test_ids_are_legal_and_every_moment_has_a_zone(bundle: Bundle) -> None:
    for one in resources(bundle):
        assert 1 <= len(one["id"]) <= 64 and one["id"].replace("-", "").replace(".", "").isalnum()
        for moment in [one.get("authored"), one.get("issued"), one.get("meta", {}).get("lastUpdated")]:
            assert moment is None or moment.endswith("Z")
    assert bundle["timestamp"].endswith("Z")


def test_every_answer_stands_at_an_item_of_its_questionnaire(bundle: Bundle) -> None:
    asked = {
        f"{one['url']}|{one['version']}": links(one["item"]) for one in resources(bundle, "Questionnaire")
    }
    kinds = {
        "valueInteger": "integer",
        "valueDecimal": "decimal",
        "valueBoolean": "boolean",
        "valueCoding": "choice",
    }
    seen = set()
    for one in resources(bundle, "QuestionnaireResponse"):
        known = asked[one["questionnaire"]]
        for link, item in links(one["item"]).items():
            assert (link in known) and item.get("text") in (None, known[link].get("text"))
            for answer in item.get("answer", []):
                [value] = answer
                assert kinds[value] == known[link]["type"]
                seen.add(value)
    assert seen == set(kinds)


def links(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Items by their link, which each has for itself."""
    found: dict[str, dict[str, Any]] = {}
    for one in items:
        inner = {one["linkId"]: one, **links(one.get("item", []))}
        assert not found.keys() & inner.keys()
        found |= inner
    return found


def test_every_code_is_one_of_the_code_system(bundle: Bundle) -> None:
    [system] = resources(bundle, "CodeSystem")
    known = {one["code"]: one.get("display") for one in system["concept"]}
    assert len(known) == system["count"]
    used = codings([one for one in resources(bundle) if one["resourceType"] != "Questionnaire"])
    assert {code for code, _ in used} <= known.keys()
    english = {(code, display) for code, display in used if code.split(".")[0] in {"after-session", "pulse"}}
    assert english and all(known[code] == display for code, display in english)
    assert ("disputed", known["disputed"]) in used


def codings(told: Any) -> set[tuple[str, str]]:
    if isinstance(told, list):
        return {found for one in told for found in codings(one)}
    if not isinstance(told, dict):
        return set()
    own = {(told["code"], told.get("display", ""))} if told.get("system") == Names(BASE).system else set()
    return own | {found for value in told.values() for found in codings(value)}


def test_an_error_and_a_page_of_a_search_are_right_too(bundle: Bundle) -> None:
    assert faults(bundles.outcome("invalid", "“date” is no day")) == []
    found = resources(bundle, "Patient")
    page = bundles.searchset(
        Names(BASE), found, total=len(found), this=f"{BASE}/Patient", following=f"{BASE}/Patient?_after=3.0.0"
    )
    assert faults(page) == []
    nothing = bundles.searchset(Names(BASE), [], total=0, this=f"{BASE}/Patient", following=None)
    assert faults(nothing) == [] and "entry" not in nothing
