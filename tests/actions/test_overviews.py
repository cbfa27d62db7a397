"""What a supervisor sees of each therapist: nothing of few patients, intervals, words, and no more than that."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from alliance.actions import overviews, settling, supervising
from alliance.actions.rebuilding import summary_out_of_step
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.figures import (
    FEWER,
    NOBODY_TO_COMPARE,
    NOT_ENOUGH_ANSWERS,
    NOT_YET,
    OUTSIDE,
    TOO_FEW_TO_PLACE,
    WITHIN,
    Figures,
    TherapistFigures,
)
from alliance.storage import people, summaries
from alliance.storage.database import Connection
from tests.actions.figures import answer, patient, practice, therapist, weekly
from tests.actions.stories import course, in_both_roles
from tests.cast import NOW, Cast


def settled(cast: Cast) -> Figures:
    settling.settle(cast.clinic, NOW)
    return overviews.figures(cast.clinic, cast.viewer("miriam"), NOW)


def by_name(found: Figures) -> dict[str, TherapistFigures]:
    return {one.name: one for one in found.therapists}


def everything_kept(conn: Connection) -> list[tuple[object, ...]]:
    tables = ("settled", "settled_month", "settled_year")
    return [tuple(row) for table in tables for row in conn.execute(f"SELECT * FROM {table}")]


def test_a_small_clinic_has_no_figures_and_says_why(cast: Cast) -> None:
    found = overviews.figures(cast.clinic, cast.viewer("miriam"), NOW)
    assert [(one.name, one.words) for one in found.therapists] == [("Jonas Berg", NOT_YET)]
    assert found.lead.startswith("No estimates yet")
    found = settled(cast)
    jonas = found.therapists[0]
    assert (jonas.words, jonas.estimate, jonas.patients, jonas.forms) == (FEWER, None, None, "–")
    assert found.upto == date(2026, 10, 1) and found.funnel is None


def test_five_patients_and_ten_answers_are_the_least(cast: Cast) -> None:
    chance = random.Random(1)
    with cast.clinic.db.write() as conn:
        practice(conn, therapist(cast, conn, "Four Patients"), chance, patients=4)
        practice(conn, therapist(cast, conn, "Few Answers"), chance, patients=5, months=(10,), weeks=1)
        practice(conn, therapist(cast, conn, "Just Enough"), chance, patients=5, months=(10,), weeks=2)
        practice(conn, therapist(cast, conn, "Settled Down"), chance, patients=12)
    found = by_name(settled(cast))
    assert (found["Four Patients"].words, found["Four Patients"].estimate) == (FEWER, None)
    assert (found["Few Answers"].words, found["Few Answers"].estimate) == (NOT_ENOUGH_ANSWERS, None)
    enough = found["Just Enough"]
    assert (enough.patients, enough.answers, enough.words) == (5, 10, TOO_FEW_TO_PLACE)
    assert enough.low and enough.estimate and enough.high and enough.low < enough.estimate < enough.high
    assert found["Settled Down"].words == NOBODY_TO_COMPARE
    with cast.clinic.db.read() as conn:
        kept = {
            row[0]
            for row in conn.execute(
                "SELECT therapist_id FROM settled_month UNION SELECT therapist_id FROM settled_year"
            )
        }
    assert kept == {enough.id, found["Settled Down"].id}, "what is not shown is not even kept"


def test_a_funnel_needs_ten_therapists_and_finds_the_one_apart(cast: Cast) -> None:
    chance = random.Random(2)
    with cast.clinic.db.write() as conn:
        for number in range(11):
            name, theirs = (
                (f"Elsewhere {number}", None) if number % 2 else (f"Supervised {number:02}", "miriam")
            )
            practice(conn, therapist(cast, conn, name, theirs), chance, patients=14 + number, level=80)
        practice(conn, therapist(cast, conn, "Yara Apart"), chance, patients=40, level=55)
        practice(conn, therapist(cast, conn, "Ada Few"), chance, patients=7, level=55)
    found = settled(cast)
    told = by_name(found)
    assert [one.name for one in found.therapists] == sorted(one.name for one in found.therapists)
    assert told["Yara Apart"].words == OUTSIDE and told["Yara Apart"].outside
    assert told["Ada Few"].words == TOO_FEW_TO_PLACE and not told["Ada Few"].outside
    assert told["Supervised 00"].words == WITHIN
    assert found.lead.startswith(
        "Yara Apart lies outside what chance alone would give: a reason to look together"
    )
    assert not any(name.startswith("Elsewhere") for name in told)
    assert found.funnel and len(found.funnel.dots) == 12, "with seven patients nobody is placed"
    assert {dot.name for dot in found.funnel.dots if dot.name} == {
        name for name in told if name not in ("Ada Few", "Jonas Berg")
    }
    assert found.funnel.outside == 1 and "One therapist lies outside" in found.funnel_words


def test_chance_alone_is_said_to_be_chance_alone(cast: Cast) -> None:
    chance = random.Random(3)
    with cast.clinic.db.write() as conn:
        for number in range(12):
            practice(conn, therapist(cast, conn, f"Therapist {number:02}"), chance, patients=12, level=80)
    found = settled(cast)
    assert found.lead.startswith("No difference here is larger than chance alone would give.")
    assert {one.words for one in found.therapists if one.estimate} == {WITHIN}
    assert found.mean is not None and all(
        one.low <= found.mean <= one.high for one in found.therapists if one.low and one.high
    )


def test_a_settled_month_never_changes(cast: Cast) -> None:
    """Else a late answer, or one released, could be read off the difference."""
    chance = random.Random(4)
    with cast.clinic.db.write() as conn:
        one = therapist(cast, conn, "Just Enough")
        practice(conn, one, chance, patients=6)
    assert settling.settle(cast.clinic, NOW) and settling.settle(cast.clinic, NOW) == []
    with cast.clinic.db.write() as conn:
        before = everything_kept(conn)
        patient(conn, one, weekly(chance, 10, 10))
        answer(
            conn,
            conn.execute(
                "SELECT min(id) FROM therapy_session WHERE id NOT IN (SELECT session_id FROM response)"
            ).fetchone()[0],
            1.0,
        )
        conn.execute("UPDATE score SET value = 0 WHERE scale = 'alliance'")
        assert summary_out_of_step(conn) == []
    settling.settle(cast.clinic, NOW)
    with cast.clinic.db.read() as conn:
        assert everything_kept(conn) == before
        found = summaries.settled_months(conn, "2026-01")
    assert {month for _, month in found} == {"2026-09", "2026-10"}


def test_a_month_is_settled_a_week_after_its_end(cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        practice(conn, therapist(cast, conn, "Just Enough"), random.Random(5), patients=6, months=(9, 10, 11))
    before = datetime(2026, 11, 7, 12, tzinfo=UTC)
    assert settling.settle(cast.clinic, before)[-1] == date(2026, 9, 1)
    assert settling.settle(cast.clinic, before + timedelta(days=1)) == [date(2026, 10, 1)]
    found = overviews.figures(cast.clinic, cast.viewer("miriam"), before + timedelta(days=1))
    assert found.upto == date(2026, 10, 1)
    assert settling.settle(cast.clinic, datetime(2027, 3, 8, tzinfo=UTC)) == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)
    ]  # fmt: skip


def test_a_year_is_made_of_its_months_as_shown(cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        one = therapist(cast, conn, "Just Enough")
        practice(conn, one, random.Random(6), patients=6, months=(8, 9, 10))
        practice(conn, one, random.Random(7), patients=3, months=(10,))
    settling.settle(cast.clinic, NOW)
    found = overviews.therapist_figures(cast.clinic, cast.viewer("miriam"), one, NOW)
    assert [(each.month.month, each.patients, each.answers) for each in found.months] == [
        (8, 6, 24),
        (9, 6, 24),
        (10, 9, 36),
    ]
    weight = sum(each.patients for each in found.months)
    assert found.estimate == pytest.approx(sum(each.patients * each.mean for each in found.months) / weight)
    assert (found.patients, found.answers) == (9, 84)
    assert all(each.low < each.mean < each.high for each in found.months)
    assert "October" in found.months_lead and "9 patients" in found.months_lead


def test_supervisors_may_know_what_was_held_back(cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        one = therapist(cast, conn, "Just Enough")
        for level in (90.0, 90.0, 90.0, 90.0, 40.0):
            held = [(date(2026, 10, day), level) for day in (5, 12)]
            patient(conn, one, held, audience="supervisor" if level == 40.0 else "both")
    settling.settle(cast.clinic, NOW)
    found = overviews.therapist_figures(cast.clinic, cast.viewer("miriam"), one, NOW)
    assert found.months[0].mean == pytest.approx(80.0)


def test_who_treats_and_supervises_sees_nothing_of_own_patients(cast: Cast) -> None:
    """Neither by name nor in the clinic’s mean nor as a ring: it could tell what a patient held back."""
    chance = random.Random(8)
    with cast.clinic.db.write() as conn:
        practice(conn, cast.ids["claire"], chance, patients=30, level=40)
        for number in range(11):
            practice(conn, therapist(cast, conn, f"Therapist {number:02}", "claire"), chance, patients=12)
    settling.settle(cast.clinic, NOW)
    found = overviews.figures(cast.clinic, in_both_roles(cast, "claire"), NOW)
    assert "Claire Dubois" not in by_name(found)
    assert found.funnel and len(found.funnel.dots) == 11 and found.mean is not None and found.mean > 70
    ruth = overviews.figures(cast.clinic, cast.viewer("ruth"), NOW)
    assert by_name(ruth)["Claire Dubois"].outside


def test_only_supervisors_and_only_of_those_they_supervise(cast: Cast) -> None:
    for who in ("jonas", "tomasz"):
        with pytest.raises(Forbidden):
            overviews.figures(cast.clinic, cast.viewer(who), NOW)
        with pytest.raises(Forbidden):
            overviews.therapist_figures(cast.clinic, cast.viewer(who), cast.ids["jonas"], NOW)
    with pytest.raises(NotFound):
        overviews.therapist_figures(cast.clinic, cast.viewer("ruth"), cast.ids["jonas"], NOW)
    assert (
        overviews.therapist_figures(cast.clinic, cast.viewer("miriam"), cast.ids["jonas"], NOW).name
        == "Jonas Berg"
    )


def test_what_came_of_questions_and_forms(cast: Cast) -> None:
    for number in range(5):
        course(cast, f"Larch {number}", [8, 8, None, 9, 8])
    jonas = overviews.figures(cast.clinic, cast.viewer("miriam"), NOW).therapists[0]
    assert jonas.caseload == 6
    assert jonas.forms == f"{100 * jonas.counts.back / jonas.counts.offered:.0f}%" != "100%"
    assert (jonas.counts.asked, jonas.counts.waiting, jonas.counts.talked) == (1, 1, 0)
    assert jonas.talk_words == "–", "of one question no usual time is told"


def test_the_dyads_with_something_open(cast: Cast) -> None:
    quiet = course(cast, "Larch 1", [8, 8, 9])
    asking = course(cast, "Larch 2", [8, 8, 9], last={"raise": "yes"})
    hidden = course(cast, "Larch 3", [8, 8, 9], last={"audience": "supervisor"})
    with cast.clinic.db.read() as conn:
        found = set(summaries.with_something_open(conn, cast.viewer("miriam"), NOW.date()))
        assert summaries.with_something_open(conn, cast.viewer("jonas"), NOW.date()) == []
        dyads = people.supervised_dyads(conn, cast.viewer("miriam"), NOW.date(), sorted(found))
        assert people.supervised_dyads(conn, cast.viewer("ruth"), NOW.date(), sorted(found)) == []
    assert {asking.dyad_id, hidden.dyad_id} < found and quiet.dyad_id not in found
    assert len(found) == 3, "with Alder 14, whose question is open"
    assert {dyad.id for dyad in dyads} == found


def test_very_many_come_in_parts_of_a_hundred(cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        for number in range(140):
            therapist(cast, conn, f"Therapist {number:03}")
    viewer = cast.viewer("miriam")
    first, second, beyond = (overviews.figures(cast.clinic, viewer, NOW, part) for part in (1, 2, 9))
    assert (len(first.therapists), len(second.therapists), first.parts, beyond.part) == (100, 41, 2, 2)
    assert [one.name for one in second.therapists] == [one.name for one in beyond.therapists]
    assert overviews.figures(cast.clinic, viewer, NOW, -3).part == 1
    assert len({one.id for found in (first, second) for one in found.therapists}) == 141


def test_of_very_much_that_is_open_the_longest_open_is_listed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alder 14 asked a week ago, the others have asked just now."""
    for number in range(3):
        course(cast, f"Larch {number}", [8, 8, 9, 8, 9, 2])
    viewer = cast.viewer("miriam")
    every = supervising.overview(cast.clinic, viewer, NOW)
    assert len(every.open) == 4 and not every.cut and every.lead().startswith("Four things are open")
    monkeypatch.setattr(supervising, "MOST_LISTED", 2)
    some = supervising.overview(cast.clinic, viewer, NOW)
    assert len(some.open) == 2 and some.cut and some.lead().startswith("At least two things are open")
    assert some.open[0].trend.dyad.patient.code == "Alder 14"
