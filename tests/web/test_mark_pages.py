"""Marks on a course: made by the own therapist, told on page, chart and table, taken off and kept; sealed words."""

from __future__ import annotations

import pytest
from flask import Flask

from alliance.actions import marking, reading
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.marks import MOST_WORDS, Kind, Mark
from alliance.storage import course_marks
from tests.cast import NOW, Cast, signed_in
from tests.page import PageClient

WORDS = "her sister’s wedding fell through"
EVENT = {"event-starts_on": "2026-11-12", "event-what": "loss", "event-words": WORDS}


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


def path(cast: Cast) -> str:
    return f"/patients/{cast.alder.patient_id}"


def add(client: PageClient, cast: Cast, button: str, values: dict[str, str]):  # type: ignore[no-untyped-def]
    form = client.page(path(cast)).form(button)
    return client.submit(form, values, follow_redirects=True)


def test_a_therapist_marks_and_takes_off(cast: Cast, jonas: PageClient) -> None:
    assert "Nothing is marked yet." in jonas.page(path(cast)).main
    page = add(jonas, cast, "Mark it", EVENT).page
    assert "Loss or bereavement: 12 November." in page.main
    assert WORDS in page.main
    assert "They do not change the usual range, nor when we ask." in page.main
    page = add(jonas, cast, "Mark the break", {"break-starts_on": "2026-11-21"}).page
    assert "Break since 21 November." in page.main
    gone = jonas.submit(page.form("/marks/1/remove"), follow_redirects=True).page
    assert "Taken off on 20 November." in gone.main
    assert "Loss or bereavement: 12 November." not in jonas.page(path(cast)).main
    with cast.clinic.db.read() as conn:
        acts = [row["action"] for row in conn.execute("SELECT action FROM audit ORDER BY id")]
    assert acts.count("mark course") == 2 and acts.count("remove mark") == 1


@pytest.mark.parametrize(
    ("button", "values", "problem"),
    [
        ("Mark it", EVENT | {"event-starts_on": "2027-01-01"}, "Enter a day that is not in the future"),
        ("Mark it", EVENT | {"event-starts_on": ""}, "Enter the day"),
        (
            "Mark it",
            EVENT | {"event-words": "x" * (MOST_WORDS + 1)},
            f"Enter at most {MOST_WORDS} characters",
        ),
        (
            "Mark the break",
            {"break-starts_on": "2026-11-12", "break-ends_on": "2026-11-01"},
            "Enter a day that is not before the first one",
        ),
        ("Mark the ending", {"ending-starts_on": "1999-01-01"}, "Look at the year"),
    ],
)
def test_what_cannot_be_is_asked_about(
    cast: Cast, jonas: PageClient, button: str, values: dict[str, str], problem: str
) -> None:
    answer = add(jonas, cast, button, values)
    assert answer.status_code == 422
    assert problem in answer.page.main


def test_the_words_are_sealed_and_the_supervisor_sees_the_mark_without_them(
    cast: Cast, app: Flask, jonas: PageClient
) -> None:
    add(jonas, cast, "Mark it", EVENT)
    with cast.clinic.db.read() as conn:
        (told,) = [row["told"] for row in conn.execute("SELECT told FROM course_mark")]
        with_words = course_marks.of_dyad(conn, cast.clinic.keyring, 1, words=True, removed=False)
    assert WORDS.encode() not in told
    assert [mark.words for mark in with_words] == [WORDS]
    page = signed_in(app, "miriam").page(path(cast))
    assert "Loss or bereavement: 12 November." in page.main
    assert WORDS not in page.main
    assert not [form for form in page.forms if "mark" in form.action], "nothing to mark with"


def test_marks_change_nothing_that_is_computed(cast: Cast) -> None:
    clinic, jonas = cast.clinic, cast.viewer("jonas")

    def computed() -> tuple[object, ...]:
        trend = reading.open_patient(clinic, jonas, cast.alder.patient_id, NOW).trend
        return (*trend.points, *[(one.status, one.sentence) for one in trend.alerts])

    before = computed()
    first = NOW.date()
    for kind in (Kind.BREAK, Kind.ENDING, Kind.EVENT):
        marking.add_mark(clinic, jonas, cast.alder.patient_id, Mark(0, kind, first, what="crisis"), NOW)
    assert computed() == before
    assert len(reading.chart_trend(clinic, jonas, cast.alder.patient_id, NOW).marks) >= 3


def test_only_the_own_therapist_marks(cast: Cast) -> None:
    mark = Mark(0, Kind.BREAK, NOW.date())
    marking.add_mark(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, mark, NOW)
    for who, refused in (("claire", NotFound), ("miriam", Forbidden)):
        with pytest.raises(refused):
            marking.add_mark(cast.clinic, cast.viewer(who), cast.alder.patient_id, mark, NOW)
        with pytest.raises(refused):
            marking.remove_mark(cast.clinic, cast.viewer(who), 1, NOW)


def test_a_mark_that_marks_itself_cannot_be_made(cast: Cast) -> None:
    mark = Mark(0, Kind.CHANGE, NOW.date())
    with pytest.raises(Fault, match="Choose what it is"):
        marking.add_mark(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, mark, NOW)
