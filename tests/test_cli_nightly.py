"""`alliance nightly`: says what one night found, and leaves a clinic that can be served."""

from __future__ import annotations

from datetime import UTC

import pytest
from click.testing import CliRunner, Result
from time_machine import travel

from alliance.cli import main
from tests.cast import NOW, Cast


def night(cast: Cast) -> Result:
    return CliRunner().invoke(main, ["nightly", str(cast.clinic.config.folder)])


@pytest.mark.parametrize("times", [1, 2])
def test_it_says_what_it_noted_learned_and_found_of_the_scales(cast: Cast, times: int) -> None:
    with travel(NOW.astimezone(UTC), tick=False):
        for _ in range(times):
            result = night(cast)
    assert (result.exit_code, result.stderr) == (0, "")
    said = result.stdout.splitlines()
    settled = [line for line in said if line.startswith("Settled for supervisors: ")]
    assert settled == (["Settled for supervisors: October 2026."] if times == 1 else [])
    lines = [line for line in said if line not in settled]
    assert lines[0].startswith("Noted as unanswered: no form")
    assert lines[1].startswith("Learned from 2 courses with")
    assert lines[-1].startswith("Kept the end of the audit trail: line ")
    assert lines[-2].startswith("Backed up, and restored to try it: ")
    assert lines[-3].startswith("How reliably the scales measure here cannot be told yet")
