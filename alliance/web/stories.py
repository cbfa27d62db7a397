"""What the templates of a patient's, an alert's and a caseload's pages are told, made from a trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from alliance.actions.reading import PatientPage
from alliance.domain import course, early, own_view, telling
from alliance.domain.caseload import Row
from alliance.domain.episodes import episodes
from alliance.domain.follow_up import Happened, perhaps
from alliance.domain.little import Little, says_little
from alliance.domain.story import Teller, stories
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import listed, lower
from alliance.web.charts.caseload import caseload_chart
from alliance.web.charts.style import Spec


def patient_story(page: PatientPage) -> dict[str, object]:
    """A patient's page: the sentence, the episodes newest first, and the words beside pictures and numbers."""
    trend, instrument = page.trend, page.instrument
    scales = [scale for scale in instrument.scales if scale.in_alliance]
    lead = course.lead(trend, you=page.you)
    return {
        "trend": trend,
        "lead": lead,
        "attention": early.in_words(trend),
        "little": besides(page, lead),
        "measure": "Alliance" if instrument.watched else instrument.name,
        "measured_by": f"the mean of {listed([lower(scale.name) for scale in scales])}",
        "since": course.since(trend),
        "imported_words": course.imported_words,
        "back": course.forms_back(trend),
        "stories": stories(trend, Teller(trend, page.zone, page.you, talked_words(page), page.notes)),
        "asked_at": {alert.session_number: alert for alert in trend.alerts},
        "point_at": point_at,
        "scales": scales,
        "ruptures": telling.rupture_items(instrument),
        "moved": course.what_moved(trend, {scale.id: scale.name for scale in scales}),
        "point_words": telling.point_words,
        "way": telling.way,
        "happened_before": early.happened_before,
        "scale_words": telling.scale_words,
        "item_words": telling.item_words,
        "both_views": own_view.in_words(page.gaps, trend.dyad.patient.code),
        "talked_words": talked_words(page),
        "ticked": [point for point in reversed(trend.points) if point.happened and point.happened.quotes],
        "ticked_all": ticked_all,
        "ticked_then": course.ticked_then,
    }


def besides(page: PatientPage, lead: str) -> list[Little]:
    """What says little, as far as the sentence at the top does not tell it already."""
    told = says_little(page.trend, page.instrument)
    return [one for one in told if one.sentence not in lead and not lead.startswith("Too early")]


def talked_words(page: PatientPage) -> dict[str, str]:
    """The patient's own answer to whether it was talked about, as the questionnaire words it."""
    for question in page.instrument.questions:
        if question.id == "talked":
            return {option.value: lower(option.text) for option in question.options}
    return {}


def ticked_all(happened: Happened) -> str:
    """Everything that was ticked after one session, as staff read it."""
    return f"{listed(happened.quotes)}. {perhaps(happened)}".strip()


def point_at(trend: Trend, number: int) -> Point | None:
    """The session with this number."""
    return next((point for point in trend.points if point.number == number), None)


def trends_story(rows: Sequence[Row], wanted: str | None, page: str, **place: Any) -> dict[str, object]:
    """The view of many trends. `page` is its endpoint; `place` what its address needs besides the focus."""
    chosen = in_focus(rows, wanted)
    at = rows.index(chosen) if chosen else 0

    def address(code: str) -> str:
        return url_for(page, **place, focus=code)

    def patient_address(trend: Trend) -> str:
        told: dict[str, Any] = {"therapist": trend.dyad.therapist_id} if place else {}
        return url_for("patients.patient", patient_id=trend.dyad.patient.id, **told)

    return {
        "rows": rows,
        "chosen": chosen,
        "before": _code(rows[at - 1]) if rows else None,
        "after": _code(rows[(at + 1) % len(rows)]) if rows else None,
        "address": address,
        "patient_address": patient_address,
        "lead": course.lead,
        "sessions_named": telling.sessions_named,
        "repairs": lambda trend: [episode.repaired for episode in episodes(trend.points, trend.alerts)],
    }


def in_focus(rows: Sequence[Row], wanted: str | None) -> Row | None:
    """The patient in focus: the one asked for by code, else the first with an open question, else the first."""
    asked = next((row for row in rows if _code(row) == wanted), None)
    return asked or next((row for row in rows if row.mark), rows[0] if rows else None)


def _code(row: Row) -> str:
    return row.trend.dyad.patient.code


def picture(rows: Sequence[Row], wanted: str | None) -> Spec:
    """The chart of that view."""
    chosen = in_focus(rows, wanted)
    return caseload_chart([row.trend for row in rows], chosen.trend.dyad.patient.id if chosen else None)
