"""What patients send is written a second time, to the spool, after COMMIT and before they are told that it arrived.

A spool that cannot be written turns nobody away: what was sent is in the database by then. It raises an alarm.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

from alliance.actions.clinic import Clinic
from alliance.actions.typed import Fields
from alliance.storage import ground, safekeeping
from alliance.storage.database import Connection
from alliance.storage.erased import Patient
from alliance.storage.spool import Spool

log = logging.getLogger(__name__)

VERSION = 1


def fields_of(form: Any) -> Fields:
    """Names and values of a posted form, in order."""
    return [(name, value) for name in form for value in form.getlist(name)]


def note(
    clinic: Clinic,
    conn: Connection,
    kind: str,
    invitation_id: int,
    key: str,
    now: datetime,
    **more: Any,
) -> None:
    """Have this written once the open transaction is committed. `key` names it, so that it is not written twice.

    What the record stands on is read now, in the same transaction.
    """
    spool, name = clinic.spool, f"{kind}|{key}"
    if spool is None or spool.knows(name):
        return
    record = {
        "version": VERSION,
        "kind": kind,
        "at": now.isoformat(),
        "key": key,
        "ground": ground.under(conn, invitation_id),
        **more,
    }
    content = json.dumps(record, separators=(",", ":")).encode("ascii")
    clinic.db.after_commit(lambda: _write(clinic, spool, name, content, now))


def is_of(content: bytes, patients: Collection[Patient]) -> bool:
    """Whether a record of the spool is of one of these patients."""
    patient = json.loads(content)["ground"]["patient"]
    return (patient["id"], patient["created_at"]) in patients


def _write(clinic: Clinic, spool: Spool, name: str, content: bytes, now: datetime) -> None:
    try:
        spool.append(name, content, now)
    except Exception as error:  # whatever it is, the answer is kept, and whoever sent it must be told so
        log.exception("what was received could not be written to the spool")
        _alarm(clinic, error, now)


def _alarm(clinic: Clinic, error: Exception, now: datetime) -> None:
    why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    try:
        safekeeping.spool_failed(clinic.config.folder, now, why)
    except OSError:
        log.exception("nor could that be noted")
