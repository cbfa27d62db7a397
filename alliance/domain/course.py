"""A course in words: where a relationship stands, in one line for lists and one sentence for its page."""

from __future__ import annotations

from itertools import pairwise

from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.episodes import Episode, episodes
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import capital, count, listed, number, plain_day, usually

TOP = 98.0  # a score from here on has no room left above it
RUN = 3  # answers in a row that make a run
SLIDE = 4  # answers in a row, each no higher than the one before, that make a slide
SLIDE_POINTS = 5.0  # and by how much they fell together
FEW = 3  # answers below which nothing can be said


def silent_run(trend: Trend) -> int:
    """Sessions at the end of the course without a form."""
    run = 0
    for point in reversed(trend.points):
        if point.answered:
            break
        run += 1
    return run


def forms_back(trend: Trend) -> tuple[int, int]:
    """Forms that came back, and sessions held."""
    return sum(point.answered for point in trend.points), len(trend.points)


def latest_episode(trend: Trend) -> Episode | None:
    """The newest rupture of this course, open or mended."""
    found = episodes(trend.points, trend.alerts)
    return found[-1] if found else None


def in_words(trend: Trend) -> str:
    """One line for a list."""
    words = _words(trend)
    return f"{words}; forms paused" if trend.dyad.patient.paused else words


def _words(trend: Trend) -> str:
    scores = [point.alliance for point in trend.answered if point.alliance is not None]
    missing = silent_run(trend)
    if not trend.points:
        return "no sessions yet"
    if not scores:
        return "no answers yet"
    if missing >= RUN:
        return f"no form after the last {number(missing)} sessions"
    if len(scores) < FEW:
        return "too early to say"
    if all(score >= TOP for score in scores[-RUN:]):
        return "all top answers: says little"
    if _same_answers(trend):
        return "the same answers each time: says little"
    if _sliding(scores):
        return "sliding slowly, still usual"
    episode = latest_episode(trend)
    if episode and episode.repaired and trend.points[-1].number - episode.repaired < RUN:
        return f"repaired in session {episode.repaired}"
    return "in the usual range"


def _same_answers(trend: Trend) -> bool:
    last = [dict(point.scores) for point in trend.answered[-RUN:]]
    return len(last) == RUN and all(scores == last[0] for scores in last)


def _sliding(scores: list[float]) -> bool:
    last = scores[-SLIDE:]
    falling = all(later <= earlier for earlier, later in pairwise(last))
    return len(last) == SLIDE and falling and last[0] - last[-1] >= SLIDE_POINTS


def lead(trend: Trend, *, you: str) -> str:
    """The story of a course in one or two sentences. `you` is "You" or the therapist's name."""
    if not trend.points:
        return "No sessions yet. Add the first one after you have met."
    last = trend.last
    if last is None:
        return "No answers yet. The next form goes out after the next session."
    alert, episode = trend.open_alert, latest_episode(trend)
    if episode and episode.state == "recovering":
        return _coming_back(trend, episode, last, you)
    if alert and alert.status is AlertStatus.TALKED:
        return f"{capital(_talked(alert, you))}. The next answers will say whether it helped."
    if alert:
        return alert.sentence
    if silent_run(trend) >= RUN:
        return _silent(trend)
    if len(trend.answered) < FEW:
        return f"Too early to say: {count(len(trend.answered), 'answer')} so far. The last was {last.alliance:.0f}."
    if episode and episode.repaired:
        return (
            f"Repaired. After session {episode.opened} the answers are back at the usual level; "
            f"the last was {last.alliance:.0f}."
        )
    return _steady(trend, last)


def _coming_back(trend: Trend, episode: Episode, last: Point, you: str) -> str:
    opened = next(point for point in trend.points if point.number == episode.opened)
    sentences = ["Coming back after a dip."]
    if opened.alliance is not None and opened.reading is not None:
        sentences.append(
            f"Session {opened.number} was rated {opened.alliance:.0f}, {usually(opened.reading)}."
        )
    back = f"the last answer, {last.alliance:.0f}, is back at the usual level."
    if episode.talked:
        sentences.append(f"{you} talked about it in session {episode.talked}, and {back}")
    else:
        sentences.append(capital(back))
    return " ".join(sentences)


def _talked(alert: Alert, you: str) -> str:
    when = f" in session {alert.talked_number}" if alert.talked_number else ""
    return f"{you} talked about session {alert.session_number}{when}"


def _silent(trend: Trend) -> str:
    run = silent_run(trend)
    back, held = forms_back(trend)
    return (
        f"No form after the last {number(run)} sessions. Before that, {back} of {held - run} came back. "
        "If it fits, you might ask what the form is like to fill in."
    )


def _steady(trend: Trend, last: Point) -> str:
    if _words(trend).endswith("says little"):
        return f"{capital(_words(trend))}. People are polite; a question in the room may tell more."
    reading = last.reading
    if reading is None or last.alliance is None:
        return f"The last answer was {last.alliance:.0f}."
    return (
        f"Steady. The last answer, {last.alliance:.0f}, is within this patient’s usual range, "
        f"{reading.low:.0f} to {reading.high:.0f}."
    )


def what_moved(trend: Trend, names: dict[str, str]) -> str | None:
    """Which scale fell most in the newest rupture, and which held. `names` maps scale ids to their names."""
    episode = latest_episode(trend)
    if episode is None:
        return None
    before = [point for point in trend.answered if point.number < episode.opened]
    at = next((point for point in trend.answered if point.number == episode.opened), None)
    if not before or at is None:
        return None
    falls = {
        scale: (old, new)
        for scale in names
        if (old := before[-1].scores.get(scale)) is not None and (new := at.scores.get(scale)) is not None
    }
    if not falls:
        return None
    scale, (old, new) = max(falls.items(), key=lambda fall: fall[1][0] - fall[1][1])
    if old - new < 1:
        return None
    sentence = f"{names[scale]} fell most in session {at.number}, from {old:.0f} to {new:.0f}."
    held = [names[other] for other, (was, now) in falls.items() if was - now < RUN * 5 and other != scale]
    return f"{sentence} {capital(listed(held))} held." if held else sentence


def since(trend: Trend) -> str:
    """`22 sessions since 11 June`"""
    if not trend.points:
        return f"in your care since {plain_day(trend.dyad.starts_on)}"
    held = len(trend.points)
    return f"{held} {'session' if held == 1 else 'sessions'} since {plain_day(trend.points[0].held_on)}"
