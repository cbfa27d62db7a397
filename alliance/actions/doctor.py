"""Examine a clinic's folder as its administrator would: what is in order, and what to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from alliance.actions import accounts
from alliance.actions.administering import check_settings
from alliance.actions.alarms import looked_at
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.machine import machine_findings
from alliance.actions.passwords import Passwords
from alliance.actions.questionnaires import missing
from alliance.config import THIS_MACHINE, Config, ConfigFault
from alliance.domain.clinic import ClinicSettings
from alliance.domain.findings import Finding
from alliance.domain.people import Role
from alliance.mail.discretion import telling
from alliance.mail.sending import Post, Unreachable
from alliance.mail.settings import MailFault
from alliance.storage import audit, checks, migrations, recovery, sqlite
from alliance.storage.database import Database, StorageUnavailable
from alliance.storage.keyring import Keyring, KeyringFault
from alliance.storage.sqlite import DatabaseFault
from surveys.library import InstrumentFault, shipped

__all__ = ["Finding", "examine", "mail_findings"]

LITTLE_SPACE = 512 * 1024 * 1024  # bytes; a year of a large clinic is less than half of it
CLOCK_SLACK = timedelta(minutes=2)


def examine(folder: Path, now: datetime) -> Iterator[Finding]:
    """Everything worth knowing, in the order in which to mend it. Changes nothing; raises nothing of ours.

    What depends on something that is broken is left out: mend the first thing and ask again.
    """
    try:
        config = Config.load(folder)
    except ConfigFault as fault:
        yield Finding(False, str(fault))
        return
    yield Finding(True, f"The folder {folder} is closed to other accounts, and its settings can be read.")
    yield _address(config)
    yield _listening(config)
    yield from machine_findings(config, now)
    yield from mail_findings(config)
    yield _space(folder)
    yield from (Finding(*one) for one in looked_at(config, now))
    yield from _library(config)
    try:
        keyring = Keyring.load(config.keyring)
    except KeyringFault as fault:
        yield Finding(False, str(fault))
        return
    yield Finding(True, "The key ring is there, and nobody else on this machine can read it.")
    try:
        done = checks.check(config.database, keyring)
        yield Finding(True, "The database is whole, and the key ring opens it.")
        yield _on_paper(config, keyring)
        yield _modes(config)
        yield _schema(done)
        if done == len(migrations.names()):
            yield from _inside(config, keyring, now)
    except (DatabaseFault, StorageUnavailable) as fault:
        yield Finding(False, str(fault))


def _on_paper(config: Config, keyring: Keyring) -> Finding:
    made = keyring.keys.recovery is not None
    if config.demo or (made and (config.folder / recovery.FILE).exists()):
        return Finding(
            True, "The key ring can be brought back with the key on paper." if made else "A demo needs none."
        )
    if made:
        return Finding(
            False,
            f"{recovery.FILE} is missing: make a new recovery key with “alliance recovery-key --again”.",
        )
    return Finding(
        False,
        "There is no recovery key: if the key ring is lost, all words are. Print one with “alliance recovery-key”.",
    )


def _address(config: Config) -> Finding:
    if urlsplit(config.public_url).scheme == "https":
        return Finding(True, f"People reach the clinic at {config.public_url}, over TLS.")
    if config.demo:
        return Finding(True, f"The demo is reached at {config.public_url}, from this machine only.")
    return Finding(
        False,
        f"People reach the clinic at {config.public_url}, which works on this machine only. Put a proxy with TLS "
        "before it and set public_url in clinic.toml to its https:// address.",
    )


def _listening(config: Config) -> Finding:
    where = f"{config.host} port {config.port}"
    if config.host in THIS_MACHINE:
        return Finding(True, f"The server listens at {where}, for programs on this machine.")
    return Finding(
        False,
        f"The server listens at {where} without TLS, for other machines too. Set host in clinic.toml to 127.0.0.1, "
        "or make sure that only your proxy can reach that port.",
    )


def mail_findings(config: Config) -> Iterator[Finding]:
    """Whether patients can be written to, and whether what shows in a mailbox would give them away."""
    mail = config.mail
    if mail is None:
        yield Finding(True, "E-mail is not set up: no patient is written to.")
        return
    shown = f"{mail.name} <{mail.sender}> {urlsplit(config.public_url).hostname}"
    if words := telling(shown):
        yield Finding(
            False,
            f"Whoever looks at a patient’s mailbox reads “{words[0]}” in what the mails show, {shown}: choose "
            "another mail.name, mail.sender or public_url.",
        )
    try:
        with Post(mail):
            secured = "on this machine" if mail.tls == "none" else "over TLS"
            yield Finding(True, f"The mail server {mail.where} answers, {secured}.")
    except (MailFault, Unreachable) as fault:
        yield Finding(False, str(fault))


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:.1f} GB are free on the disk"
    if free >= LITTLE_SPACE:
        return Finding(True, f"{said}.")
    return Finding(False, f"Only {said}. Make room before answers can no longer be kept.")


def _library(config: Config) -> Iterator[Finding]:
    """What comes with the product, and what the clinic added itself."""
    try:
        library, faults = shipped().with_own(config.instruments)
    except InstrumentFault as fault:
        yield Finding(False, f"A questionnaire cannot be used: {fault}. Install Alliance again.")
        return
    yield Finding(True, f"The questionnaires are in order: {', '.join(library.ids())}.")
    for one in faults:
        yield Finding(False, f"A questionnaire in {config.instruments} cannot be used: {one}.")


def _modes(config: Config) -> Finding:
    if os.name == "posix" and config.database.stat().st_mode & 0o077:
        return Finding(
            False, f"The database can be read by other accounts. Close it with “chmod 600 {config.database}”."
        )
    return Finding(True, "Nobody else on this machine can read the database.")


def _schema(done: int) -> Finding:
    waiting = migrations.names()[done:]
    if not waiting:
        return Finding(True, f"The database has had all {done} of its changes.")
    return Finding(
        False,
        f"The database is of an older version; {len(waiting)} changes wait ({', '.join(waiting)}). Make a backup, "
        "then start the server: it applies them.",
    )


def _inside(config: Config, keyring: Keyring, now: datetime) -> Iterator[Finding]:
    """What only an open database can tell."""
    library, _ = shipped().with_own(config.instruments)
    with Clinic(config, keyring, Database(config.database, keyring), library, Passwords()) as clinic:
        settings = clinic.settings()
        yield _durability(clinic)
        yield _crisis_lines(settings)
        yield _front_desk(settings)
        yield _people(clinic)
        with clinic.db.read() as conn:
            yield from (Finding(False, f"{fault}.") for fault in missing(conn, library))
        try:
            check_settings(settings)
        except Fault as fault:
            yield Finding(False, f"A setting cannot be used. Sign in as admin: {fault}.")
            return
        yield _clock(clinic, settings, now)


def _durability(clinic: Clinic) -> Finding:
    facts = clinic.db.facts()
    kept = f"{facts.library} with SQLite {facts.version}, journal {facts.journal_mode}, synchronous {facts.synchronous}"
    if facts.journal_mode == "wal" and not facts.survives_checkpoints:
        return Finding(False, f"{kept}: this SQLite may lose answers in that journal. Start the server once.")
    wanted = sqlite.safe_synchronous(facts.journal_mode)
    if facts.synchronous != wanted:
        return Finding(False, f"{kept}: {wanted} is needed. Start the server once, then look again.")
    return Finding(True, f"{kept}: an answer that was received outlives a power cut.")


def _crisis_lines(settings: ClinicSettings) -> Finding:
    if settings.crisis_lines:
        names = ", ".join(f"{line.name} ({line.number})" for line in settings.crisis_lines)
        return Finding(True, f"Patients are told whom to call when they are not safe: {names}.")
    return Finding(
        False,
        "Patients are not told whom to call when they are not safe. Sign in as admin and enter the crisis lines.",
    )


def _front_desk(settings: ClinicSettings) -> Finding:
    if settings.front_desk_dial:
        return Finding(True, f"Patients can call the front desk at {settings.front_desk}.")
    return Finding(False, "Patients are shown no number of the front desk. Sign in as admin and enter it.")


def _clock(clinic: Clinic, settings: ClinicSettings, now: datetime) -> Finding:
    with clinic.db.read() as conn:
        newest = audit.latest(conn, 1)
    local = settings.local(now)
    said = f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({settings.time_zone})"
    if newest and newest[0].at > now + CLOCK_SLACK:
        return Finding(
            False,
            f"The clock says {said}, but something was recorded after that. Set the clock of this machine.",
        )
    return Finding(True, f"The clock says {said}.")


def _people(clinic: Clinic) -> Finding:
    here = [
        person
        for person in accounts.list_staff(clinic, actor="command")
        if person.ready and not person.disabled
    ]
    if any(Role.ADMIN in person.roles for person in here):
        return Finding(True, f"{len(here)} people can sign in, an admin among them.")
    return Finding(
        False, "No admin can sign in. Invite one: alliance user invite DIR --name … --email … --role admin"
    )
