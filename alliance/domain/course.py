"""A course in words: where a relationship stands, in one line for lists and one sentence for its page."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise

from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.episodes import Episode, episodes
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import capital, count, listed, number, plain_day, rated_beside

TOP = 98.0  # a score from here on has no room left above it
RUN = 3  # answers in a row that make a run
SAME = 5  # ratings in a row, all equal, that make one wonder
SLIDE = 4  # answers in a row, each no higher than the one before, that make a slide
SLIDE_POINTS = 5.0  # and by how much they fell together
FEW = 3  # answers below which nothing can be said
FELL = 5.0  # points from which a scale counts as fallen
HELD = 15.0  # and below which it held, where another fell more


class Standing(Enum):
    """Where a course without an open question stands, with the words for a list."""

    UNMET = "no sessions yet"
    UNANSWERED = "no answers yet"
    SILENT = "no form after the last {run} sessions"
    EARLY = "too early to say"
    TOP = "all top answers: says little"
    SAME = "the same rating {same} times: says little"
    BELOW = "below the usual range"
    SLIDING = "sliding slowly, still usual"
    REPAIRED = "repaired in session {repaired}"
    ABOVE = "above the usual range"
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
    beside = _beside_usual(trend.answered[-1])
    if len(scores) < FEW or beside is None:
        return Standing.EARLY
    if all(score >= TOP for score in scores[-RUN:]):
        return Standing.TOP
    if len(scores) >= SAME and len(set(scores[-SAME:])) == 1:
        return Standing.SAME
    if beside is Standing.BELOW:
        return Standing.BELOW
    if _sliding(scores):
        return Standing.SLIDING
    return Standing.REPAIRED if _just_repaired(trend) else beside


def _beside_usual(last: Point) -> Standing | None:
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
    """Sessions without a form at the end of the course. The newest one’s form may still come: it does not count."""
    run = 0
    for point in reversed(_due(trend)):
        if point.answered:
            break
        run += 1
    return run


def _due(trend: Trend) -> list[Point]:
    """The sessions whose forms are back or will not come any more: all that have one after them."""
    points = list(trend.points)
    return points if not points or points[-1].answered else points[:-1]


def forms_back(trend: Trend) -> tuple[int, int]:
    """Forms that came back, and sessions held."""
    return sum(point.answered for point in trend.points), len(trend.points)


def latest_episode(trend: Trend) -> Episode | None:
    """The newest rupture of this course, open or mended."""
    found = episodes(trend.points, trend.alerts)
    return found[-1] if found else None


def in_words(trend: Trend) -> str:
    """One line for a list."""
    episode = latest_episode(trend)
    words = standing(trend).value.format(
        run=number(silent_run(trend)), same=number(SAME), repaired=episode.repaired if episode else None
    )
    return f"{words}; forms paused" if trend.dyad.patient.paused else words


def lead(trend: Trend, *, you: str) -> str:
    """The story of a course in one to three sentences. `you` is "You" or the therapist's name."""
    alert, episode = trend.open_alert, latest_episode(trend)
    if trend.last is not None and episode and episode.state == "recovering":
        return _coming_back(trend, episode, you)
    if alert and alert.status is AlertStatus.TALKED:
        return _talked(trend, alert, you)
    return alert.sentence if alert else _without_question(trend, you)


def _coming_back(trend: Trend, episode: Episode, you: str) -> str:
    opened = next(point for point in trend.points if point.number == episode.opened)
    reading, score = opened.reading, opened.alliance
    if reading is not None and score is not None and score < reading.expected - reading.give_or_take:
        rated = rated_beside(score, reading, opened.number)
        sentences = [f"Coming back after a dip. Session {opened.number} was rated {rated}."]
    else:
        sentences = [f"Coming back after session {opened.number}."]
    back = f"{last_answer(trend, episode)} is back at the usual level."
    if episode.talked:
        sentences.append(f"{you} talked about it in session {episode.talked}, and {back}")
    else:
        sentences.append(capital(back))
    return " ".join(sentences)


def last_answer(trend: Trend, episode: Episode) -> str:
    """`the last answer, 82,` of a course that is recovering; without the number where no rating came with it."""
    back = next((point for point in trend.answered if point.number == episode.recovering), None)
    return "the last answer" if back is None else f"the last answer, {back.alliance:.0f},"


