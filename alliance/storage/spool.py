"""The spool: everything that patients send, written a second time in another place as soon as it is committed.

A backup is as old as the last one that was made; what came in since then is here. A segment is a file that only
grows: a head with an id of its own, then records, each framed with its length and a checksum and sealed for this
segment and this place in it. Whoever rewrites or removes a segment holds its lock; whoever appends finds out that
the file has lost its name, and begins another.
"""

from __future__ import annotations

import os
import secrets
import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alliance.storage.files import sync_folder
from alliance.storage.keyring import Keyring, SealBroken, key_of
from alliance.storage.locks import locked

MAGIC = b"ALLIANCE SPOOL 1\n"
ID_BYTES = 16
HEAD = len(MAGIC) + ID_BYTES
FRAME = struct.Struct(">2sII")  # mark, length of the sealed record, its CRC-32
MARK = b"\xa5\x5a"
LARGEST = 1 << 20  # bytes of a record: far more than a request may have
SEGMENT = 4 << 20  # bytes after which a segment is full
SUFFIX = ".spool"
TRIMMED = "trimmed"
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Segment:
    """What one segment holds, in order. `damaged` counts records that no longer say what was written."""

    path: Path
    records: Sequence[bytes]
    damaged: int


class Spool:
    """Appends to the spool in one folder. Safe to share between threads; other processes have segments of their own."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self.folder = folder
        self._keyring = keyring
        self._turn = threading.Lock()
        self._file: int | None = None
        self._id = b""
        self._count = 0
        self._known: OrderedDict[str, None] = OrderedDict()

    def knows(self, key: str) -> bool:
        """Whether this process has written what goes by this name, lately."""
        return key in self._known

    def append(self, key: str, record: bytes, at: datetime) -> None:
        """Write one record and have it on the disk when this returns. Raises OSError; the next begins a new segment."""
        with self._turn:
            try:
                self._append(record, at)
            except BaseException:
                self._let_go()
                raise
            self._known[key] = None
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def close(self) -> None:
        """Let go of the segment at hand."""
        with self._turn:
            self._let_go()

    def _append(self, record: bytes, at: datetime) -> None:
        while True:
            file = self._file if self._file is not None else self._begin(at)
            with locked(file):
                state = os.fstat(file)
                if state.st_nlink and state.st_size < SEGMENT:
                    sealed = self._keyring.seal(record, _place(self._id, self._count))
                    _write(file, FRAME.pack(MARK, len(sealed), zlib.crc32(sealed)) + sealed)
                    os.fsync(file)
                    self._count += 1
                    return
            self._let_go()  # full, rewritten or no longer needed

    def _begin(self, at: datetime) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._id = secrets.token_bytes(ID_BYTES)
        path = self.folder / f"{at:%Y%m%dT%H%M%S.%f}-{self._id.hex()[:8]}{SUFFIX}"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._count = 0
        _write(self._file, MAGIC + self._id)
        os.fsync(self._file)
        sync_folder(self.folder)
        return self._file

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _write(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]


def _place(segment: bytes, number: int) -> str:
    return f"spool|{segment.hex()}|{number}"


def segments(folder: Path) -> list[Path]:
    """The segments in this folder, oldest first; none where there is no such folder."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def lengths(folder: Path) -> dict[str, int]:
    """How long each segment is now. All that is in it by now was committed before."""
    found = {}
    for path in segments(folder):
        try:
            found[path.name] = path.stat().st_size
        except FileNotFoundError:  # removed this very moment
            continue
    return found


def read(path: Path, keyring: Keyring) -> Segment:
    """Everything in one segment that can be read. A record cut off at the end was never acknowledged.

    Raises SealBroken for a record that is whole but was sealed with a key that the key ring does not hold.
    """
    content = path.read_bytes()
    if len(content) < HEAD:
        return Segment(path, (), 0)
    if not content.startswith(MAGIC):
        return Segment(path, (), 1)
    segment, records, damaged = content[len(MAGIC) : HEAD], [], 0
    for number, sealed in enumerate(_framed(content)):
        try:
            if sealed is None:
                damaged += 1
            else:
                records.append(keyring.open(sealed, _place(segment, number)))
        except SealBroken:
            if keyring.misses(sealed or b""):
                raise
            damaged += 1
    return Segment(path, records, damaged)


