"""What therapists may know of the sessions of these dyads, one record after the other.

What was held back from a therapist is not there, nor a sign of it; neither is what waits for the therapist's own
view, nor what came after that in the same dyad.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

from alliance.domain.known import KINDS, Answered, KnownForm, KnownPatient, KnownSession
from alliance.domain.people import Dyad
from alliance.storage import own_views
from alliance.storage.database import Connection, Row
from alliance.storage.times import day, moment

AMONG = "IN (SELECT value FROM json_each(:dyads))"

# An answer is as new as it came, was uncovered by its therapist, or was disputed. When one was released is not told: it
# looks like one that was never held back.
FORMS = """SELECT 'session' AS kind, r.id AS record, r.session_id, r.instrument, r.version, r.language,
  r.received_at, x.said_at AS disputed_at,
  (SELECT json_group_array(c.scale) FROM score AS c WHERE c.response_id = r.id) AS scales
  FROM therapy_session AS s JOIN response AS r ON r.session_id = s.id AND r.audience = 'both'
  LEFT JOIN dispute AS x ON x.response_id = r.id
  WHERE s.dyad_id IN (SELECT value FROM json_each(:dyads))
UNION ALL
SELECT f.kind, f.id, r.session_id, o.instrument, o.version, r.language,
  f.received_at, x.said_at,
  (SELECT json_group_array(c.scale) FROM follow_up_score AS c WHERE c.follow_up_id = f.id
    AND c.scale NOT IN ('alliance', 'overall'))
  FROM therapy_session AS s JOIN response AS r ON r.session_id = s.id AND r.audience = 'both'
  LEFT JOIN dispute AS x ON x.response_id = r.id
  JOIN follow_up AS f ON f.response_id = r.id AND f.counted = 1
  JOIN offer AS o ON o.response_id = f.response_id AND o.kind = f.kind
  WHERE s.dyad_id IN (SELECT value FROM json_each(:dyads))"""


def _ids(dyads: Sequence[Dyad]) -> dict[str, object]:
    return {"dyads": json.dumps([dyad.id for dyad in dyads])}


def patients(conn: Connection, dyads: Sequence[Dyad], zone: tzinfo) -> list[KnownPatient]:
    """The patients of these dyads, each once, in the order of their numbers."""
    rows = conn.execute(
        "SELECT p.id, p.code, p.language, max(p.created_at) AS made, max(d.starts_on) AS since"  # noqa: S608 (constants)
        f" FROM dyad AS d JOIN patient AS p ON p.id = d.patient_id WHERE d.id {AMONG}"
        " GROUP BY p.id ORDER BY p.id",
        _ids(dyads),
    )
    return [
        KnownPatient(row["id"], row["code"], row["language"], max(moment(row["made"]), _morning(row, zone)))
        for row in rows
    ]


def _morning(row: Row, zone: tzinfo) -> datetime:
    first = day(row["since"])
    return datetime(first.year, first.month, first.day, tzinfo=zone)


def sessions(conn: Connection, dyads: Sequence[Dyad]) -> list[KnownSession]:
    """Every session of these dyads, in the order of their numbers."""
    whose = {dyad.id: dyad for dyad in dyads}
    rows = conn.execute(
        "SELECT id, dyad_id, number, held_on, created_at FROM therapy_session"  # noqa: S608 (constants only)
        f" WHERE dyad_id {AMONG} ORDER BY id",
        _ids(dyads),
    )
    return [
        KnownSession(
            id=row["id"],
            patient_id=whose[row["dyad_id"]].patient.id,
            therapist_id=whose[row["dyad_id"]].therapist_id,
            number=row["number"],
            held_on=day(row["held_on"]),
            changed_at=moment(row["created_at"]),
        )
        for row in rows
    ]


def forms(conn: Connection, dyads: Sequence[Dyad]) -> list[KnownForm]:
    """Every form of these dyads that its therapist may know, in the order of sessions and kinds."""
    there = {session.id: session for session in sessions(conn, dyads)}
    since = _uncovered(conn, dyads)
    found = []
    for row in conn.execute(FORMS, _ids(dyads)):
        uncovered = since.get(row["session_id"], "")
        if uncovered is None:
            continue
        found.append(
            KnownForm(
                record=row["record"],
                kind=row["kind"],
                session=there[row["session_id"]],
                instrument=row["instrument"],
                version=row["version"],
                language=row["language"],
                answered_at=moment(row["received_at"]),
                changed_at=moment(max(row["received_at"], row["disputed_at"] or "", uncovered)),
                disputed=row["disputed_at"] is not None,
                scales=tuple(sorted(json.loads(row["scales"]))),
            )
        )
    return sorted(found, key=lambda form: (form.session.id, KINDS.index(form.kind)))


def _uncovered(conn: Connection, dyads: Sequence[Dyad]) -> dict[int, str | None]:
    """By session, since when its therapist may see what was answered: None for not yet, "" for from the first."""
    waiting: dict[int, int] = {}
    for therapist_id in {dyad.therapist_id for dyad in dyads}:
        own = [dyad.id for dyad in dyads if dyad.therapist_id == therapist_id]
        for dyad_id, covered in own_views.covered(conn, therapist_id, own).items():
            waiting[dyad_id] = covered[0].number
    rows = conn.execute(
        "SELECT s.id, s.dyad_id, s.number,"  # noqa: S608 (constants only)
        " max(coalesce(v.given_at, ''), coalesce(u.shown_at, '')) AS seen"
        " FROM therapy_session AS s JOIN dyad AS d ON d.id = s.dyad_id"
        " LEFT JOIN own_view AS v ON v.session_id = s.id AND v.therapist_id = d.therapist_id"
        " LEFT JOIN shown_uncovered AS u ON u.session_id = s.id AND u.therapist_id = d.therapist_id"
        f" WHERE s.dyad_id {AMONG} ORDER BY s.dyad_id, s.number",
        _ids(dyads),
    )
    found: dict[int, str | None] = {}
    latest: dict[int, str] = {}
    for row in rows:
        dyad_id = row["dyad_id"]
        # What one session covered, it covered in those behind it too.
        latest[dyad_id] = max(latest.get(dyad_id, ""), row["seen"])
        hidden = dyad_id in waiting and row["number"] >= waiting[dyad_id]
        found[row["id"]] = None if hidden else latest[dyad_id]
    return found


def answered(conn: Connection, forms: Iterable[KnownForm]) -> list[Answered]:
    """What was answered on these forms, in their order. A patient's words are not fetched."""
    forms = list(forms)
    after = {form.record for form in forms if form.kind != "session"}
    about = {form.record for form in forms if form.kind == "session"}
    told = {"session": _told(conn, "answer", "score", "response_id", about)}
    told["monthly"] = told["checklist"] = _told(
        conn, "follow_up_answer", "follow_up_score", "follow_up_id", after
    )
    ticks, talked = _ticks(conn, after), _talked(conn, about)
    found = []
    for form in forms:
        items, scores = told[form.kind]
        kept = {scale: scores[form.record, scale] for scale in form.scales}
        found.append(
            Answered(
                form=form,
                items=items.get(form.record, {}),
                scores={scale: value for scale, (value, _) in kept.items()},
                reasons={scale: reason for scale, (_, reason) in kept.items() if reason},
                ticks=ticks.get(form.record, ()) if form.kind == "checklist" else (),
                talked=talked.get(form.record) if form.kind == "session" else None,
            )
        )
    return found


