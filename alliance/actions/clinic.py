"""A clinic, opened: its folder, its database, its keys and the questionnaires it may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from alliance.actions.passwords import Passwords
from alliance.actions.trail import record_by
from alliance.config import Config
from alliance.domain.clinic import ClinicSettings
from alliance.storage import settings, snapshots
from alliance.storage.database import Database, DatabaseFault
from alliance.storage.database import StorageUnavailable as Unavailable
from alliance.storage.keyring import Keyring
from alliance.storage.locks import Hold, InUse
from alliance.storage.spool import Spool
from alliance.storage.sqlite import DatabaseDamaged
from surveys.definition import Instrument
from surveys.library import InstrumentFault, Library, shipped

__all__ = ["Clinic", "Unavailable", "create", "open_clinic", "opened"]


class LicenceEnded(LookupError):
    """A questionnaire that this clinic may ask no more. What was answered stays readable."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """Everything an act needs. One clinic is one folder; several clinics are several folders.

    `faults`: what the clinic’s own folder of questionnaires holds that cannot be used. `spool` is where what patients
    send is written a second time; `hold` keeps others from putting back a backup under it.
    """

    config: Config
    keyring: Keyring
    db: Database
    library: Library
    passwords: Passwords = field(default_factory=Passwords)
    faults: tuple[InstrumentFault, ...] = ()
    spool: Spool | None = None
    hold: Hold | None = None

    def settings(self) -> ClinicSettings:
        """What the clinic tells its patients, as it stands now."""
        with self.db.read() as conn:
            return settings.clinic_settings(conn)

    def asked(self, told: ClinicSettings, questionnaire: str, language: str, now: datetime) -> Instrument:
        """The questionnaire as it is asked from now on: in the version that the clinic has chosen, if that is worded
        in this language; else in the newest that is. Raises LookupError where none is, or none may be asked any more.
        """
        today, chosen = told.today(now), told.version_of(questionnaire)
        versions = [
            one
            for one in self.library.versions(questionnaire)
            if language in self.library.languages(questionnaire, one)
        ]
        lasting = [one for one in versions if not self.library.ended(questionnaire, one, today)]
        if versions and not lasting:
            raise LicenceEnded(
                f"What allowed this clinic to ask {self.library.for_staff(questionnaire).name} has ended. Choose "
                "another questionnaire for this patient, or have the licence renewed"
            )
        version = chosen if chosen in lasting else lasting[-1] if lasting else None
        return self.library.get(questionnaire, version, language)

    def close(self) -> None:
        """Close the database, and let go of the folder."""
        self.db.close()
        if self.spool is not None:
            self.spool.close()
        if self.hold is not None:
            self.hold.close()

    def __enter__(self) -> Clinic:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def create(
    folder: Path,
    *,
    settings_at_start: ClinicSettings,
    public_url: str,
    now: datetime,
    host: str = "127.0.0.1",
    port: int = 8080,
    demo: bool = False,
    passwords: Passwords | None = None,
) -> Clinic:
    """Make a clinic in an empty or new folder: settings, keys, database, in that order. Never overwrites."""
    config = Config.write(folder, public_url=public_url, host=host, port=port, demo=demo)
    keyring = Keyring.create(config.keyring)
    db = Database.create(config.database, keyring)
    with db.write() as conn:
        settings.save_clinic_settings(conn, settings_at_start)
        record_by(conn, "command", "make clinic", None, None, now)
    return Clinic(config, keyring, db, shipped(), passwords or Passwords())


def open_clinic(folder: Path, *, passwords: Passwords | None = None) -> Clinic:
    """Open a clinic that is there. Raises ConfigFault, KeyringFault or DatabaseFault, each with its sentence."""
    config = Config.load(folder)
    keyring = Keyring.load(config.keyring)
    library, faults = shipped().with_own(config.instruments)
    hold = held(folder)
    try:
        db = Database.open(config.database, keyring)
    except BaseException:
        hold.close()
        raise
    spool = Spool(config.spool_folder, keyring)
    return Clinic(config, keyring, db, library, passwords or Passwords(), faults, spool, hold)


def held(folder: Path) -> Hold:
    """The folder, held among others that work in it. Raises DatabaseFault while a backup is being put back."""
    if snapshots.interrupted(folder):
        raise DatabaseDamaged(
            f"A backup was being put back in {folder} when that was cut off. Run “alliance restore” once more."
        )
    try:
        return Hold(folder, alone=False)
    except InUse:
        raise DatabaseFault(
            f"A backup is being put back in {folder} at this moment. Wait until that has ended, then start again."
        ) from None
    except OSError as error:
        raise DatabaseFault(f"Nothing can be written in {folder}: {error.strerror}.") from error


@contextmanager
def opened(folder: Path) -> Iterator[Clinic]:
    """A clinic for the length of one command."""
    clinic = open_clinic(folder)
    try:
        yield clinic
    finally:
        clinic.close()
