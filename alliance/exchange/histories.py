"""Past ratings and caseloads from a table, line by line: each is a record, or says what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date

from alliance.domain.imported import SCORES, Kind, PastCase, PastRating, Wrong
from alliance.domain.spreadsheets import plain
from alliance.exchange.incoming import Incoming, IncomingFault, Uneven
from alliance.exchange.mapping import ORDERS, SCALES, Plan
from alliance.exchange.ratings import shown
from surveys.definition import Instrument
from surveys.scoring import Score, score

__all__ = ["Histories"]

DECIMALS = 6
DATES = {
    "year-month-day": re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    "day.month.year": re.compile(r"(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})"),
    "month/day/year": re.compile(r"(?P<m>\d{1,2})[./-](?P<d>\d{1,2})[./-](?P<y>\d{4})"),
}
MIDNIGHT = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,20})?([eE][+-]?\d{1,2})?")
MOST_DIGITS = 6
MOST_REMEMBERED = 10_000

# Safety, attunement, collaboration, rupture and alliance of one session, 0 to 100.
Scores = tuple[float | None, float | None, float | None, float | None, float | None]


class _Refused(Exception):
    """What is wrong with one cell."""


class Histories:
    """The lines of a table as a clinic takes them over; iterate over it once.

    Raises IncomingFault for what is wrong with the whole file. What is wrong with a line comes in its place.
    """

    def __init__(self, incoming: Incoming, plan: Plan, instrument: Instrument | None = None) -> None:
        """`instrument`: that of the items, where there are any."""
        self._incoming = incoming
        self._plan = plan
        self._instrument = instrument
        self._at = {one: self._place(column) for one, column in plan.columns.items() if column}
        self._items = {item: self._place(column) for item, column in plan.items.items()}
        self._numbers: dict[tuple[str, str], float | None] = {}
        self._dates: dict[str, date] = {}
        if instrument is not None and not instrument.watched:
            told = f"{instrument.key} measures something of its own, none of the scales here: it cannot be imported."
            raise IncomingFault(told)
        known = {item.id for item in instrument.items} if instrument else set()
        for item in self._items:
            if item not in known:
                where = instrument.key if instrument else "the questionnaire"
                told = f"There is no item {shown(item)} in {where}. It has {', '.join(sorted(known))}."
                raise IncomingFault(told)

    def __iter__(self) -> Iterator[PastRating | PastCase | Wrong]:
        read = self._case if self._plan.kind is Kind.CASELOAD else self._rating
        for row in self._incoming:
            if isinstance(row, Uneven):
                yield Wrong(row.line, "", row.sentence)
                continue
            self._column = ""
            try:
                yield read(row.line, row.values)
            except _Refused as refused:
                yield Wrong(row.line, self._column, f"{refused}.")

    def _place(self, column: str) -> int:
        for place, name in enumerate(self._incoming.columns):
            if name.casefold() == column.casefold():
                return place
        raise IncomingFault(
            f"{self._incoming.name} has no column {shown(column)}. Its columns are "
            f"{', '.join(shown(name) for name in self._incoming.columns[:20])}."
        )

    def _cell(self, cells: Sequence[str], name: str) -> str:
        """What stands in a column, or what is fixed for it; empty where that is one of the signs for nothing."""
        self._column = self._plan.columns.get(name, name)
        place = self._at.get(name)
        text = " ".join(plain(cells[place].strip()).split()) if place is not None else ""
        text = "" if text in self._plan.missing else text
        return text or self._plan.fixed.get(name, "")

    def _needed(self, cells: Sequence[str], name: str, what: str) -> str:
        text = self._cell(cells, name)
        if not text:
            raise _Refused(f"{what} is missing. Fill it in, or take the line out")
        return text

    def _case(self, line: int, cells: Sequence[str]) -> PastCase:
        patient = self._needed(cells, "patient", "the patient’s code")
        therapist = self._therapist(cells)
        start = self._day(self._needed(cells, "start", "the first day"))
        language, instrument = self._cell(cells, "language") or "en", self._cell(cells, "instrument")
        end = self._cell(cells, "end")
        return PastCase(
            line,
            patient,
            therapist,
            language,
            instrument or "after-session",
            start,
            self._day(end) if end else None,
        )

    def _rating(self, line: int, cells: Sequence[str]) -> PastRating:
        patient = self._needed(cells, "patient", "the patient’s code")
        therapist = self._therapist(cells)
        held_on = self._day(self._needed(cells, "date", "the day of the session"))
        number = self._session(self._cell(cells, "session"))
        answers = self._answers(cells) if self._items else {}
        scores = self._worked_out(answers) if self._items else self._scores(cells)
        items = json.dumps(answers, sort_keys=True) if answers else None
        return PastRating(line, patient, therapist, number, held_on, *scores, items)

    def _scores(self, cells: Sequence[str]) -> Scores:
        safety, attunement, collaboration, rupture, total = (self._score(cells, scale) for scale in SCALES)
        scales = [one for one in (safety, attunement, collaboration) if one is not None]
        if total is None and len(scales) >= 2:  # two thirds of them, as with a form of this house
            total = round(sum(scales) / len(scales), DECIMALS)
        return safety, attunement, collaboration, rupture, total

    def _answers(self, cells: Sequence[str]) -> dict[str, int]:
        assert self._instrument is not None  # noqa: S101 (there are items)
        answers: dict[str, int] = {}
        low, high = self._instrument.minimum, self._instrument.maximum
        for item, place in self._items.items():
            self._column = self._plan.items[item]
            text = plain(cells[place].strip())
            if text in self._plan.missing:
                continue
            if not re.fullmatch(r"-?\d{1,6}", text) or not low <= int(text) <= high:
                raise _Refused(
                    f"{shown(text)} is not a whole number from {low} to {high}. Leave it blank if not answered"
                )
            answers[item] = int(text)
        return answers

    def _worked_out(self, answers: dict[str, int]) -> Scores:
        assert self._instrument is not None  # noqa: S101 (there are items)
        found = score(self._instrument, answers)
        safety, attunement, collaboration, rupture, alliance = (
            round(one.value, DECIMALS) if isinstance(one := found.get(scale), Score) else None
            for scale in SCORES
        )
        return safety, attunement, collaboration, rupture, alliance

    def _therapist(self, cells: Sequence[str]) -> str:
        text = self._cell(cells, "therapist")
        return self._plan.therapists.get(text, text)

    def _session(self, text: str) -> int | None:
        if not text:
            return None
        digits = text.removesuffix(".0")
        if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS and int(digits) > 0:
            return int(digits)
        raise _Refused(f"{shown(text)} is not a whole number from 1")

    def _day(self, text: str) -> date:
        found = self._dates.get(text)
        if found is None:
            found = self._read_day(text)
            if len(self._dates) < MOST_REMEMBERED:
                self._dates[text] = found
        return found

    def _read_day(self, text: str) -> date:
        order = self._plan.dates
        matched = DATES[order].fullmatch(MIDNIGHT.sub("", text)) if text.isascii() else None
        if matched is None:
            raise _Refused(f"{shown(text)} is not a day written like {ORDERS[order]}")
        try:
            return date(int(matched["y"]), int(matched["m"]), int(matched["d"]))
        except ValueError:
            raise _Refused(
                f"{shown(text)} is a day that does not exist. Look at the order of day and month"
            ) from None

    def _score(self, cells: Sequence[str], scale: str) -> float | None:
        place = self._at.get(scale)
        if place is None:
            return None
        text = cells[place]
        key = (scale, text)
        try:
            return self._numbers[key]
        except KeyError:
            self._column = self._plan.columns[scale]
            value = self._read_score(plain(text.strip()), scale)
        if len(self._numbers) < MOST_REMEMBERED:
            self._numbers[key] = value
        return value

    def _read_score(self, text: str, scale: str) -> float | None:
        if text in self._plan.missing:
            return None
        comma = self._plan.decimal == ","
        number = text.replace(",", ".") if comma else text
        if not NUMBER.fullmatch(number) or not number.isascii() or (comma and "." in text):
            sign = "comma" if comma else "point"
            other = "." in text if comma else "," in text
            hint = (
                f". Decimals are written with a {sign} here: change the file, or the mapping" if other else ""
            )
            raise _Refused(f"{shown(text)} is not a number{hint}")
        worst, best = self._plan.ranges.get(scale, (0.0, 100.0))
        value = float(number)
        if not min(worst, best) <= value <= max(worst, best):
            span = f"{min(worst, best):g} to {max(worst, best):g}"
            raise _Refused(f"{shown(text)} is not from {span}. Correct it, or the range in the mapping")
        return round(100.0 * (value - worst) / (best - worst), DECIMALS)
