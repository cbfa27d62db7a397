"""A file of FHIR resources: for its owner only, never over another, in the trail, and no more than therapists know."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alliance.actions import disputing, fhir_export, own_view, releasing
from alliance.actions.faults import Fault
from alliance.cli import main
from tests.actions.stories import course, end_dyad, set_up, trail
from tests.cast import NOW, Cast

LATER = NOW + timedelta(days=2)
WORDS = "a comment about the canary"


def export(cast: Cast, to: Path, code: str | None = None) -> list[dict[str, Any]]:
    fhir_export.export(cast.clinic, to, LATER, code=code)
    return [entry["resource"] for entry in json.loads(to.read_text(encoding="utf-8"))["entry"]]


def of_kind(found: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in found if one["resourceType"] == kind}


def run(cast: Cast, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", "fhir", str(cast.clinic.config.folder), *arguments])


@pytest.mark.control(49)
def test_the_command_writes_a_file_for_its_owner_and_says_what_is_in_it(cast: Cast, tmp_path: Path) -> None:
    to = tmp_path / "clinic.json"
    before = os.umask(0)
    try:
        result = run(cast, "--out", str(to))
    finally:
        os.umask(before)
    told = json.loads(to.read_text(encoding="utf-8"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{to}: {len(told['entry'])} resources about two patients.\n"
    assert (told["resourceType"], told["type"]) == ("Bundle", "collection")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600


def test_nothing_is_overwritten_and_nothing_half_is_left(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "clinic.json"
    to.write_text("mine")
    result = run(cast, "--out", str(to))
    assert result.exit_code == 1 and "is there already. Nothing is overwritten" in result.stderr
    assert to.read_text() == "mine"
    (tmp_path / "to-nowhere").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Fault, match="is there already"):
        export(cast, tmp_path / "to-nowhere")
    with pytest.raises(Fault, match="There is no folder"):
        export(cast, tmp_path / "none" / "clinic.json")
    with pytest.raises(Fault, match="No patient has the code “Nobody 1”"):
        export(cast, tmp_path / "none.json", "Nobody 1")
    monkeypatch.setattr(fhir_export.records, "response", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(cast, tmp_path / "half.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clinic", "clinic.json", "to-nowhere"]


def test_one_patient_alone(cast: Cast, tmp_path: Path) -> None:
    found = export(cast, tmp_path / "alder.json", "Alder 14")
    [patient] = of_kind(found, "Patient").values()
    assert patient["identifier"][0]["value"] == "Alder 14"
    assert len(of_kind(found, "Encounter")) == 8 and len(of_kind(found, "QuestionnaireResponse")) == 7
    assert len(of_kind(found, "Observation")) == 35 and len(of_kind(found, "Questionnaire")) == 1


@pytest.mark.control(63)
def test_the_trail_has_a_line_for_every_patient(cast: Cast, tmp_path: Path) -> None:
    before = len(trail(cast.clinic))
    export(cast, tmp_path / "clinic.json")
    patients = sorted(one.patient_id for one in cast.stories.values())
    assert trail(cast.clinic, before) == [
        ("command", None, "export fhir", "patient", one) for one in patients
    ]


@pytest.mark.control(44)
def test_no_words_no_names_and_nothing_of_what_was_held_back(cast: Cast, tmp_path: Path) -> None:
    told = course(
        cast, "Wren 8", [8, 9, 2], last={"comment": WORDS, "audience": "supervisor", "raise": "yes"}
    )
    open_one = course(cast, "Lark 3", [8, 9, 2], last={"comment": WORDS})
    empty = course(cast, "Rook 2", [8, 9, None])
    found = export(cast, tmp_path / "clinic.json")
    text = (tmp_path / "clinic.json").read_text(encoding="utf-8")
    for canary in ("canary", "Jonas", "Berg", "Claire", "clinic.example"):
        assert canary not in text
    responses = of_kind(found, "QuestionnaireResponse")
    assert f"s{told.sessions[1]}" in responses and f"s{open_one.sessions[2]}" in responses
    held, none = ([one for one in found if f"/s{of.sessions[2]}" in json.dumps(one)] for of in (told, empty))
    assert held == none == []
    first, other = (of_kind(found, "Encounter")[f"s{of.sessions[2]}"] for of in (told, empty))
    assert first.keys() == other.keys() and first["meta"].keys() == other["meta"].keys()


def test_a_released_answer_looks_like_one_that_was_never_held_back(cast: Cast, tmp_path: Path) -> None:
    told = course(cast, "Wren 8", [8, 9, 2], last={"audience": "supervisor"})
    releasing.release(cast.clinic, cast.viewer("miriam"), told.sessions[2], LATER, said_so=True)
    found = export(cast, tmp_path / "clinic.json")
    response = of_kind(found, "QuestionnaireResponse")[f"s{told.sessions[2]}"]
    assert response["authored"] == response["meta"]["lastUpdated"] == "2026-11-20T10:30:00Z"
    score = of_kind(found, "Observation")[f"s{told.sessions[2]}-alliance"]
    assert score["meta"]["lastUpdated"] == "2026-11-20T10:30:00Z" and score["valueQuantity"]["value"] == 20


def test_what_waits_for_the_own_view_waits_here_and_is_news_then(cast: Cast, tmp_path: Path) -> None:
    own_view.ask_first(cast.clinic, cast.viewer("jonas"), wanted=True, now=NOW - timedelta(days=9))
    told = course(cast, "Wren 8", [8, 9, 7], end=NOW)
    found = of_kind(export(cast, tmp_path / "before.json"), "QuestionnaireResponse")
    assert [f"s{one}" in found for one in told.sessions] == [True, False, False]
    own_view.show_now(cast.clinic, cast.viewer("jonas"), told.sessions[1], NOW + timedelta(days=1))
    found = of_kind(export(cast, tmp_path / "between.json"), "QuestionnaireResponse")
    assert [f"s{one}" in found for one in told.sessions] == [True, True, False]
    own_view.show_now(cast.clinic, cast.viewer("jonas"), told.sessions[2], LATER)
    found = of_kind(export(cast, tmp_path / "after.json"), "QuestionnaireResponse")
    dates = [found[f"s{one}"]["meta"]["lastUpdated"][:10] for one in told.sessions]
    assert dates == ["2026-11-06", "2026-11-21", "2026-11-22"]


def test_therapies_that_have_ended_are_in_it_and_disputes_are_marked(cast: Cast, tmp_path: Path) -> None:
    told = course(cast, "Wren 8", [8, 9, 2])
    disputing.dispute(cast.clinic, told.tokens[1], NOW)
    end_dyad(cast, told.dyad_id, NOW.date())
    found = export(cast, tmp_path / "clinic.json", "Wren 8")
    tags = {
        name: one["meta"].get("tag", [{}])[0].get("code")
        for name, one in of_kind(found, "QuestionnaireResponse").items()
    }
    assert list(tags.values()) == [None, "disputed", None]


def test_a_clinic_may_say_that_nothing_may_be_passed_on(cast: Cast, tmp_path: Path) -> None:
    set_up(cast, restricted=True)
    found = export(cast, tmp_path / "clinic.json", "Alder 14")
    for one in found:
        if one["resourceType"] not in ("Questionnaire", "CodeSystem"):
            assert [label["code"] for label in one["meta"]["security"]] == ["R", "NORDSCLCD"]
