"""Variance between people, sessions and answers; and the report that puts a scale's figures together."""

from __future__ import annotations

import math
from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis import (
    between_person_dependability,
    cronbach_alpha,
    nested_variances,
    omega_total,
    scale_report,
    within_person_reliability,
)

every = settings(max_examples=60, deadline=None)

# Snedecor & Cochran, Statistical Methods: calcium in turnip greens, four plants, three leaves each, two samples
# each. The SAS manual’s example of PROC NESTED prints the components .365223, .161060, .006654.
TURNIPS = [
    [[3.28, 3.09], [3.52, 3.48], [2.88, 2.80]],
    [[2.46, 2.44], [1.87, 1.92], [2.19, 2.19]],
    [[2.77, 2.66], [3.74, 3.44], [2.55, 2.55]],
    [[3.78, 3.87], [4.07, 4.12], [3.31, 3.31]],
]

# Shrout & Lane 2012, as in the R package psych (multilevel.reliability): five persons, four times, three items.
# Its analysis of variance there: time .38, person × time .92, time × items .05, residual .96, and
# Rc .74; items in sessions in persons: Rcn .65.
PERSONS = [1, 2, 3, 4, 5] * 4
ITEMS = np.array(
    [
        [2, 3, 6, 3, 7, 3, 5, 6, 3, 8, 4, 4, 7, 5, 6, 1, 5, 8, 8, 6],
        [3, 4, 6, 4, 8, 3, 7, 7, 5, 8, 2, 6, 8, 6, 7, 3, 9, 9, 7, 8],
        [6, 4, 5, 3, 7, 4, 7, 8, 9, 9, 5, 7, 9, 7, 8, 4, 7, 9, 9, 6],
    ],
    dtype=float,
).T


def test_the_components_of_the_turnips() -> None:
    rows = [
        (plant, leaf, value)
        for plant, leaves in enumerate(TURNIPS)
        for leaf, samples in enumerate(leaves)
        for value in samples
    ]
    plants, leaves, values = zip(*rows, strict=True)
    found = nested_variances(plants, leaves, values)
    assert found.outer == pytest.approx(0.365223, abs=5e-7)
    assert found.inner == pytest.approx(0.161060, abs=5e-7)
    assert found.residual == pytest.approx(0.006654, abs=5e-7)
    assert (found.outer_groups, found.inner_groups, found.values) == (4, 12, 24)


def test_the_components_of_unequal_groups_are_right_on_average() -> None:
    """Therapists with 2–8 patients with 1–9 sessions: variances 9, 25 and 36, over many made-up clinics."""
    draw = np.random.default_rng(62)
    patients_of = draw.integers(2, 9, 12)
    therapist = np.repeat(np.arange(12), patients_of)
    sessions_of = draw.integers(1, 10, therapist.size)
    patient = np.repeat(np.arange(therapist.size), sessions_of)
    found = []
    for _ in range(400):
        own = 3 * draw.standard_normal(12)[therapist] + 5 * draw.standard_normal(therapist.size)
        values = 80 + own[patient] + 6 * draw.standard_normal(patient.size)
        parts = nested_variances(therapist[patient].tolist(), patient.tolist(), values)
        found.append((parts.outer, parts.inner, parts.residual))
    outer, inner, residual = np.mean(found, axis=0)
    assert outer == pytest.approx(9, rel=0.12)
    assert inner == pytest.approx(25, rel=0.05)
    assert residual == pytest.approx(36, rel=0.02)


def test_change_within_persons_of_shrout_and_lane() -> None:
    found = within_person_reliability(PERSONS, ITEMS)
    # Sessions nested in persons: Cranford’s person × time with time, the residual with time × items.
    assert found.session_variance == pytest.approx(0.92 + 0.38, abs=0.006)
    assert found.error_variance == pytest.approx(0.96 + 0.05, abs=0.006)
    assert found.change == pytest.approx(1.30 / (1.30 + 1.0056 / 3), abs=0.001)
    assert round(found.nested, 2) == 0.65
    assert (found.persons, found.sessions, found.items, found.left_out) == (5, 20, 3, 0)


