"""Files with ratings of before, and the command that takes them over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from alliance.cli import main
from alliance.domain.people import Dyad
from alliance.domain.trend import Trend
from tests.cast import NOW, Cast, add_patient

HEADER = "patient,therapist,date,session,safety,attunement,collaboration,rupture"
BEGAN = date(2026, 3, 3)
JONAS = "jonas@clinic.example"

Level = float | None


def line(code: str, number: int, level: Level, tension: Level = 5, on: date | None = None) -> str:
    """One session of before; None was held without ratings."""
    day = on or BEGAN + timedelta(days=7 * number)
    value, tense = ("" if level is None else f"{level:g}"), ("" if tension is None else f"{tension:g}")
    return f"{code},{JONAS},{day},{number},{value},{value},{value},{tense if level is not None else ''}"


def history(code: str, levels: Sequence[Level], first: int = 1) -> list[str]:
    """A line for each level, numbered from `first`."""
    return [line(code, first + place, level) for place, level in enumerate(levels)]


def command(*arguments: object) -> Result:
    """`alliance import …` in this process."""
    return CliRunner().invoke(main, ["import", *map(str, arguments)])


def bring(
    cast: Cast, lines: Iterable[str], *options: str, kind: str = "ratings", header: str = HEADER
) -> Result:
    """Write a file and hand it to the command, with --go unless an option says otherwise."""
    path = cast.clinic.config.folder.parent / "history.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    go = () if "--look" in options else ("--go",)
    return hand_over(cast, path, *[option for option in options if option != "--look"], *go, kind=kind)


def hand_over(cast: Cast, path: Path, *options: str, kind: str = "ratings") -> Result:
    """Hand a file that is there to the command."""
    return command(kind, cast.clinic.config.folder, path, *options)


def with_history(cast: Cast, code: str, levels: Sequence[Level], *options: str) -> Dyad:
    """A patient of Jonas’ whose ratings of before were taken over."""
    dyad = add_patient(cast, code)
    result = bring(cast, history(code, levels), *options)
    assert result.exit_code == 0, result.output
    return dyad


def trend_of(cast: Cast, dyad: Dyad) -> Trend:
    """The course as its therapist sees it."""
    from alliance.actions import caseload

    found = caseload.own_trends(cast.clinic, cast.viewer("jonas"), NOW)
    return next(trend for trend in found if trend.dyad.id == dyad.id)
