"""The questionnaires of a clinic as its administrator looks after them: what there is, who uses it, what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.domain.access import NotFound, Permission
from alliance.domain.people import Viewer
from alliance.storage import item_answers, people, settings
from alliance.storage.database import Connection
from surveys.checklist import Checklist
from surveys.definition import Instrument
from surveys.library import InstrumentFault, Library
from surveys.packs import Added

WHEN_ASKED = {
    "session": "after a session",
    "monthly": "once a month",
    "checklist": "when something was off",
    "therapist": "by the therapist",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a questionnaire in all its languages. `asked` is whether it is what is asked from now on,
    `added` what the clinic stated where it added it, `ended` whether it may be asked no more.
    """

    worded: Sequence[Instrument | Checklist]
    asked: bool
    added: Added | None = None
    ended: bool = False

    @property
    def first(self) -> Instrument | Checklist:
        """The one that staff read: English, where there is any."""
        return next((one for one in self.worded if one.language == "en"), self.worded[0])


@dataclass(frozen=True, slots=True)
class Shelf:
    """A questionnaire with its versions, the newest first. `patients` is how many have it now."""

    id: str
    kind: str
    versions: Sequence[Version]
    patients: int | None
    offered: bool


@dataclass(frozen=True, slots=True)
class Shelves:
    """All of them, and what in the clinic's own folder cannot be used."""

    all: Sequence[Shelf]
    faults: Sequence[InstrumentFault]
    folder: str


def every(clinic: Clinic, viewer: Viewer, now: datetime) -> Shelves:
    """What can be asked here. Patients are counted by questionnaire, whoever they are."""
    require(viewer, Permission.CHANGE_SETTINGS)
    with clinic.db.read() as conn:
        told, using = settings.clinic_settings(conn), people.by_questionnaire(conn)
        gone = missing(conn, clinic.library)
    today, library = told.today(now), clinic.library
    found: dict[str, dict[str, list[Instrument | Checklist]]] = {}
    for one in clinic.library.everything():
        found.setdefault(one.id, {}).setdefault(one.version, []).append(one)
    shelves = []
    for one_id, versions in found.items():
        newest = list(versions)[-1]
        lasting = [version for version in versions if not library.ended(one_id, version, today)]
        chosen = told.version_of(one_id)
        asked = chosen if chosen in lasting else lasting[-1] if lasting else None
        first = versions[newest][0]
        kind = "checklist" if isinstance(first, Checklist) else first.kind
        shelves.append(
            Shelf(
                one_id,
                kind,
                [
                    Version(
                        worded,
                        version == asked,
                        library.added(one_id, version),
                        version not in lasting,
                    )
                    for version, worded in reversed(versions.items())
                ],
                using.get(one_id, 0) if kind == "session" else None,
                kind == "session" and asked is not None and (not told.offered or one_id in told.offered),
            )
        )
    return Shelves(shelves, (*clinic.faults, *gone), str(clinic.config.instruments))


def missing(conn: Connection, library: Library) -> list[InstrumentFault]:
    """What somebody was asked and is not there any more: who has such a link, or such answers, waits until it is."""
    there = {(one.id, one.version) for one in library.everything()}
    return [
        InstrumentFault(
            f"{one}-{version}", "", "was asked here, and is gone: put it back, from a backup if need be"
        )
        for one, version in item_answers.asked(conn)
        if (one, version) not in there
    ]


def one(
    clinic: Clinic, viewer: Viewer, instrument_id: str, version: str, language: str
) -> Instrument | Checklist:
    """One wording, to be looked at. Raises NotFound."""
    require(viewer, Permission.CHANGE_SETTINGS)
    for found in clinic.library.everything():
        if (found.id, found.version, found.language) == (instrument_id, version, language):
            return found
    raise NotFound


def ask_version(clinic: Clinic, viewer: Viewer, instrument_id: str, version: str, now: datetime) -> None:
    """Ask this version from now on. Links that are out, and answers, keep the version they were made with.

    Only of a questionnaire that is asked after a session. Raises NotFound for a version that is not there.
    """
    require(viewer, Permission.CHANGE_SETTINGS)
    if instrument_id not in clinic.library.askable(
        clinic.settings().today(now)
    ) or version not in clinic.library.versions(instrument_id):
        raise NotFound
    with clinic.db.write() as conn:
        told = settings.clinic_settings(conn)
        if not any(told.offers(tag) for tag in clinic.library.languages(instrument_id, version)):
            raise Fault("This version is in none of the languages that are offered")
        versions = dict(told.versions) | {instrument_id: version}
        if version == clinic.library.versions(instrument_id)[-1]:
            del versions[instrument_id]
        changed = replace(told, versions=tuple(sorted(versions.items())))
        if changed != told:
            settings.save_clinic_settings(conn, changed)
            detail: dict[str, object] = {"version": f"{instrument_id} {version}"}
            record(conn, viewer, "ask version", "setting", 0, now, detail)
