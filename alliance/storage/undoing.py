"""Take an import back, as long as nothing has come to rest on what it brought."""

from __future__ import annotations

from datetime import datetime

from alliance.storage import digests, erasing
from alliance.storage.database import Connection
from alliance.storage.times import stamp

NAMED = 5
# What an import makes by itself, and what the detector makes of it: all of it goes with the import.
ITS_OWN = {"imported_session", "imported_dyad", "imported_patient", "reading", "baseline", "course_month"}


def of_ratings(conn: Connection, import_id: int) -> list[int]:
    """The dyads that sessions of this import belong to."""
    rows = conn.execute(
        "SELECT DISTINCT s.dyad_id FROM imported_session AS m JOIN therapy_session AS s ON s.id = m.session_id"
        " WHERE m.import_id = ? ORDER BY s.dyad_id",
        (import_id,),
    )
    return [row["dyad_id"] for row in rows]


def in_the_way(conn: Connection, import_id: int) -> list[str]:
    """Codes of patients with whom something has been noted since that rests on this import, some of them."""
    rows = conn.execute(
        "SELECT DISTINCT p.code FROM patient AS p JOIN dyad AS d ON d.patient_id = p.id"
        " JOIN therapy_session AS s ON s.dyad_id = d.id"
        " WHERE d.id IN (SELECT n.dyad_id FROM imported_session AS m JOIN therapy_session AS n ON n.id = m.session_id"
        "   WHERE m.import_id = :import UNION SELECT x.dyad_id FROM imported_dyad AS x WHERE x.import_id = :import)"
        " AND NOT EXISTS (SELECT 1 FROM imported_session AS m WHERE m.session_id = s.id AND m.import_id <= :import)"
        " ORDER BY p.code LIMIT :most",
        {"import": import_id, "most": NAMED},
    ).fetchall()
    codes = [str(row["code"]) for row in rows]
    for table, columns, code in _owners():
        for reference in erasing.references(conn):
            if reference.parent != table or reference.child in ITS_OWN or len(codes) >= NAMED:
                continue
            if (table, reference.child) in {("dyad", "therapy_session"), ("patient", "dyad")}:
                continue  # looked at above, and below
            joined = " AND ".join(
                f"c.{mine} = t.{theirs}"
                for mine, theirs in zip(reference.columns, reference.targets, strict=True)
            )
            found = conn.execute(
                f"SELECT DISTINCT {code} AS code FROM {columns} JOIN {reference.child} AS c ON {joined}"  # noqa: S608
                " WHERE x.import_id = ? LIMIT ?",
                (import_id, NAMED),
            )
            codes += [str(row["code"]) for row in found.fetchall() if row["code"] not in codes]
    others = conn.execute(
        "SELECT DISTINCT p.code FROM imported_patient AS x JOIN patient AS p ON p.id = x.patient_id"
        " JOIN dyad AS d ON d.patient_id = p.id WHERE x.import_id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM imported_dyad AS y WHERE y.dyad_id = d.id AND y.import_id = ?1) LIMIT ?2",
        (import_id, NAMED),
    ).fetchall()
    opened = conn.execute(
        "SELECT DISTINCT p.code FROM imported_patient AS x JOIN patient AS p ON p.id = x.patient_id"
        " JOIN audit AS a ON a.subject = 'patient' AND a.subject_id = p.id AND a.at >= p.created_at"
        " WHERE x.import_id = ? LIMIT ?",
        (import_id, NAMED),
    ).fetchall()
    codes += [str(row["code"]) for row in (*others, *opened) if row["code"] not in codes]
    return codes[:NAMED]


def _owners() -> list[tuple[str, str, str]]:
    """By table: where the rows of an import are found, and the code of the patient whose they are."""
    dyad = "dyad AS d ON d.id = {} JOIN patient AS p ON p.id = d.patient_id"
    return [
        (
            "therapy_session",
            "imported_session AS x JOIN therapy_session AS t ON t.id = x.session_id JOIN "
            + dyad.format("t.dyad_id"),
            "p.code",
        ),
        (
            "dyad",
            "imported_dyad AS x JOIN dyad AS t ON t.id = x.dyad_id JOIN " + dyad.format("t.id"),
            "p.code",
        ),
        ("patient", "imported_patient AS x JOIN patient AS t ON t.id = x.patient_id", "t.code"),
    ]


def forget_sessions(conn: Connection, import_id: int) -> None:
    """Delete the sessions of an import, and what the detector made of their dyads."""
    rows = conn.execute(
        "SELECT id, session_id FROM imported_session WHERE import_id = ?", (import_id,)
    ).fetchall()
    digests.bury(conn, "imported_session", [row["id"] for row in rows])
    dyads = [(dyad_id,) for dyad_id in of_ratings(conn, import_id)]
    conn.executemany("DELETE FROM reading WHERE dyad_id = ?", dyads)
    conn.executemany("DELETE FROM baseline WHERE dyad_id = ?", dyads)
    conn.execute("DELETE FROM imported_session WHERE import_id = ?", (import_id,))
    conn.executemany("DELETE FROM therapy_session WHERE id = ?", [(row["session_id"],) for row in rows])


def forget_caseload(conn: Connection, import_id: int) -> None:
    """Delete the dyads and patients of an import."""
    rows = conn.execute("SELECT dyad_id FROM imported_dyad WHERE import_id = ?", (import_id,)).fetchall()
    for row in rows:
        erasing.erase_dyad(conn, row["dyad_id"])
    rows = conn.execute(
        "SELECT patient_id FROM imported_patient WHERE import_id = ?", (import_id,)
    ).fetchall()
    for row in rows:
        erasing.erase_patient(conn, row["patient_id"])


def note(conn: Connection, import_id: int, now: datetime) -> None:
    """Keep that an import was taken back."""
    conn.execute("UPDATE import SET undone_at = ? WHERE id = ?", (stamp(now), import_id))
