"""Names, days and numbers as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from alliance.languages import LANGUAGES, catalogue, language, phrasing

DAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    ("tag", "day", "number", "names"),
    [
        ("en", "Thursday 3 December", "2,000", "Ana, Ben and Ida"),
        ("es", "jueves 3 de diciembre", "2.000", "Ana, Ben e Ida"),
        ("de", "Donnerstag, 3. Dezember", "2.000", "Ana, Ben und Ida"),
        ("tr", "3 Aralık Perşembe", "2.000", "Ana, Ben ve Ida"),
        ("ar", "الخميس ٣ ديسمبر", "٢٬٠٠٠", "Ana وBen وIda"),
    ],
)
def test_each_language_writes_in_its_own_way(tag: str, day: str, number: str, names: str) -> None:
    assert phrasing.long_day(DAY, tag) == day
    assert phrasing.numeral(2000, tag) == number
    assert phrasing.listed(["Ana", "Ben", "Ida"], tag) == names
    assert phrasing.listed(["Ana"], tag) == "Ana" and phrasing.listed([], tag) == ""


def test_what_is_done_to_each_name_is_done_in_every_list() -> None:
    for tag in LANGUAGES:
        told = phrasing.listed(["Ana", "Ida"], tag, phrasing.isolated)
        assert "\u2068Ana\u2069" in told and told.endswith("\u2068Ida\u2069")
    assert phrasing.listed(["Ana", "Hielo"], "es") == "Ana y Hielo"


def test_the_time_of_day_keeps_its_form_and_takes_the_figures() -> None:
    moment = datetime(2026, 12, 3, 18, 40, tzinfo=UTC)
    assert phrasing.clock_time(moment, "de") == "18:40"
    assert phrasing.clock_time(moment, "ar") == "١٨:٤٠"


def test_a_language_without_a_catalogue_has_its_name_and_direction() -> None:
    assert (language("he").name, language("he").direction) == ("עברית", "rtl")
    assert (language("fr").name, language("fr").direction) == ("français", "ltr")
    assert catalogue("fr").gettext("Leave") == "Leave"
    assert language("no-such-tag-at-all") is LANGUAGES["en"]
    assert language("../en") is LANGUAGES["en"]


def test_every_language_goes_by_its_own_name() -> None:
    assert [one.name for one in LANGUAGES.values()] == ["English", "Español", "Deutsch", "Türkçe", "العربية"]
    assert [tag for tag, one in LANGUAGES.items() if one.direction == "rtl"] == ["ar"]