Scores = Mapping[tuple[int, str], tuple[float | None, str | None]]


def _told(
    conn: Connection, answers: str, scores: str, column: str, records: set[int]
) -> tuple[dict[int, dict[str, int]], Scores]:
    wanted = (json.dumps(sorted(records)),)
    items: dict[int, dict[str, int]] = {}
    for row in conn.execute(
        f"SELECT {column} AS record, item, value FROM {answers}"  # noqa: S608 (constants only)
        f" WHERE {column} IN (SELECT value FROM json_each(?))",
        wanted,
    ):
        items.setdefault(row["record"], {})[row["item"]] = row["value"]
    rows = conn.execute(
        f"SELECT {column} AS record, scale, value, reason FROM {scores}"  # noqa: S608 (constants only)
        f" WHERE {column} IN (SELECT value FROM json_each(?))",
        wanted,
    )
    return items, {(row["record"], row["scale"]): (row["value"], row["reason"]) for row in rows}


def _ticks(conn: Connection, records: set[int]) -> dict[int, tuple[str, ...]]:
    rows = conn.execute(
        "SELECT follow_up_id AS record, json_group_array(tick) AS ticks FROM follow_up_tick"
        " WHERE follow_up_id IN (SELECT value FROM json_each(?)) GROUP BY follow_up_id",
        (json.dumps(sorted(records)),),
    )
    return {row["record"]: tuple(json.loads(row["ticks"])) for row in rows}


def _talked(conn: Connection, records: set[int]) -> dict[int, str]:
    rows = conn.execute(
        "SELECT id, talked FROM response WHERE talked IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(records)),),
    )
    return {row["id"]: row["talked"] for row in rows}
