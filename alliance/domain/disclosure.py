"""What an export for research gives away, and what was left out so that it does not: a report, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alliance.domain.deidentifying import Groups
from alliance.domain.wording import count

__all__ = ["Disclosure", "report"]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The figures of the report.

    Of all patients: who agreed, who of them waits to be erased or has no session. Of the courses: how far they are
    told, and how much was cut. Of the rest: what was left out since few share it; `patterns`: how many have days
    between their first sessions that nobody else has.
    """

    number: str
    least: int
    everybody: int
    agreed: int
    waiting: int
    without: int
    groups: Groups
    longest: int
    days: int
    cut: int
    sessions_cut: int
    questionnaires: Sequence[str]
    left_out: int
    ticks: int
    disputed: int
    patterns: int
    first: int


def report(told: Disclosure) -> str:
    """The report in Markdown. It stays in the clinic: its small numbers are not for whoever gets the export."""
    return (
        "\n".join([*_who(told), *_groups(told), *_left_out(told), *REMAINS_HEAD, *_remains(told), *END])
        + "\n"
    )


def _who(told: Disclosure) -> Iterator[str]:
    yield f"# What research export {told.number} gives away"
    yield ""
    yield (
        "For whoever answers for data protection in the clinic. Do not hand this page on with the export: the export"
        " tells nothing of few people, and this page does."
    )
    yield from ("", "## Who is in it", "")
    yield f"- Patients of the clinic: {told.everybody:,}. Of them agreed to research: {told.agreed:,}."
    yield f"- Left out though they agreed: {told.waiting:,} who are to be erased, {told.without:,} without a session."
    yield f"- In it: {count(told.groups.patients, 'patient')}, each in one therapy."


def _groups(told: Disclosure) -> Iterator[str]:
    groups = told.groups
    yield from ("", "## How large the groups are", "")
    yield (
        "Others may know who treats a patient, and in which language. Patients who are told alike in both make a group."
    )
    yield ""
    yield (
        f"- The smallest group has {count(groups.smallest, 'patient')} (k = {groups.smallest}); at least {told.least}"
        " were asked for."
    )
    yield f"- Groups: {groups.groups:,}. The middle one has {count(groups.middle, 'patient')}."
    yield (
        f"- Therapists told apart: {groups.therapists:,}. Somebody of the clinic may tell which is which by how many"
        " patients each has."
    )


def _left_out(told: Disclosure) -> Iterator[str]:
    groups = told.groups
    yield from ("", "## What was left out so that nobody stands out", "")
    yield f"- Language blank: {count(groups.without_language, 'patient')}."
    yield f"- Therapist blank: {count(groups.without_therapist, 'patient')}."
    yield (
        f"- Courses are told up to session {told.longest:,}, and up to {count(told.days, 'day')} after the first: as"
        f" far as {told.least} patients go. Courses cut: {told.cut:,}, by {count(told.sessions_cut, 'session')} in all."
    )
    if told.questionnaires:
        yield (
            f"- Left out altogether: {count(told.left_out, 'patient')} with {', '.join(told.questionnaires)}, which"
            f" fewer than {told.least} have."
        )
    yield f"- Kinds of ticks that fewer than {told.least} patients have: {told.ticks:,}."
    yield (
        f"- Forms of which somebody said that they are not the patient’s: {told.disputed:,}. Such a session reads as"
        " one without a form, as does one whose form the patient kept from the therapist; how many of those there are,"
        " this page does not tell either."
    )
    yield (
        "- Out altogether: codes, names, addresses, comments and notes, days and times as they were, how a form came,"
        " who asked for help, what therapists thought."
    )


REMAINS_HEAD = ("", "## What remains", "")


def _remains(told: Disclosure) -> Iterator[str]:
    yield (
        f"- The days between sessions are as they were. Of {count(told.groups.patients, 'patient')}, {told.patterns:,}"
        f" have days between their first {told.first} sessions that nobody else here has: whoever holds a calendar of"
        " the clinic could know them by it."
    )
    yield (
        "- Ratings are as they were. A therapist who remembers a course may know it again; so may a patient their own."
    )
    yield (
        "- Groups of this size guard against being singled out by therapist and language, not against learning"
        " something of a whole group whose members answered alike."
    )


END = (
    "",
    "So these are personal data still (GDPR, recital 26). Give them to named people, for a purpose that the patients"
    " agreed to, under an agreement that forbids to look for anybody, to join them with other data and to pass them on;"
    " never to the public.",
    "",
    "The names of patients and therapists are made for this export, with a key that is not kept. Two exports cannot be"
    " joined by them, and nobody can find a patient in one afterwards. A patient who takes the agreement back is in no"
    " later export; if they want to be out of this one too, make it anew and have the old one deleted.",
)
