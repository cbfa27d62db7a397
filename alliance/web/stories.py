"""What the templates of a patient's, an alert's and a caseload's pages are told, made from a trend."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from alliance.actions.reading import PatientPage
from alliance.domain import course, telling
from alliance.domain.caseload import Row
from alliance.domain.episodes import episodes
from alliance.domain.trend import Point, Trend


def patient_story(page: PatientPage) -> dict[str, object]:
    """A patient's page: the sentence, the episodes newest first, and the words beside pictures and numbers."""
    trend, instrument = page.trend, page.instrument
    scales = [scale for scale in instrument.scales if scale.in_alliance]
    return {
        "trend": trend,
        "lead": course.lead(trend, you=page.you),
        "since": course.since(trend),
        "back": course.forms_back(trend),
        "episodes": list(reversed(episodes(trend.points, trend.alerts))),
        "asked_at": {alert.session_number: alert for alert in trend.alerts},
        "point_at": point_at,
        "scales": scales,
        "ruptures": telling.rupture_items(instrument),
        "moved": course.what_moved(trend, {scale.id: scale.name for scale in scales}),
        "point_words": telling.point_words,
        "scale_words": telling.scale_words,
        "item_words": telling.item_words,
        "talked_words": _talked_words(page),
    }


def _talked_words(page: PatientPage) -> dict[str, str]:
    """The patient's own answer to whether it was talked about, as the questionnaire words it."""
    for question in page.instrument.questions:
        if question.id == "talked":
            return {option.value: option.text[:1].lower() + option.text[1:] for option in question.options}
    return {}


def point_at(trend: Trend, number: int) -> Point | None:
    """The session with this number."""
    return next((point for point in trend.points if point.number == number), None)


def trends_story(rows: Sequence[Row], focus: str | None, page: str, **place: int) -> dict[str, object]:
    """The view of many trends. `page` is its endpoint; `place` what its address needs besides the focus."""
    return {
        "rows": rows,
        "trends": [row.trend for row in rows],
        "focus": focus,
        "self_url": lambda code: url_for(page, **place, focus=code),
        "patient_url": lambda trend: url_for(
            "patients.patient",
            patient_id=trend.dyad.patient.id,
            **({"therapist": trend.dyad.therapist_id} if place else {}),
        ),
        "sessions_of": telling.sessions_named,
        "repairs": lambda trend: [e.repaired for e in episodes(trend.points, trend.alerts)],
    }


def in_focus(codes: Sequence[str], wanted: str | None, rows: Sequence[Row]) -> str | None:
    """The patient in focus: the one asked for, else the first with an open question, else the first."""
    if wanted in codes:
        return wanted
    asked = next((row.trend.dyad.patient.code for row in rows if row.mark), None)
    return asked or (codes[0] if codes else None)
