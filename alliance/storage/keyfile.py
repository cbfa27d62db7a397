"""The file of a clinic’s keys: read with suspicion, written whole or not at all, for its owner only."""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from alliance.storage import files

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
FIRST_VERSION = ("version", "active", "keys", "cookie_secret")
NAMES = (*FIRST_VERSION, "chain_key")


class KeyringFault(Exception):
    """The key ring cannot be used. The message says in a sentence what is wrong and what to do."""


Stamp = tuple[int, int, int]  # by which a file that was replaced is known: its inode, length and time


@dataclass(frozen=True, slots=True)
class Keys:
    """What a key ring holds. `sealing`: keys by id, of which the `active` one seals and all open. `chain_key` proves
    the audit trail and the answers, and stays when sealing keys change. `recovery`: the public half of the printed
    recovery key, if one was made.
    """

    active: str
    sealing: Mapping[str, bytes]
    cookie_secret: bytes
    chain_key: bytes
    recovery: bytes | None = None

    @classmethod
    def fresh(cls) -> Keys:
        """Keys that nobody has had before."""
        return cls(
            "k1",
            {"k1": secrets.token_bytes(KEY_BYTES)},
            secrets.token_bytes(KEY_BYTES),
            secrets.token_bytes(KEY_BYTES),
        )

    def with_new(self) -> Keys:
        """The same with one more key, which seals from now on."""
        used = [int(key_id[1:]) for key_id in self.sealing if re.fullmatch(r"k[0-9]{1,9}", key_id)]
        key_id = f"k{max(used, default=0) + 1}"
        return replace(self, active=key_id, sealing={**self.sealing, key_id: secrets.token_bytes(KEY_BYTES)})

    def text(self) -> str:
        """As the file holds it."""
        content: dict[str, object] = {
            "version": 2,
            "active": self.active,
            "keys": {key_id: _encoded(key) for key_id, key in self.sealing.items()},
            "cookie_secret": _encoded(self.cookie_secret),
            "chain_key": _encoded(self.chain_key),
        }
        if self.recovery is not None:
            content["recovery"] = _encoded(self.recovery)
        return json.dumps(content, indent=2) + "\n"

    @classmethod
    def parse(cls, raw: bytes) -> Keys:
        """The keys in a file’s bytes. Raises ValueError, with what is wrong where it is ours."""
        content = json.loads(raw, object_pairs_hook=_once)
        if not isinstance(content, dict) or not set(FIRST_VERSION) <= set(content):
            raise ValueError("it should hold version, active, keys and cookie_secret")
        if content["version"] not in (1, 2) or isinstance(content["version"], bool):
            raise ValueError("its version is neither 1 nor 2")
        names = FIRST_VERSION if content["version"] == 1 else NAMES
        if set(content) - {"recovery"} != set(names) or (content["version"] == 1 and "recovery" in content):
            raise ValueError(f"it should hold {', '.join(names)}, and nothing else")
        if not isinstance(content["keys"], dict):
            raise ValueError("keys should be a table of keys by their ids")
        sealing = {key_id: _decoded(f"the key {key_id}", text) for key_id, text in content["keys"].items()}
        if not all(KEY_ID.fullmatch(key_id) for key_id in sealing):
            raise ValueError("a key’s id should be 1 to 32 letters, digits, - or _")
        if not isinstance(content["active"], str) or content["active"] not in sealing:
            raise ValueError("active should name one of its keys")
        cookie_secret = _decoded("cookie_secret", content["cookie_secret"])
        chain_key = (
            _decoded("chain_key", content["chain_key"])
            if content["version"] == 2
            else first_chain_key(cookie_secret)
        )
        recovery = _decoded("recovery", content["recovery"]) if "recovery" in content else None
        if len({*sealing.values(), cookie_secret, chain_key}) < len(sealing) + 2:
            raise ValueError("two of its keys are the same")
        return cls(content["active"], sealing, cookie_secret, chain_key, recovery)


def first_chain_key(cookie_secret: bytes) -> bytes:
    """The chain key of a key ring from before there was one: derived, so that nothing has to be written to use it."""
    return hmac.digest(cookie_secret, b"alliance chain key of a key ring of version 1", "sha256")


def read(path: Path) -> tuple[Keys, Stamp]:
    """The keys in this file, and by what to know that it was replaced. Raises KeyringFault."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            raw = file.read()
    except FileNotFoundError:
        raise KeyringFault(
            f"There is no key ring at {path}. Put back the one that belongs to this clinic: "
            "without it nothing that patients wrote can be read."
        ) from None
    except OSError as error:
        raise KeyringFault(f"The key ring {path} cannot be read: {error.strerror}.") from error
    if os.name == "posix" and status.st_mode & 0o077:
        raise KeyringFault(
            f"The key ring {path} is open to other accounts of this machine "
            f"(mode {status.st_mode & 0o777:04o}). Close it with “chmod 600 {path}”."
        )
    try:
        return Keys.parse(raw), _stamp(status)
    except (ValueError, RecursionError) as error:
        what = error.args[0] if type(error) is ValueError else "it is not the JSON that Alliance wrote"
        raise KeyringFault(
            f"The key ring {path} is malformed: {what}. Put back a copy of the one "
            "that was made with this clinic."
        ) from error


def stamp(path: Path) -> Stamp | None:
    """By what to know that the file was replaced; None where there is none at this moment."""
    try:
        return _stamp(path.stat())
    except OSError:
        return None


def make(path: Path, keys: Keys) -> None:
    """Write a key ring where there is none. Raises KeyringFault."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyringFault(
            f"There is a key ring at {path} already; a new one would make what it sealed unreadable."
        ) from None
    except OSError as error:
        raise KeyringFault(f"The key ring {path} cannot be made: {error.strerror}.") from error
    try:
        files.write(file, keys.text().encode())
        files.sync_folder(path.parent)
    except OSError as error:
        path.unlink()
        raise KeyringFault(f"The key ring {path} cannot be written: {error.strerror}.") from error


def put(path: Path, content: bytes) -> None:
    """Put this in the place of a key ring, or of its sealed copy. Raises KeyringFault; then the old one stays."""
    try:
        files.put(path, content)
    except OSError as error:
        raise KeyringFault(f"{path} cannot be written: {error.strerror}.") from error


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("it names something twice")
    return content


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _decoded(name: str, text: Any) -> bytes:
    try:
        value = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:  # binascii.Error among them
        value = b""
    if len(value) != KEY_BYTES:
        raise ValueError(f"{name} should be {KEY_BYTES} bytes, written as base64")
    if not _random(value):
        raise ValueError(f"{name} is not random")
    return value


def _random(value: bytes) -> bool:
    """Whether nobody typed, counted or repeated this. By chance, about one key in 10¹⁴ is taken for such."""
    steps = {(after - before) % 256 for before, after in pairwise(value)}
    text = all(32 <= byte < 127 for byte in value)
    return len(set(value)) >= 8 and len(steps) >= 8 and not text
