"""The pages of the support cards: all of them to read, the clinic's own to write, and the one beside a question."""

from __future__ import annotations

import pytest
from flask import Flask

from alliance.actions import cards
from alliance.actions.faults import Fault
from alliance.domain.support import Kind
from alliance.domain.support_files import shipped
from tests.cast import NOW, Cast, signed_in
from tests.page import Page, PageClient
from tests.web.posting import count, page_of

EDIT = "/help/cards/distance/edit"
OWN = "“Shall we look at it together?”"


@pytest.fixture
def miriam(app: Flask) -> PageClient:
    return signed_in(app, "miriam")


def rewrite(client: PageClient, say: str = OWN, **more: str) -> Page:
    return page_of(
        client.submit(client.page(EDIT).form("Save it"), {"say": say, **more}, follow_redirects=True)
    )


def test_all_cards_can_be_read_by_everybody_who_works_here(app: Flask) -> None:
    for who in ("jonas", "miriam", "tomasz"):
        page = signed_in(app, who).page("/help/cards")
        for card in shipped().values():
            assert card.name in page.main and card.content.say[0].text in page.main
        assert page.by_id("themes") is not None
        may_edit = any(href.endswith("/edit") for _, href in page.links)
        assert may_edit is (who != "jonas")


def test_a_question_stands_beside_the_card_that_fits(app: Flask, cast: Cast) -> None:
    page = signed_in(app, "jonas").page(f"/alerts/{cast.alder.alert_id}")
    card = shipped()[Kind.DISTANCE]
    assert "Ways to open it" in page.main and card.content.say[0].text in page.main
    assert "Version 1.0." in page.main
    assert page.link("All cards") == "/help/cards"


def test_the_clinics_own_version_is_at_every_question_at_once(
    app: Flask, cast: Cast, miriam: PageClient
) -> None:
    page = rewrite(miriam)
    assert "Saved. The card reads so from now on, at every question it fits." in page.main
    assert "this clinic’s version 1, by Miriam Osei, 20 November 2026" in page.main
    alert = signed_in(app, "jonas").page(f"/alerts/{cast.alder.alert_id}")
    assert OWN in alert.main and "this clinic’s own" in alert.main
    assert "this clinic’s version 1, by Miriam Osei" in alert.main
    assert shipped()[Kind.DISTANCE].content.say[0].text not in alert.main


def test_it_can_be_looked_at_before_it_is_saved(cast: Cast, miriam: PageClient) -> None:
    form = miriam.page(EDIT).form("Save it")
    page = page_of(miriam.submit(form, {"say": OWN}, extra={"preview": "yes"}))
    assert "How it would read" in page.main and page.form("Save it")["say"] == OWN
    assert count(cast.clinic, "support_card") == 0


def test_what_is_typed_is_text_and_nothing_else(app: Flask, cast: Cast, miriam: PageClient) -> None:
    rewrite(miriam, "{{ 7 * 7 }} <script>alert(1)</script> %(name)s {therapist}")
    for path in ("/help/cards", f"/alerts/{cast.alder.alert_id}", EDIT):
        html = miriam.page(path).html
        assert "{{ 7 * 7 }} &lt;script&gt;alert(1)&lt;/script&gt; %(name)s {therapist}" in html
        assert "<script>alert" not in html


def test_versions_are_kept_and_the_shipped_card_is_never_lost(cast: Cast, miriam: PageClient) -> None:
    rewrite(miriam)
    rewrite(miriam, "“And now?”")
    page = miriam.page(EDIT)
    first = next(href for text, href in page.links if "version 1" in text)
    assert miriam.page(first).form("Save it")["say"] == OWN
    form = page.form("Use the shipped card again")
    page = page_of(miriam.submit(form, follow_redirects=True))
    assert "This is the shipped card again." in page.main
    assert cards.current(cast.clinic)[Kind.DISTANCE] == shipped()[Kind.DISTANCE]
    assert "Your version 2: Miriam Osei" in page.main and "Back to the shipped card: Miriam Osei" in page.main
    assert count(cast.clinic, "support_card") == 3


def test_nobody_writes_over_what_somebody_else_saved_meanwhile(app: Flask, miriam: PageClient) -> None:
    form = miriam.page(EDIT).form("Save it")
    rewrite(signed_in(app, "tomasz"), "“What would help?”")
    page = page_of(miriam.submit(form, {"say": OWN}))
    assert "Somebody else changed this card while you wrote." in page.main
    assert page.form("Save it")["say"] == OWN and "“What would help?”" in page.main
    page = page_of(miriam.submit(page.form("Save it"), follow_redirects=True))
    assert OWN in page.main


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"say": ""}, "Write at least one line"),
        ({"opening": ""}, "Write the line at the top"),
        ({"say": "\n".join(["Well?"] * 9)}, "has 9 lines; a card can be read with 8 at most"),
        ({"experts": "Wait. [theme 13]"}, "names theme 13; the study has themes 1 to 12"),
        ({"experts": "Wait. [source 9]"}, "names source 9; the card lists 4"),
        ({"avoid": "Go. [somewhere]"}, "In square brackets name themes or sources"),
        ({"patients": "a" * 301}, "has 301 letters; keep a line to 300"),
    ],
)
def test_what_no_card_can_hold_is_said_at_its_field(
    cast: Cast, miriam: PageClient, fields: dict[str, str], sentence: str
) -> None:
    response = miriam.submit(miriam.page(EDIT).form("Save it"), extra=fields)
    assert response.status_code == 422
    (told,) = page_of(response).errors
    assert sentence in told
    assert count(cast.clinic, "support_card") == 0


def test_saving_the_same_again_is_no_new_version(cast: Cast, miriam: PageClient) -> None:
    miriam.submit(miriam.page(EDIT).form("Save it"))
    assert count(cast.clinic, "support_card") == 0


def test_what_is_no_card_is_not_there(miriam: PageClient) -> None:
    miriam.page("/help/cards/rumour/edit", 404)
    miriam.page(f"{EDIT}?from=99", 404)


def test_a_therapist_changes_no_card(cast: Cast) -> None:
    for act in (
        lambda: cards.save(cast.clinic, cast.viewer("jonas"), Kind.PACE, {}, 0, NOW),
        lambda: cards.put_back(cast.clinic, cast.viewer("jonas"), Kind.PACE, NOW),
        lambda: cards.open_card(cast.clinic, cast.viewer("jonas"), Kind.PACE),
    ):
        with pytest.raises(Exception) as refused:
            act()
        assert type(refused.value).__name__ == "Forbidden" and not isinstance(refused.value, Fault)
