"""Whether the audit trail is as it was written: which lines were changed, taken out, put in, swapped or cut off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from alliance.domain.audit import Head
from alliance.domain.verifying import Finding, named, runs, were
from alliance.storage.chain import LINE
from alliance.storage.proofs import START, Proofs
from alliance.storage.rows import plain
from alliance.storage.sqlite import Connection

MOST_COMPARED = 40
"""Changed lines among which swapped ones are looked for; with more, each is named by itself."""

Row = tuple[object, ...]


@dataclass(slots=True)
class _Seen:
    """What one pass over the trail found, by number of line."""

    last: int = 0
    proof: bytes = START
    changed: dict[int, tuple[Row, bytes, bytes]] = field(default_factory=dict)
    """With the row, the proof of the line before, and its own."""
    missing: list[tuple[int, int]] = field(default_factory=list)
    unchained: list[int] = field(default_factory=list)


def examine(conn: Connection, proofs: Proofs, heads: Iterable[Head] = ()) -> Iterator[Finding]:
    """Every line that is not as it was written, in one pass; `heads`: ends of the trail that were kept elsewhere.

    Nothing is found in a trail that is whole. A line that was moved up with all that follow is named with all of them.
    """
    seen = _pass_over(conn, proofs)
    ended = _end(conn, seen)
    if ended > seen.last:
        seen.missing.append((seen.last + 1, ended))
    yield from _told(seen, proofs)
    yield from _head(conn, proofs, max(ended, seen.last))
    yield from _anchored(conn, heads, max(ended, seen.last))


def count(conn: Connection) -> int:
    """How many lines the trail has."""
    return int(conn.execute("SELECT count(*) FROM audit").fetchone()[0])


def _pass_over(conn: Connection, proofs: Proofs) -> _Seen:
    seen = _Seen()
    columns = ", ".join(f"a.{name}" for name in LINE.split(", "))
    rows = plain(
        conn,
        f"SELECT c.proof, {columns} FROM audit AS a LEFT JOIN audit_chain AS c ON c.line = a.id ORDER BY a.id",  # noqa: S608
    )
    before: bytes | None = START
    for kept, *row in rows:
        number = row[0]
        if number < 1:
            seen.unchained.append(number)
            continue
        if number != seen.last + 1:
            seen.missing.append((seen.last + 1, number - 1))
            before = _proof_of(conn, number - 1)
        seen.last = number
        if kept is None:
            seen.unchained.append(number)
            before = proofs.line(before, row) if before is not None else None
            continue
        if before is not None and proofs.line(before, row) != kept:
            seen.changed[number] = (tuple(row), before, kept)
        before = kept
    return seen


def _proof_of(conn: Connection, number: int) -> bytes | None:
    row = conn.execute("SELECT proof FROM audit_chain WHERE line = ?", (number,)).fetchone()
    return bytes(row[0]) if row else None


def _end(conn: Connection, seen: _Seen) -> int:
    """The number of the last line, as proofs and the head that is kept in the database know it."""
    chained = conn.execute("SELECT max(line) FROM audit_chain").fetchone()[0]
    head = conn.execute("SELECT line FROM audit_head").fetchone()
    return max(chained or 0, head[0] if head else 0, seen.last)


def _told(seen: _Seen, proofs: Proofs) -> Iterator[Finding]:
    for first, last in seen.missing:
        sentence = f"{named('Line', first, last)} of the trail {were(first, last)} taken out."
        yield Finding("trail", "missing", sentence, (first, last))
    changed = dict(seen.changed)
    if 2 <= len(changed) <= MOST_COMPARED:
        for one, other in _swapped(changed, proofs):
            sentence = f"Lines {one} and {other} of the trail were swapped."
            yield Finding("trail", "swapped", sentence, (one, other))
    for first, last in runs(changed):
        sentence = f"{named('Line', first, last)} of the trail {were(first, last)} changed or put in."
        yield Finding("trail", "changed", sentence, (first, last))
    for first, last in runs(seen.unchained):
        sentence = f"{named('Line', first, last)} of the trail {were(first, last)} not written by Alliance."
        yield Finding("trail", "unchained", sentence, (first, last))


def _swapped(changed: dict[int, tuple[Row, bytes, bytes]], proofs: Proofs) -> list[tuple[int, int]]:
    """Pairs of lines that fit in each other’s place. They, and lines that only follow on one, are taken out."""
    pairs = []
    for one, other in combinations(sorted(changed), 2):
        if one not in changed or other not in changed:
            continue
        (row, before, kept), (other_row, other_before, other_kept) = changed[one], changed[other]
        for proof, other_proof in (
            (kept, other_kept),
            (other_kept, kept),
        ):  # without their proofs, and with them
            then = proof if other == one + 1 else other_before
            if (
                proofs.line(before, (one, *other_row[1:])) == proof
                and proofs.line(then, (other, *row[1:])) == other_proof
            ):
                pairs.append((one, other))
                for number, real in ((one, proof), (other, other_proof)):
                    _drop_follower(changed, number + 1, real, proofs)
                changed.pop(one, None)
                changed.pop(other, None)
                break
    return pairs


def _drop_follower(
    changed: dict[int, tuple[Row, bytes, bytes]], number: int, before: bytes, proofs: Proofs
) -> None:
    """Take a line out that fits, once the proof before it is back in its place."""
    if number in changed and proofs.line(before, changed[number][0]) == changed[number][2]:
        del changed[number]


def _head(conn: Connection, proofs: Proofs, last: int) -> Iterator[Finding]:
    head = conn.execute("SELECT line, proof FROM audit_head").fetchone()
    if head is None:
        if last:
            yield Finding("trail", "head", "The mark at the end of the trail was taken out.", (last,))
        return
    line, proof = head
    kept = _proof_of(conn, line)
    if line != last or kept is None or proofs.last_line(line, kept) != proof:
        sentence = (
            f"The trail does not end where its mark says, at line {line}: lines were cut off or put in."
        )
        yield Finding("trail", "head", sentence, (line,))


def _anchored(conn: Connection, heads: Iterable[Head], last: int) -> Iterator[Finding]:
    """Whether the trail still goes through every end that it had."""
    cut = None
    for head in heads:
        if head.sequence == 0:
            continue
        kept = _proof_of(conn, head.sequence)
        if head.sequence > last:
            cut = head if cut is None or head.sequence > cut.sequence else cut
        elif kept is None or kept.hex() != head.mac:
            when = f"{head.at:%d %B %Y}" if head.at else "then"
            sentence = f"Line {head.sequence} of the trail is not the one that was kept elsewhere on {when}."
            yield Finding("trail", "anchor", sentence, (head.sequence,))
    if cut is not None:
        first, end = last + 1, cut.sequence
        sentence = (
            f"{named('Line', first, end)} of the trail {were(first, end)} cut off: line {end} was there, as was"
            f" kept elsewhere on {f'{cut.at:%d %B %Y}' if cut.at else 'some day'}."
        )
        yield Finding("trail", "cut off", sentence, (first, end))
