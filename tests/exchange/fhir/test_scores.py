"""A questionnaire's own expressions, worked out by an engine that knows nothing of us, lead to our scores."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from fhirpathpy import compile as compiled
from fhirpathpy.models import models
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.exchange.fhir.names import Names
from alliance.exchange.fhir.questionnaires import CALCULATED, questionnaire
from surveys.definition import Group, Instrument
from surveys.library import shipped
from surveys.scoring import Score, score


def turned() -> Instrument:
    """One that runs from 1 to 7, with sentences that are turned round."""
    of = shipped().get("after-session")
    items = tuple(replace(item, reversed=item.id in {"free", "heard", "felt", "leave"}) for item in of.items)
    groups = (Group("all", "All", tuple(item.id for item in items)),)
    return replace(of, id="turned", items=items, groups=groups, minimum=1, maximum=7)


INSTRUMENTS = [
    shipped().get("after-session"),
    shipped().get("pulse"),
    shipped().get("around-therapy"),
    turned(),
]


@cache
def expressions(number: int) -> dict[str, Any]:
    """By scale, what the questionnaire says of how its score is worked out; the one over the scales last."""
    told = questionnaire(Names("https://alliance.example/fhir"), INSTRUMENTS[number])
    [scores] = [item for item in told["item"] if item["linkId"] == "scores"]
    assert scores["readOnly"] and all(item["readOnly"] for item in scores["item"])
    return {
        item["linkId"].removeprefix("score."): compiled(
            extension["valueExpression"]["expression"], models["r4"]
        )
        for item in scores["item"]
        for extension in item["extension"]
        if extension["url"] == CALCULATED
    }


def worked_out(number: int, answers: dict[str, int]) -> dict[str, float]:
    """The scores that an engine finds, one after the other, each from what stands in the response by then."""
    one = INSTRUMENTS[number]
    groups = [
        {
            "linkId": f"group.{group.id}",
            "item": [
                {"linkId": item, "answer": [{"valueInteger": answers[item]}]}
                for item in group.items
                if item in answers
            ],
        }
        for group in one.groups
    ]
    found: dict[str, float] = {}
    for scale, expression in expressions(number).items():
        scores = [
            {"linkId": f"score.{name}", "answer": [{"valueDecimal": value}]} for name, value in found.items()
        ]
        response = {
            "resourceType": "QuestionnaireResponse",
            "item": [*groups, {"linkId": "scores", "item": scores}],
        }
        value = expression(response, {"resource": response})
        if value:
            found[scale] = float(value[0])
    return found


@pytest.mark.parametrize("number", range(len(INSTRUMENTS)))
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_expressions_lead_to_the_scores(number: int, data: st.DataObject) -> None:
    one = INSTRUMENTS[number]
    values = st.integers(one.minimum, one.maximum)
    answers = data.draw(st.dictionaries(st.sampled_from([item.id for item in one.items]), values))
    ours = {scale: told.value for scale, told in score(one, answers).items() if isinstance(told, Score)}
    assert worked_out(number, answers) == pytest.approx(ours)


def test_they_know_the_scores_and_when_there_is_none() -> None:
    answers = {"safe": 7, "free": 7, "heard": 10, "felt": 9, "sense": 8}
    assert worked_out(0, answers) == pytest.approx({"safety": 70, "attunement": 90, "alliance": 80})
    assert worked_out(0, {"safe": 7}) == {}
    assert worked_out(3, {"free": 1, "myself": 7}) == pytest.approx({"safety": 100})
