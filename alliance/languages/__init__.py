"""The languages that patients are spoken to in: their names, their direction, and what each text is in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its tag, with the name that its own speakers look for."""

    tag: str
    name: str
    direction: Literal["ltr", "rtl"] = "ltr"


LANGUAGES = {
    language.tag: language
    for language in (
        Language("en", "English"),
        Language("es", "Español"),
        Language("de", "Deutsch"),
        Language("tr", "Türkçe"),
        Language("ar", "العربية", "rtl"),
    )
}
ENGLISH = LANGUAGES["en"]


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