def test_change_without_what_all_share_is_cranfords() -> None:
    """With each time’s mean taken out the crossed design is left: Rc .74, by the degrees of freedom it has."""
    times = np.repeat(np.arange(4), 5)
    centred = ITEMS - np.stack([ITEMS[times == time].mean(axis=0) for time in times]) + ITEMS.mean(axis=0)
    found = within_person_reliability(PERSONS, centred)
    lost = 15 / 12  # of the degrees of freedom within persons, 3 × 5, the times take 3
    session = lost * (3 * found.session_variance + found.error_variance)
    error = lost * found.error_variance
    assert (session - error) / session == pytest.approx(0.74, abs=0.005)


def test_change_of_persons_with_few_and_many_sessions() -> None:
    """Session variance 16, error 25, four items: Rc = 16/(16 + 25/4)."""
    draw = np.random.default_rng(2006)
    sessions_of = draw.integers(1, 30, 300)
    person = np.repeat(np.arange(300), sessions_of)
    usual = 10 * draw.standard_normal((300, 1)) + 4 * draw.standard_normal((300, 4))
    items = 70 + usual[person] + 4 * draw.standard_normal((person.size, 1))
    items += 5 * draw.standard_normal((person.size, 4))
    items[::17, 2] = np.nan
    found = within_person_reliability(person.tolist(), items)
    assert found.session_variance == pytest.approx(16, rel=0.06)
    assert found.error_variance == pytest.approx(25, rel=0.04)
    assert found.change == pytest.approx(16 / (16 + 25 / 4), abs=0.02)
    assert found.nested < found.change  # usual differences between items count as error there
    assert found.left_out + found.sessions == person.size


def test_dependability_is_the_intraclass_correlation() -> None:
    """Shrout & Fleiss 1979, table 4: ICC(1, 1) is .17, ICC(1, 4) .44."""
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    targets = np.repeat(np.arange(6), 4).tolist()
    assert round(between_person_dependability(targets, np.ravel(table)).value, 2) == 0.17
    assert round(between_person_dependability(targets, np.ravel(table), sessions=4).value, 2) == 0.44


def test_more_sessions_make_a_mean_more_dependable() -> None:
    """Crits-Christoph and others 2011: .77 from one session are more than .90 from four, by the formula."""
    draw = np.random.default_rng(77)
    person = np.repeat(np.arange(3000), draw.integers(1, 9, 3000))
    scores = math.sqrt(77) * draw.standard_normal(3000)[person] + math.sqrt(23) * draw.standard_normal(
        person.size
    )
    one, four = (between_person_dependability(person.tolist(), scores, sessions=k) for k in (1, 4))
    assert one.value == pytest.approx(0.77, abs=0.015)
    assert four.value == pytest.approx(4 * 0.77 / (1 + 3 * 0.77), abs=0.01)
    assert four.value > 0.9


repeated = st.lists(
    st.tuples(st.integers(1, 4), st.lists(st.integers(0, 10), min_size=3, max_size=3)),
    min_size=4,
    max_size=40,
)


@every
@given(repeated, st.integers(-50, 50), st.sampled_from((0.5, 8.0)))
def test_shares_stay_shares_in_any_unit(rows: list[tuple[int, list[int]]], shift: int, scale: float) -> None:
    persons, table = [person for person, _ in rows], np.array([items for _, items in rows], dtype=float)
    try:
        found = within_person_reliability(persons, table)
    except ValueError as fault:
        assert "two persons" in str(fault) or "within a person" in str(fault)
    else:
        assert 0 <= found.change <= 1
        assert 0 <= found.nested <= 1
        moved = within_person_reliability(persons, scale * table + shift)
        assert (moved.change, moved.nested) == pytest.approx((found.change, found.nested), abs=1e-6)
        assert moved.error_variance == pytest.approx(scale**2 * found.error_variance)
    try:
        depends = between_person_dependability(persons, table[:, 0])
    except ValueError as fault:
        assert "two persons" in str(fault) or "differs from another" in str(fault)
    else:
        assert 0 <= depends.value <= 1


def test_a_report_of_few_people_says_so() -> None:
    report = scale_report(PERSONS, ITEMS)
    assert report.notes == (
        "Only 5 people have answered the whole scale; below 100, take these figures as rough.",
    )
    first = ITEMS[:5]  # one answer a person, the first
    assert report.alpha == cronbach_alpha(first)
    assert report.omega == omega_total(first)
    assert report.change == within_person_reliability(PERSONS, ITEMS)
    assert report.dependability == between_person_dependability(PERSONS, ITEMS.mean(axis=1))
    assert (report.respondents, report.answers, report.complete, report.items) == (5, 20, 20, 3)
    assert report.sd == pytest.approx(float(first.mean(axis=1).std(ddof=1)))
    assert report.alpha is not None
    assert report.sem == pytest.approx(report.sd * math.sqrt(1 - report.alpha.value))


