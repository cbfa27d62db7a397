"""The words in the main chart: last value, usual range, where we ask, what was asked, missing forms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from textwrap import wrap

from alliance.domain.little import FEW
from alliance.domain.wording import state
from alliance.web.charts.board import Board, spread
from alliance.web.charts.course import NO_FORM, Course, height
from alliance.web.charts.events import FOOT
from alliance.web.charts.style import INK, SOFT, Spec, beside, note, whole

WIDE, NARROW = 546.0, 278.0  # pixels that the sessions get in a usual figure and on a phone
MARGIN = 110.0  # pixels right of the last session
ROW_POINTS = 9.5  # what a row of text takes on the scale of 100 in the lowest figure
FLOOR, CEILING = -ROW_POINTS / 2, 100 + ROW_POINTS / 2  # the library drops what is anchored off the axis
GLYPH = 11.0  # pixels that the mark of an event takes
TOO_EARLY = "too early to judge"
ASK_LINE = "below this line we ask"
OPTIONAL = 2.0  # what a label that could be missed may cover at most
EVERYWHERE = ("below", "below, ending", "below, starting", "above", "left", "right")
NO_ANSWERS = note(0.5, 25, "no answers yet", xref="paper")


def wide_labels(course: Course, tall: float) -> list[Spec]:
    """The labels of a usual figure; `tall` is the height in pixels of the scale from 0 to 100."""
    if course.last is None:
        return [NO_ANSWERS, *_usual_range(course)]
    board = _board(course, WIDE, tall, spare=24.0)
    labels = [
        *_margin(course),
        *_questions(board, course),
        *_too_early(board, course),
        *_events(board, course),
        *_inside(board, course),
    ]
    return [label for label in labels if label is not None]


def narrow_labels(course: Course, tall: float) -> list[Spec]:
    """On a phone: the value of the newest question and the last value, nothing else."""
    last = course.last
    if last is None or last.alliance is None:
        return [NO_ANSWERS]
    board = _board(course, NARROW, tall, spare=12.0)
    wanted = [point for point in course.marked[:1] if point.alliance is not None]
    if last not in wanted:
        wanted.append(last)
    labels = [board.pin(p.number, height(p), whole(height(p)), EVERYWHERE, INK) for p in wanted]
    labels += _too_early(board, course)
    return [label for label in labels if label is not None]


def _board(course: Course, width: float, tall: float, spare: float) -> Board:
    board = Board(width, tall, course.span, spare=spare)
    board.draw(course.numbers, course.scores)
    asks = [(x, y) for x, y in zip(course.numbers, course.ask_below, strict=True) if y is not None]
    for event in course.around.events:
        board.keep_off(event.x, FOOT, GLYPH)
    missing = [
        (number, NO_FORM)
        for number, score in zip(course.numbers, course.scores, strict=True)
        if score is None
    ]
    board.dot([*asks, *missing])
    return board


def _margin(course: Course) -> list[Spec]:
    """Right of the last session, each label at the height of what it names, as far as there is room."""
    last, newest = course.last, course.points[-1]
    wanted: list[tuple[float, str, str]] = []
    if last is not None and last.alliance is not None and last.number not in course.marks:
        text = (
            f"{whole(last.alliance)} now"
            if last is newest
            else f"{whole(last.alliance)} in<br>session {last.number}"
        )
        wanted.append((last.alliance, text, INK))
    if newest.reading is not None:
        wanted.append(((newest.reading.low + newest.reading.high) / 2, "usual range", SOFT))
    if (line := course.ask_below[-1]) is not None:
        wanted.append((line, "below this line<br>we ask", SOFT))
    rooms = [(y, ROW_POINTS * (1 + text.count("<br>"))) for y, text, _ in wanted]
    return [
        beside(y, text, colour)
        for y, (_, text, colour) in zip(spread(rooms, FLOOR, CEILING), wanted, strict=True)
    ]


def _usual_range(course: Course) -> list[Spec]:
    reading = course.points[-1].reading
    return [] if reading is None else [beside((reading.low + reading.high) / 2, "usual range")]


def _questions(board: Board, course: Course) -> list[Spec | None]:
    """The newest question in words, older ones as a number where that fits."""
    labels: list[Spec | None] = []
    for place, point in enumerate(course.marked):
        value = "" if point.alliance is None else whole(point.alliance)
        if place == 0:
            words = state(course.marks[point.number].rules, point.number)
            text = _broken(f"{value}, {words}" if value else words)
            labels.append(board.pin(point.number, height(point), text, EVERYWHERE, INK))
        elif value:
            labels.append(board.pin(point.number, height(point), value, EVERYWHERE, INK, most=OPTIONAL))
    return labels


@lru_cache(maxsize=512)
def _broken(words: str) -> str:
    """In rows of few letters."""
    return "<br>".join(wrap(words, 16))


def _too_early(board: Board, course: Course) -> list[Spec | None]:
    """Said in the picture while nothing can be seen in it yet."""
    if len(course.scores) - course.scores.count(None) >= FEW:
        return []
    answered = [(point.number, height(point)) for point in course.points if point.alliance is not None]
    return [board.pin_best(answered, TOO_EARLY, ("below", "above", "above, starting", "below, starting"))]


def _events(board: Board, course: Course) -> list[Spec | None]:
    """What was marked, the newest first, and why some sessions have an attention of their own, where there is room."""
    low, high = course.span
    labels = [
        board.pin(event.x, FOOT, event.short, ("right", "left", "above"), SOFT, most=0)
        for event in reversed(course.around.merged(board.width / (high - low)))
    ]
    for window in reversed(course.around.windows):
        middle = (window.first + min(window.last, course.numbers[-1])) / 2
        spots = [(middle, 0.0), (float(window.first), 0.0)]
        labels.append(board.pin_best(spots, window.why.value, ("above", "above, starting"), SOFT, most=0))
    return labels


def _inside(board: Board, course: Course) -> list[Spec | None]:
    labels: list[Spec | None] = []
    if course.ask_below[-1] is None:
        spots = [(x, y) for x, y in zip(course.numbers, course.ask_below, strict=True) if y is not None]
        labels.append(board.pin_best(_middle_first(spots), ASK_LINE, ("below",), most=OPTIONAL))
    missing = [(point.number, NO_FORM) for point in reversed(course.points) if point.alliance is None]
    labels.append(board.pin_best(missing, "no form", ("above", "left", "right"), most=0))
    return labels


def _middle_first(spots: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """The middle of a line first, then outwards, a few spots in all."""
    few = spots[:: len(spots) // 8 + 1]
    middle = (len(few) - 1) / 2
    return [few[i] for i in sorted(range(len(few)), key=lambda i: abs(i - middle))]
