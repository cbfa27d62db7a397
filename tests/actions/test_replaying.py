"""The database is lost, with everything since the copy of it was made. The spool gives back what patients sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alliance.actions import caseload, disputing, kiosk, replaying
from alliance.actions import clinic as clinics
from alliance.actions.answering import AlreadyAnswered, LinkEnded
from alliance.actions.passwords import Passwords
from alliance.actions.replaying import Replayed, replay
from alliance.domain.people import Role
from alliance.domain.therapy import Channel
from alliance.storage import spool
from tests.actions.losing import copied, put_back, told_in
from tests.actions.sending import LOW, STEADY, page, send
from tests.actions.tablets import code_for, set_up
from tests.actions.test_following_up import AROUND, rate, tick
from tests.actions.test_transcribing import printed, typed
from tests.cast import NOW, Cast, hire, hold

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def sessions_and_answers(cast: Cast) -> None:
    """Patients, sessions, links: all of it newer than any copy. Each answered in another way."""
    clinic, jonas = cast.clinic, cast.viewer("jonas")
    receipt = send(clinic, cast.alder.token, page(LOW, comment="It was hard to say “no”."), NOW)
    assert receipt.more is not None
    tick(clinic, receipt.more, "interrupted", "not-my-way", at=NOW + timedelta(minutes=3))
    with pytest.raises(AlreadyAnswered):
        send(clinic, cast.alder.token, page(STEADY, comment="Second thoughts."), NOW + HOUR)
    disputing.dispute(clinic, cast.alder.token, NOW + 2 * HOUR)
    fern = caseload.add_patient(
        clinic, jonas, code="Fern 1", language="de", instrument="after-session", starts_on=NOW.date(), now=NOW
    )
    for week, level in enumerate((STEADY, LOW, STEADY)):
        at = NOW + 7 * week * DAY
        _, token = hold(cast, jonas, fern.patient.id, at)
        receipt = send(clinic, token, page(level, audience="supervisor" if week == 2 else "both"), at)
        if receipt.monthly:
            rate(clinic, receipt.monthly, AROUND, at=at + timedelta(minutes=1))
    _, late = hold(cast, jonas, fern.patient.id, NOW + 22 * DAY)
    with pytest.raises(LinkEnded):
        send(clinic, late, page(STEADY), NOW + 60 * DAY)


def on_paper(cast: Cast, *turns: str) -> None:
    session_id, _ = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW + 25 * DAY)
    number = printed(cast, session_id, NOW + 25 * DAY)
    for turn in turns:
        typed(cast, turn, number, at=NOW + 26 * DAY, comment="Typed “in”.")


def test_everything_that_patients_sent_comes_back(cast: Cast, tmp_path: Path, passwords: Passwords) -> None:
    before = copied(cast, tmp_path / "before")
    sessions_and_answers(cast)
    on_paper(cast, "tomasz", "miriam")
    on_paper(cast, "tomasz")
    clinic = cast.clinic
    done, told = put_back(before, clinic.config.spool_folder, passwords)
    assert (done.back, done.there, done.aside, done.lost, done.damaged) == (10, 0, 2, 0, 0)
    assert told == told_in(clinic)
    again, told_again = put_back(before, clinic.config.spool_folder, passwords)
    assert again == Replayed(there=12)
    assert told_again == told


def test_where_nothing_is_missing_nothing_changes(cast: Cast, passwords: Passwords) -> None:
    sessions_and_answers(cast)
    clinic, before = cast.clinic, told_in(cast.clinic)
    done, after = put_back(clinic.config.folder, clinic.config.spool_folder, passwords)
    assert (done.back, done.lost) == (0, 0) and done.there == 9
    assert after == before


def test_a_replay_that_was_cut_off_goes_on_where_it_was(
    cast: Cast, tmp_path: Path, passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = copied(cast, tmp_path / "before")
    sessions_and_answers(cast)

    class PowerCut(Exception):
        """There it went."""

    answers = iter(range(4))
    whole = replaying._put_back

    def cut_off(*arguments: object) -> object:
        if next(answers, None) is None:
            raise PowerCut
        return whole(*arguments)

    monkeypatch.setattr(replaying, "_put_back", cut_off)
    with pytest.raises(PowerCut):
        put_back(before, cast.clinic.config.spool_folder, passwords)
    monkeypatch.undo()
    done, told = put_back(before, cast.clinic.config.spool_folder, passwords)
    assert (done.there, done.back + done.aside) == (4, 5)
    assert told == told_in(cast.clinic)


def test_a_clock_that_was_set_back_between_an_answer_and_its_ticks(
    cast: Cast, tmp_path: Path, passwords: Passwords
) -> None:
    before, clinic = copied(cast, tmp_path / "before"), cast.clinic
    receipt = send(clinic, cast.alder.token, page(LOW), NOW)
    assert receipt.more is not None and clinic.spool is not None
    clinic.spool.close()
    tick(clinic, receipt.more, "interrupted", at=NOW - HOUR)
    first, second = spool.segments(clinic.config.spool_folder)
    assert b"follow-up" in spool.read(first, clinic.keyring).records[0]
    assert b"follow-up" not in spool.read(second, clinic.keyring).records[0]
    done, told = put_back(before, clinic.config.spool_folder, passwords)
    assert done == Replayed(back=2) and told == told_in(clinic)


def test_a_held_back_answer_stays_held_back_where_nobody_supervises_any_more(
    cast: Cast, tmp_path: Path, passwords: Passwords
) -> None:
    before = copied(cast, tmp_path / "before")
    send(cast.clinic, cast.alder.token, page(LOW, audience="supervisor"), NOW)
    with clinics.open_clinic(before, passwords=passwords) as lost, lost.db.write() as conn:
        conn.execute("UPDATE supervision SET ends_on = '2026-01-01'")
    done, told = put_back(before, cast.clinic.config.spool_folder, passwords)
    assert done == Replayed(back=1)
    assert [row[6] for row in told["response"] if row[0] == cast.alder.session_id] == ["supervisor"]


def test_a_therapist_who_came_after_the_copy_is_there_again(
    cast: Cast, tmp_path: Path, passwords: Passwords
) -> None:
    before = copied(cast, tmp_path / "before")
    hire(cast, "nora", "Nora Sand", Role.THERAPIST)
    viewer = cast.viewer("jonas").__class__(cast.ids["nora"], "Nora Sand", frozenset({Role.THERAPIST}))
    dyad = caseload.add_patient(
        cast.clinic,
        viewer,
        code="Oak 1",
        language="en",
        instrument="after-session",
        starts_on=NOW.date(),
        now=NOW,
    )
    _, token = hold(cast, viewer, dyad.patient.id, NOW)
    send(cast.clinic, token, page(STEADY), NOW)
    done, told = put_back(before, cast.clinic.config.spool_folder, passwords)
    assert done == Replayed(back=1) and told == told_in(cast.clinic)
    with clinics.open_clinic(before, passwords=passwords) as clinic, clinic.db.read() as conn:
        row = conn.execute(
            "SELECT name, password_hash FROM staff WHERE id = ?", (cast.ids["nora"],)
        ).fetchone()
    assert tuple(row) == ("Nora Sand", None)


def test_nothing_is_put_on_somebody_elses_place(cast: Cast, tmp_path: Path, passwords: Passwords) -> None:
    """As where the copy was used for a while before the spool was found."""
    before = copied(cast, tmp_path / "before")
    jonas = cast.viewer("jonas")

    def fresh(clinic: clinics.Clinic, code: str, at: timedelta) -> str:
        dyad = caseload.add_patient(
            clinic,
            jonas,
            code=code,
            language="en",
            instrument="after-session",
            starts_on=NOW.date(),
            now=NOW + at,
        )
        held = caseload.add_session(
            clinic, jonas, dyad.patient.id, held_on=NOW.date(), next_on=None, now=NOW + at
        )
        return caseload.issue_link(clinic, jonas, held.id, channel=Channel.LINK, now=NOW + at)

    send(cast.clinic, fresh(cast.clinic, "Ash 1", HOUR), page(LOW), NOW + HOUR)
    send(cast.clinic, cast.alder.token, page(STEADY), NOW + HOUR)
    with clinics.open_clinic(before, passwords=passwords) as other:
        send(other, fresh(other, "Elm 1", 2 * HOUR), page(STEADY), NOW + 2 * HOUR)
        was = told_in(other)
        done = replay(other, cast.clinic.config.spool_folder, (), NOW)
        now = told_in(other)
    assert (done.back, done.lost) == (1, 1)
    assert done.why == ("answer of 2026-11-20 11:00 UTC: another patient has the number 3",)
    assert len(now["response"]) == len(was["response"]) + 1


def test_who_was_erased_stays_away(cast: Cast, tmp_path: Path, passwords: Passwords) -> None:
    before = copied(cast, tmp_path / "before")
    sessions_and_answers(cast)
    with cast.clinic.db.read() as conn:
        added = conn.execute(
            "SELECT created_at FROM patient WHERE id = ?", (cast.alder.patient_id,)
        ).fetchone()
    with clinics.open_clinic(before, passwords=passwords) as lost:
        gone = {(cast.alder.patient_id, added["created_at"])}
        done = replay(lost, cast.clinic.config.spool_folder, gone, NOW)
    assert (done.erased, done.lost) == (4, 0)


def test_the_same_attempt_again_is_written_once_unless_the_server_ended_before_it_was(
    cast: Cast, passwords: Passwords
) -> None:
    """A crash between COMMIT and the spool: the patient’s browser sends again, and only then hears that it arrived."""
    clinic, body = cast.clinic, page(STEADY)
    for _ in range(3):
        send(clinic, cast.alder.token, body, NOW, "one-attempt-of-a-page")
    [path] = spool.segments(clinic.config.spool_folder)
    assert len(spool.read(path, clinic.keyring).records) == 1
    path.unlink()
    clinic.close()
    with clinics.open_clinic(clinic.config.folder, passwords=passwords) as restarted:
        send(restarted, cast.alder.token, body, NOW, "one-attempt-of-a-page")
        [path] = spool.segments(clinic.config.spool_folder)
        assert len(spool.read(path, clinic.keyring).records) == 1


def test_what_does_not_come_to_a_commit_is_not_in_the_spool(cast: Cast) -> None:
    with pytest.raises(Exception, match="another look"):
        send(cast.clinic, cast.alder.token, page({"safe": 99}), NOW)
    assert spool.segments(cast.clinic.config.spool_folder) == []


def test_nobody_can_read_it_without_the_keys(cast: Cast) -> None:
    send(cast.clinic, cast.alder.token, page(STEADY, comment="Kolibri said so"), NOW)
    [path] = spool.segments(cast.clinic.config.spool_folder)
    content = path.read_bytes()
    assert not any(word in content for word in (b"Kolibri", b"Alder", b"safe", b"Jonas"))
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700


def test_an_answer_on_a_tablet_whose_code_made_the_link_anew(
    cast: Cast, tmp_path: Path, passwords: Passwords
) -> None:
    tablet_id, token = set_up(cast)
    before = copied(cast, tmp_path / "before")
    code = code_for(cast, device_id=tablet_id)
    visit = kiosk.enter(cast.clinic, token, code.words, NOW)
    send(cast.clinic, kiosk.form_token(token, visit.token), page(STEADY), NOW)
    done, told = put_back(before, cast.clinic.config.spool_folder, passwords)
    assert done == Replayed(back=1) and told == told_in(cast.clinic)
