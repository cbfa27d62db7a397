"""Who opened what among one's supervisees: narrowed to a therapist or a month, a page at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alliance.actions import reading, supervising
from alliance.domain.access import NotFound
from alliance.domain.trail import PAGE, TrailPage
from tests.actions.stories import end_supervision
from tests.cast import NOW, Cast
from tests.web.posting import supervise


def seen(cast: Cast, who: str) -> list[tuple[str, str, str]]:
    lines = supervising.trail(cast.clinic, cast.viewer(who), NOW).lines
    return [(name, line.action, code) for line, name, code in lines]


def opened(cast: Cast, who: str, code: str, at: datetime) -> None:
    reading.open_patient(cast.clinic, cast.viewer(who), cast.stories[code].patient_id, at)


def test_who_opened_what_among_ones_supervisees_newest_first(cast: Cast) -> None:
    before = seen(cast, "miriam")
    opened(cast, "jonas", "Alder 14", NOW)
    reading.open_alert(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, NOW)
    opened(cast, "miriam", "Alder 14", NOW)
    opened(cast, "claire", "Birch 2", NOW)
    assert seen(cast, "miriam") == [
        ("Miriam Osei", "open patient", "Alder 14"),
        ("Jonas Berg", "open alert", "Alder 14"),
        ("Jonas Berg", "open patient", "Alder 14"),
        *before,
    ]
    assert {code for _, _, code in before} == {"Alder 14"}
    assert {code for _, _, code in seen(cast, "ruth")} == {"Birch 2"}


def test_the_trail_ends_with_the_supervision(cast: Cast) -> None:
    opened(cast, "jonas", "Alder 14", NOW)
    end_supervision(cast, "miriam", date(2026, 11, 20))
    assert seen(cast, "miriam") == []
    assert supervising.overview(cast.clinic, cast.viewer("miriam"), NOW).lead() == "Nothing is open."


def page(cast: Cast, **asked: object) -> TrailPage:
    return supervising.trail(cast.clinic, cast.viewer("miriam"), NOW, **asked)  # type: ignore[arg-type]


def test_it_comes_in_pages_that_together_are_the_whole(cast: Cast) -> None:
    for minute in range(2 * PAGE):
        opened(cast, "jonas", "Alder 14", NOW + timedelta(minutes=minute))
    first = page(cast)
    pages = [page(cast, number=number) for number in range(1, first.pages + 1)]
    assert first.pages == 3 and [len(one.lines) for one in pages[:2]] == [PAGE, PAGE]
    ids = [line.id for one in pages for line, _, _ in one.lines]
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == first.total
    assert pages[1].first == PAGE + 1
    assert first.lines[0][0].at == NOW + timedelta(minutes=2 * PAGE - 1)


@pytest.mark.parametrize("number", [0, -3, 999])
def test_a_page_that_is_not_there_is_the_nearest_one(cast: Cast, number: int) -> None:
    assert page(cast, number=number).number == 1


def test_it_can_be_narrowed_to_one_supervisees_patients(cast: Cast) -> None:
    supervise(cast, "miriam", "claire")
    opened(cast, "claire", "Birch 2", NOW)
    opened(cast, "jonas", "Alder 14", NOW)
    both, claire = page(cast), page(cast, therapist_id=cast.ids["claire"])
    assert {code for _, _, code in both.lines} == {"Alder 14", "Birch 2"}
    assert {code for _, _, code in claire.lines} == {"Birch 2"}
    assert claire.total < both.total and claire.therapists == both.therapists


def test_another_supervisors_therapist_cannot_be_asked_for(cast: Cast) -> None:
    for who in ("claire", "tomasz"):
        with pytest.raises(NotFound):
            page(cast, therapist_id=cast.ids[who])


def test_a_month_begins_by_the_clinics_clock(cast: Cast) -> None:
    """The clinic is in London, where 1 July begins at 23:00 UTC."""
    before, after = datetime(2027, 6, 30, 22, 59, tzinfo=UTC), datetime(2027, 6, 30, 23, 0, tzinfo=UTC)
    opened(cast, "jonas", "Alder 14", before)
    opened(cast, "jonas", "Alder 14", after)
    asked = {"clinic": cast.clinic, "viewer": cast.viewer("miriam"), "now": after}
    june = supervising.trail(**asked, month=date(2027, 6, 1))  # type: ignore[arg-type]
    july = supervising.trail(**asked, month=date(2027, 7, 1))  # type: ignore[arg-type]
    assert [line.at for line, _, _ in june.lines] == [before]
    assert [line.at for line, _, _ in july.lines] == [after]
    assert july.months[0] == date(2027, 7, 1) and july.months[-1] == date(2026, 10, 1)
    assert (july.total, july.pages) == (1, 1)
