"""What comes after an answer, below the pages: when it is offered, what a ticket opens, what is kept and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from werkzeug.datastructures import MultiDict

from alliance.actions import answering, caseload, following_up, reading
from alliance.actions.answering import GRACE, NotSaved, Receipt
from alliance.actions.clinic import Clinic
from alliance.actions.following_up import NotKept, NotYetRated
from alliance.actions.tickets import OPENS_FOR, TicketEnded
from alliance.domain.therapy import Channel
from alliance.storage import settings
from tests.actions.sending import LOW, STEADY, page, send
from tests.actions.stories import course
from tests.cast import NOW, Cast, add_patient, hold
from tests.faults.test_submission import Failing, failing  # noqa: F401 (a fixture)

ATTEMPT = "an-attempt-at-the-ticks"
AROUND = {"home": 2, "steady": 4, "support": 3, "reach": 7, "deserve": 9, "between": 4}


def tick(
    clinic: Clinic, ticket: str, *ticks: str, at: datetime = NOW, attempt: str = ATTEMPT, **more: str
) -> Receipt:
    fields = [("attempt", attempt), *(("happened", one) for one in ticks), *more.items()]
    body = urlencode(fields).encode()
    return following_up.tick(clinic, ticket, attempt=attempt, body=body, form=MultiDict(fields), now=at)


def rate(clinic: Clinic, ticket: str, answers: dict[str, int], *, at: datetime = NOW, **more: str) -> Receipt:
    fields = MultiDict([(item, str(value)) for item, value in answers.items()] + list(more.items()))
    body = urlencode(list(fields.items(multi=True))).encode()
    return following_up.rate_monthly(
        clinic, ticket, attempt=answering.new_attempt(), body=body, form=fields, now=at
    )


def kept(clinic: Clinic) -> list[tuple[str, ...]]:
    """The ticks of each follow-up that counts, oldest first."""
    with clinic.db.read() as conn:
        ids = [row["id"] for row in conn.execute("SELECT id FROM follow_up WHERE counted = 1 ORDER BY id")]
        return [
            tuple(
                row["tick"]
                for row in conn.execute(
                    "SELECT tick FROM follow_up_tick WHERE follow_up_id = ? ORDER BY tick", (one,)
                )
            )
            for one in ids
        ]


def rows(clinic: Clinic, table: str) -> int:
    with clinic.db.read() as conn:
        return int(conn.execute(f"SELECT count(*) AS n FROM {table}").fetchone()["n"])


@pytest.fixture
def low(cast: Cast) -> str:
    """The ticket that came with a low answer just now."""
    receipt = send(cast.clinic, cast.alder.token, page(LOW), NOW)
    assert receipt.more is not None
    return receipt.more


def test_only_what_is_in_this_very_response_is_a_reason(cast: Cast) -> None:
    steady = send(cast.clinic, cast.alder.token, page(STEADY), NOW)  # the one before it was low
    assert steady.more is None
    assert rows(cast.clinic, "offer WHERE kind = 'checklist' AND offered_at >= '2026-11-20'") == 0


def test_the_same_attempt_again_leads_to_the_same_place_until_it_is_used(cast: Cast) -> None:
    first = send(cast.clinic, cast.alder.token, page(LOW), NOW, ATTEMPT)
    again = send(cast.clinic, cast.alder.token, page(LOW), NOW + timedelta(minutes=29), ATTEMPT)
    assert first.more and again.more and first.more != again.more
    late = NOW + OPENS_FOR
    assert send(cast.clinic, cast.alder.token, page(LOW), late, ATTEMPT).more is None
    tick(cast.clinic, again.more, "judged")
    assert send(cast.clinic, cast.alder.token, page(LOW), NOW, ATTEMPT).more is None
    with pytest.raises(TicketEnded):
        following_up.open_ticks(cast.clinic, first.more, NOW)
    assert rows(cast.clinic, "offer WHERE offered_at >= '2026-11-20'") == 1


def test_who_sends_another_answer_over_the_link_gets_no_ticket(cast: Cast) -> None:
    send(cast.clinic, cast.alder.token, page(LOW), NOW)
    for _ in range(2):  # the second time, this very attempt has been kept aside
        try:
            receipt = send(cast.clinic, cast.alder.token, page(LOW, safe="1"), NOW, "attempt-of-a-finder")
        except answering.AlreadyAnswered:
            continue
        assert (receipt.more, receipt.monthly) == (None, None)


def test_a_ticket_says_nothing_and_opens_one_page(cast: Cast, low: str) -> None:
    opened = following_up.open_ticks(cast.clinic, low, NOW, token=cast.alder.token)
    assert opened.asks.key == "what-happened 1.0"
    assert opened.receipt.readers == ("Jonas Berg",)
    assert len(low) < 100 and low.isascii()
    for wrong in (low[:-2], f"x{low}", "", "é", "AAAA", low.swapcase()):
        with pytest.raises(TicketEnded):
            following_up.open_ticks(cast.clinic, wrong, NOW)
    with pytest.raises(TicketEnded):
        following_up.open_ticks(cast.clinic, low, NOW, token=cast.stories["Birch 2"].token)
    with pytest.raises(TicketEnded):
        following_up.open_monthly(cast.clinic, low, NOW)


def test_it_opens_for_half_an_hour_and_what_is_open_may_be_sent_a_day_longer(cast: Cast, low: str) -> None:
    following_up.open_ticks(cast.clinic, low, NOW + OPENS_FOR - timedelta(seconds=1))
    with pytest.raises(TicketEnded):
        following_up.open_ticks(cast.clinic, low, NOW + OPENS_FOR)
    tick(cast.clinic, low, "late", at=NOW + OPENS_FOR + GRACE - timedelta(seconds=1))
    assert kept(cast.clinic) == [("late",)]


def test_what_comes_later_still_is_kept_and_not_counted(cast: Cast, low: str) -> None:
    tick(cast.clinic, low, "late", at=NOW + OPENS_FOR + GRACE)
    assert kept(cast.clinic) == []
    assert rows(cast.clinic, "follow_up") == 1
    assert rows(cast.clinic, "follow_up_tick") == 0


def test_ticks_are_kept_as_they_came_once_and_sealed(cast: Cast, low: str) -> None:
    receipts = [tick(cast.clinic, low, "judged", "nothing", "weather") for _ in range(2)]
    assert receipts[0].readers == ("Jonas Berg",)
    assert kept(cast.clinic) == [("judged", "nothing")]
    with cast.clinic.db.read() as conn:
        row = conn.execute("SELECT body, attempt_id FROM follow_up").fetchone()
        line = conn.execute("SELECT * FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    assert b"judged" not in row["body"]
    assert (
        cast.clinic.keyring.open(row["body"], f"follow_up|{ATTEMPT}|body")
        == f"attempt={ATTEMPT}&happened=judged&happened=nothing&happened=weather".encode()
    )
    assert (line["action"], line["subject"], line["detail"]) == (
        "say more",
        "response",
        '{"number": 1, "unknown fields": 1}',
    )


def test_a_second_page_is_kept_aside_and_only_so_many(cast: Cast, low: str) -> None:
    tick(cast.clinic, low, "judged")
    for number in range(9):
        tick(cast.clinic, low, "late", attempt=f"another-page-number-{number}")
    assert kept(cast.clinic) == [("judged",)]
    assert rows(cast.clinic, "follow_up") == 4


def test_a_page_gone_back_to_and_changed_under_the_same_attempt_is_kept_aside(cast: Cast, low: str) -> None:
    tick(cast.clinic, low, "judged")
    tick(cast.clinic, low, "judged", "late")
    assert kept(cast.clinic) == [("judged",)]
    assert rows(cast.clinic, "follow_up") == 2


def test_nothing_ticked_is_as_good_as_stopping_but_ends_nothing(cast: Cast, low: str) -> None:
    tick(cast.clinic, low)
    assert rows(cast.clinic, "follow_up") == 0
    tick(cast.clinic, low, "judged")
    assert kept(cast.clinic) == [("judged",)]


def test_stopping_ends_it_and_says_nothing(cast: Cast, low: str) -> None:
    tick(cast.clinic, low, "judged", stop="yes")
    assert kept(cast.clinic) == [()]
    with pytest.raises(TicketEnded):
        following_up.open_ticks(cast.clinic, low, NOW)


def asked_in(cast: Cast, code: str, audiences: str = "") -> list[int]:
    """The weeks in which a new patient with a session a week is offered the monthly sentences.

    `audiences`: s for a week kept from the therapist, - for one without an answer.
    """
    viewer, patient_id, found = cast.viewer("jonas"), add_patient(cast, code).patient.id, []
    for week in range(12):
        at = NOW + timedelta(weeks=week)
        token = hold(cast, viewer, patient_id, at)[1]
        said = audiences[week : week + 1]
        if said == "-":
            continue
        answers = page(STEADY, audience="supervisor" if said == "s" else "both")
        if send(cast.clinic, token, answers, at + timedelta(minutes=week)).monthly:
            found.append(week)
    return found


def test_life_around_therapy_is_asked_from_the_second_answer_on_every_four_weeks(cast: Cast) -> None:
    assert asked_in(cast, "Elm 9") == [1, 5, 9]


@pytest.mark.parametrize("kept_back", ["s", "ss", "bbbs", "bssssss", "bbbbbsb"])
def test_what_was_kept_from_the_therapist_moves_it_in_no_way_the_therapist_could_see(
    cast: Cast, kept_back: str
) -> None:
    """An answer that the therapist may see is asked in the same weeks as if the others had never come."""
    seen = [week for week in asked_in(cast, "Elm 9", kept_back) if kept_back[week : week + 1] != "s"]
    assert seen == asked_in(cast, "Elm 10", kept_back.replace("s", "-"))


def test_a_clinic_that_does_not_want_it_asks_nobody(cast: Cast) -> None:
    changed = replace(cast.clinic.settings(), monthly=False)
    with cast.clinic.db.write() as conn:
        settings.save_clinic_settings(conn, changed)
    assert asked_in(cast, "Elm 9") == []


def test_a_device_that_goes_back_to_the_therapist_is_not_asked_on(cast: Cast) -> None:
    viewer = cast.viewer("jonas")
    here = caseload.issue_link(cast.clinic, viewer, cast.alder.session_id, channel=Channel.HERE, now=NOW)
    receipt = send(cast.clinic, here, page(LOW), NOW)
    assert receipt.channel is Channel.HERE
    assert receipt.more and receipt.monthly is None


def test_the_monthly_sentences_are_kept_with_scores_beside_the_alliance(cast: Cast) -> None:
    patient = course(cast, "Elm 11", [8, None], end=NOW)
    receipt = send(cast.clinic, patient.tokens[-1], page(STEADY), NOW)
    assert receipt.monthly is not None
    before = reading.chart_trend(cast.clinic, cast.viewer("jonas"), patient.id, NOW)
    with pytest.raises(NotYetRated) as wrong:
        rate(cast.clinic, receipt.monthly, AROUND | {"home": 11})
    assert set(wrong.value.checked.problems) == {"home"}
    assert rows(cast.clinic, "follow_up") == 0
    rate(cast.clinic, receipt.monthly, AROUND)
    rate(cast.clinic, receipt.monthly, {"home": 10})
    with cast.clinic.db.read() as conn:
        scores = {row["scale"]: row["value"] for row in conn.execute("SELECT * FROM follow_up_score")}
    assert scores == {"stability": 30.0, "access": 70.0, "readiness": 65.0}
    assert reading.chart_trend(cast.clinic, cast.viewer("jonas"), patient.id, NOW) == before
    with pytest.raises(TicketEnded):
        following_up.open_monthly(cast.clinic, receipt.monthly, NOW)


def test_both_may_be_offered_and_the_first_leads_to_the_second(cast: Cast) -> None:
    patient = course(cast, "Elm 11", [8, None], end=NOW)
    receipt = send(cast.clinic, patient.tokens[-1], page(LOW), NOW)
    assert receipt.more and receipt.monthly
    then = tick(cast.clinic, receipt.more, "judged")
    assert then.more is None and then.monthly
    end = rate(cast.clinic, then.monthly, AROUND)
    assert (end.more, end.monthly, end.readers) == (None, None, ("Jonas Berg",))


def test_who_may_see_it_is_who_may_see_the_answer(cast: Cast) -> None:
    told = course(cast, "Elm 11", [8, None], end=NOW)
    receipt = send(cast.clinic, told.tokens[-1], page(LOW, audience="supervisor"), NOW)
    assert receipt.more and receipt.monthly
    jonas, miriam, patient = cast.viewer("jonas"), cast.viewer("miriam"), told.id
    before = reading.open_patient(cast.clinic, jonas, patient, NOW)
    assert tick(cast.clinic, receipt.more, "judged").readers == ("Miriam Osei",)
    rate(cast.clinic, receipt.monthly, AROUND)
    assert reading.open_patient(cast.clinic, jonas, patient, NOW) == before
    seen = reading.open_patient(cast.clinic, miriam, patient, NOW)
    assert seen.trend.points[-1].happened is not None
    assert seen.trend.points[-1].happened.quotes == ("“I felt judged or talked down to”",)
    assert seen.around is not None and [row.held_back for row in seen.around.rows] == [True] * 3


def test_a_fault_after_any_statement_leaves_all_or_nothing(
    failing: Clinic,  # noqa: F811
    cast: Cast,
) -> None:
    receipt = send(failing, cast.alder.token, page(LOW), NOW)
    assert receipt.more
    before = rows(failing, "audit")
    for statements in range(100):
        Failing.left = statements
        try:
            tick(failing, receipt.more, "judged", "late")
        except NotKept as fault:
            Failing.left = None
            assert fault.page is None or fault.page.asks.id == "what-happened"
            counts = [rows(failing, table) for table in ("follow_up", "follow_up_tick", "audit")]
            assert counts == [0, 0, before], f"a trace after {statements} statements"
            continue
        break
    Failing.left = None
    assert statements > 5
    assert kept(failing) == [("judged", "late")]


def test_an_offer_that_cannot_be_noted_takes_the_answer_back_too(
    failing: Clinic,  # noqa: F811
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page says that the answers are saved: then what is offered has to be as well."""
    monkeypatch.setattr("alliance.storage.follow_ups.offer", lambda *_, **__: 1 / 0)
    with pytest.raises(NotSaved):
        send(failing, cast.alder.token, page(LOW), NOW)
    assert rows(failing, "response WHERE received_at >= '2026-11-20'") == 0
