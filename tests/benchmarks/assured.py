"""What has to be right before any figure counts: nothing is lost, nothing half kept, and what is summed up is true."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alliance.actions.clinic import open_clinic
from alliance.actions.rebuilding import out_of_step, summary_out_of_step
from alliance.actions.verifying import verify
from tests.benchmarks.crowd import stored, visit
from tests.benchmarks.measuring import Plan
from tests.benchmarks.settings import staffed
from tests.faults.killed import A_ROUND, Sending, Tally, one_round, open_nursery, sendings
from tests.faults.test_kill import doubled, missing, whole
from tests.served import serving


@dataclass(frozen=True, slots=True)
class Assurance:
    """One thing that has to be right, whether it is, and what was looked at."""

    what: str
    holds: bool
    told: str


def assure(plan: Plan) -> Iterator[Assurance]:
    """All of them, at a clinic that is served, killed while patients send, and looked over afterwards."""
    folder, visits = plan.place("assured"), 200 if plan.quick else 1_000
    with staffed(folder) as cast:
        before = stored(cast.clinic)
        tokens = [each.token for each in sendings(cast, visits)]
        with serving(cast, folder) as served:
            came = visit(served.port, tokens)
        kept = stored(cast.clinic) - before
        told = f"{came.whole:,} visits, {came.failed} failed, {kept:,} answers stored"
        yield Assurance(
            "No request fails, and every visit is stored once", kept == came.whole == visits, told
        )

        tally, waiting = Tally(), sendings(cast, 10 * A_ROUND)
        place = Path(shutil.copytree(cast.clinic.config.folder, folder / "killed" / "clinic"))
    lost, twice, ok = _killed(place, waiting, tally, 4 if plan.quick else 20)
    told = f"{tally.rounds} times, {len(tally.acknowledged):,} acknowledged, {lost} lost, {twice} doubled"
    right = ok and lost == twice == 0 and len(tally.acknowledged) > 0
    yield Assurance(
        "kill -9 in mid-load loses nothing acknowledged and leaves nothing half kept", right, told
    )

    with open_clinic(place) as clinic, clinic.db.read() as conn:
        wrong = [*out_of_step(conn, "shared"), *out_of_step(conn, "full")]
        sums = summary_out_of_step(conn)
        (states,) = conn.execute("SELECT count(*) FROM baseline").fetchone()
    told = f"{states:,} states, {len(wrong)} out of step; {len(sums)} sums out of step"
    yield Assurance("Detector states and summary equal a full rebuild", not wrong and not sums, told)


def _killed(place: Path, waiting: list[Sending], tally: Tally, rounds: int) -> tuple[int, int, bool]:
    """Lost, doubled, and whether everything that is kept is whole and proves itself."""
    with open_nursery() as server:
        while tally.rounds < rounds and len(waiting) >= A_ROUND:
            one_round(server, place, waiting, tally)
            if not whole(place):
                return 0, 0, False
    with open_clinic(place) as clinic:
        proof = verify(clinic.config.database, clinic.keyring)
        return len(missing(clinic, tally.acknowledged)), len(doubled(clinic)), proof.ok
