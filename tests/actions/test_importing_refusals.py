"""Faulty files: each is refused with a sentence that says where and what to do, and nothing is changed."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.cast import Cast, add_patient, hold
from tests.histories import HEADER, bring, hand_over, history, line
from tests.storage.rows import contents

GOOD = line("Elm 1", 1, 80.0)
ONE = "patient,therapist,date,session,score"


@pytest.fixture(autouse=True)
def elm(cast: Cast, clock: time_machine.Traveller) -> Iterator[None]:
    """Elm 1 is Jonas’ alone, Alder 14 has sessions here, Elm 2 has another therapist too."""
    add_patient(cast, "Elm 1")
    add_patient(cast, "Elm 2")
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO dyad (patient_id, therapist_id, starts_on)"
            " SELECT id, ?, '2026-01-01' FROM patient WHERE code = 'Elm 2'",
            (cast.ids["claire"],),
        )
    yield


def changed_nothing(cast: Cast, path: Path, *options: str, kind: str = "ratings") -> str:
    """What was said of a file that was refused."""
    with cast.clinic.db.read() as conn:
        before = contents(conn)
    result = hand_over(cast, path, "--go", *options, kind=kind)
    with cast.clinic.db.read() as conn:
        assert contents(conn) == before
    assert result.exit_code != 0 and "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    return result.output


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank lines": (b"\n\n\n", "is empty"),
    "a workbook": (b"PK\x03\x04rest of it", "is a workbook (.xlsx or .ods). Save it as"),
    "an old workbook": (b"\xd0\xcf\x11\xe0rest", "is a workbook (.xls)"),
    "a PDF": (b"%PDF-1.7 and so on", "is a PDF"),
    "not UTF-8": (f"{HEADER}\nElm 1,".encode() + b"J\xfcrgen,2025-03-04,1,1,1,1,1\n", "not text in utf-8"),
    "zero bytes": (f"{HEADER}\nElm 1\x00,,2025-03-04,1,1,1,1,1\n".encode(), "line 2: this is not text"),
    "half of UTF-16": (codecs.BOM_UTF16_LE + HEADER.encode("utf-16-le")[:-1], "not text in utf-16"),
    "no names": (b"Elm 1,2025-03-04,1,80\n", "has no column patient"),
    "no date": (b"patient,score\nElm 1,80\n", "has no column date"),
    "no ratings": (b"patient,date\nElm 1,2025-03-04\n", "has no ratings"),
    "one name twice": (f"{HEADER},safety\n".encode(), "two columns are called “safety”"),
    "a column without a name": (f"{HEADER},\n".encode(), "the last column has no name"),
    "a strange column": (
        f"{HEADER},mood\n".encode(),
        "has a column “mood”, which the template does not know",
    ),
    "quotation marks": (
        f'{HEADER}\n"Elm 1" x,,2025-03-04,1,1,1,1,1\n'.encode(),
        "quotation marks are out of order",
    ),
    "an open quotation mark": (
        f'{HEADER}\n"Elm 1,,2025-03-04,1,1,1,1,1\n'.encode(),
        "quotation marks are out of order",
    ),
    "items and scores": (b"patient,date,score,item.safe\n", "has items and scores"),
    "an item unknown here": (b"patient,date,item.mood\n", "There is no item “mood”"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_such_table(cast: Cast, tmp_path: Path, name: str) -> None:
    content, says = FILES[name]
    path = tmp_path / "past.csv"
    path.write_bytes(content)
    told = changed_nothing(cast, path)
    assert says in told
    assert told.startswith("Error: ") and told.strip().endswith((".", ").")) and told.count("\n") == 1


LINES: dict[str, tuple[str, str, str]] = {
    "too few cells": (HEADER, "Elm 1,,2025-03-04,2,80", "there are 5 cells for 8 columns"),
    "too many cells": (HEADER, f"{line('Elm 1', 2, 80.0)},7", "there are 9 cells for 8 columns"),
    "an endless cell": (HEADER, f"{'x' * 10_001},,2025-03-04,2,1,1,1,1", "a cell has more than 10,000"),
    "no code": (HEADER, line("", 2, 80.0), "column patient: the patient’s code is missing"),
    "a code nobody has": (HEADER, line("Elm 9", 2, 80.0), "no patient here has the code Elm 9"),
    "another’s patient": (
        HEADER,
        "Birch 2,jonas@clinic.example,2025-03-04,1,1,1,1,1",
        "Birch 2 is not with jonas",
    ),
    "which of two": (ONE, "Elm 2,,2026-03-04,1,80", "Elm 2 has several therapists here"),
    "no day": (ONE, "Elm 1,,,2,80", "column date: the day of the session is missing"),
    "a day of words": (
        ONE,
        "Elm 1,,last Tuesday,2,80",
        "“last Tuesday” is not a day written like 2026-03-09",
    ),
    "a day the other way round": (ONE, "Elm 1,,4.3.2025,2,80", "“4.3.2025” is not a day"),
    "a day that is none": (ONE, "Elm 1,,2025-02-30,2,80", "is a day that does not exist"),
    "the future": (ONE, "Elm 1,,2027-02-03,2,80", "lies in the future"),
    "long ago": (ONE, "Elm 1,,1925-02-03,2,80", "is too long ago"),
    "session none": (ONE, "Elm 1,,2025-03-04,0,80", "column session: “0” is not a whole number from 1"),
    "session half": (ONE, "Elm 1,,2025-03-04,2.5,80", "“2.5” is not a whole number from 1"),
    "session without end": (ONE, "Elm 1,,2025-03-04,99999,80", "there is no session 99999"),
    "above the range": (HEADER, line("Elm 1", 2, 101.0), "column safety: “101” is not from 0 to 100"),
    "below the range": (ONE, "Elm 1,,2025-03-04,2,-1", "column score: “-1” is not from 0 to 100"),
    "a word": (ONE, "Elm 1,,2025-03-04,2,good", "column score: “good” is not a number"),
    "not a number": (ONE, "Elm 1,,2025-03-04,2,nan", "“nan” is not a number"),
    "a decimal comma": (ONE, 'Elm 1,,2025-03-04,2,"80,5"', "Decimals are written with a point here"),
    "twice, and different": (
        HEADER,
        line("Elm 1", 1, 70.0),
        "session 1 of Elm 1 stands in line 2 too, and differs",
    ),
    "some without a number": (HEADER, "Elm 1,,2025-03-04,,1,1,1,1", "Number all or none"),
    "noted here": (HEADER, line("Alder 14", 3, 80.0), "session 3 of Alder 14 was noted here, on 2026-10-16"),
    "after what was noted here": (
        HEADER,
        line("Alder 14", 20, 80.0),
        "comes after session 1, which was noted here",
    ),
    "a formula": (HEADER, line("=1+1", 2, 80.0), "no patient here has the code =1+1"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_cannot_be_taken_over(cast: Cast, tmp_path: Path, name: str) -> None:
    header, wrong, says = LINES[name]
    good = GOOD if header == HEADER else "Elm 1,,2025-02-25,1,80"
    path = tmp_path / "past.csv"
    path.write_text("\n".join((header, good, wrong)) + "\n", encoding="utf-8")
    told = changed_nothing(cast, path)
    [found] = [one for one in told.splitlines() if one.startswith("line 3: wrong: ") or ": wrong: " in one][
        -1:
    ]
    assert says in found
    assert found.endswith(".") and "Nothing was changed" in told


CASES = "patient,therapist,language,instrument,start,end"
CASELOADS: dict[str, tuple[str, str]] = {
    "a long code": (f"{'x' * 41},jonas@clinic.example,en,after-session,2025-03-04,", "a code has 1 to 40"),
    "no code": (",jonas@clinic.example,en,after-session,2025-03-04,", "the patient’s code is missing"),
    "nobody’s address": (
        "Yew 1,nobody@clinic.example,en,after-session,2025-03-04,",
        "nobody here works as a therapist",
    ),
    "no therapist": (
        "Yew 1,miriam@clinic.example,en,after-session,2025-03-04,",
        "nobody here works as a therapist",
    ),
    "a closed account": (
        "Yew 1,dana@clinic.example,en,after-session,2025-03-04,",
        "account of dana@clinic.example is closed",
    ),
    "no such language": ("Yew 1,jonas@clinic.example,xx,after-session,2025-03-04,", "is not worded in xx"),
    "no such questionnaire": (
        "Yew 1,jonas@clinic.example,en,other,2025-03-04,",
        "other is no questionnaire here",
    ),
    "no start": ("Yew 1,jonas@clinic.example,en,after-session,,", "the first day is missing"),
    "a start far ahead": (
        "Yew 1,jonas@clinic.example,en,after-session,2036-03-04,",
        "look at the year of 2036",
    ),
    "an end before the start": (
        "Yew 1,jonas@clinic.example,en,after-session,2025-03-04,2025-03-03",
        "before the start",
    ),
}


@pytest.mark.parametrize("name", CASELOADS)
def test_a_case_that_cannot_be_taken_over(cast: Cast, tmp_path: Path, name: str) -> None:
    wrong, says = CASELOADS[name]
    path = tmp_path / "cases.csv"
    good = "Yew 9,jonas@clinic.example,en,after-session,2025-03-04,"
    path.write_text(f"{CASES}\n{good}\n{wrong}\n", encoding="utf-8")
    told = changed_nothing(cast, path, kind="caseload")
    assert says in told and "line 3: wrong: " in told


def test_what_differs_from_an_earlier_import_is_named_with_it(cast: Cast) -> None:
    assert bring(cast, history("Elm 1", [80.0, 82.0])).exit_code == 0
    told = bring(cast, history("Elm 1", [80.0, 83.0])).output
    assert "session 2 of Elm 1 came with import 1, and differs from this line. Undo that import first" in told


def test_a_session_held_while_nobody_looked_is_not_written_over(cast: Cast) -> None:
    """What was fine when it was looked at is looked at once more when it is done."""
    dyad = add_patient(cast, "Elm 7")
    assert bring(cast, history("Elm 7", [80.0]), "--look").exit_code == 0
    hold(cast, cast.viewer("jonas"), dyad.patient.id, cast.viewer("jonas").confirmed_at)  # type: ignore[arg-type]
    assert "was noted here" in bring(cast, history("Elm 7", [80.0])).output


def test_a_look_changes_nothing(cast: Cast) -> None:
    with cast.clinic.db.read() as conn:
        before = contents(conn)
    looked = bring(cast, history("Elm 1", [80.0, None, 82.0]), "--look")
    with cast.clinic.db.read() as conn:
        assert contents(conn) == before
    assert looked.exit_code == 0 and "Once more with --go does it" in looked.stderr
    assert looked.stdout.splitlines() == [
        "line 2: new: Elm 1, session 1 of 2026-03-10",
        "line 3: new: Elm 1, session 2 of 2026-03-17, held, without ratings",
        "line 4: new: Elm 1, session 3 of 2026-03-24",
    ]
