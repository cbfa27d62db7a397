"""Read over FHIR what a token's owner may know as a therapist. Every answer leaves its lines in the trail first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from alliance.actions.clinic import Clinic
from alliance.actions.fhir_tokens import Caller
from alliance.actions.scope import record
from alliance.domain.access import NotFound
from alliance.domain.clinic import ClinicSettings
from alliance.domain.fhir_access import Scope
from alliance.domain.known import KINDS, KnownForm
from alliance.exchange.fhir import bundles, codes, records, search
from alliance.exchange.fhir.moments import Span
from alliance.exchange.fhir.names import (
    Names,
    Resource,
    definition_id,
    form_id,
    patient_id,
    score_id,
    session_id,
)
from alliance.exchange.fhir.questionnaires import questionnaire
from alliance.exchange.fhir.search import Entry
from alliance.storage import fhir_tokens, known, people, settings
from alliance.storage.database import Connection
from surveys.checklist import Checklist
from surveys.definition import Instrument

DATED = ("_id", "_lastUpdated", "patient")

KINDS_READ: Mapping[str, tuple[Scope, tuple[str, ...]]] = {
    "CodeSystem": (Scope.QUESTIONNAIRES, ("_id",)),
    "Encounter": (Scope.PATIENTS, (*DATED, "date")),
    "Observation": (Scope.OBSERVATIONS, (*DATED, "code", "date")),
    "Patient": (Scope.PATIENTS, ("_id", "_lastUpdated")),
    "Questionnaire": (Scope.QUESTIONNAIRES, ("_id",)),
    "QuestionnaireResponse": (Scope.RESPONSES, (*DATED, "authored")),
}
"""The resources that can be read: by which scope, and by which parameters they can be searched."""


def names_of(clinic: Clinic, told: ClinicSettings) -> Names:
    """How this clinic's resources are called: under the address that it is reached at."""
    return Names(f"{clinic.config.public_url.rstrip('/')}/fhir", restricted=told.restricted)


def find(
    clinic: Clinic, caller: Caller, kind: str, told: Sequence[tuple[str, str]], now: datetime
) -> Resource:
    """A page of what was searched for. Raises SearchFault for a search that is none."""
    with clinic.db.read() as conn:
        house = _House.of(clinic, conn, caller, now)
        base = house.names.url(kind, "").rstrip("/")
        query = search.read(told, KINDS_READ[kind][1], house.names.base, house.settings.zone)
        page = search.select(house.entries(conn, kind), query)
        resources = house.resources(conn, kind, page.entries)
    _note(clinic, caller, kind, page.entries, now)
    this, following = query.address(base), page.address(base, query)
    return bundles.searchset(house.names, resources, total=page.total, this=this, following=following)


def read(clinic: Clinic, caller: Caller, kind: str, wanted: str, now: datetime) -> Resource:
    """One resource by its id. Raises NotFound outside the scope of the token's owner, and where there is none."""
    with clinic.db.read() as conn:
        house = _House.of(clinic, conn, caller, now)
        found = [one for one in house.entries(conn, kind) if one.id == wanted]
        resources = house.resources(conn, kind, found)
    _note(clinic, caller, kind, found, now)
    if not resources:
        raise NotFound
    return resources[0]


def _note(clinic: Clinic, caller: Caller, kind: str, entries: Sequence[Entry[Any]], now: datetime) -> None:
    """One line for each patient of whom something was read; one for the token where it was nobody."""
    told: dict[str, int] = {}
    for one in entries:
        if one.patient:
            told[one.patient] = told.get(one.patient, 0) + 1
    with clinic.db.write() as conn:
        fhir_tokens.note_used(conn, caller.token.id, now)
        detail: dict[str, object] = {"token": caller.token.id, "kind": kind}
        for patient, count in sorted(told.items()):
            about = int(patient.removeprefix("p"))
            record(conn, caller.viewer, "read by token", "patient", about, now, {**detail, "count": count})
        if not told:
            record(conn, caller.viewer, "read by token", "token", caller.token.id, now, {"kind": kind})


