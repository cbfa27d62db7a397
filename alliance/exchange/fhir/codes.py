"""The local code system: a code for each score, each answer that is a choice, and each mark.

No code of LOINC or SNOMED CT says what an alliance score is, so none is claimed. A clinic that has a mapping agreed
on keeps it where it takes these resources in.
"""

from __future__ import annotations

from collections.abc import Iterable

from alliance.exchange.fhir.names import OVERALL, Names, Resource
from alliance.exchange.fhir.questionnaires import filled, scale_of
from surveys.definition import Instrument
from surveys.questions import Option, Question
from surveys.scoring import whole_of

ID = "alliance"


def score_code(instrument: str, scale: str) -> str:
    """Which score: a scale means something within its instrument alone."""
    return f"{instrument}.{scale}"


def scale_name(one: Instrument | None, scale: str) -> str:
    """What staff call it."""
    found = scale_of(one, scale) if one else None
    return found.name if found else scale.replace("-", " ").capitalize()


def display(one: Instrument | None, instrument: str, scale: str) -> str:
    """What the code of a score stands for: the scale, and of which questionnaire."""
    named = one.name if one and one.wording_may_be_shipped else instrument
    return f"{scale_name(one, scale)} ({named})"


def code_system(names: Names, instruments: Iterable[Instrument]) -> Resource:
    """Every code that a resource of this clinic may hold. `instruments` are in the language that staff read."""
    concepts: dict[str, Resource] = {}
    for one in instruments:
        scales = [scale.id for scale in one.scales]
        if any(scale.in_alliance for scale in one.scales):
            scales.append(whole_of(one))
        for scale_id in scales:
            code = score_code(one.id, scale_id)
            concepts[code] = {
                "code": code,
                "display": display(one, one.id, scale_id),
                "definition": _meaning(one, scale_id),
            }
        for question in one.questions:
            for option in question.options:
                concepts.setdefault(f"{question.id}.{option.value}", _answer(one, question, option))
    concepts["disputed"] = {
        "code": "disputed",
        "display": "The patient says that this was not them",
        "definition": "Somebody followed the link later and said that these answers were not theirs. They still count.",
    }
    return {
        "resourceType": "CodeSystem",
        "id": ID,
        "url": names.system,
        "name": "Alliance",
        "title": "Codes of this installation of Alliance",
        "status": "active",
        "experimental": False,
        "description": "Local codes. They belong to no terminology.",
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "concept": [concepts[code] for code in sorted(concepts)],
    }


def _meaning(one: Instrument, scale_id: str) -> str:
    if scale_id in OVERALL:
        return "Mean of the scales that count towards it, 0 to 100; at least two thirds of them have a score."
    found = scale_of(one, scale_id)
    way = "A higher score is better news." if found and found.higher_is == "better" else ""
    way = way or "A higher score is worse news."
    return f"Mean of the answered items, stretched to 0 to 100; at least half of them are answered. {way}"


def _answer(one: Instrument, question: Question, option: Option) -> Resource:
    code = f"{question.id}.{option.value}"
    return {"code": code} | ({"display": filled(option.text)} if one.wording_may_be_shipped else {})
