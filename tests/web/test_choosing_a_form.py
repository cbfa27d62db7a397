"""What a patient is asked, and in which language, can be changed; links that are out stay as they are."""

from __future__ import annotations

import pytest
from flask import Flask

from alliance.actions import caseload
from alliance.domain.therapy import Channel
from tests.cast import NOW, Cast, signed_in
from tests.page import page_client
from tests.web.posting import course

ASKED = {"instrument": "pulse", "language": "ar"}


def test_the_next_link_asks_what_was_chosen(app: Flask, cast: Cast) -> None:
    jonas, visitor = signed_in(app, "jonas"), page_client(app)
    told = course(cast, "Elm 3", 8, None)
    session = told.sessions[-1]
    viewer = cast.viewer("jonas")
    earlier = caseload.issue_link(cast.clinic, viewer, session, channel=Channel.LINK, now=NOW)
    page = jonas.page(told.path)
    form = jonas.page(page.link("Change what is asked, or the language")).form("Save")
    assert (form["instrument"], form["language"]) == ("after-session", "en")
    page = jonas.submit(form, ASKED, follow_redirects=True).page
    assert "Saved. The next link asks this." in page.main
    assert "العربية" in page.main
    later = caseload.issue_link(cast.clinic, viewer, session, channel=Channel.LINK, now=NOW)
    before, after = visitor.page(f"/a/{earlier}"), visitor.page(f"/a/{later}")
    assert (before.root.find("html").get("lang"), after.root.find("html").get("lang")) == ("en", "ar")
    assert after.html.count('class="scale"') == 4 < before.html.count('class="scale"')


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"instrument": "no-such-form", "language": "en"}, "Choose one of the questionnaires"),
        ({"instrument": "pulse", "language": "fr"}, "Choose one of the languages"),
        ({"instrument": "what-happened", "language": "en"}, "Choose one of the questionnaires"),
    ],
)
def test_what_is_not_there_cannot_be_chosen(
    app: Flask, cast: Cast, sent: dict[str, str], problem: str
) -> None:
    jonas = signed_in(app, "jonas")
    path = f"/patients/{cast.alder.patient_id}/form"
    token = jonas.page(path).form("Save")["csrf_token"]
    response = jonas.post(path, data={"csrf_token": token, **sent})
    assert response.status_code == 422
    assert problem in response.page.main
    assert jonas.page(path).form("Save")["instrument"] == "after-session"
