"""Ratings of before as files: what is written is read back, and nothing that anybody sends makes it stumble."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alliance.domain.imported import Form, Kind, PastCase, PastRating, Wrong
from alliance.domain.spreadsheets import table
from alliance.exchange import incoming, mapping, proposing, templates
from alliance.exchange.histories import Histories
from alliance.exchange.ratings import RatingsFault
from surveys.library import shipped

CODES = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="\x00"), min_size=1, max_size=20
)
SCORES = st.none() | st.floats(0, 100).map(lambda value: round(value, 6))
PASTS = st.builds(
    PastRating,
    st.just(0),
    CODES,
    st.just("jonas@clinic.example"),
    st.none() | st.integers(1, 9999),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    SCORES,
    SCORES,
    SCORES,
    SCORES,
    st.floats(0, 100).map(lambda value: round(value, 6)),
    st.none(),
)


def read(content: bytes, plan: mapping.Plan | None = None, kind: Kind = Kind.RATINGS) -> list[object]:
    lines = incoming.Incoming(
        io.BytesIO(content),
        "past.csv",
        encoding=plan.encoding if plan else "utf-8",
        separator=plan.separator if plan else "",
    )
    if plan is None:
        plan = templates.own_plan(lines.columns, kind, "past.csv", "Before", None)
    instrument = shipped().get(plan.instrument or "after-session") if plan.items else None
    return list(Histories(lines, plan, instrument))


def written(rows: list[PastRating]) -> str:
    """Ratings written as the template asks."""
    return table([mapping.RATINGS, *((*row[1:3], row.held_on, row.number, *row[5:10]) for row in rows)])


@given(st.lists(PASTS, max_size=3))
def test_what_is_written_is_read_back(rows: list[PastRating]) -> None:
    found = read(written(rows).encode())
    assert not [row for row in found if isinstance(row, Wrong)]
    assert [row[1:] for row in found] == [row[1:] for row in rows]  # type: ignore[index]
    assert [row[0] for row in found] == list(range(2, len(rows) + 2))  # type: ignore[index]


HEADER = b"patient,date,session,safety,attunement,collaboration,rupture\n"


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda rest: HEADER + rest))
@example(HEADER + b'"')
@example(b"\xff\xfe")
@example(HEADER + b"Elm,2025-02-30,,,,,\n")
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    """A table, or a sentence: nothing else comes of whatever is in a file; nor of a proposal for it."""
    for kind in Kind:
        try:
            for row in read(content, kind=kind):
                assert isinstance(row, PastRating | PastCase | Wrong)
        except RatingsFault as fault:
            assert str(fault).endswith((".", ")."))
        try:
            text = proposing.propose(io.BytesIO(content), "past.csv", kind)
        except RatingsFault as fault:
            assert str(fault).endswith((".", ")."))
            continue
        try:
            mapping.from_toml(text, "m.toml")
        except mapping.MappingFault as fault:  # what was not found has to be filled in
            assert "this column is needed" in str(fault) or "no ratings are named" in str(fault)


@given(st.text(max_size=200))
@example('kind = "ratings"\n[columns]\npatient = 3\n')
@example("a = " + "[" * 100)
def test_no_text_makes_a_mapping_stumble(text: str) -> None:
    try:
        mapping.from_toml(text, "m.toml")
    except mapping.MappingFault as fault:
        assert str(fault).startswith("m.toml") and str(fault).endswith(".")


MAPPING = """
kind = "ratings"
questionnaire = "Old form"
measures = "other"
encoding = "windows-1252"
separator = "semicolon"
decimal = ","
dates = "day.month.year"
missing = ["NA", "-99"]
[columns]
patient = "Klient"
therapist = "Behandler"
date = "Datum"
session = "Sitzung"
score = "Summe"
rupture = "Spannung"
[ranges]
score = [0, 40]
rupture = [5, 1]
[therapists]
"Dr. Größe" = "jonas@clinic.example"
"""


def test_an_export_of_another_tool_is_read_as_its_mapping_says() -> None:
    lines = [
        "Klient;Behandler;Datum;Sitzung;Summe;Spannung;Notiz",
        "Elm 1;Dr. Größe;4.3.2025;1;30,5;1;gut",
        'Elm 1;Dr. Größe;11.03.2025 14:30;2;NA;3;"a;b"',
        "Elm 1;Dr. Größe;18.03.2025;3,5;12;-99;",
    ]
    found = read("\r\n".join(lines).encode("cp1252"), mapping.from_toml(MAPPING, "m.toml"))
    first, second, third = found
    assert isinstance(first, PastRating) and isinstance(second, PastRating)
    assert first[1:] == (
        "Elm 1",
        "jonas@clinic.example",
        1,
        date(2025, 3, 4),
        None,
        None,
        None,
        100.0,
        76.25,
        None,
    )
    assert (second.held_on, second.alliance, second.rupture) == (date(2025, 3, 11), None, 50.0)
    assert third == Wrong(4, "Sitzung", "“3,5” is not a whole number from 1.")


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('kind = "ratings"', 'kind = "answers"', "m.toml, kind: “answers” is not one of caseload, ratings."),
        ('decimal = ","', 'decimal = "x"', "decimal: “x” is not one of"),
        ('decimal = ","', "decimal = 3", "decimal: this must be text in quotation marks"),
        ('dates = "day.month.year"', 'dates = "soon"', "dates: “soon” is not one of"),
        ('encoding = "windows-1252"', 'encoding = "ebcdic"', "encoding: “ebcdic” is not one of"),
        ("score = [0, 40]", "score = [40, 40]", "ranges.score: this must be two different numbers"),
        ("score = [0, 40]", 'score = "0-40"', "ranges.score: this must be two different numbers"),
        ("score = [0, 40]", "mood = [0, 40]", "ranges.mood: there is no such scale"),
        ('patient = "Klient"', 'patient = ""', "columns.patient: this column is needed"),
        ('patient = "Klient"', 'name = "Klient"', "columns.name: there is no such column"),
        ('score = "Summe"\nrupture = "Spannung"', "", "columns: no ratings are named"),
        ('missing = ["NA", "-99"]', 'missing = "NA"', "missing: this must be a list of texts"),
        ("[columns]", '[items]\nsafe = "Item 1"\n[columns]', "instrument: it is needed with [items]"),
        (
            'questionnaire = "Old form"',
            f'questionnaire = "{"x" * 81}"',
            "questionnaire: a name has at most 80",
        ),
        ('questionnaire = "Old form"', "questionnair = 1", "questionnair: there is no such entry"),
        ("[columns]", "[columns", "cannot be read as TOML"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where(was: str, becomes: str, says: str) -> None:
    assert was in MAPPING
    with pytest.raises(mapping.MappingFault) as caught:
        mapping.from_toml(MAPPING.replace(was, becomes, 1), "m.toml")
    assert says in str(caught.value)


EXPORTS = {
    "semicolons and Windows-1252": (
        "Klient;Thérapeute;Datum;Sitzung;Gesamt\nElm 1;Dr. Größe;13.3.2025;1;30,5\n".encode("cp1252"),
        {"encoding": "windows-1252", "separator": ";", "decimal": ",", "dates": "day.month.year"},
        {
            "patient": "Klient",
            "therapist": "Thérapeute",
            "date": "Datum",
            "session": "Sitzung",
            "score": "Gesamt",
        },
    ),
    "tabs, a mark, American days": (
        "\ufeffclient_id\tclinician\tsession date\tsession\tsafety\tattunement\tcollaboration\n"
        "E1\tj@c.example\t3/14/2025\t1\t7\t8\t9.5\n".encode(),
        {"encoding": "utf-8", "separator": "\t", "decimal": ".", "dates": "month/day/year"},
        {"patient": "client_id", "therapist": "clinician", "date": "session date", "session": "session"},
    ),
    "UTF-16": (
        "code,date,total\nE1,2025-03-04,36\n".encode("utf-16"),
        {"encoding": "utf-16", "separator": ",", "dates": "year-month-day"},
        {"patient": "code", "date": "date", "score": "total"},
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_proposal_finds_how_a_file_is_written(name: str) -> None:
    content, looks, columns = EXPORTS[name]
    text = proposing.propose(io.BytesIO(content), "export.csv", Kind.RATINGS)
    plan = mapping.from_toml(text, "m.toml")
    assert {key: getattr(plan, key) for key in looks} == looks
    assert columns.items() <= plan.columns.items()
    assert plan.measures is Form.OTHER  # never taken for the questionnaire here unasked
    assert all(isinstance(row, PastRating) for row in read(content, plan))


def test_a_proposal_says_what_cannot_be_told() -> None:
    content = b"code,date,score\nE1,3.4.2025,80\nE1,10.4.2025,80\n"
    text = proposing.propose(io.BytesIO(content), "export.csv", Kind.RATINGS)
    assert "CANNOT BE TOLD from these days" in text
    assert "score = [0, 84]  # found: 80 to 80; look it up in the manual" in text


def test_templates_are_read_as_they_are(tmp_path: Path) -> None:
    ratings = read(templates.template(Kind.RATINGS).encode())
    assert [(row.number, row.answered) for row in ratings] == [(1, True), (2, True), (3, False)]  # type: ignore[attr-defined]
    cases = read(templates.template(Kind.CASELOAD).encode(), kind=Kind.CASELOAD)
    assert [row.end for row in cases] == [None, date(2026, 2, 27)]  # type: ignore[attr-defined]
    instrument = shipped().get("after-session")
    [items] = read(templates.template(Kind.RATINGS, instrument).encode())
    assert isinstance(items, PastRating) and items.safety == items.rupture == 80.0
