"""A word dropped in one place turns up only where it may: nowhere among other people's pages, nor in the logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from alliance.actions import sharing
from alliance.storage import sqlite
from alliance.web.assets import plotly_version
from tests.cast import NOW, PASSWORD, Cast, address, signed_in
from tests.page import PageClient, page_client
from tests.page_rules import RULES
from tests.web.posting import course, page_of, post

CANARY = "Kanarienvogel-0815"
EVERY = ("alliance", "safety", "attunement", "collaboration", "held", "hurt", "leave")


@pytest.fixture
def written(app: Flask, cast: Cast) -> Cast:
    """The cast, after Alder 14 wrote to the therapist, in the comment of a session that raises a question too."""
    form = {"comment": f"{CANARY}: it was hard.", "talked": "no", "held": "9", "hurt": "9", "raise": "yes"}
    assert post(page_client(app), cast.alder.token, form).status_code == 303
    return cast


def addresses(app: Flask, cast: Cast) -> Iterator[str]:
    """Every address of the application that can be opened, with ids and names that are there."""
    samples: dict[str, list[object]] = {
        "alert_id": [1, 2, 3, 4],
        "card": ["pace"],
        "change_id": [1],
        "edition": ["1.0"],
        "instrument_id": ["after-session", "pulse", "what-happened", "around-therapy"],
        "staff_id": [1, 2],
        "erasure_id": [1],
        "filename": ["css/staff.css", "js/charts.js"],
        "kept_id": [cast.alder.session_id],
        "name": list(EVERY),
        "number": ["K7Q2M9XD"],
        "patient_id": [cast.alder.patient_id, cast.stories["Birch 2"].patient_id],
        "resource_id": [f"p{cast.alder.patient_id}", f"s{cast.alder.session_id}"],
        "session_id": [cast.alder.session_id, cast.alder.session_id - 1],
        "share_id": [1],
        "therapist_id": [cast.ids["jonas"], cast.ids["claire"]],
        "token": [cast.alder.token, "unknown"],
        "version": [plotly_version()],
    }
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "assets.plotly":
            yield from built(rule, samples)


def built(rule: Rule, samples: dict[str, list[object]]) -> Iterator[str]:
    found: list[dict[str, object]] = [{}]
    for name in sorted(rule.arguments):
        assert name in samples, f"{rule.rule} needs a sample of {name} here"
        found = [{**values, name: sample} for values in found for sample in samples[name]]
    for values in found:
        made = rule.build(values, append_unknown=False)
        assert made is not None
        yield made[1]
        if "patient_id" in rule.arguments:
            yield f"{made[1]}?therapist={3}"


def opened(client: PageClient, app: Flask, cast: Cast) -> Iterator[tuple[str, int, str]]:
    """Everything that somebody gets to see: address, status, the whole answer with its headers."""
    for path in addresses(app, cast):
        with client.get(path, allow=RULES) as response:
            yield path, response.status_code, f"{response.headers}\n{response.get_data(as_text=True)}"


def test_a_comment_is_on_the_page_of_whom_it_was_written_to_and_on_no_other(
    app: Flask, written: Cast
) -> None:
    told = [path for path, _, text in opened(signed_in(app, "jonas"), app, written) if CANARY in text]
    assert {path.partition("?")[0] for path in told} == {f"/patients/{written.alder.patient_id}"}


@pytest.mark.parametrize("who", ["miriam", "ruth", "tomasz", "claire", "erik", "nobody"])
def test_a_comment_is_nowhere_else(app: Flask, written: Cast, who: str) -> None:
    client = page_client(app) if who == "nobody" else signed_in(app, who)
    seen = list(opened(client, app, written))
    assert len(seen) > 60
    if who == "miriam":  # she does see the rest
        assert sum(status == 200 for _, status, _ in seen) > 20
    assert [path for path, _, text in seen if CANARY in text] == []
    assert [path for path, status, _ in seen if status >= 500] == []


def test_a_comment_of_a_case_that_is_shown_is_on_that_patients_page_alone(app: Flask, written: Cast) -> None:
    jonas, miriam = written.viewer("jonas"), written.ids["miriam"]
    sharing.show(written.clinic, jonas, written.alder.patient_id, miriam, NOW, question="")
    for who, there in (
        ("miriam", {f"/patients/{written.alder.patient_id}"}),
        ("ruth", set()),
        ("tomasz", set()),
    ):
        seen = opened(signed_in(app, who), app, written)
        assert {path.partition("?")[0] for path, _, text in seen if CANARY in text} == there, who


def test_what_was_written_to_the_supervisor_is_nowhere_before_the_therapist(app: Flask, cast: Cast) -> None:
    form = {"comment": f"{CANARY}: please help.", "audience": "supervisor", "raise": "yes", "hurt": "9"}
    assert post(page_client(app), cast.alder.token, form).status_code == 303
    for who in ("jonas", "ruth", "tomasz", "claire", "erik"):
        seen = opened(signed_in(app, who), app, cast)
        told = [path for path, _, text in seen if CANARY in text or "Would like help" in text]
        assert told == [], who
    seen = list(opened(signed_in(app, "miriam"), app, cast))
    assert any("Would like help" in text for _, _, text in seen)
    assert {path.partition("?")[0] for path, _, text in seen if CANARY in text} == {
        f"/patients/{cast.alder.patient_id}"
    }


def test_neither_words_nor_codes_nor_numbers_are_the_administrators(app: Flask, written: Cast) -> None:
    for path, status, text in opened(signed_in(app, "tomasz"), app, written):
        if path.startswith("/a/"):
            continue  # the patient's link, whoever follows it
        assert "Alder 14" not in text and "Birch 2" not in text, path
        assert status != 200 or "Alliance, 0 to 100" not in text


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All that is logged, by anybody, however unimportant."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_no_secret_and_no_word_gets_into_a_log(
    app: Flask, cast: Cast, logged: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.getLogger("alliance").warning("listening")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    jonas = signed_in(app, "jonas")
    session = f"/sessions/{cast.alder.session_id}"
    made = page_of(jonas.submit(jonas.page(session).form("Make a link"))).by_id("link")
    assert made is not None
    token = made.get("value").rpartition("/")[2]
    patient = page_client(app)
    patient.page(f"/a/{token}")
    post(patient, token, comment=CANARY, safe="11")
    lock = sqlite.connect(cast.clinic.config.database, "write")
    lock.execute("BEGIN IMMEDIATE")
    assert post(patient, token, comment=CANARY).status_code == 503
    assert jonas.get(f"/patients/{cast.alder.patient_id}").status_code == 503
    lock.close()
    app.view_functions["patient.thanks"] = broken
    assert post(patient, token, comment=CANARY).status_code == 303
    assert patient.get("/thanks").status_code == 500
    patient.get(f"/a/{token}x", allow=RULES)
    patient.post(f"/a/{token}", data=b"a" * 70_000, allow=RULES)
    patient.post("/sign-in", data={"email": address("jonas"), "password": CANARY}, allow=RULES)
    course(cast, "Elm 3", 8, 2, last={"comment": CANARY})
    told = "\n".join(f"{logging.Formatter().format(record)} {record.__dict__}" for record in logged.records)
    assert "listening" in told and "could not be stored" in told and "in the dark" in told
    for secret in (token, cast.alder.token, CANARY, PASSWORD, "receipt=", "Alder 14", "Elm 3"):
        assert secret not in told, f"“{secret}” was logged"


def broken() -> str:
    raise RuntimeError("in the dark")
