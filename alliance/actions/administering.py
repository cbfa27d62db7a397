"""The administrator's side: who works here, and what the clinic tells its patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.analysis.fitted import NOTHING
from alliance.domain.access import Permission
from alliance.domain.certainty import Experience
from alliance.domain.clinic import ClinicSettings
from alliance.domain.clinic_data import in_words
from alliance.domain.people import Viewer
from alliance.domain.retention import LEAST_YEARS, MOST_YEARS
from alliance.domain.scale_figures import FormTold
from alliance.domain.scale_figures import in_words as scales_in_words
from alliance.languages import COUNTRIES, LANGUAGES
from alliance.storage import alerts, priors, settings
from surveys.library import Library

LANGUAGE_NAMES = {language.tag: language.name for language in LANGUAGES.values()}
LONGEST_LINK = 14 * 24  # hours
LONGEST_UNREAD = 10  # working days


def save_settings(clinic: Clinic, viewer: Viewer, changed: ClinicSettings, now: datetime) -> None:
    """Keep new settings; patients see them from now on. Raises Fault with the field that needs a look."""
    require(viewer, Permission.CHANGE_SETTINGS)
    check_settings(changed)
    if not changed.crisis_lines:
        raise Fault("Enter at least one line that can be called at any time", "crisis_lines")
    _check_choices(clinic.library, changed)
    with clinic.db.write() as conn:
        before = settings.clinic_settings(conn)
        names = [name for name in ClinicSettings.__slots__ if getattr(before, name) != getattr(changed, name)]
        if names:
            settings.save_clinic_settings(conn, changed)
            record(conn, viewer, "change settings", "setting", 0, now, {"changed": names})


def check_settings(changed: ClinicSettings) -> None:
    """Raise Fault for what patients could not use."""
    if not changed.name.strip():
        raise Fault("Enter the name that patients know the clinic by", "name")
    for line in changed.crisis_lines:
        if not line.name.strip() or not line.dial:
            raise Fault("Enter a name and a number that can be dialled for each help line", "crisis_lines")
        if _has_both_prefixes(line.number):
            raise Fault(f"Leave out the (0) after the country code of {line.name}", "crisis_lines")
        if line.country and line.country not in COUNTRIES:
            raise Fault(f"Enter the country of {line.name} by two letters, such as DE", "crisis_lines")
    if changed.crisis_lines and all(line.language for line in changed.crisis_lines):
        raise Fault("Keep one line for everybody: some patient reads another language", "crisis_lines")
    if changed.front_desk and not changed.front_desk_dial:
        raise Fault("Enter a number that can be dialled, or leave it out", "front_desk")
    if _has_both_prefixes(changed.front_desk):
        raise Fault("Leave out the (0) after the country code", "front_desk")
    if changed.time_zone not in _zones():
        raise Fault("Enter a time zone by its name, such as Europe/London", "time_zone")
    if changed.years_kept and not LEAST_YEARS <= changed.years_kept <= MOST_YEARS:
        raise Fault(
            f"Enter a number of years from {LEAST_YEARS} to {MOST_YEARS}, or 0 to be asked never",
            "years_kept",
        )
    if not 1 <= changed.link_hours <= LONGEST_LINK:
        raise Fault(f"Enter a number of hours from 1 to {LONGEST_LINK}", "link_hours")
    if not 1 <= changed.unread_days <= LONGEST_UNREAD:
        raise Fault(f"Enter a number of days from 1 to {LONGEST_UNREAD}", "unread_days")


@cache
def _zones() -> frozenset[str]:
    """Every time zone that this machine knows: read once, since it takes hundreds of files to tell."""
    return frozenset(available_timezones())


def _check_choices(library: Library, changed: ClinicSettings) -> None:
    """Raise Fault for questionnaires and languages that nobody could be asked with."""
    for one in changed.offered:
        if one not in library.ids():
            raise Fault("Choose among the questionnaires that are there", "offered")
    if changed.questionnaire and changed.questionnaire not in (changed.offered or library.ids()):
        raise Fault("Let new patients begin with one of the questionnaires that are offered", "questionnaire")
    for one in changed.offered or library.ids():
        if changed.languages and not set(changed.languages) & set(library.languages(one)):
            raise Fault(f"{library.for_staff(one).name} is in none of these languages", "languages")
    for one, version in changed.versions:
        if one not in library.ids() or version not in library.versions(one):
            raise Fault("Choose one of the versions that are there", "versions")


def _has_both_prefixes(number: str) -> bool:
    """`+44 (0)1632 …` is for people to read: a phone would dial the 0 after the country code, and reach nobody."""
    return number.lstrip().startswith(("+", "00")) and "(0)" in number.replace(" ", "")


@dataclass(frozen=True, slots=True)
class ClinicData:
    """What the clinic's own data say: a sentence for each thing learned, what came of its questions, its scales.

    `learned_at` is None before the first night, and `forms` empty.
    """

    learned_at: datetime | None
    sentences: Sequence[str]
    experience: Experience
    forms: Sequence[FormTold]


def clinic_data(clinic: Clinic, viewer: Viewer) -> ClinicData:
    """What was learned from the whole clinic's past. It names nobody."""
    require(viewer, Permission.SEE_CLINIC_DATA)
    with clinic.db.read() as conn:
        learned, experience = priors.latest(conn), alerts.experience(conn)
        forms = scales_in_words(settings.reliability(conn), LANGUAGE_NAMES)
    return ClinicData(learned.fitted_at, in_words(learned.fitted or NOTHING), experience, forms)
