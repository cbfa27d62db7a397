"""The script of the demo, before anything is stored: the right people, on weekdays, in the past, in any year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import replay
from alliance.demo.cast import CASELOADS, STAFF, Ending
from alliance.demo.casting import cast, ends_as_told, held
from alliance.demo.script import Visit, last_weekday, visits
from alliance.demo.words import POOLS, Comments
from surveys.library import shipped

LONDON = ZoneInfo("Europe/London")
WEEK = [date(2026, 11, 16) + timedelta(days=ahead) for ahead in range(7)]  # Monday to Sunday
PARTS = [(therapist, part) for therapist, parts in CASELOADS.items() for part in parts]


def written(seed: int = 1, today: date = WEEK[4]) -> list[Visit]:
    return visits(seed, today, LONDON, shipped())


def test_the_cast_is_the_size_that_was_promised() -> None:
    assert [player.role.value for player in STAFF].count("therapist") == 3
    assert len({part.code for _, part in PARTS}) == len(PARTS) == 40
    assert 580 <= sum(part.course.sessions for _, part in PARTS) <= 640
    assert {therapist for therapist, _ in PARTS} <= {player.key for player in STAFF}


def test_a_part_names_only_sessions_that_are_held() -> None:
    for _, part in PARTS:
        named = {*part.noted, *part.talked, *part.to_supervisor, *part.wants_help}
        named |= {rupture.at for rupture in part.course.ruptures}
        assert named <= set(range(1, part.course.sessions + 1)), part.code


@pytest.mark.parametrize("seed", [1, 2, 3, 4711])
def test_every_course_ends_as_its_story_says_whatever_the_seed(seed: int) -> None:
    for _, part in PARTS:
        instrument = shipped().get(part.instrument)
        answered = cast(part, instrument, seed)
        _, readings = replay(
            DEFAULT, [held(instrument, number, picked) for number, picked in enumerate(answered, 1)]
        )
        assert ends_as_told(part, readings), f"{part.code} with seed {seed}: {part.ending.value}"


def test_every_ending_is_in_every_caseload() -> None:
    for therapist, parts in CASELOADS.items():
        assert {part.ending for part in parts} == set(Ending), therapist


def test_the_same_seed_and_day_make_the_same_script_and_another_seed_another() -> None:
    assert written(1) == written(1)
    assert written(1) != written(2)


@pytest.mark.parametrize("today", WEEK, ids=[f"{day:%A}" for day in WEEK])
def test_whatever_day_it_is_everything_lies_in_the_past_and_on_weekdays(today: date) -> None:
    midnight = datetime(today.year, today.month, today.day, tzinfo=LONDON).astimezone(UTC)
    for visit in written(today=today):
        assert visit.held_on.weekday() < 5
        assert visit.next_on.weekday() < 5
        assert visit.held_on < visit.next_on
        assert visit.over_at.astimezone(LONDON).date() == visit.held_on
        assert visit.over_at < midnight
        if visit.sheet is not None:
            assert visit.over_at < visit.sheet.at < midnight


@pytest.mark.parametrize("today", WEEK, ids=[f"{day:%A}" for day in WEEK])
def test_the_next_sessions_are_in_the_coming_week(today: date) -> None:
    newest = {visit.part.code: visit for visit in written(today=today)}
    for _, part in PARTS:
        ahead = newest[part.code].next_on - today
        if part.fresh_link:
            assert newest[part.code].next_on == last_weekday(today)
        else:
            assert timedelta(0) <= ahead < timedelta(7), part.code


def test_over_a_day_that_is_an_hour_longer_no_form_comes_before_its_session() -> None:
    for visit in written(today=date(2026, 10, 27)):  # the clocks go back on the 25th
        assert visit.sheet is None or visit.sheet.at > visit.over_at


def test_nobody_sees_two_patients_at_once() -> None:
    newest = {visit.part.code: (visit.therapist, visit.over_at) for visit in written()}
    steady = [newest[part.code] for _, part in PARTS if not part.fresh_link]
    assert len(set(steady)) == len(steady)


def test_comments_are_taken_from_their_pool_and_not_repeated_before_it_is_empty() -> None:
    for mood, pool in POOLS.items():
        comments = Comments(Random(5))
        said = [comments.say(mood) for _ in range(2 * len(pool))]  # type: ignore[arg-type]
        assert sorted(said[: len(pool)]) == sorted(said[len(pool) :]) == sorted(pool)


def test_no_made_up_sentence_is_empty_long_or_said_in_two_moods() -> None:
    sentences = [sentence for pool in POOLS.values() for sentence in pool]
    assert len(set(sentences)) == len(sentences)
    assert all(10 < len(sentence) <= 120 for sentence in sentences)


def test_patients_write_most_about_a_rupture_and_seldom_otherwise() -> None:
    ruptures, plain = [], []
    for visit in written():
        if visit.sheet is None or visit.part.course.tens:
            continue
        begins = any(
            rupture.at == visit.number and rupture.depth > 20 for rupture in visit.part.course.ruptures
        )
        (ruptures if begins else plain).append(bool(visit.sheet.comment))
    assert sum(ruptures) / len(ruptures) > 0.6
    assert 0.1 < sum(plain) / len(plain) < 0.4
