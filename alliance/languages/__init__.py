"""The languages that patients are spoken to in: their names, their direction, and what each text is in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its tag, with the name that its own speakers look for.

    `locale` names the customs that its lists and numbers follow, `day` is how it writes a day of the year (as
    the pattern of a date), `digits` are its figures from nought to nine where they are not 0 to 9.
    """

    tag: str
    name: str
    direction: Literal["ltr", "rtl"] = "ltr"
    locale: str = "en_GB"
    day: str = "EEEE d MMMM"
    digits: str = ""


LANGUAGES = {
    language.tag: language
    for language in (
        Language("en", "English"),
        Language("es", "Español", locale="es", day="EEEE d 'de' MMMM"),
        Language("de", "Deutsch", locale="de", day="EEEE, d. MMMM"),
        Language("tr", "Türkçe", locale="tr", day="d MMMM EEEE"),
        Language("ar", "العربية", "rtl", locale="ar_EG", digits="٠١٢٣٤٥٦٧٨٩"),
    )
}
ENGLISH = LANGUAGES["en"]


COUNTRIES = frozenset(
    code for code in map(str, Locale("en").territories) if len(code) == 2 and code not in ("EU", "UN", "ZZ")
)


@cache
def language(tag: str) -> Language:
    """The language of this tag. One without a catalogue, which a clinic's own questionnaire may be in, has at
    least its name and its direction; what is no language is English.
    """
    if tag in LANGUAGES:
        return LANGUAGES[tag]
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return ENGLISH
    name = locale.get_display_name(locale) or tag
    return Language(tag, name, "rtl" if locale.text_direction == "rtl" else "ltr")


def for_patients(text: str) -> str:
    """The same text. The mark lets it be found and translated, where it is drawn later than it is written."""
    return text


def both(one: str, many: str) -> tuple[str, str]:
    """The same for a text with a count in it."""
    return one, many


@cache
def catalogue(tag: str) -> NullTranslations:
    """What each text is in the language of this tag; a text that is not there stays English.

    The catalogue is read as its translators wrote it, so that no compiled copy can fall behind.
    """
    path = Path(__file__).parent / f"{tag}.po"
    if tag not in LANGUAGES or not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        texts = read_po(file, locale=tag, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, texts)
    compiled.seek(0)
    return GNUTranslations(compiled)
