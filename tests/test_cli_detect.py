"""`alliance detect`: from a file to a file, or through pipes, and one sentence where something is wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alliance.analysis.fitted import NOTHING, Fitted
from alliance.cli import main
from alliance.exchange.detecting import COLUMNS
from tests.analysis.test_recovery import World, clinic
from tests.exchange.files import HEADER, lines

CALM = lines(*(f"A,{number},80,82,84,10" for number in range(1, 6)), "A,6,50,52,54,60", "A,7,,,,")
RATED = "dyad,session,score\n" + "".join(f"A,{at},{score}\n" for at, score in enumerate((80, 82, 79, 50), 1))


def alliance(*arguments: str | Path, typed: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["detect", *(str(argument) for argument in arguments)], input=typed)


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_bytes(CALM)
    return path


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A made-up clinic of 120 dyads."""
    path = tmp_path / "history.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER.split(","))
        for at, dyad in enumerate(clinic(World(mu0=60.0, ruptures=0.3), seed=7, dyads=120)):
            for held in dyad:
                told = ["" if each is None else f"{each:.1f}" for each in (*held.scales, held.rupture)]
                writer.writerow([f"P{at}", held.number, *told])
    return path


def refused(result: Result, *parts: str, code: int = 1) -> None:
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert re.search(r"Error: [^\n]+[.?!]\n\Z", result.stderr), result.stderr
    for part in parts:
        assert part in result.stderr


def test_a_file_in_and_a_table_out(ratings: Path) -> None:
    result = alliance(ratings)
    assert result.exit_code == 0
    table = list(csv.DictReader(io.StringIO(result.stdout)))
    assert result.stdout.splitlines()[0] == ",".join(COLUMNS)
    assert [row["level"] for row in table] == ["none"] * 5 + ["ask", "ask"]
    assert [row["alert"] for row in table] == ["0"] * 5 + ["1", "0"]
    assert table[5]["rules"].split(";")[0] == "own-word"
    assert result.stderr == (
        "Prior: the defaults, which are assumptions.\n"
        "Method: the odds of a rupture, since tension or missing forms are recorded.\n"
        "Rows: 7. New questions: 1.\n"
    )


def test_standard_input_and_a_file_give_the_same(ratings: Path, tmp_path: Path) -> None:
    told = alliance(ratings).stdout
    assert alliance("-", typed=CALM).stdout == told
    out = tmp_path / "found.csv"
    result = alliance(ratings, "--out", out)
    assert (result.stdout, out.read_text(encoding="utf-8")) == ("", told)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["found.csv", "ratings.csv"]


def test_ratings_alone_are_read_by_the_charts_for_them() -> None:
    result = alliance("-", typed=RATED.encode())
    assert "the two charts for ratings alone" in result.stderr
    assert result.stdout == alliance("-", "--method", "ratings-only", typed=RATED.encode()).stdout
    assert result.stdout.splitlines()[-1].endswith(",,ask,drop;drift,1,open")


@pytest.mark.parametrize("method", ["xmr", "previous-drop", "reliable-change", "cut-off"])
def test_other_rules_ask_in_their_own_name(method: str) -> None:
    longer = RATED + "A,5,84\nA,6,20\n"
    last = alliance("-", "--method", method, typed=longer.encode()).stdout.splitlines()[-1]
    assert last.startswith("A,6,20.00,")
    assert f",ask,{method}," in last


def test_a_prior_is_learned_kept_and_used_again(history: Path, tmp_path: Path) -> None:
    kept = tmp_path / "prior.json"
    learned = alliance(history, "--prior", "fit", "--save-prior", kept)
    assert re.match(r"Prior: Learned from \d+ courses with 1,\d+ rated sessions. Below 200", learned.stderr)
    fitted = Fitted.from_json(kept.read_text(encoding="utf-8"))
    assert (fitted.dyads_used, fitted.links_learned) == (pytest.approx(120, abs=3), True)
    assert fitted.prior.mu0 == pytest.approx(60 + 22 * 50 / 170, abs=4)
    again = alliance(history, "--prior", kept)
    assert again.stdout == learned.stdout
    assert again.stdout != alliance(history).stdout


