"""Words of a patient, followed to everything the house gives out: every reply, the log, every file, every command."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner

from alliance.actions.passwords import Passwords
from alliance.cli import main
from tests.cast import NOW, answer, hold
from tests.conftest import Models
from tests.web.house import House, standing
from tests.web.test_matrix import VISITORS, cells

Figures = Callable[[str, object], None]

BOTH, KEPT = "Kanarienvogel-0815", "Zeisig-4711"  # written to the therapist; written to the supervisor alone
# Who may come upon them, on the patient’s page and nowhere else. Jonas shows the case to Miriam, so she reads the
# therapist’s words too; Oskar, who supervises him as well, does not.
READS: dict[str, set[str]] = {"jonas": {BOTH}, "miriam": {BOTH, KEPT}, "oskar": {KEPT}}


@pytest.fixture(scope="module")
def house(models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One in which Alder 14 has written both ways."""
    with standing(tmp_path_factory.mktemp("canaries") / "clinic", models, passwords) as house:
        cast = house.cast
        for words, audience in ((BOTH, "both"), (KEPT, "supervisor")):
            _, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW)
            answer(cast.clinic, token, NOW, 3, comment=words, audience=audience)
        house.begin_here()
        yield house


def heard(house: House, who: str) -> Iterator[tuple[str | None, set[str]]]:
    """Endpoint by endpoint, the words in every reply this visitor can have: pages, tables, files, refusals."""
    token = house.visitors[who].token
    for path, method, endpoint in cells(house):
        if method in {"GET", "POST"}:
            form = {**house.forms.get(endpoint or "", {}), "csrf_token": token} if method == "POST" else None
            reply = house.call(who, path, method, form)
            house.changed()
            text = f"{reply.headers}{reply.body.decode('utf-8', 'replace')}"
            yield endpoint, {words for words in (BOTH, KEPT) if words in text}


@pytest.mark.control(44)
@pytest.mark.control(62)
@pytest.mark.parametrize("who", VISITORS)
def test_words_are_in_no_reply_but_those_of_their_reader(
    house: House, who: str, caplog: pytest.LogCaptureFixture, record_property: Figures
) -> None:
    with caplog.at_level(logging.DEBUG):
        found = list(heard(house, who))
    told = {(endpoint, words) for endpoint, all_words in found for words in all_words}
    assert {words for _, words in told} == READS.get(who, set())
    assert {endpoint for endpoint, _ in told} <= {"patients.patient"}
    assert len(found) > 200
    logged = "\n".join(f"{logging.Formatter().format(record)} {record.__dict__}" for record in caplog.records)
    assert BOTH not in logged and KEPT not in logged
    record_property(
        "figures", f"canaries, {who}: {len(found)} replies, words in {len(told)} where they belong"
    )


@pytest.mark.control(44)
@pytest.mark.control(62)
def test_words_are_in_no_file_and_no_command_says_them(house: House, record_property: Figures) -> None:
    folder = house.cast.clinic.config.folder
    commands = (["doctor"], ["verify"], ["backup"], ["user", "list"], ["instruments", "list"], ["nightly"])
    taken = folder.parent / "taken-out"
    said = ""
    for command in (*commands, ["export", "tables"], ["export", "fhir"]):
        more = [str(taken)] if command[0] == "export" else []
        more = ["--out", f"{taken}.json"] if command[-1] == "fhir" else more
        told = CliRunner().invoke(main, [*command, str(folder), *more])
        assert not isinstance(told.exception, Exception), (command, told.exception)
        assert told.output, command
        said += told.output
    files = [path for place in (folder, taken) for path in place.rglob("*") if path.is_file()]
    files.append(taken.with_suffix(".json"))
    assert len(files) >= 3 and (folder / "clinic.db") in files
    for words in (BOTH, KEPT):
        assert words not in said
        assert [path.name for path in files if words.encode() in path.read_bytes()] == []
    record_property("figures", f"canaries: {len(files)} files and {len(commands)} commands without a word")
