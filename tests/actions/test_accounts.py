"""Accounts: invited once, used once, closed at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alliance.actions import accounts, signing_in
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.people import Role
from alliance.storage import audit, people, staff
from alliance.storage.times import moment
from tests.cast import NOW, PASSWORD, Cast, address, enter

HOUR = timedelta(hours=1)


def invite(clinic: Clinic, **changes: Any) -> str:
    told: dict[str, Any] = {
        "name": "Nora Lind",
        "email": "nora@clinic.example",
        "roles": [Role.THERAPIST],
        "now": NOW,
        "actor": "command",
    }
    return accounts.invite(clinic, **(told | changes))


def actions(clinic: Clinic, after: int = 0) -> list[tuple[str, str, int | None, int | None]]:
    """The trail's lines, oldest first, from the given one on: who acted, what they did, with whom."""
    with clinic.db.read() as conn:
        lines = audit.latest(conn, 1000)[::-1]
    return [(line.actor, line.action, line.actor_id, line.subject_id) for line in lines][after:]


def test_an_invitation_lets_its_owner_set_a_password(clinic: Clinic) -> None:
    token = invite(clinic)
    person = accounts.open_invitation(clinic, token, NOW)
    assert (person.name, person.email, person.ready) == ("Nora Lind", "nora@clinic.example", False)
    assert signing_in.sign_in(clinic, "nora@clinic.example", PASSWORD, NOW) is None
    accounts.accept_invitation(clinic, token, PASSWORD, NOW)
    assert signing_in.sign_in(clinic, "nora@clinic.example", PASSWORD, NOW) is not None


def test_an_invitation_works_once(clinic: Clinic) -> None:
    token = invite(clinic)
    accounts.accept_invitation(clinic, token, PASSWORD, NOW)
    with pytest.raises(NotFound):
        accounts.open_invitation(clinic, token, NOW)
    with pytest.raises(NotFound):
        accounts.accept_invitation(clinic, token, "a password of somebody else", NOW)
    assert signing_in.sign_in(clinic, "nora@clinic.example", PASSWORD, NOW) is not None


def test_an_invitation_works_for_three_days(clinic: Clinic) -> None:
    token = invite(clinic)
    assert accounts.open_invitation(clinic, token, NOW + 72 * HOUR - timedelta(seconds=1))
    with pytest.raises(NotFound):
        accounts.open_invitation(clinic, token, NOW + 72 * HOUR)
    with pytest.raises(NotFound):
        accounts.accept_invitation(clinic, token, PASSWORD, NOW + 72 * HOUR)


def test_opening_an_invitation_changes_nothing(clinic: Clinic) -> None:
    token = invite(clinic)
    before = actions(clinic)
    for _ in range(3):
        accounts.open_invitation(clinic, token, NOW)
    assert actions(clinic) == before


@pytest.mark.parametrize("token", ["", "x", "x" * 27, "ünknown", "\ud800"])
def test_other_tokens_invite_nobody(clinic: Clinic, token: str) -> None:
    invite(clinic)
    with pytest.raises(NotFound):
        accounts.open_invitation(clinic, token, NOW)


def test_tokens_are_long_and_not_kept(clinic: Clinic) -> None:
    tokens = [invite(clinic, email=f"nora{i}@clinic.example") for i in range(20)]
    assert len(set(tokens)) == 20
    assert {len(token) for token in tokens} == {27}  # 160 bits
    files = b"".join(path.read_bytes() for path in clinic.config.folder.glob("clinic.db*"))
    assert b"nora19@clinic.example" in files
    assert not any(token.encode() in files for token in tokens)


def test_a_second_invitation_ends_the_first(clinic: Clinic) -> None:
    first = invite(clinic)
    person = accounts.open_invitation(clinic, first, NOW)
    second = accounts.invite_again(clinic, person.id, NOW, actor="command")
    with pytest.raises(NotFound):
        accounts.open_invitation(clinic, first, NOW)
    accounts.accept_invitation(clinic, second, PASSWORD, NOW)


def test_a_new_password_ends_every_session(cast: Cast) -> None:
    raw_id = enter(cast.clinic, "jonas")
    token = accounts.invite_again(cast.clinic, cast.ids["jonas"], NOW, actor=cast.viewer("tomasz"))
    assert signing_in.resume(cast.clinic, raw_id, NOW) is not None
    accounts.accept_invitation(cast.clinic, token, "quite another password", NOW)
    assert signing_in.resume(cast.clinic, raw_id, NOW) is None
    assert signing_in.sign_in(cast.clinic, address("jonas"), PASSWORD, NOW) is None


def test_a_password_that_will_not_do_leaves_the_invitation_open(clinic: Clinic) -> None:
    token = invite(clinic)
    with pytest.raises(Fault) as caught:
        accounts.accept_invitation(clinic, token, "too short", NOW)
    assert caught.value.field == "password"
    accounts.accept_invitation(clinic, token, PASSWORD, NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "nora"}, "email"),
        ({"email": "@clinic.example"}, "email"),
        ({"email": "nora@"}, "email"),
        ({"email": "no ra@clinic.example"}, "email"),
        ({"email": "nora@clinic.example\r\nBcc: all@clinic.example"}, "email"),
        ({"email": "x" * 250 + "@y.example"}, "email"),
        ({"email": "JONAS@clinic.example"}, "email"),
        ({"roles": []}, "roles"),
        ({"roles": [Role.ADMIN], "supervised_by": [1]}, "supervised_by"),
        ({"supervised_by": [999]}, "supervised_by"),
        ({"supervised_by": [3]}, "supervised_by"),  # Jonas is no supervisor
    ],
)
def test_what_can_be_put_right_is_said_at_its_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    before = accounts.list_staff(cast.clinic, actor="command")
    with pytest.raises(Fault) as caught:
        invite(cast.clinic, **changes)
    assert caught.value.field == field
    assert accounts.list_staff(cast.clinic, actor="command") == before


