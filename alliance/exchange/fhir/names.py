"""How things are called in FHIR: ids, addresses, codes. Each is made from what it names, so it stays the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from surveys import scoring
from surveys.checklist import Checklist
from surveys.definition import Instrument

Resource = dict[str, Any]

VERSION = "4.0.1"
LONGEST_ID = 64  # letters, as FHIR has it
OVERALL = (scoring.ALLIANCE, scoring.OVERALL)
"""Scales that are made of other scales."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one clinic's resources. `base` is the address under which they are, or would be, served."""

    base: str
    restricted: bool = False  # records may not be passed on

    @property
    def system(self) -> str:
        """The local code system: scores, answers and marks."""
        return f"{self.base}/CodeSystem/alliance"

    @property
    def code_of_patient(self) -> str:
        """Whose codes a patient's code is one of."""
        return f"{self.base}/identifiers/patient-code"

    @property
    def number_of_therapist(self) -> str:
        """Whose numbers a therapist's number is one of."""
        return f"{self.base}/identifiers/therapist"

    def url(self, kind: str, name: str) -> str:
        """The whole address of a resource."""
        return f"{self.base}/{kind}/{name}"

    def coding(self, code: str, display: str = "") -> Resource:
        """A code of the local code system."""
        return {"system": self.system, "code": code} | ({"display": display} if display else {})

    def meta(self, changed_at: datetime, *, disputed: bool = False) -> Resource:
        """When it last changed, that it is about somebody in psychotherapy, and what else goes with it."""
        security = [coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R", "restricted")]
        if self.restricted:
            act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
            security.append(coding(act, "NORDSCLCD", "no redisclosure without consent directive"))
        told: Resource = {"lastUpdated": instant(changed_at), "security": security}
        if disputed:
            told["tag"] = [self.coding("disputed", "The patient says that this was not them")]
        return told


def coding(system: str, code: str, display: str) -> Resource:
    """A code of somebody else's code system."""
    return {"system": system, "code": code, "display": display}


def instant(moment: datetime) -> str:
    """A moment, in UTC: `2026-11-20T14:05:00Z`. An offset's plus would be a space in an address."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def legal(name: str) -> str:
    """An id as FHIR wants it: at most 64 letters. A longer one ends in a fingerprint of itself."""
    if len(name) <= LONGEST_ID:
        return name
    return f"{name[: LONGEST_ID - 17]}-{sha256(name.encode()).hexdigest()[:16]}"


def patient_id(number: int) -> str:
    return f"p{number}"


def session_id(number: int) -> str:
    return f"s{number}"


def form_id(session: int, kind: str) -> str:
    """A session has one answer that counts, so it names it: a number of its own would tell of others."""
    return session_id(session) if kind == "session" else f"{session_id(session)}-{kind}"


def score_id(session: int, kind: str, scale: str) -> str:
    return legal(f"{form_id(session, kind)}-{scale}")


def definition_id(one: Instrument | Checklist) -> str:
    """Which version in which language: "after-session-1.0-de"."""
    return questionnaire_id(one.id, one.version, one.language)


def questionnaire_id(name: str, version: str, language: str) -> str:
    return legal(f"{name}-{version}-{language}")


def reference(kind: str, name: str) -> Resource:
    return {"reference": f"{kind}/{name}"}
