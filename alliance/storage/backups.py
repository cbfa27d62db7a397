"""A backup’s file: one stream, sealed piece by piece, that opens whole or not at all.

A head that anybody may read says what is in it: when it was made, of which schema and version, how many rows, where
the audit trail stood. Then pieces of 64 KiB, compressed, each sealed with a key of this file’s own (AES-256-GCM) for
its place, for its being the last one or not, and for this very head. So nothing in it can be altered, swapped, left
out or cut off, the head included, without being noticed. The file’s key is sealed with the key ring and stands in the
head; the key ring itself is never in a backup.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alliance.storage.files import sync_folder
from alliance.storage.keyring import Keyring, SealBroken

MAGIC = b"ALLIANCE BACKUP 1\n"
SUFFIX = ".backup"
PIECE = 64 * 1024
LENGTH = struct.Struct(">I")
LARGEST_HEAD = 4 << 20


class BackupFault(Exception):
    """A backup that cannot be used. The message says in a sentence what is wrong."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in the head of a backup."""

    id: str
    made_at: datetime
    version: str
    migrations: tuple[str, ...]
    counts: Mapping[str, int]
    audit_head: str
    database_size: int
    database_sha256: str
    spool: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    key: str = ""

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """The manifest in this JSON. Raises ValueError, KeyError or TypeError."""
        told: dict[str, Any] = json.loads(text)
        told["made_at"] = datetime.fromisoformat(told["made_at"])
        told["migrations"] = tuple(told["migrations"])
        told["findings"] = tuple(told["findings"])
        return cls(**told)


def new_id() -> str:
    """A name of its own for a backup."""
    return secrets.token_hex(8)


def _place(backup_id: str) -> str:
    return f"backup|{backup_id}|key"


class Writer(io.RawIOBase):
    """Takes what is to be kept. Nothing has the backup’s name until `finish` was called and all is on the disk."""

    def __init__(self, path: Path, manifest: Manifest, keyring: Keyring) -> None:
        self._path = path
        self._making = path.with_name(f".{path.name}.part")
        key = AESGCM.generate_key(bit_length=256)
        told = asdict(manifest) | {"key": keyring.seal(key, _place(manifest.id)).hex()}
        head = json.dumps(told, default=datetime.isoformat, indent=1, sort_keys=True).encode() + b"\n"
        self._cipher, self._bound = AESGCM(key), sha256(MAGIC + head).digest()
        self._squeeze, self._number, self._left = zlib.compressobj(1), 0, bytearray()
        self._file = os.fdopen(os.open(self._making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._file.write(MAGIC + LENGTH.pack(len(head)) + head)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._left += self._squeeze.compress(content)
        while len(self._left) > PIECE:
            self._seal(bytes(self._left[:PIECE]), last=False)
            del self._left[:PIECE]
        return len(content)

    def finish(self) -> int:
        """Have all of it on the disk, and give it its name; its size in bytes."""
        self._left += self._squeeze.flush()
        while len(self._left) > PIECE:
            self._seal(bytes(self._left[:PIECE]), last=False)
            del self._left[:PIECE]
        self._seal(bytes(self._left), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        self._making.rename(self._path)
        sync_folder(self._path.parent)
        return size

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._making.unlink(missing_ok=True)
        super().__exit__(kind, error, trace)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce, bound = _bound(self._bound, self._number, last=last)
        sealed = self._cipher.encrypt(nonce, piece, bound)
        self._file.write(LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


def _bound(head: bytes, number: int, *, last: bool) -> tuple[bytes, bytes]:
    """The nonce of a piece, whose key is of this file alone, and what the piece is sealed for."""
    return number.to_bytes(12, "big"), head + number.to_bytes(8, "big") + bytes([last])


def glance(path: Path) -> Manifest:
    """What the head says of itself: to list backups by. Only a Reader proves it. Raises BackupFault."""
    try:
        with path.open("rb") as file:
            return _head(file, path)[0]
    except OSError as error:
        raise BackupFault(f"The backup {path} cannot be read: {error.strerror}.") from error


def _head(file: BinaryIO, path: Path) -> tuple[Manifest, bytes]:
    begin = file.read(len(MAGIC) + LENGTH.size)
    if not begin.startswith(MAGIC) or len(begin) < len(MAGIC) + LENGTH.size:
        raise BackupFault(f"{path} is not a backup that Alliance made, or only a piece of one.")
    (length,) = LENGTH.unpack(begin[len(MAGIC) :])
    head = file.read(min(length, LARGEST_HEAD))
    try:
        manifest = Manifest.read(head)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupFault(f"The backup {path} was altered or cut off: its head cannot be read.") from None
    return manifest, sha256(MAGIC + head).digest()


class Reader(io.RawIOBase):
    """Gives back what was kept. Raises BackupFault as soon as anything is not as it was written."""

    def __init__(self, path: Path, keyring: Keyring) -> None:
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise BackupFault(f"The backup {path} cannot be read: {error.strerror}.") from error
        try:
            self.manifest, self._head = _head(self._file, path)
            self._cipher = AESGCM(keyring.open(bytes.fromhex(self.manifest.key), _place(self.manifest.id)))
        except (SealBroken, ValueError) as error:
            self._file.close()
            raise BackupFault(
                f"The key ring does not open the backup {path}: it belongs to another clinic, or the backup’s head was "
                "altered."
            ) from error
        except BackupFault:
            self._file.close()
            raise
        self._swell, self._number, self._left, self._ended = zlib.decompressobj(), 0, bytearray(), False

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()
        super().close()

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes, fewer at the end only; all that is left if negative."""
        while not self._ended and (size < 0 or len(self._left) < size):
            self._left += self._swell.decompress(self._open())
        wanted = len(self._left) if size < 0 else size
        found = bytes(self._left[:wanted])
        del self._left[:wanted]
        return found

    def prove(self) -> None:
        """Read on to the end, which shows that the backup is whole."""
        while self.read(1 << 20):
            pass
        if not self._ended or not self._swell.eof:
            raise self._fault()

    def _open(self) -> bytes:
        begin = self._file.read(LENGTH.size)
        if len(begin) < LENGTH.size:
            raise self._fault()
        (length,) = LENGTH.unpack(begin)
        sealed = self._file.read(length) if length <= PIECE + 16 else b""
        nonce, bound = _bound(self._head, self._number, last=False)
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, sealed, bound)
        except InvalidTag:
            pass
        nonce, bound = _bound(self._head, self._number - 1, last=True)
        try:
            piece = self._cipher.decrypt(nonce, sealed, bound)
        except InvalidTag:
            raise self._fault() from None
        if self._file.read(1):
            raise self._fault()
        self._ended = True
        return piece

    def _fault(self) -> BackupFault:
        return BackupFault(
            f"The backup {self._path} is not whole: it was cut off or altered. Take another one, or another copy of it."
        )
