"""What happens to an account or a session between two steps of getting in, and what no page would send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict

from alliance.actions import accounts, answering, confirming, second_step, signing_in
from alliance.actions.backing_off import Browser
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.passwords import Passwords
from alliance.actions.signing_in import NOWHERE
from alliance.domain.access import NotFound
from alliance.domain.people import Role
from alliance.domain.signing_in import MOST_IN_A_ROW
from alliance.storage import audit, staff
from surveys.forms import check
from tests.actions.sending import STEADY, page, send
from tests.cast import NOW, PASSWORD, Cast, address, enter

HOUR = timedelta(hours=1)


class Interrupted(Passwords):
    """Passwords during whose work something else happens."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.meanwhile = meanwhile

    def matches(self, kept: str | None, password: str) -> bool:
        found = super().matches(kept, password)
        self.meanwhile()
        return found


def interrupted(clinic: Clinic, meanwhile: Callable[[], object]) -> Clinic:
    return replace(clinic, passwords=Interrupted(meanwhile))


def reason(cast: Cast) -> object:
    with cast.clinic.db.read() as conn:
        return audit.latest(conn, 1)[0].detail


def test_an_account_closed_while_the_password_is_looked_at_stays_closed(cast: Cast) -> None:
    def close() -> None:
        accounts.disable(cast.clinic, cast.ids["jonas"], NOW, actor="command")

    assert signing_in.sign_in(interrupted(cast.clinic, close), address("jonas"), PASSWORD, NOW) is None
    assert "changed meanwhile" in str(reason(cast))


def test_a_password_changed_while_the_old_one_is_looked_at_is_the_one_that_counts(cast: Cast) -> None:
    def change() -> None:
        with cast.clinic.db.write() as conn:
            staff.set_password(conn, cast.ids["jonas"], cast.clinic.passwords.hash("another one altogether"))

    assert signing_in.sign_in(interrupted(cast.clinic, change), address("jonas"), PASSWORD, NOW) is None
    assert "changed meanwhile" in str(reason(cast))


def test_a_session_that_ends_while_it_is_confirmed_stays_ended(cast: Cast) -> None:
    raw_id = enter(cast.clinic, "jonas")

    def end() -> None:
        signing_in.sign_out(cast.clinic, raw_id, NOW)

    with pytest.raises(NotFound):
        confirming.confirm(interrupted(cast.clinic, end), raw_id, PASSWORD, NOW)
    assert signing_in.resume(cast.clinic, raw_id, NOW) is None


def test_no_code_opens_what_is_no_half_session(cast: Cast) -> None:
    whole = enter(cast.clinic, "jonas")
    for raw_id in ("no-session", whole):
        with pytest.raises(NotFound):
            second_step.enter_code(cast.clinic, raw_id, "123456", NOW, NOWHERE)


def test_after_a_hundred_wrong_confirmations_nobody_is_signed_in_any_more(cast: Cast) -> None:
    jonas = cast.ids["jonas"]
    for each in range(MOST_IN_A_ROW):
        with pytest.raises(Fault):
            confirming.check(cast.clinic, jonas, "a wrong one", NOW + each * HOUR, None)
    after = NOW + MOST_IN_A_ROW * HOUR
    raw_id = enter(cast.clinic, "jonas", after)
    with pytest.raises(Fault):
        confirming.confirm(cast.clinic, raw_id, PASSWORD, after)
    assert signing_in.resume(cast.clinic, raw_id, after) is None


def test_in_a_made_up_clinic_the_password_is_enough_until_there_is_more(cast: Cast) -> None:
    demo = replace(cast.clinic, config=replace(cast.clinic.config, demo=True))
    token = accounts.invite(
        demo, name="Ada Moor", email="ada@clinic.example", roles=[Role.THERAPIST], now=NOW, actor="command"
    )
    accounts.accept_invitation(demo, token, PASSWORD, NOW)
    raw_id = signing_in.sign_in(demo, "ada@clinic.example", PASSWORD, NOW, Browser())
    assert raw_id is not None
    assert signing_in.resume(demo, raw_id, NOW) is not None
    real = signing_in.sign_in(cast.clinic, "ada@clinic.example", PASSWORD, NOW, Browser())
    assert real is not None
    assert signing_in.resume(cast.clinic, real, NOW) is None


def test_an_attempt_that_no_page_made_gets_a_name_of_its_own(cast: Cast) -> None:
    clinic = cast.clinic
    opened = answering.open_form(clinic, cast.alder.token, NOW)
    checked = check(opened.instrument, MultiDict({**{item: str(n) for item, n in STEADY.items()}}))
    with clinic.db.write() as conn:
        assert answering.accept(clinic, conn, opened, "a b", page(STEADY), checked, NOW) is None
    with clinic.db.read() as conn:
        newest = conn.execute("SELECT id FROM attempt ORDER BY rowid DESC LIMIT 1").fetchone()["id"]
    assert answering.ATTEMPT.fullmatch(newest)


@pytest.mark.parametrize(("audience", "reader"), [("both", "Jonas Berg"), ("supervisor", "Miriam Osei")])
def test_what_was_kept_aside_and_is_sent_once_more_gets_the_plain_receipt(
    cast: Cast, audience: str, reader: str
) -> None:
    token, body = cast.alder.token, page(STEADY, audience=audience)
    send(cast.clinic, token, page(STEADY), NOW)
    with pytest.raises(answering.AlreadyAnswered):
        send(cast.clinic, token, body, NOW, "an-attempt-that-came-second")
    receipt = send(cast.clinic, token, body, NOW, "an-attempt-that-came-second")
    assert receipt.readers == (reader,)
    assert (receipt.more, receipt.monthly) == (None, None)
