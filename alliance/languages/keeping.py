"""Keep the catalogues in step with the texts: `python -m alliance.languages.keeping`.

Adds every new text to each catalogue, empty, drops what nothing says any more, and counts what is to be translated.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from alliance.languages import ENGLISH, LANGUAGES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

# What marks a text, and which of its arguments are texts.
MARKS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "translate": None,
    "translate_count": (1, 2),
    "for_patients": None,
    "both": (1, 2),
    "say": None,
    "say_count": (1, 2),
    "Problem": None,
}
HEAD = """\
# Alliance: what patients read, in {language}. Draft translation, not validated.
# Licensed as the rest of the program. How to change it: docs/languages.md."""
PUBLISHED = datetime(2026, 11, 22, tzinfo=UTC)  # fixed, so that an update changes texts alone

KINDS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {
    "templates/**.html": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "silent": "false"}
}


def texts() -> Catalog:
    """Every text that a patient can meet, as it stands in templates and code."""
    found = Catalog(project="Alliance", fuzzy=False)
    for package in ("alliance", "surveys"):
        for file, _, message, comments, context in extract_from_dir(
            ROOT / package, KINDS, OPTIONS, keywords=MARKS, comment_tags=("Translators:",)
        ):
            found.add(message, None, [(f"{package}/{file}", 0)], auto_comments=comments, context=context)
    return found


def path_of(tag: str) -> Path:
    """Where the catalogue of that language is."""
    return HERE / f"{tag}.po"


def kept(tag: str) -> Catalog:
    """The catalogue as its translators wrote it, or a new one."""
    path = path_of(tag)
    if not path.exists():
        return Catalog(locale=tag, project="Alliance", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=tag, abort_invalid=True)


def update(tag: str) -> int:
    """Bring one catalogue up to date; how many texts it has yet to say."""
    catalogue = kept(tag)
    unsure = {message.id for message in catalogue if message.fuzzy}
    catalogue.update(texts(), no_fuzzy_matching=True)
    for message in catalogue:
        if message.id not in unsure:  # the update marks every new text with a count
            message.flags.discard("fuzzy")
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = HEAD.format(language=LANGUAGES[tag].name)
    catalogue.revision_date = catalogue.creation_date = PUBLISHED
    catalogue.last_translator = "The Alliance contributors"
    catalogue.language_team = LANGUAGES[tag].name
    catalogue.msgid_bugs_address = "see docs/languages.md"
    catalogue.version = "1"
    with path_of(tag).open("wb") as file:
        write_po(file, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return sum(1 for message in catalogue if message.id and not _said(message.string))


def _said(string: Sequence[str] | None) -> bool:
    if not string:
        return False
    return isinstance(string, str) or all(string)


def main() -> None:
    """Update every catalogue and tell what is missing."""
    for tag in LANGUAGES:
        if tag != ENGLISH.tag:
            sys.stdout.write(f"{tag}: {update(tag)} to translate\n")


if __name__ == "__main__":
    main()
