"""Prove that nothing was lost or changed: the file, the trail, every answer, every seal, every state and count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from alliance.actions import rebuilding
from alliance.domain.audit import Head
from alliance.domain.verifying import Finding, Report
from alliance.storage import examining
from alliance.storage.database import Connection, DatabaseFault
from alliance.storage.examining import Watch
from alliance.storage.keyring import Keyring
from alliance.storage.readings import TrackName


def unwatched(rows: Iterator[Any], _what: str, _total: int) -> Iterator[Any]:
    """For those who look at nothing meanwhile."""
    return rows


def verify(
    database: Path, keyring: Keyring, *, heads: Iterable[Head] = (), watch: Watch = unwatched
) -> Report:
    """Examine a database file, which may be served meanwhile, or a copy of one. Changes nothing, raises nothing.

    `heads`: ends of the trail that were kept elsewhere, as in a backup’s manifest.
    """
    found = list(examining.fit_to_serve(database, keyring))
    if any(finding.kind == "older" for finding in found):
        return Report(found)
    counts: dict[str, int] = {}
    try:
        with examining.opened(database) as conn:
            found += _inside(conn, keyring, tuple(heads), watch)
            counts = examining.counts(conn)
    except DatabaseFault as fault:
        if str(fault) not in {finding.sentence for finding in found}:
            found.append(Finding("file", "unreadable", str(fault)))
    return Report(found, counts)


def _inside(conn: Connection, keyring: Keyring, heads: tuple[Head, ...], watch: Watch) -> list[Finding]:
    each = examining.each
    return [
        *each(conn, "file", lambda: examining.file(conn)),
        *each(conn, "trail", lambda: examining.trail(conn, keyring, heads)),
        *each(conn, "answers", lambda: examining.answers(conn, keyring, watch)),
        *each(conn, "seals", lambda: examining.seals(conn, keyring)),
        *each(conn, "states", lambda: _states(conn)),
        *each(conn, "summary", lambda: _summary(conn)),
    ]


def _states(conn: Connection) -> Iterable[Finding]:
    for track in get_args(TrackName):
        for dyad in rebuilding.out_of_step(conn, track):
            sentence = f"What the detector keeps of dyad {dyad} ({track}) is not what its answers lead to."
            yield Finding("states", track, sentence, (dyad, dyad))


def _summary(conn: Connection) -> Iterable[Finding]:
    for table, whose, month in rebuilding.summary_out_of_step(conn):
        sentence = f"The summary {table} of {whose} in {month} is not what the answers add up to."
        yield Finding("summary", table, sentence, (whose, whose))
