"""The safe-contact page filled in, and the stop link from the phone of somebody who reads another language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from alliance.actions import clinic as clinics
from alliance.actions.tokens import new_token, token_hash
from alliance.storage import contacts, mails
from tests.journeys.conftest import PageAt
from tests.journeys.look import axe, fits, new_patient, shot
from tests.server import Demo

LOOKS = pytest.mark.parametrize(
    ("width", "dark"), [(320, False), (360, True), (1280, False)], ids=["narrow", "phone-dark", "desk"]
)


def stop_link(demo: Demo, language: str) -> str:
    """The token of a stop link that a patient of the demo could have got, had it sent mail."""
    token, now = new_token(), datetime.now(UTC)
    with clinics.open_clinic(demo.folder / "clinic") as clinic, clinic.db.write() as conn:
        row = conn.execute(
            "SELECT s.id, s.dyad_id, d.patient_id FROM therapy_session AS s JOIN dyad AS d ON d.id = s.dyad_id"
            " WHERE NOT EXISTS (SELECT 1 FROM mail AS m WHERE m.session_id = s.id) ORDER BY s.id LIMIT 1"
        ).fetchone()
        conn.execute("UPDATE patient SET language = ? WHERE id = ?", (language, row["patient_id"]))
        contacts.end(conn, row["dyad_id"], contacts.EndedBy.ASKED_AGAIN, now)
        contact = contacts.add(
            conn,
            clinic.keyring,
            row["dyad_id"],
            address="rowan@home.example",
            reminders=True,
            asked_on=now.date() - timedelta(days=1),
        )
        due = mails.Due(contact, row["id"], "after-session", language, None, None, "invitation")
        offered = conn.execute("SELECT id FROM invitation WHERE session_id = ?", (row["id"],)).fetchone()[
            "id"
        ]
        mails.begin(
            conn,
            due,
            invitation_id=offered,
            message_id=f"<{token}@home.example>",
            stop_hash=token_hash(token),
            now=now,
        )
    return token


@LOOKS
@pytest.mark.parametrize("language", ["en", "ar"])
def test_somebody_stops_the_messages(
    page_at: PageAt, demo_server: Demo, width: int, dark: bool, language: str, request: pytest.FixtureRequest
) -> None:
    page = page_at(width, dark=dark, javascript=language == "en")
    page.goto(f"/stop/{stop_link(demo_server, language)}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    for moment in ("asked", "stopped"):
        if language == "en":  # axe is a script
            axe(page)
        fits(page)
        shot(page, f"stop-{moment}-{request.node.callspec.id}")
        box = page.get_by_role("button").bounding_box() if moment == "asked" else None
        assert box is None or box["height"] >= 44
        if moment == "asked":
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.get_by_role("button")).to_have_count(0)


@LOOKS
def test_a_therapist_goes_through_the_page_with_the_patient(
    signed_in: PageAt, width: int, dark: bool, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.id
    page = signed_in("therapist", width, dark=dark)
    _, patient = new_patient(page)
    page.goto(f"{patient}/contact")
    page.get_by_label("No, nobody").check()
    page.get_by_label("2. To which address?").fill("rowan@home.example")
    page.get_by_role("button", name="Keep what").click()
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
    fits(page)
    shot(page, f"contact-with-a-problem-{kind}")
    page.get_by_label("3. May we write").check()
    page.get_by_label("4. May we write").check()
    page.get_by_role("button", name="Keep what").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.get_by_text("said yes on")).to_be_visible()
    axe(page)
    fits(page)
    shot(page, f"contact-kept-{kind}")
    page.get_by_role("button", name="End this").click()
    expect(page.get_by_text("Nothing is sent.", exact=False).first).to_be_visible()
    expect(page.get_by_text("rowan@home.example")).to_have_count(0)
