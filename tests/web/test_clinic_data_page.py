"""What the clinic's own data say, to those who look over the whole of it."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from alliance.actions import learning, reading
from alliance.storage import settings
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
    assert "2 people answered it whole so far. Figures are shown from 10 people on" in page.text
    assert "Alpha" not in page.main  # two people's answers are nobody else's business


def test_from_ten_people_on_it_shows_figures_and_says_that_they_are_rough(app: Flask, cast: Cast) -> None:
    figures = [
        replace(one, people=40, alpha=(0.86, 0.8, 0.9), omega=0.871)
        for one in learning.reliability(cast.clinic)
    ]
    with cast.clinic.db.write() as conn:
        settings.save_reliability(conn, figures)
    page = signed_in(app, "miriam").page(PATH)
    assert "Alpha is 0.86 (95 % interval 0.80 to 0.90), omega 0.87, from 40 people." in page.text
    assert "Below 100 people, take these figures as rough." in page.text


def test_it_counts_what_came_of_the_questions(app: Flask, cast: Cast) -> None:
    reading.answer_alert(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, "ordinary", NOW)
    page = signed_in(app, "miriam").page(PATH)
    assert "One question was answered so far" in page.text
    assert "in one it was an ordinary up and down" in page.text


def test_it_can_be_reached_from_where_one_works(app: Flask) -> None:
    for who, place in (("miriam", "/supervision"), ("tomasz", "/admin/settings")):
        assert PATH in [address for _, address in signed_in(app, who).page(place).links]