def test_the_defaults_can_be_kept_too(ratings: Path, tmp_path: Path) -> None:
    kept = tmp_path / "prior.json"
    assert alliance(ratings, "--save-prior", kept).exit_code == 0
    assert Fitted.from_json(kept.read_text(encoding="utf-8")) == NOTHING


def test_a_file_too_short_to_learn_from_leaves_the_defaults(tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_bytes(lines("A,1,80,82,84,10", "B,1,80,82,84,10"))
    result = alliance(few, "--prior", "fit")
    assert result.stderr.startswith("Prior: No past to learn from yet")
    assert result.stdout == alliance(few).stdout


def test_what_is_not_read_is_said() -> None:
    result = alliance("-", typed=b"dyad,session,score,date,note\nA,1,80,2026-01-01,well\n")
    assert "Columns that are not read: date, note.\n" in result.stderr


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        (b"", ["Standard input is empty"]),
        (HEADER.replace(",", ";").encode(), ["Standard input separates its columns with semicolons"]),
        (lines("A,1,80,82,84,10", "A,2,80,x,84,10"), ["Standard input, line 3, column attunement: “x” is not a"]),
        (lines("A,1,80,82,84,10", "A,1,80,82,84,10"), ["line 3, column session: session 1 of dyad “A” stands in"]),
        (b"\xff\xfe", ["Standard input is not text in UTF-8"]),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_in_one_sentence(typed: bytes, parts: list[str]) -> None:
    refused(alliance("-", typed=typed), *parts)


def test_a_refused_file_leaves_nothing_behind(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(lines("A,1,80,82,84,10", "A,2,80,82,184,10"))
    out = tmp_path / "found.csv"
    out.write_text("earlier", encoding="utf-8")
    refused(alliance(wrong, "--out", out), "wrong.csv, line 3, column collaboration")
    assert out.read_text(encoding="utf-8") == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["found.csv", "wrong.csv"]


def test_what_cannot_be_is_said_before_anything_is_read(ratings: Path, tmp_path: Path) -> None:
    refused(alliance(tmp_path / "none.csv"), "none.csv", code=2)
    refused(alliance(tmp_path), "directory", code=2)
    refused(alliance(ratings, "--out", ratings), "the very file that is read", code=2)
    refused(alliance(ratings, "--save-prior", ratings), "--save-prior names the very file", code=2)
    refused(alliance("-", "--prior", "fit", typed=CALM), "reads the ratings twice", code=2)
    refused(alliance(ratings, "--prior", tmp_path / "none.json"), "No prior can be read", "No such file")
    refused(alliance(ratings, "--prior", ratings), "No prior can be read", "This is no clinic’s prior")
    refused(alliance(ratings, "--out", tmp_path / "none" / "found.csv"), "cannot be written")
    refused(alliance(ratings, "--save-prior", tmp_path / "none" / "prior.json"), "cannot be written")
    assert ratings.read_bytes() == CALM


def test_a_saved_prior_that_was_tampered_with_is_refused(ratings: Path, tmp_path: Path) -> None:
    kept = tmp_path / "prior.json"
    stored = json.loads(NOTHING.to_json())
    stored["prior"]["tau2"] = -1
    kept.write_text(json.dumps(stored), encoding="utf-8")
    refused(alliance(ratings, "--prior", kept), "The prior’s tau2 must be above 0, not -1.")


def test_it_works_in_a_pipe_and_stops_with_it(history: Path) -> None:
    """A process of its own, whose reader goes away after the first line."""
    text = history.read_text(encoding="utf-8")
    rows = text.splitlines(keepends=True)
    chance = random.Random(1)
    typed = rows[0] + "".join(chance.sample(rows[1:], len(rows) - 1))
    command = [sys.executable, "-m", "alliance.cli", "detect", "-", "--method", "cut-off"]
    whole = subprocess.run(command, input=typed, capture_output=True, text=True, encoding="utf-8", check=True)
    assert len(whole.stdout.splitlines()) == len(rows)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.write(typed.encode())
        process.stdin.close()
        told = process.stderr.read().decode()
    assert "Traceback" not in told
