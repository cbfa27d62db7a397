"""Passwords: argon2id, never more than two at work at once, and the same work for whoever is not here."""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b64encode
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, Type

SHORTEST, LONGEST = 15, 128  # characters; NIST SP 800-63B-4 asks for 15 where a password stands alone


class Passwords:
    """Makes and checks password hashes.

    The defaults are OWASP's smallest advice for argon2id: 19 MiB, two passes, one lane. `at_once` bounds the
    memory that a crowd at the sign-in page can claim.
    """

    def __init__(
        self, *, memory_kib: int = 19 * 1024, passes: int = 2, lanes: int = 1, at_once: int = 2
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=lanes, type=Type.ID
        )
        self._free = BoundedSemaphore(at_once)
        self._decoy = _nobodys(self._hasher)

    def hash(self, password: str) -> str:
        """A new hash, with its parameters and a salt of its own."""
        with self._free:
            return self._hasher.hash(normal(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether this is the password. Without a kept hash the work is the same, and the answer is no."""
        with self._free:
            try:
                self._hasher.verify(kept or self._decoy, normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def _nobodys(hasher: PasswordHasher) -> str:
    """What a hash looks like that no password has. To compare with it is the same work, to make it is none."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    work = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${work}${salt}${digest}"


def normal(password: str) -> str:
    """The same characters however the keyboard composed them."""
    return unicodedata.normalize("NFKC", password)
