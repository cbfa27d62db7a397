"""A file of the clinic that was damaged anywhere: refused in a sentence, or served with every answer proven.

Never a traceback, never a new and empty clinic in its place, never a byte changed in what was refused.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from alliance.actions import verifying
from alliance.actions.clinic import open_clinic
from alliance.config import ConfigFault
from alliance.storage import sqlite
from alliance.storage.database import DatabaseFault
from alliance.storage.keyring import Keyring, KeyringFault
from tests.conftest import Models
from tests.faults.rounds import rounds
from tests.storage.rows import contents

Rows = dict[str, list[tuple[object, ...]]]

WHAT_PATIENTS_SAID = (
    *("attempt", "response", "answer", "score", "follow_up", "follow_up_answer", "follow_up_tick"),
    *("released_response", "dispute"),
)


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def overwrite(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    at, length = chance.randrange(len(content)), chance.choice((1, 16, 512, 4096))
    content[at : at + length] = chance.randbytes(len(content[at : at + length]))
    path.write_bytes(content)


def cut_off(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def swap_pages(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    one, other = (4096 * page for page in chance.sample(range(len(content) // 4096), 2))
    content[one : one + 4096], content[other : other + 4096] = (
        content[other : other + 4096],
        content[one : one + 4096],
    )
    path.write_bytes(content)


def flip_an_answer(path: Path, chance: random.Random) -> None:
    """One bit of something that a patient sent, wherever it lies in the file."""
    content, places = bytearray(path.read_bytes()), []
    for row in (row for found in said(rows(path.parent)).values() for row in found):
        for value in row:
            told = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
            if isinstance(told, bytes) and len(told) >= 16 and (at := content.find(told)) >= 0:
                places.append((at, len(told)))
    at, length = chance.choice(places)
    content[at + chance.randrange(length)] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


DAMAGES = (flip, flip_an_answer, flip, flip_an_answer, overwrite, flip_an_answer, cut_off, swap_pages)
ONLY_THE_DATABASE = (flip_an_answer, swap_pages)
FILES = ("clinic.db", "clinic.db", "clinic.db", "clinic.db", "keyring.json", "clinic.toml")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def rows(folder: Path) -> Rows:
    conn = sqlite.connect(folder / "clinic.db", "read")
    conn.text_factory = lambda text: text.decode(
        "utf-8", "surrogateescape"
    )  # what was damaged may be no text
    try:
        return contents(conn)
    finally:
        conn.close()


def said(rows: Rows) -> Rows:
    return {table: found for table, found in rows.items() if table in WHAT_PATIENTS_SAID}


def outcome(folder: Path, good: Rows) -> str:
    """What becomes of the damaged clinic in this folder, after seeing that it is one of the things that may."""
    before = files(folder)
    try:
        open_clinic(folder).close()
    except (ConfigFault, KeyringFault, DatabaseFault) as fault:
        assert str(fault).endswith("."), fault
        assert {name: files(folder)[name] for name in before} == before
        return "refused"
    found = rows(folder)
    if found == good:
        return "harmless"
    assert found["patient"] and found["staff"], "an empty clinic stands in its place"
    report = verifying.verify(folder / "clinic.db", Keyring.load(folder / "keyring.json"))
    if said(found) != said(good):
        assert not report.ok, "an answer was damaged, and nobody is told"
        return "an answer damaged, and reported"
    return "other damage, and reported" if not report.ok else "other damage"


@pytest.mark.control(65, 66, 68)
def test_random_damage_is_refused_in_a_sentence_or_reported(
    models: Models, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    open_clinic(models.staged).close()
    good, seed, came = rows(models.staged), random.randrange(10**6), Counter[str]()
    chance = random.Random(seed)
    record_property("seed", seed)
    for number in range(rounds(short=60, long=1_000)):
        folder = Path(shutil.copytree(models.staged, tmp_path / "damaged"))
        damage = DAMAGES[number % len(DAMAGES)]
        file = "clinic.db" if damage in ONLY_THE_DATABASE else chance.choice(FILES)
        damage(folder / file, chance)
        try:
            came[outcome(folder, good)] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, round {number}: {damage.__name__} of {file}") from error
        shutil.rmtree(folder)
    record_property(
        "figures",
        f"damaged files (seed {seed}): {came.total()} times; "
        + ", ".join(f"{count} {what}" for what, count in sorted(came.items())),
    )
    assert came["refused"]
    assert came["an answer damaged, and reported"]
