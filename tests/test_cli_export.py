"""`alliance export` as somebody types it."""

from __future__ import annotations

import getpass
from pathlib import Path

from click.testing import CliRunner, Result

from alliance.cli import main
from alliance.exchange.codebook import in_words
from tests.cast import Cast
from tests.exchange.taken import files, tables


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in ("export", *words)])


def test_tables_from_the_command_line(cast: Cast, tmp_path: Path) -> None:
    folder, out = cast.clinic.config.folder, tmp_path / "out.zip"
    told = run("tables", folder, out)
    assert told.exit_code == 0 and told.stderr == ""
    number = tables(out)["patients"][0]["export"]
    assert told.stdout.startswith(
        f"{out}: export {number}. 2 patients, 3 therapies, 16 sessions, 14 responses, 168 answers"
    )
    assert f"“{getpass.getuser()}”" in files(out)["README.txt"].decode("utf-8")
    again = run("tables", folder, out)
    assert again.exit_code == 1 and again.stderr == (
        f"Error: {out} is there already. Nothing is overwritten: choose another name.\n"
    )


def test_research_with_too_few_says_what_is_missing(cast: Cast, tmp_path: Path) -> None:
    told = run("research", cast.clinic.config.folder, tmp_path / "out")
    assert told.exit_code == 1 and "at least 8 patients who agreed" in told.stderr
    assert "Of 2 patients, 0 agreed" in told.stderr and list(tmp_path.iterdir()) == [tmp_path / "clinic"]
    assert run("research", "--least", 7, cast.clinic.config.folder, tmp_path / "out").exit_code == 2


def test_nowhere_and_no_clinic_are_sentences(cast: Cast, tmp_path: Path) -> None:
    told = run("tables", cast.clinic.config.folder, tmp_path / "no" / "out")
    assert told.exit_code == 1 and told.stderr.startswith("Error: There is no folder")
    told = run("tables", tmp_path, tmp_path / "out")
    assert told.exit_code == 1 and told.stderr.count("\n") == 1


def test_the_codebook_needs_no_clinic() -> None:
    told = run("codebook")
    assert told.exit_code == 0 and told.stdout.startswith("# Codebook\n")
    assert "| `safe` | safety | 6 9 | I felt safe with my therapist. |" in told.stdout
    assert told.stdout.count("\n## ") > in_words(()).count("\n## ") + 12
