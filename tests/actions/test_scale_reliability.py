"""How reliably the scales measure in this clinic: worked out at night from all answers, and kept."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pytest

from alliance.actions import learning
from alliance.actions.clinic import Clinic
from alliance.analysis.scale_figures import scale_report
from alliance.domain.scale_figures import ScaleFigures
from alliance.storage import settings
from alliance.storage.checks import PROOF
from tests.actions.sending import LOW
from tests.actions.test_detecting import Course
from tests.cast import NOW, Cast

PEOPLE, SESSIONS = 12, 3


def kept(clinic: Clinic) -> list[ScaleFigures]:
    with clinic.db.read() as conn:
        return settings.reliability(conn)


def all_settings(clinic: Clinic) -> dict[str, str]:
    with clinic.db.read() as conn:
        return {row["name"]: row["value"] for row in conn.execute("SELECT name, value FROM setting")}


def of(figures: list[ScaleFigures], scale: str) -> ScaleFigures:
    (found,) = [one for one in figures if one.scale == scale]
    return found


@pytest.fixture
def answered(clinic: Clinic, cast: Cast) -> list[tuple[str, dict[str, int]]]:
    """Twelve more patients, each with three answers that leave something out now and then."""
    chance = random.Random(11)
    told = []
    for person in range(PEOPLE):
        course, usual = Course(cast, f"Maple {person}"), chance.randint(4, 8)
        for _ in range(SESSIONS):
            here = usual + chance.randint(-2, 1)
            answers = {item: min(10, max(0, here + chance.randint(-1, 1))) for item in LOW}
            if chance.random() < 0.3:
                del answers[chance.choice(list(answers))]
            course.meet(answers)
            told.append((f"Maple {person}", answers))
    return told


def test_the_figures_are_those_of_the_raw_answers(
    cast: Cast, answered: list[tuple[str, dict[str, int]]]
) -> None:
    with cast.clinic.db.write() as conn:  # the cast's own two patients would only blur what is compared
        conn.execute(
            "UPDATE response SET language = 'xx' WHERE session_id NOT IN (SELECT s.id FROM therapy_session AS s"
            " JOIN dyad AS d ON d.id = s.dyad_id JOIN patient AS p ON p.id = d.patient_id"
            " WHERE p.code LIKE 'Maple%')"
        )
    figures = learning.reliability(cast.clinic)
    instrument = cast.clinic.library.get("after-session")
    assert [one.scale for one in figures] == [scale.name for scale in instrument.scales]
    for scale in instrument.scales:
        turn = (lambda value: 10.0 - value) if scale.higher_is == "worse" else float
        table = [
            [turn(answers[item]) if item in answers else np.nan for item in scale.items]
            for _, answers in answered
        ]
        report, found = (
            scale_report([who for who, _ in answered], table, highest=10.0),
            of(figures, scale.name),
        )
        assert report.alpha
        assert report.change
        assert report.sem
        assert found.people == report.respondents == PEOPLE
        assert found.alpha == pytest.approx((report.alpha.value, report.alpha.low, report.alpha.high))
        assert report.omega
        assert found.omega == (pytest.approx(report.omega.value) if report.omega.proper else None)
        assert found.change == pytest.approx(report.change.change)
        assert found.sem == pytest.approx(10 * report.sem)
        assert found.at_best == pytest.approx(report.ceiling)
        assert found.missing == pytest.approx(float(np.isnan(table).mean()))
    assert any(one.missing > 0 for one in figures)
    assert any(one.omega for one in figures)


def test_the_night_keeps_them_and_leaves_other_settings_alone(cast: Cast) -> None:
    before = all_settings(cast.clinic)
    assert kept(cast.clinic) == []
    night = learning.nightly(cast.clinic, NOW + timedelta(days=30))
    figures = kept(cast.clinic)
    assert night.scales == figures
    assert {one.people for one in figures} == {2}  # Alder 14 and Birch 2
    after = all_settings(cast.clinic)
    assert set(after) - set(before) == {settings.RELIABILITY}
    assert {name: after[name] for name in before} == before
    assert PROOF in before
    assert settings.RELIABILITY != PROOF
    assert learning.reliability(cast.clinic) == figures  # a second time in place of the first


def test_a_scale_that_nobody_answered_whole_has_no_figures(cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute("DELETE FROM answer WHERE item = 'safe'")
    figures = learning.reliability(cast.clinic)
    assert of(figures, "Safety").people == 0
    assert of(figures, "Safety").alpha is None
    assert of(figures, "Attunement").people == 2


def test_a_clinic_without_answers_keeps_that_there_is_nothing(clinic: Clinic) -> None:
    assert learning.reliability(clinic) == []
    assert kept(clinic) == []
