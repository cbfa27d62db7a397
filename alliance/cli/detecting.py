"""`alliance detect`: the detector for anybody's ratings, without a clinic."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from alliance.cli.progress import watched

if TYPE_CHECKING:
    from alliance.analysis.fitted import Fitted

STANDARD = "-"
METHODS = ("design", "ratings-only", "xmr", "previous-drop", "reliable-change", "cut-off")
BLOCK = 1 << 20
T = TypeVar("T")


@click.command()
@click.argument(
    "ratings", metavar="RATINGS.csv", type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option(
    "--prior",
    "source",
    default="default",
    show_default=True,
    metavar="default|fit|FILE",
    help="What is expected before a first answer: assumed, learned from these ratings, or what --save-prior wrote.",
)
@click.option(
    "--save-prior",
    "kept",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the prior here, as JSON.",
)
@click.option("--method", type=click.Choice(METHODS), default=METHODS[0], show_default=True)
@click.option("--out", default=STANDARD, metavar="FILE|-", help="Write here instead of to standard output.")
def detect(ratings: str, source: str, kept: Path | None, method: str, out: str) -> None:
    """Say for every row of RATINGS.csv whether it asks for a conversation. “-” reads standard input.

    RATINGS.csv has a row for each held session: the columns dyad, session (a number from 1), safety, attunement
    and collaboration or one score instead, and rupture if it was asked. All run from 0 to 100; a blank was not
    answered. Out comes CSV, a row for a row.
    """
    from alliance.exchange.detecting import Detection, write
    from alliance.exchange.ratings import RatingsFile

    for option, target in (("--out", out), ("--save-prior", kept)):
        if target and STANDARD not in (ratings, target) and Path(target).resolve() == Path(ratings).resolve():
            raise click.UsageError(f"{option} names the very file that is read: choose another.")
    fitted = _prior(source, ratings)
    if kept:
        with _written(str(kept)) as stream:
            stream.write(f"{fitted.to_json()}\n")
    name = _name(ratings)
    with _opened(ratings) as source_of_rows:
        file = RatingsFile(source_of_rows, name)
        if file.ignored:
            _note(f"Columns that are not read: {', '.join(file.ignored)}.")
        detection = Detection(file, method, fitted, name)
        if detection.uses_odds is not None:
            _note(f"Method: {_reason(uses_odds=detection.uses_odds)}")
        with _written(out) as stream:
            written = write(_watched(detection, ratings, "Detecting"), stream)
    _note(f"Rows: {written.rows:,}. New questions: {written.questions:,}.")


def _reason(*, uses_odds: bool) -> str:
    if uses_odds:
        return "the odds of a rupture, since tension or missing forms are recorded."
    return "the two charts for ratings alone, since neither tension nor missing forms are recorded."


def _prior(source: str, ratings: str) -> Fitted:
    """What to expect before a first answer, and on standard error where that comes from."""
    from alliance.analysis.fitted import NOTHING
    from alliance.domain.clinic_data import in_words

    if source == "default":
        _note("Prior: the defaults, which are assumptions.")
        return NOTHING
    fitted = _learned(ratings) if source == "fit" else _read_prior(source)
    _note(f"Prior: {in_words(fitted)[0]}")
    return fitted


def _learned(ratings: str) -> Fitted:
    from alliance.analysis.fitting import fit_prior
    from alliance.exchange.detecting import past
    from alliance.exchange.ratings import RatingsFile

    if ratings == STANDARD or not Path(ratings).is_file():
        raise click.UsageError("--prior fit reads the ratings twice: give it a plain file.")
    with _opened(ratings) as stream:
        return fit_prior(past(_watched(RatingsFile(stream, _name(ratings)), ratings, "Learning")))


def _read_prior(path: str) -> Fitted:
    from alliance.analysis.fitted import Fitted

    try:
        return Fitted.from_json(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = f"{error.strerror}." if isinstance(error, OSError) else error
        raise click.ClickException(f"No prior can be read from {path}: {reason}") from error


def _note(sentence: str) -> None:
    click.echo(sentence, err=True)


def _name(ratings: str) -> str:
    return "Standard input" if ratings == STANDARD else Path(ratings).name


@contextmanager
def _opened(ratings: str) -> Iterator[TextIO]:
    from alliance.exchange.ratings import ENCODING

    if ratings == STANDARD:
        standard = io.TextIOWrapper(sys.stdin.buffer, encoding=ENCODING, newline="")
        try:
            yield standard
        finally:
            standard.detach()
        return
    try:
        with Path(ratings).open(encoding=ENCODING, newline="") as stream:
            yield stream
    except OSError as error:
        raise click.ClickException(f"{ratings} cannot be read: {error.strerror}.") from error


@contextmanager
def _written(out: str) -> Iterator[TextIO]:
    """Where to write: standard output, or a file that is there whole or not at all, its owner’s alone."""
    if out == STANDARD:
        standard = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
        try:
            yield standard
        finally:
            standard.detach()  # which also writes what is left
        return
    try:
        with _replaced(Path(out)) as stream:
            yield stream
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error


@contextmanager
def _replaced(path: Path) -> Iterator[TextIO]:
    if path.exists() and not path.is_file():  # a pipe, a terminal
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
        beside.replace(path)
    except BaseException:
        beside.unlink()
        raise


def _watched(rows: Iterable[T], ratings: str, doing: str) -> Iterable[T]:
    return watched(rows, doing, _lines(ratings), unit="rows")


def _lines(ratings: str) -> int | None:
    """About how many rows there are; None where nobody can tell beforehand."""
    if ratings == STANDARD or not Path(ratings).is_file():
        return None
    with Path(ratings).open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(BLOCK), b""))
