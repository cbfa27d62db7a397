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


def number(count: int) -> str:
    """A count as people say it: words up to twelve, then figures."""
    return SMALL[count] if 0 <= count < len(SMALL) else str(count)


def count(number_of: int, one: str, many: str | None = None) -> str:
    """`count(1, "session")` → "one session"; `count(3, "session")` → "three sessions"."""
    return f"{number(number_of)} {one if number_of == 1 else many or one + 's'}"


def capital(text: str) -> str:
    """The text as it begins a sentence; inside an opening quotation mark too."""
    start = 1 if text.startswith("“") else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def lower(text: str) -> str:
    """The text as it goes on inside a sentence."""
    return text[:1].lower() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Names as people list them: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def short_day(day: date) -> str:
    """`19 Nov`"""
    return f"{day.day} {day:%b}"


def week_day(day: date) -> str:
    """`Thu 19 Nov`"""
    return f"{day:%a} {short_day(day)}"


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
    (its words, value), or None when none is worth quoting; `top` is the highest value that could be picked.
    """

    session_number: int
    score: float | None
    tension: float | None
    worst: tuple[str, int] | None = None
    top: int = 10


STAYS_WITH_YOU = "It was kept from the therapist, and stays with you unless the patient says otherwise."


def alert_sentence(reading: Reading, said: Said, *, held_back: bool = False) -> str:
    """Why we ask, largest reason first, and what one might do about it.

    `held_back`: only the supervisor knows of it, and asking about the session would give it away.
    """
    why = _own_word(reading, said) if "own-word" in reading.rules else _signs(reading, said)
    then = STAYS_WITH_YOU if held_back else _suggestion(reading, said)
    return f"{why or _together(said.session_number)} {then}"


def _own_word(reading: Reading, said: Said) -> str:
    """What the patient said outright, then how the session was rated, if that speaks too."""
    what = _quoted(said) or _tension(reading, said)
    first = (
        f"After {_session(said.session_number)} the patient said so outright{f': {what}' if what else ''}."
    )
    rated = _rated(reading, said, "the session") if "ratings" in reading.rules else None
    return f"{first} {capital(rated)}." if rated else first


def _signs(reading: Reading, said: Said) -> str:
    """The signs that speak, in their order; the first one names the session."""
    parts: list[str] = []
    for rule in reading.rules:
        if rule == "ratings":
            part = _rated(reading, said, "the session" if parts else _session(said.session_number))
        elif rule == "report":
            part = _reported(reading, said, first=not parts)
        elif rule == "silence":
            part = no_form_after(reading.silent_run, said.session_number)
        else:
            raise ValueError(f"no words for the rule {rule!r}")
        if part:
            parts.append(part)
    if reading.rules[:1] == ("ratings",) and len(parts) > 1 and said.session_number > EARLY:
        return f"{capital(', and '.join(parts))}."
    return " ".join(f"{capital(part)}." for part in parts)


def _session(session_number: int) -> str:
    return "the first session" if session_number == 1 else f"session {session_number}"


def _rated(reading: Reading, said: Said, session: str) -> str | None:
    """`session 7 was rated 63, usually 83 give or take 6`"""
    if said.score is None:
        return None
    if 1 < said.session_number <= EARLY and session != "the session":
        session = f"{number(said.session_number)} sessions in, and the {ORDINALS[said.session_number]}"
    return f"{session} was rated {rated_beside(said.score, reading, said.session_number)}"


def rated_beside(score: float, reading: Reading, session_number: int) -> str:
    """A score that speaks, beside what was to be expected: `63, usually 83 give or take 6`."""
    if score >= reading.expected - reading.give_or_take:
        # So near the usual, ratings are a sign only where one scale fell alone.
        near = "about as usual" if session_number > EARLY else "about what was to be expected"
        return f"{score:.0f}, {near}, but one scale fell behind the others"
    return f"{score:.0f}, {beside(reading, session_number)}"


def beside(reading: Reading, session_number: int) -> str:
    """What a score is to be read against: early on there is no usual yet."""
    if session_number > EARLY:
        return usually(reading)
    return _expected_early(reading.expected, session_number)


def usually(reading: Reading) -> str:
    """`usually 83 give or take 6`"""
    return f"usually {_on_scale(reading.expected)} give or take {reading.give_or_take:.0f}"


def usual_tension(reading: Reading, session_number: int) -> str:
    """`usually 6`, or what most begin with."""
    if session_number > EARLY:
        return f"usually {_on_scale(reading.usual_tension)}"
    return _expected_early(reading.usual_tension, session_number)


def _expected_early(expected: float, session_number: int) -> str:
    if session_number == 1:
        return f"where most begin near {_on_scale(expected)}"
    return f"where about {_on_scale(expected)} was to be expected"


def _on_scale(expected: float) -> str:
    """An expected score as people know it: what is expected may lie beyond the ends of the scale."""
    return f"{min(max(expected, 0.0), 100.0):.0f}"


def _reported(reading: Reading, said: Said, *, first: bool) -> str | None:
    quoted, tension = _quoted(said), _tension(reading, said)
    if not first:
        return quoted or tension
    if tension is None:
        return f"after {_session(said.session_number)}, {quoted}" if quoted else None
    return f"after {_session(said.session_number)}, {tension}{f': {quoted}' if quoted else ''}"


def _quoted(said: Said) -> str | None:
    """`“I kept something back” was 6 of 10`"""
    return f"“{said.worst[0]}” was {said.worst[1]} of {said.top}" if said.worst else None


def _tension(reading: Reading, said: Said) -> str | None:
    if said.tension is None:
        return None
    return f"tension was {said.tension:.0f}, {usual_tension(reading, said.session_number)}"


def no_form_after(run: int, session_number: int) -> str | None:
    """`no form came back after the last three sessions`; None where there was one."""
    if run == 0:
        return None
    which = "first" if run >= session_number else "last"
    return f"no form came back after the {which} {'session' if run == 1 else f'{number(run)} sessions'}"


def _together(session_number: int) -> str:
    """Where no part of the evidence speaks alone."""
    usual = "this patient’s usual" if session_number > EARLY else "what was to be expected"
    return f"No single answer stands out, but together they are a little off {usual}."


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
    elif not reading_rules:
        words = "small signs, adding up"
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
