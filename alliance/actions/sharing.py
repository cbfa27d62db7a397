"""A therapist shows a case to a supervisor, and takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import is_own, own_dyad, record, require
from alliance.domain.access import NotFound, Permission
from alliance.domain.people import Dyad, Viewer
from alliance.domain.sharing import LONGEST_QUESTION, Share, last_day
from alliance.domain.therapy import Audience
from alliance.storage import people, responses, settings, shares, supervision
from alliance.storage.database import Connection


@dataclass(frozen=True, slots=True)
class SharePage:
    """Whom one's own case can be shown to, up to when, and to whom it is shown today."""

    dyad: Dyad
    supervisors: Sequence[tuple[int, str]]
    standing: Sequence[Share]
    until: date


@dataclass(frozen=True, slots=True)
class Shown:
    """To whom a case is shown today: `to`, for its therapist; `share`, where it is shown to the viewer, who then
    has what the patient `wrote` to the therapist, by session number, newest first.
    """

    to: Sequence[Share] = ()
    share: Share | None = None
    wrote: Sequence[tuple[int, str]] = ()


NOT_SHOWN = Shown()


def shown(clinic: Clinic, conn: Connection, viewer: Viewer, dyad: Dyad, today: date) -> Shown:
    """What stands between the therapist of this dyad and a supervisor, for whichever of them looks."""
    if is_own(viewer, dyad):
        return Shown(to=shares.of_dyad(conn, clinic.keyring, dyad.id, today))
    share = shares.running_with(conn, clinic.keyring, viewer, dyad.id, today)
    if share is None:
        return NOT_SHOWN
    both = responses.comments(conn, clinic.keyring, dyad.id, Audience.BOTH)
    alone = {number for number, _ in responses.comments(conn, clinic.keyring, dyad.id, Audience.SUPERVISOR)}
    return Shown(share=share, wrote=[(number, said) for number, said in both if number not in alone])


def note_looked(
    conn: Connection, viewer: Viewer, dyad: Dyad, seen: Shown, now: datetime
) -> dict[str, object] | None:
    """Note that a supervisor has the page before the eyes, and answer with what the trail should say of it."""
    if not is_own(viewer, dyad):
        supervision.note_looked_at(conn, viewer.staff_id, dyad.id, now)
    if seen.share is None:
        return None
    shares.note_opened(conn, seen.share.id, now)
    return {"share": seen.share.id}


def share_page(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> SharePage:
    """What showing this case would mean. Raises NotFound, and Forbidden for another's patient."""
    require(viewer, Permission.SHARE_CASE)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        return SharePage(
            dyad,
            people.supervisors_by_id(conn, dyad.therapist_id, today),
            shares.of_dyad(conn, clinic.keyring, dyad.id, today),
            last_day(today),
        )


def show(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    supervisor_id: int | None,
    now: datetime,
    *,
    question: str,
) -> Share:
    """Show one's own case to one of one's supervisors for 30 days. Shown already, it is shown anew.

    Without `supervisor_id` it is the only one there is. Raises Fault for anybody else, or a question that is long.
    """
    require(viewer, Permission.SHARE_CASE)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        possible = people.supervisors_by_id(conn, dyad.therapist_id, today)
        if supervisor_id is None and len(possible) == 1:
            supervisor_id = possible[0][0]
        if supervisor_id not in dict(possible):
            raise Fault("Choose one of your supervisors", "supervisor")
        question = question.strip()
        if len(question) > LONGEST_QUESTION:
            raise Fault(f"Shorten this to {LONGEST_QUESTION} characters", "question")
        share_id = shares.add(
            conn,
            clinic.keyring,
            dyad_id=dyad.id,
            supervisor_id=supervisor_id,
            shared_on=today,
            until=last_day(today),
            question=question,
            now=now,
        )
        told: dict[str, object] = {
            "share": share_id,
            "supervisor": supervisor_id,
            "until": last_day(today).isoformat(),
        }
        record(conn, viewer, "show case", "patient", patient_id, now, told)
        standing = shares.of_dyad(conn, clinic.keyring, dyad.id, today)
    return next(share for share in standing if share.id == share_id)


def end(clinic: Clinic, viewer: Viewer, patient_id: int, share_id: int, now: datetime) -> Share:
    """Show one's own case no longer. Raises NotFound for a share that does not stand today."""
    require(viewer, Permission.SHARE_CASE)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        standing = {share.id: share for share in shares.of_dyad(conn, clinic.keyring, dyad.id, today)}
        if share_id not in standing:
            raise NotFound
        shares.end(conn, share_id, now)
        told: dict[str, object] = {"share": share_id, "supervisor": standing[share_id].supervisor_id}
        record(conn, viewer, "end showing case", "patient", patient_id, now, told)
    return standing[share_id]
