"""What holds for any answers and for anything at all that may be posted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from surveys.definition import Instrument
from surveys.forms import PAGE_FIELDS, check
from surveys.library import shipped
from surveys.questions import QUESTIONS
from surveys.scoring import NoScore, Score, score

REASONS = {"not answered", "too few items", "too few scales"}
instruments = st.sampled_from(list(shipped()))
# Every character there is, halves of pairs among them.
any_text = st.text(st.characters(exclude_categories=()), max_size=40)
talked = st.sampled_from(QUESTIONS["talked"].values)


def answers_to(instrument: Instrument) -> st.SearchStrategy[dict[str, int]]:
    values = st.integers(instrument.minimum, instrument.maximum)
    return st.dictionaries(st.sampled_from([item.id for item in instrument.items]), values)


answered = instruments.flatmap(lambda one: st.tuples(st.just(one), answers_to(one)))


@given(answered)
def test_a_score_is_within_0_to_100_or_says_why_there_is_none(
    case: tuple[Instrument, dict[str, int]],
) -> None:
    instrument, answers = case
    scores = score(instrument, answers)
    assert set(scores) == {"alliance", *(scale.id for scale in instrument.scales)}
    for one in scores.values():
        if isinstance(one, Score):
            assert 0 <= one.value <= 100
        else:
            assert one.reason in REASONS
    for scale in instrument.scales:
        asked = [item_id for item_id in scale.items if item_id in answers]
        assert isinstance(scores[scale.id], Score) == (2 * len(asked) >= len(scale.items) > 0 < len(asked))
        assert (scores[scale.id] == NoScore("not answered")) == (not asked)


@given(answered, st.data())
def test_a_higher_answer_never_lowers_a_score(
    case: tuple[Instrument, dict[str, int]], data: st.DataObject
) -> None:
    instrument, answers = case
    item = data.draw(st.sampled_from(instrument.items))
    lower = answers.get(item.id, instrument.minimum)
    higher = data.draw(st.integers(lower, instrument.maximum))
    before = score(instrument, answers | {item.id: lower})
    after = score(instrument, answers | {item.id: higher})
    for name, one in before.items():
        other = after[name]
        if isinstance(one, Score) and isinstance(other, Score):
            assert one.value <= other.value
        else:
            assert one == other
    if item.scale == "rupture":
        assert before["alliance"] == after["alliance"]


@given(answered, talked, st.booleans())
def test_sound_answers_come_back_as_they_were_sent(
    case: tuple[Instrument, dict[str, int]], how: str, help_wanted: bool
) -> None:
    instrument, answers = case
    posted = MultiDict([(name, str(value)) for name, value in answers.items()])
    said = {"audience": "supervisor", "raise": "yes" if help_wanted else None, "talked": how}
    for question in instrument.questions:
        if said.get(question.id):
            posted.add(question.id, said[question.id])
    checked = check(instrument, posted)
    assert checked.ok
    assert checked.answers == answers
    assert checked.talked == posted.get("talked")
    assert (checked.audience, checked.wants_help) == (posted.get("audience", "both"), "raise" in posted)
    assert checked.shown == dict(posted.items())
    assert check(instrument, MultiDict(checked.shown)) == checked


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_ordinary_words_come_back_letter_for_letter(words: str) -> None:
    assert check(shipped().get("pulse"), MultiDict({"comment": words})).comment == words.strip()


@given(instruments, st.data(), st.booleans())
def test_nothing_that_is_posted_makes_the_check_fail(
    instrument: Instrument, data: st.DataObject, supervised: bool
) -> None:
    own = [item.id for item in instrument.items] + list(QUESTIONS) + sorted(PAGE_FIELDS)
    names = st.sampled_from(own) | any_text
    values = any_text | st.sampled_from([*instrument.values, "", "yes", "both", "supervisor", "helped"])
    posted = MultiDict(data.draw(st.lists(st.tuples(names, values), max_size=30)))
    checked = check(instrument, posted, supervised)
    assert set(checked.answers) <= {item.id for item in instrument.items}
    assert all(instrument.minimum <= value <= instrument.maximum for value in checked.answers.values())
    assert checked.audience in ("both", "supervisor")
    assert checked.ok == (checked.problems == {})
    assert not set(checked.unknown) & {item.id for item in instrument.items}
    assert (
        set(checked.unknown) | set(checked.shown) | set(checked.problems) | PAGE_FIELDS
        <= set(posted) | PAGE_FIELDS
    )
    # What is drawn again or kept can always be written.
    "".join([checked.comment, *checked.shown.values(), *checked.problems.values()]).encode("utf-8")
    score(instrument, checked.answers)
