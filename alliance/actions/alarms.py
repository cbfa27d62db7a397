"""What an administrator has to know about how the clinic is kept: in calm sentences, each with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from alliance.config import Config
from alliance.storage import ballast, safekeeping, snapshots
from alliance.storage.safekeeping import Standing

STALE = timedelta(hours=26)


def alarms(config: Config, now: datetime) -> list[str]:
    """Everything that needs somebody, the gravest first. A made-up clinic keeps nothing, and has none."""
    return [] if config.demo else list(_alarms(config, safekeeping.load(config.folder), now))


def _alarms(config: Config, standing: Standing, now: datetime) -> Iterator[str]:
    if standing.disk_full is not None:
        if ballast.is_there(config.folder):
            yield f"The disk was full on {_said(standing.disk_full.last)}. There is room again: look what filled it."
        else:
            yield (
                f"The disk has been full since {_said(standing.disk_full.since)}. Answers come in on the room that was "
                "kept for this, as long as it lasts. Make room now: at least 200 MB."
            )
    if standing.spool_failed is not None:
        failed = standing.spool_failed
        yield (
            f"Since {_said(failed.since)} what patients send is in the database alone: the spool cannot be written "
            f"({failed.why}). Nobody was turned away. Mend the spool’s folder, {config.spool_folder}, then make a "
            "backup."
        )
    newest = standing.good[0] if standing.good else None
    if standing.backup_failed is not None:
        yield f"The backup of {_said(standing.backup_failed.last)} failed: {standing.backup_failed.why}"
    if newest is None:
        yield f"No backup has been made yet. Run “alliance backup {config.folder}”, and let it run every hour."
    elif now - newest.at > STALE:
        yield (
            f"The last good backup is of {_said(newest.at)}, older than a day. Run “alliance backup {config.folder}” "
            "and look why it does not run by itself."
        )
    elif not Path(newest.path).exists():
        yield f"The last good backup is not where it was put: {newest.path}. Make another one."
    if newest is not None and newest.findings:
        yield (
            "The database is not as it was written, the last backup found. Run “alliance verify "
            f"{config.folder}”. The first: {newest.findings[0]}"
        )
    if snapshots.interrupted(config.folder):
        yield "A backup was being put back when that was cut off. Run “alliance restore” once more."


def _said(at: datetime) -> str:
    return f"{at.day} {at:%B, %H:%M} UTC"


def looked_at(config: Config, now: datetime) -> Iterator[tuple[bool, str]]:
    """How the clinic is kept, for whoever looks everything over: whether it is well, and a sentence."""
    if config.demo:
        return
    yield from ((False, sentence) for sentence in alarms(config, now))
    standing = safekeeping.load(config.folder)
    if standing.good:
        tried = (
            f"restored to try it on {_said(standing.tested_at)}" if standing.tested_at else "not tried yet"
        )
        newest = standing.good[0]
        yield True, f"The last good backup is of {_said(newest.at)}, {newest.size / 1e6:.1f} MB, {tried}."
    if same := same_disk(config):
        yield (
            True,
            f"On the clinic’s own disk are {' and '.join(same)}: that outlives a damaged database, not a lost disk. "
            "Better name folders on another one in clinic.toml.",
        )


def same_disk(config: Config) -> list[str]:
    """What would be lost together with the clinic’s own disk."""
    found = []
    for what, folder in (("the spool", config.spool_folder), ("the backups", config.backup_folder)):
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        if nearest.stat().st_dev == config.folder.stat().st_dev:
            found.append(what)
    return found
