"""The numbers of one session, one scale or one alert, said in words beside the picture or the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alliance.analysis.track import EpisodeState
from alliance.domain.alerts import Alert
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import capital, number, state, usually
from surveys.definition import Instrument, Item


@dataclass(frozen=True, slots=True)
class PointWords:
    """What a table says of one session: the mark to set beside it, if any, and the words."""

    mark: str
    words: str


def point_words(point: Point, asked: Mapping[int, Alert], talked: Mapping[str, str]) -> PointWords:
    """A session in a few words. `asked` are the alerts by session number, `talked` the patient's own words for it."""
    alert = asked.get(point.number)
    if alert is not None:
        return PointWords(alert.level.value, state(alert.rules, alert.session_number))
    if not point.answered:
        return PointWords("", "no form")
    if point.held_back:
        return PointWords("supervisor", "for the supervisor only")
    episode = point.reading.episode if point.reading else EpisodeState.NONE
    if episode in {EpisodeState.RECOVERING, EpisodeState.REPAIRED}:
        return PointWords(episode.value, episode.value)
    if point.alliance is None:
        return PointWords("", point.why_missing.get("alliance", "no score"))
    if point.talked in {"little", "helped", "not-helped"}:
        return PointWords("", f"talked about it: {talked.get(point.talked, point.talked)}")
    return PointWords("", "")


def scale_words(trend: Trend, scale: str) -> str:
    """A scale at the newest question and now: `Session 17: 80, session 18: 50, now 80.`"""
    scored = [point for point in trend.points if point.scores.get(scale) is not None]
    if not scored:
        return "No answers yet."
    last = scored[-1]
    now = f"now {last.scores[scale]:.0f}"
    asked = {alert.session_number for alert in trend.alerts}
    at = next((index for index in range(len(scored) - 1, -1, -1) if scored[index].number in asked), None)
    if at is None or scored[at] is last:
        before = scored[-2] if len(scored) > 1 else None
        was = f"Session {before.number}: {before.scores[scale]:.0f}, " if before else ""
        return capital(f"{was}{now}.")
    parts = [
        f"session {point.number}: {point.scores[scale]:.0f}" for point in scored[max(0, at - 1) : at + 1]
    ]
    return f"{capital(', '.join(parts))}, {now}."


def item_words(trend: Trend, item: str, top: int = 10) -> str:
    """A rupture item where it was highest of late, and now: `8 of 10 in session 18, now 1.`"""
    answered = [point for point in trend.points if item in point.items]
    if not answered:
        return "No answers yet."
    last = answered[-1]
    highest = max(answered, key=lambda point: (point.items[item], point.number))
    if highest.items[item] == 0:
        return f"0 of {top} in every session so far."
    if highest is last:
        return f"{last.items[item]} of {top} in session {last.number}, the highest so far."
    return f"{highest.items[item]} of {top} in session {highest.number}, now {last.items[item]}."


def reasons(alert: Alert, point: Point, instrument: Instrument) -> list[str]:
    """Why an alert was raised, one line a reason, with the numbers beside the usual."""
    lines = []
    reading = point.reading
    if point.alliance is not None and reading is not None:
        lines.append(capital(f"rated {point.alliance:.0f}, {usually(reading)}."))
    if point.tension is not None and reading is not None and {"report", "own-word"} & set(alert.rules):
        lines.append(
            f"Tension {point.tension:.0f}, usually {reading.usual_tension:.0f}.{_said(point, instrument)}"
        )
    if "silence" in alert.rules and reading is not None:
        run = reading.silent_run
        lines.append(f"No form after the last {'session' if run == 1 else f'{number(run)} sessions'}.")
    if not alert.rules:
        lines.append("No single answer stands out; the last ones together are lower than usual.")
    return lines


def _said(point: Point, instrument: Instrument) -> str:
    """The rupture items that were picked high, each in the words of the form."""
    said = [
        f" “{item.text.rstrip('.')}” was {point.items[item.id]} of {instrument.maximum}."
        for item in rupture_items(instrument)
        if point.items.get(item.id, 0) * 2 >= instrument.maximum
    ]
    return "".join(said)


def rupture_items(instrument: Instrument) -> list[Item]:
    """The items that listen for something having gone wrong; higher is worse."""
    return [item for item in instrument.items if instrument.scale(item.scale).higher_is == "worse"]


def sessions_named(numbers: Iterable[int | None]) -> str:
    """`session 7`, `sessions 7 and 12`, or a dash."""
    found = [str(one) for one in numbers if one is not None]
    if not found:
        return "–"
    listed = found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
    return f"{'session' if len(found) == 1 else 'sessions'} {listed}"
