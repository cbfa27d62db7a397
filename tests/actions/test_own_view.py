"""A therapist’s own view: given once, before the answers, seen by nobody else; and answers that wait for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from alliance.actions import caseload, own_view, reading, releasing, supervising
from alliance.actions.faults import Fault
from alliance.actions.own_view import CLOSED, GIVEN, NOTHING
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.caseload import Order
from alliance.domain.own_view import Standing
from alliance.domain.trend import Trend
from alliance.storage import own_views
from alliance.storage.sqlite import Error
from tests.actions.stories import Patient, course, in_both_roles, noted, trail
from tests.cast import NOW, Cast, answer, hold

HOUR = timedelta(hours=1)
RATINGS = {"safe": 8, "heard": 7, "team": 9, "held": 1}


@pytest.fixture
def elm(cast: Cast) -> Patient:
    """Five good sessions, and a sixth whose form is out."""
    return course(cast, "Elm 3", (8, 9, 8, 9, 8, None))


def give(cast: Cast, session_id: int, at: datetime = NOW + HOUR, **ratings: int) -> None:
    own_view.give(
        cast.clinic, cast.viewer("jonas"), session_id, ratings=ratings or RATINGS, noticed="no", now=at
    )


def standing(cast: Cast, session_id: int) -> Standing:
    return own_view.open_own_view(cast.clinic, cast.viewer("jonas"), session_id, NOW).standing


def back(cast: Cast, elm: Patient, level: int = 3, at: datetime = NOW + HOUR, **more: str) -> None:
    answer(cast.clinic, elm.tokens[-1], at, level, **more)


def seen(cast: Cast, elm: Patient, at: datetime = NOW + 2 * HOUR) -> Trend:
    return reading.open_patient(cast.clinic, cast.viewer("jonas"), elm.id, at).trend


def ask_first(cast: Cast, wanted: bool = True) -> None:
    own_view.ask_first(cast.clinic, cast.viewer("jonas"), wanted, NOW)


def test_it_is_kept_once_and_never_changed(cast: Cast, elm: Patient) -> None:
    give(cast, elm.sessions[-1])
    assert standing(cast, elm.sessions[-1]) is Standing.GIVEN
    with pytest.raises(Fault, match=GIVEN):
        give(cast, elm.sessions[-1], safe=1)
    with cast.clinic.db.read() as conn:
        (kept,) = own_views.of_dyad(conn, elm.dyad_id, cast.ids["jonas"])
    assert (kept.number, kept.ratings, kept.noticed) == (6, RATINGS, "no")
    for statement in (
        "UPDATE own_view SET ratings = '{}'",
        "INSERT OR REPLACE INTO own_view"
        " SELECT session_id, therapist_id, 'x', '1.0', given_at, '{}', NULL FROM own_view",
    ):
        with pytest.raises(Error, match="stays as it was given"), cast.clinic.db.write() as conn:
            conn.execute(statement)


def test_an_empty_one_is_none(cast: Cast, elm: Patient) -> None:
    with pytest.raises(Fault, match=NOTHING):
        own_view.give(cast.clinic, cast.viewer("jonas"), elm.sessions[-1], ratings={}, noticed=None, now=NOW)
    own_view.give(cast.clinic, cast.viewer("jonas"), elm.sessions[-1], ratings={}, noticed="yes", now=NOW)


def test_it_is_for_the_therapist_of_that_session_alone(cast: Cast, elm: Patient) -> None:
    for who, refused in (("claire", NotFound), ("miriam", Forbidden), ("tomasz", Forbidden)):
        with pytest.raises(refused):
            own_view.open_own_view(cast.clinic, cast.viewer(who), elm.sessions[-1], NOW)
    with pytest.raises(Forbidden):
        own_view.open_own_view(cast.clinic, in_both_roles(cast, "miriam"), elm.sessions[-1], NOW)


# Without the wish to be asked first: until the answers have been on a page


def test_answers_that_came_but_were_on_no_page_leave_it_open(cast: Cast, elm: Patient) -> None:
    seen(cast, elm, NOW)
    back(cast, elm)
    caseload.open_session(cast.clinic, cast.viewer("jonas"), elm.sessions[-1], NOW + HOUR)
    assert standing(cast, elm.sessions[-1]) is Standing.OPEN
    give(cast, elm.sessions[-1])


@pytest.mark.parametrize("page", ["patient", "chart", "caseload", "alert"])
def test_each_page_that_shows_them_closes_it(cast: Cast, elm: Patient, page: str) -> None:
    seen(cast, elm, NOW)
    back(cast, elm)
    jonas, later = cast.viewer("jonas"), NOW + 2 * HOUR
    if page == "patient":
        seen(cast, elm)
    elif page == "chart":
        reading.chart_trend(cast.clinic, jonas, elm.id, later)
    elif page == "caseload":
        caseload.overview(cast.clinic, jonas, Order.NEXT, later)
    else:
        with cast.clinic.db.read() as conn:
            alert = conn.execute("SELECT id FROM alert WHERE dyad_id = ?", (elm.dyad_id,)).fetchone()
        reading.open_alert(cast.clinic, jonas, alert["id"], later)
    assert standing(cast, elm.sessions[-1]) is Standing.CLOSED
    with pytest.raises(Fault, match=CLOSED):
        give(cast, elm.sessions[-1], later)


def test_what_the_supervisor_opens_closes_nothing(cast: Cast, elm: Patient) -> None:
    back(cast, elm)
    reading.open_patient(cast.clinic, cast.viewer("miriam"), elm.id, NOW + 2 * HOUR)
    supervising.overview(cast.clinic, cast.viewer("miriam"), NOW + 2 * HOUR)
    assert standing(cast, elm.sessions[-1]) is Standing.OPEN


def test_held_back_it_stays_open_until_the_release(cast: Cast, elm: Patient) -> None:
    back(cast, elm, audience="supervisor")
    seen(cast, elm)
    assert standing(cast, elm.sessions[-1]) is Standing.OPEN
    releasing.release(cast.clinic, cast.viewer("miriam"), elm.sessions[-1], NOW + 3 * HOUR, said_so=True)
    assert standing(cast, elm.sessions[-1]) is Standing.OPEN
    seen(cast, elm, NOW + 4 * HOUR)
    assert standing(cast, elm.sessions[-1]) is Standing.CLOSED


# With it: answers wait


def test_answers_from_then_on_are_covered_with_all_they_say(cast: Cast, elm: Patient) -> None:
    ask_first(cast)
    back(cast, elm, comment="It was hard.")
    trend = seen(cast, elm)
    assert [point.number for point in trend.points] == [1, 2, 3, 4, 5]
    assert list(trend.alerts) == []
    assert [one.number for one in trend.covered] == [6]
    page = reading.open_patient(cast.clinic, cast.viewer("jonas"), elm.id, NOW)
    assert list(page.comments) == []
    assert reading.chart_trend(cast.clinic, cast.viewer("jonas"), elm.id, NOW).points == trend.points
    load = caseload.overview(cast.clinic, cast.viewer("jonas"), Order.NEXT, NOW)
    assert [one.dyad.patient.code for one in load.covered] == ["Elm 3"]
    assert "Elm 3" not in [row.trend.dyad.patient.code for row in load.asks]
    with cast.clinic.db.read() as conn:
        alert = conn.execute("SELECT id FROM alert WHERE dyad_id = ?", (elm.dyad_id,)).fetchone()
    with pytest.raises(NotFound):
        reading.open_alert(cast.clinic, cast.viewer("jonas"), alert["id"], NOW)
    with pytest.raises(NotFound):
        noted(cast.clinic, cast.viewer("jonas"), alert["id"], "later", NOW)
    assert reading.open_alert(cast.clinic, cast.viewer("miriam"), alert["id"], NOW).alert.session_number == 6


def test_for_the_supervisor_nothing_is_covered(cast: Cast, elm: Patient) -> None:
    ask_first(cast)
    back(cast, elm)
    trend = reading.open_patient(cast.clinic, cast.viewer("miriam"), elm.id, NOW).trend
    assert trend.points[-1].alliance == 30 and not trend.covered


def test_what_came_before_the_wish_is_not_covered(cast: Cast, elm: Patient) -> None:
    back(cast, elm, at=NOW - HOUR)
    ask_first(cast)
    assert seen(cast, elm).points[-1].answered


def test_the_own_view_uncovers_and_both_stand_side_by_side(cast: Cast, elm: Patient) -> None:
    ask_first(cast)
    back(cast, elm)
    assert standing(cast, elm.sessions[-1]) is Standing.COVERED
    give(cast, elm.sessions[-1], NOW + 2 * HOUR)
    page = reading.open_patient(cast.clinic, cast.viewer("jonas"), elm.id, NOW + 3 * HOUR)
    assert page.trend.points[-1].answered and len(page.trend.alerts) == 1
    (gap,) = page.gaps
    assert (gap.number, gap.own, gap.patient) == (6, 8.0, 3.0)
    assert list(reading.open_patient(cast.clinic, cast.viewer("miriam"), elm.id, NOW).gaps) == []


def test_shown_without_an_own_view_it_is_closed_and_that_is_noted(cast: Cast, elm: Patient) -> None:
    ask_first(cast)
    back(cast, elm)
    before = len(trail(cast.clinic))
    own_view.show_now(cast.clinic, cast.viewer("jonas"), elm.sessions[-1], NOW + 2 * HOUR)
    own_view.show_now(cast.clinic, cast.viewer("jonas"), elm.sessions[-1], NOW + 2 * HOUR)
    assert trail(cast.clinic, before) == [
        ("staff", cast.ids["jonas"], "show without own view", "own view", elm.sessions[-1])
    ]
    assert standing(cast, elm.sessions[-1]) is Standing.CLOSED
    assert seen(cast, elm).points[-1].answered


def test_nothing_of_it_is_in_the_supervisors_trail(cast: Cast, elm: Patient) -> None:
    miriam = cast.viewer("miriam")
    before = supervising.trail(cast.clinic, miriam, NOW)
    give(cast, elm.sessions[-1])
    assert supervising.trail(cast.clinic, miriam, NOW) == before


def test_the_earliest_that_waits_comes_first(cast: Cast, elm: Patient) -> None:
    ask_first(cast)
    back(cast, elm, 8)
    later, token = hold(cast, cast.viewer("jonas"), elm.id, NOW + HOUR)
    answer(cast.clinic, token, NOW + 2 * HOUR, 8)
    give(cast, later, NOW + 3 * HOUR)
    assert [point.number for point in seen(cast, elm).points] == [1, 2, 3, 4, 5]
    give(cast, elm.sessions[-1], NOW + 3 * HOUR)
    assert [point.number for point in seen(cast, elm).points] == [1, 2, 3, 4, 5, 6, 7]


def test_an_earlier_question_can_wait_too(cast: Cast) -> None:
    told = course(cast, "Rowan 8", (8, 9, 8, 9, 8, 3, None))
    ask_first(cast)
    back(cast, told, 8)
    (alert,) = seen(cast, told).alerts
    with pytest.raises(Fault, match="Session 7 comes first"):
        noted(cast.clinic, cast.viewer("jonas"), alert.id, "later", NOW)


def test_the_wish_can_be_taken_back(cast: Cast, elm: Patient) -> None:
    ask_first(cast)
    ask_first(cast)
    assert own_view.asks_first(cast.clinic, cast.viewer("jonas"))
    assert not own_view.asks_first(cast.clinic, cast.viewer("claire"))
    back(cast, elm)
    ask_first(cast, wanted=False)
    assert not own_view.asks_first(cast.clinic, cast.viewer("jonas"))
    assert seen(cast, elm).points[-1].answered
    with pytest.raises(Forbidden):
        own_view.ask_first(cast.clinic, cast.viewer("miriam"), True, NOW)
