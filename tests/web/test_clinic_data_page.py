"""What the clinic's own data say, to those who look over the whole of it."""

from __future__ import annotations

from flask import Flask

from alliance.actions import learning, reading
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


def test_it_counts_what_came_of_the_questions(app: Flask, cast: Cast) -> None:
    reading.answer_alert(cast.clinic, cast.viewer("jonas"), cast.alder.alert_id, "ordinary", NOW)
    page = signed_in(app, "miriam").page(PATH)
    assert "One question was answered so far" in page.text
    assert "in one it was an ordinary up and down" in page.text


def test_it_can_be_reached_from_where_one_works(app: Flask) -> None:
    for who, place in (("miriam", "/supervision"), ("tomasz", "/admin/settings")):
        assert PATH in [address for _, address in signed_in(app, who).page(place).links]
