"""`alliance simulate`: tables on standard output, files on demand, the same bytes every time."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alliance import __version__
from alliance.cli import main

SMALL = ("--dyads", "100", "--seed", "1005", "--quick")


def simulate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["simulate", *map(str, arguments)])


def test_the_main_table_is_told_and_kept(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    result = simulate("main", *SMALL, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("The bar\n")
    assert re.search(r"^odds filter +keep in mind +0\.030 +\d\.\d\d", result.stdout, re.MULTILINE)
    assert sorted(path.name for path in out.iterdir()) == ["main.csv", "simulation.json"]
    rows = list(csv.DictReader((out / "main.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["seed"] for row in rows} == {"1005"}
    kept = json.loads((out / "simulation.json").read_text(encoding="utf-8"))
    assert kept["tables"]["main"]["version"] == __version__
    assert len(kept["tables"]["main"]["rows"]) == len(rows)


def test_the_same_run_writes_the_same_bytes(tmp_path: Path) -> None:
    told = [simulate("calibration", *SMALL, "--out", tmp_path / name).stdout for name in ("one", "other")]
    assert told[0] == told[1]
    for name in ("calibration.csv", "simulation.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_tables_that_lie_there_stay_and_the_page_has_all_of_them(tmp_path: Path) -> None:
    assert simulate("main", *SMALL, "--out", tmp_path).exit_code == 0
    before = (tmp_path / "main.csv").read_bytes()
    page = tmp_path / "page.md"
    result = simulate("calibration", *SMALL, "--out", tmp_path, "--page", page)
    assert result.exit_code == 0
    assert "Rules as they are used" not in result.stdout
    assert (tmp_path / "main.csv").read_bytes() == before
    text = page.read_text(encoding="utf-8")
    for title in ("## The bar", "## Rules as they are used", "## The shown number", "## What is assumed"):
        assert title in text


def test_the_evidence_is_written_from_whole_tables_alone(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.json"
    result = simulate("calibration", *SMALL, "--out", tmp_path, "--evidence", evidence)
    assert result.exit_code == 1 and "missing: main, worlds, caseload, histories, defaults." in result.stderr
    assert not evidence.exists()


def test_another_seed_gives_other_numbers() -> None:
    one, other = (
        simulate("calibration", "--dyads", "100", "--quick", "--seed", seed).stdout for seed in "67"
    )
    assert one != other


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing",), "is not one of"),
        (("main", "--seed", "5", "--seed", "5"), "each only once"),
        (("main", "--seed", "-1"), "is not in the range"),
        (("main", "--dyads", "20"), "is not in the range"),
        (("main", "--quick", "--page", "page.md"), "Give --out too"),
        (("main", "--quick", "--evidence", "evidence.json"), "Give --out too"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], says: str) -> None:
    result = simulate(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "simulation.json").write_text("{}", encoding="utf-8")
    result = simulate("main", *SMALL, "--out", tmp_path)
    assert result.exit_code == 1
    assert re.search(
        r"Error: Nothing can be written to .+: This is no result of a simulation: [^\n]+\.\n$", result.stderr
    )
    assert [path.name for path in tmp_path.iterdir()] == ["simulation.json"]


def test_standard_error_stays_quiet_where_nobody_watches() -> None:
    command = [sys.executable, "-m", "alliance.cli", "simulate", "calibration", *SMALL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.startswith("The shown number\n")
