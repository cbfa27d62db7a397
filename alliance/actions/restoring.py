"""Put a backup back, with the clinic at rest: unpacked and proved beside the live database, brought up to date from
the spool, and only then put in its place. Whatever is refused before that has changed nothing.
"""

from __future__ import annotations

import shutil
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alliance.actions import anchoring
from alliance.actions.clinic import Clinic
from alliance.actions.erasing import erase_again
from alliance.actions.faults import Fault
from alliance.actions.keeping import DATABASE, INSTRUMENTS, LEDGER, LOCK, digest, working
from alliance.actions.passwords import Passwords
from alliance.actions.replaying import Replayed, Watch, replay
from alliance.actions.trail import record_by
from alliance.config import FILE, Config, ConfigFault
from alliance.domain.audit import Head
from alliance.storage import erased, files, safekeeping, snapshots, spool
from alliance.storage.backups import BackupFault, Manifest, Reader
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring
from alliance.storage.locks import Hold, InUse, locked_file
from surveys.library import shipped


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: a backup, what the spool added, how many were erased again, where the old database is.

    `gap_until`: what came in between the backup and this moment may be missing, as the spool no longer has it.
    """

    manifest: Manifest
    replayed: Replayed
    erased: int
    responses: int
    aside: Path | None
    gap_until: datetime | None


def restore(
    backup: Path, folder: Path, now: datetime, keyring_file: Path | None = None, watch: Watch = iter
) -> Restored:
    """Put `backup` back as the clinic in `folder`, which may be new, damaged or whole.

    Raises Fault, BackupFault, DatabaseFault, ConfigFault or KeyringFault; the database that was there is then as
    it was.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        hold = Hold(folder, alone=True)
    except InUse:
        raise Fault(
            "The clinic is being served, or a command is at work in it. End that first, for instance with "
            "“systemctl stop alliance”; nothing was changed"
        ) from None
    except OSError as error:
        raise Fault(f"Nothing can be written in {folder}: {error.strerror}") from error
    try:
        _bring_keys(folder, keyring_file)
        keyring = Keyring.load(folder / "keyring.json")
        with working(folder, "restore") as work:
            manifest = unpack(backup, keyring, work)
            return _finish(folder, work, keyring, manifest, now, watch)
    finally:
        hold.close()


def _bring_keys(folder: Path, keyring_file: Path | None) -> None:
    """The key ring that was named, if the folder has none. Another one that is there is not touched."""
    there = folder / "keyring.json"
    if keyring_file is None:
        return
    Keyring.load(keyring_file)
    if not there.exists():
        files.put(there, keyring_file.read_bytes())
    elif there.read_bytes() != keyring_file.read_bytes():
        raise Fault(
            f"There is another key ring at {there}. Put it aside first, if {keyring_file} is the right one"
        )


def unpack(backup: Path, keyring: Keyring, work: Path) -> Manifest:
    """Unpack a backup into a folder and prove that it is whole. Raises BackupFault and DatabaseFault."""
    with Reader(backup, keyring) as reader:
        try:
            with tarfile.open(fileobj=reader, mode="r|") as tar:
                for member in tar:
                    if member.name.split("/")[0] in (DATABASE, FILE, LEDGER, INSTRUMENTS):
                        tar.extract(member, work, filter="data")
        except tarfile.TarError as error:
            raise BackupFault(f"The backup {backup} is not whole: {error}.") from error
        reader.prove()
        manifest = reader.manifest
    copy = work / DATABASE
    if not copy.exists() or digest(copy) != manifest.database_sha256:
        raise BackupFault(f"The backup {backup} does not hold the database that its head tells of.")
    copy.chmod(0o600)
    done, counts, head = snapshots.examine(copy, keyring)
    if (done, counts, head) != (manifest.migrations, dict(manifest.counts), manifest.audit_head):
        raise BackupFault(f"The backup {backup} does not hold what its head tells of.")
    return manifest


def prove(backup: Path, config: Config, keyring: Keyring, now: datetime) -> Manifest:
    """Restore into a folder that goes again, to see that it can be done; noted for the administrator’s page."""
    with locked_file(config.folder / LOCK) as alone:
        if not alone:
            raise Fault("A backup is being made at this moment. Wait until that has ended")
        with working(config.folder, "proof") as work:
            manifest = unpack(backup, keyring, work)
    safekeeping.tested(config.folder, now)
    return manifest


def _finish(
    folder: Path, work: Path, keyring: Keyring, manifest: Manifest, now: datetime, watch: Watch
) -> Restored:
    config = _config(folder, work)
    gone = erased.read([folder, config.spool_folder, work])
    library = shipped()
    for own in (folder, work):  # what stands in both is taken as it is here
        library, _ = library.with_own(own / INSTRUMENTS)
    staged = Database.open(work / DATABASE, keyring)
    with Clinic(config, keyring, staged, library, Passwords()) as clinic:
        again = erase_again(clinic, gone, now)
        replayed = replay(clinic, config.spool_folder, gone, now, watch)
        with clinic.db.write() as conn:
            detail: dict[str, object] = {"made": manifest.made_at.isoformat(), "put back": replayed.back}
            record_by(conn, "command", "restore backup", None, None, now, detail)
        if not clinic.db.wipe():
            raise Fault("The restored copy is in use by another program. End that and try again")
    for suffix in ("-wal", "-shm"):
        (work / f"{DATABASE}{suffix}").unlink(missing_ok=True)  # cut off by wiping, and empty
    _, counts, _ = snapshots.examine(work / DATABASE, keyring)
    aside = folder / f"replaced-{now:%Y%m%dT%H%M%SZ}"
    had = config.database.exists()
    snapshots.put_in_place(folder, config.database, work / DATABASE, aside)
    if manifest.audit_head:
        anchoring.note_restored(config, keyring, Head.read(manifest.audit_head))
    _bring_rest(folder, work)
    erased.merge(folder, gone, now.isoformat())
    trimmed = spool.trimmed(config.spool_folder)
    gap = trimmed if trimmed is not None and manifest.made_at < trimmed else None
    return Restored(manifest, replayed, again, counts["response"], aside if had else None, gap)


def _config(folder: Path, work: Path) -> Config:
    """The settings that are there, or else those in the backup, for this folder."""
    if (folder / FILE).exists():
        return Config.load(folder)
    if not (work / FILE).exists():
        raise ConfigFault(f"There is no {FILE} in {folder}, and none in the backup.")
    files.put(folder / FILE, (work / FILE).read_bytes())
    return Config.load(folder)


def _bring_rest(folder: Path, work: Path) -> None:
    """Those of the clinic’s own questionnaires that the folder does not have."""
    for own in sorted((work / INSTRUMENTS).iterdir()) if (work / INSTRUMENTS).is_dir() else ():
        if own.is_dir() and not (folder / INSTRUMENTS / own.name).exists():
            shutil.copytree(own, folder / INSTRUMENTS / own.name)
