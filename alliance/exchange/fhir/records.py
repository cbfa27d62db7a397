"""What was answered, about whom and when: Patient, Encounter, QuestionnaireResponse and Observation.

Patients go by their code and therapists by their number: no name, no address, no words.
"""

from __future__ import annotations

from collections.abc import Iterable

from alliance.domain.known import Answered, KnownForm, KnownPatient, KnownSession
from alliance.exchange.fhir.codes import display, scale_name, score_code
from alliance.exchange.fhir.names import (
    OVERALL,
    Names,
    Resource,
    coding,
    form_id,
    instant,
    patient_id,
    questionnaire_id,
    reference,
    score_id,
    session_id,
)
from alliance.exchange.fhir.questionnaires import filled
from surveys.checklist import Checklist
from surveys.definition import Instrument

SURVEY = coding("http://terminology.hl7.org/CodeSystem/observation-category", "survey", "Survey")
AMBULATORY = coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory")
ABSENT = coding("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown", "Unknown")
UNIT = {"unit": "score, 0 to 100", "system": "http://unitsofmeasure.org", "code": "{score}"}

Definition = Instrument | Checklist | None
"""The definition that a form was asked by; None where it is no longer installed."""


def patient(names: Names, one: KnownPatient) -> Resource:
    """Somebody, by the code that the clinic gave."""
    return {
        "resourceType": "Patient",
        "id": patient_id(one.id),
        "meta": names.meta(one.changed_at),
        "identifier": [{"use": "usual", "system": names.code_of_patient, "value": one.code}],
        "active": True,
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": one.language}]}}],
    }


def encounter(names: Names, one: KnownSession) -> Resource:
    """A therapy session: that it was held, on which day, with whom."""
    held = one.held_on.isoformat()
    who = {
        "type": "Practitioner",
        "identifier": {"system": names.number_of_therapist, "value": str(one.therapist_id)},
    }
    return {
        "resourceType": "Encounter",
        "id": session_id(one.id),
        "meta": names.meta(one.changed_at),
        "identifier": [{"system": f"{names.base}/identifiers/session-number", "value": str(one.number)}],
        "status": "finished",
        "class": AMBULATORY,
        "type": [{"text": "Psychotherapy session"}],
        "subject": reference("Patient", patient_id(one.patient_id)),
        "participant": [{"individual": who}],
        "period": {"start": held, "end": held},
    }


def response(names: Names, told: Answered, asked: Definition) -> Resource:
    """One questionnaire as it was answered. What was skipped is not there."""
    form = told.form
    name = questionnaire_id(form.instrument, form.version, form.language)
    return {
        "resourceType": "QuestionnaireResponse",
        "id": form_id(form.session.id, form.kind),
        "meta": names.meta(form.changed_at, disputed=form.disputed),
        "language": form.language,
        "questionnaire": f"{names.url('Questionnaire', name)}|{form.version}",
        "status": "completed",
        "subject": reference("Patient", patient_id(form.session.patient_id)),
        "encounter": reference("Encounter", session_id(form.session.id)),
        "authored": instant(form.answered_at),
        "source": reference("Patient", patient_id(form.session.patient_id)),
        "item": [*_groups(told, asked), *_talked(names, told, asked), *_scores(told, asked)],
    }


def _groups(told: Answered, asked: Definition) -> Iterable[Resource]:
    """What was rated or ticked, in the groups of the page."""
    answers: dict[str, Resource] = {item: {"valueInteger": value} for item, value in told.items.items()}
    answers |= {tick: {"valueBoolean": True} for tick in told.ticks}
    grouped: list[tuple[str, str, tuple[str, ...]]] = [("answers", "", tuple(sorted(answers)))]
    if isinstance(asked, Instrument):
        grouped = [(f"group.{one.id}", one.heading, one.items) for one in asked.groups]
    elif isinstance(asked, Checklist):
        grouped = [(f"group.{one.id}", one.heading, one.ticks) for one in asked.groups]
    for link, heading, members in grouped:
        inner = [
            {"linkId": item, **_text(asked, _wording(asked, item)), "answer": [answers[item]]}
            for item in members
            if item in answers
        ]
        if inner:
            yield {"linkId": link, **_text(asked, heading), "item": inner}


def _wording(asked: Definition, item: str) -> str:
    if isinstance(asked, Instrument):
        return asked.item(item).text
    return asked.tick(item).text if asked else ""


def _text(asked: Definition, text: str) -> Resource:
    return {"text": filled(text)} if asked and asked.wording_may_be_shipped and text else {}


def _talked(names: Names, told: Answered, asked: Definition) -> Iterable[Resource]:
    if told.talked is None:
        return
    wording = said = ""
    if isinstance(asked, Instrument):
        for question in asked.questions:
            if question.id == "talked":
                wording = question.text
                said = next((one.text for one in question.options if one.value == told.talked), "")
    display = _text(asked, said).get("text", "")
    answer = {"valueCoding": names.coding(f"talked.{told.talked}", display)}
    yield {"linkId": "question.talked", **_text(asked, wording), "answer": [answer]}


def _scores(told: Answered, asked: Definition) -> Iterable[Resource]:
    there = [scale for scale in in_order(told.form, asked) if told.scores[scale] is not None]
    if there:
        yield {
            "linkId": "scores",
            "item": [
                {"linkId": f"score.{scale}", "answer": [{"valueDecimal": told.scores[scale]}]}
                for scale in there
            ],
        }


def in_order(form: KnownForm, asked: Definition) -> list[str]:
    """The form's scales as its definition has them, the score over them last."""
    wanted = [scale.id for scale in asked.scales] if isinstance(asked, Instrument) else []
    return sorted(
        form.scales,
        key=lambda scale: (scale in OVERALL, wanted.index(scale) if scale in wanted else len(wanted), scale),
    )


def observations(names: Names, told: Answered, asked: Definition, for_staff: Definition) -> list[Resource]:
    """Every score of one form, with what it was worked out from; or why there is none."""
    return [observation(names, told, scale, for_staff) for scale in in_order(told.form, asked)]


def observation(names: Names, told: Answered, scale: str, for_staff: Definition) -> Resource:
    """One score."""
    form = told.form
    english = for_staff if isinstance(for_staff, Instrument) else None
    code = names.coding(score_code(form.instrument, scale), display(english, form.instrument, scale))
    value = told.scores[scale]
    result: Resource = {"valueQuantity": {"value": value, **UNIT}}
    if value is None:
        reason = told.reasons.get(scale, "not answered").capitalize()
        result = {"dataAbsentReason": {"coding": [ABSENT], "text": reason}}
    return {
        "resourceType": "Observation",
        "id": score_id(form.session.id, form.kind, scale),
        "meta": names.meta(form.changed_at, disputed=form.disputed),
        "status": "final",
        "category": [{"coding": [SURVEY]}],
        "code": {"coding": [code], "text": scale_name(english, scale)},
        "subject": reference("Patient", patient_id(form.session.patient_id)),
        "encounter": reference("Encounter", session_id(form.session.id)),
        "effectiveDateTime": form.session.held_on.isoformat(),
        "issued": instant(form.answered_at),
        "performer": [reference("Patient", patient_id(form.session.patient_id))],
        **result,
        "derivedFrom": [reference("QuestionnaireResponse", form_id(form.session.id, form.kind))],
    }
