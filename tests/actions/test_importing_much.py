"""Very many sessions of before at once: how long it takes and how much memory. ALLIANCE_FAULTS=long takes 100,000."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

from alliance.actions import verifying
from tests.cast import Cast
from tests.faults.rounds import rounds
from tests.histories import BEGAN, HEADER, JONAS

SESSIONS = 20
MOST_MEGABYTES = 250
RUN = r"""
import re, sys
from pathlib import Path
from alliance.cli import main
try:
    main(sys.argv[1:])
finally:
    # Not getrusage: that begins with what the process had in hand that started this one.
    status = Path("/proc/self/status").read_text()
    print("peak", int(re.search(r"VmHWM:\s*(\d+)", status)[1]) // 1024, file=sys.stderr)
"""


def alliance(*arguments: object) -> tuple[float, str]:
    """Seconds, and what was said on standard error."""
    begun = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", RUN, "import", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return perf_counter() - begun, done.stderr


def test_very_many_sessions_go_in_at_once(cast: Cast, record_property: Callable[[str, object], None]) -> None:
    dyads = rounds(40, 5_000)
    folder = cast.clinic.config.folder
    cases, ratings = folder.parent / "cases.csv", folder.parent / "ratings.csv"
    with cases.open("w") as out:
        out.write("patient,therapist,start\n")
        out.writelines(f"Oak {n},{JONAS},{BEGAN}\n" for n in range(dyads))
    with ratings.open("w") as out:
        out.write(f"{HEADER}\n")
        for n in range(dyads):
            for number in range(1, SESSIONS + 1):
                level = 70 + (n * 7 + number * 13) % 25
                day = BEGAN - timedelta(weeks=60 - number)
                out.write(f"Oak {n},,{day},{number},{level},{level + 2},{level - 3},{number % 15}\n")
    alliance("caseload", folder, cases, "--go", "--wrong-only")
    looked, _ = alliance("ratings", folder, ratings, "--wrong-only")
    took, said = alliance("ratings", folder, ratings, "--go", "--wrong-only")
    again, said_again = alliance("ratings", folder, ratings, "--go", "--wrong-only")
    assert f"{dyads * SESSIONS:,} new, 0 there already, 0 wrong" in said
    assert f"0 new, {dyads * SESSIONS:,} there already" in said_again
    peak = int(re.findall(r"peak (\d+)", said)[0])
    assert peak < MOST_MEGABYTES
    assert verifying.verify(cast.clinic.config.database, cast.clinic.keyring).ok
    record_property(
        "figures",
        f"{dyads * SESSIONS:,} sessions of before: looked at in {looked:.1f} s, taken over in {took:.1f} s,"
        f" again in {again:.1f} s, {peak} MB",
    )
