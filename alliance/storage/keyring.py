"""The keys of a clinic: what seals its patients' words, and what signs its cookies."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
BLOB_VERSION = 1
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class KeyringFault(Exception):
    """The key ring cannot be used. The message says in a sentence what is wrong and what to do."""


class SealBroken(KeyringFault):
    """A sealed value was moved, altered, or sealed with a key that this key ring does not hold."""


class Keyring:
    """Seals values with AES-256-GCM, each bound to its place, so that a swapped one does not open.

    A sealed value is one byte of version, one of the key id's length, the key id, a nonce of 12 bytes,
    and the ciphertext with its tag. Nonces are random: safe for 2³² values a key (NIST SP 800-38D, 8.3).
    """

    __slots__ = ("_ciphers", "active", "cookie_secret")

    def __init__(self, active: str, keys: Mapping[str, bytes], cookie_secret: bytes) -> None:
        self.active = active
        self.cookie_secret = cookie_secret
        self._ciphers = MappingProxyType({key_id: AESGCM(key) for key_id, key in keys.items()})

    @classmethod
    def create(cls, path: Path) -> Keyring:
        """Make a key ring of fresh keys, readable by its owner only; a file that is there is left alone."""
        content = {
            "version": 1,
            "active": "k1",
            "keys": {"k1": _fresh()},
            "cookie_secret": _fresh(),
        }
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise KeyringFault(
                f"There is a key ring at {path} already; a new one would make what it sealed unreadable."
            ) from None
        except OSError as error:
            raise KeyringFault(f"The key ring {path} cannot be made: {error.strerror}.") from error
        try:
            with os.fdopen(file, "w", encoding="utf-8") as text:
                text.write(json.dumps(content, indent=2) + "\n")
                text.flush()
                os.fsync(text.fileno())
            sync_folder(path.parent)
        except OSError as error:
            path.unlink()
            raise KeyringFault(f"The key ring {path} cannot be written: {error.strerror}.") from error
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """The key ring at this path.

        Raises KeyringFault where the file is missing, open to others than its owner, or malformed.
        """
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                raw = file.read()
        except FileNotFoundError:
            raise KeyringFault(
                f"There is no key ring at {path}. Put back the one that belongs to this clinic: "
                "without it nothing that patients wrote can be read."
            ) from None
        except OSError as error:
            raise KeyringFault(f"The key ring {path} cannot be read: {error.strerror}.") from error
        if os.name == "posix" and mode & 0o077:
            raise KeyringFault(
                f"The key ring {path} is open to other accounts of this machine "
                f"(mode {mode & 0o777:04o}). Close it with “chmod 600 {path}”."
            )
        try:
            return cls._from(json.loads(raw))
        except (ValueError, RecursionError) as error:
            what = error.args[0] if type(error) is ValueError else "it is not the JSON that Alliance wrote"
            raise KeyringFault(
                f"The key ring {path} is malformed: {what}. Put back a copy of the one "
                "that was made with this clinic."
            ) from error

    @classmethod
    def _from(cls, content: Any) -> Keyring:
        if not isinstance(content, dict) or set(content) != {"version", "active", "keys", "cookie_secret"}:
            raise ValueError("it should hold version, active, keys and cookie_secret, and nothing else")
        if content["version"] != 1:
            raise ValueError("its version is not 1")
        if not isinstance(content["keys"], dict):
            raise ValueError("keys should be a table of keys by their ids")
        keys = {key_id: _decoded(f"the key {key_id}", text) for key_id, text in content["keys"].items()}
        if not all(KEY_ID.fullmatch(key_id) for key_id in keys):
            raise ValueError("a key’s id should be 1 to 32 letters, digits, - or _")
        if not isinstance(content["active"], str) or content["active"] not in keys:
            raise ValueError("active should name one of its keys")
        return cls(content["active"], keys, _decoded("cookie_secret", content["cookie_secret"]))

    def seal(self, value: str | bytes, where: str) -> bytes:
        """Encrypt `value` with the active key for one place, written as "table|row|field".

        Text is encoded as UTF-8; half a surrogate pair, which is no text, raises UnicodeEncodeError.
        """
        plain = value.encode() if isinstance(value, str) else value
        nonce = secrets.token_bytes(NONCE_BYTES)
        key_id = self.active.encode()
        sealed = self._ciphers[self.active].encrypt(nonce, plain, _place(where, self.active))
        return bytes((BLOB_VERSION, len(key_id))) + key_id + nonce + sealed

    def open(self, blob: bytes, where: str) -> bytes:
        """What was sealed for this place. Raises SealBroken for anything else."""
        key_id = blob[2 : 2 + blob[1]].decode("ascii", "replace") if len(blob) > 2 else ""
        if blob[:1] != bytes((BLOB_VERSION,)) or not KEY_ID.fullmatch(key_id):
            raise SealBroken(f"What stands at {where} is not a sealed value.")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealBroken(
                f"What stands at {where} was sealed with the key {key_id}, which the key ring does not hold."
            )
        start = 2 + len(key_id)
        nonce, sealed = blob[start : start + NONCE_BYTES], blob[start + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, _place(where, key_id))
        except (InvalidTag, ValueError):  # ValueError: too short for a nonce
            raise SealBroken(f"What stands at {where} was altered, or sealed for another place.") from None


def _place(where: str, key_id: str) -> bytes:
    return f"{where}|{key_id}".encode()


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _decoded(name: str, text: Any) -> bytes:
    try:
        value = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:  # binascii.Error among them
        value = b""
    if len(value) != KEY_BYTES:
        raise ValueError(f"{name} should be {KEY_BYTES} bytes, written as base64")
    if len(set(value)) < 8:  # by chance about once in 10³⁵ keys
        raise ValueError(f"{name} is not random")
    return value


def sync_folder(folder: Path) -> None:
    """Make a new file's name durable; a system that cannot open folders keeps names by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_file(path: Path) -> None:
    """Make what a file holds durable, if the file is there."""
    if path.exists():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
