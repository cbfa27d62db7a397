"""What a patient says to research, on the page of their data: no unless noted, noted by the own therapist alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from alliance.actions import research
from alliance.domain.access import Forbidden, NotFound
from tests.actions.stories import trail
from tests.cast import NOW, Cast, signed_in
from tests.page import PageClient

YES = {"research-said_on": "2026-11-19", "research-said_so": "y"}


def path(cast: Cast) -> str:
    return f"/patients/{cast.alder.patient_id}/rights"


def copied(client: PageClient, where: str) -> dict[str, object]:
    reply = client.submit(client.page(where).form("Make the copy"), {"copy-kind": "data"})
    found: dict[str, object] = reply.get_json()["patient"]
    return found


def test_from_no_to_yes_and_back(app: Flask, cast: Cast) -> None:
    jonas, where = signed_in(app, "jonas"), path(cast)
    assert "Alder 14 has not agreed to research" in jonas.page(where).text
    assert copied(jonas, where)["research_agreed_on"] is None
    page = jonas.submit(jonas.page(where).form("Note it"), YES, follow_redirects=True).page
    assert "Alder 14 said yes on 19 November 2026, noted by Jonas Berg" in page.text
    assert copied(jonas, where)["research_agreed_on"] == "2026-11-19"
    seen = signed_in(app, "miriam").page(f"{where}?therapist={cast.ids['jonas']}")
    assert "noted by Jonas Berg" in seen.text and "takes it back" not in seen.text
    page = jonas.submit(page.form("Alder 14 takes it back"), follow_redirects=True).page
    assert "took the agreement back on 20 November 2026" in page.text
    done = [line[2] for line in trail(cast.clinic)]
    assert done.count("note research consent") == 1 and done.count("take back research consent") == 1
    research.take_back(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    assert [line[2] for line in trail(cast.clinic)].count("take back research consent") == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({**YES, "research-said_so": None}, "Tick this only when the patient has said yes"),
        ({**YES, "research-said_on": "2026-11-21"}, "Enter a day that has been"),
        ({**YES, "research-said_on": "2025-01-01"}, "Enter a day of the last year"),
        ({**YES, "research-said_on": ""}, "Enter the day on which the patient said yes"),
    ],
)
def test_it_is_noted_only_whole(app: Flask, cast: Cast, fields: dict[str, str | None], why: str) -> None:
    jonas = signed_in(app, "jonas")
    reply = jonas.submit(jonas.page(path(cast)).form("Note it"), fields)
    assert reply.status_code == 422 and why in reply.page.text
    assert "has not agreed" in jonas.page(path(cast)).text


def test_it_is_the_own_therapists(cast: Cast) -> None:
    for who, fault in (("claire", NotFound), ("miriam", Forbidden), ("tomasz", Forbidden)):
        with pytest.raises(fault):
            research.agree(
                cast.clinic, cast.viewer(who), cast.alder.patient_id, said_on=NOW.date(), said_so=True,
                now=NOW + timedelta(minutes=1),
            )  # fmt: skip
    assert research.standing(cast.clinic, cast.viewer("jonas"), cast.alder.patient_id, NOW) is None
    assert research.standing(cast.clinic, cast.viewer("claire"), cast.alder.patient_id, NOW) is None
