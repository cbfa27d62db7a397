"""What is sealed opens in its own place with its own key, and nowhere else."""

from __future__ import annotations

import base64
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.storage.keyring import Keyring, KeyringFault, SealBroken
from tests.storage.rows import finish, python

FIRST, SECOND = os.urandom(32), os.urandom(32)
RING = Keyring("k1", {"k1": FIRST, "k2": SECOND}, os.urandom(32))
PLACE = "response|7|comment"


def written(path: Path, change: Callable[[dict[str, Any]], object] = dict.copy) -> Path:
    """A key ring file, changed by a hand that should not have."""
    Keyring.create(path)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    return path


def test_a_new_key_ring_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    ring = Keyring.create(path)
    content = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert content["version"] == 2
    assert content["active"] == "k1" == ring.active
    assert len(base64.b64decode(content["keys"]["k1"])) == 32
    assert base64.b64decode(content["cookie_secret"]) == ring.cookie_secret
    assert len({content["keys"]["k1"], content["cookie_secret"], content["chain_key"]}) == 3


def test_two_key_rings_differ(tmp_path: Path) -> None:
    one, other = Keyring.create(tmp_path / "one.json"), Keyring.create(tmp_path / "other.json")
    assert one.cookie_secret != other.cookie_secret
    with pytest.raises(SealBroken, match="altered, or sealed for another place"):
        other.open(one.seal("words", PLACE), PLACE)


def test_what_was_sealed_opens_after_loading(tmp_path: Path) -> None:
    sealed = Keyring.create(tmp_path / "keyring.json").seal("I kept something back", PLACE)
    assert Keyring.load(tmp_path / "keyring.json").open(sealed, PLACE) == b"I kept something back"


def test_a_key_ring_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "keyring.json")
    before = path.read_bytes()
    with pytest.raises(KeyringFault, match=r"There is a key ring at .* already"):
        Keyring.create(path)
    assert path.read_bytes() == before


def test_a_key_ring_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from alliance.storage.keyring import Keyring, KeyringFault
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    Keyring.create(Path(sys.argv[1]))
except KeyringFault as fault:
    print(fault)
