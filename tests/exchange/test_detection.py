"""From rows to what is found: one line for each, in their order, whatever the order and however many."""

from __future__ import annotations

import csv
import io
import random
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.fitted import NOTHING
from alliance.analysis.odds import Held
from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import replay
from alliance.exchange.detecting import COLUMNS, Detection, past, write
from alliance.exchange.methods import METHODS
from alliance.exchange.ratings import RatingsFault, Row
from tests.analysis.courses import SILENT, Said, course, courses, rated, steady
from tests.exchange.files import NAME, lines, opened


def detect(rows: list[Row] | Iterator[Row], method: str = "design", kept: int = 1000) -> Detection:
    return Detection(rows, method, NOTHING, NAME, in_any_order=kept)


def table(content: bytes, method: str = "design") -> list[dict[str, str]]:
    out = io.StringIO()
    write(Detection(opened(content), method, NOTHING, NAME), out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def rows_for(dyad: str, sessions: list[Said]) -> list[Row]:
    return [Row(0, dyad, held) for held in course(sessions)]


RUPTURE = [*steady(82, 10), rated(45, 60), SILENT, rated(50, 30), *[rated(83)] * 5]


def test_a_row_goes_out_for_every_row_that_came_in() -> None:
    found = table(lines("B,2,50,52,54,60", "A,1,80,82,84,10", "B,1,,,,", "A,2,,81,,"))
    assert list(found[0]) == list(COLUMNS)
    assert [(row["dyad"], row["session"], row["score"]) for row in found] == [
        ("B", "2", "52.00"), ("A", "1", "82.00"), ("B", "1", ""), ("A", "2", "81.00"),
    ]  # fmt: skip
    assert found[0] | {"expected": "", "lower_limit": "", "probability": ""} == {
        "dyad": "B", "session": "2", "score": "52.00", "expected": "", "lower_limit": "", "probability": "",
        "level": "ask", "rules": "own-word;ratings", "alert": "1", "episode": "open",
    }  # fmt: skip


def test_the_design_says_what_the_app_would_say() -> None:
    _, readings = replay(DEFAULT, course(RUPTURE))
    found = [each for _, each in detect(rows_for("A", RUPTURE))]
    assert [(each.level, each.rules, each.alert, each.episode) for each in found] == [
        (reading.level, reading.rules, reading.alert, reading.episode) for reading in readings
    ]
    assert [each.lower_limit for each in found] == [reading.ask_below for reading in readings]
    assert [each.probability for each in found] == [
        pytest.approx(reading.odds / (1 + reading.odds)) for reading in readings
    ]
    assert {each.level.value for each in found} == {"none", "keep", "ask"}
    assert {each.episode.value for each in found} == {"none", "open", "recovering", "repaired"}


@settings(max_examples=60, deadline=None)
@given(st.lists(courses, max_size=6), st.randoms(use_true_random=False), st.sampled_from(sorted(METHODS)))
def test_the_order_of_rows_changes_nothing(
    dyads: list[list[Said]], chance: random.Random, method: str
) -> None:
    rows = [row for at, sessions in enumerate(dyads) for row in rows_for(f"P{at}", sessions)]
    in_order = [found for _, found in detect(rows, method)]
    places = list(range(len(rows)))
    chance.shuffle(places)
    told = list(detect([rows[place] for place in places], method))
    assert [row for row, _ in told] == [rows[place] for place in places]
    assert [found for _, found in told] == [in_order[place] for place in places]


def many(rows: int, dyads: int = 40) -> Iterator[Row]:
    """Dyads that take turns, each in order."""
    for at in range(rows):
        number, dyad = divmod(at, dyads)
        yield Row(at + 2, f"P{dyad}", Held(number + 1, True, total=70.0 + at % 7))


@pytest.mark.parametrize("method", ["ratings-only", "xmr"])
def test_more_rows_than_are_kept_give_the_same_as_they_come(method: str) -> None:
    streamed = list(detect(many(3_000), method, kept=500))
    assert streamed == list(detect(many(3_000), method, kept=3_000))
    assert streamed == list(detect(many(3_000), method, kept=2_999))


def test_nothing_waits_for_the_end_of_a_long_file() -> None:
    taken = 0

    def counted() -> Iterator[Row]:
        nonlocal taken
        for row in many(10_000):
            taken += 1
            yield row

    next(iter(detect(counted(), "cut-off", kept=100)))
    assert taken == 101


def test_memory_grows_with_dyads_not_with_rows() -> None:
    stream = iter(detect(many(30_000, dyads=50), "cut-off", kept=500))
    for _ in range(1_000):
        next(stream)
    tracemalloc.start()
    for _ in stream:
        pass
    grown = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert grown < 100_000


def refusal(rows: list[Row] | Iterator[Row]) -> str:
    with pytest.raises(RatingsFault) as fault:
        for _ in detect(rows, "cut-off"):
            pass
    return str(fault.value)


def test_a_session_stands_once() -> None:
    twice = lines("A,3,80,82,84,10", "B,3,80,82,84,10", "A,1,80,82,84,10", "A,3,80,82,84,10")
    assert refusal(iter(opened(twice))) == (
        "ratings.csv, line 5, column session: session 3 of dyad “A” stands in line 2 already."
    )
    *long, last = many(1_005)
    again = Row(1_007, last.dyad, last.held)
    assert refusal([*long, last, again]).endswith(f"stands in line {last.line} already.")


def test_long_files_must_be_in_order() -> None:
    late = Row(1_007, "P9", Held(3, answered=False))
    assert refusal([*many(1_005), late]) == (
        "ratings.csv, line 1007, column session: session 3 of dyad “P9” comes after its session 25 in line 971; "
        "with more than 1,000 rows the file must be sorted by session."
    )


def test_the_design_follows_what_is_recorded() -> None:
    ratings = [rated(level, None) for level in (80, 84, 77)]
    assert detect(rows_for("A", ratings)).uses_odds is False
    assert detect(rows_for("A", [*ratings, SILENT])).uses_odds is True
    assert detect(rows_for("A", [*ratings, rated(80, 0)])).uses_odds is True
    assert detect(rows_for("A", [SILENT]), "ratings-only").uses_odds is None
    assert list(detect(rows_for("A", ratings))) == list(detect(rows_for("A", ratings), "ratings-only"))


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize(
    "sessions",
    [
        [rated(80)],
        [rated(77.7)] * 30,
        [SILENT] * 30,
        [rated(100, 0)] * 30,
        [rated(0, 100)] * 30,
        [Said(rupture=9)],
    ],
    ids=["one session", "constant", "all missing", "ceiling", "floor", "tension alone"],
)
def test_odd_dyads_are_no_trouble(method: str, sessions: list[Said]) -> None:
    out = io.StringIO()
    written = write(detect(rows_for("A", sessions), method), out)
    assert written.rows == len(sessions)
    assert "nan" not in out.getvalue()
    assert "inf" not in out.getvalue()
    for row in csv.DictReader(io.StringIO(out.getvalue())):
        numbers = [row[name] for name in ("score", "expected", "lower_limit") if row[name]]
        assert all(0 <= float(number) <= 100 for number in numbers)
        assert row["probability"] == "" or 0 <= float(row["probability"]) <= 1


def test_no_rows_are_no_trouble() -> None:
    assert table(lines()) == []


def test_only_the_design_speaks_of_probability_and_repair() -> None:
    for method in METHODS:
        found = [each for _, each in detect(rows_for("A", RUPTURE), method)]
        assert all((each.probability is not None) is (method == "design") for each in found)
        assert any(each.alert for each in found), method
        repaired = any(each.episode.value == "repaired" for each in found)
        assert repaired is (method in ("design", "ratings-only")), method


def test_rules_are_named_for_the_method_that_speaks() -> None:
    for method in ("xmr", "previous-drop", "reliable-change", "cut-off"):
        found = [each for _, each in detect(rows_for("A", RUPTURE), method)]
        assert {each.rules for each in found} == {(), (method,)}


def test_the_past_of_a_large_file_is_a_sample_that_does_not_depend_on_its_order() -> None:
    rows = list(many(24_000, dyads=12_000))
    drawn, turned = past(rows), past(rows[::-1])
    assert 2_000 < len(drawn) <= 5_000
    assert sorted(map(repr, drawn)) == sorted(map(repr, turned))
    assert all([held.number for held in dyad] == [1, 2] for dyad in turned)
    assert len(past(many(9_000, dyads=3_000))) == 3_000
