"""Whose data it is decides every act, and the role decides what may be done: person by person, act by act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from alliance.actions import (
    administering,
    auditing,
    caseload,
    colleagues,
    contents,
    ledger,
    questionnaires,
    reading,
    reassigning,
    relations,
    signed_in,
    supervising,
)
from alliance.domain.access import Forbidden, NotFound
from alliance.domain.audit import Filter
from alliance.domain.caseload import Order
from alliance.domain.caseload_changes import Reason
from alliance.domain.people import Role, Viewer
from alliance.domain.therapy import Channel
from tests.actions.sending import everything
from tests.actions.stories import course, end_dyad, end_supervision, in_both_roles, noted
from tests.cast import NOW, Cast

DAY = timedelta(days=1)
Act = Callable[[Cast, Viewer], object]

# Acts on Alder 14, a patient of Jonas Berg, whom Miriam Osei supervises.
READS: dict[str, Act] = {
    "open the patient": lambda c, who: reading.open_patient(c.clinic, who, c.alder.patient_id, NOW),
    "draw the patient": lambda c, who: reading.chart_trend(c.clinic, who, c.alder.patient_id, NOW),
    "open the alert": lambda c, who: reading.open_alert(c.clinic, who, c.alder.alert_id, NOW),
    "open the session": lambda c, who: caseload.open_session(c.clinic, who, c.alder.session_id, NOW),
}
WRITES: dict[str, Act] = {
    "look for the dyad": lambda c, who: caseload.own_dyad_of(c.clinic, who, c.alder.patient_id, NOW),
    "add a session": lambda c, who: caseload.add_session(
        c.clinic, who, c.alder.patient_id, held_on=NOW.date(), next_on=None, now=NOW
    ),
    "make a link": lambda c, who: caseload.issue_link(
        c.clinic, who, c.alder.session_id, channel=Channel.LINK, now=NOW
    ),
    "answer the alert": lambda c, who: noted(c.clinic, who, c.alder.alert_id, "later", NOW),
    "ask whether one may": lambda c, who: ledger.check_may_answer(c.clinic, who, c.alder.alert_id, NOW),
}
OTHERS: dict[str, Act] = {
    "see the caseload": lambda c, who: caseload.overview(c.clinic, who, Order.NEXT, NOW),
    "add a patient": lambda c, who: caseload.add_patient(
        c.clinic, who, code="New 1", language="en", instrument="pulse", starts_on=NOW.date(), now=NOW
    ),
    "see what is open": lambda c, who: supervising.overview(c.clinic, who, NOW),
    "see the trail": lambda c, who: supervising.trail(c.clinic, who, NOW),
    "see the supervisee": lambda c, who: supervising.therapist(c.clinic, who, c.ids["jonas"], NOW),
    "move by code": lambda c, who: reassigning.move_by_code(
        c.clinic,
        who,
        "Alder 14",
        c.ids["jonas"],
        to=c.ids["claire"],
        on=NOW.date() + DAY,
        reason=Reason.ABSENCE,
        now=NOW,
    ),
    "see who is here": lambda c, who: colleagues.everyone(c.clinic, who),
    "change roles": lambda c, who: colleagues.change_roles(
        c.clinic, who, c.ids["erik"], [Role.SUPERVISOR], NOW
    ),
    "open an account again": lambda c, who: colleagues.reopen(c.clinic, who, c.ids["dana"], NOW),
    "end a supervision": lambda c, who: relations.end(c.clinic, who, 1, NOW),
    "see who is signed in": lambda c, who: signed_in.every(c.clinic, who, None, NOW),
    "sign somebody out": lambda c, who: signed_in.end_all(c.clinic, who, c.ids["erik"], NOW),
    "read the whole trail": lambda c, who: auditing.read(c.clinic, who, Filter(), 1, NOW),
    "take the trail along": lambda c, who: auditing.export(c.clinic, who, Filter(), NOW),
    "examine the clinic": lambda c, who: contents.examine(c.clinic, who, NOW),
    "see the questionnaires": lambda c, who: questionnaires.every(c.clinic, who, NOW),
    "ask another version": lambda c, who: questionnaires.ask_version(c.clinic, who, "pulse", "1.0", NOW),
    "change settings": lambda c, who: administering.save_settings(c.clinic, who, c.clinic.settings(), NOW),
}
ACTS = READS | WRITES | OTHERS
ADMINISTERS = {
    *("change settings", "move by code", "see who is here", "change roles", "open an account again"),
    *("end a supervision", "see who is signed in", "sign somebody out", "read the whole trail"),
    *("take the trail along", "examine the clinic", "see the questionnaires", "ask another version"),
}
TREATS = {"see the caseload", "add a patient"}
SUPERVISES = {"see what is open", "see the trail"}

DONE: dict[str, set[str]] = {
    "jonas": {*READS, *WRITES, *TREATS},
    "miriam": {*READS, *SUPERVISES, "see the supervisee"},
    "claire": TREATS,
    "erik": TREATS,
    "ruth": SUPERVISES,
    "tomasz": ADMINISTERS,
}
ABSENT: dict[str, set[str]] = {
    "jonas": set(),
    "miriam": set(),
    "claire": {*READS, *WRITES},
    "erik": {*READS, *WRITES},
    "ruth": {*READS, "see the supervisee"},
    "tomasz": set(),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", DONE)
def test_everybody_gets_what_is_theirs_and_no_more(cast: Cast, who: str, act: str) -> None:
    """What is outside one's scope is not there; what one's role does not do is forbidden. Neither leaves a trace."""
    before = everything(cast.clinic)
    if act in DONE[who]:
        ACTS[act](cast, cast.viewer(who))
        return
    with pytest.raises(NotFound if act in ABSENT[who] else Forbidden):
        ACTS[act](cast, cast.viewer(who))
    assert everything(cast.clinic) == before


@pytest.mark.parametrize("act", [*READS, *WRITES])
def test_what_does_not_exist_is_refused_like_what_is_not_yours(cast: Cast, act: str) -> None:
    absent = type(cast)(cast.clinic, cast.ids, {"Alder 14": type(cast.alder)(99, 99, 99, "")})
    with pytest.raises(NotFound):
        ACTS[act](absent, cast.viewer("jonas"))


@pytest.mark.parametrize("act", WRITES)
def test_who_sees_a_patient_as_a_supervisor_may_not_act_as_the_therapist(cast: Cast, act: str) -> None:
    before = everything(cast.clinic)
    with pytest.raises(Forbidden):
        ACTS[act](cast, in_both_roles(cast, "miriam"))
    assert everything(cast.clinic) == before


@pytest.mark.parametrize("act", [*READS, "see the supervisee"])
def test_a_supervision_that_has_ended_opens_nothing_from_that_day_on(cast: Cast, act: str) -> None:
    end_supervision(cast, "miriam", (NOW + DAY).date())
    ACTS[act](cast, cast.viewer("miriam"))
    end_supervision(cast, "miriam", NOW.date())
    before = everything(cast.clinic)
    with pytest.raises(NotFound):
        ACTS[act](cast, cast.viewer("miriam"))
    assert everything(cast.clinic) == before
    assert list(supervising.overview(cast.clinic, cast.viewer("miriam"), NOW).therapists) == []


@pytest.mark.parametrize("act", [*READS, *WRITES])
def test_a_therapy_that_has_ended_is_closed_to_the_therapist(cast: Cast, act: str) -> None:
    with cast.clinic.db.read() as conn:
        row = conn.execute("SELECT id FROM dyad WHERE therapist_id = ?", (cast.ids["jonas"],)).fetchone()
    end_dyad(cast, row["id"], NOW.date())
    with pytest.raises(NotFound):
        ACTS[act](cast, cast.viewer("jonas"))


def test_a_role_taken_away_takes_its_scope_along(cast: Cast) -> None:
    """Whose patients they were does not count any more: the acts of another role do not reach them."""
    once_therapist = Viewer(cast.ids["jonas"], "Jonas Berg", cast.viewer("ruth").roles)
    with pytest.raises(NotFound):
        READS["open the patient"](cast, once_therapist)


def test_a_supervisor_of_two_therapists_may_choose_the_dyad(cast: Cast) -> None:
    """Erik treated Alder 14 before. Who supervises both sees the present dyad first, and can ask for the other."""
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO supervision (supervisor_id, therapist_id, starts_on) VALUES (?, ?, '2025-01-01')",
            (cast.ids["miriam"], cast.ids["erik"]),
        )
    miriam, alder = cast.viewer("miriam"), cast.alder.patient_id
    page = reading.open_patient(cast.clinic, miriam, alder, NOW)
    assert (page.dyad.therapist_name, page.you) == ("Jonas Berg", "Jonas Berg")
    assert [other.therapist_name for other in page.others] == ["Erik Lund"]
    earlier = reading.open_patient(cast.clinic, miriam, alder, NOW, cast.ids["erik"])
    assert (earlier.dyad.therapist_name, list(earlier.trend.points)) == ("Erik Lund", [])
    with pytest.raises(NotFound):
        reading.open_patient(cast.clinic, miriam, alder, NOW, cast.ids["claire"])


def test_a_therapist_of_the_same_patient_sees_only_their_own_dyad(cast: Cast) -> None:
    shared = course(cast, "Shared 1", [8, 8])
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO dyad (patient_id, therapist_id, starts_on) VALUES (?, ?, '2026-01-01')",
            (shared.id, cast.ids["claire"]),
        )
    page = reading.open_patient(cast.clinic, cast.viewer("claire"), shared.id, NOW)
    assert (page.own, list(page.others), list(page.trend.points)) == (True, [], [])
    with pytest.raises(NotFound):
        caseload.open_session(cast.clinic, cast.viewer("claire"), shared.sessions[0], NOW)
