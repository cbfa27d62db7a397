"""Whether every answer is there as it was acknowledged: which were changed, which are missing, which were put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from alliance.domain.verifying import Finding, named, runs, were
from alliance.storage import digests, records
from alliance.storage.keyring import Keyring, SealBroken
from alliance.storage.records import Kind
from alliance.storage.rows import plain
from alliance.storage.sqlite import Connection

CALLED: dict[Kind, str] = {
    "response": "Answer",
    "follow_up": "Follow-up",
    "imported_session": "Imported session",
}
Register = Iterator[tuple[int, bytes, int]]


def count(conn: Connection, kind: Kind) -> int:
    """How many records of a kind there are."""
    return int(conn.execute(f"SELECT count(*) FROM {kind}").fetchone()[0])  # noqa: S608 (constants only)


def examine(
    conn: Connection,
    keyring: Keyring,
    kind: Kind,
    watch: Callable[[Iterator[Any]], Iterator[Any]] = lambda rows: rows,
) -> Iterator[Finding]:
    """Every record of a kind that is not as it was acknowledged, in one pass."""
    changed, added, missing, unread = _compared(conn, keyring, kind, watch)
    what = CALLED[kind]
    for number, why in unread:
        yield Finding("answers", "changed", f"{what} {number} was changed: {why}", (number, number))
    for first, last in runs(changed):
        sentence = f"{named(what, first, last)} {were(first, last)} changed: not what was acknowledged."
        yield Finding("answers", "changed", sentence, (first, last))
    for first, last in runs(added):
        yield Finding(
            "answers", "added", f"{named(what, first, last)} {were(first, last)} put in.", (first, last)
        )
    for first, last in runs(missing):
        sentence = f"{named(what, first, last)} {were(first, last)} taken out: acknowledged, never erased."
        yield Finding("answers", "missing", sentence, (first, last))


def examine_aside(conn: Connection, keyring: Keyring) -> Iterator[Finding]:
    """Every link of which what came without counting is not as it came."""
    kept = {
        row[0]: row[1]
        for row in conn.execute("SELECT record, proof FROM digest WHERE kind = 'aside'").fetchall()
    }
    there = conn.execute("SELECT DISTINCT invitation_id FROM attempt WHERE counted = 0").fetchall()
    for number in sorted({row[0] for row in there} | set(kept)):
        try:
            values = records.aside(conn, keyring.open, number)
            fits = keyring.proofs.record("aside", [number, values]) == kept.get(number)
        except SealBroken:
            fits = False
        if not fits:
            sentence = f"What came over link {number} without counting is not what was kept."
            yield Finding("answers", "changed", sentence, (number, number))


def _compared(
    conn: Connection,
    keyring: Keyring,
    kind: Kind,
    watch: Callable[[Iterator[Any]], Iterator[Any]],
) -> tuple[list[int], list[int], list[int], list[tuple[int, str]]]:
    """Numbers of records that were changed, added and are missing, and of those that cannot be read, and why."""
    changed: list[int] = []
    added: list[int] = []
    missing: list[int] = []
    unread: list[tuple[int, str]] = []
    proofs, last = keyring.proofs, 0
    register: Register = plain(
        conn, "SELECT record, proof, erased FROM digest WHERE kind = ? ORDER BY record", (kind,)
    )
    entry = next(register, None)

    def pass_by(upto: int | None) -> None:
        """The register’s entries, and its gaps, before a record that is there."""
        nonlocal entry, last
        while entry is not None and (upto is None or entry[0] < upto):
            missing.extend(range(last + 1, entry[0]))
            if not entry[2] or digests.gone(proofs, kind, entry[0]) != entry[1]:
                missing.append(entry[0])
            last = entry[0]
            entry = next(register, None)

    for number, values, why in watch(records.every(conn, keyring.open, kind)):
        pass_by(number)
        missing.extend(range(last + 1, number))
        last = max(last, number)
        if entry is None or entry[0] != number or entry[2]:
            added.append(number)
        elif values is None:
            unread.append((number, why))
        elif proofs.record(kind, values) != entry[1]:
            changed.append(number)
        if entry is not None and entry[0] == number:
            entry = next(register, None)
    pass_by(None)
    missing.extend(range(last + 1, digests.last_known(conn, kind) + 1))
    return changed, added, missing, unread