def test_supervision_begins_today(cast: Cast) -> None:
    token = invite(cast.clinic, supervised_by=[cast.ids["miriam"]])
    person = accounts.open_invitation(cast.clinic, token, NOW)
    with cast.clinic.db.read() as conn:
        assert people.supervisors_of(conn, person.id, NOW.date()) == ("Miriam Osei",)
        assert people.supervisors_of(conn, person.id, NOW.date() - timedelta(days=1)) == ()


@pytest.mark.parametrize("who", ["jonas", "miriam"])
def test_only_admins_look_after_accounts(cast: Cast, who: str) -> None:
    viewer, before = cast.viewer(who), actions(cast.clinic)
    with pytest.raises(Forbidden):
        invite(cast.clinic, actor=viewer)
    with pytest.raises(Forbidden):
        accounts.invite_again(cast.clinic, cast.ids["claire"], NOW, actor=viewer)
    with pytest.raises(Forbidden):
        accounts.disable(cast.clinic, cast.ids["claire"], NOW, actor=viewer)
    with pytest.raises(Forbidden):
        accounts.list_staff(cast.clinic, actor=viewer)
    assert actions(cast.clinic) == before


def test_everybody_is_listed_by_name_once(cast: Cast) -> None:
    invite(cast.clinic, name="Anna Both", roles=[Role.THERAPIST, Role.SUPERVISOR])
    listed = accounts.list_staff(cast.clinic, actor=cast.viewer("tomasz"))
    assert [person.name for person in listed] == [
        "Anna Both", "Claire Dubois", "Dana Reed", "Erik Lund", "Jonas Berg", "Miriam Osei", "Ruth Adler",
        "Tomasz Nowak",
    ]  # fmt: skip
    assert listed[0].roles == {Role.THERAPIST, Role.SUPERVISOR}
    assert [person.name for person in listed if person.disabled] == ["Dana Reed"]
    assert [person.name for person in listed if not person.ready] == ["Anna Both"]


def test_closing_an_account_ends_its_sessions_and_links(cast: Cast) -> None:
    clinic, jonas = cast.clinic, cast.ids["jonas"]
    raw_ids = [enter(clinic, "jonas") for _ in range(2)]
    others = enter(clinic, "claire")
    token = accounts.invite_again(clinic, jonas, NOW, actor="command")
    accounts.disable(clinic, jonas, NOW, actor=cast.viewer("tomasz"))
    assert all(signing_in.resume(clinic, raw_id, NOW) is None for raw_id in raw_ids)
    assert signing_in.resume(clinic, others, NOW) is not None
    with pytest.raises(NotFound):
        accounts.open_invitation(clinic, token, NOW)
    with pytest.raises(Fault):
        accounts.invite_again(clinic, jonas, NOW, actor="command")


def test_nothing_that_opens_a_closed_account_is_even_kept(cast: Cast) -> None:
    clinic, jonas = cast.clinic, cast.ids["jonas"]
    enter(clinic, "jonas")
    accounts.invite_again(clinic, jonas, NOW, actor="command")
    accounts.disable(clinic, jonas, NOW, actor="command")
    with clinic.db.read() as conn:
        assert conn.execute("SELECT * FROM web_session WHERE staff_id = ?", (jonas,)).fetchall() == []
        links = conn.execute("SELECT expires_at FROM staff_invitation WHERE staff_id = ?", (jonas,))
        assert all(moment(row["expires_at"]) <= NOW for row in links)


def test_what_was_kept_would_open_it_no_more(cast: Cast) -> None:
    """Even if a session or a link of a closed account were left over."""
    clinic, jonas = cast.clinic, cast.ids["jonas"]
    raw_id = enter(clinic, "jonas")
    token = accounts.invite_again(clinic, jonas, NOW, actor="command")
    with clinic.db.write() as conn:
        staff.disable(conn, jonas, NOW)
    assert signing_in.resume(clinic, raw_id, NOW) is None
    with pytest.raises(NotFound):
        accounts.open_invitation(clinic, token, NOW)


def test_nobody_closes_their_own_account(cast: Cast) -> None:
    with pytest.raises(Fault):
        accounts.disable(cast.clinic, cast.ids["tomasz"], NOW, actor=cast.viewer("tomasz"))
    assert signing_in.sign_in(cast.clinic, address("tomasz"), PASSWORD, NOW) is not None


@pytest.mark.parametrize("act", [accounts.disable, accounts.invite_again])
def test_nobody_of_that_id(cast: Cast, act: Any) -> None:
    with pytest.raises(NotFound):
        act(cast.clinic, 999, NOW, actor="command")


def test_every_act_stands_in_the_trail(cast: Cast) -> None:
    clinic, before = cast.clinic, len(actions(cast.clinic))
    tomasz = cast.ids["tomasz"]
    token = invite(clinic, actor=cast.viewer("tomasz"))
    nora = accounts.open_invitation(clinic, token, NOW).id
    again = accounts.invite_again(clinic, nora, NOW, actor="command")
    accounts.accept_invitation(clinic, again, PASSWORD, NOW)
    accounts.disable(clinic, nora, NOW, actor=cast.viewer("tomasz"))
    accounts.disable(clinic, nora, NOW, actor=cast.viewer("tomasz"))  # closed is closed: no second line
    assert actions(clinic, before) == [
        ("staff", "invite colleague", tomasz, nora),
        ("command", "invite colleague again", None, nora),
        ("staff", "set password", nora, nora),
        ("staff", "close account", tomasz, nora),
    ]
