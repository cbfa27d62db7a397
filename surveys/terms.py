"""What every definition says of itself, whatever it asks: id, version, language, whose it is and on what terms."""

from __future__ import annotations

import re
from typing import Protocol

from surveys.rules import DefinitionFault, need_id, need_no_duplicates, need_text

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
    def permission(self) -> str: ...
    @property
    def modes(self) -> tuple[str, ...]: ...


def check_name(one: Defined) -> None:
    """Refuse an id, a version or a language that is none."""
    need_id("id", one.id)
    if not _VERSION.fullmatch(one.version):
        raise DefinitionFault("version", f"is “{one.version}”; it has to be two numbers, as in “1.0”")
    if not _LANGUAGE.fullmatch(one.language):
        raise DefinitionFault("language", f"is “{one.language}”; it has to be a tag such as “en”")


def check_terms(one: Defined) -> None:
    """Refuse what does not say whose it is, may not be asked here, or nobody allowed this clinic to ask."""
    for key in ("holder", "licence", "citation"):
        need_text(key, getattr(one, key))
    need_no_duplicates("modes", one.modes)
    for mode in one.modes:
        if mode not in MODES:
            raise DefinitionFault("modes", f"“{mode}” is none of {', '.join(MODES)}")
    if "screen" not in one.modes:
        raise DefinitionFault("modes", "does not allow “screen”, and this product asks on a screen")
    if not one.wording_may_be_shipped and not one.permission.strip():
        raise DefinitionFault(
            "permission",
            f"is missing: the wording belongs to {one.holder} and may not be passed on, so the clinic "
            "has to say here who allowed it to use this instrument",
        )
