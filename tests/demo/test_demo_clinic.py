"""The made-up clinic as it is stored: enough of everything to look around in, by the same rules as a real one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from alliance.actions import accounts, answering, caseload, reading, signing_in, supervising
from alliance.actions.clinic import Clinic
from alliance.analysis.track import EpisodeState, Level
from alliance.demo.cast import CASELOADS, STAFF
from alliance.demo.clinic import Sent, make, viewers
from alliance.demo.entrance import fresh_links, let_in
from alliance.demo.words import POOLS
from alliance.domain.alerts import AlertStatus
from alliance.domain.ledger import Kind
from alliance.domain.supervision import Waits
from alliance.domain.trend import Trend
from alliance.storage import audit
from surveys.library import shipped
from tests.demo.conftest import ADDRESS, AT

THERAPISTS = list(CASELOADS)
LOW = {
    item: "8" if scale.higher_is == "worse" else "1"
    for scale in shipped().get("after-session").scales
    for item in scale.items
}


def trends(clinic: Clinic, therapist: str) -> dict[str, Trend]:
    found = caseload.own_trends(clinic, viewers(clinic)[therapist], AT)
    return {trend.dyad.patient.code: trend for trend in found}


def everybodys(clinic: Clinic) -> dict[str, Trend]:
    return {code: trend for therapist in THERAPISTS for code, trend in trends(clinic, therapist).items()}


def test_the_clinic_has_the_size_that_was_promised(demo: Clinic) -> None:
    held = everybodys(demo)
    sessions = sum(len(trend.points) for trend in held.values())
    back = sum(point.answered for trend in held.values() for point in trend.points)
    assert len(held) == 40
    assert 580 <= sessions <= 640
    assert 0.9 < back / sessions < 0.99


@pytest.mark.parametrize("therapist", THERAPISTS)
def test_every_therapist_has_questions_of_different_ages_and_some_to_keep_in_mind(
    demo: Clinic, therapist: str
) -> None:
    waiting = [trend.open_alert for trend in trends(demo, therapist).values() if trend.open_alert]
    new = {AlertStatus.NEW, AlertStatus.SEEN}
    ask = [alert for alert in waiting if alert.level is Level.ASK and alert.status in new]
    assert len(ask) >= 2
    assert len({alert.held_on for alert in ask}) >= 2
    assert any(alert.level is Level.KEEP for alert in waiting)
    assert any(alert.talked for alert in waiting)


@pytest.mark.parametrize("therapist", THERAPISTS)
def test_every_therapist_has_something_recovering_and_several_repaired(demo: Clinic, therapist: str) -> None:
    ends = [trend.points[-1].reading for trend in trends(demo, therapist).values()]
    assert any(end is not None and end.episode is EpisodeState.RECOVERING for end in ends)
    closed = [alert for trend in trends(demo, therapist).values() for alert in trend.alerts]
    assert sum(alert.status is AlertStatus.REPAIRED for alert in closed) >= 2


def test_an_unfounded_question_was_answered_as_an_ordinary_session(demo: Clinic) -> None:
    closed = [alert for trend in everybodys(demo).values() for alert in trend.alerts]
    assert any(alert.status is AlertStatus.ORDINARY for alert in closed)


def test_some_questions_were_closed_one_was_opened_again_and_one_rests(demo: Clinic) -> None:
    everybody = everybodys(demo)
    (closed,) = [a for a in everybody["Birch 09"].alerts if a.status is AlertStatus.CLOSED]
    assert [step.kind for step in closed.steps][-2:] == [Kind.REPAIRED, Kind.CLOSED]
    kinds = [step.kind for alert in everybody["Quince 13"].alerts for step in alert.steps]
    assert kinds.index(Kind.ORDINARY) < kinds.index(Kind.REOPENED) < kinds.index(Kind.TALKED)
    assert Kind.REPAIRED in kinds
    resting = {code for code, trend in everybody.items() if trend.muted_alerts and not trend.open_alert}
    assert resting == {"Lavender 30"}


def test_patients_close_the_loop_a_little_and_then_in_earnest(demo: Clinic) -> None:
    said = Counter(point.talked for trend in everybodys(demo).values() for point in trend.points)
    assert said["little"] >= 3
    assert said["helped"] >= 6
    assert said["not-helped"] == 1


def test_two_patients_have_stopped_answering(demo: Clinic) -> None:
    silent = [
        trend
        for trend in everybodys(demo).values()
        if len(trend.points) > 5 and not any(point.answered for point in trend.points[-3:])
    ]
    assert {trend.dyad.patient.code for trend in silent} == {"Willow 52", "Poppy 47"}


def test_two_patients_give_all_tens(demo: Clinic) -> None:
    top = [
        code
        for code, trend in everybodys(demo).items()
        if {point.alliance for point in trend.answered} == {100.0}
    ]
    assert sorted(top) == ["Hazel 40", "Heather 50"]


def test_the_short_form_has_its_four_items(demo: Clinic) -> None:
    pulse = {
        code: trend for code, trend in everybodys(demo).items() if trend.dyad.patient.instrument == "pulse"
    }
    assert sorted(pulse) == ["Daisy 68", "Sage 39"]
    amina = viewers(demo)["amina"]
    trend = reading.chart_trend(demo, amina, pulse["Sage 39"].dyad.patient.id, AT)
    assert {item for point in trend.points for item in point.items} == {"safe", "heard", "team", "held"}


def test_two_cases_are_shown_to_the_supervisor(demo: Clinic) -> None:
    found = supervising.overview(demo, viewers(demo)["miriam"], AT)
    assert sorted(one.dyad.patient.code for one in found.shown) == ["Juniper 26", "Rowan 31"]
    assert [one.what.value for one in found.waiting].count("newly shown to you") == 2


def test_what_one_patient_held_back_is_for_the_supervisor_alone(demo: Clinic) -> None:
    own = trends(demo, "amina")["Plum 11"]
    assert not own.points[-1].answered
    assert own.alerts == []
    people = viewers(demo)
    seen = reading.chart_trend(demo, people["miriam"], own.dyad.patient.id, AT)
    assert seen.points[-1].held_back
    assert seen.open_alert is not None
    assert seen.open_alert.level is Level.ASK


def test_one_patient_asks_the_supervisor_for_help(demo: Clinic) -> None:
    overview = supervising.overview(demo, viewers(demo)["miriam"], AT)
    assert [one.dyad.patient.code for one in overview.waiting if one.what is Waits.HELP] == ["Fern 22"]
    assert len(overview.therapists) == 3


def test_comments_are_the_made_up_ones_and_each_therapist_has_some(demo_copy: Clinic) -> None:
    known = {sentence for pool in POOLS.values() for sentence in pool}
    for therapist in THERAPISTS:
        viewer = viewers(demo_copy)[therapist]
        pages = [
            reading.open_patient(demo_copy, viewer, trend.dyad.patient.id, AT)
            for trend in trends(demo_copy, therapist).values()
        ]
        said = [sentence for page in pages for _, sentence in page.comments]
        assert len(said) > 20
        assert set(said) <= known


def test_the_next_sessions_are_in_the_coming_week(demo: Clinic) -> None:
    days = [trend.dyad.next_on for trend in everybodys(demo).values()]
    today = demo.settings().today(AT)
    assert all(day is not None and today <= day < today + timedelta(7) for day in days)


def test_the_past_happened_in_order_and_is_over(demo: Clinic) -> None:
    with demo.db.read() as conn:
        trail = audit.latest(conn, 10_000)[::-1]
    assert [entry.at for entry in trail] == sorted(entry.at for entry in trail)
    assert trail[-1].at <= AT
    answers = sum(entry.action == "answer" for entry in trail)
    held_back = 1
    assert answers == held_back + sum(
        point.answered for trend in everybodys(demo).values() for point in trend.points
    )


def test_the_same_seed_makes_the_same_clinic(demo: Clinic, tmp_path: Path) -> None:
    with make(tmp_path / "again", ADDRESS, seed=1, now=AT) as again:
        assert everybodys(again) == everybodys(demo)


def test_everybody_can_sign_in_with_the_password_that_is_told_and_only_that(demo_copy: Clinic) -> None:
    first, second = let_in(demo_copy, AT), let_in(demo_copy, AT)
    assert sorted(account.role for account in second) == sorted(player.role.value for player in STAFF)
    assert not {account.password for account in first} & {account.password for account in second}
    for before, now in zip(first, second, strict=True):
        assert len(now.password) >= 15
        assert signing_in.sign_in(demo_copy, before.email, before.password, AT) is None
        assert signing_in.sign_in(demo_copy, now.email, now.password, AT) is not None


def test_a_low_answer_to_any_fresh_link_raises_a_question(demo_copy: Clinic) -> None:
    links = fresh_links(demo_copy, AT)
    assert len(links) == len(set(links)) == 4
    before = sum(trend.open_alert is not None for trend in everybodys(demo_copy).values())
    for link in links:
        base, _, token = link.rpartition("/a/")
        assert base == ADDRESS.public_url
        answering.submit(demo_copy, token, attempt="a" * 22 + token[:4], body=b"low", form=Sent(LOW), now=AT)
    after = [trend.open_alert for trend in everybodys(demo_copy).values() if trend.open_alert]
    today = [alert for alert in after if alert.held_on == demo_copy.settings().today(AT)]
    assert len(today) == 4
    assert len(after) == before + 4
    assert {alert.level for alert in today} == {Level.ASK}


def test_links_are_about_the_same_sessions_until_those_are_answered(demo_copy: Clinic) -> None:
    def sessions() -> int:
        return sum(len(trend.points) for trend in everybodys(demo_copy).values())

    before = sessions()
    links = fresh_links(demo_copy, AT)
    assert sessions() == before + 4
    fresh_links(demo_copy, AT)
    assert sessions() == before + 4
    kept_back = Sent(LOW | {"audience": "supervisor"})
    for link in links:
        answering.submit(
            demo_copy, link.rpartition("/")[2], attempt="b" * 20, body=b"", form=kept_back, now=AT
        )
        break
    fresh_links(demo_copy, AT)
    assert sessions() == before + 5
    fresh_links(demo_copy, AT + timedelta(days=3))
    assert sessions() == before + 9


def test_who_left_is_let_in_no_more_and_makes_no_links(demo_copy: Clinic) -> None:
    accounts.disable(demo_copy, viewers(demo_copy)["jonas"].staff_id, AT, actor="command")
    accounts.disable(demo_copy, viewers(demo_copy)["miriam"].staff_id, AT, actor="command")
    assert [account.role for account in let_in(demo_copy, AT)] == ["therapist", "therapist", "admin"]
    assert len(fresh_links(demo_copy, AT)) == 3
