"""The numbers of one session, one scale or one alert, said in words beside the picture or the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alliance.analysis.track import EpisodeState
from alliance.domain.alerts import Alert
from alliance.domain.follow_up import by_type
from alliance.domain.therapy import Channel
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import beside, capital, listed, no_form_after, rated_beside, state, usual_tension
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
        words = state(alert.rules, alert.session_number)
        return PointWords(
            alert.level.value, f"{words}; for the supervisor only" if point.held_back else words
        )
    if point.imported is not None:
        return PointWords(
            "", point.imported.words if point.answered else f"{point.imported.words}, no ratings"
        )
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
    scored = [
        (point.number, score)
        for point in trend.points
        if point.comparable and (score := point.scores.get(scale)) is not None
    ]
    if not scored:
        return "No answers yet."
    asked = {alert.session_number for alert in trend.alerts}
    places = [place for place, (session, _) in enumerate(scored) if session in asked]
    last = len(scored) - 1
    newest = places[-1] if places else last
    told = scored[max(0, newest - 1) : min(newest + 1, last)]
    parts = [f"session {session}: {score:.0f}" for session, score in told]
    return capital(f"{', '.join([*parts, f'now {scored[last][1]:.0f}'])}.")


# How an answer came, as staff read it beside a session.
WAYS = {
    Channel.LINK: "link",
    Channel.QR: "square on the screen",
    Channel.SLIP: "slip",
    Channel.HERE: "therapist’s device",
    Channel.KIOSK: "tablet",
    Channel.MAIL: "e-mail",
    Channel.PAPER: "typed in from paper",
}


def way(point: Point) -> str:
    """How this session’s answer came; nothing where none did."""
    if point.imported is not None:
        return "imported"
    return WAYS[point.came_by] if point.came_by else ""


def item_words(trend: Trend, item: str, top: int = 10) -> str:
    """A rupture item where it was highest, and now: `8 of 10 in session 18, now 1.`"""
    picked = [(point.items[item], point.number) for point in trend.points if item in point.items]
    if not picked:
        return "No answers yet."
    last, now = picked[-1]
    highest, at = max(picked[:-1], default=picked[-1])
    if len({value for value, _ in picked}) == 1:
        return f"{last} of {top} in {f'session {now}' if len(picked) == 1 else 'every answer so far'}."
    if last > highest:
        return f"{last} of {top} in session {now}, the highest so far."
    now_is = "and again now" if last == highest else f"now {last}"
    return f"{highest} of {top} in session {at}, {now_is}."


def reasons(alert: Alert, point: Point, instrument: Instrument) -> list[str]:
    """Why an alert was raised, one line a reason, with the numbers beside the usual."""
    reading, session = point.reading, alert.session_number
    lines = []
    if reading is not None and point.alliance is not None:
        beside_it = f"{point.alliance:.0f}, {beside(reading, session)}"
        rated = rated_beside(point.alliance, reading, session) if "ratings" in alert.rules else beside_it
        lines.append(f"Rated {rated}.")
    if reading is not None and point.tension is not None and {"report", "own-word"} & set(alert.rules):
        tension = f"Tension {point.tension:.0f}, {usual_tension(reading, session)}."
        lines.append(tension + _said(point, instrument))
    none_came = no_form_after(reading.silent_run, session) if reading and "silence" in alert.rules else None
    if none_came:
        lines.append(f"{capital(none_came)}.")
    if not alert.rules or not lines:
        lines.append("No single answer stands out; the last ones together are a little off the usual.")
    types = by_type(point.happened)
    return [*lines, types] if types else lines


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
    return f"{'session' if len(found) == 1 else 'sessions'} {listed(found)}"
