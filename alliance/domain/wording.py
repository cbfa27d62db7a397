"""What the numbers say, in words a therapist understands. Questions, never verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alliance.analysis.track import Reading

EARLY = 3  # up to here a patient has no usual of their own yet

SMALL = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
ORDINALS = ("", "first", "second", "third")

# How often such a question turns out to be an ordinary up and down: DETECTION's caseload of simulated
# courses, the share of alerts that is not within four sessions of a true onset nor on an unrepaired one.
HOW_SURE_ASK = "in simulations, about one in three was an ordinary up and down"
HOW_SURE_KEEP = "fainter signs, more than half of them ordinary ups and downs"


def number(count: int) -> str:
    """A count as people say it: words up to twelve, then figures."""
    return SMALL[count] if 0 <= count < len(SMALL) else str(count)


def count(number_of: int, one: str, many: str | None = None) -> str:
    """`count(1, "session")` → "one session"; `count(3, "session")` → "three sessions"."""
    return f"{number(number_of)} {one if number_of == 1 else many or one + 's'}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Names as people list them: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def short_day(day: date) -> str:
    """`19 Nov`"""
    return f"{day.day} {day:%b}"


def long_day(day: date) -> str:
    """`Thursday 19 November`"""
    return f"{day:%A} {day.day} {day:%B}"


def plain_day(day: date) -> str:
    """`19 November`"""
    return f"{day.day} {day:%B}"


@dataclass(frozen=True, slots=True)
class Said:
    """What one response said, as far as a sentence needs it.

    `score` and `tension` are 0–100 or None. `worst` is the rupture item picked highest, as it is quoted
    (short name, value out of ten), or None when none was above 2.
    """

    session_number: int
    score: float | None
    tension: float | None
    worst: tuple[str, int] | None = None


def alert_sentence(reading: Reading, said: Said) -> str:
    """Why we ask, largest reason first, and what one might do about it."""
    parts = [part for rule in reading.rules if (part := _part(rule, reading, said))]
    if not parts:
        parts = ["the last answers together are lower than this patient’s usual range"]
    return f"{capital(', and '.join(_once(parts)))}. {_suggestion(reading, said)}"


def _once(parts: list[str]) -> list[str]:
    return list(dict.fromkeys(parts))


def _part(rule: str, reading: Reading, said: Said) -> str | None:
    if rule == "ratings":
        return _rated(reading, said)
    if rule == "report":
        return _tension(reading, said)
    if rule == "silence":
        return f"no form came back after {_last_sessions(reading.silent_run)}" if reading.silent_run else None
    if rule == "own-word":
        return f"in session {said.session_number} the patient said so: {_tension(reading, said)}"
    raise ValueError(f"no words for the rule {rule!r}")


def _rated(reading: Reading, said: Said) -> str | None:
    if said.score is None:
        return None
    if said.session_number == 1:
        return f"the first session was rated {said.score:.0f}, where most begin near {reading.expected:.0f}"
    if said.session_number <= EARLY:
        return (
            f"{number(said.session_number)} sessions in, and the {ORDINALS[said.session_number]} was rated"
            f" {said.score:.0f}, where about {reading.expected:.0f} was to be expected"
        )
    return f"session {said.session_number} was rated {said.score:.0f}, {usually(reading)}"


def usually(reading: Reading) -> str:
    """`usually 83 give or take 6`"""
    return f"usually {reading.expected:.0f} give or take {reading.give_or_take:.0f}"


def _tension(reading: Reading, said: Said) -> str | None:
    if said.worst:
        short, value = said.worst
        return f"“{short}” was {value} of 10"
    if said.tension is None:
        return None
    return f"tension was {said.tension:.0f}, usually {reading.usual_tension:.0f}"


def _last_sessions(run: int) -> str:
    return "the last session" if run == 1 else f"the last {number(run)} sessions"


def _suggestion(reading: Reading, said: Said) -> str:
    if reading.rules[:1] == ("silence",):
        return "If it fits, you might ask what the form is like to fill in."
    if said.session_number <= EARLY:
        return "You might ask what would help to feel all right here."
    if "own-word" in reading.rules:
        return "You might go back to it together."
    return "You might ask how that session felt."


def state(reading_rules: Sequence[str], session_number: int) -> str:
    """Two or three words for what an alert is about, to stand beside its mark."""
    if "own-word" in reading_rules:
        words = "said so outright"
    elif tuple(reading_rules[:1]) == ("silence",):
        words = "forms missing"
    elif "ratings" not in reading_rules and "report" in reading_rules:
        words = "more tension than usual"
    else:
        words = "lower than usual"
    return f"{words}, and early" if session_number <= EARLY else words


def age(since: date, today: date) -> str:
    """How long something has been open: `today`, `3 days`, `5 weeks`."""
    days = (today - since).days
    if days <= 0:
        return "today"
    if days < 14:
        return f"{days} {'day' if days == 1 else 'days'}"
    return f"{days // 7} weeks"
