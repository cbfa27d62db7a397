"""Backups: made while the clinic is served, looked at before they are trusted, sealed, and kept for a while."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path

from alliance import __version__
from alliance.actions import verifying
from alliance.actions.faults import Fault
from alliance.config import FILE, Config
from alliance.storage import backups, ballast, erased, files, safekeeping, snapshots, spool
from alliance.storage.backups import SUFFIX, BackupFault, Manifest, Reader, Writer
from alliance.storage.database import DatabaseFault
from alliance.storage.keyring import Keyring, KeyringFault
from alliance.storage.locks import locked_file
from alliance.storage.safekeeping import Made, Standing

ALL_OF_THEM = timedelta(hours=48)  # of which every backup is kept
LOCK = "backup.lock"
MOST_TOLD = 20  # sentences of what an examination found
FEWEST = 3  # that are kept, however old
DATABASE, LEDGER, INSTRUMENTS, SEALED_KEYS = "clinic.db", erased.FILE, "instruments", "keyring.sealed"


def back_up(config: Config, keyring: Keyring, now: datetime, to: Path | None = None) -> Made:
    """Make a backup into `to`, or where the settings say; older ones that are no longer needed go.

    The clinic may be served meanwhile. What fails is noted, for the administrator’s pages. Raises Fault.
    """
    folder = to or config.backup_folder
    try:
        with locked_file(config.folder / LOCK) as alone:
            if not alone:
                raise Fault("A backup is being made at this moment. Wait until that has ended")
            made = _made(config, keyring, folder, now)
            standing = safekeeping.change(config.folder, lambda before: _after(before, made, config.folder))
            _trim(config, standing)
            _thin(config, folder, now)
            return made
    except (BackupFault, DatabaseFault, KeyringFault, OSError) as error:
        why = f"{folder}: {error.strerror}" if isinstance(error, OSError) and error.strerror else str(error)
        _note_failure(config, now, why)
        raise Fault(f"No backup was made. {why.removesuffix('.')}") from error


def _note_failure(config: Config, now: datetime, why: str) -> None:
    try:
        safekeeping.backup_failed(config.folder, now, why)
    except OSError:
        return  # whoever called is told all the same


def _made(config: Config, keyring: Keyring, folder: Path, now: datetime) -> Made:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for half in folder.glob(f".{_slug(config)}-*{SUFFIX}.part"):
        half.unlink()
    contained = spool.lengths(config.spool_folder)  # before the copy: so all of it is in the copy
    with working(config.folder, "backup") as work:
        copy = work / DATABASE
        snapshots.take(config.database, copy)
        done, counts, head = snapshots.examine(copy, keyring)
        manifest = Manifest(
            id=backups.new_id(),
            made_at=now,
            version=__version__,
            migrations=done,
            counts=counts,
            audit_head=head,
            database_size=copy.stat().st_size,
            database_sha256=digest(copy),
            spool=contained,
            findings=tuple(finding.sentence for finding in verifying.verify(copy, keyring).findings)[
                :MOST_TOLD
            ],
        )
        path = folder / f"{_slug(config)}-{now:%Y%m%dT%H%M%SZ}-{manifest.id[:8]}{SUFFIX}"
        with Writer(path, manifest, keyring) as writer:
            _pack(config, copy, writer)
            size = writer.finish()
    try:
        with Reader(path, keyring) as reader:
            reader.prove()  # what is on the disk now, not what was meant to be
    except BackupFault:
        path.unlink()
        raise
    sealed_keys = config.folder / SEALED_KEYS
    if sealed_keys.exists():
        files.put(folder / SEALED_KEYS, sealed_keys.read_bytes())
    return Made(str(path.absolute()), now, size, counts["response"], contained, manifest.findings)


def _pack(config: Config, copy: Path, writer: Writer) -> None:
    """The database, the settings, the ledger of erasures, the clinic’s own questionnaires. Never the key ring."""
    with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path, name in (
            (config.folder / FILE, FILE),
            (config.folder / LEDGER, LEDGER),
            (config.instruments, INSTRUMENTS),
            (copy, DATABASE),
        ):
            if path.exists():
                tar.add(path, name, filter=_nobodys)


def _nobodys(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Files and folders only, and nothing of whose they were."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info if info.isfile() or info.isdir() else None


def _after(before: Standing, made: Made, folder: Path) -> Standing:
    """How it stands with one more good backup. What the spool missed is in the database, and so in this one."""
    earlier = tuple(one for one in before.good if one.path != made.path and Path(one.path).exists())
    missed = before.spool_failed
    return replace(
        before,
        good=(made, *earlier)[:2],
        backup_failed=None,
        spool_failed=missed if missed and missed.last >= made.at else None,
        disk_full=None if ballast.is_there(folder) else before.disk_full,
    )


def _trim(config: Config, standing: Standing) -> None:
    if len(standing.good) == 2:
        contained = [one.spool for one in standing.good]
        spool.trim(config.spool_folder, contained, min(one.at for one in standing.good))


def _thin(config: Config, folder: Path, now: datetime) -> None:
    for path in superfluous(listed(config, folder), now, config.backup.keep_days):
        path.unlink()


def listed(config: Config, folder: Path) -> list[tuple[datetime, Path]]:
    """The backups of this clinic in a folder, newest first, by what their heads say."""
    found = []
    for path in folder.glob(f"{_slug(config)}-*{SUFFIX}") if folder.is_dir() else ():
        try:
            found.append((backups.glance(path).made_at, path))
        except BackupFault:
            continue
    return sorted(found, reverse=True)


def superfluous(found: Sequence[tuple[datetime, Path]], now: datetime, keep_days: int) -> list[Path]:
    """Which of these, newest first, need not be kept: all of the last two days stay, then one of each day."""
    days, gone = set(), []
    for number, (at, path) in enumerate(found):
        first_of_day = at.date() not in days
        days.add(at.date())
        kept = now - at <= ALL_OF_THEM or (first_of_day and now - at <= timedelta(days=keep_days))
        if number >= FEWEST and not kept:
            gone.append(path)
    return gone


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def working(folder: Path, what: str) -> Iterator[Path]:
    """A folder to work in, as closed as the clinic’s own; those that a crash left behind go first."""
    for left in folder.glob(f".{what}-*"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{what}-", dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _slug(config: Config) -> str:
    """The clinic’s folder, as a backup’s name begins with it."""
    kept = "".join(sign if sign.isalnum() or sign == "-" else "-" for sign in config.folder.absolute().name)
    return kept.strip("-") or "clinic"
