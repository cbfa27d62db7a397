"""A file of FHIR resources, made at the server's command line: what the therapists may know at that moment.

It is not more than that, although whoever sits there could read the disk: such files are passed on, and an answer
that was held back must not come back to its therapist in one. A patient's words are never in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TextIO

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.fhir_reading import defined, definitions, for_staff, names_of
from alliance.actions.taking_out import need_room
from alliance.actions.trail import record_by
from alliance.domain.known import KnownForm
from alliance.domain.people import Dyad
from alliance.exchange.fhir import bundles, records
from alliance.exchange.fhir.names import Names, Resource, questionnaire_id
from alliance.storage import files, known, people, settings
from alliance.storage.database import Connection

Watch = Callable[[Sequence[int]], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Written:
    """What is in the file."""

    patients: int
    resources: int


def export(
    clinic: Clinic, to: Path, now: datetime, *, code: str | None = None, watch: Watch = iter
) -> Written:
    """Write the file, for its owner only. Raises Fault for one that is there, or a code that nobody has.

    The trail has its line for every patient before the file is begun.
    """
    need_room(to)
    with clinic.db.read() as conn:
        every = people.every_dyad(conn, code)
        told = settings.clinic_settings(conn)
    if code is not None and not every:
        raise Fault(f"No patient has the code “{code}”")
    whose = {number: list(dyads) for number, dyads in groupby(every, key=lambda dyad: dyad.patient.id)}
    with clinic.db.write() as conn:
        for number in whose or {None: []}:
            subject = "patient" if number else None
            record_by(conn, "command", "export fhir", subject, number, now, {"patients": len(whose)})
    names = names_of(clinic, told)
    with clinic.db.read() as conn:
        resources = _resources(clinic, conn, names, whose, now, watch)
        written = _write(to, bundles.collection(now), names, resources)
    return Written(len(whose), written)


def _resources(
    clinic: Clinic,
    conn: Connection,
    names: Names,
    whose: dict[int, list[Dyad]],
    now: datetime,
    watch: Watch,
) -> Iterator[Resource]:
    """Codes first, then one patient after the other, then the questionnaires that they were asked."""
    yield definitions(clinic, names, "CodeSystem", now)[0].record()
    asked: set[str] = set()
    zone = settings.clinic_settings(conn).zone
    for number in watch(list(whose)):
        dyads = whose[number]
        yield from (records.patient(names, one) for one in known.patients(conn, dyads, zone))
        yield from (records.encounter(names, one) for one in known.sessions(conn, dyads))
        forms = known.forms(conn, dyads)
        asked |= {_asked(form) for form in forms}
        for told in known.answered(conn, forms):
            wording, english = defined(clinic, told.form), for_staff(clinic, told.form)
            yield records.response(names, told, wording)
            if told.form.kind != "checklist":
                yield from records.observations(names, told, wording, english)
    for entry in definitions(clinic, names, "Questionnaire", now):
        if entry.id in asked:
            yield entry.record()


def _asked(form: KnownForm) -> str:
    return questionnaire_id(form.instrument, form.version, form.language)


def _write(to: Path, frame: Resource, names: Names, resources: Iterable[Resource]) -> int:
    """One entry a line, so that a large clinic's file takes no large memory; how many there are."""
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:  # also where something took the place meanwhile
        raise Fault(f"{to} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            count = _fill(file, frame, names, resources)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    files.sync_folder(to.parent)
    return count


def _fill(file: TextIO, frame: Resource, names: Names, resources: Iterable[Resource]) -> int:
    file.write(f'{json.dumps(frame)[:-1]}, "entry": [')
    count = 0
    for count, one in enumerate(resources, 1):
        [entry] = bundles.entries(names, [one])
        file.write(f"{',' if count > 1 else ''}\n{json.dumps(entry, ensure_ascii=False)}")
    file.write("\n]}\n")
    return count
