"""Drawing a questionnaire: a link's page, or the same page at another address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

from flask import render_template, request
from markupsafe import escape

from alliance.actions import answering
from alliance.actions.answering import OpenForm
from alliance.domain.clinic import ClinicSettings
from alliance.web.context import current_clinic
from alliance.web.languages import speak
from surveys.definition import Instrument
from surveys.forms import Checked

PAGE = "patient/form.html"


@dataclass(frozen=True, slots=True)
class About:
    """All that a questionnaire page before its first answer depends on, besides where it is sent and its attempt.

    The instrument is one in one language, and that is the page's.
    """

    instrument: Instrument
    settings: ClinicSettings
    therapist: str
    supervisors: tuple[str, ...]
    languages: tuple[str, ...]
    read: bool
    template: str


def draw(
    page: OpenForm,
    checked: Checked | None = None,
    *,
    action: str,
    attempt: str = "",
    problem: str | None = None,
    template: str = PAGE,
) -> str:
    """The questionnaire, to be sent to `action`; with `checked`, as it was sent before. `template` extends ours."""
    attempt = attempt if answering.ATTEMPT.fullmatch(attempt) else answering.new_attempt()
    speak(page.instrument.language)
    about = About(
        page.instrument,
        page.settings,
        page.invitation.therapist_name,
        page.invitation.supervisor_names,
        page.languages,
        page.read,
        template,
    )
    if checked is None:
        blank = _blank_page(about, request.script_root, current_clinic().config.demo)
        return blank.replace(ITS_ACTION, str(escape(action))).replace(ITS_ATTEMPT, attempt)
    # Who has said already that the page is to be sent as it is need not say so again.
    confirmed = problem == answering.NOTHING_YET or "blank" in request.form
    return _page(about, action, attempt, checked, problem, blank=confirmed)


# What stands in a blank page for where it is sent and its attempt. Nobody can guess them, so nobody can write them.
ITS_ACTION, ITS_ATTEMPT = secrets.token_hex(16), secrets.token_hex(16)


@lru_cache(maxsize=256)
def _blank_page(about: About, script_root: str, demo: bool) -> str:  # noqa: ARG001 (both show in the page)
    """A page with nothing picked, drawn once for all patients of a therapist: drawing is most of its cost."""
    return _page(about, ITS_ACTION, ITS_ATTEMPT, None, None)


def _page(
    about: About,
    action: str,
    attempt: str,
    checked: Checked | None,
    problem: str | None,
    *,
    blank: bool = False,
) -> str:
    return render_template(
        about.template,
        about=about,
        settings=about.settings,
        instrument=about.instrument,
        therapist=about.therapist,
        supervisors=about.supervisors,
        languages=about.languages,
        read=about.read,
        action=action,
        attempt=attempt,
        shown=checked.shown if checked else {},
        problems=checked.problems if checked else {},
        problem=problem,
        blank=blank,
    )
