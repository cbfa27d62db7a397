"""Labels keep off the line, off each other, and inside the figure."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.web.charts.board import Board, spread

SIDES = ("below", "below, ending", "below, starting", "above", "left", "right")
stacks = st.lists(st.tuples(st.floats(0, 100), st.sampled_from([9.5, 19.0])), max_size=4)


def board() -> Board:
    return Board(width=500, height=200, span=(1, 11))


def test_a_label_stands_below_its_point_when_nothing_is_there() -> None:
    note = board().pin(6, 50, "56", SIDES)
    assert note is not None and (note["x"], note["y"], note["yanchor"]) == (6, 50, "top")


def test_it_moves_to_the_other_side_of_a_line() -> None:
    one = board()
    one.draw([5, 6, 7], [40, 45, 40])
    note = one.pin(6, 50, "56", ("below", "above"))
    assert note is not None and note["yanchor"] == "bottom"


def test_a_stroke_counts_between_its_ends() -> None:
    one = board()
    one.draw([1, 11], [50, 50])
    box = one.box(6, 55, "a label", "below")
    assert one.cost(box) > 0


def test_gaps_leave_room() -> None:
    one = board()
    one.draw([1, 6, 11], [40, None, 40])
    assert one.cost(one.box(6, 45, "a label", "below")) == 0


def test_two_labels_do_not_lie_on_each_other() -> None:
    one = board()
    first, second = one.pin(6, 50, "the first", SIDES), one.pin(6, 50, "the second", SIDES)
    assert first is not None and second is not None
    assert not one.boxes[0].meets(one.boxes[1])


def test_a_label_that_could_be_missed_is_left_out_where_it_would_cover_much() -> None:
    one = board()
    one.draw(range(1, 12), [45, 40] * 5 + [45])
    assert one.pin(6, 50, "below this line we ask", ("below",), most=2) is None
    assert one.pin_best([], "no form", SIDES) is None


def test_the_best_of_several_places_is_taken() -> None:
    one = board()
    one.draw([1, 2, 3, 4], [45, 40, 45, 40])
    note = one.pin_best([(2, 50), (9, 50)], "a label", ("below",))
    assert note is not None and note["x"] == 9


@pytest.mark.parametrize(("x", "side"), [(1, "left"), (11, "right")])
def test_leaving_the_figure_costs_most(x: float, side: str) -> None:
    one = board()
    note = one.pin(x, 50, "a rather long label", (side, "below, starting" if x == 1 else "below, ending"))
    assert note is not None and note["yanchor"] == "top"


def test_stacked_labels_stay_near_what_they_name() -> None:
    assert spread([(82, 10), (81, 10), (40, 10)]) == pytest.approx([86.5, 76.5, 40])
    assert spread([(50, 10)]) == [50]
    assert spread([]) == []


@given(stacks)
def test_labels_in_the_margin_never_touch_and_keep_their_order(wanted: list[tuple[float, float]]) -> None:
    placed = spread(wanted, least=-4.75, most=104.75)
    edges = sorted((at - room / 2, at + room / 2) for at, (_, room) in zip(placed, wanted, strict=True))
    assert all(upper <= lower + 1e-6 for (_, upper), (lower, _) in pairwise(edges))
    assert all(low >= -4.76 and high <= 104.76 for low, high in edges)
    for (at, (want, _)), (other, (wish, _)) in pairwise(sorted(zip(placed, wanted, strict=True))):
        assert at <= other and want <= wish
