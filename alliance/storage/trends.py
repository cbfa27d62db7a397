"""Whole courses of dyads, as a therapist (without what was held back) or a supervisor may see them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from alliance.domain.people import Dyad
from alliance.domain.therapy import Channel
from alliance.domain.trend import Point, Trend
from alliance.storage import alerts, follow_ups, readings
from alliance.storage.database import Connection
from alliance.storage.times import day


def trends(conn: Connection, dyads: Sequence[Dyad], *, full: bool, detail: bool = False) -> list[Trend]:
    """One trend a dyad, in the order given. `detail` adds the scales, the single answers and, where no
    question is open, what was ticked.

    `full` is for supervisors: it includes responses that were held back from the therapist.
    """
    ids = json.dumps([dyad.id for dyad in dyads])
    marks = readings.of_dyads(conn, [dyad.id for dyad in dyads], full=full)
    scores, reasons = _scores(conn, ids, full=full, detail=detail)
    items = _items(conn, ids, full=full) if detail else {}
    ticked = follow_ups.happened(conn, ids, full=full, asked_only=not detail)
    points: dict[int, list[Point]] = {dyad.id: [] for dyad in dyads}
    rows = conn.execute(
        "SELECT s.id, s.dyad_id, s.number, s.held_on, r.id AS response_id, r.talked, r.audience, i.channel,"
        " EXISTS (SELECT 1 FROM dispute AS x WHERE x.response_id = r.id) AS disputed FROM therapy_session AS s"
        " LEFT JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " LEFT JOIN invitation AS i ON i.id = r.invitation_id"
        " WHERE s.dyad_id IN (SELECT value FROM json_each(?)) ORDER BY s.dyad_id, s.number",
        (full, ids),
    )
    for row in rows:
        session = row["id"]
        points[row["dyad_id"]].append(
            Point(
                session_id=session,
                number=row["number"],
                held_on=day(row["held_on"]),
                answered=row["response_id"] is not None,
                scores=scores.get(session, {}),
                why_missing=reasons.get(session, {}),
                items=items.get(session, {}),
                talked=row["talked"],
                held_back=row["audience"] == "supervisor",
                came_by=Channel(row["channel"]) if row["channel"] else None,
                disputed=bool(row["disputed"]),
                reading=marks.get((row["dyad_id"], row["number"])),
                happened=ticked.get(session),
            )
        )
    raised = alerts.of_dyads(conn, [dyad.id for dyad in dyads], full=full)
    return [Trend(dyad, points[dyad.id], raised.get(dyad.id, [])) for dyad in dyads]


def _scores(
    conn: Connection, ids: str, *, full: bool, detail: bool
) -> tuple[dict[int, dict[str, float | None]], dict[int, dict[str, str]]]:
    rows = conn.execute(
        "SELECT s.id, sc.scale, sc.value, sc.reason FROM therapy_session AS s"
        " JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " JOIN score AS sc ON sc.response_id = r.id AND (? OR sc.scale = 'alliance')"
        " WHERE s.dyad_id IN (SELECT value FROM json_each(?))",
        (full, detail, ids),
    )
    scores: dict[int, dict[str, float | None]] = {}
    reasons: dict[int, dict[str, str]] = {}
    for row in rows:
        scores.setdefault(row["id"], {})[row["scale"]] = row["value"]
        if row["reason"] is not None:
            reasons.setdefault(row["id"], {})[row["scale"]] = row["reason"]
    return scores, reasons


def _items(conn: Connection, ids: str, *, full: bool) -> dict[int, dict[str, int]]:
    rows = conn.execute(
        "SELECT s.id, a.item, a.value FROM therapy_session AS s"
        " JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " JOIN answer AS a ON a.response_id = r.id"
        " WHERE s.dyad_id IN (SELECT value FROM json_each(?))",
        (full, ids),
    )
    items: dict[int, dict[str, int]] = {}
    for row in rows:
        items.setdefault(row["id"], {})[row["item"]] = row["value"]
    return items
