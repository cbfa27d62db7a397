"""A proof for every answer, made in the transaction that keeps it, so that no damage to one goes unseen.

The proof is made of what was said, not of how it is sealed: new keys do not change it. What changes an answer
rightfully makes its proof anew, and only if the old one still fits: damage is not covered up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from alliance.storage import records
from alliance.storage.keyring import Keyring, SealBroken
from alliance.storage.proofs import Proofs
from alliance.storage.records import Kind
from alliance.storage.sqlite import Connection, has_table

KINDS: tuple[Kind, ...] = ("response", "follow_up", "imported_session")


def keep(conn: Connection, keyring: Keyring, kind: Kind, record: int) -> None:
    """Prove a record as it stands now, in the transaction that made it."""
    values = records.one(conn, keyring.open, kind, record)
    if values is None:
        raise LookupError(f"there is no {kind} {record} to prove")
    _put(conn, kind, record, keyring.proofs.record(kind, values))


def keep_aside(conn: Connection, keyring: Keyring, invitation_id: int) -> None:
    """Prove what came over a link without counting, as it stands now."""
    values = records.aside(conn, keyring.open, invitation_id)
    _put(conn, "aside", invitation_id, keyring.proofs.record("aside", [invitation_id, values]))


def keep_since(conn: Connection, keyring: Keyring, kind: Kind, first: int) -> None:
    """Prove every record from this number on as it stands now: many at once, in the transaction that made them."""
    for number, values, _ in records.every(conn, keyring.open, kind, first):
        if values is not None:
            _put(conn, kind, number, keyring.proofs.record(kind, values))


@contextmanager
def changing(conn: Connection, keyring: Keyring, kind: Kind, record: int) -> Iterator[None]:
    """Around a rightful change of a record: its proof follows, unless it did not fit before."""
    fits = _fits(conn, keyring, kind, record)
    yield
    if fits:
        keep(conn, keyring, kind, record)


def bury(conn: Connection, kind: str, numbers: Iterable[int]) -> None:
    """Note that these records are rightfully gone."""
    if conn.proofs is None:
        raise RuntimeError("a connection that was opened without the key ring cannot erase")
    for number in numbers:
        if kind == "aside":
            conn.execute("DELETE FROM digest WHERE kind = 'aside' AND record = ?", (number,))
        else:
            _put(conn, kind, number, gone(conn.proofs, kind, number), erased=True)


def gone(proofs: Proofs, kind: str, number: int) -> bytes:
    """The proof that a record was erased by Alliance."""
    return proofs.record("erased", [kind, number])


def begin(conn: Connection, keyring: Keyring) -> None:
    """Prove what was there before there were proofs, once; numbers that are free count as erased.

    What cannot be opened gets no proof, so that an examination names it.
    """
    if not has_table(conn, "digest") or conn.execute("SELECT 1 FROM digest LIMIT 1").fetchone():
        return
    for kind in KINDS:
        before = 0
        for number, values, _ in records.every(conn, keyring.open, kind):
            bury(conn, kind, range(before + 1, number))
            before = number
            if values is not None:
                _put(conn, kind, number, keyring.proofs.record(kind, values))
        bury(conn, kind, range(before + 1, last_known(conn, kind) + 1))
    rows = conn.execute("SELECT DISTINCT invitation_id FROM attempt WHERE counted = 0").fetchall()
    for row in rows:
        try:
            keep_aside(conn, keyring, row["invitation_id"])
        except SealBroken:
            continue


def last_known(conn: Connection, kind: Kind) -> int:
    """The highest number of a record that the trail tells of; 0 where it tells of none."""
    if kind == "response":
        row = conn.execute(
            "SELECT subject_id FROM audit WHERE subject = 'response' AND action = 'answer'"
            " ORDER BY subject_id DESC LIMIT 1"
        ).fetchone()
    elif kind == "imported_session":
        row = conn.execute(
            "SELECT max(json_extract(detail, '$.last')) FROM audit WHERE subject = 'import'"
            " AND action = 'import ratings' AND json_valid(detail)"
        ).fetchone()
    else:
        row = conn.execute(
            "SELECT max(json_extract(detail, '$.number')) FROM audit WHERE subject = 'response'"
            " AND action IN ('say more', 'say more again') AND json_valid(detail)"
        ).fetchone()
    return int(row[0] or 0) if row else 0


def _fits(conn: Connection, keyring: Keyring, kind: Kind, record: int) -> bool:
    kept = conn.execute(
        "SELECT proof FROM digest WHERE kind = ? AND record = ? AND erased = 0", (kind, record)
    ).fetchone()
    try:
        values = records.one(conn, keyring.open, kind, record)
    except SealBroken:
        return False
    return kept is not None and values is not None and keyring.proofs.record(kind, values) == kept["proof"]


def _put(conn: Connection, kind: str, record: int, proof: bytes, *, erased: bool = False) -> None:
    conn.execute(
        "INSERT INTO digest (kind, record, proof, erased) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (kind, record) DO UPDATE SET proof = excluded.proof, erased = excluded.erased",
        (kind, record, proof, int(erased)),
    )
