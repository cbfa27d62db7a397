"""What the clinic's own data say, to those who look over the whole of it."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from alliance.actions import learning
from alliance.storage import settings
from tests.actions.stories import noted
from tests.cast import NOW, Cast, signed_in

PATH = "/help/clinic-data"


def test_before_the_first_night_it_says_that_nothing_was_learned(app: Flask) -> None:
    page = signed_in(app, "tomasz").page(PATH)
    assert "Nothing has been learned from this clinic’s own past yet." in page.text
    assert "No question has been answered yet." in page.text


def test_after_a_night_it_says_what_was_learned_and_when(app: Flask, cast: Cast) -> None:
    learning.learn(cast.clinic, NOW)
    page = signed_in(app, "miriam").page(PATH)
    assert "last on Friday 20 November" in page.text
    assert "Learned from 2 courses with" in page.text
    assert "Jonas" not in page.main


def test_it_says_how_reliably_the_scales_measure_once_a_night_has_worked_it_out(
    app: Flask, cast: Cast
) -> None:
    assert "That has not been worked out yet." in signed_in(app, "miriam").page(PATH).text
    learning.reliability(cast.clinic)
    page = signed_in(app, "tomasz").page(PATH)
    assert "Whether the scales measure reliably here" in page.text
    assert [head.text for head in page.root.find_all("h3")] == ["After session 1.0 (English)"]
    assert "So far 2 people answered it whole. Figures are shown from 10 people on" in page.text
    assert not page.root.find_all("table")  # two people's answers are nobody else's business


def test_from_ten_people_on_it_shows_figures_and_says_that_they_are_rough(app: Flask, cast: Cast) -> None:
    figures = [
        replace(one, people=40, alpha=(0.86, 0.8, 0.9), omega=0.871)
        for one in learning.reliability(cast.clinic)
    ]
    with cast.clinic.db.write() as conn:
        settings.save_reliability(conn, figures)
    page = signed_in(app, "miriam").page(PATH)
    rows = [
        [cell.text for cell in row.find_all("th") + row.find_all("td")] for row in page.root.find_all("tr")
    ]
    assert rows[0][:4] == ["Scale", "People", "Alpha (95 %)", "Omega"]
    assert [row[:4] for row in rows[1:]] == [
        [scale, "40", "0.86 (0.80 to 0.90)", "0.87"]
        for scale in ("Safety", "Attunement", "Collaboration", "Rupture signals")
    ]
    assert "Fewer than 100 people have answered: take these figures as rough." in page.text
    assert "None of this says whether a scale measures what it should." in page.text


def test_it_counts_what_came_of_the_questions(app: Flask, cast: Cast) -> None:
    noted(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, "ordinary", NOW)
    page = signed_in(app, "miriam").page(PATH)
    assert "One question was answered so far" in page.text
    assert "in one it was an ordinary up and down" in page.text


def test_it_can_be_reached_from_where_one_works(app: Flask) -> None:
    for who, place in (("miriam", "/supervision"), ("tomasz", "/admin")):
        assert PATH in [address for _, address in signed_in(app, who).page(place).links]
