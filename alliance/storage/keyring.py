"""The keys of a clinic at work: what seals its patients' words, signs its cookies and proves its trail."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alliance.storage import keyfile
from alliance.storage.keyfile import KEY_ID, KeyringFault, Keys
from alliance.storage.proofs import Proofs

__all__ = ["Keyring", "KeyringFault", "SealBroken", "key_of"]

NONCE_BYTES = 12
BLOB_VERSION = 1


class SealBroken(KeyringFault):
    """A sealed value was moved, altered, or sealed with a key that this key ring does not hold."""


@dataclass(frozen=True, slots=True)
class _InUse:
    """The keys as they were last read."""

    keys: Keys
    ciphers: Mapping[str, AESGCM]
    proofs: Proofs

    @classmethod
    def of(cls, keys: Keys) -> _InUse:
        return cls(
            keys, {key_id: AESGCM(key) for key_id, key in keys.sealing.items()}, Proofs(keys.chain_key)
        )


class Keyring:
    """Seals values with AES-256-GCM, each bound to its place, so that a swapped one does not open.

    A sealed value is one byte of version, one of the key id's length, the key id, a nonce of 12 bytes,
    and the ciphertext with its tag. Nonces are random: safe for 2³² values a key (NIST SP 800-38D, 8.3).

    A key ring that was read from a file follows it: keys that are changed while a server runs are in use there from
    its next act on.
    """

    __slots__ = ("_in_use", "_path", "_stamp")

    def __init__(self, active: str, keys: Mapping[str, bytes], cookie_secret: bytes) -> None:
        """A key ring that is in no file, with the chain key that an old one would have."""
        found = Keys(active, dict(keys), cookie_secret, keyfile.first_chain_key(cookie_secret))
        self._follow(found, None, None)

    def _follow(self, keys: Keys, path: Path | None, stamp: keyfile.Stamp | None) -> None:
        self._in_use, self._path, self._stamp = _InUse.of(keys), path, stamp

    @classmethod
    def create(cls, path: Path) -> Keyring:
        """Make a key ring of fresh keys, readable by its owner only; a file that is there is left alone."""
        keyfile.make(path, Keys.fresh())
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """The key ring at this path.

        Raises KeyringFault where the file is missing, open to others than its owner, or malformed.
        """
        keys, stamp = keyfile.read(path)
        keyring = cls.of(keys)
        keyring._follow(keys, path, stamp)
        return keyring

    @classmethod
    def of(cls, keys: Keys) -> Keyring:
        """A key ring of these keys, which is in no file."""
        keyring = cls.__new__(cls)
        keyring._follow(keys, None, None)
        return keyring

    @property
    def keys(self) -> Keys:
        """What it holds."""
        return self._in_use.keys

    @property
    def active(self) -> str:
        """The id of the key that seals."""
        return self._in_use.keys.active

    @property
    def cookie_secret(self) -> bytes:
        """What signs cookies."""
        return self._in_use.keys.cookie_secret

    @property
    def proofs(self) -> Proofs:
        """What proves the trail and the answers."""
        return self._in_use.proofs

    def refresh(self) -> None:
        """Use the keys that the file holds now, if it was replaced. While it cannot be read, those from before."""
        if self._path is None:
            return
        stamp = keyfile.stamp(self._path)
        if stamp is None or stamp == self._stamp:
            return
        try:
            keys, stamp = keyfile.read(self._path)
        except KeyringFault:
            return
        self._follow(keys, self._path, stamp)

    def seal(self, value: str | bytes, where: str) -> bytes:
        """Encrypt `value` with the active key for one place, written as "table|row|field".

        Text is encoded as UTF-8; half a surrogate pair, which is no text, raises UnicodeEncodeError.
        """
        plain = value.encode() if isinstance(value, str) else value
        nonce = secrets.token_bytes(NONCE_BYTES)
        in_use = self._in_use
        active = in_use.keys.active
        key_id = active.encode()
        sealed = in_use.ciphers[active].encrypt(nonce, plain, _place(where, active))
        return bytes((BLOB_VERSION, len(key_id))) + key_id + nonce + sealed

    def open(self, blob: bytes, where: str) -> bytes:
        """What was sealed for this place. Raises SealBroken for anything else."""
        key_id = key_of(blob)
        if key_id is None:
            raise SealBroken(f"What stands at {where} is not a sealed value.")
        cipher = self._in_use.ciphers.get(key_id)
        if cipher is None:
            self.refresh()
            cipher = self._in_use.ciphers.get(key_id)
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

    def misses(self, blob: bytes) -> bool:
        """Whether this is a sealed value whose key is not on the ring."""
        key_id = key_of(blob)
        return key_id is not None and key_id not in self._in_use.ciphers


def key_of(blob: bytes) -> str | None:
    """The id of the key that sealed this; None where it is not a sealed value."""
    key_id = blob[2 : 2 + blob[1]].decode("ascii", "replace") if len(blob) > 2 else ""
    return key_id if blob[:1] == bytes((BLOB_VERSION,)) and KEY_ID.fullmatch(key_id) else None


def _place(where: str, key_id: str) -> bytes:
    return f"{where}|{key_id}".encode()
