"""What a clinic's own data say, sentence by sentence."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.fitted import NOTHING, Fitted
from alliance.analysis.prior import DEFAULT, RatingsPrior
from alliance.domain.clinic_data import in_words
from tests.analysis.courses import priors

MANY = Fitted(
    prior=replace(DEFAULT, mu0=81.6, tau2=156.0, p0=0.131, r0=12.4, r_s2=76.0, q=0.48, dp=0.12),
    ratings_prior=RatingsPrior(s0sq=34.3, phi=0.44),
    dyads_used=297,
    answers_used=4162,
    scales_dyads=297,
    tension_dyads=290,
    at_the_top=0.167,
)


def test_a_clinic_with_a_past() -> None:
    assert in_words(MANY) == [
        "Learned from 297 courses with 4,162 rated sessions.",
        "The usual rating is 82 of 100 on average; that of most patients lies between 57 and 100.",
        "From one session to the next a patient’s ratings stray by about 6 points.",
        "Of what makes a session better or worse than usual, about 4 tenths carry over to the next.",
        "About 13 in 100 sessions stay without a form.",
        "About 17 in 100 ratings are at the very top, where they say little.",
        "Usual tension is 12 of 100 on average and strays by about 9 points from session to session.",
        "When ratings fall, about 5 in 10 patients here report more tension too.",
        "During a rupture about 12 more in 100 forms stay out: a missing form counts as a small sign.",
    ]


def test_a_clinic_without_one() -> None:
    (sentence,) = in_words(NOTHING)
    assert "defaults, which are assumptions" in sentence


def test_a_short_past_says_what_is_not_known_yet() -> None:
    few = in_words(
        replace(MANY, dyads_used=1, answers_used=6, scales_dyads=0, tension_dyads=0, at_the_top=0.0)
    )
    assert few[0].startswith("Learned from 1 course with 6 rated sessions. Below 200 courses")
    assert not any("Usual tension" in sentence or "very top" in sentence for sentence in few)
    assert few[-1].startswith("What tension and silence say about ruptures here is not known yet")


def test_the_extremes_have_sentences_of_their_own() -> None:
    def said(**changes: float) -> str:
        return " ".join(in_words(replace(MANY, prior=replace(MANY.prior, **changes))))

    assert "hardly anybody here reports" in said(q=0.06)
    assert "most patients here report" in said(q=0.9)
    assert "A missing form says next to nothing" in said(dp=0.0)
    assert "Fewer than 1 in 100 sessions" in said(p0=0.001)
    calm = in_words(replace(MANY, ratings_prior=RatingsPrior(s0sq=1.0, phi=0.0), at_the_top=0.5))
    assert "From one session to the next a patient’s ratings stray by about 1 point." in calm
    assert "A better or worse session than usual says nothing about the next one." in calm
    assert any("small falls stay hidden" in sentence for sentence in calm)


@settings(max_examples=60, deadline=None)
@given(st.builds(Fitted, priors, st.just(RatingsPrior()), st.integers(1, 5000), st.integers(4, 10**6),
                 st.just(1), st.just(1), st.floats(0, 1)))  # fmt: skip
def test_every_sentence_ends_and_names_no_symbol(fitted: Fitted) -> None:
    for sentence in in_words(fitted):
        assert re.fullmatch(r"[A-Z][^\n_]+\.", sentence)
        assert not re.search(r"nan|inf\b|tau|mu0|dyad", sentence)
