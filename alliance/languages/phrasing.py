"""Numbers, names and days as a language writes them. Pure: for pages, and for mails, which have no page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from alliance.languages import language


def figures(text: str, tag: str) -> str:
    """A text with its figures as the language writes them."""
    digits = language(tag).digits
    return text.translate(str.maketrans("0123456789", digits)) if digits else text


@lru_cache(maxsize=1024)  # the same few numbers over and over: a questionnaire alone has a hundred
def numeral(number: int, tag: str) -> str:
    """`2000` → "2,000", or "2.000", or "٢٬٠٠٠"."""
    return figures(
        format_decimal(number, locale=language(tag).locale, numbering_system="default"),
        tag,
    )


def listed(names: Sequence[str], tag: str, each: Callable[[str], str] = str) -> str:
    """Names as people list them: "A", "A and B", "A, B and C". `each` is what is done to a name before."""
    ready = [each(name) for name in names]
    if len(names) < 2:
        return "".join(ready)
    text = format_list(ready, locale=language(tag).locale)
    if tag == "es" and re.match(r"h?i(?!e)", names[-1], re.IGNORECASE):
        # Before the sound of an i, “y” becomes “e”: José e Inés.
        start = len(text) - len(ready[-1]) - len(" y ")
        return f"{text[:start]} e {ready[-1]}"
    return text


def long_day(day: date, tag: str) -> str:
    """`Thursday 19 November`"""
    known = language(tag)
    return figures(format_date(day, known.day, locale=known.locale), tag)


def clock_time(moment: datetime, tag: str) -> str:
    """`18:40`, on whatever clock the moment is on."""
    return figures(f"{moment:%H:%M}", tag)


def isolated(text: str) -> str:
    """A name between marks that keep its direction from turning what stands around it; for plain text."""
    return f"\u2068{text}\u2069"


def country(code: str, tag: str) -> str:
    """`AT` → "Österreich": a country by its two letters; the letters, where they are no country’s."""
    name = Locale.parse(language(tag).locale).territories.get(code.upper(), code)
    return str(name)
