"""What leaves the house: no cell a formula, no name in a file’s name, and on everything who took it along, and when."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from alliance.actions import accounts, administering, auditing
from alliance.cli import main
from alliance.domain import spreadsheets
from alliance.domain.audit import Filter
from alliance.domain.copies import RESTRICTED
from alliance.domain.people import Role
from tests.cast import NOW, Cast, signed_in

PAYLOADS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example","x")', "=IMPORTXML(1)", "+1+1", "+cmd|'/c'!A0",
    "-1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "@import", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1",
    "\u3000=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "'=1+1", "''", '"=1+1"', "=1;2,3", "=1\r\n+2",
)  # fmt: skip
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|^[\t\r\n]")


def cells(table: str) -> list[list[str]]:
    return list(csv.reader(StringIO(table.removeprefix("\ufeff"), newline="")))


def test_there_are_as_many_payloads_as_there_should_be() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 25


@pytest.mark.control(3)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_cell_can_be_had_back_and_none_is_a_formula(payload: str) -> None:
    [[cell]] = cells(spreadsheets.table([[payload]]))
    assert not FORMULA.match(cell)
    assert spreadsheets.plain(cell) == payload


@pytest.mark.parametrize("word", ["Alder 14", "1 = 2", "a-b", "mail@clinic.example", "", "“quoted”", "0.5"])
def test_what_calculates_nothing_stays_as_it_is(word: str) -> None:
    assert spreadsheets.safe(word) == spreadsheets.plain(word) == word


@pytest.mark.control(3)
def test_the_table_of_the_trail_holds_no_formula(cast: Cast) -> None:
    names = [payload for payload in PAYLOADS if payload.isprintable() and payload == payload.strip()]
    assert len(names) >= 18
    for number, name in enumerate(names):
        token = accounts.invite(
            cast.clinic,
            name=name,
            email=f"n{number}@clinic.example",
            roles=[Role.THERAPIST],
            now=NOW,
            actor="command",
        )
        accounts.accept_invitation(cast.clinic, token, "a quiet morning in November", NOW)
    found = cells(auditing.export(cast.clinic, cast.viewer("tomasz"), Filter(), NOW))
    told = {spreadsheets.plain(cell) for row in found for cell in row}
    assert not [cell for row in found for cell in row if FORMULA.match(cell)]
    assert [name for name in names if not any(name in one for one in told)] == []


@pytest.mark.control(3)
def test_what_the_detector_writes_holds_no_formula(tmp_path: Path) -> None:
    ratings = tmp_path / "ratings.csv"
    names = [payload.strip().replace("\r\n", "\n") for payload in PAYLOADS]
    with ratings.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["dyad", "session", "score"])
        writer.writerows([name, 1, 80] for name in dict.fromkeys(names))
    told = CliRunner().invoke(main, ["detect", str(ratings)])
    assert told.exit_code == 0, told.output
    found = [row[0] for row in cells(told.stdout)[1:]]
    assert len(found) == len(set(names)) and not [cell for cell in found if FORMULA.match(cell)]
    assert {spreadsheets.plain(cell) for cell in found} == set(names)


def restrict(cast: Cast) -> None:
    changed = replace(cast.clinic.settings(), restricted=True)
    administering.save_settings(cast.clinic, cast.viewer("tomasz"), changed, NOW)


def copy(app: Flask, cast: Cast, who: str, kind: str) -> tuple[str, str]:
    client = signed_in(app, who)
    form = client.page(f"/patients/{cast.alder.patient_id}/rights").form("Make the copy")
    sent = client.submit(form, {"copy-kind": kind}, allow={"nothing_inline"})
    assert sent.status_code == 200
    return sent.headers.get("Content-Disposition", ""), sent.get_data(as_text=True)


@pytest.mark.control(26)
@pytest.mark.parametrize("kind", ["show", "page", "data"])
@pytest.mark.parametrize("who", ["jonas", "miriam"])
def test_a_copy_says_who_made_it_and_when_and_its_name_nothing(
    app: Flask, cast: Cast, who: str, kind: str
) -> None:
    named, text = copy(app, cast, who, kind)
    name = {"jonas": "Jonas Berg", "miriam": "Miriam Osei"}[who]
    assert re.search(rf"Copy [2-9A-Z]{{8}}, made by {name} at 10:00 on 20 November 2026", text)
    assert RESTRICTED not in text
    assert kind == "show" or re.fullmatch(r"attachment; filename=copy-[2-9A-Z]{8}\.(html|json)", named)
    restrict(cast)
    assert RESTRICTED in copy(app, cast, who, kind)[1]


@pytest.mark.control(26)
def test_the_table_of_the_trail_says_who_took_it_along(app: Flask, cast: Cast) -> None:
    found = cells(auditing.export(cast.clinic, cast.viewer("tomasz"), Filter(), NOW))
    assert {row[-1] for row in found[1:]} == {"by Tomasz Nowak, 2026-11-20T10:00:00+00:00"}
    restrict(cast)
    found = cells(auditing.export(cast.clinic, cast.viewer("tomasz"), Filter(), NOW))
    assert all(row[-1].endswith(RESTRICTED) for row in found[1:])
    assert "export audit" in {row[3] for row in found}


def test_printed_sheets_say_it_too(app: Flask, cast: Cast) -> None:
    paths = ["/caseload/sheet", f"/patients/{cast.alder.patient_id}/sheet"]
    jonas = signed_in(app, "jonas")
    for path in paths:
        text = jonas.page(path).text
        assert re.search(r"Printed [^.]*20 November 2026 by Jonas Berg", text) and RESTRICTED not in text
    restrict(cast)
    assert all(RESTRICTED in jonas.page(path).text for path in paths)
