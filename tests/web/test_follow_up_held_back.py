"""What comes after an answer that was held back is held back with it: the therapist sees no byte of it.

Ticks and the monthly sentences, a later answer that both may see, and the next time the month is asked about:
compared, page by page, with a clinic in which that session's form never came back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from werkzeug.datastructures import MultiDict

from alliance.actions import following_up
from alliance.actions.answering import Receipt
from alliance.actions.passwords import Passwords
from tests.actions.sending import LOW, STEADY, page, send
from tests.cast import NOW, Cast, signed_in
from tests.page import page_client
from tests.page_rules import RULES
from tests.web.posting import course, link, page_of, post
from tests.web.test_canaries import opened
from tests.web.twins import Twins, World, differences, twins, walk

QUOTE = "talked down to"
AROUND = {"home": "1", "steady": "1", "reach": "2", "deserve": "3", "part": "2"}


@pytest.fixture
def pair(cast: Cast, clock: time_machine.Traveller, tmp_path: Path, passwords: Passwords) -> Iterator[Twins]:
    yield from twins(cast, tmp_path, passwords)


def say_more(world: World, receipt: Receipt) -> None:
    """Tick, and answer the monthly sentences where they are offered."""
    now = datetime.now(tz=NOW.tzinfo)
    clinic = world.cast.clinic
    if receipt.more:
        ticks = MultiDict([("happened", "judged"), ("happened", "late")])
        following_up.tick(
            clinic, receipt.more, attempt="of-the-page-with-ticks", body=b"", form=ticks, now=now
        )
    if receipt.monthly:
        rated = MultiDict(AROUND)
        following_up.rate_monthly(
            clinic, receipt.monthly, attempt=f"month-of-{now:%Y-%m-%d-%H}", body=b"", form=rated, now=now
        )


def answer_and_say_more(world: World, token: str, answers: dict[str, int], audience: str) -> Receipt:
    receipt = send(world.cast.clinic, token, page(answers, audience=audience), datetime.now(tz=NOW.tzinfo))
    say_more(world, receipt)
    return receipt


def test_the_therapist_sees_no_byte_of_it_then_or_later(pair: Twins, clock: time_machine.Traveller) -> None:
    held, never = pair
    answer_and_say_more(held, held.tokens[0], LOW, "supervisor")
    assert differences(walk(held), walk(never)) == [], "just afterwards"
    months = {id(held): 0, id(never): 0}
    for week in range(1, 7):
        clock.shift(timedelta(days=7))
        for world in pair:
            receipt = answer_and_say_more(world, world.hold()[1], STEADY, "both")
            months[id(world)] += receipt.monthly is not None
        if week in (1, 4, 6):
            assert differences(walk(held), walk(never)) == [], f"{week} weeks later"
    assert months[id(held)] == months[id(never)] > 0


def test_it_would_be_noticed_if_the_answer_were_for_both(pair: Twins) -> None:
    one, other = pair
    receipts = [send(world.cast.clinic, world.tokens[0], page(LOW, audience="both"), NOW) for world in pair]
    assert differences(walk(one), walk(other)) == []
    say_more(one, receipts[0])
    assert differences(walk(one), walk(other)) != []


def ticked(app: Flask, cast: Cast, audience: str) -> None:
    """Alder 14 answers low, to that audience, and ticks."""
    client = page_client(app)
    response = post(client, cast.alder.token, {"heard": "0", "team": "0", "hurt": "9", "audience": audience})
    form = client.page(response.headers["Location"]).form("Add this")
    assert client.submit(form, {"happened": ["judged"]}).status_code == 303


def seen_by(app: Flask, cast: Cast, who: str) -> set[str]:
    """The kinds of pages on which somebody reads the quote."""
    client = page_client(app) if who == "nobody" else signed_in(app, who)
    return {
        path.partition("?")[0].strip("/").partition("/")[0]
        for path, _, text in opened(client, app, cast)
        if QUOTE in text
        # Cards and previews of questionnaires quote what can be ticked, whoever ticked it.
        and not path.startswith(("/help/cards", "/admin/instruments"))
    }


def test_ticks_are_told_where_the_answer_is_and_nowhere_else(app: Flask, cast: Cast) -> None:
    ticked(app, cast, "both")
    assert (
        {"patients", "caseload"}
        <= seen_by(app, cast, "jonas")
        <= {"patients", "caseload", "alerts", "sessions"}
    )
    assert (
        {"patients", "supervision"} <= seen_by(app, cast, "miriam") <= {"patients", "supervision", "alerts"}
    )
    for who in ("ruth", "tomasz", "claire", "erik", "nobody"):
        assert seen_by(app, cast, who) == set(), who


def test_ticks_that_were_held_back_are_the_supervisors_alone(app: Flask, cast: Cast) -> None:
    ticked(app, cast, "supervisor")
    assert "patients" in seen_by(app, cast, "miriam")
    for who in ("jonas", "ruth", "tomasz", "claire", "erik", "nobody"):
        assert seen_by(app, cast, who) == set(), who


def test_the_alert_says_what_was_ticked_and_what_it_may_speak_of(app: Flask, cast: Cast) -> None:
    ticked(app, cast, "both")
    jonas = signed_in(app, "jonas")
    page = jonas.page(f"/patients/{cast.alder.patient_id}")
    told = (
        "After session 8 they ticked: “I felt judged or talked down to”. Perhaps too much of the therapist."
    )
    assert told in page.main
    alerts = [href for _, href in page.links if href.startswith("/alerts/")]
    alert = page_of(jonas.get(alerts[0], allow=RULES))
    assert told in alert.main
    assert told in jonas.page("/caseload").main
    assert told in signed_in(app, "miriam").page("/supervision").main


def test_why_we_ask_says_of_what_it_may_speak(app: Flask, cast: Cast) -> None:
    told = course(cast, "Elm 13", 8, 9, 8, 9, 8)
    client = page_client(app)
    low = {"heard": "0", "team": "0", "safe": "0", "hurt": "9", "held": "9"}
    response = post(client, link(cast, told.dyad.patient.id), low)
    form = client.page(response.headers["Location"]).form("Add this")
    client.submit(form, {"happened": ["judged", "decided"]})
    jonas = signed_in(app, "jonas")
    page = jonas.page(told.path)
    assert "They ticked: “I felt judged or talked down to” and “what we did was decided" in page.main
    alert = next(href for _, href in page.links if href.startswith("/alerts/"))
    words = jonas.page(alert).main
    assert "Perhaps too much of the therapist, or the direction of the work." in words
    assert "One way to read what was ticked, not a verdict." in words
    assert "What Elm 13 ticked" in page.main


def test_life_around_therapy_stands_on_the_patients_page(app: Flask, cast: Cast) -> None:
    told = course(cast, "Elm 14", 8)
    client = page_client(app)
    response = post(client, link(cast, told.dyad.patient.id))
    monthly = client.page(dict(client.page(response.headers["Location"]).links)["Answer them now"])
    client.submit(monthly.form("Send my answers"), {"home": "2", "steady": "4", "support": "3"})
    for who in ("jonas", "miriam"):
        page = signed_in(app, who).page(told.path)
        assert "Life around therapy Asked for the first time after the session on 20 November." in page.main
        assert ["A steady life", "30", "20 Nov", "first time"] in [
            row for table in page.tables for row in table
        ]