@dataclass(frozen=True, slots=True)
class _House:
    """What stands during one request."""

    clinic: Clinic
    caller: Caller
    settings: ClinicSettings
    names: Names
    now: datetime

    @classmethod
    def of(cls, clinic: Clinic, conn: Connection, caller: Caller, now: datetime) -> _House:
        told = settings.clinic_settings(conn)
        return cls(clinic, caller, told, names_of(clinic, told), now)

    def entries(self, conn: Connection, kind: str) -> Iterable[Entry[Any]]:
        """Every record of this kind that the token's owner may know."""
        if kind in ("Questionnaire", "CodeSystem"):
            return definitions(self.clinic, self.names, kind, self.now)
        dyads = people.own_dyads(conn, self.caller.viewer, self.settings.today(self.now))
        zone = self.settings.zone
        if kind == "Patient":
            return [
                Entry((one.id, 0, 0), patient_id(one.id), one.changed_at, one, patient_id(one.id))
                for one in known.patients(conn, dyads, zone)
            ]
        if kind == "Encounter":
            return [
                Entry(
                    (one.id, 0, 0),
                    session_id(one.id),
                    one.changed_at,
                    one,
                    patient_id(one.patient_id),
                    on=Span.of_day(one.held_on, zone),
                )
                for one in known.sessions(conn, dyads)
            ]
        forms = known.forms(conn, dyads)
        if kind == "QuestionnaireResponse":
            return [_form(one) for one in forms]
        return [entry for one in forms for entry in self._scores(one)]

    def _scores(self, form: KnownForm) -> Iterable[Entry[Any]]:
        asked = defined(self.clinic, form)
        for place, scale in enumerate(records.in_order(form, asked)):
            yield Entry(
                (form.session.id, KINDS.index(form.kind), place),
                score_id(form.session.id, form.kind, scale),
                form.changed_at,
                (form, scale),
                patient_id(form.session.patient_id),
                codes.score_code(form.instrument, scale),
                Span.of_day(form.session.held_on, self.settings.zone),
            )

    def resources(self, conn: Connection, kind: str, entries: Sequence[Entry[Any]]) -> list[Resource]:
        """These records as resources."""
        found = [one.record for one in entries]
        if kind in ("Questionnaire", "CodeSystem"):
            return [make() for make in found]
        if kind == "QuestionnaireResponse":
            return [
                records.response(self.names, one, defined(self.clinic, one.form))
                for one in known.answered(conn, found)
            ]
        if kind == "Observation":
            forms = {form.record: form for form, _ in found if form.kind == "session"}
            after = {form.record: form for form, _ in found if form.kind != "session"}
            told = {
                (one.form.kind, one.form.record): one
                for one in known.answered(conn, [*forms.values(), *after.values()])
            }
            return [
                records.observation(
                    self.names, told[form.kind, form.record], scale, for_staff(self.clinic, form)
                )
                for form, scale in found
            ]
        make: Callable[[Names, Any], Resource] = records.patient if kind == "Patient" else records.encounter
        return [make(self.names, one) for one in found]


def _form(one: KnownForm) -> Entry[KnownForm]:
    return Entry(
        (one.session.id, KINDS.index(one.kind), 0),
        form_id(one.session.id, one.kind),
        one.changed_at,
        one,
        patient_id(one.session.patient_id),
        on=Span.of_moment(one.answered_at),
    )


def defined(clinic: Clinic, form: KnownForm) -> Instrument | Checklist | None:
    """What a form was asked by; None where that is no longer installed."""
    try:
        if form.kind == "checklist":
            return clinic.library.checklist(form.instrument, form.version, form.language)
        return clinic.library.get(form.instrument, form.version, form.language)
    except LookupError:
        return None


def for_staff(clinic: Clinic, form: KnownForm) -> Instrument | None:
    """The same in the language that staff read."""
    try:
        return clinic.library.for_staff(form.instrument, form.version)
    except LookupError:
        return None


def definitions(
    clinic: Clinic, names: Names, kind: str, now: datetime
) -> list[Entry[Callable[[], Resource]]]:
    """What can be asked here, in every version and language; or the codes of all of it. Each is made when called."""
    if kind == "CodeSystem":
        return [Entry((0, 0, 0), codes.ID, now, lambda: codes.code_system(names, _newest(clinic)))]
    every: list[Instrument | Checklist] = [*clinic.library, *clinic.library.checklists()]
    every.sort(key=lambda one: (one.id, one.version, one.language))
    alike: dict[tuple[str, str], list[Instrument | Checklist]] = {}
    for one in every:
        alike.setdefault((one.id, one.version), []).append(one)
    return [
        Entry(
            (place, 0, 0),
            definition_id(one),
            now,
            partial(questionnaire, names, one, alike[one.id, one.version]),
        )
        for place, one in enumerate(every)
    ]


def _newest(clinic: Clinic) -> list[Instrument]:
    """Each instrument once, its newest version as staff read it."""
    return [clinic.library.for_staff(one) for one in sorted({one.id for one in clinic.library})]
