"""A patient goes to another therapist, or a therapy ends: who may, from which day, and what each may see then."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from alliance.actions import accounts, answering, caseload, learning, reading, reassigning
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.caseload_changes import FOR_END, FOR_MOVE, Reason
from alliance.domain.people import Role, Viewer
from alliance.storage import audit
from tests.cast import NOW, Cast, hold

TODAY = NOW.date()
NEXT_WEEK = TODAY + timedelta(days=7)
LATER = NOW + timedelta(days=7)


def dyad_of(cast: Cast, who: str = "jonas", code: str = "Alder 14") -> int:
    with cast.clinic.db.read() as conn:
        row = conn.execute(
            "SELECT d.id FROM dyad AS d JOIN patient AS p ON p.id = d.patient_id"
            " WHERE p.code = ? AND d.therapist_id = ? ORDER BY d.id DESC",
            (code, cast.ids[who]),
        ).fetchone()
    return int(row["id"])


def move(
    cast: Cast,
    by: str = "tomasz",
    *,
    to: str | None = "claire",
    on: date = NEXT_WEEK,
    reason: Reason = Reason.ABSENCE,
    dyad: int | None = None,
) -> int | None:
    return reassigning.move(
        cast.clinic,
        cast.viewer(by),
        dyad or dyad_of(cast),
        to=cast.ids[to] if to else None,
        on=on,
        reason=reason,
        now=NOW,
    )


def codes(cast: Cast, who: str, at: datetime) -> list[str]:
    return [trend.dyad.patient.code for trend in caseload.own_trends(cast.clinic, cast.viewer(who), at)]


def test_the_earlier_therapist_sees_the_patient_until_the_day_before(cast: Cast) -> None:
    move(cast)
    patient = cast.alder.patient_id
    day_before = datetime(2026, 11, 26, 23, 59, tzinfo=NOW.tzinfo)
    assert reading.open_patient(cast.clinic, cast.viewer("jonas"), patient, day_before)
    assert codes(cast, "jonas", day_before) == ["Alder 14"]
    with pytest.raises(NotFound):
        reading.open_patient(cast.clinic, cast.viewer("jonas"), patient, day_before + timedelta(minutes=1))
    assert codes(cast, "jonas", day_before + timedelta(minutes=1)) == []


def test_the_new_dyad_begins_without_a_past(cast: Cast) -> None:
    new = move(cast)
    page = reading.open_patient(cast.clinic, cast.viewer("claire"), cast.alder.patient_id, LATER)
    assert page.trend.dyad.id == new
    assert (page.trend.points, page.trend.alerts) == ([], [])
    session_id, _ = hold(cast, cast.viewer("claire"), cast.alder.patient_id, LATER)
    told = caseload.open_session(cast.clinic, cast.viewer("claire"), session_id, LATER)
    assert told.session.number == 1
    with cast.clinic.db.read() as conn:
        assert (
            conn.execute("SELECT count(*) AS n FROM baseline WHERE dyad_id = ?", (new,)).fetchone()["n"] == 0
        )


def test_both_therapists_are_told_until_each_puts_it_away(cast: Cast) -> None:
    move(cast)
    jonas, claire = cast.viewer("jonas"), cast.viewer("claire")
    going, coming = reassigning.news(cast.clinic, jonas)[0], reassigning.news(cast.clinic, claire)[0]
    assert (going.coming, going.other, going.moves_on) == (False, "Claire Dubois", NEXT_WEEK)
    assert going.last_day == NEXT_WEEK - timedelta(days=1)
    assert (coming.coming, coming.other, coming.code) == (True, "Jonas Berg", "Alder 14")
    assert going.made_by == coming.made_by == "Tomasz Nowak"
    reassigning.put_away(cast.clinic, jonas, going.id, NOW)
    assert reassigning.news(cast.clinic, jonas) == []
    assert reassigning.news(cast.clinic, claire) == [coming]
    for viewer in (jonas, cast.viewer("erik")):  # again, and somebody whom it does not concern
        with pytest.raises(NotFound):
            reassigning.put_away(cast.clinic, viewer, going.id, NOW)


def test_an_end_is_told_to_the_one_therapist(cast: Cast) -> None:
    assert move(cast, "jonas", to=None, reason=Reason.PLANNED) is None
    told = reassigning.news(cast.clinic, cast.viewer("jonas"))
    assert [(change.other, change.coming, change.reason) for change in told] == [
        (None, False, Reason.PLANNED)
    ]
    assert codes(cast, "jonas", LATER) == []


def test_the_trail_names_both_the_day_and_the_reason(cast: Cast) -> None:
    move(cast)
    with cast.clinic.db.read() as conn:
        line = audit.about(conn, "patient", cast.alder.patient_id)[-1]
    assert (line.action, line.actor_id) == ("move patient", cast.ids["tomasz"])
    assert line.detail == {
        "from": cast.ids["jonas"],
        "to": cast.ids["claire"],
        "on": "2026-11-27",
        "reason": "absence",
    }


def test_links_of_the_earlier_dyad_end_when_the_day_begins(cast: Cast) -> None:
    move(cast, on=TODAY + timedelta(days=2))
    begins = datetime(2026, 11, 22, tzinfo=NOW.tzinfo)
    before, at = begins - timedelta(seconds=1), begins + timedelta(seconds=1)
    assert answering.open_form(cast.clinic, cast.alder.token, before).invitation
    with pytest.raises(answering.LinkEnded):
        answering.open_form(cast.clinic, cast.alder.token, at)


def test_a_link_that_ends_sooner_stays_as_it_is(cast: Cast) -> None:
    with cast.clinic.db.read() as conn:
        before = conn.execute("SELECT id, expires_at FROM invitation ORDER BY id").fetchall()
    move(cast, on=TODAY + timedelta(days=30))
    with cast.clinic.db.read() as conn:
        after = conn.execute("SELECT id, expires_at FROM invitation ORDER BY id").fetchall()
    assert [tuple(row) for row in before] == [tuple(row) for row in after]


def test_the_end_of_a_dyad_is_not_read_as_silence(cast: Cast) -> None:
    move(cast, on=TODAY + timedelta(days=1))
    assert learning.note_silences(cast.clinic, NOW + timedelta(days=8)) == 1  # Birch 2, who goes on
    with cast.clinic.db.read() as conn:
        rows = conn.execute("SELECT max(last_number) AS n FROM baseline WHERE dyad_id = ?", (dyad_of(cast),))
        assert rows.fetchone()["n"] == 7


@pytest.mark.parametrize("by", ["claire", "erik", "miriam", "ruth"])
def test_nobody_else_moves_a_patient(cast: Cast, by: str) -> None:
    with pytest.raises((NotFound, Forbidden)):
        move(cast, by, to="erik")
    assert codes(cast, "jonas", LATER) == ["Alder 14"]


def test_a_therapist_hands_over_the_own_patient(cast: Cast) -> None:
    move(cast, "jonas", to="erik", reason=Reason.FIT)
    assert codes(cast, "erik", LATER) == ["Alder 14"]


def test_what_has_an_end_is_not_moved_again(cast: Cast) -> None:
    move(cast)
    with pytest.raises(NotFound):
        move(cast, to="erik", dyad=dyad_of(cast))
    with pytest.raises(NotFound):
        move(cast, dyad=9999)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"on": TODAY - timedelta(days=1)}, "on"),
        ({"on": TODAY + timedelta(days=91)}, "on"),
        ({"to": "jonas"}, "to"),
        ({"to": "miriam"}, "to"),
        ({"to": "dana"}, "to"),
        ({"reason": Reason.PLANNED}, "reason"),
        ({"to": None, "reason": Reason.FIT}, "reason"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(
    cast: Cast, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Fault) as fault:
        move(cast, **changed)  # type: ignore[arg-type]
    assert fault.value.field == field
    assert reassigning.news(cast.clinic, cast.viewer("jonas")) == []
    assert codes(cast, "jonas", LATER) == ["Alder 14"]


def test_a_day_on_which_they_met_is_not_the_first_day_without_each_other(cast: Cast) -> None:
    hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    with pytest.raises(Fault, match="A session was held on that day"):
        move(cast, on=TODAY)


def test_a_patient_of_two_therapists_goes_to_neither_twice(cast: Cast) -> None:
    move(cast)
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO dyad (patient_id, therapist_id, starts_on) VALUES (?, ?, '2026-01-01')",
            (cast.alder.patient_id, cast.ids["erik"]),
        )
    with pytest.raises(Fault, match="is with this therapist already"):
        move(cast, to="claire", dyad=dyad_of(cast, "erik"))


def test_by_code_the_administrator_learns_nothing_but_whether_it_was_done(cast: Cast) -> None:
    def by_code(code: str, away_from: str, by: str = "tomasz") -> int | None:
        return reassigning.move_by_code(
            cast.clinic,
            cast.viewer(by),
            code,
            cast.ids[away_from],
            to=cast.ids["erik"],
            on=NEXT_WEEK,
            reason=Reason.LEAVING,
            now=NOW,
        )

    for code, therapist in (("Alder 15", "jonas"), ("Alder 14", "claire"), ("", "jonas")):
        with pytest.raises(Fault) as fault:
            by_code(code, therapist)
        assert (fault.value.field, "No patient with this code" in str(fault.value)) == ("code", True)
    with pytest.raises(Forbidden):
        by_code("Alder 14", "jonas", by="jonas")
    assert by_code("  alder  14 ", "jonas") is not None
    assert codes(cast, "erik", LATER) == ["Alder 14"]


def test_to_whom_a_patient_can_go(cast: Cast) -> None:
    names = [name for _, name in reassigning.therapists(cast.clinic, cast.viewer("tomasz"))]
    assert names == ["Claire Dubois", "Erik Lund", "Jonas Berg"]  # Dana’s account is closed
    with pytest.raises(Forbidden):
        reassigning.therapists(cast.clinic, cast.viewer("miriam"))


def test_every_reason_has_its_words_and_its_place() -> None:
    assert set(FOR_MOVE) | set(FOR_END) == set(Reason)
    assert not set(FOR_MOVE) & set(FOR_END)
    assert all(reason.words[0].isupper() for reason in Reason)


def test_who_looks_after_accounts_and_treats_too_moves_anybody(cast: Cast) -> None:
    token = accounts.invite(
        cast.clinic,
        name="Both",
        email="both@clinic.example",
        roles=[Role.ADMIN, Role.THERAPIST],
        now=NOW,
        actor="command",
    )
    both = accounts.open_invitation(cast.clinic, token, NOW)
    viewer = Viewer(both.id, both.name, both.roles)
    assert reassigning.move(
        cast.clinic, viewer, dyad_of(cast), to=both.id, on=NEXT_WEEK, reason=Reason.WISH, now=NOW
    )
