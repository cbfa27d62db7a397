"""A search over FHIR: what its parameters mean, what is none, and that pages leave nothing out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.exchange.fhir.moments import PREFIXES, Span, when
from alliance.exchange.fhir.search import LARGEST_PAGE, PAGE, Entry, SearchFault, read, select

LONDON = ZoneInfo("Europe/London")
BASE = "https://alliance.example/fhir"
ALLOWED = ("_id", "_lastUpdated", "patient", "code", "date")
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TODAY = NOW.date()


def entry(number: int, *, day: date = TODAY, patient: str = "p1", changed: datetime = NOW) -> Entry[int]:
    return Entry(
        (number, 0, 0),
        f"s{number}",
        changed,
        number,
        patient,
        code="after-session.alliance",
        on=Span.of_day(day, LONDON),
    )


def found(told: list[tuple[str, str]], entries: list[Entry[int]]) -> list[int]:
    page = select(entries, read(told, ALLOWED, BASE, LONDON))
    return [one.record for one in page.entries]


DAYS = [entry(number, day=date(2026, 1, 1) + timedelta(days=number)) for number in range(60)]


@pytest.mark.parametrize(
    ("told", "numbers"),
    [
        ("2026-01-11", [10]),
        ("eq2026-01-11", [10]),
        ("ne2026-01-11", [*range(10), *range(11, 60)]),
        ("lt2026-01-03", [0, 1]),
        ("le2026-01-03", [0, 1, 2]),
        ("gt2026-02-27", [58, 59]),
        ("ge2026-02-27", [57, 58, 59]),
        ("sa2026-02-27", [58, 59]),
        ("eb2026-01-03", [0, 1]),
        ("2026-02", [*range(31, 59)]),
        ("2026", [*range(60)]),
        ("2025", []),
        ("2026-01-01,2026-01-03", [0, 2]),
        ("2026-01-11T10:00:00Z", []),  # a day is not within a second
        ("ge2026-02-27T00:00:00Z", [57, 58, 59]),
    ],
)
def test_days(told: str, numbers: list[int]) -> None:
    assert found([("date", told)], DAYS) == numbers


def test_parameters_that_are_there_twice_both_count() -> None:
    assert found([("date", "ge2026-01-05"), ("date", "lt2026-01-08")], DAYS) == [4, 5, 6]


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ("gt2026-11-20T09:59:59Z", True),
        ("gt2026-11-20T10:00:00Z", False),  # to the second: nothing within it is beyond it
        ("gt2026-11-20T10:00:00.122Z", True),
        ("gt2026-11-20T10:00:00.123456Z", False),
        ("ge2026-11-20T10:00:00.123456Z", True),
        ("lt2026-11-20T10:00:01Z", True),
        ("2026-11-20T10:00Z", True),
        ("2026-11-20T11:00:00+01:00", True),
        ("2026-11-20T11:00:00 01:00", True),  # as a plus arrives that nobody escaped
        ("2026-11-20", True),
    ],
)
def test_moments(told: str, fits: bool) -> None:
    changed = NOW.replace(microsecond=123456)
    assert bool(found([("_lastUpdated", told)], [entry(1, changed=changed)])) is fits


def test_without_a_zone_it_is_the_clinics_own() -> None:
    summer = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    assert found([("_lastUpdated", "2026-07-01T10:30")], [entry(1, changed=summer)]) == [1]


@pytest.mark.parametrize("told", ["p2", "Patient/p2", f"{BASE}/Patient/p2", "p9,Patient/p2"])
def test_patients(told: str) -> None:
    entries = [entry(1), entry(2, patient="p2"), entry(3, patient="p22")]
    assert found([("patient", told)], entries) == [2]


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ("after-session.alliance", True),
        (f"{BASE}/CodeSystem/alliance|after-session.alliance", True),
        ("http://loinc.org|after-session.alliance", False),
        ("after-session", False),
    ],
)
def test_codes(told: str, fits: bool) -> None:
    assert bool(found([("code", told)], [entry(1)])) is fits


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            ("patinet", "p1"),
            "“patinet” is no parameter of this search. Those are _after, _count, _format, _id,",
        ),
        (("date", "yesterday"), "“date” is no day or moment as FHIR writes it"),
        (("date", "2026-13-01"), "“date” is no day"),
        (("date", "ap2026-01-01"), "“date” is no day"),
        (("date", ""), "“date” says nothing"),
        (("patient", "p1,"), "“patient” says nothing"),
        (("_count", "0"), "“_count” is no number from 1 up"),
        (("_count", "-3"), "“_count” is no number from 1 up"),
        (("_count", "²"), "“_count” is no number from 1 up"),
        (("_after", "next"), "“_after” is not as a link to the next page has it"),
        (("_format", "xml"), "“_format” can be json alone"),
        (("_id", "s" * 201), "What “_id” says is longer than 200 letters"),
        (("_sort\n", "date"), "One parameter is no parameter of this search"),
    ],
)
def test_what_is_not_understood_is_said(told: tuple[str, str], sentence: str) -> None:
    with pytest.raises(SearchFault) as fault:
        read([told], ALLOWED, BASE, LONDON)
    assert fault.value.sentence.startswith(sentence)


def test_too_many_parameters() -> None:
    with pytest.raises(SearchFault):
        read([("_id", "s1")] * 21, ALLOWED, BASE, LONDON)


@settings(max_examples=40, deadline=None)
@given(numbers=st.sets(st.integers(1, 10**9), max_size=40), size=st.integers(1, 9), gone=st.data())
def test_pages_leave_nothing_out_and_say_nothing_twice(
    numbers: set[int], size: int, gone: st.DataObject
) -> None:
    """Not even where a record goes between two pages."""
    entries, seen = [entry(number) for number in numbers], []
    query = read([("_count", str(size))], ALLOWED, BASE, LONDON)
    removed: set[int] = set()
    while True:
        page = select([one for one in entries if one.record not in removed], query)
        assert page.total == len(numbers) - len(removed) and len(page.entries) <= size
        seen += [one.record for one in page.entries]
        following = page.address(f"{BASE}/Observation", query)
        if following is None:
            break
        assert following.startswith(f"{BASE}/Observation?_count={size}&_after=")
        query = read([("_count", str(size)), ("_after", following.rpartition("=")[2])], ALLOWED, BASE, LONDON)
        removed |= gone.draw(st.sets(st.sampled_from(sorted(numbers)), max_size=2))
    assert seen == sorted(set(seen))
    assert set(seen) >= numbers - removed


def test_a_page_has_its_size() -> None:
    assert read([], ALLOWED, BASE, LONDON).count == PAGE
    assert read([("_count", "999999")], ALLOWED, BASE, LONDON).count == LARGEST_PAGE


NAMES = st.sampled_from([*ALLOWED, "_count", "_after", "_format", "authored", ""]) | st.text(max_size=12)
PARTS = [
    "ge",
    "ap",
    "2026",
    "0000",
    "9999",
    "-12",
    "-31",
    "-99",
    "T",
    "23:59",
    ":60",
    ".9999999",
    "Z",
    "+14:00",
    " ",
]
VALUES = st.text(max_size=30) | st.lists(st.sampled_from([*PARTS, "|", ",", "1.0.2"]), max_size=8).map(
    "".join
)
DAYLIKE = st.tuples(
    st.sampled_from(["", "ge", "lt", "sa"]),
    st.sampled_from(["0001", "1583", "2026", "9999"]),
    st.sampled_from(
        ["", "-01-01", "-12", "-12-31", "-12-31T23:59:60Z", "-12-31T23:59-14:00", "-01-01T00:00+14:00"]
    ),
).map("".join)


@settings(max_examples=120, deadline=None)
@given(told=st.lists(st.tuples(NAMES, VALUES | DAYLIKE), max_size=4))
def test_whatever_is_asked_is_answered_or_refused_in_a_sentence(told: list[tuple[str, str]]) -> None:
    try:
        query = read(told, ALLOWED, BASE, LONDON)
    except SearchFault as fault:
        assert fault.sentence.isprintable() and len(fault.sentence) < 300
        return
    page = select([*DAYS, entry(99, patient="p7")], query)
    assert len(page.entries) <= query.count


MOMENTS = st.integers(0, 4 * 10**15).map(
    lambda micro: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micro)
)


@settings(max_examples=80, deadline=None)
@given(asked=MOMENTS, other=MOMENTS, same=st.booleans(), places=st.integers(0, 6))
def test_the_prefixes_say_how_two_moments_lie(
    asked: datetime, other: datetime, same: bool, places: int
) -> None:
    """Whole numbers of microseconds are compared here, and no spans."""
    unit = 10 ** (6 - places)
    text = (
        asked.strftime("%Y-%m-%dT%H:%M:%S")
        + (f".{asked.microsecond:06d}"[: places + 1] if places else "")
        + "Z"
    )
    first = (asked - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) // unit
    moment = asked if same else other
    there = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) // unit
    fits = {prefix: when(prefix + text, LONDON).fits(Span.of_moment(moment)) for prefix in PREFIXES}
    assert fits == {
        "eq": there == first,
        "ne": there != first,
        "gt": there > first,
        "lt": there < first,
        "ge": there >= first,
        "le": there <= first,
        "sa": there > first,
        "eb": there < first,
    }
