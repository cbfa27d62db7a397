"""A course in words: where a relationship stands, in one line for lists and one sentence for its page."""

from __future__ import annotations

from alliance.domain import early
from alliance.domain.alerts import Alert
from alliance.domain.episodes import Episode
from alliance.domain.follow_up import told
from alliance.domain.imported import Form, Imported
from alliance.domain.little import RUN, same_run, says_little, top_run
from alliance.domain.standing import (
    SLIDE,
    Standing,
    beside_usual,
    latest_episode,
    silent_run,
    standing,
)
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import capital, count, listed, lower, number, plain_day, rated_beside

FELL = 5.0  # points from which a scale counts as fallen
HELD = 15.0  # and below which it held, where another fell more


def forms_back(trend: Trend) -> tuple[int, int]:
    """Forms that came back, and sessions held; what was taken over from before counts as neither."""
    back, held = trend.earlier
    here = [point for point in trend.points if point.imported is None]
    return back + sum(point.answered for point in here), held + len(here)


def in_words(trend: Trend) -> str:
    """One line for a list."""
    episode = latest_episode(trend)
    words = standing(trend).value.format(
        run=number(silent_run(trend)),
        top=number(top_run(trend.points)),
        same=number(same_run(trend.points)),
        repaired=episode.repaired if episode else None,
    )
    now = early.in_short(trend)
    if now and len(trend.points) > early.EARLY:
        words = f"{words}; {now}"
    if trend.mute is not None:
        words = f"{words}; {lower(trend.mute.words(plain_day(trend.mute.until)))}"
    return f"{words}; forms paused" if trend.dyad.patient.paused else words


def lead(trend: Trend, *, you: str) -> str:
    """The story of a course in one to three sentences. `you` is "You" or the therapist's name."""
    alert, episode = trend.open_alert, latest_episode(trend)
    if trend.last is not None and episode and episode.state == "recovering":
        return _coming_back(trend, episode, you)
    if alert and alert.talked:
        return _talked(trend, alert, you)
    if alert is None:
        return _without_question(trend, you)
    since = [point for point in trend.answered if point.number > alert.session_number]
    lasts = episode is not None and episode.state == "unresolved" and since
    asks = f"{alert.sentence}{ticked_then(trend, alert)}"
    return f"{asks} {_since_then(since)}" if lasts else asks


def ticked_then(trend: Trend, alert: Alert) -> str:
    """What the patient ticked last since the session in question, to go on from a sentence; empty if nothing."""
    last = trend.ticked_since(alert)
    if last is None:
        return ""
    return told(last.happened, None if last.number == alert.session_number else last.number)


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
    if beside_usual(since[-1]) is not Standing.BELOW:
        return f"{talked} {_since_then(since)} The question stays open until that holds."
    together = " You might look at it together." if len(since) >= RUN else ""
    return f"{talked} {_since_then(since)}{together}"


def _since_then(since: list[Point]) -> str:
    """`Three answers since then, the last one 53, still below the usual range.`"""
    score = f"{since[-1].alliance:.0f}"
    last_one = score if len(since) == 1 else f"the last one {score}"
    told = f"{capital(count(len(since), 'answer'))} since then, {last_one}"
    where = beside_usual(since[-1])
    if where is None:
        return f"{told}."
    return f"{told}, {'still below' if where is Standing.BELOW else 'within'} the usual range."


SAYS_LITTLE = {Standing.TOP: "top", Standing.SAME: "same", Standing.WIDE: "wide"}  # by the rule that tells it


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
    if where is Standing.OWN:
        return (
            f"The last answer was {score}. Its questionnaire is not watched: it raises no question by itself."
        )
    if where is Standing.EARLY:
        answers = len(trend.answered)
        last_one = score if answers == 1 else f"the last one {score}"
        return f"Too early to say: {count(answers, 'answer')} so far, {last_one}."
    if where is Standing.LOW:
        since = early.low_since(trend)
        return f"Low from the start: since session {since}, and the last answer was {score}."
    if where in SAYS_LITTLE:
        return next(one.sentence for one in says_little(trend) if one.rule == SAYS_LITTLE[where])
    if where is Standing.SLIDING:
        first = trend.answered[-SLIDE].alliance or 0.0
        return (
            f"Sliding slowly, still usual: from {first:.0f} to {score} over the last {number(SLIDE)} answers."
        )
    if where is Standing.REPAIRED:
        return f"{_repaired_as(trend)} {_repaired(trend)}the last was {score}."
    return _beside_range(where, last, score, resting=bool(trend.muted_alerts))


def _repaired_as(trend: Trend) -> str:
    """A repair that the patient confirms reads differently from one that only the numbers show."""
    episode = latest_episode(trend)
    if episode is not None and episode.confirmed:
        return "Repaired, and the patient said that talking helped."
    return "Repaired."


def _repaired(trend: Trend) -> str:
    episode = latest_episode(trend)
    after = f"After session {episode.opened} the" if episode else "The"
    return f"{after} answers are back at the usual level; "


def _beside_range(where: Standing, last: Point, score: str, *, resting: bool = False) -> str:
    if last.reading is None:
        return f"The last answer was {score}."
    span = f"this patient’s usual range, {last.reading.low:.0f} to {last.reading.high:.0f}."
    if where is Standing.BELOW:
        told = "A question rests." if resting else "No question is open; the next answer will say more."
        return f"The last answer, {score}, is below {span} {told}"
    if where is Standing.ABOVE:
        return f"The last answer, {score}, is above {span}"
    return f"Steady. The last answer, {score}, is within {span}"


def _silent(trend: Trend) -> str:
    run = silent_run(trend)
    back, held = forms_back(trend)
    told = f"No form after the last {number(run)} sessions. Before that, {back} of {held - run} came back."
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
    held = [lower(names[other]) for other, (was, now) in falls.items() if was - now < HELD and other != scale]
    return f"{sentence} {capital(listed(held))} held." if held else sentence


def imported_words(trend: Trend) -> list[str]:
    """A sentence for each earlier questionnaire whose ratings stand on this course, in the order of sessions."""
    taken: dict[Imported, list[int]] = {}
    for point in trend.points:
        if point.imported is not None:
            taken.setdefault(point.imported, []).append(point.number)
    return [_imported(what, numbers) for what, numbers in taken.items()]


def _imported(what: Imported, numbers: list[int]) -> str:
    which = (
        f"Session {numbers[0]} was" if len(numbers) == 1 else f"Sessions {numbers[0]} to {numbers[-1]} were"
    )
    if what.form is Form.SAME:
        rest = "It says what is usual, and raised no question here."
    else:
        rest = (
            "That is another questionnaire: its level says little about the ratings here, and it raised no question. "
            "The line is cut where it ends."
        )
    return f"{which} imported, rated on {what.questionnaire}. {rest}"


def since(trend: Trend) -> str:
    """`22 sessions since 11 June`, with the year where the course began in an earlier one."""
    if not trend.points:
        return f"first session on or after {plain_day(trend.dyad.starts_on)}"
    first, last = trend.points[0].held_on, trend.points[-1].held_on
    year = f" {first.year}" if first.year != last.year else ""
    held = len(trend.points)
    return f"{held} {'session' if held == 1 else 'sessions'} since {plain_day(first)}{year}"
