"""A power cut at any moment: whoever was thanked finds the answer kept when the power is back.

With each way of keeping the database that is in use, and with two that are not: these lose answers, so the replay
would notice if ours did.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from alliance.actions.clinic import open_clinic
from alliance.actions.tokens import token_hash
from alliance.storage import responses, spool, sqlite
from alliance.storage.keyring import Keyring
from tests.cast import Cast
from tests.faults import power
from tests.faults.killed import Sending, open_nursery, send, sendings
from tests.faults.rounds import rounds

SENT = 12
STATES = {
    "wal FULL": rounds(short=150, long=2_400),
    "delete EXTRA": rounds(short=50, long=2_400),
    "wal NORMAL": rounds(short=50, long=400),
    "delete FULL": rounds(short=50, long=1_000),
}
SERVED_AGAIN = 25  # of so many states, one is opened as the server opens it
MEMORY = Path("/dev/shm")  # noqa: S108 (states are many and soon gone)

pytestmark = [
    pytest.mark.skipif(
        shutil.which("strace") is None and not os.environ.get("ALLIANCE_REQUIRE_STRACE"),
        reason="strace is not installed",
    ),
    pytest.mark.skipif(sqlite.safe_journal() != "wal", reason="no write-ahead log with this SQLite"),
]


class Recording:
    """What a server did to its clinic's files while it took answers, one after the other."""

    def __init__(self, before: Path, served: Path, trace: Path, sent: Sequence[Sending]) -> None:
        self.start = {path.name: path.read_bytes() for path in before.iterdir() if path.is_file()}
        self.events = power.events(trace, served)
        self.sent = sent
        self.keyring = Keyring.load(before / "keyring.json")


@pytest.fixture(scope="module")
def recordings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Recording]:
    """One recording of each way of keeping the database, made under the eyes of strace."""
    models, place = request.getfixturevalue("models"), tmp_path_factory.mktemp("power")
    trace = place / "trace"
    shutil.copytree(models.staged, place / "before")
    with open_clinic(place / "before") as clinic:
        sent = sendings(Cast(clinic, models.cast.ids), SENT)
    with open_nursery(*power.STRACE, "-o", str(trace)) as nursery:
        for mode in STATES:
            folder = shutil.copytree(place / "before", place / mode.replace(" ", "-"))
            process = nursery.start(folder, f"recorded {mode}")
            assert [send(nursery.port, each) for each in sent] == [303] * SENT
            os.kill(process, signal.SIGTERM)
            nursery.ended()
    return {mode: Recording(place / "before", place / mode.replace(" ", "-"), trace, sent) for mode in STATES}


def states(recording: Recording, wanted: int, seed: int) -> Iterator[tuple[int, dict[str, bytes]]]:
    """How many were thanked, and what the disk may then hold: at `wanted` moments spread over the recording."""
    chance = random.Random(seed)
    last, ways = len(recording.events), len(power.WAYS)
    moments = sorted(chance.choices(range(last + 1), k=wanted - ways) + [last] * ways)
    disk, done = power.Disk(recording.start), 0
    for number, moment in enumerate(moments):
        for event in recording.events[done:moment]:
            disk.take(event)
        done = moment
        yield disk.replies, disk.after_a_cut(power.WAYS[number % ways], chance)


def lost(recording: Recording, thanked: int, folder: Path, again: bool) -> list[int]:
    """Which of the answers that somebody was thanked for are not there; the file must be whole in any case."""
    gone = []
    if again:
        open_clinic(folder).close()
    with closing(sqlite.connect(folder / "clinic.db", "read")) as conn:
        assert [row[0] for row in conn.execute("PRAGMA integrity_check")] == ["ok"]
        for number, sending in enumerate(recording.sent):
            row = conn.execute(
                "SELECT r.attempt_id, (SELECT count(*) FROM answer AS a WHERE a.response_id = r.id) AS answers"
                " FROM invitation AS i JOIN response AS r ON r.invitation_id = i.id WHERE i.token_hash = ?",
                (token_hash(sending.token),),
            ).fetchone()
            if row is None:
                gone += [number] if number < thanked else []
                continue
            assert row["answers"] == 12, "half a submission"
            assert responses.attempt_body(conn, recording.keyring, row["attempt_id"]) == sending.body
    return gone


def not_spooled(recording: Recording, thanked: int, folder: Path) -> list[int]:
    """Which of the answers that somebody was thanked for were not written a second time."""
    there = {
        json.loads(record)["key"]
        for segment in spool.segments(folder / "spool")
        for record in spool.read(segment, recording.keyring).records
    }
    return [number for number, sending in enumerate(recording.sent[:thanked]) if sending.attempt not in there]


def cut(recording: Recording, wanted: int, seed: int) -> tuple[int, int]:
    """In how many of so many states an answer is lost that somebody was thanked for: from the database, the spool."""
    losing = unspooled = 0
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        for number, (thanked, files) in enumerate(states(recording, wanted, seed)):
            folder = Path(place) / str(number)
            folder.mkdir(mode=0o700)
            for name, content in (recording.start | files).items():
                if name in files or not name.startswith("clinic.db"):
                    (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
                    (folder / name).write_bytes(content)
                    (folder / name).chmod(0o600)
            unspooled += bool(not_spooled(recording, thanked, folder))
            losing += bool(lost(recording, thanked, folder, number % SERVED_AGAIN == 0))
            shutil.rmtree(folder)
    return losing, unspooled


@pytest.mark.control(11, 68)
def test_after_a_power_cut_every_acknowledged_answer_is_there(
    recordings: dict[str, Recording], record_property: Callable[[str, object], None]
) -> None:
    losing, unspooled = {}, {}
    for mode, recording in recordings.items():
        assert sum(event.kind == "reply" for event in recording.events) == SENT
        wanted, seed = STATES[mode], random.randrange(10**6)
        losing[mode], unspooled[mode] = cut(recording, wanted, seed)
        record_property(
            "figures",
            f"power cut, {mode}: {wanted} states of {len(recording.events)} moments (seed {seed}),"
            f" {losing[mode]} with an acknowledged answer lost, {unspooled[mode]} with one missing in the spool",
        )
    assert not any(unspooled.values()), "the spool has its own files and is written before anybody is thanked"
    assert losing["wal FULL"] == losing["delete EXTRA"] == 0
    assert losing["wal NORMAL"] > 0 < losing["delete FULL"], "what is known to lose answers was not seen to"
