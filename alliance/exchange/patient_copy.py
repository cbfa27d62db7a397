"""A patient’s copy as data, beside the page to read. Every key is explained in docs/patients-rights.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance.domain.copies import BOTH_LACK, Copy, Form, Rated, Taken, Therapy

FORMAT = "alliance-patient-copy 1"


def as_data(copy: Copy) -> dict[str, Any]:
    """The copy for machines; days and moments are ISO 8601."""
    return {
        "format": FORMAT,
        "copy": {
            "number": copy.number,
            "made_at": copy.made_at.isoformat(timespec="seconds"),
            "made_by": copy.made_by,
            "role": "supervisor" if copy.whole else "therapist",
            "watermark": copy.watermark,
            "not_in_it": [*copy.not_in_it, *BOTH_LACK],
        },
        "clinic": copy.clinic,
        "patient": {
            "code": copy.code,
            "language": copy.language,
            "added_on": copy.added_on.isoformat(),
            "forms_paused_since": copy.paused_since.isoformat() if copy.paused_since else None,
            **({} if copy.whole else {"email": copy.email}),
            "research_agreed_on": copy.research_since.isoformat() if copy.research_since else None,
        },
        "therapies": [_therapy(therapy) for therapy in copy.therapies],
    }


def _therapy(therapy: Therapy) -> Mapping[str, Any]:
    return {
        "therapist": therapy.therapist,
        "from": therapy.since.isoformat(),
        "until": therapy.until.isoformat() if therapy.until else None,
        "sessions": [
            {
                "number": session.number,
                "held_on": session.held_on.isoformat(),
                "form": _form(session.form) if session.form else None,
                **({"imported": _taken(session.taken)} if session.taken else {}),
            }
            for session in therapy.sessions
        ],
        "questions": [
            {"session": one.number, "question": one.question, "came_of_it": one.came_of_it}
            for one in therapy.raised
        ],
        "noted": [{"on": one.on.isoformat(), "told": one.told, "words": one.words} for one in therapy.noted],
        "own_views": [
            {"session": one.session, "noticed_tension": one.noticed, **_rated(one.rated)}
            for one in therapy.own_views
        ],
    }


def _taken(taken: Taken) -> Mapping[str, Any]:
    return {
        "questionnaire": taken.questionnaire,
        "scores": dict(taken.scores),
        "answers": [{"id": item, "value": value} for item, value in taken.answers],
    }


def _form(form: Form) -> Mapping[str, Any]:
    return {
        "received_at": form.received_at.isoformat(timespec="seconds"),
        "came_by": form.came_by.value,
        "readers": form.readers,
        **_rated(form.rated),
        "said": [{"question": question, "answer": answer} for question, answer in form.said],
        "ticked": list(form.ticks),
        "around_therapy": _rated(form.monthly) if form.monthly else None,
        **({} if form.asked_for_help is None else {"asked_for_help": form.asked_for_help}),
        "said_not_to_be_theirs": form.disputed,
    }


def _rated(rated: Rated) -> Mapping[str, Any]:
    return {
        "questionnaire": rated.questionnaire,
        "language": rated.language,
        "scale": {
            "lowest": rated.lowest,
            "highest": rated.highest,
            "low_end": rated.low_end,
            "high_end": rated.high_end,
        },
        "answers": [
            {"id": answer.id, "sentence": answer.sentence, "value": answer.value} for answer in rated.answers
        ],
    }
