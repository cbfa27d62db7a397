"""The pages after an answer, as a patient meets them: without cookies, once, calmly late, and nothing lost."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import caseload
from alliance.domain.therapy import Channel
from tests.cast import NOW, Cast
from tests.page import PageClient, page_client
from tests.web.posting import count, course, end_supervision, link, page_of, post
from tests.web.test_not_saved import hasty, held_by_another  # noqa: F401 (a fixture)

ADD, STOP = "Add this", "Stop here, I am done"
LOW = {"heard": "2"}


def more(client: PageClient, token: str, **fields: str) -> str:
    """Send a low answer; where it leads."""
    response = post(client, token, LOW | fields)
    assert response.status_code == 303
    address: str = response.headers["Location"]
    return address


def ticks(cast: Cast) -> list[str]:
    with cast.clinic.db.read() as conn:
        return [row["tick"] for row in conn.execute("SELECT tick FROM follow_up_tick ORDER BY tick")]


def test_a_low_answer_leads_to_a_page_of_ticks_and_a_good_one_to_the_receipt(
    client: PageClient, cast: Cast
) -> None:
    assert post(client, link(cast), attempt="of-another-page").headers["Location"] == "/thanks"
    address = more(client, cast.alder.token)
    assert address.startswith(f"/a/{cast.alder.token}/more?ticket=")
    page = client.page(address)
    assert page.h1 == "Your answers are saved. Thank you."
    assert "You can also stop here." in page.main
    assert [legend.text for legend in page.root.find_all("legend")] == [
        "My therapist …",
        "I …",
        "What we did …",
        "Or",
    ]
    for word in ("distance", "intrusion", "Jonas", "heard", "low"):
        assert word not in page.main
    assert len(gzip.compress(page.html.encode())) < 4_096


def test_what_is_ticked_is_kept_and_the_receipt_names_who_reads_it(client: PageClient, cast: Cast) -> None:
    page = client.page(more(client, cast.alder.token))
    response = client.submit(page.form(ADD), {"happened": ["judged", "interrupted"]})
    assert (response.status_code, response.headers["Location"]) == (303, "/thanks")
    assert "Jonas Berg reads this before your next session." in client.page("/thanks").main
    assert ticks(cast) == ["interrupted", "judged"]


def test_it_takes_no_cookie(app: Flask, cast: Cast) -> None:
    without = app.test_client(use_cookies=False)
    sent = without.post(f"/a/{cast.alder.token}", data={**LOW, "form": "after-session 1.0"})
    opened = without.get(sent.headers["Location"])
    assert opened.status_code == 200 and "Set-Cookie" not in opened.headers
    assert without.post(sent.headers["Location"], data={"happened": "late"}).status_code == 303
    assert ticks(cast) == ["late"]


def test_stopping_is_one_press_and_ends_it(client: PageClient, cast: Cast) -> None:
    address = more(client, cast.alder.token)
    response = client.submit(client.page(address).form(ADD), press=STOP)
    assert response.headers["Location"] == "/thanks"
    assert client.get(address).headers["Location"] == "/thanks"
    assert ticks(cast) == []


def test_whoever_finds_the_link_later_learns_nothing(
    app: Flask, client: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    good = link(cast)
    post(client, good, attempt="of-another-page")
    address = more(client, cast.alder.token)
    finder = page_client(app)
    found = [
        finder.get(f"/a/{token}/more{ticket}")
        for token in (cast.alder.token, good, "unknown")
        for ticket in ("", "?ticket=AAAA", "?ticket=é", f"?ticket={'A' * 70}")
    ]
    assert {(one.status_code, one.headers["Location"], one.get_data()) for one in found} == {
        (303, "/thanks", found[0].get_data())
    }
    for found_post in (finder.post(f"/a/{token}/more", data={"happened": "late"}) for token in (good, "x")):
        assert (found_post.status_code, found_post.headers["Location"]) == (303, "/thanks")
    ticket = address.partition("?")[2]
    assert finder.get(f"/a/{good}/more?{ticket}").status_code == 303
    clock.move_to(NOW + timedelta(minutes=30))
    assert finder.get(address).headers["Location"] == "/thanks"
    assert count(cast.clinic, "follow_up") == 0


def test_opening_changes_nothing_and_using_it_ends_it(client: PageClient, cast: Cast) -> None:
    address = more(client, cast.alder.token)
    before = count(cast.clinic, "audit")
    pages = [client.page(address) for _ in range(3)]
    assert (count(cast.clinic, "audit"), count(cast.clinic, "follow_up")) == (before, 0)
    assert len({page.form(ADD)["attempt"] for page in pages}) == 3
    client.submit(pages[0].form(ADD), {"happened": ["late"]})
    assert client.get(address).headers["Location"] == "/thanks"
    for page in pages:  # a double tap, and a second tab
        assert client.submit(page.form(ADD), {"happened": ["late"]}).headers["Location"] == "/thanks"
    assert ticks(cast) == ["late"]


def test_the_answer_sent_again_after_a_lost_reply_leads_to_the_same_page(
    client: PageClient, cast: Cast
) -> None:
    first, again = more(client, cast.alder.token), more(client, cast.alder.token)
    assert (
        client.page(first).form(ADD).action.split("ticket=")[0]
        == (client.page(again).form(ADD).action.split("ticket=")[0])
    )
    assert count(cast.clinic, "offer WHERE offered_at >= '2026-11-20'") == 1


def test_while_nothing_can_be_stored_the_ticks_stay_in_the_page(
    hasty: Flask,  # noqa: F811
    cast: Cast,
) -> None:
    client = page_client(hasty)
    page = client.page(more(client, cast.alder.token))
    with held_by_another(cast.clinic.config.database):
        response = client.submit(page.form(ADD), {"happened": ["judged", "late"]})
        assert response.status_code == 503
    again = page_of(response).form(ADD)
    assert set(again.fields["happened"].values) == {"judged", "late"}
    assert again["attempt"] == page.form(ADD)["attempt"]
    assert page_of(response).error_summary is not None
    assert client.submit(again).headers["Location"] == "/thanks"
    assert ticks(cast) == ["judged", "late"]


def test_without_a_database_they_travel_back_in_the_page(
    hasty: Flask,  # noqa: F811
    cast: Cast,
) -> None:
    client = page_client(hasty)
    page = client.page(more(client, cast.alder.token))
    cast.clinic.db.close()
    response = client.submit(page.form(ADD), {"happened": ["judged", "late"]})
    assert response.status_code == 503
    again = page_of(response).form("Send my answers again")
    assert again.action == page.form(ADD).action
    assert sorted(again.fields["happened"].values) == ["judged", "late"]
    assert again["attempt"] == page.form(ADD)["attempt"]


def test_on_the_therapists_device_no_address_tells_of_it(client: PageClient, cast: Cast) -> None:
    viewer = cast.viewer("jonas")
    here = caseload.issue_link(cast.clinic, viewer, cast.alder.session_id, channel=Channel.HERE, now=NOW)
    response = post(client, here, LOW)
    assert response.status_code == 200 and "Location" not in response.headers
    assert "receipt=" in response.headers["Set-Cookie"]
    done = client.submit(page_of(response).form(ADD), {"happened": ["late"]})
    assert done.headers["Location"] == "/thanks"
    assert ticks(cast) == ["late"]


@pytest.fixture
def offered(client: PageClient, cast: Cast) -> str:
    """Where the receipt of a second answer leads that is good in every way."""
    told = course(cast, "Elm 12", 8)
    response = post(client, link(cast, told.dyad.patient.id))
    address: str = response.headers["Location"]
    assert address.startswith("/thanks?ticket=")
    return address


def test_the_receipt_offers_the_monthly_sentences_and_forces_nobody(
    client: PageClient, cast: Cast, offered: str
) -> None:
    receipt = client.page(offered)
    assert receipt.h1 == "Thank you. It has arrived."
    assert "Once a month: eight more sentences, about life around therapy." in receipt.main
    page = client.page(dict(receipt.links)["Answer them now"])
    assert page.h1 == "How are things around you?"
    assert len(page.root.find_all("legend")) == 8
    assert len(gzip.compress(page.html.encode())) < 4_096
    response = client.submit(page.form("Send my answers"), {"home": "2", "reach": "7"})
    assert (response.status_code, response.headers["Location"]) == (303, "/thanks")
    assert "Answer them now" not in dict(client.page(offered).links)
    assert client.get(dict(receipt.links)["Answer them now"]).headers["Location"] == "/thanks"


def test_a_number_that_is_none_comes_back_with_the_others(client: PageClient, offered: str) -> None:
    page = client.page(dict(client.page(offered).links)["Answer them now"])
    form = page.form("Send my answers")
    body = {"home": "11", "steady": "4", "attempt": form["attempt"]}
    response = client.post(form.action, data=body)
    assert response.status_code == 422
    again = page_of(response)
    assert again.error_summary is not None and "Pick one number from 0 to 10" in again.main
    assert again.form("Send my answers")["steady"] == "4"


def test_where_the_month_cannot_be_stored_it_stays_in_the_page(
    hasty: Flask,  # noqa: F811
    cast: Cast,
    offered: str,
) -> None:
    client = page_client(hasty)
    page = client.page(dict(client.page(offered).links)["Answer them now"])
    with held_by_another(cast.clinic.config.database):
        response = client.submit(page.form("Send my answers"), {"home": "2"})
    assert response.status_code == 503
    again = page_of(response).form("Send my answers")
    assert again["home"] == "2"
    assert client.submit(again).headers["Location"] == "/thanks"
    assert count(cast.clinic, "follow_up_answer") == 1


def test_without_a_ticket_there_is_only_the_receipt(client: PageClient) -> None:
    for address in ("/thanks/once-a-month", "/thanks/once-a-month?ticket=x"):
        assert client.get(address).headers["Location"] == "/thanks"
        assert client.post(address, data={"home": "2"}).headers["Location"] == "/thanks"
    assert "Answer them now" not in client.page("/thanks?ticket=AAAA").html


def test_kept_from_the_therapist_the_receipt_goes_on_naming_the_supervisor(
    client: PageClient, cast: Cast
) -> None:
    page = client.page(more(client, cast.alder.token, audience="supervisor"))
    client.submit(page.form(ADD), {"happened": ["judged"]})
    assert "Miriam Osei reads this" in client.page("/thanks").main
    end_supervision(cast)
    assert "Miriam Osei reads this" in client.page("/thanks").main