"""
    [said] = finish(python(script, tmp_path / "keyring.json"))
    assert "keyring.json cannot be written: File too large." in said
    assert list(tmp_path.iterdir()) == []


def test_a_missing_key_ring(tmp_path: Path) -> None:
    with pytest.raises(KeyringFault, match=r"There is no key ring at .*Put back the one"):
        Keyring.load(tmp_path / "keyring.json")
    assert list(tmp_path.iterdir()) == []


def test_a_key_ring_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyringFault, match="cannot be read: Is a directory"):
        Keyring.load(tmp_path)


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o777])
def test_a_key_ring_open_to_others(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path / "keyring.json")
    path.chmod(mode)
    with pytest.raises(KeyringFault, match=rf"\(mode {mode:04o}\).*“chmod 600 "):
        Keyring.load(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_ring_closed_to_others(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path / "keyring.json")
    path.chmod(mode)
    assert Keyring.load(path).active == "k1"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda c: c.update(version=3), "its version is neither 1 nor 2"),
        (lambda c: c.update(version=True), "its version is neither 1 nor 2"),
        (lambda c: c.update(version=1), "cookie_secret, and nothing else"),
        (lambda c: c.pop("chain_key"), "chain_key, and nothing else"),
        (lambda c: c.update(chain_key=c["cookie_secret"]), "two of its keys are the same"),
        (lambda c: c["keys"].update(k2=c["keys"]["k1"]), "two of its keys are the same"),
        (lambda c: c.update(recovery="paper"), "recovery should be 32 bytes"),
        (
            lambda c: c["keys"].update(k1=base64.b64encode(bytes(range(32))).decode()),
            "the key k1 is not random",
        ),
        (
            lambda c: c["keys"].update(k1=base64.b64encode(b"correct horse battery staple 123").decode()),
            "the key k1 is not random",
        ),
        (lambda c: c.pop("version"), "it should hold version, active, keys and cookie_secret"),
        (lambda c: c.update(salt="x"), "and nothing else"),
        (lambda c: c.update(active="k2"), "active should name one of its keys"),
        (lambda c: c.update(active=["k1"]), "active should name one of its keys"),
        (lambda c: c.update(keys={}), "active should name one of its keys"),
        (lambda c: c.update(keys=[]), "keys should be a table"),
        (
            lambda c: c["keys"].update(k1=base64.b64encode(FIRST[:31]).decode()),
            "the key k1 should be 32 bytes",
        ),
        (
            lambda c: c["keys"].update(k1=base64.b64encode(FIRST[:16]).decode()),
            "the key k1 should be 32 bytes",
        ),
        (lambda c: c["keys"].update(k1=""), "the key k1 should be 32 bytes"),
        (lambda c: c["keys"].update(k1=None), "the key k1 should be 32 bytes"),
        (lambda c: c["keys"].update(k1="!" * 44), "the key k1 should be 32 bytes"),
        (lambda c: c["keys"].update(k1="é" * 44), "the key k1 should be 32 bytes"),
        (lambda c: c["keys"].update(k1=base64.b64encode(bytes(32)).decode()), "the key k1 is not random"),
        (lambda c: c["keys"].update({"k|1": c["keys"]["k1"]}), "a key’s id should be"),
        (lambda c: c.update(cookie_secret="secret"), "cookie_secret should be 32 bytes"),
        (
            lambda c: c.update(cookie_secret=base64.b64encode(b"changeme" * 4).decode()),
            "cookie_secret is not random",
        ),
    ],
)
def test_a_malformed_key_ring(tmp_path: Path, change: Callable[[dict[str, Any]], object], what: str) -> None:
    path = written(tmp_path / "keyring.json", change)
    with pytest.raises(KeyringFault) as caught:
        Keyring.load(path)
    sentence = str(caught.value)
    assert "keyring.json is malformed: " in sentence
    assert what in sentence
    assert not set(re.findall(r'"([^"]{20,})"', path.read_text())) & set(re.split(r"[ :;,.]", sentence))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_key_ring_that_is_not_one(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "keyring.json")
    path.write_bytes(content)
    with pytest.raises(KeyringFault, match=r"keyring.json is malformed: it .*Put back a copy"):
        Keyring.load(path)


@given(st.binary(max_size=2000), st.text(max_size=40))
def test_any_bytes_come_back(value: bytes, where: str) -> None:
    assert RING.open(RING.seal(value, where), where) == value


@given(st.text(max_size=2000))
def test_any_text_comes_back(value: str) -> None:
    assert RING.open(RING.seal(value, PLACE), PLACE).decode() == value


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        RING.seal("\ud83d", PLACE)


@pytest.mark.parametrize(
    "other", ["response|8|comment", "response|7|talked", "attempt|7|comment", "response|7", ""]
)
def test_a_value_moved_to_another_place_does_not_open(other: str) -> None:
    with pytest.raises(SealBroken, match="sealed for another place"):
        RING.open(RING.seal("words", PLACE), other)


def test_a_value_relabelled_with_another_key_does_not_open() -> None:
    twins = Keyring("k1", {"k1": FIRST, "k2": FIRST}, RING.cookie_secret)
    sealed = twins.seal("words", PLACE)
    with pytest.raises(SealBroken, match="altered"):
        twins.open(sealed.replace(b"k1", b"k2", 1), PLACE)


def test_the_last_part_of_a_place_is_not_mistaken_for_a_key() -> None:
    ring = Keyring("k2", {"k1": FIRST, "k2": FIRST}, RING.cookie_secret)
    sealed = ring.seal("words", "response|7")
    with pytest.raises(SealBroken):
        ring.open(sealed.replace(b"k2", b"k1", 1), "response|7|k2")


def test_an_older_key_still_opens_what_it_sealed() -> None:
    sealed = RING.seal("words", PLACE)
    turned = Keyring("k2", {"k1": FIRST, "k2": SECOND}, RING.cookie_secret)
    assert turned.open(sealed, PLACE) == b"words"
    assert b"k2" in turned.seal("words", PLACE)[:4]


def test_a_key_that_the_ring_does_not_hold() -> None:
    with pytest.raises(SealBroken, match="with the key k1, which the key ring does not hold"):
        Keyring("k2", {"k2": SECOND}, RING.cookie_secret).open(RING.seal("words", PLACE), PLACE)


@given(st.data())
def test_a_single_flipped_bit_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(RING.seal("I kept something back", PLACE))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        RING.open(bytes(sealed), PLACE)


def test_a_shortened_value_does_not_open() -> None:
    sealed = RING.seal("words", PLACE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            RING.open(sealed[:length], PLACE)


@given(st.binary(max_size=100))
def test_no_other_bytes_open(blob: bytes) -> None:
    with pytest.raises(SealBroken):
        RING.open(blob, PLACE)


def test_the_same_words_are_sealed_differently_each_time() -> None:
    assert len({RING.seal("words", PLACE)[4:16] for _ in range(500)}) == 500


def test_a_sealed_value_is_laid_out_as_described() -> None:
    sealed = RING.seal(b"words", PLACE)
    assert sealed[:4] == b"\x01\x02k1"
    assert len(sealed) == 4 + 12 + len(b"words") + 16
