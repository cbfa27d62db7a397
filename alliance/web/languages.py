"""Which language a page speaks, and the words that templates take from its catalogue."""

from __future__ import annotations

from flask import Flask, g

from alliance.languages import ENGLISH, LANGUAGES, Language, catalogue


def speak(tag: str) -> None:
    """Let the rest of this request speak the language of this tag, or English where there is none such."""
    g.language = LANGUAGES.get(tag, ENGLISH)


def spoken() -> Language:
    """The language of this request. Staff pages are English; a patient's page says which it is."""
    language: Language = g.get("language", ENGLISH)
    return language


def translate(text: str) -> str:
    """A text in the language of this request."""
    return catalogue(spoken().tag).gettext(text)


def translate_count(one: str, many: str, count: int) -> str:
    """A text with a count in it, in the form that the language has for that count."""
    return catalogue(spoken().tag).ngettext(one, many, count)


def install(app: Flask) -> None:
    """Give templates `_("…")`, `ngettext` and `{% trans %}`, with values escaped as everywhere."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        translate, translate_count, newstyle=True
    )
    app.jinja_env.globals.update(spoken=spoken)
