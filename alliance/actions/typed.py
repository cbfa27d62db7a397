"""Names and values that were typed or posted, outside any web request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlencode

Fields = Sequence[tuple[str, str]]


class Typed(dict[str, list[str]]):
    """Names and values as somebody typed them in."""

    @classmethod
    def of(cls, fields: Fields) -> Typed:
        typed = cls()
        for name, value in fields:
            typed.setdefault(name, []).append(value)
        return typed

    @classmethod
    def read(cls, body: bytes) -> Typed:
        return cls.of(parse_qsl(body.decode(), keep_blank_values=True))

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])

    def body(self) -> bytes:
        return urlencode(self, doseq=True).encode()


class Posted:
    """A form as a browser posted it: like the web’s own, `get` gives the first value of a name."""

    def __init__(self, typed: Typed) -> None:
        self._typed = typed

    @classmethod
    def of(cls, fields: Fields) -> Posted:
        return cls(Typed.of(fields))

    def __iter__(self) -> Iterator[str]:
        return iter(self._typed)

    def __contains__(self, name: object) -> bool:
        return name in self._typed

    def __len__(self) -> int:
        return len(self._typed)

    def getlist(self, name: str) -> list[str]:
        return self._typed.getlist(name)

    def get(self, name: str, default: str | None = None) -> str | None:
        return self._typed[name][0] if name in self._typed else default
