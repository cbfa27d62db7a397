"""What is kept of passwords is argon2id at the advised strength, and checking costs the same for everybody."""

from __future__ import annotations

import threading
import time
from typing import Literal

import pytest
from argon2 import PasswordHasher

from alliance.actions.passwords import Passwords


def test_hashes_are_argon2id_at_the_advised_strength() -> None:
    assert Passwords().hash("a quiet morning").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_the_same_password_matches(passwords: Passwords) -> None:
    kept = passwords.hash("a quiet morning")
    assert passwords.matches(kept, "a quiet morning")
    assert not passwords.matches(kept, "A quiet morning")
    assert not passwords.matches(kept, "a quiet morning ")


def test_no_character_is_cut_off(passwords: Passwords) -> None:
    kept = passwords.hash("x" * 127 + "y")
    assert passwords.matches(kept, "x" * 127 + "y")
    assert not passwords.matches(kept, "x" * 127 + "z")


def test_however_the_keyboard_composed_it(passwords: Passwords) -> None:
    assert passwords.matches(passwords.hash("fu\u0308nfzehn Zeichen"), "f\u00fcnfzehn Zeichen")


def test_without_a_hash_nothing_matches(passwords: Passwords) -> None:
    assert not passwords.matches(None, "a quiet morning")
    assert not passwords.matches(None, "somebody who is not here")


def test_a_spoilt_hash_matches_nothing(passwords: Passwords) -> None:
    assert not passwords.matches("not a hash", "a quiet morning")


def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    assert passwords.hash("a quiet morning") != passwords.hash("a quiet morning")


def test_hashes_of_weaker_parameters_are_outdated(passwords: Passwords) -> None:
    kept = passwords.hash("a quiet morning")
    assert not passwords.outdated(kept)
    assert Passwords(memory_kib=16, passes=1).outdated(kept)


class Crowd(PasswordHasher):
    """A hasher that notes how many use it at once, and how often it checks."""

    present = most = checks = 0
    lock = threading.Lock()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self.lock:
            self.present += 1
            self.most = max(self.most, self.present)
        time.sleep(0.01)
        with self.lock:
            self.present -= 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 (argon2's name)
        self.checks += 1
        return super().verify(hash, password)


@pytest.mark.parametrize("known", [True, False])
def test_who_is_not_here_costs_the_same_work(known: bool) -> None:
    passwords = Passwords(memory_kib=8, passes=1)
    kept = passwords.hash("a quiet morning") if known else None
    passwords._hasher = crowd = Crowd(time_cost=1, memory_cost=8, parallelism=1)
    assert not passwords.matches(kept, "not the right password")
    assert crowd.checks == 1


def test_no_more_than_two_hash_at_once() -> None:
    passwords = Passwords(memory_kib=8, passes=1)
    passwords._hasher = crowd = Crowd(time_cost=1, memory_cost=8, parallelism=1)
    threads = [threading.Thread(target=passwords.hash, args=("a quiet morning",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crowd.most == 2
