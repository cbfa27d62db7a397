"""Filling a database in bulk: no sync for each transaction meanwhile, every safeguard again afterwards."""

from __future__ import annotations

import pytest

from alliance.actions.clinic import Clinic
from alliance.storage import audit, sqlite
from tests.cast import NOW


def synchronous(clinic: Clinic) -> set[str]:
    """Of a connection that writes and of one that reads."""
    with clinic.db.write() as conn:
        found = {sqlite.synchronous(conn)}
    with clinic.db.read() as conn:
        return found | {sqlite.synchronous(conn)}


def note(clinic: Clinic, action: str) -> None:
    with clinic.db.write() as conn:
        audit.record(conn, at=NOW, actor="system", actor_id=None, action=action)


def test_syncing_rests_for_the_time_and_what_was_written_stays(clinic: Clinic) -> None:
    safe = synchronous(clinic)
    assert safe in ({"FULL"}, {"EXTRA"})
    with clinic.db.in_bulk():
        assert synchronous(clinic) == {"OFF"}
        note(clinic, "write in bulk")
    assert synchronous(clinic) == safe
    with clinic.db.read() as conn:
        assert audit.latest(conn, 1)[0].action == "write in bulk"


def test_the_safeguards_come_back_after_a_failure_too(clinic: Clinic) -> None:
    safe = synchronous(clinic)
    with pytest.raises(RuntimeError), clinic.db.in_bulk():
        note(clinic, "write in bulk")
        raise RuntimeError
    assert synchronous(clinic) == safe
