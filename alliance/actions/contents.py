"""What an administrator looks after, each with how it stands in a few words; and an examination on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.actions import alarms, doctor
from alliance.actions.clinic import Clinic
from alliance.actions.doctor import Finding
from alliance.actions.scope import record, require
from alliance.domain.access import Permission
from alliance.domain.clinic import ClinicSettings
from alliance.domain.people import Viewer
from alliance.storage import (
    ballast,
    devices,
    erasures,
    safekeeping,
    settings,
    staff,
    supervisions,
    web_sessions,
)
from alliance.storage.database import Facts
from alliance.storage.safekeeping import Standing


@dataclass(frozen=True, slots=True)
class Contents:
    """How things stand, in counts of the house's own: nothing of any patient."""

    open_accounts: int
    waiting: int
    supervised: int
    signed_in: int
    tablets: int
    questionnaires: int
    faults: int
    erasures: int
    mail: bool
    settings: ClinicSettings


def facts(clinic: Clinic, viewer: Viewer, now: datetime) -> Contents:
    """For the administrator's table of contents."""
    require(viewer, Permission.SEE_PEOPLE)
    with clinic.db.read() as conn:
        people, invited = staff.everyone(conn), staff.invitations(conn)
        told = settings.clinic_settings(conn)
        today = told.today(now)
        return Contents(
            open_accounts=sum(person.ready and not person.disabled for person in people),
            waiting=sum(
                one.id in invited and invited[one.id].waits(now) for one in people if not one.disabled
            ),
            supervised=len({one.therapist_id for one in supervisions.every(conn) if one.holds(today)}),
            signed_in=sum(one.stands(now) for _, _, one in web_sessions.every(conn)),
            tablets=len(devices.ready(conn)),
            questionnaires=len({one.key for one in clinic.library.everything()}),
            faults=len(clinic.faults),
            erasures=len(erasures.open_now(conn)),
            mail=clinic.config.mail is not None,
            settings=told,
        )


def kept(clinic: Clinic, viewer: Viewer) -> Facts:
    """How the database is kept on this machine."""
    require(viewer, Permission.SEE_BACKUPS)
    return clinic.db.facts()


@dataclass(frozen=True, slots=True)
class Keeping:
    """How everything is kept: what needs somebody, how backups stand, what would go with the clinic’s own disk."""

    alarms: Sequence[str]
    standing: Standing
    same_disk: Sequence[str]
    ballast: bool


def keeping(clinic: Clinic, viewer: Viewer, now: datetime) -> Keeping:
    """How everything is kept, and what there is against its loss."""
    require(viewer, Permission.SEE_BACKUPS)
    config = clinic.config
    return Keeping(
        alarms.alarms(config, now),
        safekeeping.load(config.folder),
        alarms.same_disk(config),
        ballast.is_there(config.folder),
    )


def examine(clinic: Clinic, viewer: Viewer, now: datetime) -> Sequence[Finding]:
    """What `alliance doctor` finds: whether this machine keeps what it is given. Noted in the trail."""
    require(viewer, Permission.SEE_BACKUPS)
    found = list(doctor.examine(clinic.config.folder, now))
    with clinic.db.write() as conn:
        record(conn, viewer, "examine clinic", "setting", 0, now)
    return found


def examine_mail(clinic: Clinic, viewer: Viewer, now: datetime) -> Sequence[Finding]:
    """Whether the clinic's mail server answers, and whether what shows in a mailbox gives patients away."""
    require(viewer, Permission.CHANGE_SETTINGS)
    found = list(doctor.mail_findings(clinic.config))
    with clinic.db.write() as conn:
        record(conn, viewer, "examine mail", "setting", 0, now)
    return found
