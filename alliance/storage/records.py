"""What was acknowledged, record by record, with all that belongs to it: read one at a time or all in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from alliance.storage.keyring import SealBroken
from alliance.storage.rows import plain
from alliance.storage.sqlite import Connection

Kind = Literal["response", "follow_up", "imported_session"]
Row = tuple[Any, ...]
Opens = Callable[[bytes, str], bytes]


@dataclass(frozen=True, slots=True)
class _Sort:
    """How a kind of record is read. `sealed`: the sealed columns by their place in a row, with their where and the
    place of the key that it names; `parts`: what hangs on it, each in the order of its own primary key.
    """

    columns: str
    tables: str
    key: str
    sealed: tuple[tuple[int, str, int], ...]
    parts: tuple[tuple[str, str], ...]


SORTS: dict[Kind, _Sort] = {
    "response": _Sort(
        "r.id, r.session_id, r.invitation_id, r.attempt_id, r.instrument, r.version, r.language, r.received_at,"
        " r.audience, r.talked, r.wants_help, r.comment, s.dyad_id, s.number, d.patient_id, a.invitation_id,"
        " a.received_at, a.counted, a.body, w.released_by, w.released_at",
        "response AS r LEFT JOIN therapy_session AS s ON s.id = r.session_id LEFT JOIN dyad AS d ON d.id = s.dyad_id"
        " LEFT JOIN attempt AS a ON a.id = r.attempt_id LEFT JOIN released_response AS w ON w.response_id = r.id",
        "r.id",
        ((11, "response|{}|comment", 0), (18, "attempt|{}|body", 3)),
        (
            ("SELECT response_id, item, value FROM answer", "response_id, item"),
            ("SELECT response_id, scale, value, reason FROM score", "response_id, scale"),
        ),
    ),
    "follow_up": _Sort(
        "f.id, f.response_id, f.kind, f.attempt_id, f.received_at, f.body, f.counted, o.instrument, o.version,"
        " o.offered_at",
        "follow_up AS f LEFT JOIN offer AS o ON o.response_id = f.response_id AND o.kind = f.kind",
        "f.id",
        ((5, "follow_up|{}|body", 3),),
        (
            ("SELECT follow_up_id, tick FROM follow_up_tick", "follow_up_id, tick"),
            ("SELECT follow_up_id, item, value FROM follow_up_answer", "follow_up_id, item"),
            ("SELECT follow_up_id, scale, value, reason FROM follow_up_score", "follow_up_id, scale"),
        ),
    ),
    "imported_session": _Sort(
        "m.id, m.session_id, m.import_id, m.form, m.answered, m.safety, m.attunement, m.collaboration, m.rupture,"
        " m.alliance, m.items, s.dyad_id, s.number, s.held_on, d.patient_id, i.questionnaire",
        "imported_session AS m LEFT JOIN therapy_session AS s ON s.id = m.session_id"
        " LEFT JOIN dyad AS d ON d.id = s.dyad_id LEFT JOIN import AS i ON i.id = m.import_id",
        "m.id",
        (),
        (),
    ),
}


def one(conn: Connection, opens: Opens, kind: Kind, record: int) -> list[object] | None:
    """A record with its sealed words open and everything that belongs to it; None where there is none.

    Raises SealBroken.
    """
    sort = SORTS[kind]
    row = plain(conn, f"SELECT {sort.columns} FROM {sort.tables} WHERE {sort.key} = ?", (record,))  # noqa: S608
    found = next(row, None)
    if found is None:
        return None
    parts = [
        [
            part[1:]
            for part in plain(conn, f"{query} WHERE {order.split(',')[0]} = ? ORDER BY {order}", (record,))
        ]
        for query, order in sort.parts
    ]
    return _whole(sort, opens, found, parts)


def every(
    conn: Connection, opens: Opens, kind: Kind, first: int = 0
) -> Iterator[tuple[int, list[object] | None, str]]:
    """Every record from number `first` on in the order of its number, and why it cannot be read where that is so, in
    one pass.
    """
    sort = SORTS[kind]
    parts = [_Parts(plain(conn, f"{query} ORDER BY {order}")) for query, order in sort.parts]
    whole = f"SELECT {sort.columns} FROM {sort.tables} WHERE {sort.key} >= ? ORDER BY {sort.key}"  # noqa: S608
    for row in plain(conn, whole, (first,)):
        number = row[0]
        mine = [part.of(number) for part in parts]
        try:
            yield number, _whole(sort, opens, row, mine), ""
        except SealBroken as broken:
            yield number, None, str(broken)


def aside(conn: Connection, opens: Opens, invitation_id: int) -> list[object]:
    """What came over a link and did not count. Raises SealBroken."""
    rows = plain(
        conn,
        "SELECT id, received_at, body FROM attempt WHERE invitation_id = ? AND counted = 0 ORDER BY id",
        (invitation_id,),
    )
    return [[key, at, opens(body, f"attempt|{key}|body")] for key, at, body in rows]


def _whole(sort: _Sort, opens: Opens, row: Row, parts: list[list[Row]]) -> list[object]:
    values = list(row)
    for place, where, key in sort.sealed:
        blob = values[place]
        if blob is not None:
            values[place] = opens(blob, where.format(values[key]))
    values.extend(parts)
    return values


class _Parts:
    """Rows that hang on records, in the order of the records’ numbers."""

    __slots__ = ("_next", "_rows")

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next: Row | None = next(rows, None)

    def of(self, number: int) -> list[Row]:
        """Those of one record; those of a number that is passed by belong to nothing."""
        mine: list[Row] = []
        row = self._next
        while row is not None and row[0] <= number:
            if row[0] == number:
                mine.append(row[1:])
            row = next(self._rows, None)
        self._next = row
        return mine
