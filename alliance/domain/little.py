"""What says little: answers that could not show trouble if there was some. Never good news; something to ask about.

More than half of all forms of a comparable scale come back perfect, and ceilings grow from session to session, so
top or identical answers are little information. One rule is one function, with its own threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alliance.analysis.track import Reading
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import capital, number
from surveys.definition import Instrument

TOP = 98.0  # a score from here on has no room left above it
RUN = 3  # answers in a row that make a run
SAME = 5  # ratings in a row, all equal, that make one wonder
SAME_FORMS = 3  # forms in a row, equal in every sentence
ONE_NUMBER = 4  # sentences answered, of both directions, all with one number
FEW_OF = 2 / 3  # share of the sentences below which a form is thin
FEW = 3  # answers below which nothing can be said
WIDE = 20.0
"""Points below what is expected that would still be usual: the fall that the rules were made to find."""

ASK_ONE_PER_CENT = "You might ask what would have been one per cent better."
POLITE = "People are polite; a question in the room may tell more."


@dataclass(frozen=True, slots=True)
class Little:
    """One reason why answers say little. `words` go into a list, `sentence` with what one might do on a page."""

    rule: str
    words: str
    sentence: str


def top_run(points: Sequence[Point]) -> int:
    """How many of the last scores in a row have no room above them (from 98 of 100); 0 below a run of three."""
    run = 0
    for point in reversed(points):
        score = point.alliance
        if (score is not None and score < TOP) or not point.comparable:
            break
        run += score is not None
    return run if run >= RUN else 0


def same_run(points: Sequence[Point]) -> int:
    """How many of the last scores in a row are equal to the last bit; 0 below five."""
    scores = [score for point in points if point.comparable and (score := point.alliance) is not None]
    run = 0
    for score in reversed(scores):
        if score != scores[-1]:
            break
        run += 1
    return run if run >= SAME else 0


def same_forms(points: Sequence[Point]) -> int:
    """How many of the last forms in a row are equal in every sentence; 0 below three.

    A form of one or two sentences may well be equal; four sentences and more are looked at.
    """
    forms = [point.items for point in points if point.items]
    run = 0
    for form in reversed(forms):
        if form != forms[-1]:
            break
        run += 1
    return run if run >= SAME_FORMS and len(forms[-1]) >= ONE_NUMBER else 0


def one_number(point: Point, instrument: Instrument) -> int | None:
    """The one number that every sentence of a form got, though some of them turn round; else None.

    Straight-lining: from four sentences on, with both directions among them.
    """
    ways = {instrument.scale(item.scale).higher_is for item in instrument.items if item.id in point.items}
    picked = set(point.items.values())
    return picked.pop() if len(point.items) >= ONE_NUMBER and len(picked) == 1 and len(ways) == 2 else None


def few_answered(point: Point, instrument: Instrument) -> tuple[int, int] | None:
    """Sentences answered, and how many there were, where that is fewer than two thirds; else None.

    A scale has its score from half of its sentences on, so a thin form may still be charted.
    """
    asked = [item.id for item in instrument.items]
    answered = sum(item in point.items for item in asked)
    return (answered, len(asked)) if 0 < answered < FEW_OF * len(asked) else None


def is_wide(reading: Reading | None) -> bool:
    """Whether a fall of twenty points from what is expected would stay inside the usual range.

    Twenty points are the lasting fall that the detector is held to; read at the end that 0 or 100 did not cut off.
    """
    if reading is None:
        return False
    down = reading.expected - reading.low if reading.low > 0 else reading.high - reading.expected
    return down > WIDE


def says_little(trend: Trend, instrument: Instrument | None = None) -> list[Little]:
    """Everything about the last answers that says little, the weightiest first.

    What needs single answers is told only where they are there, with the questionnaire that they belong to.
    """
    found = [_too_few(trend), _top(trend), _same(trend), _same_forms(trend)]
    last = next((point for point in reversed(trend.points) if point.answered), None)
    if last is not None and last.items and instrument is not None and _fits(last, instrument):
        found += [_one_number(last, instrument), _few(last, instrument)]
    found.append(_wide(trend))
    return [one for one in found if one]


def _fits(point: Point, instrument: Instrument) -> bool:
    """A form of another questionnaire is not measured by this one."""
    return set(point.items) <= {item.id for item in instrument.items}


def _too_few(trend: Trend) -> Little | None:
    answers = len(trend.answered)
    if not 0 < answers < FEW:
        return None
    return Little(
        "too few", "too early to say", f"Too early to say: {number(answers)} of at least three answers."
    )


def _top(trend: Trend) -> Little | None:
    run = top_run(trend.points)
    if not run:
        return None
    words = f"all top answers for {number(run)} sessions: says little"
    return Little("top", words, f"{capital(words)}. {ASK_ONE_PER_CENT}")


def _same(trend: Trend) -> Little | None:
    run = same_run(trend.points)
    if not run or top_run(trend.points):
        return None
    words = f"the same rating {number(run)} times: says little"
    return Little("same", words, f"{capital(words)}. {POLITE}")


def _same_forms(trend: Trend) -> Little | None:
    run = same_forms(trend.points)
    if not run or top_run(trend.points):
        return None
    words = f"the same answer to every sentence {number(run)} times: says little"
    return Little("same forms", words, f"{capital(words)}. You might ask what the form is like to fill in.")


def _one_number(last: Point, instrument: Instrument) -> Little | None:
    picked = one_number(last, instrument)
    if picked is None:
        return None
    words = f"a {picked} for every sentence after session {last.number}: says little"
    return Little(
        "one number", words, f"{capital(words)}. Some of them mean the opposite; perhaps it was quick."
    )


def _few(last: Point, instrument: Instrument) -> Little | None:
    few = few_answered(last, instrument)
    if few is None:
        return None
    words = (
        f"{number(few[0])} of {number(few[1])} sentences answered after session {last.number}: says little"
    )
    return Little("few", words, f"{capital(words)}. What was left out may be what matters.")


def _wide(trend: Trend) -> Little | None:
    last = trend.last
    if last is None or last.reading is None or len(trend.answered) < FEW or not is_wide(last.reading):
        return None
    span = f"{last.reading.low:.0f} to {last.reading.high:.0f}"
    return Little(
        "wide",
        "the usual range is wide: says little",
        f"The usual range is wide, {span}: a fall of twenty points would stay inside it, so it says little.",
    )
