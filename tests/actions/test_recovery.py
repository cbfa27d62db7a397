"""The key on paper opens the sealed copy of the key ring, whatever the keys have become since; nothing else does."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from alliance.actions import rotating
from alliance.actions.clinic import Clinic
from alliance.actions.doctor import examine
from alliance.cli import main
from alliance.storage import keyfile, recovery
from alliance.storage.keyfile import Keys
from alliance.storage.recovery import RecoveryFault
from tests.cast import NOW

PAPER = recovery.new_paper()
KEYS = Keys.fresh()
SEALED = recovery.sealed(KEYS, recovery.public_half(PAPER))


def test_a_printed_key_can_be_read_and_typed() -> None:
    assert re.fullmatch(r"([A-Z2-7]{4}-){8}[A-Z2-7]{4}", PAPER)
    assert len({recovery.new_paper() for _ in range(500)}) == 500


def test_the_paper_opens_the_copy() -> None:
    assert recovery.opened(SEALED, PAPER) == KEYS
    assert not {*KEYS.sealing.values(), KEYS.chain_key} & {SEALED[at : at + 32] for at in range(len(SEALED))}


@given(st.randoms())
def test_however_it_is_typed(dice: random.Random) -> None:
    typed = "".join(
        dice.choice(
            (letter, letter.lower(), {"O": "0", "I": "1", "B": "8"}.get(letter, letter), f" {letter}")
        )
        for letter in PAPER
    )
    assert recovery.opened(SEALED, typed) == KEYS


@given(st.data())
def test_a_slip_is_noticed_before_anything_is_tried(data: st.DataObject) -> None:
    letters = PAPER.replace("-", "")
    place = data.draw(st.integers(0, len(letters) - 1))
    other = data.draw(
        st.sampled_from([one for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if one != letters[place]])
    )
    with pytest.raises(RecoveryFault, match="not quite the recovery key"):
        recovery.opened(SEALED, letters[:place] + other + letters[place + 1 :])


@pytest.mark.parametrize(
    "typed", ["", "ABCD", PAPER[:-1], PAPER + "A"], ids=["nothing", "a group", "one less", "one more"]
)
def test_too_short_or_too_long(typed: str) -> None:
    with pytest.raises(RecoveryFault, match="has 9 groups of 4"):
        recovery.opened(SEALED, typed)


def test_another_paper_does_not_open_it() -> None:
    with pytest.raises(RecoveryFault, match="belongs to another clinic or to an earlier"):
        recovery.opened(SEALED, recovery.new_paper())


@given(st.data())
def test_an_altered_copy_does_not_open(data: st.DataObject) -> None:
    altered = bytearray(SEALED)
    bit = data.draw(st.integers(0, 8 * len(altered) - 1))
    altered[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RecoveryFault):
        recovery.opened(bytes(altered), PAPER)


@pytest.mark.parametrize(
    "blob", [b"", recovery.MAGIC, b"{}", SEALED[:50]], ids=["nothing", "its beginning", "JSON", "cut off"]
)
def test_what_is_no_copy(blob: bytes) -> None:
    with pytest.raises(RecoveryFault):
        recovery.opened(blob, PAPER)


def command(folder: Path, *more: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["recovery-key", str(folder), *more], input=typed)


def printed(result: Result) -> str:
    found = re.search(r"^  ([A-Z2-7-]{44})$", result.stdout, re.MULTILINE)
    assert found, result.output
    return found[1]


@pytest.mark.control(47)
def test_lost_keys_come_back_with_the_paper_though_they_were_changed_since(
    clinic: Clinic, tmp_path: Path
) -> None:
    folder = clinic.config.folder
    paper = printed(command(folder))
    rotating.rotate(clinic, NOW)
    clinic.close()
    lost = clinic.config.keyring.read_bytes()
    assert paper.replace("-", "")[:32].encode() not in lost
    clinic.config.keyring.unlink()
    back = command(folder, "--restore", typed=paper.lower() + "\n")
    assert (back.exit_code, back.stderr) == (0, "")
    assert clinic.config.keyring.read_bytes() == lost
    assert clinic.config.keyring.stat().st_mode & 0o777 == 0o600
    assert "The database is whole, and the key ring opens it." in {
        one.sentence for one in examine(folder, NOW)
    }
    beside = tmp_path / "beside a backup" / "keyring.sealed"
    beside.parent.mkdir()
    shutil.copyfile(folder / "keyring.sealed", beside)
    new = command(tmp_path / "new machine", "--restore", "--sealed", str(beside), typed=paper)
    assert new.exit_code == 0
    assert (tmp_path / "new machine" / "keyring.json").read_bytes() == lost


def test_another_one_is_made_only_on_purpose(clinic: Clinic) -> None:
    folder = clinic.config.folder
    first, old = printed(command(folder)), (folder / "keyring.sealed").read_bytes()
    refused = command(folder)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "There is a recovery key already" in refused.stderr
    second = printed(command(folder, "--again"))
    new = (folder / "keyring.sealed").read_bytes()
    assert recovery.opened(old, first).chain_key == recovery.opened(new, second).chain_key
    with pytest.raises(RecoveryFault):
        recovery.opened(new, first)


def test_a_key_ring_that_is_there_is_left_alone(clinic: Clinic) -> None:
    paper = printed(command(clinic.config.folder))
    before = clinic.config.keyring.read_bytes()
    refused = command(clinic.config.folder, "--restore", typed=paper)
    assert refused.exit_code == 1
    assert "There is a key ring at" in refused.stderr
    assert clinic.config.keyring.read_bytes() == before


def test_nothing_is_restored_without_a_copy(tmp_path: Path) -> None:
    refused = command(tmp_path, "--restore", typed=PAPER)
    assert refused.exit_code == 1
    assert "There is no" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_key_ring_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keyring.json"
    keyfile.make(path, KEYS)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(keyfile.os, "fsync", full)
        with pytest.raises(keyfile.KeyringFault, match="No space left"):
            keyfile.put(path, Keys.fresh().text().encode())
    assert keyfile.read(path)[0] == KEYS
    assert [file.name for file in tmp_path.iterdir()] == ["keyring.json"]
