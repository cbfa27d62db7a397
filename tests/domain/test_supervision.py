"""What waits for a supervisor, and the sheet for an hour, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alliance.domain.caseload import Row, row_of
from alliance.domain.figures import Counts, TherapistFigures
from alliance.domain.months import month_named, months_between, next_month
from alliance.domain.sharing import last_day
from alliance.domain.supervision import (
    Mended,
    Silence,
    Waiting,
    Waits,
    in_order,
    lead,
    mended_since,
    silences,
    therapist_in_words,
    to_talk_about,
)
from alliance.domain.trail import TrailPage
from tests.factory import DIP, DIP_TENSION, FIRST, make_dyad, make_trend

TODAY = date(2026, 11, 20)
HELP, WORDS, KEPT, SHOWN = Waits.HELP, Waits.WORDS, Waits.KEPT, Waits.SHOWN


def waiting(*what: Waits) -> list[Waiting]:
    return [Waiting(one, make_dyad(number), TODAY) for number, one in enumerate(what)]


@pytest.mark.parametrize(
    ("things", "waits", "therapists", "expected"),
    [
        (0, (), 0, "Nothing is open."),
        (0, (), 1, "Nothing is open over one therapist."),
        (0, (), 6, "Nothing is open over six therapists."),
        (1, (), 6, "One thing is open over six therapists."),
        (8, (), 13, "Eight things are open over 13 therapists."),
        (8, (HELP,), 6, "Eight things are open over six therapists. One patient asks for your help."),
        (1, (HELP, HELP), 1, "One thing is open over one therapist. Two patients ask for your help."),
        (0, (HELP,), 6, "One patient asks for your help. Nothing else is open over six therapists."),
        (
            2,
            (SHOWN, KEPT, HELP, WORDS),
            3,
            "Two things are open over three therapists. One patient wrote only to you. One patient asks for your"
            " help. One patient kept answers for your eyes only. One case is newly shown to you.",
        ),
        (0, (SHOWN, SHOWN), 1, "Two cases are newly shown to you. Nothing else is open over one therapist."),
    ],
)
def test_the_one_sentence_at_the_top(
    things: int, waits: tuple[Waits, ...], therapists: int, expected: str
) -> None:
    assert lead(things, therapists, waiting(*waits)) == expected


def test_a_patient_who_asked_twice_is_counted_once() -> None:
    twice = [Waiting(HELP, make_dyad(), TODAY, session_number=number) for number in (3, 5)]
    assert lead(0, 1, twice).startswith("One patient asks for your help.")


def test_unread_words_come_first_and_then_the_oldest() -> None:
    older, newer = TODAY - timedelta(days=9), TODAY
    told = ((SHOWN, older), (KEPT, newer), (HELP, newer), (HELP, older), (WORDS, newer))
    found = in_order([Waiting(what, make_dyad(n), since) for n, (what, since) in enumerate(told, 1)])
    assert [one.dyad.id for one in found] == [5, 4, 3, 2, 1]


# What was repaired


def repaired() -> Mended:
    trend = make_trend((*DIP, 84.0, 86.0), tension=DIP_TENSION, talked={18: 20})
    (found,) = mended_since([trend], FIRST)
    return found


def test_what_was_repaired_is_told_from_its_own_day_on() -> None:
    found = repaired()
    assert found.on == FIRST + timedelta(days=7 * 23)
    assert found.sentence == (
        "Opened in session 18, repaired in session 24. Talked about in session 20; the answers came back."
    )
    assert mended_since([found.trend], found.on) == [found]
    assert mended_since([found.trend], found.on + timedelta(days=1)) == []


def test_how_it_was_mended_is_told_as_far_as_it_is_known() -> None:
    found = repaired()
    silent = replace(found, episode=replace(found.episode, talked=None))
    assert silent.sentence.endswith("By the answers alone; no talk about it was noted.")
    said = replace(found, episode=replace(found.episode, said="helped"))
    assert said.sentence.endswith("the patient said that talking about it helped.")


# Where forms stay away


def test_three_sessions_without_a_form_are_a_silence_and_two_are_not() -> None:
    assert silences([make_trend((80.0, 81.0, None, None))]) == []
    (found,) = silences([make_trend((80.0, 81.0, None, None, None))])
    assert found.sentence == "No form after the last three sessions. Before that, 2 of 2 came back."
    assert found.since == FIRST + timedelta(days=14)


def test_who_never_sent_one_has_no_before() -> None:
    (found,) = silences([make_trend((None, None, None))])
    assert found.sentence == "No form after the first three sessions."


def test_the_longest_silence_first() -> None:
    three, four = make_trend((80.0, None, None, None)), make_trend((80.0, None, None, None, None), number=2)
    assert [one.run for one in silences([three, four])] == [4, 3]


# Questions to think about together


def asked(mark: str = "ask") -> Row:
    return replace(row_of(make_trend(DIP[:18], tension=DIP_TENSION)), mark=mark)


def test_questions_are_about_what_is_open_and_one_about_what_went_well() -> None:
    silent = Silence(make_trend((80.0, None, None, None), number=2, code="Elm 3"), 3, TODAY)
    assert to_talk_about([asked()], [silent], [repaired()]) == [
        "What might Rowan 31 have needed in session 18?",
        "What might the form be like for Elm 3 to fill in?",
        "What helped Rowan 31 to come back?",
    ]


def test_there_are_never_more_than_three_and_always_one() -> None:
    rows = [
        replace(asked(), trend=make_trend(DIP[:18], tension=DIP_TENSION, number=n, code=f"Elm {n}"))
        for n in range(1, 6)
    ]
    assert len(to_talk_about(rows, [], [])) == 3
    assert len(to_talk_about(rows, [], [repaired()])) == 3
    assert to_talk_about([], [], []) == ["Who has been on your mind, although nothing is open?"]


def test_a_question_that_was_talked_about_is_asked_about_the_talk() -> None:
    talked = row_of(make_trend(DIP[:18], tension=DIP_TENSION, talked={18: 18}))
    assert to_talk_about([talked], [], []) == [
        "What was the conversation with Rowan 31 about it like, and what might still be missing?"
    ]
    back = row_of(make_trend((*DIP, 84.0), tension=DIP_TENSION))
    assert back.mark == "recovering"
    assert to_talk_about([back], [], []) == ["What let Rowan 31 come back, and what would make it last?"]


def test_a_question_that_fits_the_kind_of_rupture_takes_the_place_of_the_general_one() -> None:
    fits = {1: "Whose wish for speed is it, theirs or mine?"}
    assert to_talk_about([asked()], [], [], fits) == ["Rowan 31: Whose wish for speed is it, theirs or mine?"]
    talked = row_of(make_trend(DIP[:18], tension=DIP_TENSION, talked={18: 18}))
    assert to_talk_about([talked], [], [], fits)[0].startswith("What was the conversation")


# One supervisee in words


def figures(**more: object) -> TherapistFigures:
    told = {"id": 3, "name": "Jonas Berg", "caseload": 13, "words": "within what chance alone would give"}
    return TherapistFigures(**{**told, **more})  # type: ignore[arg-type]


def test_a_supervisee_is_told_in_words_before_any_figure() -> None:
    counts = Counts(offered=200, back=180, asked=7, ordinary=1, talked=5, timed=5, talk_days=35, repaired=4)
    told = figures(counts=counts, estimate=81.2, low=77.9, high=84.4, patients=12, answers=180)
    assert therapist_in_words(told) == (
        "13 patients today. 90% of the forms of the last twelve months came back. Seven questions were raised: five"
        " talked about, seven days, on average; one found to be ordinary; four repaired. Mean alliance 81, and with"
        " other patients it might have been 78 to 84, from twelve patients and 180 answers. Within what chance alone"
        " would give."
    )


def test_of_few_patients_no_share_and_no_mean_is_told() -> None:
    told = therapist_in_words(figures(caseload=2, counts=Counts(offered=14, back=13, asked=1)))
    assert told == "Two patients today. One question was raised: none repaired."


# Shares and months


def test_a_share_lasts_thirty_days() -> None:
    assert last_day(date(2026, 11, 22)) == date(2026, 12, 22)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", date(2026, 11, 1)),
        ("2026-13", None),
        ("8999-12", date(8999, 12, 1)),
        ("0000-01", None),
        ("0001-01", None),
        ("9999-12", None),
        ("2026-1", None),
        ("2026-011", None),
        ("٢٠٢٦-١١", None),
        ("", None),
        ("2026/11", None),
    ],
)
def test_a_month_in_an_address(text: str, month: date | None) -> None:
    assert month_named(text) == month


def test_months_run_over_the_year() -> None:
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert months_between(date(2026, 11, 20), date(2027, 1, 3)) == [
        date(2027, 1, 1),
        date(2026, 12, 1),
        date(2026, 11, 1),
    ]


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (50, 1), (51, 2)])
def test_pages_of_the_trail(total: int, pages: int) -> None:
    assert TrailPage([], total, 1, [], []).pages == pages
    assert TrailPage([], total, 3, [], []).first == 101
