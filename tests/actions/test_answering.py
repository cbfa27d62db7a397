"""A link may write once and read nothing, and nothing that is sent is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alliance.actions import answering, caseload
from alliance.actions.answering import AlreadyAnswered, LinkEnded, NotYet, UnknownLink
from alliance.domain.therapy import Channel
from alliance.storage import responses
from tests.actions.sending import LOW, STEADY, everything, page, rows, send
from tests.cast import NOW, Cast, hold

ATTEMPT = "an-attempt-of-this-page"


def test_an_answer_is_counted_once_with_everything_it_brings(cast: Cast) -> None:
    before = rows(cast.clinic)
    receipt = send(cast.clinic, cast.alder.token, page(STEADY), NOW)
    after = rows(cast.clinic)
    assert receipt.readers == ("Jonas Berg",)
    assert {table: after[table] - before[table] for table in after} == {
        "attempt": 1, "response": 1, "answer": 12, "score": 5, "reading": 1, "baseline": 0, "alert": 0, "audit": 1,
    }  # fmt: skip


def test_opening_changes_nothing_however_often(cast: Cast) -> None:
    before = everything(cast.clinic)
    for _ in range(3):
        form = answering.open_form(cast.clinic, cast.alder.token, NOW)
    assert form.invitation.therapist_name == "Jonas Berg"
    assert everything(cast.clinic) == before


def test_the_same_attempt_again_gives_the_same_receipt(cast: Cast) -> None:
    body = page(STEADY)
    first = send(cast.clinic, cast.alder.token, body, NOW, ATTEMPT)
    kept = rows(cast.clinic)
    again = send(cast.clinic, cast.alder.token, body, NOW + timedelta(minutes=1), ATTEMPT)
    assert again == first
    assert rows(cast.clinic) == kept


def test_going_back_and_changing_an_answer_is_kept_and_not_counted(cast: Cast) -> None:
    send(cast.clinic, cast.alder.token, page(STEADY), NOW, ATTEMPT)
    kept = rows(cast.clinic)
    with pytest.raises(AlreadyAnswered):
        send(cast.clinic, cast.alder.token, page(LOW), NOW, ATTEMPT)
    now = rows(cast.clinic)
    assert (now["attempt"], now["response"], now["answer"]) == (
        kept["attempt"] + 1,
        kept["response"],
        kept["answer"],
    )


def test_a_second_device_is_kept_and_not_counted_and_cannot_fill_the_disk(cast: Cast) -> None:
    send(cast.clinic, cast.alder.token, page(STEADY), NOW)
    kept = rows(cast.clinic)["attempt"]
    for _ in range(20):
        with pytest.raises(AlreadyAnswered):
            send(cast.clinic, cast.alder.token, page(LOW), NOW)
    assert rows(cast.clinic)["attempt"] == kept + responses.MOST_ATTEMPTS - 1


def test_the_same_page_sent_over_two_links_counts_over_both(cast: Cast) -> None:
    """What a page is called is told by whoever sends it: it can take nobody else’s answer away."""
    other, body = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW)[1], page(STEADY)
    before = rows(cast.clinic)["response"]
    for token in (cast.alder.token, other, cast.alder.token):
        send(cast.clinic, token, body, NOW, ATTEMPT)
    with pytest.raises(AlreadyAnswered):
        send(cast.clinic, other, body, NOW, ATTEMPT)
    assert rows(cast.clinic)["response"] == before + 2


def test_another_link_of_the_same_session_does_not_count_twice(cast: Cast) -> None:
    other = caseload.issue_link(
        cast.clinic, cast.viewer("jonas"), cast.alder.session_id, channel=Channel.LINK, now=NOW
    )
    send(cast.clinic, cast.alder.token, page(STEADY), NOW)
    with pytest.raises(AlreadyAnswered):
        answering.open_form(cast.clinic, other, NOW)
    with pytest.raises(AlreadyAnswered):
        send(cast.clinic, other, page(LOW), NOW)


def test_what_arrived_is_kept_as_it_arrived_and_only_the_keys_can_read_it(cast: Cast) -> None:
    body = page(STEADY, comment="The phone rang 📞 and I stopped.\r\nשלום", nonsense="1")
    send(cast.clinic, cast.alder.token, body, NOW, ATTEMPT)
    with cast.clinic.db.read() as conn:
        assert responses.attempt_body(conn, cast.clinic.keyring, ATTEMPT) == body
        stored = [bytes(value) for row in conn.execute("SELECT body FROM attempt") for value in row]
        stored += [
            bytes(row[0]) for row in conn.execute("SELECT comment FROM response WHERE comment NOTNULL")
        ]
    assert stored
    assert not any(b"phone" in blob for blob in stored)
    assert b"The phone rang" not in cast.clinic.config.database.read_bytes()


def test_an_unknown_link_is_told_from_one_that_ended(cast: Cast) -> None:
    with pytest.raises(UnknownLink):
        answering.open_form(cast.clinic, "no-such-token", NOW)
    with pytest.raises(LinkEnded):
        answering.open_form(cast.clinic, cast.alder.token, NOW + timedelta(days=30))


def test_a_page_that_was_open_when_its_link_ended_still_counts_for_a_day(cast: Cast) -> None:
    form = answering.open_form(cast.clinic, cast.alder.token, NOW)
    late = form.invitation.expires_at + timedelta(hours=23)
    assert send(cast.clinic, cast.alder.token, page(STEADY), late).readers


def test_what_comes_too_late_is_kept_and_said_so(cast: Cast) -> None:
    form = answering.open_form(cast.clinic, cast.alder.token, NOW)
    before = rows(cast.clinic)
    with pytest.raises(LinkEnded) as ended:
        send(cast.clinic, cast.alder.token, page(STEADY), form.invitation.expires_at + timedelta(hours=25))
    assert ended.value.kept
    assert rows(cast.clinic)["attempt"] == before["attempt"] + 1
    assert rows(cast.clinic)["response"] == before["response"]


@pytest.mark.parametrize(
    ("more", "field"),
    [({"safe": "11"}, "safe"), ({"talked": "perhaps"}, "talked"), ({"comment": "a" * 2001}, "comment")],
)
def test_what_needs_another_look_is_not_stored_and_not_lost(
    cast: Cast, more: dict[str, str], field: str
) -> None:
    before = rows(cast.clinic)
    with pytest.raises(NotYet) as again:
        send(cast.clinic, cast.alder.token, page(STEADY, **more), NOW)
    assert list(again.value.checked.problems) == [field]
    assert again.value.checked.shown["heard"] == "8"
    assert rows(cast.clinic) == before


def test_a_page_of_another_version_is_shown_again_with_its_answers(cast: Cast) -> None:
    with pytest.raises(NotYet, match="another look") as again:
        send(cast.clinic, cast.alder.token, page(STEADY, form="after-session 0.9"), NOW)
    assert again.value.problem == answering.EARLIER_FORM
    assert again.value.checked.shown["heard"] == "8"


def test_an_empty_page_is_asked_about_once_and_then_taken(cast: Cast) -> None:
    empty = b"form=after-session+1.0&audience=both"
    with pytest.raises(NotYet) as again:
        send(cast.clinic, cast.alder.token, empty, NOW)
    assert again.value.problem == answering.NOTHING_YET
    assert send(cast.clinic, cast.alder.token, empty + b"&blank=yes", NOW).readers == ("Jonas Berg",)
    with cast.clinic.db.read() as conn:
        reasons = conn.execute("SELECT DISTINCT reason FROM score ORDER BY reason").fetchall()
    assert "not answered" in [row["reason"] for row in reasons]


def test_held_back_answers_are_promised_to_the_supervisor_alone(cast: Cast) -> None:
    receipt = send(cast.clinic, cast.alder.token, page(LOW, audience="supervisor"), NOW)
    assert receipt.readers == ("Miriam Osei",)


def test_no_link_tells_that_an_answer_was_held_back(cast: Cast) -> None:
    """Not even the one it came by: the therapist, who made it, may have kept its address."""
    send(cast.clinic, cast.alder.token, page(LOW, audience="supervisor"), NOW)
    other = caseload.issue_link(
        cast.clinic, cast.viewer("jonas"), cast.alder.session_id, channel=Channel.HERE, now=NOW
    )
    for token in (other, cast.alder.token):
        assert answering.open_form(cast.clinic, token, NOW).instrument.id == "after-session"
        with pytest.raises(AlreadyAnswered):
            send(cast.clinic, token, page(STEADY), NOW)
