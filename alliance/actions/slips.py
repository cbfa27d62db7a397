"""What a therapist prints: slips with a square to scan, and the questionnaire on paper."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.actions.caseload import own_trends
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.inviting import Invited, invite
from alliance.domain import paper
from alliance.domain.clinic import ClinicSettings
from alliance.domain.people import Viewer
from alliance.domain.therapy import Channel
from alliance.domain.trend import Point, Trend
from alliance.storage import people, settings, transcriptions
from alliance.storage.database import Connection
from surveys.definition import Instrument

MOST_SLIPS = 64  # eight sheets


def waiting(clinic: Clinic, viewer: Viewer, now: datetime) -> list[tuple[Trend, Point]]:
    """The viewer's own patients whose newest session has no form back, as far as the viewer may know."""
    return [
        (trend, trend.points[-1])
        for trend in own_trends(clinic, viewer, now, answers=False)
        if trend.points and not (trend.covered or trend.dyad.patient.paused or _needs_none(trend.points[-1]))
    ]


def _needs_none(point: Point) -> bool:
    """Whether no form is wanted for a session: it came back, or this clinic asked nothing then."""
    return point.answered or point.imported is not None


def make_slips(clinic: Clinic, viewer: Viewer, session_ids: Sequence[int], now: datetime) -> list[Invited]:
    """One invitation a session, all or none. Raises NotFound or Forbidden if any is not the viewer's to make."""
    chosen = list(dict.fromkeys(session_ids))
    if not chosen:
        raise Fault("Choose at least one patient", "session")
    if len(chosen) > MOST_SLIPS:
        raise Fault(f"Choose at most {MOST_SLIPS} patients at a time", "session")
    with clinic.db.write() as conn:
        return [invite(clinic, conn, viewer, session_id, Channel.SLIP, now=now) for session_id in chosen]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A questionnaire to be printed: its number, what it asks, and who will see the answers."""

    number: str
    invited: Invited
    instrument: Instrument
    settings: ClinicSettings
    supervisors: tuple[str, ...]


def print_form(clinic: Clinic, viewer: Viewer, session_id: int, now: datetime) -> Sheet:
    """Invite on paper. Raises Fault for a questionnaire whose holder does not allow it on paper."""
    with clinic.db.write() as conn:
        invited = invite(clinic, conn, viewer, session_id, Channel.PAPER, now)
        patient, told = invited.dyad.patient, settings.clinic_settings(conn)
        instrument = clinic.asked(told, patient.instrument, patient.language, now)
        if "paper" not in instrument.modes:
            raise Fault(f"{instrument.holder} does not allow {instrument.name} on paper")
        number = _new_number(conn)
        transcriptions.add_form(conn, invited.invitation_id, number)
        supervisors = people.supervisors_of(conn, invited.dyad.therapist_id, told.today(now))
    return Sheet(number, invited, instrument, told, supervisors)


def _new_number(conn: Connection) -> str:
    """A number that no other form has: of 27 billion, so that nobody comes upon one by trying."""
    while True:
        number = paper.numbered([secrets.randbelow(len(paper.SIGNS)) for _ in range(paper.LENGTH - 1)])
        if not transcriptions.number_taken(conn, number):
            return number
