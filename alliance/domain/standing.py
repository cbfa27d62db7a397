"""Where a course without an open question stands, and the few facts that its words rest on."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise

from alliance.domain.early import is_low_from_the_start
from alliance.domain.episodes import Episode, episodes
from alliance.domain.little import FEW, RUN, is_wide, same_run, top_run
from alliance.domain.trend import Point, Trend

SLIDE = 4  # answers in a row, each no higher than the one before, that make a slide
SLIDE_POINTS = 5.0  # and by how much they fell together


class Standing(Enum):
    """Where a course without an open question stands, with the words for a list."""

    UNMET = "no sessions yet"
    UNANSWERED = "no answers yet"
    OWN = "a measure of its own, not watched"
    SILENT = "no form after the last {run} sessions"
    EARLY = "too early to say"
    LOW = "low from the start"
    TOP = "all top answers for {top} sessions: says little"
    SAME = "the same rating {same} times: says little"
    BELOW = "below the usual range"
    SLIDING = "sliding slowly, still usual"
    REPAIRED = "repaired in session {repaired}"
    ABOVE = "above the usual range"
    WIDE = "usual range too wide to say much"
    USUAL = "in the usual range"


def standing(trend: Trend) -> Standing:
    """Where a course stands, as far as its last answers tell."""
    scores = [point.alliance for point in trend.answered if point.alliance is not None]
    if not trend.points:
        return Standing.UNMET
    if not scores:
        return Standing.UNANSWERED
    if silent_run(trend) >= RUN:
        return Standing.SILENT
    if not trend.answered[-1].watched:
        return Standing.OWN
    beside = beside_usual(trend.answered[-1])
    if is_low_from_the_start(trend):
        return Standing.LOW
    if len(scores) < FEW or beside is None:
        return Standing.EARLY
    if top_run(trend.points):
        return Standing.TOP
    if same_run(trend.points):
        return Standing.SAME
    if beside is Standing.BELOW:
        return Standing.BELOW
    if _sliding(scores):
        return Standing.SLIDING
    if _just_repaired(trend):
        return Standing.REPAIRED
    if beside is Standing.USUAL and is_wide(trend.answered[-1].reading):
        return Standing.WIDE
    return beside


def beside_usual(last: Point) -> Standing | None:
    """Where an answer lies beside the usual range as it is shown, in whole points. None: there is no range yet."""
    if last.reading is None or last.alliance is None:
        return None
    score = round(last.alliance)
    if score < round(last.reading.low):
        return Standing.BELOW
    return Standing.ABOVE if score > round(last.reading.high) else Standing.USUAL


def _sliding(scores: list[float]) -> bool:
    last = scores[-SLIDE:]
    falling = all(later <= earlier for earlier, later in pairwise(last))
    return len(last) == SLIDE and falling and last[0] - last[-1] >= SLIDE_POINTS


def _just_repaired(trend: Trend) -> bool:
    episode = latest_episode(trend)
    repaired = episode.repaired if episode else None
    return repaired is not None and trend.points[-1].number - repaired < RUN


def silent_run(trend: Trend) -> int:
    """Sessions at the end of the course without a form, the newest included, whose form may still come."""
    run = 0
    for point in reversed(trend.points):
        if point.answered or point.imported is not None:
            break
        run += 1
    return run


def latest_episode(trend: Trend) -> Episode | None:
    """The newest rupture of this course, open or mended."""
    found = episodes(trend.points, trend.alerts)
    return found[-1] if found else None
