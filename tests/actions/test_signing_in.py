"""Signing in: every refusal alike, nothing kept of what was typed; sessions that end when they should."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from alliance.actions import accounts, signing_in
from alliance.actions.clinic import Clinic
from alliance.actions.passwords import Passwords
from alliance.domain.people import Role
from alliance.domain.signing_in import WebSession
from alliance.storage import audit, sqlite, staff
from tests.cast import NOW, PASSWORD, Cast, address
from tests.cast import enter as by_acts

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Counting(Passwords):
    """Passwords that note how often they were put to work."""

    work = 0

    def matches(self, kept: str | None, password: str) -> bool:
        self.work += 1
        return super().matches(kept, password)


def session(clinic: Clinic, raw_id: str) -> WebSession:
    found = signing_in.session_of(clinic, raw_id)
    assert found is not None
    return found


def enter(cast: Cast, who: str = "jonas") -> str:
    return by_acts(cast.clinic, who)


def last(cast: Cast) -> audit.Entry:
    with cast.clinic.db.read() as conn:
        return audit.latest(conn, 1)[0]


def test_the_right_password_opens(cast: Cast) -> None:
    viewer = signing_in.resume(cast.clinic, enter(cast), NOW)
    assert viewer == cast.viewer("jonas")
    assert (last(cast).action, last(cast).actor_id) == ("sign in", cast.ids["jonas"])


@pytest.mark.parametrize("typed", ["JONAS@Clinic.Example", "  jonas@clinic.example "])
def test_capitals_and_spaces_around_the_address_make_no_difference(cast: Cast, typed: str) -> None:
    assert signing_in.sign_in(cast.clinic, typed, PASSWORD, NOW) is not None


@pytest.mark.parametrize(
    ("email", "password", "reason", "known"),
    [
        (address("jonas"), "not the right password", "wrong password", "jonas"),
        (address("jonas"), "", "wrong password", "jonas"),
        (address("nobody"), PASSWORD, "unknown address", None),
        ("", PASSWORD, "unknown address", None),
        (address("dana"), PASSWORD, "account closed", "dana"),
        (address("nora"), PASSWORD, "invitation not accepted", "nora"),
        (address("jonas"), "x" * 129, "password too long", None),
    ],
)
def test_every_refusal_is_one_answer_and_one_line(
    cast: Cast, email: str, password: str, reason: str, known: str | None
) -> None:
    accounts.invite(
        cast.clinic, name="Nora", email=address("nora"), roles=[Role.ADMIN], now=NOW, actor="command"
    )
    assert signing_in.sign_in(cast.clinic, email, password, NOW) is None
    line = last(cast)
    assert (line.action, line.actor_id, line.detail) == ("refuse sign-in", None, {"reason": reason})
    with cast.clinic.db.read() as conn:
        person = staff.get(conn, line.subject_id) if line.subject_id else None
    assert (person.email if person else None) == (address(known) if known else None)


@pytest.mark.parametrize("who", ["jonas", "nobody", "dana"])
def test_the_work_is_the_same_whoever_it_is(cast: Cast, who: str) -> None:
    counting = Counting(memory_kib=8, passes=1)
    clinic = Clinic(cast.clinic.config, cast.clinic.keyring, cast.clinic.db, cast.clinic.library, counting)
    assert signing_in.sign_in(clinic, address(who), "not the right password", NOW) is None
    assert counting.work == 1


def test_a_password_too_long_never_reaches_the_hash(cast: Cast) -> None:
    counting = Counting(memory_kib=8, passes=1)
    clinic = Clinic(cast.clinic.config, cast.clinic.keyring, cast.clinic.db, cast.clinic.library, counting)
    assert signing_in.sign_in(clinic, address("jonas"), "x" * 129, NOW) is None
    assert counting.work == 0
    assert signing_in.sign_in(clinic, address("jonas"), "x" * 128, NOW) is None
    assert counting.work == 1


def test_nothing_typed_is_kept(cast: Cast) -> None:
    signing_in.sign_in(cast.clinic, "typed-into-the-wrong-field", "canary-of-a-password", NOW)
    files = b"".join(path.read_bytes() for path in cast.clinic.config.folder.glob("clinic.db*"))
    assert b"refuse sign-in" in files
    assert b"typed-into-the-wrong-field" not in files
    assert b"canary-of-a-password" not in files


def test_a_hash_is_renewed_when_the_parameters_change(cast: Cast) -> None:
    jonas = cast.ids["jonas"]
    stronger = Passwords(memory_kib=16, passes=1)
    clinic = Clinic(cast.clinic.config, cast.clinic.keyring, cast.clinic.db, cast.clinic.library, stronger)
    assert signing_in.sign_in(clinic, address("jonas"), PASSWORD, NOW) is not None
    with clinic.db.read() as conn:
        kept = staff.password_hash(conn, jonas)
    assert kept is not None and "m=16,t=1" in kept
    assert signing_in.sign_in(clinic, address("jonas"), PASSWORD, NOW) is not None


def test_ids_are_long_and_not_kept(cast: Cast) -> None:
    raw_ids = {enter(cast) for _ in range(10)}
    assert len(raw_ids) == 10 and {len(raw_id) for raw_id in raw_ids} == {27}  # 160 bits
    files = b"".join(path.read_bytes() for path in cast.clinic.config.folder.glob("clinic.db*"))
    assert not any(raw_id.encode() in files for raw_id in raw_ids)


@pytest.mark.parametrize("raw_id", ["", "x", "x" * 27, "\ud800"])
def test_other_ids_open_nothing(cast: Cast, raw_id: str) -> None:
    enter(cast)
    assert signing_in.resume(cast.clinic, raw_id, NOW) is None
    signing_in.sign_out(cast.clinic, raw_id, NOW)
    assert last(cast).action == "sign in"


def test_fifteen_minutes_without_use_end_it(cast: Cast) -> None:
    busy, idle = enter(cast), enter(cast)
    assert signing_in.resume(cast.clinic, busy, NOW + 14 * MINUTE) is not None
    assert signing_in.resume(cast.clinic, idle, NOW + 15 * MINUTE) is None
    assert signing_in.resume(cast.clinic, idle, NOW) is None  # nor does it come back with the clock
    assert signing_in.resume(cast.clinic, busy, NOW + 29 * MINUTE - SECOND) is not None


def test_ten_hours_end_it_however_busy(cast: Cast) -> None:
    raw_id, at = enter(cast), NOW
    while at < NOW + timedelta(hours=10) - SECOND:
        assert signing_in.resume(cast.clinic, raw_id, at) is not None
        at = min(at + 10 * MINUTE, NOW + timedelta(hours=10) - SECOND)
    assert signing_in.resume(cast.clinic, raw_id, at) is not None
    assert signing_in.resume(cast.clinic, raw_id, NOW + timedelta(hours=10)) is None


def test_a_clock_gone_back_keeps_nobody_signed_in(cast: Cast) -> None:
    assert signing_in.resume(cast.clinic, enter(cast), NOW - timedelta(days=365)) is None


def test_use_is_noted_once_a_minute(cast: Cast) -> None:
    raw_id = enter(cast)
    signing_in.resume(cast.clinic, raw_id, NOW + 59 * SECOND)
    assert session(cast.clinic, raw_id).last_seen_at == NOW
    signing_in.resume(cast.clinic, raw_id, NOW + 60 * SECOND)
    assert session(cast.clinic, raw_id).last_seen_at == NOW + MINUTE
    assert session(cast.clinic, raw_id).created_at == NOW


def test_sessions_that_ran_out_are_swept_away(cast: Cast) -> None:
    for _ in range(3):
        enter(cast)
    by_acts(cast.clinic, "claire", NOW + timedelta(days=1))
    with cast.clinic.db.read() as conn:
        assert conn.execute("SELECT count(*) AS n FROM web_session").fetchone()["n"] == 1


def test_signing_out_ends_this_session_only(cast: Cast) -> None:
    here, there = enter(cast), enter(cast)
    signing_in.sign_out(cast.clinic, here, NOW)
    assert signing_in.resume(cast.clinic, here, NOW) is None
    assert signing_in.resume(cast.clinic, there, NOW) is not None
    assert (last(cast).action, last(cast).actor_id) == ("sign out", cast.ids["jonas"])


def test_who_reads_is_not_turned_away_where_writing_is_blocked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw_id = enter(cast)
    monkeypatch.setattr(sqlite, "PATIENCE", 0.01)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with cast.clinic.db.write():
            holding.set()
            done.wait(10)

    writer = threading.Thread(target=hold)
    writer.start()
    try:
        assert holding.wait(10)
        assert signing_in.resume(cast.clinic, raw_id, NOW + 5 * MINUTE) == cast.viewer("jonas")
        assert signing_in.resume(cast.clinic, raw_id, NOW + 20 * MINUTE) is None
    finally:
        done.set()
        writer.join()
    assert session(cast.clinic, raw_id).last_seen_at == NOW
