"""Which language a page speaks, and the words that templates take from its catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from flask import Flask, g, request
from markupsafe import Markup

from alliance.domain import wording
from alliance.languages import ENGLISH, LANGUAGES, Language, catalogue, language, phrasing
from alliance.web.context import on_patient_side
from surveys.problems import Problem


def speak(tag: str) -> None:
    """Let the rest of this request speak the language of this tag, or English where there is none such."""
    g.language = language(tag)


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Let one part of a page speak the language of this tag; the page around it goes on as before."""
    before = spoken()
    speak(tag)
    try:
        yield
    finally:
        g.language = before


def spoken() -> Language:
    """The language of this request. Staff pages are English; a patient's page says which it is."""
    known: Language = g.get("language", ENGLISH)
    return known


def asked() -> str | None:
    """The language that the address of this page asks for, if it asks for one."""
    return request.args.get("language")


def in_address(tag: str) -> str | None:
    """What an address says so that its page speaks this language: nothing, where it would anyway."""
    return None if tag == _preferred() else tag


def choices(tags: Iterable[str]) -> list[Language]:
    """Languages to choose from, in the same order everywhere."""
    order = {tag: place for place, tag in enumerate(LANGUAGES)}
    return [language(tag) for tag in sorted(tags, key=lambda tag: (order.get(tag, len(order)), tag))]


def own_name(tag: str) -> str:
    """How a language is called by those who speak it: `de` → "Deutsch"."""
    return language(tag).name


def translate(text: str) -> str:
    """A text in the language of this request."""
    return catalogue(spoken().tag).gettext(text)


def translate_count(one: str, many: str, count: int) -> str:
    """A text with a count in it, in the form that the language has for that count."""
    return catalogue(spoken().tag).ngettext(one, many, count)


def told(text: str) -> str:
    """A text that was written before its language was known, with its numbers in their places."""
    if not isinstance(text, Problem):
        return translate(text)
    said = translate(text.text)
    return said % {name: numeral(value) for name, value in text.values.items()} if text.values else said


def numeral(number: int | str) -> str:
    """A number as the page's language writes it."""
    return phrasing.numeral(int(number), spoken().tag)


def spelled(number: int) -> str:
    """A small count as a word where that is our own language; figures elsewhere."""
    return wording.number(number) if spoken() is ENGLISH else numeral(number)


def isolated(name: str) -> Markup:
    """A name whose own direction does not turn what stands around it, and that no browser translates."""
    return Markup('<bdi translate="no">{}</bdi>').format(name)


def people(names: Sequence[str]) -> Markup:
    """Names as the page's language lists them."""
    return Markup(phrasing.listed(names, spoken().tag, isolated))  # noqa: S704 (each name is escaped)


def country(code: str) -> str:
    """A country by its two letters, as the page's language calls it."""
    return phrasing.country(code, spoken().tag)


def day_named(day: date) -> str:
    """A day with its name, as the page's language writes it."""
    return phrasing.long_day(day, spoken().tag)


def clock_time(moment: datetime) -> str:
    """The time of day on the clock that this moment is on."""
    return phrasing.clock_time(moment, spoken().tag)


def _listen() -> None:
    """A patient's page speaks as its address asks, or else as the browser prefers, until somebody knows better."""
    if on_patient_side():
        tag = asked()
        speak(tag if tag in LANGUAGES else _preferred())


def _preferred() -> str:
    """What to speak to this browser while nobody says otherwise."""
    return request.accept_languages.best_match(LANGUAGES) or ENGLISH.tag


def install(app: Flask) -> None:
    """Give templates `_("…")`, `ngettext` and `{% trans %}`, with values escaped as everywhere."""
    app.before_request(_listen)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        translate, translate_count, newstyle=True
    )
    app.jinja_env.filters.update(
        clock_time=clock_time,
        country=country,
        day_named=day_named,
        isolated=isolated,
        numeral=numeral,
        own_name=own_name,
        people=people,
        spelled=spelled,
        told=told,
    )
    app.jinja_env.globals.update(choices=choices, languages=tuple(LANGUAGES), spoken=spoken)
