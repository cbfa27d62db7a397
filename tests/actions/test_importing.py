"""Ratings of before: they teach what is usual, ask nothing, count as no answer, and go as they came."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from alliance.actions import caseload, learning, rebuilding, verifying
from alliance.actions.faults import Fault
from alliance.analysis.track import Level
from alliance.domain import course
from alliance.domain.people import Dyad
from alliance.domain.therapy import Channel
from alliance.storage import audit, erasing, readings, responses
from tests.cast import NOW, Cast, add_patient, answer, hold
from tests.histories import bring, command, history, line, trend_of, with_history
from tests.storage.rows import contents

STEADY = [84.0, 86.0, 82.0, 85.0, 83.0, 86.0, 84.0, 85.0]


@pytest.fixture(autouse=True)
def still(clock: time_machine.Traveller) -> Iterator[None]:
    yield


def everything(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    with cast.clinic.db.read() as conn:
        return contents(conn)


def state(cast: Cast, dyad: Dyad) -> str:
    with cast.clinic.db.read() as conn:
        return readings.tracks(conn, dyad.id)["shared"].to_json()


def whole(cast: Cast) -> bool:
    return verifying.verify(cast.clinic.config.database, cast.clinic.keyring).ok


def rated(cast: Cast, dyad: Dyad, *levels: int, **more: str) -> None:
    for place, level in enumerate(levels):
        at = NOW + timedelta(hours=place)
        answer(cast.clinic, hold(cast, cast.viewer("jonas"), dyad.patient.id, at)[1], at, level, **more)


def test_the_first_answer_here_is_read_beside_what_was_usual_before(cast: Cast) -> None:
    known, new = with_history(cast, "Elm 1", STEADY), add_patient(cast, "Elm 2")
    for dyad in (known, new):
        rated(cast, dyad, 6)
    told, untold = trend_of(cast, known).points[-1].reading, trend_of(cast, new).points[-1].reading
    assert told is not None and untold is not None
    assert told.high - told.low < untold.high - untold.low
    assert abs(told.expected - 84) < 3
    assert (told.level, told.alert) != (Level.NONE, 0) and untold.alert == 0


def test_no_rupture_of_before_is_asked_about_and_none_hides_one_of_now(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", [*STEADY, 40, 38, 35])
    trend = trend_of(cast, dyad)
    assert trend.alerts == [] and all(
        point.reading.level is Level.NONE for point in trend.points if point.reading
    )
    assert all(point.reading and point.reading.ask_below is None for point in trend.points)
    rated(cast, dyad, 8)
    assert trend_of(cast, dyad).alerts == []  # back at the usual: what was before is not carried on
    rated(cast, dyad, 3)
    assert [alert.session_number for alert in trend_of(cast, dyad).alerts] == [13]


def test_another_questionnaire_teaches_how_much_somebody_strays_and_hardly_the_level(cast: Cast) -> None:
    high = [96.0, 97.0, 95.0, 96.0, 98.0, 96.0, 97.0, 95.0]
    same = with_history(cast, "Elm 1", high)
    other = with_history(cast, "Elm 2", high, "--measures", "other", "--questionnaire", "Form of before")
    for dyad in (same, other):
        rated(cast, dyad, 8)
    assert trend_of(cast, same).alerts and not trend_of(cast, other).alerts


def test_it_counts_as_no_form_and_no_answer(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", STEADY)
    rated(cast, dyad, 8)
    trend = trend_of(cast, dyad)
    assert course.forms_back(trend) == (1, 1) and len(trend.points) == 9
    with cast.clinic.db.read() as conn:
        counted = conn.execute(
            "SELECT sum(sessions), sum(offered), sum(back), sum(answers) FROM course_month WHERE dyad_id = ?",
            (dyad.id,),
        ).fetchone()
        last = conn.execute("SELECT count(*) FROM response").fetchone()[0]
    assert tuple(counted) == (9, 1, 1, 1)
    assert last == 2 * 7 + 1  # those of the cast, and the one here


def test_the_clinics_own_past_is_learned_from_what_measures_alike_alone(cast: Cast) -> None:
    before = learning.learn(cast.clinic, NOW).dyads_used
    with_history(cast, "Elm 1", STEADY)
    assert learning.learn(cast.clinic, NOW).dyads_used == before + 1
    with_history(cast, "Elm 2", STEADY, "--measures", "other")
    assert learning.learn(cast.clinic, NOW).dyads_used == before + 1


def test_the_same_file_again_brings_nothing(cast: Cast) -> None:
    with_history(cast, "Elm 1", STEADY)
    before = everything(cast)
    again = bring(cast, history("Elm 1", STEADY))
    assert (again.exit_code, everything(cast)) == (0, before)
    assert again.stdout.count("there already") == len(STEADY) and "Nothing was changed" in again.stderr
    more = bring(cast, history("Elm 1", [*STEADY, 80.0]))
    assert more.stdout.count("new:") == 1 and "Done: import 2" in more.stderr


def test_in_whatever_order_they_come_sessions_stand_by_their_number(cast: Cast) -> None:
    straight = with_history(cast, "Elm 1", STEADY)
    turned = add_patient(cast, "Elm 2")
    lines = history("Elm 2", STEADY)
    random.Random(4).shuffle(lines)
    assert bring(cast, lines[:5]).exit_code == 0
    assert bring(cast, lines).exit_code == 0  # the rest, some of it earlier than what is there
    assert state(cast, straight) == state(cast, turned)


def test_history_that_comes_late_is_read_before_what_was_answered_here(cast: Cast) -> None:
    at_once, later = with_history(cast, "Elm 1", STEADY), add_patient(cast, "Elm 2")
    assert bring(cast, history("Elm 2", STEADY[4:], first=5)).exit_code == 0
    for dyad in (at_once, later):
        rated(cast, dyad, 8, 8)
        rated(cast, dyad, 3, audience="supervisor", comment="Not for you.")
    assert bring(cast, history("Elm 2", STEADY[:4])).exit_code == 0
    assert state(cast, at_once) == state(cast, later)
    with cast.clinic.db.read() as conn:
        full = [readings.tracks(conn, dyad.id)["full"].to_json() for dyad in (at_once, later)]
        assert full[0] == full[1]
        assert rebuilding.out_of_step(conn, "shared") == rebuilding.out_of_step(conn, "full") == []


def test_days_number_sessions_where_the_file_does_not(cast: Cast) -> None:
    dyad = add_patient(cast, "Elm 1")
    days = ["2025-03-18,70", "2025-03-04,60", "2025-03-11,65"]
    lines = [f"Elm 1,{day}" for day in days]
    assert bring(cast, lines, header="patient,date,score").exit_code == 0
    assert [point.alliance for point in trend_of(cast, dyad).points] == [60, 65, 70]
    again = bring(cast, [*lines, "Elm 1,2025-03-25,75"], header="patient,date,score")
    assert again.stdout.count("there already") == 3 and "session 4 of 2025-03-25" in again.stdout


def test_a_session_without_ratings_is_held_and_nothing_more(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", [80.0, None, None, None])
    trend = trend_of(cast, dyad)
    assert [point.answered for point in trend.points] == [True, False, False, False]
    assert [point.reading is not None for point in trend.points] == [True, False, False, False]
    assert "no form after" not in course.in_words(trend)
    assert whole(cast)


def test_no_form_is_offered_for_a_session_of_before(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", [80.0, None])
    for point in trend_of(cast, dyad).points:
        with pytest.raises(Fault, match="taken over from before"):
            caseload.issue_link(
                cast.clinic, cast.viewer("jonas"), point.session_id, channel=Channel.LINK, now=NOW
            )


def test_single_answers_come_with_their_scores(cast: Cast) -> None:
    dyad = add_patient(cast, "Elm 1")
    header = command("template", "ratings", "--items", "after-session").stdout.splitlines()[0]
    items = [name.removeprefix("item.") for name in header.split(",")[4:]]
    answers = dict.fromkeys(items, 8) | {"held": 1, "hurt": 2, "leave": 0}
    values = ",".join(str(answers[item]) for item in items)
    result = bring(cast, [f"Elm 1,,2025-03-04,1,{values}"], header=header)
    assert result.exit_code == 0, result.output
    with cast.clinic.db.read() as conn:
        [held] = responses.held(conn, dyad.id, 1, 1, full=False)
    assert (held.scales, held.rupture, held.past) == ((80.0, 80.0, 80.0), 10.0, "same")


def test_every_import_is_in_the_trail_and_proved(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", STEADY)
    with cast.clinic.db.read() as conn:
        newest = audit.latest(conn, 1)[0]
    assert (newest.actor, newest.action, newest.subject_id) == ("command", "import ratings", 1)
    assert newest.detail == {"lines": 8, "dyads": 1, "first": 1, "last": 8}
    assert whole(cast)
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE imported_session SET safety = 10 WHERE id = 3")
    found = verifying.verify(cast.clinic.config.database, cast.clinic.keyring).findings
    assert {finding.part for finding in found} == {"answers", "states"}
    assert any("Imported session 3 was changed" in finding.sentence for finding in found)
    assert dyad.id in {number for one in found if one.part == "states" for number in one.numbers or ()}


def test_what_is_taken_out_is_missed(cast: Cast) -> None:
    with_history(cast, "Elm 1", STEADY)
    with cast.clinic.db.write() as conn:
        conn.execute("DELETE FROM imported_session WHERE id = 8")
        conn.execute("DELETE FROM digest WHERE kind = 'imported_session' AND record = 8")
    found = verifying.verify(cast.clinic.config.database, cast.clinic.keyring).findings
    assert any("Imported session 8 was taken out" in finding.sentence for finding in found)


def test_an_erasure_takes_it_along(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", STEADY)
    with_history(cast, "Elm 2", STEADY)
    with cast.clinic.db.write() as conn:
        gone = erasing.erase_patient(conn, dyad.patient.id)
    assert gone["imported_session"] == len(STEADY)
    with cast.clinic.db.read() as conn:
        assert conn.execute("SELECT count(*) FROM imported_session").fetchone()[0] == len(STEADY)
    assert whole(cast)


def test_answers_go_on_being_taken_as_ever(cast: Cast) -> None:
    """A link that is out while a history comes in works, and what it brings is read behind the history."""
    dyad = add_patient(cast, "Elm 1")
    assert bring(cast, history("Elm 1", STEADY)).exit_code == 0
    _, token = hold(cast, cast.viewer("jonas"), dyad.patient.id, NOW)
    assert bring(cast, [line("Elm 1", 1, 84.0), line("Elm 1", 9, 80.0)]).exit_code == 1
    answer(cast.clinic, token, NOW, 8)
    assert trend_of(cast, dyad).points[-1].number == 9
    assert whole(cast)
