"""What was asked, and answers item by item, over the whole clinic: what they say of a questionnaire, not of people.

What was held back from a therapist is left out: who treats and administers would see the figures move.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from alliance.storage.database import Connection


def forms(conn: Connection) -> list[tuple[str, str, str]]:
    """Instrument, version and language of everything that was answered."""
    rows = conn.execute(
        "SELECT DISTINCT instrument, version, language FROM response WHERE audience = 'both'"
        " ORDER BY instrument, version, language"
    )
    return [(row["instrument"], row["version"], row["language"]) for row in rows]


def asked(conn: Connection) -> list[tuple[str, str]]:
    """Instrument and version of everything that anybody was ever asked: sessions, months, ticks."""
    rows = conn.execute(
        "SELECT instrument, version FROM invitation UNION SELECT instrument, version FROM offer ORDER BY 1, 2"
    )
    return [(row["instrument"], row["version"]) for row in rows]


def of_form(
    conn: Connection, instrument: str, version: str, language: str
) -> Iterator[tuple[int, dict[str, int]]]:
    """Patient and answers by item id of each response on that form, each patient's in the order of time."""
    rows = conn.execute(
        "SELECT d.patient_id,"
        " (SELECT json_group_object(a.item, a.value) FROM answer AS a WHERE a.response_id = r.id) AS items"
        " FROM response AS r JOIN therapy_session AS s ON s.id = r.session_id JOIN dyad AS d ON d.id = s.dyad_id"
        " WHERE r.instrument = ? AND r.version = ? AND r.language = ? AND r.audience = 'both'"
        " ORDER BY s.held_on, s.number",
        (instrument, version, language),
    )
    for row in rows:
        yield row["patient_id"], json.loads(row["items"])
