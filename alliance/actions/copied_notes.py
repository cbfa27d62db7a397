"""What staff noted about a patient, gathered for the copy that is made for that patient."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo

from alliance.actions.clinic import Clinic
from alliance.actions.ledger import notes_for
from alliance.domain.copied_notes import of_marks, of_mutes, of_questions
from alliance.domain.copies import Noted, OwnView, Rated
from alliance.domain.people import Viewer
from alliance.domain.trend import Trend
from alliance.storage import copies, course_marks, mutes
from alliance.storage.database import Connection
from surveys.definition import Instrument
from surveys.library import asked_of_staff


def noted(
    clinic: Clinic, conn: Connection, viewer: Viewer, trend: Trend, zone: tzinfo, *, whole: bool
) -> list[Noted]:
    """What the maker of the copy noted, in order of days.

    Words with marks and with questions that rest are the therapist's, and not in a `whole` copy, a supervisor's.
    """
    dyad, keyring = trend.dyad, clinic.keyring
    notes = notes_for(clinic, conn, viewer, dyad, trend.alerts)
    found = [
        *of_questions(trend.alerts, notes, viewer.staff_id, zone),
        *of_mutes(mutes.of_dyad(conn, keyring, dyad.id, words=not whole)),
        *of_marks(course_marks.of_dyad(conn, keyring, dyad.id, words=not whole, removed=True)),
    ]
    return sorted(found, key=_day)


def _day(one: Noted) -> date:
    return one.on


def own_views(
    conn: Connection, viewer: Viewer, trend: Trend, rated: Callable[[Instrument, dict[str, int]], Rated]
) -> list[OwnView]:
    """How the maker of the copy, the therapist, saw sessions before the answers to them were shown."""
    asked = asked_of_staff()
    found = []
    for view in copies.own_views(conn, trend.dyad.id, viewer.staff_id):
        instrument = asked.get(view.instrument, view.version)
        said = {
            option.value: option.text
            for question in instrument.questions
            if question.id == "noticed"
            for option in question.options
        }
        found.append(
            OwnView(
                view.number, rated(instrument, dict(view.ratings)), said.get(view.noticed or "", view.noticed)
            )
        )
    return found
