"""What keeps the summary in step reads one course, however much there is in the clinic."""

from __future__ import annotations

from contextlib import closing

import pytest

from alliance.storage import summaries
from alliance.storage.database import Connection, Database
from alliance.storage.keyring import Keyring
from tests.benchmarks import caseload
from tests.storage.rows import ONE_OF_EACH, insert

DYAD, SESSION = caseload.FIRST, caseload.FIRST + 6
MOVES = {
    "a session on another day": f"UPDATE therapy_session SET held_on = '2025-06-30' WHERE id = {SESSION}",
    "a course with its therapist": f"UPDATE dyad SET therapist_id = therapist_id WHERE id = {DYAD}",
    "a link of a session": f"UPDATE invitation SET session_id = session_id WHERE id = {SESSION}",
    "an answer to a session": f"UPDATE response SET session_id = session_id WHERE id = {SESSION}",
    "a session in another course": f"UPDATE therapy_session SET dyad_id = {DYAD + 1}, number = 99 WHERE id = {SESSION}",
}


def steps(conn: Connection, change: str) -> int:
    """What it costs, counted by SQLite itself in steps of ten."""
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    conn.set_progress_handler(step, 10)
    try:
        conn.execute(change)
    finally:
        conn.set_progress_handler(None, 0)
    return taken


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, ...]]:
    """Each change beside 40 sessions of others, and beside 1,200."""
    found: dict[str, tuple[int, ...]] = {}
    for patients in (3, 61):
        folder = tmp_path_factory.mktemp("clinic")
        keyring = Keyring.create(folder / "keyring.json")
        with closing(Database.create(folder / "clinic.db", keyring)) as database:
            with database.write() as conn:
                insert(conn, "staff", ONE_OF_EACH["staff"])
            caseload.fill(database, 1, patients, 20)
            with database.write() as conn:
                for name, change in MOVES.items():
                    found[name] = (*found.get(name, ()), steps(conn, change))
            with database.read() as conn:
                assert summaries.out_of_step(conn) == []
    return found


@pytest.mark.parametrize("change", MOVES)
def test_what_moves_one_course_reads_that_course_alone(
    change: str, costs: dict[str, tuple[int, ...]]
) -> None:
    few, many = costs[change]
    assert few > 10, "nothing was counted anew"
    assert many < 1.2 * few, f"{few} steps beside few sessions, {many} beside many"
