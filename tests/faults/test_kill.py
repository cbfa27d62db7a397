"""A server that is killed at any moment has kept every answer for which it thanked somebody, and none of them twice."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alliance.actions import verifying
from alliance.actions.clinic import Clinic, open_clinic
from alliance.actions.tokens import token_hash
from alliance.storage import responses, sqlite
from tests.cast import Cast
from tests.faults.killed import A_ROUND, Sending, Tally, one_round, open_nursery, send, sendings
from tests.faults.rounds import rounds

HOOKS = (  # where the server dies; none: at any time
    *("none", "before commit", "none", "after commit", "none", "after spool", "in checkpoint"),
)
MEMORY = Path("/dev/shm")  # noqa: S108 (a folder in memory: what a killed process wrote outlives it there too)


@pytest.fixture
def folder(cast: Cast) -> Iterator[Path]:
    """The clinic where nothing waits for a disk, so that more answers arrive in a round."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        cast.clinic.close()
        yield Path(shutil.copytree(cast.clinic.config.folder, Path(place) / "clinic"))


def missing(clinic: Clinic, acknowledged: list[Sending]) -> list[Sending]:
    """What was acknowledged and is not there as the one answer of its link, exactly as it was sent."""
    lost = []
    with clinic.db.read() as conn:
        for sending in acknowledged:
            row = conn.execute(
                "SELECT r.attempt_id FROM invitation AS i JOIN response AS r ON r.invitation_id = i.id"
                " WHERE i.token_hash = ?",
                (token_hash(sending.token),),
            ).fetchone()
            kept = row and responses.attempt_body(conn, clinic.keyring, row["attempt_id"])
            if kept != sending.body:
                lost.append(sending)
    return lost


def doubled(clinic: Clinic) -> list[int]:
    """Links over which something was kept more than once: every page here is sent again with its own attempt’s id."""
    with clinic.db.read() as conn:
        rows = conn.execute("SELECT invitation_id FROM attempt GROUP BY 1 HAVING count(*) > 1")
        return [row["invitation_id"] for row in rows]


def whole(folder: Path) -> bool:
    with closing(sqlite.connect(folder / "clinic.db", "read")) as conn:
        return [row[0] for row in conn.execute("PRAGMA integrity_check")] == ["ok"]


def in_a_checkpoint(folder: Path) -> bool:
    """Whether the log was being written back: more was begun than finished (sqlite.org/walformat.html, 2.1)."""
    index = (folder / "clinic.db-shm").read_bytes()
    begun, done = (int.from_bytes(index[at : at + 4], "little") for at in (128, 96))
    return begun != done


def in_short_supply(waiting: list[Sending], folder: Path, cast: Cast) -> None:
    if len(waiting) < A_ROUND:
        with open_clinic(folder) as clinic:
            waiting += sendings(Cast(clinic, cast.ids), 10 * A_ROUND)


@pytest.mark.control(11, 12, 68)
def test_whatever_kills_the_server_no_answer_is_lost_or_counted_twice(
    folder: Path, cast: Cast, record_property: Callable[[str, object], None]
) -> None:
    wanted, enough = rounds(short=25, long=500), rounds(short=100, long=20_000)
    waiting: list[Sending] = []
    tally, lost, hooks = Tally(), [], Counter[str]()
    with open_nursery() as server:
        while tally.rounds < wanted or len(tally.acknowledged) < enough:
            in_short_supply(waiting, folder, cast)
            hook = HOOKS[tally.rounds % len(HOOKS)]
            known = len(tally.acknowledged)
            assert one_round(server, folder, waiting, tally, hook)
            hooks[hook] += 1
            hooks["found amid writing back"] += in_a_checkpoint(folder)
            assert whole(folder)
            with open_clinic(folder) as clinic:
                lost += missing(clinic, tally.acknowledged[known:])
        server.start(folder)
        resent = len(tally.unanswered)
        for sending in tally.unanswered:
            assert send(server.port, sending) == 303
            tally.acknowledged.append(sending)
    with open_clinic(folder) as clinic:
        lost += missing(clinic, tally.acknowledged)
        twice = doubled(clinic)
        report = verifying.verify(clinic.config.database, clinic.keyring)
    record_property(
        "figures",
        f"kill -9: {tally.rounds} rounds ({', '.join(f'{n} {hook}' for hook, n in hooks.items())}),"
        f" {len(tally.acknowledged)} acknowledged, {resent} of them sent again at the end, {tally.refused} refused,"
        f" {len(lost)} lost, {len(twice)} doubled",
    )
    assert (lost, twice) == ([], [])
    assert report.ok, report.findings
    assert hooks["found amid writing back"] > 0


def test_a_server_that_thanks_before_it_has_written_is_found_out(
    folder: Path, cast: Cast, record_property: Callable[[str, object], None]
) -> None:
    """Without this, the rounds above could look where nothing can be lost."""
    waiting: list[Sending] = []
    tally, lost = Tally(), []
    with open_nursery() as server:
        while not lost and tally.rounds < 10:
            in_short_supply(waiting, folder, cast)
            known = len(tally.acknowledged)
            tally.unanswered.clear()
            one_round(server, folder, waiting, tally, "reply before commit")
            with open_clinic(folder) as clinic:
                lost += missing(clinic, tally.acknowledged[known:])
    record_property("figures", f"reply before commit: {len(lost)} lost by round {tally.rounds}")
    assert lost
