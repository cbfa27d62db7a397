"""Every sentence that says why we ask: calm, a question, true to the numbers, in good English."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.domain import wording
from alliance.domain.wording import Said, alert_sentence
from tests.domain.anything import is_sentence, reading

KEPT = ("I kept something back", 6)
HURT = ("hurt me or put me off", 7)
TOGETHER = "No single answer stands out, but together they are a little off this patient’s usual."
RATED = "Session 7 was rated 63, usually 83 give or take 6"
FELT = "You might ask how that session felt."
EARLY = "You might ask what would help to feel all right here."
BACK = "You might go back to it together."
FORM = "If it fits, you might ask what the form is like to fill in."


def sentence(number: int, said: Said | None = None, **changed: object) -> str:
    return alert_sentence(reading(number, **changed), said or Said(number, 63.4, 45.0, HURT))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (("ratings",), "Session 7 was rated 63, usually 83 give or take 6."),
        (
            ("ratings", "report"),
            "Session 7 was rated 63, usually 83 give or take 6, and “hurt me or put me off” was 7 of 10.",
        ),
        (("report",), "After session 7, tension was 45, usually 6: “hurt me or put me off” was 7 of 10."),
        (
            ("report", "ratings"),
            "After session 7, tension was 45, usually 6: “hurt me or put me off” was 7 of 10. "
            "The session was rated 63, usually 83 give or take 6.",
        ),
        ((), TOGETHER),
    ],
)
def test_later_sessions_stand_beside_this_patients_usual(rules: tuple[str, ...], expected: str) -> None:
    assert sentence(7, rules=rules) == f"{expected} {FELT}"


@pytest.mark.parametrize(
    ("number", "rules", "expected"),
    [
        (1, ("ratings",), "The first session was rated 63, where most begin near 83."),
        (2, ("ratings",), "Two sessions in, and the second was rated 63, where about 83 was to be expected."),
        (
            3,
            ("ratings",),
            "Three sessions in, and the third was rated 63, where about 83 was to be expected.",
        ),
        (
            2,
            ("ratings", "report"),
            "Two sessions in, and the second was rated 63, where about 83 was to be expected. "
            "“Hurt me or put me off” was 7 of 10.",
        ),
        (
            1,
            ("report",),
            "After the first session, tension was 45, where most begin near 6: “hurt me or put me off” was 7 of 10.",
        ),
        (
            3,
            ("report", "ratings"),
            "After session 3, tension was 45, where about 6 was to be expected: “hurt me or put me off” was 7 of 10. "
            "The session was rated 63, where about 83 was to be expected.",
        ),
        (
            2,
            ("own-word", "ratings"),
            "After session 2 the patient said so outright: “hurt me or put me off” was 7 of 10. "
            "The session was rated 63, where about 83 was to be expected.",
        ),
        (
            1,
            ("own-word", "ratings", "report"),
            "After the first session the patient said so outright: “hurt me or put me off” was 7 of 10. "
            "The session was rated 63, where most begin near 83.",
        ),
        (2, (), "No single answer stands out, but together they are a little off what was to be expected."),
    ],
)
def test_the_first_three_sessions_have_no_usual_yet(
    number: int, rules: tuple[str, ...], expected: str
) -> None:
    assert sentence(number, rules=rules) == f"{expected} {EARLY}"


@pytest.mark.parametrize(
    ("rules", "said", "expected"),
    [
        (
            ("own-word",),
            Said(12, 80, 56, KEPT),
            "After session 12 the patient said so outright: “I kept something back” was 6 of 10.",
        ),
        (
            ("own-word", "report"),
            Said(12, 80, 56, KEPT),
            "After session 12 the patient said so outright: “I kept something back” was 6 of 10.",
        ),
        (
            ("own-word", "report", "ratings"),
            Said(12, 36, 56, KEPT),
            "After session 12 the patient said so outright: “I kept something back” was 6 of 10. "
            "The session was rated 36, usually 83 give or take 6.",
        ),
        (
            ("own-word",),
            Said(12, None, 56, None),
            "After session 12 the patient said so outright: tension was 56, usually 6.",
        ),
        (
            ("own-word", "ratings"),
            Said(12, None, None, None),
            "After session 12 the patient said so outright.",
        ),
    ],
)
def test_the_patients_own_word_comes_first_and_once(
    rules: tuple[str, ...], said: Said, expected: str
) -> None:
    assert sentence(12, said, rules=rules) == f"{expected} {BACK}"


@pytest.mark.parametrize(
    ("number", "run", "expected"),
    [
        (17, 1, "No form came back after the last session."),
        (17, 3, "No form came back after the last three sessions."),
        (40, 13, "No form came back after the last 13 sessions."),
        (1, 1, "No form came back after the first session."),
        (2, 2, "No form came back after the first two sessions."),
    ],
)
def test_silence_asks_about_the_form(number: int, run: int, expected: str) -> None:
    said = Said(number, None, None)
    assert sentence(number, said, rules=("silence",), silent_run=run, answered=False) == f"{expected} {FORM}"


@pytest.mark.parametrize(
    ("rules", "said", "expected"),
    [
        (("ratings", "report"), Said(7, 63, 45), f"{RATED}, and tension was 45, usually 6."),
        (("report",), Said(7, 63, 45), "After session 7, tension was 45, usually 6."),
        (("report",), Said(7, 63, None, KEPT), "After session 7, “I kept something back” was 6 of 10."),
        (("ratings",), Said(7, None, 45), TOGETHER),
        (("report",), Said(7, 63, None), TOGETHER),
        (("ratings", "silence"), Said(7, 63, 45), f"{RATED}."),
    ],
)  # fmt: skip
def test_what_was_not_answered_is_left_out(rules: tuple[str, ...], said: Said, expected: str) -> None:
    assert sentence(7, said, rules=rules) == f"{expected} {FELT}"


@pytest.mark.parametrize(
    ("number", "rules", "expected"),
    [
        (16, ("ratings",), "Session 16 was rated 81, about as usual, but one scale fell behind the others."),
        (
            2,
            ("ratings",),
            "Two sessions in, and the second was rated 81, about what was to be expected, "
            "but one scale fell behind the others.",
        ),
        (
            16,
            ("own-word", "ratings"),
            "After session 16 the patient said so outright: “I kept something back” was 6 of 10. "
            "The session was rated 81, about as usual, but one scale fell behind the others.",
        ),
    ],
)
def test_a_rating_as_usual_speaks_through_one_scale(
    number: int, rules: tuple[str, ...], expected: str
) -> None:
    assert sentence(number, Said(number, 81, 20, KEPT), rules=rules).startswith(f"{expected} You might")


def test_as_usual_reaches_as_far_down_as_the_usual_ups_and_downs() -> None:
    assert wording.rated_beside(77.4, reading(), 16).startswith("77, about as usual, but ")
    assert wording.rated_beside(77.2, reading(), 16) == "77, usually 83 give or take 6"


def test_what_is_expected_is_told_on_the_scale_people_know() -> None:
    assert "usually 100 give or take 3" in sentence(9, expected=104.2, give_or_take=3.0)
    assert "usually 0:" in sentence(9, usual_tension=-2.0, rules=("report",))


def test_a_rule_without_words_is_noticed() -> None:
    with pytest.raises(ValueError, match="no words for the rule 'weather'"):
        sentence(7, rules=("weather",))


RULES = st.lists(st.sampled_from(["ratings", "report", "silence"]), unique=True).map(tuple)
SCORES = st.none() | st.floats(0, 100)


@given(
    number=st.integers(1, 60), rules=RULES, own=st.booleans(), run=st.integers(0, 20), score=SCORES, tension=SCORES,
    worst=st.none() | st.tuples(st.sampled_from([KEPT[0], HURT[0]]), st.integers(3, 10)), expected=st.floats(-20, 120),
)  # fmt: skip
def test_whatever_speaks_it_is_sentences_and_ends_in_an_offer(
    number: int,
    rules: tuple[str, ...],
    own: bool,
    run: int,
    score: float | None,
    tension: float | None,
    worst: tuple[str, int] | None,
    expected: float,
) -> None:
    found = reading(
        number, rules=("own-word", *rules) if own else rules, silent_run=min(run, number), expected=expected
    )
    text = alert_sentence(found, Said(number, score, tension, worst))
    assert is_sentence(text)
    assert text.count("“") == text.count("”") <= 1
    assert text.count("ou might ") == 1
    assert "?" not in text and "!" not in text


@pytest.mark.parametrize(
    ("rules", "number", "expected"),
    [
        (("ratings",), 7, "lower than usual"),
        (("ratings", "report"), 7, "lower than usual"),
        (("report", "ratings"), 7, "lower than usual"),
        (("report",), 7, "more tension than usual"),
        (("silence",), 7, "forms missing"),
        (("ratings", "silence"), 7, "lower than usual"),
        (("own-word", "ratings"), 7, "said so outright"),
        ((), 7, "small signs, adding up"),
        (("ratings",), 4, "lower than usual"),
        (("ratings",), 3, "lower than usual, and early"),
        (("own-word",), 1, "said so outright, and early"),
        (("silence",), 2, "forms missing, and early"),
    ],
)
def test_state_is_two_or_three_words(rules: tuple[str, ...], number: int, expected: str) -> None:
    assert wording.state(rules, number) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-3, "today"), (0, "today"), (1, "1 day"), (2, "2 days"), (13, "13 days"),
        (14, "2 weeks"), (20, "2 weeks"), (21, "3 weeks"), (365, "52 weeks"),
    ],
)  # fmt: skip
def test_age(days: int, expected: str) -> None:
    today = date(2026, 11, 20)
    assert wording.age(today - timedelta(days=days), today) == expected


def test_counts_as_people_say_them() -> None:
    assert [wording.number(n) for n in (0, 1, 12, 13, 40)] == ["no", "one", "twelve", "13", "40"]
    assert wording.count(1, "session") == "one session"
    assert wording.count(3, "session") == "three sessions"
    assert wording.count(0, "session") == "no sessions"
    assert wording.count(2, "dyad of hers", "dyads of hers") == "two dyads of hers"


def test_capitals_reach_into_a_quote() -> None:
    assert wording.capital("two of them") == "Two of them"
    assert wording.capital("“hurt me” was 7") == "“Hurt me” was 7"
    assert wording.capital("“") == "“"
    assert wording.capital("") == ""


@pytest.mark.parametrize(
    ("names", "expected"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_listed(names: list[str], expected: str) -> None:
    assert wording.listed(names) == expected


def test_days() -> None:
    day = date(2026, 11, 5)
    assert wording.short_day(day) == "5 Nov"
    assert wording.plain_day(day) == "5 November"
    assert wording.long_day(day) == "Thursday 5 November"
