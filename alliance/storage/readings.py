"""The detector's state of each dyad and what it read in each session. Both can be rebuilt from the answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from alliance.analysis.track import EpisodeState, Level, Reading, Track
from alliance.storage.database import Connection, Row
from alliance.storage.times import stamp

TrackName = Literal["shared", "full"]

FIELDS = (
    "number", "answered", "expected", "give_or_take", "low", "high", "ask_below", "usual_tension", "odds",
    "level", "alert", "own_word", "rules", "factors", "silent_run", "episode",
)  # fmt: skip


def tracks(conn: Connection, dyad_id: int) -> dict[TrackName, Track]:
    """Where the detector stands with this dyad: nothing before the first session it looked at."""
    rows = conn.execute("SELECT track, state FROM baseline WHERE dyad_id = ?", (dyad_id,))
    return {row["track"]: Track.from_json(row["state"]) for row in rows}


def states(conn: Connection, name: TrackName) -> dict[int, str]:
    """Every dyad's state on a track as it is kept, `Track.to_json`."""
    rows = conn.execute("SELECT dyad_id, state FROM baseline WHERE track = ?", (name,))
    return {row["dyad_id"]: row["state"] for row in rows}


def save(
    conn: Connection,
    dyad_id: int,
    name: TrackName,
    state: Track,
    readings: Iterable[Reading],
    prior_of: Callable[[int], int | None],
    now: datetime,
    *,
    afresh: bool = False,
) -> None:
    """Keep the detector's state and the readings that led to it; `afresh` replaces all earlier ones.

    `prior_of` tells by session number which clinic prior each was read with.
    """
    if afresh:
        conn.execute("DELETE FROM reading WHERE dyad_id = ? AND track = ?", (dyad_id, name))
    conn.executemany(
        f"INSERT INTO reading (dyad_id, track, prior_id, {', '.join(FIELDS)}) "  # noqa: S608 (constants only)
        f"VALUES (?, ?, ?{', ?' * len(FIELDS)})",
        [(dyad_id, name, prior_of(reading.number), *_values(reading)) for reading in readings],
    )
    conn.execute(
        "INSERT INTO baseline (dyad_id, track, last_number, state, updated_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (dyad_id, track) DO UPDATE SET last_number = excluded.last_number, state = excluded.state,"
        " updated_at = excluded.updated_at",
        (dyad_id, name, state.last_number, state.to_json(), stamp(now)),
    )


def priors(conn: Connection, dyad_id: int, name: TrackName) -> dict[int, int | None]:
    """By session number, which clinic prior it was read with."""
    rows = conn.execute(
        "SELECT number, prior_id FROM reading WHERE dyad_id = ? AND track = ?", (dyad_id, name)
    )
    return {row["number"]: row["prior_id"] for row in rows}


def of_dyads(
    conn: Connection, dyad_ids: Sequence[int], *, full: bool, since: Mapping[int, int] | None = None
) -> dict[tuple[int, int], Reading]:
    """Readings by dyad and session number, where `since` says so from that number on only.

    With `full`, those that know held-back answers take precedence.
    """
    wanted = {str(dyad_id): (since or {}).get(dyad_id, 1) for dyad_id in dyad_ids}
    rows = conn.execute(
        f"SELECT {', '.join(FIELDS)}, dyad_id FROM json_each(?) AS w"  # noqa: S608 (constants only)
        " CROSS JOIN reading WHERE dyad_id = CAST(w.key AS INTEGER)"
        " AND track IN ('shared', CASE WHEN ? THEN 'full' END) AND number >= w.value ORDER BY track = 'full'",
        (json.dumps(wanted), full),
    )
    return {(row[-1], row[0]): _reading(row) for row in rows}


def _values(reading: Reading) -> tuple[object, ...]:
    return (
        reading.number, int(reading.answered), reading.expected, reading.give_or_take, reading.low, reading.high,
        reading.ask_below, reading.usual_tension, reading.odds, reading.level.value, reading.alert,
        int(reading.own_word), json.dumps(reading.rules) if reading.rules else "[]", json.dumps(reading.factors),
        reading.silent_run,
        reading.episode.value,
    )  # fmt: skip


# Looking a member up by its value costs a call each; a list of patients takes thousands.
LEVELS = {level.value: level for level in Level}
EPISODES = {state.value: state for state in EpisodeState}


def _reading(row: Row) -> Reading:
    """A reading from the columns of FIELDS, in their order."""
    (
        number, answered, expected, give_or_take, low, high, ask_below, usual_tension, odds,
        level, alert, own_word, rules, factors, silent_run, episode, *_,
    ) = row  # fmt: skip
    return Reading(
        number=number,
        answered=bool(answered),
        expected=expected,
        give_or_take=give_or_take,
        low=low,
        high=high,
        ask_below=ask_below,
        usual_tension=usual_tension,
        odds=odds,
        level=LEVELS[level],
        alert=alert,
        own_word=bool(own_word),
        rules=tuple(json.loads(rules)) if rules != "[]" else (),
        factors=tuple((name, factor) for name, factor in json.loads(factors)) if factors != "[]" else (),
        silent_run=silent_run,
        episode=EPISODES[episode],
    )
