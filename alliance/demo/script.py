"""The script of the made-up clinic: what happens when. A function of seed and day; nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from alliance.demo.cast import CASELOADS, Part
from alliance.demo.casting import cast
from alliance.demo.courses import Rupture, days
from alliance.demo.words import Comments, Mood
from surveys.library import Library

PAUSES = 0.08  # chance that a week is left out: holidays, a cold
HOURS = (9, 10, 11, 13, 14, 15, 16, 17)  # when sessions begin; they end 50 minutes later

MENDING: Mapping[str, Mood] = {"little": "little", "helped": "helped", "not-helped": "not-helped"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it comes back."""

    at: datetime
    picked: Mapping[str, int]
    talked: str
    comment: str
    audience: str
    wants_help: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """One held session: when it was over, what the therapist noted then, and the form if it came back."""

    therapist: str
    part: Part
    number: int
    held_on: date
    over_at: datetime
    next_on: date
    noted: str | None = None
    sheet: Sheet | None = None


def visits(seed: int, today: date, zone: ZoneInfo, library: Library) -> list[Visit]:
    """Every held session of every patient up to yesterday, in the order of the patients’ codes."""
    written: list[Visit] = []
    for therapist, parts in CASELOADS.items():
        hours = _hours(parts, today, Random(f"{seed} {therapist} hours"))
        for part in parts:
            written.extend(_visits_of(part, therapist, seed, *hours[part.code], zone, library))
    return written


def last_weekday(today: date) -> date:
    """Today, or the Friday before if there are no sessions today."""
    return today - timedelta(days=max(0, today.weekday() - 4))


def _hours(parts: tuple[Part, ...], today: date, rng: Random) -> dict[str, tuple[date, time]]:
    """The day of each patient’s last session but today’s, and its hour.

    Those with a fresh link came today, so their session before was a week ago. All others came in the last
    seven days, at an hour of their own.
    """
    week = [today - timedelta(days=back) for back in range(1, 8)]
    slots = [(day, time(hour)) for day in week if day.weekday() < 5 for hour in HOURS]
    rng.shuffle(slots)
    before = last_weekday(today) - timedelta(days=7)
    found = {}
    for part in parts:
        found[part.code] = (before, time(rng.choice(HOURS))) if part.fresh_link else slots.pop()
    return found


def _visits_of(
    part: Part, therapist: str, seed: int, last: date, hour: time, zone: ZoneInfo, library: Library
) -> Iterator[Visit]:
    rng = Random(f"{seed} {part.code} days")
    comments = Comments(rng)
    answered = cast(part, library.get(part.instrument), seed)
    held = days(part.course, last, PAUSES, rng)
    for number, (day, picked) in enumerate(zip(held, answered, strict=True), start=1):
        over_at = (datetime.combine(day, hour, zone) + timedelta(minutes=50)).astimezone(UTC)
        newest = number == len(held)
        yield Visit(
            therapist=therapist,
            part=part,
            number=number,
            held_on=day,
            over_at=over_at,
            next_on=day + timedelta(days=7) if newest else held[number],
            noted=part.noted.get(number),
            sheet=_sheet(part, number, picked, over_at, comments, rng) if picked is not None else None,
        )


def _sheet(
    part: Part, number: int, picked: Mapping[str, int], over_at: datetime, comments: Comments, rng: Random
) -> Sheet:
    return Sheet(
        at=over_at + _delay(rng),
        picked=picked,
        talked=part.talked.get(number) or rng.choices(("", "no-need", "no"), (11, 6, 3))[0],
        comment=_comment(part, number, comments, rng),
        audience="supervisor" if number in part.to_supervisor else "both",
        wants_help=number in part.wants_help,
    )


def _delay(rng: Random) -> timedelta:
    """From the end of the session to the answer: most within the hour, all by the end of the evening."""
    minutes = min(rng.lognormvariate(3.3, 1.1), 300.0)
    return timedelta(minutes=5 + minutes, seconds=rng.randrange(60))


def _comment(part: Part, number: int, comments: Comments, rng: Random) -> str:
    """Something in the patient’s words, more often when there is something to say."""
    said = MENDING.get(part.talked.get(number, ""))
    rupture = part.course.rupture_in(number)
    mood: Mood
    if said is not None:
        mood, chance = said, 0.85
    elif rupture is not None and rupture.depth_in(number) >= 20:
        mood, chance = rupture.kind, _chance(rupture, number)
    else:
        mood, chance = "plain", 0.0 if part.course.tens else 0.2
    return comments.say(mood) if rng.random() < chance else ""


def _chance(rupture: Rupture, number: int) -> float:
    """People write when it happens; later on they have said it."""
    return 0.9 if number == rupture.at else 0.25
