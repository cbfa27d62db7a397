"""A clinic as tables: whole, true, without what is not asked for, and a data package by the official validator."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alliance.actions import clinic as clinics
from alliance.actions import learning
from alliance.actions.clinic import Clinic
from alliance.actions.clinic_tables import Wanted, export_tables
from alliance.actions.faults import Fault
from alliance.actions.taking_out import Exported
from alliance.domain import spreadsheets
from alliance.exchange.layout import HELD_BACK, TABLES
from alliance.storage import audit
from tests.actions.stories import Patient, course, set_up
from tests.cast import NOW, Cast, answer, hold
from tests.exchange.taken import files, tables, validated
from tests.histories import with_history
from tests.web.test_exports import FORMULA, PAYLOADS

TOLD, KEPT = "Zaunkönig: it was hard, =1+1", "Wendehals: please help"


def taken(clinic: Clinic, target: Path, wanted: Wanted = Wanted()) -> Exported:  # noqa: B008 (frozen)
    return export_tables(clinic, target, wanted, account="mara", now=NOW, watch=lambda rows, _: rows)


@pytest.fixture
def elm(cast: Cast) -> Patient:
    """Six answered sessions, one with words to the therapist; a seventh kept for the supervisor, with words."""
    told = course(cast, "Elm 3", [8, 9, 8, 9, 8, 3], last={"comment": TOLD}, end=NOW - timedelta(7))
    session_id, token = hold(cast, cast.viewer("jonas"), told.id, NOW)
    answer(cast.clinic, token, NOW, 2, audience="supervisor", comment=KEPT, **{"raise": "yes"})
    told.sessions.append(session_id)
    with cast.clinic.db.write() as conn:
        conn.execute(
            "DELETE FROM answer WHERE item = 'safe' AND response_id = (SELECT id FROM response WHERE session_id = ?)",
            (told.sessions[5],),
        )
    return told


def test_every_table_holds_what_the_clinic_keeps(cast: Cast, elm: Patient, tmp_path: Path) -> None:
    made = taken(cast.clinic, tmp_path / "out")
    found = tables(made.path)
    assert set(found) == {table.name for table in TABLES} | {"codebook"}
    assert {name: len(rows) for name, rows in found.items() if name != "codebook"} == made.rows
    [patient] = [row for row in found["patients"] if row["code"] == "Elm 3"]
    [therapy] = [row for row in found["therapies"] if row["patient"] == patient["patient"]]
    held = [row for row in found["sessions"] if row["therapy"] == therapy["therapy"]]
    assert [row["session"] for row in held] == [str(one) for one in elm.sessions]
    assert [row["answered"] for row in held] == ["true"] * 6 + ["false"]
    assert held[-1]["level"] == "" and held[4]["level"] == "none" and held[0]["held_on"] == "2026-10-09"
    sixth = [row for row in found["answers"] if row["session"] == str(elm.sessions[5])]
    assert len(sixth) == 12 and {row["value"] for row in sixth} == {"", "3", "7"}
    assert [(row["item"], row["missing"]) for row in sixth if not row["value"]] == [("safe", "not answered")]
    scores = {row["scale"]: row for row in found["scores"] if row["session"] == str(elm.sessions[0])}
    assert scores["alliance"]["value"] == "80" and scores["rupture"]["value"] == "20"
    [alert] = [row for row in found["alerts"] if row["session"] == str(elm.sessions[5])]
    assert alert["level"] in ("keep", "ask") and alert["status"] == "new" and alert["talked_on"] == ""
    [response] = [row for row in found["responses"] if row["session"] == str(elm.sessions[5])]
    assert response["answered_at"] == "2026-11-13T10:30:00Z" and response["came_by"] == "link"
    [safe] = [
        row for row in found["items"] if (row["questionnaire"], row["item"]) == ("after-session", "safe")
    ]
    assert safe["text"] == "I felt safe with my therapist." and safe["themes"] == "6 9"


def test_no_name_no_address_and_no_comment_is_in_it(cast: Cast, elm: Patient, tmp_path: Path) -> None:
    every = b"".join(files(taken(cast.clinic, tmp_path / "out").path).values()).decode("utf-8")
    for secret in (
        "Jonas",
        "Miriam",
        "@clinic.example",
        "Zaunkönig",
        "Wendehals",
        "asked_for_help",
        *HELD_BACK,
    ):
        assert secret not in every
    assert "Elm 3" in every


@pytest.mark.parametrize(
    ("wanted", "told", "kept", "rows"),
    [
        (Wanted(comments=True), True, False, 6),
        (Wanted(held_back=True), False, False, 7),
        (Wanted(comments=True, held_back=True), True, True, 7),
    ],
)
def test_what_is_asked_for_is_in_it_and_in_the_trail(
    cast: Cast, elm: Patient, tmp_path: Path, wanted: Wanted, told: bool, kept: bool, rows: int
) -> None:
    made = taken(cast.clinic, tmp_path / "out", wanted)
    every = b"".join(files(made.path).values()).decode("utf-8")
    assert ("Zaunkönig" in every, "Wendehals" in every) == (told, kept)
    own = [row for row in tables(made.path)["responses"] if int(row["session"]) in elm.sessions]
    assert len(own) == rows
    with cast.clinic.db.read() as conn:
        line = audit.latest(conn, 1)[0]
    assert line.action == "export clinic" and line.actor == "command"
    assert line.detail["with"] == wanted.told and line.detail["export"] == made.number
    assert line.detail["account"] == "mara"


@pytest.fixture
def twins(cast: Cast, models: object, tmp_path: Path) -> Iterator[tuple[Cast, Cast]]:
    """Two clinics that are the same so far: a link is out for the last session of Alder 14 in each."""
    cast.clinic.close()
    shutil.copytree(cast.clinic.config.folder, tmp_path / "twin")
    with (
        clinics.open_clinic(cast.clinic.config.folder, passwords=cast.clinic.passwords) as one,
        clinics.open_clinic(tmp_path / "twin", passwords=cast.clinic.passwords) as other,
    ):
        yield Cast(one, cast.ids, cast.stories), Cast(other, cast.ids, cast.stories)


@pytest.mark.parametrize("then", ["newest", "after the night", "earlier"])
def test_what_was_held_back_looks_like_no_form_byte_for_byte(
    twins: tuple[Cast, Cast], tmp_path: Path, then: str
) -> None:
    made = []
    for cast, told in zip(twins, (True, False), strict=True):
        if told:
            answer(cast.clinic, cast.alder.token, NOW, 1, audience="supervisor", comment=KEPT)
        later = NOW + timedelta(days=10)
        if then == "after the night":  # in which forms that can no longer come are noted
            assert learning.nightly(cast.clinic, later).silences >= 1
        if then == "earlier":
            _, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, later)
            answer(cast.clinic, token, later, 8)
        made.append(taken(cast.clinic, tmp_path / f"out-{told}"))
    one, other = (
        {name: data.replace(each.number.encode(), b"").replace(each.number.lower().encode(), b"") for name, data in
         files(each.path).items() if name != "datapackage.json"} for each in made
    )  # fmt: skip
    assert one == other


def test_ratings_of_before_stand_apart_and_are_no_forms(cast: Cast, tmp_path: Path) -> None:
    dyad = with_history(
        cast, "Birch 9", [84.0, 86.0, 82.0], "--measures", "other", "--questionnaire", "=Form 2"
    )
    found = tables(taken(cast.clinic, tmp_path / "out").path)
    held = {row["session"]: row for row in found["sessions"] if row["therapy"] == str(dyad.id)}
    assert len(held) == 3 and {row["answered"] for row in held.values()} == {"false"}
    told = [row for row in found["imported"] if row["session"] in held]
    assert [row["alliance"] for row in told] == ["84", "86", "82"]
    assert {(row["questionnaire"], row["form"], row["rated"]) for row in told} == {
        ("'=Form 2", "other", "true")
    }
    assert not [row for row in found["responses"] if row["session"] in held]


@pytest.mark.control(3)
def test_a_cell_that_would_calculate_is_text_and_can_be_had_back(cast: Cast, tmp_path: Path) -> None:
    codes = [one for one in dict.fromkeys(PAYLOADS) if len(one) <= 40]
    with cast.clinic.db.write() as conn:
        for number, code in enumerate(codes):
            conn.execute(
                "INSERT INTO patient (code, language, instrument, created_at) VALUES (?, 'en', 'after-session', ?)",
                (code, f"2026-01-01T00:00:{number:02}.000000Z"),
            )
    found = tables(taken(cast.clinic, tmp_path / "out").path)["patients"]
    assert not [row["code"] for row in found if FORMULA.match(row["code"])]
    assert set(codes) <= {spreadsheets.plain(row["code"]) for row in found} and len(codes) >= 20


def test_the_official_validator_finds_nothing_and_would_find_something(
    cast: Cast, elm: Patient, tmp_path: Path
) -> None:
    plain = taken(cast.clinic, tmp_path / "out")
    packed = taken(cast.clinic, tmp_path / "out.zip", Wanted(comments=True, held_back=True))
    wrong = tmp_path / "wrong"
    shutil.copytree(plain.path, wrong)
    sessions = wrong / "sessions.csv"
    sessions.write_bytes(sessions.read_bytes().replace(b",true,", b",perhaps,", 1))
    (valid, _), (also, _), (no, faults) = validated(
        plain.path / "datapackage.json", packed.path, wrong / "datapackage.json"
    )
    assert valid and also and not no
    assert {title for title, _ in faults} >= {"Hash Count Error", "Type Error"}


def test_it_is_its_owners_alone_and_carries_number_and_maker(cast: Cast, tmp_path: Path) -> None:
    set_up(cast, restricted=True)
    for name in ("out", "out.zip"):
        made = taken(cast.clinic, tmp_path / name)
        inside = list(made.path.iterdir()) if made.path.is_dir() else [made.path]
        assert {stat.S_IMODE(one.stat().st_mode) for one in inside} == {0o600}
        readme = files(made.path)["README.txt"].decode("utf-8")
        assert readme.startswith(
            f"Export {made.number}, made by the account “mara” of the clinic’s machine at 10:00 on"
        )
        assert (
            "Redisclosure restricted" in readme
            and made.number in files(made.path)["datapackage.json"].decode()
        )
        assert {
            row["export"] for name, rows in tables(made.path).items() for row in rows if name != "codebook"
        } == {made.number}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert {path.name for path in tmp_path.iterdir()} == {"clinic", "out", "out.zip"}
    assert not [path for path in cast.clinic.config.folder.iterdir() if path.name.startswith(".export")]


def test_nothing_is_overwritten_and_nothing_by_half(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_text("kept")
    (tmp_path / "empty").mkdir()
    for name, why in (
        ("there.zip", "is there already"),
        ("empty", "is there already"),
        ("no/out", "no folder"),
    ):
        with pytest.raises(Fault, match=why):
            taken(cast.clinic, tmp_path / name)
    with pytest.raises(ZeroDivisionError):
        export_tables(
            cast.clinic,
            tmp_path / "out",
            Wanted(),
            account="mara",
            now=NOW,
            watch=lambda rows, _: [1 // 0, *rows],
        )
    assert (tmp_path / "there.zip").read_text() == "kept"
    assert {path.name for path in tmp_path.iterdir()} == {"clinic", "there.zip", "empty"}
    with cast.clinic.db.read() as conn:
        assert "export clinic" not in {line.action for line in audit.latest(conn, 5)}
