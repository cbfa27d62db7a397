"""The spool’s files: what is written is there, what is damaged is said, and nobody gets in anybody’s way."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alliance.storage import spool
from alliance.storage.keyring import Keyring, SealBroken
from alliance.storage.spool import Spool
from tests.faults.rounds import rounds

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "keyring.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def written(folder: Path, keyring: Keyring, count: int = 5, begin: int = 0) -> Spool:
    made = Spool(folder, keyring)
    for number in range(begin, begin + count):
        made.append(str(number), b"record %d" % number, AT + timedelta(seconds=number))
    return made


def everything(folder: Path, keyring: Keyring) -> list[bytes]:
    return [one for path in spool.segments(folder) for one in spool.read(path, keyring).records]


def test_what_is_written_is_there_in_order(folder: Path, keyring: Keyring) -> None:
    written(folder, keyring, 3).close()
    written(folder, keyring, 3, begin=3).close()
    assert everything(folder, keyring) == [b"record %d" % number for number in range(6)]
    assert len(spool.segments(folder)) == 2


def test_a_record_that_was_cut_off_takes_none_of_the_others_with_it(folder: Path, keyring: Keyring) -> None:
    written(folder, keyring, 3).close()
    [path] = spool.segments(folder)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        found = spool.read(path, keyring)
        assert list(found.records) == [b"record %d" % number for number in range(len(found.records))]
        assert found.damaged <= (0 < length < len(spool.MAGIC) and length == len(spool.MAGIC)), length


def test_a_flipped_bit_is_said_and_costs_one_record_at_most(
    folder: Path, keyring: Keyring, record_property: Callable[[str, object], None]
) -> None:
    written(folder, keyring, 6).close()
    [path] = spool.segments(folder)
    whole, chance = path.read_bytes(), random.Random(7)
    wanted = [b"record %d" % number for number in range(6)]
    tried = rounds(300, 5000)
    for _ in range(tried):
        at = chance.randrange(spool.HEAD, len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        found = spool.read(path, keyring)
        assert all(record in wanted for record in found.records)
        last = at >= len(whole) - (len(whole) - spool.HEAD) // 6
        assert len(found.records) == 5 and (found.damaged == 1 or last), at
    record_property("figures", f"{tried} flipped bits: each cost the record it was in, and no other")


def test_with_other_keys_it_says_so(folder: Path, keyring: Keyring, tmp_path: Path) -> None:
    written(folder, keyring).close()
    [path] = spool.segments(folder)
    other = Keyring("k9", {"k9": bytes(range(32))}, bytes(range(32)))
    with pytest.raises(SealBroken, match="k1"):
        spool.read(path, other)


def test_it_can_be_told_which_keys_it_needs(folder: Path, keyring: Keyring) -> None:
    assert spool.key_ids(folder) == frozenset()
    written(folder, keyring).close()
    assert spool.key_ids(folder) == {"k1"}


def test_records_do_not_open_in_another_place(folder: Path, keyring: Keyring) -> None:
    written(folder, keyring, 2).close()
    [path] = spool.segments(folder)
    content = path.read_bytes()
    length = (len(content) - spool.HEAD) // 2
    one, two = content[spool.HEAD : spool.HEAD + length], content[spool.HEAD + length :]
    path.write_bytes(content[: spool.HEAD] + two + one)
    assert spool.read(path, keyring) == spool.Segment(path, [], 2)


def test_a_full_segment_is_followed_by_another(
    folder: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "SEGMENT", 400)
    written(folder, keyring, 20).close()
    assert len(spool.segments(folder)) == 3
    assert everything(folder, keyring) == [b"record %d" % number for number in range(20)]


def test_eight_threads_write_while_somebody_is_erased(
    folder: Path, keyring: Keyring, record_property: Callable[[str, object], None]
) -> None:
    made, each = Spool(folder, keyring), rounds(60, 600)
    done = threading.Event()

    def patient(who: int) -> None:
        for number in range(each):
            made.append(f"{who}-{number}", f"{who} says {number}".encode(), AT)

    def keeper() -> None:
        while not done.is_set():
            spool.rewrite(folder, keyring, lambda record: not record.startswith(b"3 "))

    threads = [threading.Thread(target=patient, args=(who,)) for who in range(8)]
    helper = threading.Thread(target=keeper)
    for thread in (*threads, helper):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    helper.join()
    spool.rewrite(folder, keyring, lambda record: not record.startswith(b"3 "))
    expected = {f"{who} says {number}".encode() for who in range(8) if who != 3 for number in range(each)}
    found = everything(folder, keyring)
    assert set(found) == expected and len(found) == len(expected)
    record_property("figures", f"{8 * each} records by eight threads, rewritten meanwhile: none lost")


def test_only_what_every_one_of_the_backups_contains_goes(folder: Path, keyring: Keyring) -> None:
    made = written(folder, keyring, 3)
    first = spool.lengths(folder)
    made.append("late", b"late", AT)
    second = spool.lengths(folder)
    assert spool.trim(folder, [second, first], AT) == 0
    assert spool.trim(folder, [second], AT) == spool.trim(folder, [], AT) == 0
    assert spool.trim(folder, [second, second], AT) == 1
    made.append("after", b"after", AT)
    assert everything(folder, keyring) == [b"after"]


def test_what_was_rewritten_is_in_no_earlier_backup(folder: Path, keyring: Keyring) -> None:
    """Shorter than a backup says, but with a record that came after it."""
    made = written(folder, keyring, 3)
    contained = spool.lengths(folder)
    made.append("late", b"late", AT)
    assert spool.rewrite(folder, keyring, lambda record: record == b"late") == 3
    assert spool.trim(folder, [contained, contained], AT) == 0
    assert everything(folder, keyring) == [b"late"]


def test_erasing_leaves_no_byte_of_what_was_sealed(folder: Path, keyring: Keyring) -> None:
    written(folder, keyring, 4).close()
    [path] = spool.segments(folder)
    content = path.read_bytes()
    pieces = [content[at : at + 16] for at in range(spool.HEAD, len(content) - 16, 16)]
    assert spool.rewrite(folder, keyring, lambda record: record != b"record 2") == 1
    after = b"".join(one.read_bytes() for one in folder.iterdir())
    assert not any(piece in after for piece in pieces)
    assert everything(folder, keyring) == [b"record 0", b"record 1", b"record 3"]


def test_a_folder_that_cannot_be_written_raises_and_the_next_record_is_tried_anew(
    folder: Path, keyring: Keyring
) -> None:
    folder.parent.joinpath("spool").write_text("a file in its place")
    made = Spool(folder, keyring)
    with pytest.raises(OSError):
        made.append("a", b"a", AT)
    assert not made.knows("a")
    folder.unlink()
    made.append("a", b"a", AT)
    assert everything(folder, keyring) == [b"a"] and made.knows("a")