def test_a_report_of_a_hundred_people_says_no_more_than_its_figures() -> None:
    draw = np.random.default_rng(100)
    persons = [person for person in range(100) for _ in range(3)]
    level = 7 + draw.standard_normal((100, 1)).repeat(3, axis=0) + draw.standard_normal((300, 1))
    items = np.clip(np.round(level + draw.standard_normal((300, 3))), 0, 10)
    items[0] = np.nan  # nothing answered: no answer
    items[1, 0] = np.nan
    items[5] = 10
    report = scale_report(persons, items)
    assert report.notes == ()
    assert (report.respondents, report.answers, report.complete) == (100, 299, 298)
    assert report.missing == pytest.approx(1 / (299 * 3))
    at_top = np.nanmean(items[2:], axis=1) >= 9.8
    assert report.ceiling == pytest.approx(at_top.sum() / 298)
    assert report.ceiling > 0


def test_a_report_of_one_person_tells_what_it_can() -> None:
    report = scale_report(["p"], [[6.0, 8.0]])
    assert report.mean == 7
    assert (report.alpha, report.omega, report.sem, report.change, report.dependability) == (None,) * 5
    assert report.notes[0].startswith("Only one person has answered the whole scale")
    assert [note.split()[0] for note in report.notes[1:]] == ["Alpha", "Omega", "Change", "Dependability"]
    assert all(note.endswith(".") for note in report.notes)


@pytest.mark.parametrize(
    ("persons", "items", "says"),
    [
        ([1], [[1.0, 2.0], [3.0, 4.0]], "one person for each answer, not 1 for 2"),
        ([1, 2], [[1.0, 2.0], [3.0, 11.0]], "between 0 and 10"),
        ([1, 2], [[math.nan, 2.0], [3.0, math.nan]], "Nobody has answered every item"),
        ([], np.empty((0, 3)), "Nobody has answered every item"),
    ],
)
def test_impossible_reports(persons: list[int], items: list[list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        scale_report(persons, items)


@pytest.mark.parametrize(
    ("persons", "items", "says"),
    [
        ([1, 2, 3], [[1, 2], [3, 4], [5, 6]], "At least two persons"),
        ([1, 1, 1], [[1, 2], [3, 4], [5, 6]], "At least two persons"),
        ([1, 1, 2, 2], [[1, 2], [1, 2], [5, 6], [5, 6]], "No rating varies within a person"),
        ([1, 1, 2], [[1, 2], [1, 2], [5, 6], [5, 6]], "one label for each answer, not 3 for 4"),
        ([1, 1, 2, 2], [[1], [1], [5], [5]], "At least 2 columns"),
    ],
)
def test_impossible_changes_within_persons(persons: list[int], items: list[list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        within_person_reliability(persons, items)


def test_impossible_components() -> None:
    with pytest.raises(ValueError, match="cannot be told apart"):
        nested_variances([1, 1, 2, 2], [1, 2, 3, 4], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="cannot be told apart"):
        nested_variances([1, 1, 1, 1], [1, 1, 2, 2], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="two persons must have scores"):
        between_person_dependability([1, 2, 3], [1, 2, 3])
    with pytest.raises(ValueError, match="No score differs from another"):
        between_person_dependability([1, 1, 2], [5, 5, 5])
    with pytest.raises(ValueError, match="number of sessions must be at least 1"):
        between_person_dependability([1, 1, 2], [5, 6, 5], sessions=0)


def test_labels_may_be_an_array_of_numbers_in_any_order() -> None:
    """Quicker, and the same to the last bit as labels of any kind."""
    items = np.tile(ITEMS, (3, 1)) + np.arange(len(ITEMS) * 3)[:, None] % 2
    named = [f"person {number % 14}" for number in range(5, 5 + len(items))]
    numbers = np.array([int(name.split()[1]) * 7 for name in named])
    assert scale_report(numbers, items, highest=11) == scale_report(named, items, highest=11)
    assert scale_report(array("q", numbers), items, highest=11) == scale_report(named, items, highest=11)
    values = items.ravel()
    outer, inner = numbers.repeat(3), np.arange(len(items)).repeat(3)
    assert nested_variances(outer, inner, values) == nested_variances(list(outer), list(inner), values)
