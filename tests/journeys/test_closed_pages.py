"""The pages of a bad day: a clinic whose database is damaged, and a form that was sent to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import Models
from tests.faults.test_closed import damage, served
from tests.journeys.look import axe, fits, open_page, shot
from tests.journeys.test_every_page import look

SENT = {"form": "after-session 1.0", "attempt": "a" * 22, "safe": "3", "comment": "It was hard."}
# As the page would that was open when it happened.
SEND = """fields => {
  const form = Object.assign(document.createElement("form"), { method: "post" });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def closed(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a clinic whose database is damaged."""
    folder = Path(shutil.copytree(models.staged, tmp_path_factory.mktemp("closed") / "clinic"))
    damage(folder / "clinic.db", "cut off")
    with served(folder) as (_, url):
        yield url


@look
def test_the_pages_of_a_clinic_that_is_closed(
    browser: Browser, closed: str, width: int, dark: bool, request: pytest.FixtureRequest
) -> None:
    page, watch = open_page(browser, closed, width, dark=dark)

    def judge(name: str, heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        axe(page, only_colour=dark)
        fits(page)
        shot(page, f"{name}-{request.node.callspec.id}")

    page.goto("/caseload")
    judge("closed-staff", "The clinic’s records are being put back in order")
    page.goto("/a/some-link")
    judge("closed-patient", "This cannot be shown just now")
    page.evaluate(SEND, SENT)
    judge("closed-not-saved", "We could not save this just now.")
    with page.expect_request(lambda sent: sent.method == "POST") as again:
        page.get_by_role("button", name="Send my answers again").click()
    assert "It+was+hard." in (again.value.post_data or "")
    page.context.close()
    assert watch.faults() == []
