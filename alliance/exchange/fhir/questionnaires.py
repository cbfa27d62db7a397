"""What is asked, as a Questionnaire: one for each version of an instrument and each of its languages.

A wording that may not be passed on is left out of it: whoever is entitled to it has it, and the rest needs the codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from alliance.exchange.fhir import expressions
from alliance.exchange.fhir.names import Names, Resource, definition_id
from surveys.checklist import Checklist
from surveys.definition import Instrument, Scale
from surveys.questions import Option, Question
from surveys.scoring import whole_of

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
LEAST = "http://hl7.org/fhir/StructureDefinition/minValue"
MOST = "http://hl7.org/fhir/StructureDefinition/maxValue"

NOT_VALIDATED = "Not validated: no study has looked at how well this wording measures."
VALIDATED = "The holder declares this wording validated; see the citation."
NOT_PASSED_ON = "Its wording belongs to the holder and may not be passed on, so it is left out here."
NO_WORDS = (
    "Words of the patient’s own, who may read the answers, and a wish for help are asked on the page, and are never "
    "part of a response here."
)
SCORES = "Scores, 0 to 100"


class Texts:
    """The texts of one wording, each with what it is called in the other languages of the same version."""

    def __init__(self, one: Any, others: Sequence[Any]) -> None:
        self._one = one
        self._others = [other for other in others if other.language != one.language]

    def named(self, name: str, text: Callable[[Any], str]) -> Resource:
        """An element of that name and its translations; nothing where the wording may not be passed on."""
        if not self._one.wording_may_be_shipped:
            return {}
        told = [
            {
                "url": TRANSLATION,
                "extension": [
                    {"url": "lang", "valueCode": other.language},
                    {"url": "content", "valueString": filled(text(other))},
                ],
            }
            for other in self._others
        ]
        return {name: filled(text(self._one))} | ({f"_{name}": {"extension": told}} if told else {})


def filled(text: str) -> str:
    """A text of the page without the names that the page fills in."""
    return text.replace("{therapist}", "…").replace("{supervisor}", "…").strip()


def questionnaire(names: Names, one: Instrument | Checklist, others: Sequence[Any] = ()) -> Resource:
    """One wording; `others` are those of the same version, in any order, itself among them or not."""
    texts = Texts(one, others)
    about = [VALIDATED if one.validated else NOT_VALIDATED]
    if isinstance(one, Instrument):
        items = [*_groups(one, texts), *_questions(names, one, texts), *_scores(one)]
        about += [NO_WORDS] if one.questions else []
    else:
        items = _ticks(one, texts)
    if not one.wording_may_be_shipped:
        about.append(NOT_PASSED_ON)
    return {
        "resourceType": "Questionnaire",
        "id": definition_id(one),
        "language": one.language,
        "url": names.url("Questionnaire", definition_id(one)),
        "version": one.version,
        "name": _machine_name(one),
        **(texts.named("title", lambda of: of.name) or {"title": one.name}),
        "status": "active",
        "experimental": False,
        "subjectType": ["Patient"],
        "publisher": one.holder,
        "description": " ".join(about),
        "copyright": f"© {one.holder}. {one.licence}. {one.citation.strip()}",
        "item": items,
    }


def _machine_name(one: Instrument | Checklist) -> str:
    words = "".join(part.capitalize() for part in one.id.split("-"))
    return f"{words}_{one.version.replace('.', '_')}_{one.language.replace('-', '_')}"


def _groups(one: Instrument, texts: Texts) -> Iterable[Resource]:
    for group in one.groups:
        yield {
            "linkId": f"group.{group.id}",
            **texts.named("text", _heading(group.id)),
            "type": "group",
            "item": [_item(one, item_id, texts) for item_id in group.items],
        }


def _heading(group_id: str) -> Callable[[Any], str]:
    return lambda of: next((group.heading for group in of.groups if group.id == group_id), group_id)


def _item(one: Instrument, item_id: str, texts: Texts) -> Resource:
    ends = [
        {"linkId": f"{item_id}.{end}", **told, "type": "display", "extension": [_control(end)]}
        for end, told in (
            ("lower", texts.named("text", lambda of: of.low_end)),
            ("upper", texts.named("text", lambda of: of.high_end)),
        )
        if told
    ]
    return {
        "linkId": item_id,
        **texts.named("text", lambda of: of.item(item_id).text),
        "type": "integer",
        "required": False,
        "extension": [
            {"url": LEAST, "valueInteger": one.minimum},
            {"url": MOST, "valueInteger": one.maximum},
        ],
        **({"item": ends} if ends else {}),
    }


def _control(code: str) -> Resource:
    return {"url": CONTROL, "valueCodeableConcept": {"coding": [{"system": CONTROLS, "code": code}]}}


def _questions(names: Names, one: Instrument, texts: Texts) -> Iterable[Resource]:
    for question in one.questions:
        asked = {
            "linkId": f"question.{question.id}",
            **texts.named("text", lambda of, wanted=question.id: of.question(wanted).text),  # type: ignore[misc]
            "required": False,
        }
        if question.kind == "text":
            yield asked | {"type": "text", "maxLength": question.max_length}
        elif question.kind == "check":
            yield asked | {"type": "boolean"}
        else:
            options = [_option(names, one, question, option) for option in question.options]
            yield asked | {"type": "choice", "answerOption": options}


def _option(names: Names, one: Instrument, question: Question, option: Option) -> Resource:
    display = filled(option.text) if one.wording_may_be_shipped else ""
    return {"valueCoding": names.coding(f"{question.id}.{option.value}", display)}


def _scores(one: Instrument) -> Iterable[Resource]:
    scored = [_score(scale.id, scale.name, expressions.of_scale(one, scale)) for scale in one.scales]
    if any(scale.in_alliance for scale in one.scales):
        scored.append(_score(whole_of(one), "", expressions.of_alliance(one)))
    yield {
        "linkId": "scores",
        "text": SCORES,
        "type": "group",
        "readOnly": True,
        "extension": [{"url": HIDDEN, "valueBoolean": True}],  # no scores for patients
        "item": scored,
    }


def _score(scale_id: str, name: str, expression: str) -> Resource:
    return {
        "linkId": f"score.{scale_id}",
        "text": name or scale_id.capitalize(),
        "type": "decimal",
        "readOnly": True,
        "extension": [
            {
                "url": CALCULATED,
                "valueExpression": {"language": "text/fhirpath", "expression": expression},
            }
        ],
    }


def _ticks(one: Checklist, texts: Texts) -> list[Resource]:
    return [
        {
            "linkId": f"group.{group.id}",
            **texts.named("text", _heading(group.id)),
            "type": "group",
            "item": [
                {
                    "linkId": tick_id,
                    **texts.named("text", lambda of, wanted=tick_id: of.tick(wanted).text),  # type: ignore[misc]
                    "type": "boolean",
                    "required": False,
                }
                for tick_id in group.ticks
            ],
        }
        for group in one.groups
    ]


def scale_of(one: Instrument, scale_id: str) -> Scale | None:
    """The scale of that id; None for the score over the scales."""
    return next((scale for scale in one.scales if scale.id == scale_id), None)
