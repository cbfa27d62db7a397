"""What a supervisor is shown: what is open, longest first, who asks for help, and who opened what."""

from __future__ import annotations

from datetime import date, timedelta

from alliance.actions import caseload, reading, supervising
from alliance.actions.supervising import Overview
from alliance.analysis.track import EpisodeState
from alliance.domain.alerts import AlertStatus
from alliance.domain.caseload import Order
from alliance.domain.therapy import Audience
from tests.actions.stories import course, end_dyad, in_both_roles, noted, trail
from tests.cast import NOW, Cast, answer, hold

DAY = timedelta(days=1)
TODAY = NOW.date()
STEADY = [8, 9, 8, 9, 8, 9]
ALONE = {"audience": "supervisor"}
HELP = {"raise": "yes"}


def overview(cast: Cast, who: str = "miriam") -> Overview:
    return supervising.overview(cast.clinic, cast.viewer(who), NOW)


def codes(rows: object) -> list[str]:
    assert isinstance(rows, list)
    return [row.trend.dyad.patient.code for row in rows]


def test_only_ones_own_supervisees_and_what_is_open_with_them(cast: Cast) -> None:
    course(cast, "Calm 1", STEADY)
    found = overview(cast)
    assert codes(found.open) == ["Alder 14"]
    assert codes(overview(cast, "ruth").open) == ["Birch 2"]
    assert (found.today, list(found.waiting)) == (TODAY, [])
    assert found.therapists == [(cast.ids["jonas"], "Jonas Berg")]
    assert found.lead() == "One thing is open over one therapist."


def test_longest_open_first_whatever_it_is(cast: Cast) -> None:
    """Alder 14 asked a week ago; the others longer ago, or today; one of them was talked about, one comes back."""
    course(cast, "Today 1", [*STEADY, 3])
    older = course(cast, "Older 2", [*STEADY, 3], end=NOW - 21 * DAY)
    back = course(cast, "Back 3", [*STEADY, 3, 8, 9], end=NOW - 14 * DAY)
    course(cast, "Also today 4", [*STEADY, 3])
    (row,) = [row for row in overview(cast).open if row.trend.dyad.patient.id == older.id]
    assert row.alert is not None
    noted(cast.clinic, cast.viewer("jonas"), row.alert.id, "talked", NOW, talked_number=7)
    found = overview(cast)
    assert codes(found.open) == ["Back 3", "Older 2", "Alder 14", "Also today 4", "Today 1"]
    assert [row.since for row in found.open] == [TODAY - days * DAY for days in (28, 21, 7, 0, 0)]
    assert [row.mark for row in found.open] == ["recovering", "talked", "ask", "ask", "ask"]
    assert found.open[0].trend.dyad.patient.id == back.id
    assert found.open[1].sentence.startswith("Jonas Berg talked about session 7 in that same session. ")
    assert found.lead() == "Five things are open over one therapist."


def test_a_question_raised_by_what_was_held_back_is_there_for_the_supervisor_alone(cast: Cast) -> None:
    kept = course(cast, "Kept 1", [*STEADY, 3], last=ALONE)
    (row,) = [row for row in overview(cast).open if row.trend.dyad.patient.id == kept.id]
    assert row.alert is not None
    assert (row.alert.audience, row.alert.status) == (Audience.SUPERVISOR, AlertStatus.NEW)
    jonas = caseload.overview(cast.clinic, cast.viewer("jonas"), Order.NEXT, NOW)
    assert "Kept 1" in codes(jonas.rest) and "Kept 1" not in codes([*jonas.asks, *jonas.keeps])


def test_a_wish_for_help_reaches_the_supervisor_and_not_the_therapist(cast: Cast) -> None:
    fern = course(cast, "Fern 22", [*STEADY, 8], end=NOW - DAY, last=HELP)
    course(cast, "Moss 3", STEADY, who="claire", last=HELP)
    found = overview(cast)
    assert told(found) == [("asks for help", "Fern 22", "Jonas Berg", 7, (NOW - DAY).date())]
    assert found.lead() == "One thing is open over one therapist. One patient asks for your help."
    page = reading.open_patient(cast.clinic, cast.viewer("jonas"), fern.id, NOW)
    assert list(page.wishes) == []
    assert list(reading.open_patient(cast.clinic, cast.viewer("miriam"), fern.id, NOW).wishes) == [7]


