"""A questionnaire of a clinic's own through its whole life, from its folder to what staff, patient and backup hold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from alliance.actions import caseload, exporting, keeping, restoring
from alliance.actions import clinic as clinics
from alliance.actions.doctor import examine
from alliance.actions.faults import Fault
from alliance.actions.learning import nightly
from alliance.actions.rebuilding import out_of_step
from alliance.app import create_app
from alliance.cli import main
from alliance.domain.people import Dyad
from alliance.domain.therapy import Channel
from tests.cast import NOW, Cast, add_patient, fresh, hold, signed_in
from tests.page import Page, page_client
from tests.page_rules import RULES
from tests.surveys.folders import TIDE, edit
from tests.web.posting import numbers, page_of, post_raw

EVERY = "/admin/instruments"
WEEK = timedelta(days=7)
# Warmth 100 × (5 − 1) / 6; course, one of its sentences turned round, (6 + (8 − 2)) / 2; strain as picked.
ANSWERS = {"welcome": "5", "liked": "5", "heading": "6", "adrift": "2", "edge": "4"}
WARMTH, COURSE, STRAIN = 66.7, 83.3, 50.0


def alliance(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["instruments", *map(str, arguments)])


@dataclass
class Opened:
    """The clinic as it is after a new start, and a patient who is asked what was added."""

    cast: Cast
    app: Flask
    dyad: Dyad

    def session(self, weeks: int) -> str:
        """Note a session held so many weeks from now, and make its link today."""
        clinic, jonas, day = self.cast.clinic, self.cast.viewer("jonas"), (NOW + weeks * WEEK).date()
        held = caseload.add_session(clinic, jonas, self.dyad.patient.id, held_on=day, next_on=None, now=NOW)
        return caseload.issue_link(clinic, jonas, held.id, channel=Channel.LINK, now=NOW)

    def send(self, token: str, **changed: str) -> None:
        body = {"form": "tide 1.0", "attempt": token[:22], "audience": "both", **ANSWERS, **changed}
        response = post_raw(page_client(self.app), token, urlencode(body).encode())
        assert response.status_code == 303, page_of(response).text

    def page(self) -> Page:
        return signed_in(self.app, "jonas").page(f"/patients/{self.dyad.patient.id}", allow=RULES)


def opened_again(cast: Cast) -> Cast:
    """The cast in its clinic, started again."""
    clinic = clinics.open_clinic(cast.clinic.config.folder, passwords=cast.clinic.passwords)
    return Cast(clinic, cast.ids, cast.stories)


@pytest.fixture
def tide(app: Flask, cast: Cast) -> Iterator[Opened]:
    assert app
    said = alliance(
        "add", cast.clinic.config.folder, TIDE, "--licence", "MM-2026-77", "--until", "2026-12-31"
    )
    assert said.exit_code == 0, said.output
    again = opened_again(cast)
    dyad = add_patient(again, "Sorrel 3", instrument="tide", at=NOW - 8 * WEEK)
    yield Opened(again, create_app(again.clinic, testing=True), dyad)
    again.clinic.close()


def test_it_is_checked_without_a_clinic() -> None:
    said = alliance("check", TIDE)
    assert said.exit_code == 0
    assert "tide 1.0 is sound, in de, en." in said.stdout
    assert "The detector does not watch its answers" in said.stdout and "state its licence" in said.stdout


def test_every_fault_is_named_in_one_pass(tmp_path: Path) -> None:
    pack = tmp_path / "tide-1.0"
    shutil.copytree(TIDE, pack)
    edit(pack / "instrument.toml", 'scale = "strain"', 'scale = "stain"')
    edit(pack / "instrument.toml", "maximum = 7", "")
    edit(pack / "instrument.toml", '["heading", "adrift"]', '["heading"]')
    edit(pack / "en.toml", 'warmth = "Warmth"', "")
    edit(pack / "en.toml", 'name = "Tide"', "name = 3\ncolour = true")
    edit(pack / "de.toml", 'language = "de"', 'language = "nl"')
    edit(pack / "de.toml", "{therapist}, und", "{patient}, und")
    said = alliance("check", pack)
    assert said.exit_code == 1 and not said.stdout
    for part in (
        "tide-1.0/instrument.toml: maximum: is missing.",
        "tide-1.0/instrument.toml: items.edge.scale: “stain” is none of the scales.",
        "tide-1.0/instrument.toml: scales.strain: has no items.",
        "tide-1.0/instrument.toml: items.adrift: is in no group",
        "tide-1.0/en.toml: scales.warmth: is missing.",
        "tide-1.0/en.toml: name: has to be a text in quotes.",
        "tide-1.0/en.toml: colour: is not a key that is known here.",
        "tide-1.0/de.toml: language: is “nl”, but the file is called “de.toml”.",
        "tide-1.0/de.toml: questions.audience.options.both.text: has the unknown placeholder “patient”",
        "9 things to put right",
    ):
        assert part in " ".join(said.stderr.split()), (part, said.stderr)


def test_it_is_added_with_a_licence_alone_and_never_changed(cast: Cast, tmp_path: Path) -> None:
    folder = cast.clinic.config.folder
    refused = alliance("add", folder, TIDE)
    assert refused.exit_code == 1 and "belong to The Society for Made-Up Measures" in refused.stderr
    over = alliance("add", folder, TIDE, "--licence", "MM-1", "--until", "2019-05-01")
    assert over.exit_code == 1 and "ended on 2019-05-01" in over.stderr
    assert not (cast.clinic.config.instruments / "tide-1.0").exists()
    assert alliance("add", folder, TIDE, "--licence", "MM-1").exit_code == 0
    changed = tmp_path / "tide-1.0"
    shutil.copytree(TIDE, changed)
    edit(changed / "en.toml", "I was welcome here.", "I was very welcome here.")
    told = alliance("add", folder, changed, "--licence", "MM-1")
    assert told.exit_code == 1 and "en.toml differs from what was added" in told.stderr
    shutil.copy(TIDE / "en.toml", changed / "en.toml")
    (changed / "fr.toml").write_text(
        (TIDE / "en.toml").read_text("utf-8").replace('"en"', '"fr"', 1), "utf-8"
    )
    assert (
        "Taken over" in alliance("add", folder, changed, "--licence", "MM-2", "--until", "2099-01-01").stdout
    )
    listed = alliance("list", folder).stdout
    assert "de, en, fr" in listed and "licence: MM-2 until 2099-01-01" in listed
    with cast.clinic.db.read() as conn:
        rows = conn.execute(
            "SELECT detail FROM audit WHERE action = 'add questionnaire' ORDER BY id"
        ).fetchall()
    trail = [json.loads(row["detail"]) for row in rows]
    assert [one["licence"] for one in trail] == ["MM-1", "MM-2"] and trail[1]["until"] == "2099-01-01"
    assert trail[0]["holder"] == "The Society for Made-Up Measures"


def test_what_was_put_there_or_changed_by_hand_is_not_asked(cast: Cast) -> None:
    config = cast.clinic.config
    shutil.copytree(TIDE, config.instruments / "tide-1.0")
    by_hand = alliance("list", config.folder)
    assert (
        by_hand.exit_code == 1 and "was put here by hand" in by_hand.stderr and "tide" not in by_hand.stdout
    )
    shutil.rmtree(config.instruments / "tide-1.0")
    assert alliance("add", config.folder, TIDE, "--licence", "own").exit_code == 0
    edit(config.instruments / "tide-1.0" / "en.toml", "I was welcome here.", "You were welcome here.")
    assert "tide-1.0/en.toml: was changed since it was added" in alliance("list", config.folder).stderr
    again = opened_again(cast)
    assert again.clinic.library.get("tide").name == "Tide"  # whoever answered it can still be read
    with pytest.raises(Fault, match="Choose one of the questionnaires"):
        add_patient(again, "Sorrel 3", instrument="tide")
    again.clinic.close()


def test_patient_and_staff_see_it_as_it_is(tide: Opened) -> None:
    admin = signed_in(tide.app, "tomasz")
    page = admin.page(EVERY)
    assert "Licence: MM-2026-77, until 31 December 2026" in page.main
    assert "Not watched: charted by itself, raises no question" in page.main
    preview = admin.page(f"{EVERY}/tide/1.0?language=de", allow=RULES)
    assert "Wie war das Wasser heute?" in preview.text and preview.forms == []
    token = tide.session(-4)
    form = page_client(tide.app).page(f"/a/{token}", allow=RULES)
    assert "How was the water today?" in form.text
    values = {box.get("value") for box in form.root.find_all("input") if box.get("name") == "edge"}
    assert values == {"1", "2", "3", "4", "5", "6", "7"} | (values & {""})
    tide.send(token)
    tide.send(tide.session(-3), welcome="1", liked="1", heading="1", adrift="7", edge="7")
    page = tide.page()
    assert "Its questionnaire is not watched" in page.text and "Tide, session by session" in page.text
    assert "the mean of warmth and course" in page.text and "1 means never, 7 all the time" in page.text
    rows = numbers(page)
    assert [rows["1"][1:3], rows["1"][3:6]] == [["75", "–"], ["67", "83", "4"]]
    assert rows["2"][1] == "0"
    chart = signed_in(tide.app, "jonas").get(f"/patients/{tide.dyad.patient.id}/charts/alliance.json").json
    names = {trace["name"] for trace in chart["data"]}
    assert "alliance" in names and not names & {"usual range", "below this we ask", "worth a question"}
    for name in ("warmth", "course", "edge", "answers"):
        path = f"/patients/{tide.dyad.patient.id}/charts/{name}.json"
        assert signed_in(tide.app, "jonas").get(path).status_code == 200
    for weeks in (-2, -1):
        tide.send(tide.session(weeks))
    assert "a measure of its own, not watched" in signed_in(tide.app, "jonas").page("/caseload").text


def test_it_is_scored_and_raises_nothing_however_low_or_silent(tide: Opened) -> None:
    tide.send(tide.session(-6))
    for weeks in (-5, -4, -3):
        tide.send(tide.session(weeks), welcome="1", liked="1", heading="1", adrift="7", edge="7")
    for weeks in (-2, -1, 0):
        tide.session(weeks)
    nightly(tide.cast.clinic, NOW + 3 * WEEK)
    with tide.cast.clinic.db.read() as conn:
        first = conn.execute(
            "SELECT scale, round(value, 1) AS value FROM score WHERE response_id ="
            " (SELECT min(r.id) FROM response AS r WHERE r.instrument = 'tide')"
        ).fetchall()
        dyad = (tide.dyad.id,)
        read = conn.execute("SELECT count(*) AS n FROM reading WHERE dyad_id = ?", dyad).fetchone()["n"]
        asked = conn.execute("SELECT count(*) AS n FROM alert WHERE dyad_id = ?", dyad).fetchone()["n"]
        mixed = conn.execute(
            "SELECT sum(answers) AS n, sum(back) AS back FROM course_month WHERE dyad_id = ?", dyad
        ).fetchone()
        assert not out_of_step(conn, "shared")
    scores = {row["scale"]: row["value"] for row in first}
    assert scores == {"warmth": WARMTH, "course": COURSE, "strain": STRAIN, "overall": 75.0}
    assert (read, asked) == (0, 0)
    assert (mixed["n"], mixed["back"]) == (0, 4)  # in no therapist's mean: it is another measure


def test_a_patient_may_change_to_it_and_back(tide: Opened) -> None:
    jonas, clinic, alder = tide.cast.viewer("jonas"), tide.cast.clinic, tide.cast.alder
    caseload.choose_form(clinic, jonas, alder.patient_id, instrument="tide", language="en", now=NOW)
    later = caseload.issue_link(clinic, jonas, alder.session_id, channel=Channel.LINK, now=NOW)
    tide.send(later)  # the session has a link to what is watched too: it was answered, and says nothing else
    nightly(clinic, NOW + WEEK)
    page = signed_in(tide.app, "jonas").page(f"/patients/{alder.patient_id}", allow=RULES)
    assert numbers(page)["8"][1] == "75"
    caseload.choose_form(clinic, jonas, alder.patient_id, instrument="pulse", language="en", now=NOW)
    hold(tide.cast, jonas, alder.patient_id, NOW)
    with clinic.db.read() as conn:
        assert not out_of_step(conn, "shared")


def test_when_the_licence_ends_nothing_new_is_asked_and_everything_stays(tide: Opened) -> None:
    tide.send(tide.session(-4))
    clinic, jonas, after = tide.cast.clinic, tide.cast.viewer("jonas"), NOW + 7 * WEEK
    session = caseload.add_session(
        clinic, jonas, tide.dyad.patient.id, held_on=after.date(), next_on=None, now=after
    )
    with pytest.raises(Fault, match="allowed this clinic to ask Tide has ended"):
        caseload.issue_link(clinic, jonas, session.id, channel=Channel.LINK, now=after)
    with pytest.raises(Fault, match="Choose one of the questionnaires"):
        add_patient(tide.cast, "Sorrel 4", instrument="tide", at=after)
    assert numbers(tide.page())["1"][1] == "75"
    assert clinic.library.askable(after.date()) == ("after-session", "pulse")


def test_where_its_folder_is_gone_nothing_sent_is_lost_and_the_administrator_is_told(tide: Opened) -> None:
    tide.send(tide.session(-4))
    token, folder = tide.session(-3), tide.cast.clinic.config.instruments / "tide-1.0"
    kept = folder.rename(folder.parents[1] / "kept")
    with opened_again(tide.cast).clinic as clinic:
        app = create_app(clinic, testing=True)
        patient = page_client(app)
        assert "Nothing is lost" in patient.page(f"/a/{token}", status=503).text
        sent = {"form": "tide 1.0", "attempt": token[:22], "audience": "both", **ANSWERS}
        page = page_of(post_raw(patient, token, urlencode(sent).encode()))
        held = {node.get("name"): node.get("value") for node in page.root.find_all("input")}
        assert held.items() >= sent.items()
        jonas, tomasz = signed_in(app, "jonas"), signed_in(app, "tomasz")
        assert jonas.page("/caseload", allow=RULES)
        assert "Nothing is lost" in jonas.page(f"/patients/{tide.dyad.patient.id}", status=503).text
        assert "tide-1.0 the file itself was asked here, and is gone" in tomasz.page(EVERY).text
        told = [one.sentence for one in examine(clinic.config.folder, NOW) if not one.ok]
        assert any(one.startswith("tide-1.0: was asked here, and is gone: put it back") for one in told), told
    kept.rename(folder)
    with opened_again(tide.cast).clinic as clinic:
        again = post_raw(page_client(create_app(clinic, testing=True)), token, urlencode(sent).encode())
        assert again.status_code == 303
        assert not [
            one for one in examine(clinic.config.folder, NOW) if "tide" in one.sentence and not one.ok
        ]


def test_the_doctor_names_what_is_wrong_in_the_clinics_own_folder(tide: Opened) -> None:
    folder = tide.cast.clinic.config.folder
    assert any("tide" in one.sentence and one.ok for one in examine(folder, NOW))
    (folder / "instruments" / "tide-1.0" / "instrument.toml").write_text("id = 1")
    found = [one.sentence for one in examine(folder, NOW) if "tide-1.0/instrument.toml" in one.sentence]
    assert len(found) == 1 and found[0].startswith("A questionnaire in "), found


def test_copy_and_backup_hold_it(tide: Opened, tmp_path: Path) -> None:
    token = tide.session(-4)
    tide.send(token, comment="Calm water")
    clinic, jonas = tide.cast.clinic, fresh(tide.cast.viewer("jonas"), NOW)
    copy = exporting.make_copy(clinic, jonas, tide.dyad.patient.id, whole=False, kind="json", now=NOW)
    form = copy.therapies[0].sessions[0].form
    assert form is not None and (form.rated.lowest, form.rated.highest) == (1, 7)
    assert [one.sentence for one in form.rated.answers][:2] == [
        "I was welcome here.",
        "My therapist liked being with me.",
    ]
    made = keeping.back_up(clinic.config, clinic.keyring, NOW, tmp_path / "backups")
    new = tmp_path / "restored"
    shutil.rmtree(clinic.config.spool_folder)
    restoring.restore(Path(made.path), new, NOW, keyring_file=clinic.config.keyring)
    with clinics.open_clinic(new) as back:
        assert back.faults == () and back.library.get("tide").item("edge").quote == "There was an edge"
        stated = back.library.added("tide", "1.0")
        assert stated is not None and stated.licence == "MM-2026-77"


def test_the_tables_of_the_clinic_hold_it_and_tell_its_columns(tide: Opened, tmp_path: Path) -> None:
    tide.send(tide.session(-4))
    folder, out = tide.cast.clinic.config.folder, tmp_path / "tables"
    said = CliRunner().invoke(main, ["export", "tables", str(folder), str(out)])
    assert said.exit_code == 0, said.output
    files = {
        path.name: path.read_text("utf-8-sig") for path in out.iterdir() if path.suffix in (".csv", ".md")
    }
    told = "\n".join(files.values())
    for part in ("tide", "adrift", "warmth", "overall"):
        assert part in told, part
    assert "I was welcome here." not in told  # words that may not be passed on stay in the house
