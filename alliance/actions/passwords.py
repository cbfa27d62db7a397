"""Passwords: argon2id, never more than two at work at once, and the same work for whoever is not here."""

from __future__ import annotations

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

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
        self._decoy = self.hash("somebody who is not here")

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


def normal(password: str) -> str:
    """The same characters however the keyboard composed them."""
    return unicodedata.normalize("NFKC", password)