def test_oldest_wishes_first_and_patients_counted_once(cast: Cast) -> None:
    fern = course(cast, "Fern 22", STEADY, end=NOW - 8 * DAY, last=HELP)
    course(cast, "Iris 4", STEADY, end=NOW - 3 * DAY, last=HELP)
    _, token = hold(cast, cast.viewer("jonas"), fern.id, NOW)
    answer(cast.clinic, token, NOW, 8, **HELP)
    found = overview(cast)
    assert [(code, number) for _, code, _, number, _ in told(found)] == [
        ("Fern 22", 6),
        ("Iris 4", 6),
        ("Fern 22", 7),
    ]
    assert found.lead().endswith(" Two patients ask for your help.")


def told(found: Overview) -> list[tuple[str, str, str, int, date]]:
    return [
        (
            one.what.value,
            one.dyad.patient.code,
            one.dyad.therapist_name,
            one.session_number,
            one.since,
        )
        for one in found.waiting
    ]


def test_a_therapy_that_has_ended_waits_for_nobody(cast: Cast) -> None:
    gone = course(cast, "Gone 1", [*STEADY, 3], last=HELP)
    assert codes(overview(cast).open) == ["Alder 14", "Gone 1"]
    end_dyad(cast, gone.dyad_id, TODAY + DAY)
    assert codes(overview(cast).open) == ["Alder 14", "Gone 1"]
    end_dyad(cast, gone.dyad_id, TODAY)
    found = overview(cast)
    assert (codes(found.open), list(found.waiting)) == (["Alder 14"], [])
    view = supervising.therapist(cast.clinic, cast.viewer("miriam"), cast.ids["jonas"], NOW)
    assert codes(view.rows) == ["Alder 14"]
    # The course itself can still be looked up, as in any record of the past.
    assert reading.open_patient(cast.clinic, cast.viewer("miriam"), gone.id, NOW).dyad.ends_on == TODAY


def test_one_supervisees_patients_by_code(cast: Cast) -> None:
    course(cast, "aspen 2", STEADY)
    course(cast, "Yew 9", [*STEADY, 3], last=ALONE)
    view = supervising.therapist(cast.clinic, cast.viewer("miriam"), cast.ids["jonas"], NOW)
    assert (view.id, view.name, view.today) == (cast.ids["jonas"], "Jonas Berg", TODAY)
    assert codes(view.rows) == ["Alder 14", "aspen 2", "Yew 9"]
    assert [row.mark for row in view.rows] == ["ask", "", "ask"]
    newest = view.rows[2].trend.points[-1]
    assert newest.reading is not None and newest.reading.episode is EpisodeState.OPEN


def test_opening_a_supervisee_is_in_the_trail_and_its_picture_is_not_a_second_opening(cast: Cast) -> None:
    so_far, jonas, miriam = len(trail(cast.clinic)), cast.ids["jonas"], cast.viewer("miriam")
    drawn = supervising.therapist(cast.clinic, miriam, jonas, NOW, noted=True)
    assert trail(cast.clinic, so_far) == []
    assert drawn == supervising.therapist(cast.clinic, miriam, jonas, NOW)
    assert trail(cast.clinic, so_far) == [("staff", miriam.staff_id, "open therapist", "staff", jonas)]


def test_ones_own_patients_are_not_among_those_one_supervises(cast: Cast) -> None:
    own = in_both_roles(cast, "miriam")
    caseload.add_patient(
        cast.clinic, own, code="Own 1", language="en", instrument="pulse", starts_on=TODAY, now=NOW
    )
    found = supervising.overview(cast.clinic, own, NOW)
    assert codes(found.open) == ["Alder 14"]
    assert [name for _, name in found.therapists] == ["Jonas Berg"]
