"""Getting in for real: a clinic that is no demo, its server as a process, a code from an app, passkeys in Chromium."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from alliance.actions import accounts
from alliance.actions import clinic as clinics
from alliance.domain.people import Role
from tests.cast import PASSWORD, address, code, wait_for_code
from tests.conftest import Models
from tests.journeys.look import Watch, axe, fits, open_page, shot

PAGES = [(360, False), (360, True), (1280, False)]
RESTED = "UPDATE web_session SET locked_at = created_at"
TAKEN_AWAY = "DELETE FROM totp WHERE id IN (SELECT id FROM staff WHERE name = 'Nora Lind')"
TOO_LATE = "UPDATE staff SET enrol_until = created_at WHERE name = 'Nora Lind'"
LONG_AGO = "UPDATE web_session SET confirmed_at = '2020-01-01T00:00:00.000000Z'"


@dataclass(frozen=True)
class Served:
    """A clinic with the cast in it, served at a name, as browsers make passkeys for names only."""

    url: str
    folder: Path

    def do(self, sql: str) -> None:
        with clinics.opened(self.folder) as clinic, clinic.db.write() as conn:
            conn.execute(sql)

    def wait_for_code(self) -> None:
        with clinics.opened(self.folder) as clinic:
            wait_for_code(clinic)

    def invitation(self, who: str) -> str:
        with clinics.opened(self.folder) as clinic:
            return accounts.invite(
                clinic,
                name="Nora Lind",
                email=address(who),
                roles=[Role.THERAPIST],
                now=datetime.now(UTC),
                actor="command",
            )


@pytest.fixture(scope="module")
def served(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "clinic"
    shutil.copytree(models.staged, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://localhost:{port}"
    settings = f'public_url = "{url}"\nhost = "127.0.0.1"\nport = {port}\n'
    (folder / "clinic.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "alliance.cli", "serve", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with contextlib.suppress(OSError), urlopen(f"{url}/status", timeout=2):
                    break
                time.sleep(0.1)
            yield Served(url, folder)
        finally:
            process.terminate()


@pytest.fixture
def windows(browser: Browser, served: Served) -> Iterator[list[tuple[Page, Watch]]]:
    opened: list[tuple[Page, Watch]] = []
    yield opened
    for page, _ in opened:
        page.context.close()
    assert [fault for _, watch in opened for fault in watch.faults()] == []


def give_password(page: Page, who: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(address(who))
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def come_in(page: Page, served: Served, who: str) -> None:
    give_password(page, who)
    served.wait_for_code()
    page.get_by_label("Code").fill(code(datetime.now(UTC)))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def judge(page: Page, name: str) -> None:
    axe(page, only_colour="dark" in name)
    fits(page)
    shot(page, name)


@pytest.mark.parametrize(("width", "dark"), PAGES, ids=["phone", "phone-dark", "desk"])
def test_the_pages_of_getting_in(
    browser: Browser, served: Served, windows: list[tuple[Page, Watch]], width: int, dark: bool
) -> None:
    windows.append(open_page(browser, served.url, width, dark=dark))
    page, kind = windows[-1][0], f"{width}{'-dark' if dark else ''}"
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    judge(page, f"sign-in-{kind}")
    nora = f"nora{kind}"
    page.goto(f"/welcome/{served.invitation(nora)}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    give_password(page, nora)
    page.get_by_text("It cannot scan?").click()
    judge(page, f"set-up-{kind}")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not the code")
    secret = page.locator("code").first.text_content() or ""
    page.get_by_label("Code").fill(code(datetime.now(UTC), secret))
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.get_by_role("heading", name="Put these codes by")).to_be_visible()
    judge(page, f"recovery-codes-{kind}")
    recovery = page.locator("ol code").first.text_content() or ""
    page.get_by_role("link", name="I have put them by").click()
    for path in ("/account", "/account/password", "/account/authenticator", "/account/passkeys"):
        page.goto(path)
        judge(page, f"{path.strip('/').replace('/', '-')}-{kind}")
    served.do(LONG_AGO)
    page.goto("/account")
    page.get_by_role("button", name="Make new recovery codes").click()
    judge(page, f"confirm-{kind}")
    served.do(RESTED)
    page.goto("/account")
    judge(page, f"again-{kind}")
    page.get_by_role("button", name="sign out first").click()
    give_password(page, nora)
    judge(page, f"code-{kind}")
    page.get_by_role("link", name="Use a recovery code").click()
    judge(page, f"recovery-{kind}")
    page.get_by_label("Recovery code").fill(recovery.upper())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your caseload")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    served.do(TAKEN_AWAY)
    served.do(TOO_LATE)
    give_password(page, nora)
    expect(page.get_by_role("heading", name="Too late to set up an app")).to_be_visible()
    judge(page, f"too-late-{kind}")


def test_a_passkey_is_added_and_opens_without_password(
    browser: Browser, served: Served, windows: list[tuple[Page, Watch]]
) -> None:
    windows.append(open_page(browser, served.url, 1280))
    page = windows[-1][0]
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    which = device.send("WebAuthn.addVirtualAuthenticator", {"options": made})["authenticatorId"]
    come_in(page, served, "miriam")
    page.goto("/account/passkeys")
    page.get_by_label("Name of the passkey").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Added. From now on it signs you in")).to_be_visible()
    axe(page)
    page.get_by_label("Name of the passkey").fill("Twice")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("has a passkey for you already")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page).to_have_url(re.compile("/supervision"))
    page.get_by_role("button", name="Sign out").click()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": which, "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": which, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto("/account/passkeys")
    page.get_by_text("Change Laptop").click()
    page.get_by_role("button", name="Remove Laptop").click()
    expect(page.get_by_text("You have none yet")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey opens no account here")


@pytest.mark.parametrize("javascript", [True, False])
def test_what_was_typed_is_not_lost_by_a_rest(
    browser: Browser, served: Served, windows: list[tuple[Page, Watch]], javascript: bool
) -> None:
    windows.append(open_page(browser, served.url, 390, javascript=javascript))
    page = windows[-1][0]
    come_in(page, served, "jonas")
    page.goto("/patients/new")
    named = f"Fern {7 + javascript}"
    page.get_by_label("Code").fill(named)
    served.do(RESTED)
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", name="Your password, once more")).to_be_visible()
    page.get_by_label("Your password").fill("not the one")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(
        page.get_by_role("heading", name=re.compile(named)).or_(page.get_by_text(named).first)
    ).to_be_visible()
    with clinics.opened(served.folder) as clinic, clinic.db.read() as conn:
        assert conn.execute("SELECT 1 FROM patient WHERE code = ?", (named,)).fetchone()


def test_a_warning_comes_before_the_rest(
    browser: Browser, served: Served, windows: list[tuple[Page, Watch]]
) -> None:
    windows.append(open_page(browser, served.url, 390))
    page = windows[-1][0]
    come_in(page, served, "claire")
    page.clock.install()
    page.goto("/patients/new")
    page.get_by_label("Code").fill("Half a thought")
    page.clock.fast_forward("13:10")
    expect(page.get_by_text("In two minutes this rests")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="I am still here").click()
    expect(page.get_by_text("In two minutes this rests")).to_be_hidden()
    page.clock.fast_forward("15:10")
    expect(page.get_by_text("This rests now")).to_be_visible()
    expect(page.get_by_label("Code")).to_have_value("Half a thought")
