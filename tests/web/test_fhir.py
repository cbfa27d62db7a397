"""FHIR as another system meets it: what a token opens, pages, errors, and what it must never be told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from alliance.domain.fhir_access import Scope
from tests.actions.stories import course, end_dyad, trail
from tests.cast import NOW, Cast
from tests.fhir import allow, by_models, faults, token

KINDS = ("CodeSystem", "Encounter", "Observation", "Patient", "Questionnaire", "QuestionnaireResponse")
WORDS = "a comment about the canary"


@pytest.fixture
def told(cast: Cast) -> str:
    """A token of Jonas's that opens everything a token can."""
    allow(cast)
    return token(cast)


@pytest.fixture
def system(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def get(system: FlaskClient, path: str, told: str, **headers: str) -> TestResponse:
    return system.get(f"/fhir/{path}", headers={"Authorization": f"Bearer {told}", **headers})


def found(system: FlaskClient, path: str, told: str) -> list[dict[str, Any]]:
    """Everything that is found, on all pages."""
    resources: list[dict[str, Any]] = []
    for _ in range(100):
        answer = get(system, path, told)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        page = json.loads(answer.data)
        assert page["type"] == "searchset"
        resources += [entry["resource"] for entry in page.get("entry", [])]
        links = {link["relation"]: link["url"] for link in page["link"]}
        if "next" not in links:
            assert page["total"] == len(resources)
            return resources
        address = urlsplit(links["next"])
        assert address.netloc == "alliance.example"
        path = f"{address.path.removeprefix('/fhir/')}?{address.query}"
    raise AssertionError("the pages do not end")


@pytest.mark.control(22)
@pytest.mark.parametrize("path", ["metadata", *KINDS])
def test_every_answer_is_right_and_nobody_keeps_it(system: FlaskClient, told: str, path: str) -> None:
    answer = get(system, f"{path}?_count=3" if path != "metadata" else path, told)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["ETag"].startswith('W/"')
    assert "Access-Control-Allow-Origin" not in answer.headers and "Set-Cookie" not in answer.headers
    whole = json.loads(answer.data)
    assert faults(whole) == []
    for entry in whole.get("entry", []):
        assert faults(entry["resource"]) == []
        alone = get(system, f"{path}/{entry['resource']['id']}", told)
        assert json.loads(alone.data) == entry["resource"]


def test_what_can_be_done_is_what_is_said(system: FlaskClient, told: str) -> None:
    said = json.loads(system.get("/fhir/metadata").data)
    assert (said["fhirVersion"], said["kind"], said["format"]) == ("4.0.1", "instance", ["json"])
    [rest] = said["rest"]
    assert [one["type"] for one in rest["resource"]] == list(KINDS)
    values = {
        "patient": "p1",
        "date": "2026",
        "authored": "2026",
        "_lastUpdated": "ge2020",
        "_id": "s1",
        "code": "x",
    }
    for one in rest["resource"]:
        for parameter in one["searchParam"]:
            query = f"{one['type']}?{parameter['name']}={values[parameter['name']]}"
            assert get(system, query, told).status_code == 200, query
        assert get(system, f"{one['type']}?name=x", told).status_code == 400


def test_the_same_again_is_not_sent_again(system: FlaskClient, told: str) -> None:
    first = get(system, "Observation", told)
    again = get(system, "Observation", told, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert get(system, "Observation?_count=2", told, If_None_Match=first.headers["ETag"]).status_code == 200


def test_pages_hold_together(system: FlaskClient, told: str) -> None:
    whole = found(system, "Observation", told)
    assert len(whole) == 35
    assert found(system, "Observation?_count=4", told) == whole
    alliance = found(system, "Observation?code=after-session.alliance&_count=3", told)
    assert [one["valueQuantity"]["value"] for one in alliance] == [80, 90, 80, 90, 80, 90, 30]


def test_what_changed_since_then(system: FlaskClient, told: str, cast: Cast) -> None:
    responses = found(system, "QuestionnaireResponse", told)
    newest = max(one["meta"]["lastUpdated"] for one in responses)
    assert [one["id"] for one in found(system, f"QuestionnaireResponse?_lastUpdated=ge{newest}", told)] == [
        responses[-1]["id"]
    ]
    assert found(system, f"QuestionnaireResponse?_lastUpdated=gt{newest}", told) == []
    course(cast, "Elm 9", [8])
    assert len(found(system, f"QuestionnaireResponse?_lastUpdated=gt{newest}", told)) == 1


def test_one_patient_of_several(system: FlaskClient, told: str, cast: Cast) -> None:
    elm = course(cast, "Elm 9", [8, 9])
    for kind, count in {"Encounter": 2, "QuestionnaireResponse": 2, "Observation": 10}.items():
        both, one = found(system, kind, told), found(system, f"{kind}?patient=Patient/p{elm.id}", told)
        assert len(one) == count < len(both)
        assert {of["subject"]["reference"] for of in one} == {f"Patient/p{elm.id}"}


@pytest.mark.control(43)
@pytest.mark.parametrize("kind", ["Encounter", "Observation", "Patient", "QuestionnaireResponse"])
def test_anothers_patient_is_not_there(system: FlaskClient, told: str, cast: Cast, kind: str) -> None:
    theirs = token(cast, "claire")
    [foreign, *_] = found(system, kind, theirs)
    assert foreign["id"] not in {one["id"] for one in found(system, kind, told)}
    absent = "p99999" if kind == "Patient" else "s99999-alliance"
    answers = [get(system, f"{kind}/{one}", told) for one in (foreign["id"], absent)]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    if kind != "Patient":
        for patient in ("p2", "p99999"):
            assert found(system, f"{kind}?patient={patient}", told) == []


def test_a_therapy_that_ends_is_not_there_from_then_on(system: FlaskClient, told: str, cast: Cast) -> None:
    elm = course(cast, "Elm 9", [8, 9])
    assert get(system, f"Patient/p{elm.id}", told).status_code == 200
    end_dyad(cast, elm.dyad_id, NOW.date())
    assert get(system, f"Patient/p{elm.id}", told).status_code == 404
    assert get(system, f"Observation/s{elm.sessions[0]}-alliance", told).status_code == 404


@pytest.mark.control(44)
def test_what_was_held_back_leaves_no_sign(system: FlaskClient, told: str, cast: Cast) -> None:
    held = course(cast, "Wren 8", [8, 2], last={"audience": "supervisor", "comment": WORDS, "raise": "yes"})
    none = course(cast, "Rook 2", [8, None])
    course(cast, "Lark 3", [8, 2], last={"comment": WORDS})
    seen = []
    for of in (held, none):
        every = [found(system, f"{kind}?patient=p{of.id}", told) for kind in ("Encounter", "Observation")]
        every.append(found(system, f"QuestionnaireResponse?patient=p{of.id}", told))
        every.append([json.loads(get(system, f"Patient/p{of.id}", told).data)])
        text = json.dumps(every)
        for old, new in ((of.sessions[0], "first"), (of.sessions[1], "second")):
            text = text.replace(f"s{old}-", f"{new}-").replace(f's{old}"', f'{new}"')
        seen.append(text.replace(f"p{of.id}", "p").replace("Wren 8", "x").replace("Rook 2", "x"))
    assert seen[0] == seen[1]
    whole = " ".join(json.dumps(found(system, kind, told)) for kind in KINDS)
    assert "canary" not in whole and "Jonas" not in whole
    assert f"QuestionnaireResponse/s{held.sessions[1]}" not in whole


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("Observation?date=soon", 400, "invalid"),
        ("Observation?_sort=date", 400, "invalid"),
        ("Medication", 404, "not-found"),
        ("Patient/p99999", 404, "not-found"),
        ("Patient/", 404, "not-found"),
        ("", 404, "not-found"),
    ],
)
def test_an_error_is_an_outcome(system: FlaskClient, told: str, path: str, status: int, code: str) -> None:
    answer = get(system, path, told)
    outcome = json.loads(answer.data)
    assert answer.status_code == status and answer.headers["Content-Type"].startswith("application/fhir+json")
    assert outcome["issue"][0]["code"] == code and faults(outcome) == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(system: FlaskClient, told: str, method: str) -> None:
    answer = system.open("/fhir/Patient", method=method, headers={"Authorization": f"Bearer {told}"})
    assert answer.status_code == 405 and json.loads(answer.data)["issue"][0]["code"] == "not-supported"


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic am9uYXM6eA==", "Bearer alliance_wrong", "Bearer \xff"]
)
def test_without_a_token_that_works_nothing_opens(system: FlaskClient, told: str, header: str | None) -> None:
    answer = system.get("/fhir/Patient", headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer realm=")
    assert json.loads(answer.data)["issue"][0]["code"] == "login"
    assert by_models(json.loads(answer.data)) == []


def test_a_token_in_the_address_is_none(system: FlaskClient, told: str) -> None:
    assert system.get(f"/fhir/Patient?access_token={told}").status_code == 401


def test_a_token_opens_what_it_was_made_for(system: FlaskClient, told: str, cast: Cast) -> None:
    narrow = token(cast, scopes=[Scope.OBSERVATIONS])
    assert get(system, "Observation", narrow).status_code == 200
    refused = get(system, "QuestionnaireResponse", narrow)
    assert refused.status_code == 403 and json.loads(refused.data)["issue"][0]["code"] == "forbidden"


def test_switched_off_there_is_nothing(system: FlaskClient, told: str, cast: Cast) -> None:
    allow(cast, False)
    assert {get(system, path, told).status_code for path in ("metadata", *KINDS)} == {404}


@pytest.mark.control(13)
def test_who_tries_many_tokens_waits_and_a_right_one_still_opens(system: FlaskClient, told: str) -> None:
    statuses = [get(system, "Patient", f"alliance_{number}").status_code for number in range(32)]
    assert statuses == [401] * 30 + [429] * 2
    answer = get(system, "Patient", "alliance_0")
    assert json.loads(answer.data)["issue"][0]["code"] == "throttled" and answer.headers["Retry-After"]
    assert get(system, "Patient", told).status_code == 200


@pytest.mark.control(63)
def test_every_patient_who_was_read_stands_in_the_trail(system: FlaskClient, told: str, cast: Cast) -> None:
    elm, jonas = course(cast, "Elm 9", [8, 9]), cast.ids["jonas"]
    before = len(trail(cast.clinic))
    get(system, "Observation", told)
    get(system, f"QuestionnaireResponse?patient=p{elm.id}", told)
    get(system, f"Encounter/s{elm.sessions[0]}", told)
    get(system, "Observation?date=1999", told)
    get(system, "Patient/p99999", told)
    get(system, "Questionnaire", told)
    assert trail(cast.clinic, before) == [
        ("staff", jonas, "read by token", "patient", cast.alder.patient_id),
        ("staff", jonas, "read by token", "patient", elm.id),
        ("staff", jonas, "read by token", "patient", elm.id),
        ("staff", jonas, "read by token", "patient", elm.id),
        *[("staff", jonas, "read by token", "token", 1)] * 3,
    ]


def test_what_a_system_reads_is_not_yet_read_by_anybody(system: FlaskClient, told: str, cast: Cast) -> None:
    """A therapist can still give an own view, and patients are not told that their words were read."""
    course(cast, "Elm 9", [8, 9])
    for kind in KINDS:
        found(system, kind, told)
    with cast.clinic.db.read() as conn:
        assert conn.execute("SELECT count(*) AS n FROM course_shown").fetchone()["n"] == 0


def test_an_address_with_a_line_end_or_a_long_one_is_refused_kindly(system: FlaskClient, told: str) -> None:
    for path in (
        "Patient/" + "p" * 5000,
        "Patient/p%0a1",
        "Patient/%00",
        "Patient/..%2f..",
        "Observation?code=%ff",
    ):
        assert get(system, path, told).status_code in {200, 400, 404}


def test_a_clock_that_is_put_back_revives_no_token(system: FlaskClient, cast: Cast) -> None:
    allow(cast)
    short = token(cast, days=30)
    for days, status in ((29, 200), (31, 401), (1, 401), (-1, 401)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            assert get(system, "Patient", short).status_code == status
