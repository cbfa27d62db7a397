"""Reminders follow the true state, so nothing that a therapist sees may tell whether one was sent.

Two clinics live through the same days with e-mail switched on. In one the patient answers over the mail’s own
link and keeps it from the therapist; in the other nobody answers, and a reminder goes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from alliance.actions.passwords import Passwords
from tests.cast import NOW, Cast
from tests.post_office import PostOffice, agree, open_office, run, with_mail
from tests.web.twins import Twins, World, differences, twins, walk


@pytest.fixture
def pair(cast: Cast, clock: time_machine.Traveller, tmp_path: Path, passwords: Passwords) -> Iterator[Twins]:
    yield from twins(cast, tmp_path, passwords)


def switch_on(world: World, office: PostOffice) -> None:
    """E-mail, and a yes of the patient."""
    agree(world.cast, world.patient_id)
    world.app.extensions["clinic"] = with_mail(world.cast.clinic, office.port)


def send(world: World) -> None:
    run(world.app.extensions["clinic"], datetime.now(tz=NOW.tzinfo))


@pytest.mark.parametrize("reminder_fails", [False, True], ids=["reminder-arrives", "reminder-refused"])
def test_no_page_tells_whether_a_reminder_went_out(
    pair: Twins, clock: time_machine.Traveller, reminder_fails: bool
) -> None:
    kept, silent = pair
    with open_office() as one, open_office() as other:
        for world, office in ((kept, one), (silent, other)):
            switch_on(world, office)
            send(world)
            assert len(office.got) == 1
        clock.shift(timedelta(hours=5))
        token = re.search(r"/a/(\S+)", one.mails[0].get_content())
        assert token
        kept.answer(token[1], 2, audience="supervisor")
        if reminder_fails:
            other.at_rcpt = lambda _: "550 5.1.1 No such user"
        for days in (0, 1, 3):
            clock.move_to(NOW + timedelta(days=days, hours=6))
            for world in pair:
                send(world)
            assert differences(*map(walk, pair)) == [], f"after {days} days"
        reminded = 0 if reminder_fails else 1
        assert (len(one.got), len(other.got)) == (1, 1 + reminded), "the mails follow the truth"


def test_a_page_that_did_tell_would_be_noticed(pair: Twins) -> None:
    kept, silent = pair
    for world in pair:
        agree(world.cast, world.patient_id)
    with silent.cast.clinic.db.write() as conn:
        conn.execute("UPDATE contact SET failed_at = asked_on, failure = '5.1.1'")
    assert differences(*map(walk, pair))
    assert kept
