"""A clinic as it is really run: nginx with TLS before the server, a patient and a therapist in Chromium."""

from __future__ import annotations

import hashlib
import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, expect

from alliance.actions import clinic as clinics
from alliance.actions.passwords import Passwords
from alliance.web.headers import A_YEAR_OF_TLS
from tests.cast import PASSWORD, address, code, wait_for_code
from tests.conftest import Models
from tests.deploy.fronts import HERE, NAME, Front, nginx_before
from tests.journeys.conftest import QUIET, chromium
from tests.journeys.look import open_page
from tests.journeys.test_patient_journey import CALM, GOOD, pick
from tests.served import Served, serving
from tests.web.posting import count

AT = f"https://{NAME}"


@dataclass(frozen=True)
class House:
    served: Served
    front: Front
    outside: Browser


@pytest.fixture
def house(
    browser: Browser, models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    place = tmp_path_factory.mktemp("through")
    shutil.copytree(models.staged, place / "clinic")
    with (
        clinics.open_clinic(place / "clinic", passwords=passwords) as clinic,
        serving(replace(models.cast, clinic=clinic), place, 'proxy = "127.0.0.1"') as served,
        nginx_before(served.port) as front,
    ):
        # To this browser the name is that machine, and its certificate good: nothing else about TLS is let pass.
        known = x509.load_pem_x509_certificate((front.place / "certificate.pem").read_bytes()).public_key()
        digest = hashlib.sha256(known.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
        trusting = f"--ignore-certificate-errors-spki-list={b64encode(digest).decode()}"
        led = f"--host-resolver-rules=MAP {NAME}:443 {HERE}:{front.port}"
        outside = browser.browser_type.launch(executable_path=chromium(), args=[*QUIET, led, trusting])
        yield House(served, front, outside)
        outside.close()


def test_a_patient_answers_and_the_therapist_signs_in_over_tls(house: House) -> None:
    clinic = house.served.cast.clinic
    (token,) = house.served.links(1)
    before = count(clinic, "response")
    patient, watch = open_page(house.outside, AT)
    answer = patient.goto(f"/a/{token}")
    assert answer and answer.header_value("strict-transport-security") == A_YEAR_OF_TLS
    assert answer.header_value("cache-control") == "no-store"
    pick(patient, {**GOOD, **CALM})
    patient.get_by_role("button", name="Send my answers").click()
    expect(patient.get_by_role("heading", level=1)).to_have_text("Thank you. It has arrived.")
    assert patient.url.startswith(f"{AT}/thanks")
    assert count(clinic, "response") == before + 1
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in patient.context.cookies())

    assert watch.faults() == []
    # Nothing of ours listens there: from now on the browser itself goes to https instead.
    patient.goto(f"http://{NAME}/status")
    assert patient.url == f"{AT}/status"

    therapist, other = open_page(house.outside, AT, 1280)
    sign_in(therapist, house)
    expect(therapist.get_by_role("heading", level=1)).to_have_text("Your caseload")
    cookies = {cookie["name"]: cookie for cookie in therapist.context.cookies()}
    assert cookies["__Host-alliance"]["secure"] and cookies["__Host-alliance"]["httpOnly"]
    assert all(cookie["secure"] and cookie["path"] == "/" for cookie in cookies.values())
    assert therapist.evaluate("document.cookie") == ""
    expect(therapist.get_by_text("Fern 0").first).to_be_visible()

    assert other.faults() == []
    assert token not in house.front.written() + house.served.log.read_text("utf-8")


def sign_in(page: Page, house: House) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(address("jonas"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").wait_for()
    wait_for_code(house.served.cast.clinic)
    page.get_by_label("Code").fill(code(datetime.now(UTC)))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