def _talked(trend: Trend, alert: Alert, you: str) -> str:
    about, at = alert.session_number, alert.talked_number
    when = "" if at is None else " in that same session" if at == about else f" in session {at}"
    talked = f"{you} talked about session {about}{when}."
    since = [point for point in trend.answered if point.number > about and point.number >= (at or about)]
    if not since:
        return f"{talked} The next answers will say whether it helped."
    score = f"{since[-1].alliance:.0f}"
    last_one = score if len(since) == 1 else f"the last one {score}"
    told = f"{talked} {capital(count(len(since), 'answer'))} since then, {last_one}"
    if _beside_usual(since[-1]) is not Standing.BELOW:
        return f"{told}, within the usual range. The question stays open until that holds."
    together = " You might look at it together." if len(since) >= RUN else ""
    return f"{told}, still below the usual range.{together}"


def _without_question(trend: Trend, you: str) -> str:
    where, last = standing(trend), trend.last
    if where is Standing.UNMET:
        return (
            "No sessions yet. Add the first one after you have met." if you == "You" else "No sessions yet."
        )
    if last is None or last.alliance is None:
        return "No answers yet. The next form goes out after the next session."
    if where is Standing.SILENT:
        return _silent(trend)
    score = f"{last.alliance:.0f}"
    if where is Standing.EARLY:
        answers = len(trend.answered)
        last_one = score if answers == 1 else f"the last one {score}"
        return f"Too early to say: {count(answers, 'answer')} so far, {last_one}."
    if where in {Standing.TOP, Standing.SAME}:
        little = where.value.format(same=number(SAME))
        return f"{capital(little)}. People are polite; a question in the room may tell more."
    if where is Standing.SLIDING:
        first = trend.answered[-SLIDE].alliance or 0.0
        return (
            f"Sliding slowly, still usual: from {first:.0f} to {score} over the last {number(SLIDE)} answers."
        )
    if where is Standing.REPAIRED:
        return f"Repaired. {_repaired(trend)}the last was {score}."
    return _beside_range(where, last, score)


def _repaired(trend: Trend) -> str:
    episode = latest_episode(trend)
    after = f"After session {episode.opened} the" if episode else "The"
    return f"{after} answers are back at the usual level; "


def _beside_range(where: Standing, last: Point, score: str) -> str:
    if last.reading is None:
        return f"The last answer was {score}."
    span = f"this patient’s usual range, {last.reading.low:.0f} to {last.reading.high:.0f}."
    if where is Standing.BELOW:
        return (
            f"The last answer, {score}, is below {span} No question is open; the next answer will say more."
        )
    if where is Standing.ABOVE:
        return f"The last answer, {score}, is above {span}"
    return f"Steady. The last answer, {score}, is within {span}"


def _silent(trend: Trend) -> str:
    run = silent_run(trend)
    before = _due(trend)[:-run]
    back = sum(point.answered for point in before)
    told = f"No form after the last {number(run)} sessions. Before that, {back} of {len(before)} came back."
    if trend.dyad.patient.paused:
        return f"{told} Forms are paused."
    return f"{told} If it fits, you might ask what the form is like to fill in."


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
    if old - new < FELL:
        return None
    sentence = f"{names[scale]} fell most in session {at.number}, from {old:.0f} to {new:.0f}."
    held = [
        _inside(names[other]) for other, (was, now) in falls.items() if was - now < HELD and other != scale
    ]
    return f"{sentence} {capital(listed(held))} held." if held else sentence


def _inside(name: str) -> str:
    """A scale's name inside a sentence."""
    return name[:1].lower() + name[1:]


def since(trend: Trend) -> str:
    """`22 sessions since 11 June`, with the year where the course began in an earlier one."""
    if not trend.points:
        return f"first session on or after {plain_day(trend.dyad.starts_on)}"
    first, last = trend.points[0].held_on, trend.points[-1].held_on
    year = f" {first.year}" if first.year != last.year else ""
    held = len(trend.points)
    return f"{held} {'session' if held == 1 else 'sessions'} since {plain_day(first)}{year}"
