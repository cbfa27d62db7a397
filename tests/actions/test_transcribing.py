"""A form on paper is typed in twice, by anybody but the patient's therapist, and counts like any other answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alliance.actions import answering, slips, transcribing
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.transcribing import Desk, LookAgain
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.people import Role, Viewer
from alliance.storage.database import Row
from tests.cast import NOW, Cast, answer, hold
from tests.web.posting import BETTER, GOOD, WORSE, course, kept

LATER = NOW + timedelta(hours=2)


def rows(clinic: Clinic, sql: str) -> list[Row]:
    with clinic.db.read() as conn:
        return list(conn.execute(sql))


def printed(cast: Cast, session_id: int | None = None, at: datetime = NOW) -> str:
    return slips.print_form(cast.clinic, cast.viewer("jonas"), session_id or cast.alder.session_id, at).number


def typed(cast: Cast, who: str, number: str, at: datetime = LATER, **changed: str) -> Desk:
    fields = {**GOOD, "talked": "", "comment": "", "audience": "", "raise": "", **changed}
    return transcribing.type_in(
        cast.clinic,
        cast.viewer(who),
        number,
        attempt=answering.new_attempt(),
        fields=list(fields.items()),
        now=at,
    )


def responses(cast: Cast) -> int:
    return len(rows(cast.clinic, "SELECT id FROM response"))


def test_two_equal_entries_are_the_patients_answer(cast: Cast) -> None:
    number, before = printed(cast), responses(cast)
    assert typed(cast, "tomasz", number, comment="It was “fine”.").turn == 2
    assert responses(cast) == before
    assert typed(cast, "miriam", number, comment='It  was "fine".\n').turn == 0
    told = kept(cast.clinic)
    assert told is not None and told.answers == {name: int(value) for name, value in GOOD.items()}
    assert told.audience == "both"
    (row,) = rows(
        cast.clinic,
        "SELECT i.channel, r.received_at FROM response AS r JOIN invitation AS i ON i.id = r.invitation_id"
        " ORDER BY r.id DESC LIMIT 1",
    )
    assert row["channel"] == "paper" and row["received_at"].startswith("2026-11-20T12:00")


def test_who_typed_stays_and_what_was_typed_goes_to_the_attempts(cast: Cast) -> None:
    number = printed(cast)
    typed(cast, "tomasz", number, comment="Kept out of sight.")
    (entry,) = rows(cast.clinic, "SELECT body FROM paper_entry")
    assert b"sight" not in entry["body"] and b"safe" not in entry["body"]
    typed(cast, "miriam", number, comment="Kept out of sight.")
    entries = rows(cast.clinic, "SELECT turn, staff_id, body FROM paper_entry ORDER BY turn")
    assert [(row["turn"], row["staff_id"], row["body"]) for row in entries] == [
        (1, cast.ids["tomasz"], None),
        (2, cast.ids["miriam"], None),
    ]
    kept_as = rows(
        cast.clinic,
        "SELECT a.counted FROM attempt AS a JOIN paper_form AS f USING (invitation_id)"
        " ORDER BY a.received_at, a.counted",
    )
    assert [row["counted"] for row in kept_as] == [0, 1]
    trail = rows(cast.clinic, "SELECT actor_id, action, subject, detail FROM audit ORDER BY id DESC LIMIT 4")
    assert [row["action"] for row in trail] == ["close form", "answer", "type in form", "type in form"]
    assert {row["subject"] for row in trail} == {
        "invitation",
        "response",
    }  # not of a session: that would tell
    assert str(cast.ids["tomasz"]) in trail[0]["detail"] and str(cast.ids["miriam"]) in trail[0]["detail"]
    assert "sight" not in str([row["detail"] for row in trail])


def test_what_differs_is_decided_and_nothing_is_lost(cast: Cast) -> None:
    number, before = printed(cast), responses(cast)
    typed(cast, "tomasz", number, safe="8", held="1", comment="I like it.")
    desk = typed(cast, "tomasz", number, safe="6", held="", comment="I like it")
    assert desk.turn == 3 and responses(cast) == before
    assert [(one.field, one.first, one.second) for one in desk.differences] == [
        ("safe", "8", "6"),
        ("held", "1", ""),
        ("comment", "I like it.", "I like it"),
    ]

    def decide(**decided: str) -> Desk:
        return transcribing.decide(
            cast.clinic,
            cast.viewer("miriam"),
            number,
            attempt=answering.new_attempt(),
            decided=decided,
            now=LATER,
        )

    with pytest.raises(Fault, match="Say for each"):
        decide(safe="8", held="")
    with pytest.raises(LookAgain):
        decide(safe="11", held="", comment="I like it.")
    assert responses(cast) == before
    assert decide(safe="7", held="", comment="I like it.", heard="0").turn == 0
    told = kept(cast.clinic)
    assert told is not None and told.comment == "I like it."
    assert told.answers == {name: int(value) for name, value in GOOD.items() if name != "held"} | {"safe": 7}
    counted = rows(cast.clinic, "SELECT counted FROM attempt AS a JOIN paper_form AS f USING (invitation_id)")
    assert sorted(row["counted"] for row in counted) == [0, 0, 1]
    assert transcribing.unfinished(cast.clinic, cast.viewer("tomasz"), LATER) == []


def test_the_same_page_sent_twice_is_one_entry(cast: Cast) -> None:
    number = printed(cast)
    for _ in range(2):
        desk = transcribing.type_in(
            cast.clinic,
            cast.viewer("tomasz"),
            number,
            attempt="the-attempt-of-one-page",
            fields=list(GOOD.items()),
            now=LATER,
        )
        assert desk.turn == 2
    (waiting,) = transcribing.unfinished(cast.clinic, cast.viewer("miriam"), LATER)
    assert (waiting.number, waiting.differ, waiting.first_by) == (number, False, "Tomasz Nowak")


def test_an_entry_is_checked_like_any_answer(cast: Cast) -> None:
    number = printed(cast)
    with pytest.raises(LookAgain) as again:
        typed(cast, "tomasz", number, safe="11")
    assert set(again.value.checked.problems) == {"safe"}
    nothing = dict.fromkeys(GOOD, "")
    with pytest.raises(LookAgain, match="another look"):
        typed(cast, "tomasz", number, **nothing)
    assert rows(cast.clinic, "SELECT turn FROM paper_entry") == []
    assert typed(cast, "tomasz", number, **nothing, blank="yes").turn == 2


# Who may


@pytest.mark.parametrize("who", ["jonas", "claire", "erik"])
def test_no_therapist_types(cast: Cast, who: str) -> None:
    number = printed(cast)
    for act in (
        lambda: transcribing.find(cast.clinic, cast.viewer(who), number, NOW),
        lambda: transcribing.open_desk(cast.clinic, cast.viewer(who), number, NOW),
        lambda: typed(cast, who, number),
        lambda: transcribing.unfinished(cast.clinic, cast.viewer(who), NOW),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize("who", ["jonas", "erik"])
@pytest.mark.parametrize("other", [Role.ADMIN, Role.SUPERVISOR])
def test_whoever_is_or_was_the_patients_therapist_never_types_whatever_else_they_are(
    cast: Cast, who: str, other: Role
) -> None:
    number = printed(cast)
    viewer: Viewer = replace(cast.viewer(who), roles=frozenset({Role.THERAPIST, other}))
    with pytest.raises(Fault, match="Somebody else types in"):
        transcribing.find(cast.clinic, viewer, number, NOW)
    with pytest.raises(NotFound):
        transcribing.open_desk(cast.clinic, viewer, number, NOW)
    with pytest.raises(NotFound):
        transcribing.type_in(
            cast.clinic, viewer, number, attempt="a" * 20, fields=list(GOOD.items()), now=NOW
        )
    typed(cast, "tomasz", number)
    assert transcribing.unfinished(cast.clinic, viewer, NOW) == []


def test_a_supervisor_types_for_supervisees_alone(cast: Cast) -> None:
    number = printed(cast)
    with pytest.raises(Fault, match="no form with this number"):
        transcribing.find(cast.clinic, cast.viewer("ruth"), number, NOW)
    with pytest.raises(NotFound):
        transcribing.open_desk(cast.clinic, cast.viewer("ruth"), number, NOW)
    typed(cast, "tomasz", number)
    assert transcribing.unfinished(cast.clinic, cast.viewer("ruth"), NOW) == []
    assert (
        transcribing.find(cast.clinic, cast.viewer("miriam"), f"{number[:4]} {number[4:].lower()}", NOW)
        == number
    )


# When, and beside what


def test_a_paper_counts_for_two_weeks_after_its_last_day_and_rebuilds_what_came_since(cast: Cast) -> None:
    told = course(cast, "Elm 3", 8, 9, 8, 9, 8, 9, 8, None)
    number = printed(cast, told.sessions[-1])
    jonas, patient = cast.viewer("jonas"), told.dyad.patient.id
    _, token = hold(cast, jonas, patient, NOW + timedelta(days=7))
    answer(cast.clinic, token, NOW + timedelta(days=7), 8)
    end = NOW + timedelta(days=21)
    low = dict.fromkeys(BETTER, "2") | dict.fromkeys(WORSE, "8")
    for who in ("tomasz", "miriam"):
        typed(cast, who, number, end - timedelta(seconds=1), **low)
    asked = rows(
        cast.clinic,
        f"SELECT s.number FROM alert AS a JOIN therapy_session AS s ON s.id = a.session_id"
        f" WHERE a.dyad_id = {told.dyad.id} AND a.status <> 'withdrawn'",
    )
    assert [row["number"] for row in asked] == [8]


def test_after_that_it_is_not_asked_for_any_more(cast: Cast) -> None:
    number = printed(cast)
    end = NOW + timedelta(days=21)
    assert not transcribing.open_desk(cast.clinic, cast.viewer("tomasz"), number, end - timedelta(1)).ended
    assert transcribing.open_desk(cast.clinic, cast.viewer("tomasz"), number, end).ended
    assert typed(cast, "tomasz", number, end).turn == 1


@pytest.mark.parametrize("audience", ["both", "supervisor"])
def test_a_session_that_has_its_answer_looks_the_same_to_whoever_types(cast: Cast, audience: str) -> None:
    number = printed(cast)
    answer(cast.clinic, cast.alder.token, NOW, 8, audience=audience)
    before = responses(cast)
    assert transcribing.open_desk(cast.clinic, cast.viewer("tomasz"), number, LATER).turn == 1
    assert typed(cast, "tomasz", number).turn == 2
    assert typed(cast, "miriam", number).turn == 0
    assert responses(cast) == before


def test_an_answer_on_paper_can_be_held_back(cast: Cast) -> None:
    number = printed(cast)
    for who in ("tomasz", "miriam"):
        typed(cast, who, number, audience="supervisor")
    told = kept(cast.clinic)
    assert told is not None and told.audience == "supervisor"
