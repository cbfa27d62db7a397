"""All or nothing: whatever fails, and whoever else is sending at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from alliance.actions.answering import AlreadyAnswered, NotSaved
from alliance.actions.clinic import Clinic
from alliance.storage.database import Database
from alliance.storage.sqlite import Connection
from tests.actions.sending import LOW, STEADY, page, rows, send
from tests.cast import NOW, Cast, add_patient, hold

ATTEMPT = "an-attempt-of-this-page"


class Unplugged(Exception):
    """The power went."""


class Failing(Connection):
    """A connection that fails after so many statements of a transaction that writes, COMMIT among them."""

    left: int | None = None

    def execute(self, sql: str, *args: Any) -> Any:
        self._count(sql)
        return super().execute(sql, *args)

    def executemany(self, sql: str, *args: Any) -> Any:
        self._count(sql)
        return super().executemany(sql, *args)

    def _count(self, sql: str) -> None:
        if Failing.left is None or sql == "ROLLBACK":
            return
        if Failing.left == 0:
            raise Unplugged(sql)
        Failing.left -= 1


@pytest.fixture
def failing(cast: Cast) -> Clinic:
    """The cast's clinic, opened so that it can be made to fail."""
    cast.clinic.db.close()
    db = Database.open(cast.clinic.config.database, cast.clinic.keyring, connection=Failing)
    Failing.left = None
    return replace(cast.clinic, db=db)


@pytest.mark.parametrize("answers", [STEADY, LOW], ids=["steady", "raising an alert"])
def test_a_fault_after_any_statement_leaves_all_or_nothing(
    failing: Clinic, cast: Cast, answers: dict[str, int]
) -> None:
    body, before, statements = page(answers, comment="It was hard today."), rows(failing), 0
    while True:
        Failing.left = statements
        try:
            send(failing, cast.alder.token, body, NOW, ATTEMPT)
        except NotSaved:
            Failing.left = None
            assert rows(failing) == before, f"half a submission after {statements} statements"
            statements += 1
            continue
        except Unplugged:  # while the page was being read, before anything is written
            Failing.left = None
            assert rows(failing) == before
            statements += 1
            continue
        break
    Failing.left = None
    assert statements > 15
    assert rows(failing)["response"] == before["response"] + 1
    assert rows(failing)["answer"] == before["answer"] + 12
    failing.close()


def test_two_hundred_links_sent_by_sixteen_at_once_count_once_each(cast: Cast) -> None:
    clinic, viewer = cast.clinic, cast.viewer("jonas")
    tokens = []
    for number in range(200):
        dyad = add_patient(cast, f"Fern {number:03d}")
        tokens.append(hold(cast, viewer, dyad.patient.id, NOW)[1])
    before = rows(clinic)

    def one(which: int, token: str) -> str:
        try:
            send(clinic, token, page(STEADY, comment=f"number {which}"), NOW)
        except AlreadyAnswered:
            return "already"
        return "counted"

    with ThreadPoolExecutor(16) as pool:
        for token in tokens:
            outcomes = list(pool.map(one, range(16), [token] * 16))
            assert sorted(outcomes) == ["already"] * 15 + ["counted"]
    after = rows(clinic)
    assert after["response"] - before["response"] == 200
    assert after["answer"] - before["answer"] == 200 * 12
    assert after["reading"] - before["reading"] == 200
