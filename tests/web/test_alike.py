"""What is somebody else’s and what is not there are the same: the status, every header, every byte, and about the work.

For every address with something of a patient’s in it, every method, and everybody of the staff who does not get in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from werkzeug.routing import Rule

from alliance.actions.passwords import Passwords
from tests.conftest import Models
from tests.web.doors import SEVERAL, STAFF, let_in
from tests.web.house import Answer, House, standing

# What nothing is called, by the part of an address that names something.
NOTHING: dict[str, object] = {
    "alert_id": 999_999,
    "change_id": 999_999,
    "device_id": 999_999,
    "erasure_id": 999_999,
    "kept_id": 999_999,
    "mark_id": 999_999,
    "number": "ZZZZ9999",
    "patient_id": 999_999,
    "session_id": 999_999,
    "share_id": 999_999,
    "staff_id": 999_999,
    "supervision_id": 999_999,
    "therapist_id": 999_999,
    "token_id": 999_999,
}
# Statements that finding something and then not showing it may cost more than finding nothing: microseconds each.
MORE_WORK = 3


@pytest.fixture(scope="module")
def house(models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all of these tests."""
    with standing(tmp_path_factory.mktemp("alike") / "clinic", models, passwords) as house:
        yield house


def pairs(house: House) -> Iterator[tuple[Rule, str, str, str]]:
    """Rule, method, the address of something there and of something not there."""
    for rule, path in house.rules():
        parts = rule.arguments & NOTHING.keys()
        if parts:
            absent = house.address(rule, **{part: NOTHING[part] for part in parts})
            for method in sorted(rule.methods or ()):
                yield rule, method, path, absent


@pytest.mark.control(43)
@pytest.mark.parametrize("who", sorted(STAFF | set(SEVERAL)))
def test_what_is_anothers_and_what_is_not_there_look_the_same(
    house: House, who: str, record_property: Callable[[str, object], None]
) -> None:
    compared, most = 0, 0
    for rule, method, foreign, absent in pairs(house):
        if who in let_in(rule.endpoint):
            continue
        (one, work), (other, usual) = asked(house, who, foreign, method), asked(house, who, absent, method)
        told = f"{who} {method} {rule.rule}"
        assert one.status == 404, told
        assert one == other, told
        assert abs(work - usual) <= MORE_WORK, f"{told}: {work} statements, and {usual} where nothing is"
        compared, most = compared + 1, max(most, abs(work - usual))
    record_property(
        "figures", f"foreign and absent, {who}: {compared} pairs alike, at most {most} statements apart"
    )
    assert compared >= 18


def asked(house: House, who: str, path: str, method: str) -> tuple[Answer, int]:
    """The answer, with a good form where it is one, and how many statements it took."""
    data = {"csrf_token": house.visitors[who].token} if method == "POST" else None
    with house.counted() as told:
        answer = house.call(who, path, method, data)
    return answer, len([one for one in told if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))])
