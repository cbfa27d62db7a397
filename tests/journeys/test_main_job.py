"""The main job over plain HTTP: an answer becomes a point and a question, for the right people and nobody else."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from tests.actions.sending import LOW
from tests.browserless import Person
from tests.page import Page
from tests.server import Demo


def signed_in(demo: Demo, email: str) -> Person:
    account = demo.account(email)
    person = Person(demo.url)
    person.sign_in(account["email"], account["password"])
    return person


def test_an_answer_becomes_a_point_and_a_question_within_a_second(
    demo_server: Demo, settled_link: str
) -> None:
    patient = Person(demo_server.url)
    page = patient.page(settled_link)
    named = re.search(r"(\w+) (\w+), your therapist", page.text)
    assert named, "the page does not say who reads it"
    therapist_email = f"{named[1]}.{named[2]}".lower()
    therapist, supervisor = signed_in(demo_server, therapist_email), signed_in(demo_server, "supervisor")
    before = _questions(therapist)

    form = page.forms[-1]
    answers = {item: str(value) for item, value in LOW.items() if item in form.fields}
    sent = time.monotonic()
    status, address, more = patient.open(settled_link, form.data(answers))
    (alert,) = _questions(therapist) - before
    took = time.monotonic() - sent
    assert status == 200
    assert address.startswith(f"{demo_server.url}{urlsplit(settled_link).path}/more?ticket=")
    assert "Your answers are saved. Thank you." in more
    assert took < 1, f"the question was there after {took:.2f} s"

    ticks = Page(more).form("Add this")
    status, address, receipt = patient.open(ticks.action, ticks.data({"happened": ["judged", "late"]}))
    assert (status, urlsplit(address).path) == (200, "/thanks")
    assert "Thank you. It has arrived." in receipt
    told = "“was late, or the time was cut short” and “I felt judged or talked down to”. Perhaps too little"
    assert told in therapist.page("/caseload").text

    asked = therapist.page(alert)
    assert told in asked.text
    address = next(address for words, address in asked.links if words.startswith("All sessions of"))
    own = therapist.page(address)
    (session,) = re.findall(r"in session (\d+) with", asked.h1)
    newest = re.search(rf"\b{session} \d+ \w+ (\d+) ", own.text)
    assert newest, f"the new point of session {session} is not in the table"
    assert int(newest[1]) <= 40
    assert re.search(rf"was rated {newest[1]}, usually \d+ give or take \d+", asked.text)

    path = address.partition("?")[0]
    assert supervisor.open(path)[0] == 200
    assert supervisor.open(alert)[0] == 200
    others = [
        who["email"]
        for who in demo_server.staff
        if who["role"] == "therapist" and not who["email"].startswith(therapist_email)
    ]
    assert others
    for email in others:
        other = signed_in(demo_server, email)
        assert other.open(path)[0] == 404
        assert other.open(alert)[0] == 404


def _questions(therapist: Person) -> set[str]:
    """The alerts on the caseload, by address."""
    return set(re.findall(r'href="(/alerts/\d+)"', therapist.open("/caseload")[2]))
