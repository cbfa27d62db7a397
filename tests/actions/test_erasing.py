"""Erasing a patient: two people, seven days, then nothing is left of them but the line that says so."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from alliance.actions import answering, caseload, erasing
from alliance.actions.confirming import NotFresh
from alliance.actions.faults import Fault
from alliance.actions.outcomes import UnknownLink
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.erasure import HOLD, Reason
from alliance.storage import erasing as storage
from alliance.storage import sqlite
from tests.actions.stories import course, in_both_roles, trail
from tests.cast import NOW, Cast, fresh
from tests.post_office import written_to
from tests.storage.rows import contents
from tests.web.rights import erasure_asked

MINUTE = timedelta(minutes=1)
SECRET = "Kolibri-4711 said so"


def confirmed(cast: Cast, who: str = "miriam") -> int:
    asked = erasure_asked(cast)
    erasing.confirm(cast.clinic, cast.viewer(who), asked, now=NOW)
    return asked


def everything(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    with cast.clinic.db.read() as conn:
        return contents(conn)


def test_after_seven_days_and_not_a_moment_before(cast: Cast) -> None:
    confirmed(cast)
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD - MINUTE) == 0
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD) == 1
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD + timedelta(days=1)) == 0
    [one] = erasing.every(cast.clinic, cast.viewer("tomasz"))
    assert one.code is None and one.request.erased_at == NOW + HOLD


def test_what_nobody_confirmed_never_happens(cast: Cast) -> None:
    erasure_asked(cast)
    assert erasing.carry_out_due(cast.clinic, NOW + timedelta(days=4000)) == 0


@pytest.mark.parametrize("who", ["jonas", "miriam", "tomasz"])
def test_everybody_whom_it_concerns_can_stop_it(cast: Cast, who: str) -> None:
    asked = confirmed(cast)
    before = len(trail(cast.clinic))
    erasing.stop(cast.clinic, cast.viewer(who), asked, NOW + HOLD - MINUTE)
    assert [line[2] for line in trail(cast.clinic, before)] == ["stop erasure"]
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD + MINUTE) == 0
    with pytest.raises(Fault, match="stopped"):
        erasing.stop(cast.clinic, cast.viewer(who), asked, NOW)
    erasure_asked(cast)  # and it can be asked for anew


@pytest.mark.parametrize("who", ["erik", "claire", "ruth"])
def test_nobody_else_is_told_of_it(cast: Cast, who: str) -> None:
    asked, viewer = erasure_asked(cast), cast.viewer(who)
    with pytest.raises((NotFound, Forbidden)):
        erasing.confirm(cast.clinic, viewer, asked, now=NOW)
    with pytest.raises(NotFound):
        erasing.stop(cast.clinic, viewer, asked, NOW)
    with pytest.raises(NotFound):
        erasing.ask(
            cast.clinic, viewer, cast.alder.patient_id,
            reason=Reason.UNLAWFUL, said_so=True, now=NOW,
        )  # fmt: skip
    assert erasing.concerning(cast.clinic, viewer, NOW) == []


def test_it_takes_the_patients_word_who_one_is_and_somebody_else(cast: Cast) -> None:
    jonas, patient = cast.viewer("jonas"), cast.alder.patient_id
    with pytest.raises(Fault) as wrong:
        erasing.ask(cast.clinic, jonas, patient, reason=Reason.WITHDRAWN, said_so=False, now=NOW)
    assert wrong.value.field == "said_so"
    with pytest.raises(NotFresh):
        erasing.ask(
            cast.clinic,
            fresh(jonas, NOW - 5 * MINUTE),
            patient,
            reason=Reason.WITHDRAWN,
            said_so=True,
            now=NOW,
        )
    asked = erasure_asked(cast)
    with pytest.raises(Fault, match="already"):
        erasure_asked(cast)
    with pytest.raises(NotFresh):
        erasing.confirm(cast.clinic, fresh(cast.viewer("miriam"), NOW - 5 * MINUTE), asked, now=NOW)
    with pytest.raises((Fault, NotFound)):  # with both roles, the patient is still one’s own
        erasing.confirm(cast.clinic, in_both_roles(cast, "jonas"), asked, now=NOW)


def test_nothing_is_left_but_the_line(cast: Cast) -> None:
    """Two courses alike; one is erased. What is left is what there was, and what says that it happened."""
    before = everything(cast)
    told = course(cast, "Elm 3", [8, 8, 8, 3, 2], last={"comment": SECRET, "talked": "no"})
    written_to(cast, cast.alder)
    jonas = cast.viewer("jonas")
    asked = erasing.ask(cast.clinic, jonas, told.id, reason=Reason.NO_REASON, said_so=True, now=NOW)
    erasing.confirm(cast.clinic, cast.viewer("tomasz"), asked, now=NOW)
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD) == 1
    after = everything(cast)
    mine = {
        "audit",
        "audit_chain",
        "audit_head",
        "digest",  # of what was erased a number stays, and the proof that it was
        "erasure",
        "mail",
        "contact",
        "invitation",
        "web_session",
        "course_shown",
    }
    for table, rows in before.items():
        if table not in mine and "month" not in table:
            assert after[table] == rows, table
    with cast.clinic.db.read() as conn:
        reached = {one.child for one in storage.references(conn)} | {"patient"}
        assert {"attempt", "response", "answer", "reading", "alert", "mail", "follow_up_tick"} <= reached
        assert conn.execute("SELECT count(*) FROM dyad WHERE patient_id = ?", (told.id,)).fetchone()[0] == 0
        assert conn.execute("SELECT count(*) FROM invitation AS i LEFT JOIN therapy_session AS s"
                            " ON s.id = i.session_id WHERE s.id IS NULL").fetchone()[0] == 0  # fmt: skip
        assert conn.execute("PRAGMA foreign_key_check").fetchone() is None
    assert trail(cast.clinic)[-1] == ("system", None, "erase patient", "patient", told.id)


def test_the_file_itself_forgets(cast: Cast) -> None:
    """The code stands in the open in the file; afterwards neither the file nor its log has it."""
    course(cast, "Zilpzalp-0815", [8, 3])
    folder = cast.clinic.config.folder
    with cast.clinic.db.read() as conn:
        found = conn.execute("SELECT id FROM patient WHERE code = 'Zilpzalp-0815'").fetchone()["id"]
        sealed = conn.execute(
            "SELECT a.body FROM attempt AS a ORDER BY a.received_at DESC, a.rowid DESC LIMIT 1"
        ).fetchone()["body"]
    asked = erasing.ask(
        cast.clinic, cast.viewer("jonas"), found,
        reason=Reason.WITHDRAWN, said_so=True, now=NOW,
    )  # fmt: skip
    erasing.confirm(cast.clinic, cast.viewer("miriam"), asked, now=NOW)
    kept = b"".join(path.read_bytes() for path in folder.glob("clinic.db*"))
    assert b"Zilpzalp-0815" in kept and sealed[16:48] in kept
    erasing.carry_out_due(cast.clinic, NOW + HOLD)
    left = b"".join(path.read_bytes() for path in folder.glob("clinic.db*"))
    assert b"Zilpzalp-0815" not in left and sealed[16:48] not in left
    with cast.clinic.db.read() as conn:
        assert conn.execute("SELECT wiped_at FROM erasure").fetchone()["wiped_at"] is not None


def test_a_reader_in_the_way_puts_the_wiping_off_to_the_next_night(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    confirmed(cast)
    wiped = "SELECT count(*) AS n FROM erasure WHERE wiped_at IS NOT NULL"
    with closing(sqlite.connect(cast.clinic.config.database, "read")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM answer").fetchone()
        assert erasing.carry_out_due(cast.clinic, NOW + HOLD) == 1
        with cast.clinic.db.read() as conn:
            assert conn.execute(wiped).fetchone()["n"] == 0
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD + timedelta(days=1)) == 0
    with cast.clinic.db.read() as conn:
        assert conn.execute(wiped).fetchone()["n"] == 1


def test_who_comes_back_with_an_old_backup_goes_again(cast: Cast) -> None:
    confirmed(cast)
    with cast.clinic.db.read() as conn:
        old = dict(conn.execute("SELECT * FROM patient WHERE id = ?", (cast.alder.patient_id,)).fetchone())
    erasing.carry_out_due(cast.clinic, NOW + HOLD)
    with cast.clinic.db.write() as conn:
        conn.execute(
            f"INSERT INTO patient ({', '.join(old)}) VALUES ({', '.join('?' * len(old))})",
            tuple(old.values()),
        )
    assert erasing.carry_out_due(cast.clinic, NOW + HOLD) == 1
    with cast.clinic.db.read() as conn:
        assert conn.execute("SELECT 1 FROM patient WHERE code = 'Alder 14'").fetchone() is None


def test_the_number_of_an_erased_patient_is_given_to_nobody(cast: Cast) -> None:
    told = course(cast, "Elm 3", [8])
    asked = erasing.ask(
        cast.clinic, cast.viewer("jonas"), told.id,
        reason=Reason.WITHDRAWN, said_so=True, now=NOW,
    )  # fmt: skip
    erasing.confirm(cast.clinic, cast.viewer("miriam"), asked, now=NOW)
    erasing.carry_out_due(cast.clinic, NOW + HOLD)
    later = NOW + HOLD + MINUTE
    new = caseload.add_patient(
        cast.clinic, cast.viewer("jonas"), code="Elm 3", language="en", instrument="after-session",
        starts_on=later.date(), now=later,
    )  # fmt: skip
    assert new.patient.id > told.id
    assert erasing.carry_out_due(cast.clinic, later) == 0


def test_the_link_of_an_erased_patient_is_unknown(cast: Cast) -> None:
    confirmed(cast)
    erasing.carry_out_due(cast.clinic, NOW + HOLD)
    with pytest.raises(UnknownLink):
        answering.open_form(cast.clinic, cast.alder.token, NOW + HOLD)
