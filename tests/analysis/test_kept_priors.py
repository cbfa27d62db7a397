"""Priors on their way to a file and back: equal to the last bit, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.fitted import NOTHING, Fitted
from alliance.analysis.prior import DEFAULT, DEFAULT_RATINGS, Prior, RatingsPrior
from tests.analysis.courses import priors

shares = st.floats(0.01, 0.6)
ratings_priors = st.builds(RatingsPrior, mu0=st.floats(0, 100), tau2=st.floats(1, 400), phi=shares, p0=shares)


@settings(max_examples=60, deadline=None)
@given(priors, ratings_priors, st.integers(0, 10**6), st.floats(0, 1))
def test_what_was_written_comes_back(
    prior: Prior, ratings_prior: RatingsPrior, dyads: int, at_the_top: float
) -> None:
    assert Prior.from_json(prior.to_json()) == prior
    assert RatingsPrior.from_json(ratings_prior.to_json()) == ratings_prior
    fitted = Fitted(prior, ratings_prior, dyads, 4 * dyads, dyads // 2, 0, at_the_top)
    assert Fitted.from_json(fitted.to_json()) == fitted


def changed(text: str, **changes: Any) -> str:
    return json.dumps(json.loads(text) | changes)


PRIOR = DEFAULT.to_json()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This is no prior"),
        ("[" * 100_000, "This is no prior"),
        ("[1, 2]", "does not say its format"),
        (changed(PRIOR, format=2), "format other than 1"),
        (changed(PRIOR, format=True), "format other than 1"),
        (changed(PRIOR, phi=0.3), "too much or too little: phi"),
        (DEFAULT_RATINGS.to_json(), "too much or too little: dp, o_mean, o_var"),
        (changed(PRIOR, o_mean=3.0), "o_mean must be a list of numbers, not 3.0"),
        (changed(PRIOR, o_mean=[0.0, 1.0]), "o_mean needs three numbers"),
        (changed(PRIOR, o_mean=[0.0, 1.0, "2"]), "o_mean must be a number, not '2'"),
        (changed(PRIOR, mu0="82"), "mu0 must be a number, not '82'"),
        (changed(PRIOR, mu0=True), "mu0 must be a number, not True"),
        (changed(PRIOR, mu0=[82.0]), "mu0 must be a number, not"),
        (changed(PRIOR, mu0=100.1), "mu0 must be between 0 and 100, not 100.1"),
        (PRIOR.replace("82.0", "NaN"), "mu0 must be a number, not nan"),
        (PRIOR.replace("82.0", "1e999"), "mu0 must be a number, not inf"),
        (changed(PRIOR, s0sq=0.0), "s0sq must be above 0, not 0.0"),
    ],
)
def test_nothing_else_is_taken_for_a_prior(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z][^\n]*\.$") as refused:
        Prior.from_json(text)
    assert sentence in str(refused.value)


KEPT = NOTHING.to_json()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "This is no clinic’s prior"),
        (PRIOR, "does not hold what one holds"),
        (changed(KEPT, more=1), "does not hold what one holds"),
        (changed(KEPT, format="1"), "format other than 1"),
        (changed(KEPT, dyads_used=-1), "whole numbers from 0"),
        (changed(KEPT, answers_used=1.5), "whole numbers from 0"),
        (changed(KEPT, tension_dyads=3), "more dyads than it was estimated from"),
        (changed(KEPT, at_the_top=2.0), "share at the top"),
        (changed(KEPT, prior=None), "does not say its format"),
        (changed(KEPT, prior=json.loads(PRIOR) | {"tau2": -1.0}), "tau2 must be above 0"),
        (changed(KEPT, ratings_prior=json.loads(DEFAULT_RATINGS.to_json()) | {"phi": 1.0}), "phi must be"),
    ],
)
def test_nothing_else_is_taken_for_a_clinic_s_numbers(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z][^\n]*\.$") as refused:
        Fitted.from_json(text)
    assert sentence in str(refused.value)


def test_how_much_past_it_takes_is_said() -> None:
    few, some, many = (replace(NOTHING, dyads_used=dyads) for dyads in (49, 50, 200))
    assert [each.links_learned for each in (few, some, many)] == [False, True, True]
    assert [each.blended for each in (few, some, many)] == [True, True, False]
