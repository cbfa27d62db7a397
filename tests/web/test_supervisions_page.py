"""Who works with whom: supervision with its days, and a patient who goes to another therapist."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.cast import NOW, Cast, signed_in
from tests.page import PageClient
from tests.web.posting import count, last_detail, page_of

SUPERVISION, MOVE = "/admin/supervision", "/admin/patients/move"


@pytest.fixture
def tomasz(app: Flask) -> PageClient:
    return signed_in(app, "tomasz")


def wanted(cast: Cast, supervisor: str = "ruth", therapist: str = "jonas", **days: str) -> dict[str, str]:
    return {"supervisor": str(cast.ids[supervisor]), "therapist": str(cast.ids[therapist]), **days}


def test_a_supervision_shows_its_supervisees_from_its_first_to_its_last_day(
    app: Flask, tomasz: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    days = {"starts_on": "2026-11-22", "last_day": "2026-11-23"}
    assert tomasz.submit(tomasz.page(SUPERVISION).form("Begin it"), wanted(cast, **days)).status_code == 303
    patient = f"/patients/{cast.alder.patient_id}"
    seen = []
    for day in range(5):
        clock.move_to(NOW + timedelta(days=day))
        seen.append(signed_in(app, "ruth").get(patient).status_code)
    assert seen == [404, 404, 200, 200, 404]


def test_ending_bites_at_once_and_the_past_stays_to_be_read(
    app: Flask, tomasz: PageClient, cast: Cast
) -> None:
    miriam = signed_in(app, "miriam")
    assert miriam.get(f"/patients/{cast.alder.patient_id}").status_code == 200
    tomasz.submit(tomasz.page(SUPERVISION).form("End now: Miriam Osei for Jonas Berg"))
    assert miriam.get(f"/patients/{cast.alder.patient_id}").status_code == 404
    past = tomasz.page(SUPERVISION).tables[1][1:]
    assert past == [["Jonas Berg", "Miriam Osei", "12 August 2026", "19 November 2026"]]
    assert last_detail(cast.clinic) == {"supervisor": cast.ids["miriam"], "therapist": cast.ids["jonas"]}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"supervisor": "miriam"},
            "Miriam Osei supervises Jonas Berg since 12.08.2026 already. Choose days that do not overlap",
        ),
        ({"last_day": "2026-11-19"}, "Enter a last day that is still to come, or leave it out"),
        ({"starts_on": "2036-11-20"}, "Look at the year: this is more than a year away"),
        ({"starts_on": ""}, "Enter the first day"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    tomasz: PageClient, cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    before = count(cast.clinic, "supervision")
    who = {"supervisor": changes.pop("supervisor", "ruth")} if "supervisor" in changes else {}
    form = tomasz.page(SUPERVISION).form("Begin it")
    response = tomasz.submit(form, wanted(cast, **who) | changes)
    assert (response.status_code, page_of(response).errors) == (422, [sentence])
    assert count(cast.clinic, "supervision") == before


def test_nobody_supervises_themselves(app: Flask, tomasz: PageClient, cast: Cast) -> None:
    page = tomasz.page(f"/admin/people/{cast.ids['erik']}")
    tomasz.submit(page.form("Save the roles"), {"roles": ["therapist", "supervisor"]})
    form = tomasz.page(SUPERVISION).form("Begin it")
    response = tomasz.submit(form, wanted(cast, "erik", "erik"))
    assert page_of(response).errors == ["Nobody supervises themselves. Choose somebody else"]


def test_a_day_that_was_taken_back_cannot_begin_twice(tomasz: PageClient, cast: Cast) -> None:
    for status in (303, 422):
        response = tomasz.submit(tomasz.page(SUPERVISION).form("Begin it"), wanted(cast))
        assert response.status_code == status
        if status == 303:
            tomasz.submit(tomasz.page(SUPERVISION).form("End now: Ruth Adler for Jonas Berg"))
    assert "was ended. Begin a day later" in page_of(response).main


def moving(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "code": "Alder 14",
        "away_from": str(cast.ids["jonas"]),
        "to": str(cast.ids["claire"]),
        "on": "2026-11-23",
        "reason": "absence",
        **changes,
    }


def test_a_patient_is_moved_and_both_read_it_until_they_put_it_away(
    app: Flask, tomasz: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    response = tomasz.submit(tomasz.page(MOVE).form("Move the patient"), moving(cast), follow_redirects=True)
    assert "Moved. Both therapists read it on their caseload." in page_of(response).main
    assert "Alder" not in page_of(response).html
    jonas, claire = signed_in(app, "jonas").page("/caseload"), signed_in(app, "claire").page("/caseload")
    told = "The therapist is away for long. Noted by Tomasz Nowak."
    assert f"Goes to Claire Dubois. You see this patient until Sunday 22 November. {told}" in jonas.main
    assert "Comes to you from Jonas Berg, from Monday 23 November on. You begin anew" in claire.main
    clock.move_to(NOW + timedelta(days=3))
    client = signed_in(app, "jonas")
    assert client.get(f"/patients/{cast.alder.patient_id}").status_code == 404
    after = client.page("/caseload")
    assert "The pages of this patient are closed to you since Monday 23 November." in after.main
    client.submit(after.form("Put this note away about Alder 14"))
    assert "Alder" not in client.page("/caseload").html
    assert "Alder 14" in signed_in(app, "claire").page("/caseload").main


def test_the_supervisors_trail_tells_of_it(app: Flask, tomasz: PageClient, cast: Cast) -> None:
    tomasz.submit(tomasz.page(MOVE).form("Move the patient"), moving(cast))
    assert "move patient" in signed_in(app, "miriam").page("/supervision/trail").main


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "Alder 15"}, "No patient with this code is with this therapist, or the end is set already"),
        ({"on": "2026-11-19"}, "Enter today or a later day"),
        ({"on": "2027-03-01"}, "Enter a day within the next three months"),
    ],
)
def test_what_keeps_a_patient_where_he_is(
    app: Flask, tomasz: PageClient, cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    response = tomasz.submit(tomasz.page(MOVE).form("Move the patient"), moving(cast, **changes))
    assert (response.status_code, page_of(response).errors) == (422, [sentence])
    assert count(cast.clinic, "caseload_change") == 0


def test_a_refused_password_stays_in_the_trail(
    tomasz: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    form = tomasz.page(MOVE).form("Move the patient")
    clock.shift(timedelta(minutes=5))
    asked = page_of(tomasz.submit(form, moving(cast)))
    tomasz.submit(asked.form("Go on"), {"confirm_password": "x" * 300})
    with cast.clinic.db.read() as conn:
        last = conn.execute("SELECT action, actor_id FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    assert tuple(last) == ("refuse confirmation", cast.ids["tomasz"])
