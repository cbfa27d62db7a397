"""Whole courses of dyads, as a therapist (without what was held back) or a supervisor may see them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from alliance.analysis.track import EpisodeState
from alliance.domain.alerts import Alert
from alliance.domain.people import Dyad
from alliance.domain.therapy import Channel
from alliance.domain.trend import Point, Trend
from alliance.storage import alerts, follow_ups, imports, readings
from alliance.storage.database import Connection
from alliance.storage.times import day
from surveys.scoring import ALLIANCE, OVERALL

RECENT = 30  # sessions that a list tells of: as many as a small picture shows, and a few
TOLD = 8  # answers among them that a line needs to say where a course stands
CLOSED = frozenset({EpisodeState.NONE, EpisodeState.REPAIRED})


def trends(
    conn: Connection,
    dyads: Sequence[Dyad],
    *,
    full: bool,
    detail: bool = False,
    recent: bool = False,
    whole: Collection[int] = (),
) -> list[Trend]:
    """One trend a dyad, in the order given. `detail` adds the scales, the single answers and, where no
    question is open, what was ticked.

    `full` is for supervisors: it includes responses that were held back from the therapist. With `recent`, a
    course begins with its last 30 sessions, unless its line would then read differently from that of the whole:
    where a rupture began earlier or is about to end, or hardly any answers came; or where its dyad is in `whole`.
    """
    since = _recent(conn, [dyad.id for dyad in dyads if dyad.id not in whole]) if recent else {}
    found = _trends(conn, dyads, since, full=full, detail=detail)
    short = [trend.dyad for trend in found if trend.dyad.id in since and _begins_earlier(trend)]
    if not short:
        return found
    again = {trend.dyad.id: trend for trend in _trends(conn, short, {}, full=full, detail=detail)}
    return [again.get(trend.dyad.id, trend) for trend in found]


def _begins_earlier(trend: Trend) -> bool:
    """Whether what its line tells of may have begun before the sessions that were fetched."""
    first = trend.points[0]
    if len(trend.answered) < TOLD or (first.reading is not None and first.reading.episode not in CLOSED):
        return True
    return any(alert.status.open and alert.session_number < first.number for alert in trend.alerts)


def _recent(conn: Connection, ids: Sequence[int]) -> dict[int, int]:
    """By dyad, the number of the first of its recent sessions, for those that have earlier ones."""
    rows = conn.execute(
        "SELECT w.value AS dyad_id, (SELECT max(s.number) FROM therapy_session AS s WHERE s.dyad_id = w.value) AS last"
        " FROM json_each(?) AS w",
        (json.dumps(list(ids)),),
    )
    return {row["dyad_id"]: row["last"] - RECENT + 1 for row in rows if (row["last"] or 0) > RECENT}


def _trends(
    conn: Connection, dyads: Sequence[Dyad], since: Mapping[int, int], *, full: bool, detail: bool
) -> list[Trend]:
    ids = [dyad.id for dyad in dyads]
    wanted = json.dumps({str(dyad_id): since.get(dyad_id, 1) for dyad_id in ids})
    marks = readings.of_dyads(conn, ids, full=full, since=since)
    scores, reasons, own = _scores(conn, wanted, full=full, detail=detail)
    items = _items(conn, wanted, full=full) if detail else {}
    taken_over = imports.on_courses(conn, wanted)
    ticked = follow_ups.happened(conn, json.dumps(ids), full=full, asked_only=not detail)
    points: dict[int, list[Point]] = {dyad_id: [] for dyad_id in ids}
    rows = conn.execute(
        "SELECT s.id, s.dyad_id, s.number, s.held_on, r.id, r.talked, r.audience, i.channel,"
        " EXISTS (SELECT 1 FROM dispute AS x WHERE x.response_id = r.id)"
        " FROM json_each(?) AS w CROSS JOIN therapy_session AS s"
        " LEFT JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " LEFT JOIN invitation AS i ON i.id = r.invitation_id"
        " WHERE s.dyad_id = CAST(w.key AS INTEGER) AND s.number >= w.value ORDER BY s.dyad_id, s.number",
        (wanted, full),
    )
    for session, dyad_id, number, held_on, response_id, talked, audience, channel, disputed in rows:
        past = taken_over.get(session)
        points[dyad_id].append(
            Point(
                session_id=session,
                number=number,
                held_on=day(held_on),
                answered=response_id is not None or (past is not None and past.answered),
                scores=scores.get(session, past.scores if past else {}),
                why_missing=reasons.get(session, {}),
                items=items.get(session, past.items if past and detail else {}),
                talked=talked,
                held_back=audience == "supervisor",
                came_by=Channel(channel) if channel else None,
                disputed=bool(disputed),
                reading=marks.get((dyad_id, number)),
                watched=session not in own,
                happened=ticked.get(session),
                imported=past.imported if past else None,
            )
        )
    raised: dict[int, list[Alert]] = alerts.of_dyads(conn, ids, full=full)
    before = _before(conn, since, full=full)
    return [
        Trend(dyad, points[dyad.id], raised.get(dyad.id, []), earlier=before.get(dyad.id, (0, 0)))
        for dyad in dyads
    ]


def _before(conn: Connection, since: Mapping[int, int], *, full: bool) -> dict[int, tuple[int, int]]:
    """By dyad, the forms that came back and the sessions held here before these numbers."""
    rows = conn.execute(
        "SELECT s.dyad_id, count(r.id), count(*) FROM json_each(?) AS w CROSS JOIN therapy_session AS s"
        " LEFT JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " WHERE s.dyad_id = CAST(w.key AS INTEGER) AND s.number < w.value"
        " AND NOT EXISTS (SELECT 1 FROM imported_session AS m WHERE m.session_id = s.id) GROUP BY s.dyad_id",
        (json.dumps({str(dyad_id): number for dyad_id, number in since.items()}), full),
    )
    return {dyad_id: (back, held) for dyad_id, back, held in rows}


def _scores(
    conn: Connection, wanted: str, *, full: bool, detail: bool
) -> tuple[dict[int, dict[str, float | None]], dict[int, dict[str, str]], set[int]]:
    """Scores and why there are none, by session; and the sessions whose questionnaire the detector does not know.

    What that measures as a whole stands in the place of the alliance, so that a course can be followed.
    """
    rows = conn.execute(
        "SELECT s.id, sc.scale, sc.value, sc.reason FROM json_each(?) AS w CROSS JOIN therapy_session AS s"
        " JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " JOIN score AS sc ON sc.response_id = r.id AND (? OR sc.scale IN ('alliance', 'overall'))"
        " WHERE s.dyad_id = CAST(w.key AS INTEGER) AND s.number >= w.value",
        (wanted, full, detail),
    )
    scores: dict[int, dict[str, float | None]] = {}
    reasons: dict[int, dict[str, str]] = {}
    own: set[int] = set()
    for session, scale, value, reason in rows:
        if scale == OVERALL:
            own.add(session)
            scale = ALLIANCE
        scores.setdefault(session, {})[scale] = value
        if reason is not None:
            reasons.setdefault(session, {})[scale] = reason
    return scores, reasons, own


def _items(conn: Connection, wanted: str, *, full: bool) -> dict[int, dict[str, int]]:
    rows = conn.execute(
        "SELECT s.id, a.item, a.value FROM json_each(?) AS w CROSS JOIN therapy_session AS s"
        " JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " JOIN answer AS a ON a.response_id = r.id"
        " WHERE s.dyad_id = CAST(w.key AS INTEGER) AND s.number >= w.value",
        (wanted, full),
    )
    items: dict[int, dict[str, int]] = {}
    for session, item, value in rows:
        items.setdefault(session, {})[item] = value
    return items
