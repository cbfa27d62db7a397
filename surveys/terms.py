"""What every definition says of itself, whatever it asks: id, version, language, whose it is and on what terms."""

from __future__ import annotations

import re
from typing import Protocol

from surveys.rules import MISSING, need_id, need_no_duplicates, need_text, refuse

MODES = ("screen", "paper", "aloud")
"""The ways in which a holder may allow an instrument to be asked."""

_VERSION = re.compile(r"(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


class Defined(Protocol):
    """A definition, as far as its terms go."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def holder(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def citation(self) -> str: ...
    @property
    def wording_may_be_shipped(self) -> bool: ...
    @property
    def modes(self) -> tuple[str, ...]: ...


def check_name(one: Defined) -> None:
    """Refuse an id, a version or a language that is none."""
    need_id("id", one.id)
    if one.version is not MISSING and not _VERSION.fullmatch(one.version):
        refuse("version", f"is “{one.version}”; it has to be two numbers, as in “1.0”")
    if one.language is not MISSING and not _LANGUAGE.fullmatch(one.language):
        refuse("language", f"is “{one.language}”; it has to be a tag such as “en”")


def check_terms(one: Defined) -> None:
    """Refuse what does not say whose it is, or may not be asked here."""
    for key in ("holder", "licence", "citation"):
        need_text(key, getattr(one, key))
    need_no_duplicates("modes", one.modes)
    for mode in one.modes:
        if mode not in MODES:
            refuse("modes", f"“{mode}” is none of {', '.join(MODES)}")
    if "screen" not in one.modes:
        refuse("modes", "does not allow “screen”, and this product asks on a screen")
