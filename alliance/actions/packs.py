"""Add questionnaires to a clinic: checked, with the licence that it states, and in the trail."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.trail import record_by
from alliance.storage import files, settings
from surveys.loader import Definition, load_folder
from surveys.packs import OWN, Added, changed_since, fingerprints, read_added
from surveys.tables import ADDED


@dataclass(frozen=True, slots=True)
class Statement:
    """By what right the clinic asks what it adds: a licence’s number or date, or "own"; its last day, if it has one."""

    licence: str
    until: date | None = None


def needs_licence(one: Definition) -> bool:
    """Whether its words may not be passed on, so that somebody must have allowed the clinic to use them."""
    return not one.wording_may_be_shipped


def add(clinic: Clinic, source: Path, statement: Statement | None, now: datetime) -> tuple[Definition, bool]:
    """Take the definition in `source` into the clinic’s own folder; it is asked once the server was started again.

    The same once more, with another statement or with a language that was not there: that is taken over. Answers with
    the definition, and whether it is new here. Raises InstrumentFault, and Fault for texts that differ from those that
    were added, or for a licence that is missing or over.
    """
    found = load_folder(source)
    first = found[0]
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
    said = _checked(first, statement, today)
    prints = fingerprints(source)
    added = Added(first.holder, said.licence, said.until, today, prints)
    target = clinic.config.instruments / source.name
    new = not target.exists()
    if new:
        clinic.library.and_one(source, added)
        _bring(source, target, added)
    else:
        _renew(source, target, added, first.key)
    detail: dict[str, object] = {
        "version": first.key,
        "languages": [one.language for one in found],
        "holder": first.holder,
        "licence": said.licence,
        "until": said.until.isoformat() if said.until else None,
        "files": prints,
    }
    with clinic.db.write() as conn:
        record_by(conn, "command", "add questionnaire", None, None, now, detail)
    return first, new


def _checked(first: Definition, statement: Statement | None, today: date) -> Statement:
    if statement is None or not statement.licence.strip():
        if needs_licence(first):
            raise Fault(
                f"The words of {first.key} belong to {first.holder} and may not be passed on. Say what allows this "
                f"clinic to use them: the number or date of a licence, or “{OWN}” if the rights are the clinic’s"
            )
        statement = Statement(first.licence, statement.until if statement else None)
    if statement.until is not None and statement.until < today:
        raise Fault(f"This licence ended on {statement.until.isoformat()}. Have it renewed first")
    return statement


def _bring(source: Path, target: Path, added: Added) -> None:
    """Put the whole folder there at once: whoever looks meanwhile finds none of it."""
    making = target.with_name(f".{target.name}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700, parents=True)
    for name in added.files:
        files.put(making / name, (source / name).read_bytes())
    files.put(making / ADDED, added.as_toml().encode())
    target.parent.chmod(0o700)
    making.rename(target)
    files.sync_folder(target.parent)


def _renew(source: Path, target: Path, added: Added, key: str) -> None:
    """Take over what may change of a version that is there: its licence, and languages it did not have."""
    before = read_added(target)
    if (changed := changed_since(target, before)) is not None:
        raise changed
    for name, sha in before.files.items():
        if added.files.get(name) != sha:
            raise Fault(
                f"{key} is here already, and {name} differs from what was added. A published version is never "
                "changed: give what is new a version of its own"
            )
    for name in added.files.keys() - before.files.keys():
        files.put(target / name, (source / name).read_bytes())
    files.put(target / ADDED, added.as_toml().encode())
