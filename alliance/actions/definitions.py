"""The questionnaires and checklists that an export speaks of, looked up once each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from alliance.exchange.codebook import item_rows, scale_rows
from alliance.exchange.package import Licence
from surveys.checklist import Checklist
from surveys.definition import Instrument
from surveys.library import Library

CC_BY = "CC BY 4.0"
OPEN = Licence(
    "CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"
)
Key = tuple[str, str]


class Definitions:
    """What has been asked so far. One that the clinic has no more is told by what was answered of it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._items: dict[Key, tuple[str, ...]] = {}
        self._gone: dict[Key, dict[str, None]] = {}
        self._ticked: dict[Key, None] = {}
        self._scored: dict[Key, set[str]] = {}

    def asked(self, instrument: str, version: str, answers: Mapping[str, int]) -> Iterable[str]:
        """The items of this version in the order in which they are asked."""
        key = (instrument, version)
        items = self._items.get(key)
        if items is None:
            found = self._instrument(key)
            items = self._items[key] = tuple(item.id for item in found.items) if found else ()
        if not items:
            self._gone.setdefault(key, {}).update(dict.fromkeys(answers))
            return sorted(answers)
        return items

    def ticked(self, checklist: str, version: str) -> None:
        """That something of this checklist was ticked."""
        self._ticked[checklist, version] = None

    def scored(self, instrument: str, version: str, scale: str) -> None:
        """That there are scores of this scale."""
        self._scored.setdefault((instrument, version), set()).add(scale)

    def instruments(self) -> Sequence[Instrument]:
        """Those that are still there, by id and version."""
        found = (self._instrument(key) for key in sorted(self._items))
        return [one for one in found if one is not None]

    def checklists(self) -> Sequence[Checklist]:
        """The same of checklists."""
        found = []
        for key in sorted(self._ticked):
            try:
                found.append(self._library.checklist(*key))
            except LookupError:
                continue
        return found

    def items(self) -> Iterator[tuple[object, ...]]:
        """The rows of the table of items."""
        for one in self.instruments():
            yield from item_rows(one)
        for key, items in sorted(self._gone.items()):
            yield from ((*key, item, *(None,) * 8) for item in items)

    def scales(self) -> Iterator[tuple[object, ...]]:
        """The rows of the table of scales; the overall score of a questionnaire comes last."""
        known: set[tuple[object, ...]] = set()
        for one in self.instruments():
            for row in scale_rows(one):
                known.add(row[:3])
                yield row
        for key, scales in sorted(self._scored.items()):
            for scale in sorted(scales):
                if (*key, scale) not in known:
                    yield *key, scale, scale.capitalize(), "better", None

    def licences(self) -> dict[str, list[Licence]]:
        """On what terms sentences and scales may be passed on, each once."""
        told = {one.licence: one.holder for one in self.instruments()}
        every = [
            OPEN if licence == CC_BY else Licence("other-closed", f"{licence}; {holder}")
            for licence, holder in sorted(told.items())
        ]
        return {"items": every, "scales": every}

    def _instrument(self, key: Key) -> Instrument | None:
        try:
            return self._library.for_staff(*key)
        except LookupError:
            return None