def key_ids(folder: Path) -> frozenset[str]:
    """The keys that are needed to read what is in this folder."""
    sealed = (one for path in segments(folder) for one in _framed(path.read_bytes()))
    return frozenset(key for one in sealed if one is not None and (key := key_of(one)) is not None)


def _framed(content: bytes) -> Iterator[bytes | None]:
    """Each record as it is sealed, or None where it or its frame has changed."""
    at = HEAD
    while (end := _end(content, at)) is not None:
        sealed = content[at + FRAME.size : end]
        whole = zlib.crc32(sealed) == FRAME.unpack_from(content, at)[2]
        following = end if whole or _end(content, end) or end == len(content) else _next(content, at + 1)
        yield sealed if whole else None
        at = following
    # What is left was cut off in writing, unless something whole comes after it: then its frame is damaged.
    if (after := _next(content, at + 1)) < len(content):
        yield None
        yield from _framed(content[:HEAD] + content[after:])


def _end(content: bytes, at: int) -> int | None:
    """Where the record ends that begins here, or None if there is no frame here, or not all of it."""
    if at + FRAME.size > len(content):
        return None
    mark, length, _ = FRAME.unpack_from(content, at)
    end = at + FRAME.size + length
    return end if mark == MARK and length <= LARGEST and end <= len(content) else None


def _next(content: bytes, at: int) -> int:
    """Where the next record begins that is whole; the end if there is none."""
    while (at := content.find(MARK, at)) >= 0:
        end = _end(content, at)
        if end and zlib.crc32(content[at + FRAME.size : end]) == FRAME.unpack_from(content, at)[2]:
            return at
        at += 1
    return len(content)


def rewrite(folder: Path, keyring: Keyring, keep: Callable[[bytes], bool]) -> int:
    """Leave out what is not to be kept, sealing the rest anew; how many records went.

    A segment that loses something, or that holds something damaged, is made anew under another name.
    """
    gone = 0
    for path in segments(folder):
        with _held(path) as there:
            if not there:
                continue
            segment = read(path, keyring)
            kept = [record for record in segment.records if keep(record)]
            if len(kept) < len(segment.records) or segment.damaged:
                gone += len(segment.records) - len(kept)
                _replace(path, kept, keyring)
    return gone


def _replace(path: Path, records: Sequence[bytes], keyring: Keyring) -> None:
    fresh = secrets.token_bytes(ID_BYTES)
    name = f"{path.name.partition('-')[0]}-{fresh.hex()[:8]}"
    making = path.with_name(f"{name}.new")
    file = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(file, MAGIC + fresh)
        for number, record in enumerate(records):
            sealed = keyring.seal(record, _place(fresh, number))
            _write(file, FRAME.pack(MARK, len(sealed), zlib.crc32(sealed)) + sealed)
        os.fsync(file)
    finally:
        os.close(file)
    if records:
        making.rename(path.with_name(f"{name}{SUFFIX}"))  # for a moment in both: reading twice does no harm
    else:
        making.unlink()
    path.unlink()
    sync_folder(path.parent)


def trim(folder: Path, contained: Sequence[Mapping[str, int]], before: datetime) -> int:
    """Remove the segments that each of these backups, two at least, contains whole; how many went.

    `before` is when the older of them was made: a still older one is no longer complete with what stays here.
    """
    gone = 0
    if len(contained) < 2:
        return gone
    for path in segments(folder):
        with _held(path) as there:
            if there and all(path.stat().st_size <= lengths.get(path.name, -1) for lengths in contained):
                path.unlink()
                gone += 1
    if gone:
        (folder / TRIMMED).write_text(f"{before.isoformat()}\n", encoding="ascii")
        sync_folder(folder)
    return gone


def trimmed(folder: Path) -> datetime | None:
    """The moment before which a backup must not be made to be complete with what is here; None for any."""
    try:
        return datetime.fromisoformat((folder / TRIMMED).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """A segment that nobody appends to meanwhile; False where it is gone."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        with locked(file):
            yield os.fstat(file).st_nlink > 0
    finally:
        os.close(file)
