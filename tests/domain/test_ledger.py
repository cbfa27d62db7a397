"""A ledger from rupture to repair: which step may follow which, and what no sequence of events can undo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.track import EpisodeState
from alliance.domain.ledger import (
    BY_PEOPLE,
    BY_THE_NUMBERS,
    CLOSING,
    HOW,
    NOT_A_RUPTURE,
    AlertStatus,
    Kind,
    Refusal,
    Step,
    acknowledged,
    check,
    decided,
    set_right,
    state_of,
    talks,
)

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
OPEN, RECOVERING, REPAIRED, UNRESOLVED = (
    EpisodeState.OPEN,
    EpisodeState.RECOVERING,
    EpisodeState.REPAIRED,
    EpisodeState.UNRESOLVED,
)


def step(kind: Kind, **more: object) -> Step:
    """A whole step of this kind, with what it has to say."""
    told: dict[str, object] = {"by": 3} if kind in BY_PEOPLE else {"number": 8}
    if kind is Kind.TALKED:
        told |= {"how": "asked", "found": "between", "number": 8}
    if kind is Kind.ORDINARY:
        told |= {"reason": "outside"}
    if kind is Kind.CLOSED:
        told |= {"reason": "left"}
    return Step(kind, AT, **(told | more))  # type: ignore[arg-type]


def walk(*kinds: Kind) -> list[Step]:
    """A ledger with these steps, each of which has to be allowed."""
    steps: list[Step] = []
    for kind in kinds:
        check(steps, step(kind))
        steps.append(step(kind))
    return steps


K, S = Kind, AlertStatus


@pytest.mark.parametrize(
    ("kinds", "stands"),
    [
        ([], S.NEW),
        ([K.SEEN], S.SEEN),
        ([K.SEEN, K.LATER], S.LATER),
        ([K.SEEN, K.LATER, K.SEEN], S.LATER),
        ([K.SEEN, K.TALKED], S.TALKED),
        ([K.SEEN, K.TALKED, K.RECOVERING], S.RECOVERING),
        ([K.SEEN, K.TALKED, K.RECOVERING, K.SLIPPED], S.TALKED),
        ([K.SEEN, K.TALKED, K.RECOVERING, K.REPAIRED], S.REPAIRED),
        ([K.SEEN, K.RECOVERING, K.TALKED], S.RECOVERING),
        ([K.UNRESOLVED], S.UNRESOLVED),
        ([K.SEEN, K.TALKED, K.UNRESOLVED, K.CLOSED], S.CLOSED),
        ([K.REPAIRED, K.CLOSED], S.CLOSED),
        ([K.SEEN, K.UNRESOLVED, K.CLOSED, K.REOPENED], S.UNRESOLVED),
        ([K.SEEN, K.ORDINARY], S.ORDINARY),
        ([K.SEEN, K.TALKED, K.ORDINARY, K.REOPENED], S.TALKED),
        ([K.SEEN, K.RAISED], S.RAISED),
        ([K.WITHDRAWN], S.WITHDRAWN),
        ([K.WITHDRAWN, K.RENEWED], S.NEW),
        ([K.REPAIRED, K.SLIPPED], S.NEW),
    ],
)
def test_where_a_question_stands(kinds: list[Kind], stands: AlertStatus) -> None:
    assert state_of(walk(*kinds)) is stands


@pytest.mark.parametrize(
    ("before", "then", "sentence"),
    [
        ([K.SEEN, K.ORDINARY], step(K.TALKED), "This question is closed already"),
        ([K.REPAIRED], step(K.TALKED), "This question is closed already"),
        ([K.SEEN], step(K.CLOSED), "have not decided yet"),
        ([K.SEEN, K.TALKED, K.RECOVERING], step(K.CLOSED), "have not decided yet"),
        ([K.RAISED], step(K.TALKED), "A later question took the place"),
        ([K.SEEN], step(K.REOPENED), "Only what was closed by hand"),
        ([K.REPAIRED], step(K.REOPENED), "Only what was closed by hand"),
        ([], step(K.TALKED, how=None), "Choose how it came up"),
        ([], step(K.TALKED, how="unsaid"), "Choose how it came up"),
        ([], step(K.TALKED, found=None), "Choose what came of it"),
        ([], step(K.ORDINARY, reason=None), "Choose a reason"),
        ([], step(K.ORDINARY, reason="left"), "Choose a reason"),
        ([], step(K.ORDINARY, reason="other"), "Write a few words"),
        ([K.UNRESOLVED], step(K.CLOSED, reason=""), "Choose a reason"),
        ([K.UNRESOLVED], step(K.CLOSED, reason="other"), "Write a few words"),
        ([], step(K.SEEN, by=None), "Somebody does what people do"),
        ([], step(K.REPAIRED, by=3), "Somebody does what people do"),
        ([K.SEEN], step(K.WITHDRAWN), "cannot become withdrawn"),
        ([K.SEEN], step(K.SLIPPED), "cannot become slipped"),
        ([K.SEEN], step(K.RENEWED), "cannot become renewed"),
        ([K.RECOVERING], step(K.RECOVERING), "cannot become recovering"),
        ([K.SEEN, K.ORDINARY], step(K.REPAIRED), "cannot become repaired"),
    ],
)
def test_what_may_not_follow_is_refused_with_a_sentence(
    before: list[Kind], then: Step, sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        check(walk(*before), then)


def test_a_reason_in_words_is_enough() -> None:
    check([], step(K.ORDINARY, reason="other", written=True))
    check(walk(K.UNRESOLVED), step(K.CLOSED, reason="other", written=True))


ANY_STEP = st.builds(
    Step,
    kind=st.sampled_from(Kind),
    at=st.integers(0, 99).map(lambda hour: AT + timedelta(hours=hour)),
    by=st.none() | st.just(3),
    number=st.none() | st.integers(1, 9),
    how=st.none() | st.sampled_from([*HOW, "unsaid"]),
    found=st.sampled_from([None, "between", "unsure"]),
    reason=st.none() | st.sampled_from([*NOT_A_RUPTURE, *CLOSING]),
    written=st.booleans(),
)
WHOLE_STEP = st.sampled_from(Kind).map(step)


@given(st.lists(ANY_STEP | WHOLE_STEP, max_size=40))
def test_no_path_leads_to_a_state_without_its_reason(tried: list[Step]) -> None:
    steps: list[Step] = []
    for one in tried:
        try:
            check(steps, one)
        except Refusal as refusal:
            assert refusal.sentence[0].isupper() and not refusal.sentence.endswith(".")
            continue
        before = state_of(steps)
        steps.append(one)
        now = state_of(steps)
        if now is AlertStatus.ORDINARY:
            reason = [told for told in steps if told.kind is K.ORDINARY][-1]
            assert reason.reason in NOT_A_RUPTURE and (reason.reason != "other" or reason.written)
        if now is AlertStatus.CLOSED:
            reason = [told for told in steps if told.kind is K.CLOSED][-1]
            assert reason.reason in CLOSING and (reason.reason != "other" or reason.written)
            assert before in {S.REPAIRED, S.UNRESOLVED, S.CLOSED}
        if now is AlertStatus.TALKED:
            assert talks(steps)[-1].how in HOW
        if now in {S.SEEN, S.LATER, S.TALKED, S.ORDINARY, S.CLOSED}:
            assert acknowledged(steps)
        if now is AlertStatus.WITHDRAWN:
            assert not acknowledged(steps)


EPISODES = st.lists(st.sampled_from([OPEN, RECOVERING, REPAIRED, UNRESOLVED]), max_size=12)
ACTS = st.lists(st.sampled_from(sorted(BY_PEOPLE)), max_size=4)


@given(st.lists(st.tuples(ACTS, EPISODES), max_size=6))
def test_what_somebody_did_never_disappears_however_often_a_course_is_read_anew(
    events: list[tuple[list[Kind], list[EpisodeState]]],
) -> None:
    """Late and corrected answers and released ones change the course behind a question; its ledger only grows."""
    steps: list[Step] = []
    for acts, course in events:
        for act in acts:
            try:
                check(steps, step(act))
            except Refusal:
                continue
            steps.append(step(act))
        before = [one for one in steps if one.kind in BY_PEOPLE]
        closed = state_of(steps) in {S.CLOSED, S.ORDINARY}
        numbered = list(enumerate(course, start=7))
        right = set_right(state_of(steps), numbered)
        if right is not None:
            taken = step(right[0], number=right[1])
            check(steps, taken)
            steps.append(taken)
        assert [one for one in steps if one.kind in BY_PEOPLE] == before
        assert set_right(state_of(steps), numbered) is None  # once is enough
        assert closed <= (right is None)
        assert state_of(steps) is not S.WITHDRAWN


@given(EPISODES)
def test_one_answer_after_the_other_leads_where_all_at_once_do(course: list[EpisodeState]) -> None:
    numbered = list(enumerate(course, start=7))
    steps: list[Step] = []
    for one in numbered:
        if not state_of(steps).open:
            break
        for kind, number in decided(state_of(steps), [one]):
            check(steps, step(kind, number=number))
            steps.append(step(kind, number=number))
    assert set_right(state_of(steps), numbered) is None
    assert all(one.kind in BY_THE_NUMBERS for one in steps)


def test_a_not_yet_takes_back_the_talk_that_was_noted_before() -> None:
    assert talks(walk(K.TALKED, K.LATER)) == []
    assert len(talks(walk(K.TALKED, K.LATER, K.TALKED, K.TALKED))) == 2
