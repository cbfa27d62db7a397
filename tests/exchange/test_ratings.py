"""Reading ratings from CSV: what is read, and where a file is wrong."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.odds import Held
from alliance.exchange.ratings import RatingsFault, Row
from tests.exchange.files import HEADER, lines, opened, rows_of


def test_a_row_is_a_held_session() -> None:
    assert rows_of(lines("A,1,80,82.5,84,10", "b 2,12, 100 ,0,1e1,0")) == [
        Row(2, "A", Held(1, True, (80.0, 82.5, 84.0), 10.0)),
        Row(3, "b 2", Held(12, True, (100.0, 0.0, 10.0), 0.0)),
    ]


def test_blanks_were_not_answered_and_all_blank_is_silence() -> None:
    found = rows_of(lines("A,1,80,,84,", "A,2,,,,", "A,3,,,,7", "A,4, , ,\t,"))
    assert [row.held for row in found] == [
        Held(1, True, (80.0, None, 84.0)),
        Held(2, False),
        Held(3, True, rupture=7.0),
        Held(4, False),
    ]


def test_one_score_stands_for_the_scales() -> None:
    assert [row.held for row in rows_of("session,score,dyad\n1,80,A\n2,,A\n")] == [
        Held(1, True, total=80.0),
        Held(2, False),
    ]
    both = rows_of("dyad,session,safety,attunement,collaboration,score\nA,1,80,,,40\nA,2,,,,40\n")
    assert [row.held for row in both] == [
        Held(1, True, (80.0, None, None), total=40.0),
        Held(2, True, total=40.0),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + f"{HEADER}\nA,1,80,82,84,10\n",
        f"{HEADER}\r\nA,1,80,82,84,10\r\n",
        f"{HEADER}\nA,1,80,82,84,10",
        f"\n\n{HEADER}\n\n\nA,1,80,82,84,10\n,,,,,\n\n",
        HEADER.upper() + '\n"A","1","80","82","84","10"\n',
        "Rupture, Dyad ,session,safety,date,attunement,collaboration\n10,A,1,80,2026-01-01,82,84\n",
    ],
    ids=["byte order mark", "CRLF", "no last newline", "empty lines", "capitals and quotes", "other order"],
)
def test_files_come_from_many_programs(content: str) -> None:
    (row,) = rows_of(content)
    assert (row.dyad, row.held) == ("A", Held(1, True, (80.0, 82.0, 84.0), 10.0))


def test_lines_are_counted_as_an_editor_does() -> None:
    assert [row.line for row in rows_of(lines("A,1,,,,", "", '"B\nb",1,,,,', "C,1,,,,"))] == [2, 5, 6]


def test_other_columns_are_named_not_read() -> None:
    assert opened("dyad,date,session,score,Therapist,\n").ignored == ("date", "Therapist")
    assert opened(lines()).ignored == ()


def refused(content: bytes | str) -> str:
    with pytest.raises(RatingsFault) as fault:
        rows_of(content)
    assert re.fullmatch(r"ratings\.csv[^\n]*\.", str(fault.value)), fault.value
    return str(fault.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "ratings.csv is empty; its first line must hold the names of the columns."),
        ("\n,,\n", "is empty"),
        ("A,1,80,82,84,10\n", "needs the columns dyad, session, safety, attunement, collaboration, or one column"),
        ("dyad,session,safety,attunement\n", "needs the column collaboration in its first line"),
        ("dyad,safety,attunement,collaboration\n", "needs the column session in its first line"),
        ("dyad,session,rupture\n", "safety, attunement, collaboration, or one column score instead of the scales"),
        ("dyad,session,score,Score\n", "has more than one column score"),
        (HEADER.replace(",", ";"), "separates its columns with semicolons: save it with commas"),
        (HEADER.replace(",", "\t"), "separates its columns with tabs: save it with commas"),
        (lines("A,1,80,82,84"), "line 2: there are 5 values for 6 columns"),
        (lines("A,1,80,82,84,10,"), "line 2: there are 7 values for 6 columns"),
        (lines(" ,1,80,82,84,10"), "line 2, column dyad: the dyad’s name is missing"),
        (lines("A,0,80,82,84,10"), "line 2, column session: “0” is not a whole number from 1"),
        (lines("A,,80,82,84,10"), "line 2, column session: a blank is not a whole number from 1"),
        (lines("A,1.5,80,82,84,10"), "“1.5” is not a whole number"),
        (lines("A,-1,80,82,84,10"), "“-1” is not a whole number"),
        (lines("A,١,80,82,84,10"), "“١” is not a whole number"),
        (lines("A,1234567890,80,82,84,10"), "“1234567890” is not a whole number"),
        (lines("A,1,80,82,84,10", "A,2,80,eighty,84,10"), "line 3, column attunement: “eighty” is not a number from"),
        (lines('A,1,80,82,84,"7,5"'), "“7,5” is not a number from 0 to 100; write decimals with a point"),
        (lines("A,1,80,82,84,100.1"), "line 2, column rupture: “100.1”"),
        (lines("A,1,-1,82,84,10"), "line 2, column safety: “-1”"),
        (lines("A,1,nan,82,84,10"), "“nan” is not a number"),
        (lines("A,1,80,inf,84,10"), "“inf” is not a number"),
        (lines("A,1,80,82,1_0,10"), "column collaboration: “1_0” is not a number"),
        (lines("A,1,80,82,8٤,10"), "“8٤” is not a number"),
        (lines(f"A,1,80,82,{'9' * 50},10"), f"“{'9' * 40}…” is not a number"),
        (lines('A,1,80,82,"8\n\x1b[31m4",10'), "line 3, column collaboration: “8��[31m4” is not"),
        (lines('A,1,80,82,84,"10'), "the quotation marks are out of order"),
        (lines('A,1,80,82,84,"1"0'), "line 2: the quotation marks are out of order"),
        (f"{HEADER}\nÄ,1,80,82,84,10\n".encode("latin-1"), "is not text in UTF-8: save it as “CSV UTF-8”"),
        (f"{HEADER}\nA,1,80,82,84,10\n".encode("utf-16"), "is not text in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not text in UTF-8"),
    ],
)  # fmt: skip
def test_a_fault_is_a_sentence_with_its_place(content: bytes | str, sentence: str) -> None:
    assert sentence in refused(content)


def test_a_quotation_mark_that_never_ends_does_not_swallow_the_file() -> None:
    rows = "".join(f"A,{number},80,82,84,10\n" for number in range(2, 50_000))
    assert "quotation marks are out of order" in refused(f'{HEADER}\n"A,1,80,82,84,10\n{rows}')


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from('A1,5"\n\r;. \ufeffnaif-é'), max_size=60))
def test_anything_at_all_is_rows_or_a_sentence(text: str) -> None:
    try:
        found = rows_of(f"{HEADER}\n{text}")
    except RatingsFault as fault:
        assert re.fullmatch(r"ratings\.csv[^\n]*\.", str(fault))
    else:
        for row in found:
            assert all(score is None or math.isfinite(score) for score in row.held.scales)
