"""The chain through the audit trail: every line proves itself and the one before it, and the last that it is the last.

A line that is changed, taken out, put in or moved no longer fits its neighbours. Whoever cuts off the end has to prove
a new end, and cannot without the key. Only an older state of the whole file fits in itself: against that stand the
heads that are kept outside it.
"""

from __future__ import annotations

from alliance.domain.audit import Head
from alliance.storage.proofs import START, Proofs
from alliance.storage.rows import plain
from alliance.storage.sqlite import Connection, has_table
from alliance.storage.times import moment

LINE = "id, at, actor, actor_id, action, subject, subject_id, detail"


def add(conn: Connection, number: int, row: tuple[object, ...]) -> None:
    """Chain the line that has just been written; `row` is all of it but the number."""
    proofs = _proofs(conn)
    head = conn.execute(
        "SELECT h.line, h.proof, c.proof AS before FROM audit_head AS h"
        " LEFT JOIN audit_chain AS c ON c.line = h.line"
    ).fetchone()
    if head is None and number == 1:
        before, unbroken = START, True
    else:
        # What does not fit here was cut off or put in by somebody else. It is not made to fit: the head stays as it
        # is, and the next examination says so.
        unbroken = (
            head is not None
            and head["before"] is not None
            and head["line"] == number - 1
            and proofs.last_line(head["line"], head["before"]) == head["proof"]
        )
        before = head["before"] if unbroken else _last(conn)
    proof = proofs.line(before, (number, *row))
    conn.execute("INSERT INTO audit_chain (line, proof) VALUES (?, ?)", (number, proof))
    if unbroken:
        _keep_head(conn, number, proofs.last_line(number, proof))


def begin(conn: Connection) -> None:
    """Chain the lines that were there before there was a chain, once."""
    if not has_table(conn, "audit_chain") or conn.execute("SELECT 1 FROM audit_chain LIMIT 1").fetchone():
        return
    proofs, proof, number = _proofs(conn), START, 0
    for row in plain(conn, f"SELECT {LINE} FROM audit ORDER BY id"):  # noqa: S608 (constants only)
        number, proof = row[0], proofs.line(proof, row)
        conn.execute("INSERT INTO audit_chain (line, proof) VALUES (?, ?)", (number, proof))
    if number:
        _keep_head(conn, number, proofs.last_line(number, proof))


def head(conn: Connection) -> Head:
    """The end of the trail as it is now, to be kept where nobody who changes the database can change it too."""
    row = conn.execute(
        "SELECT c.line, c.proof, a.at FROM audit_chain AS c LEFT JOIN audit AS a ON a.id = c.line"
        " ORDER BY c.line DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return Head(0, None, START.hex())
    return Head(row["line"], moment(row["at"]) if row["at"] else None, row["proof"].hex())


def _keep_head(conn: Connection, number: int, proof: bytes) -> None:
    conn.execute(
        "INSERT INTO audit_head (one, line, proof) VALUES (1, ?, ?)"
        " ON CONFLICT (one) DO UPDATE SET line = excluded.line, proof = excluded.proof",
        (number, proof),
    )


def _last(conn: Connection) -> bytes:
    row = conn.execute("SELECT proof FROM audit_chain ORDER BY line DESC LIMIT 1").fetchone()
    return bytes(row["proof"]) if row else START


def _proofs(conn: Connection) -> Proofs:
    if conn.proofs is None:
        raise RuntimeError("a connection that was opened without the key ring cannot write to the trail")
    return conn.proofs
