"""What `doctor` looks at around a clinic: whose it is, its files, its proxy, its nights, the zones it knows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import available_timezones

from alliance.config import FILE, Config
from alliance.domain.findings import Finding

try:
    import resource
except ImportError:  # only Unix has it
    resource = None  # type: ignore[assignment]

ROOT = 0
NIGHT_AT_LATEST = timedelta(hours=26)
FIRST_NIGHT = timedelta(days=2)
FILES_NEEDED = 2000  # as many connections as are served at once, and the clinic's own files
EVERY_ZONE = 400  # about as many as there are; fewer, and the data are not installed


def machine_findings(config: Config, now: datetime) -> Iterator[Finding]:
    """Everything that needs no database."""
    yield _account(config.folder)
    yield _files(config.folder)
    yield _proxy(config)
    yield _open_files()
    yield _zones()
    yield _nights(config, now)


def owner_of(path: Path) -> int:
    """The number of the account that a file belongs to."""
    return path.stat().st_uid


def _account(folder: Path) -> Finding:
    if os.name != "posix":
        return Finding(True, f"{folder} belongs to the account that made it.")
    if owner_of(folder) == ROOT:
        return Finding(
            False,
            f"{folder} belongs to root, so the server runs as root. Give Alliance an account of its own: "
            f"“useradd --system alliance”, then “chown -R alliance {folder}”, and start it as that account.",
        )
    return Finding(True, "The folder belongs to an account of its own, not to root.")


def _files(folder: Path) -> Finding:
    """Every file beneath, whoever wrote it: the spool, backups, what the database keeps beside itself."""
    if os.name != "posix":
        return Finding(True, "Whose files these are is for this system to say.")
    owner = owner_of(folder)
    for path in sorted(folder.rglob("*")):
        try:
            told = path.lstat()
        except FileNotFoundError:
            continue  # it went while we looked, as the files of a transaction do
        if path.is_symlink() or _holds_no_secret(path, folder):
            continue
        if told.st_mode & 0o077:
            mode = "700" if path.is_dir() else "600"
            return Finding(False, f"Other accounts can read {path}. Close it with “chmod {mode} {path}”.")
        if owner_of(path) != owner:
            return Finding(
                False,
                f"{path} belongs to another account than its folder. Mend it with “chown -R … {folder}”.",
            )
    return Finding(True, "Every file in the folder is its owner’s alone.")


def _holds_no_secret(path: Path, folder: Path) -> bool:
    """Whether this is a questionnaire of the clinic’s own, in which nothing is secret, or the settings’ file."""
    return path == folder / FILE or path.is_relative_to(folder / "instruments")


def _proxy(config: Config) -> Finding:
    if config.proxy:
        return Finding(
            True, f"The proxy at {config.proxy} is believed where a request came from, and no other."
        )
    return Finding(
        True,
        "No proxy is named in clinic.toml, so all who come through one count as one where wrong links are limited. "
        "Once it writes X-Forwarded-For itself, set proxy in clinic.toml to its address, such as 127.0.0.1.",
    )


def _open_files() -> Finding:
    if resource is None:
        return Finding(True, "This system sets no limit to the connections open at once.")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= FILES_NEEDED:
        return Finding(True, "As many connections as are served at once may be open.")
    return Finding(
        False,
        f"Only {hard} files may be open at once, and 1,500 connections are served. Set LimitNOFILE=4096 for the "
        "service, or “ulimit -n 4096” before it starts.",
    )


def _zones() -> Finding:
    known = len(available_timezones())
    if known < EVERY_ZONE:
        return Finding(False, f"Only {known} time zones are known. Install tzdata: “pip install tzdata”.")
    try:
        return Finding(
            True, f"{known} time zones are known, by data of {version('tzdata')} or of the machine."
        )
    except PackageNotFoundError:
        return Finding(True, f"{known} time zones are known, by the machine’s own data.")


def _nights(config: Config, now: datetime) -> Finding:
    """Every night ends with a line that is kept of the trail."""
    kept, folder = config.folder / "anchors.txt", config.folder
    last = _written(kept) or _written(folder / FILE)
    patience = NIGHT_AT_LATEST if kept.exists() else FIRST_NIGHT
    if config.demo or last is None or now - last <= patience:
        return Finding(True, "The work of each night is done, or is not due yet.")
    how = f"Let cron or a timer run “alliance nightly {folder}” once a day, as the account that the server runs as."
    if kept.exists():
        hours = int((now - last) / timedelta(hours=1))
        return Finding(False, f"The last night’s work was done {hours} hours ago. {how}")
    return Finding(False, f"The work of a night has never been done. {how}")


def _written(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
