"""Everything that a therapist can do, so that both clinics of a comparison can be asked for all of it."""

from __future__ import annotations

from alliance.storage.alerts import FIRST_APART
from tests.web import rights

# What a therapist can do with Elm 3 and Alder 14, by endpoint: the address and what is sent.
DOES: dict[str, list[tuple[str, dict[str, str]]]] = {
    "contacts.end": [("/patients/1/contact/end", {})],
    "contacts.keep": [
        (
            "/patients/{patient}/contact",
            {"answer": "nobody", "address": "rowan@home.example", "agreed": "y", "reminders": "y"},
        )
    ],
    "marks.add": [
        (
            "/patients/{patient}/marks",
            {"kind": "event", "event-starts_on": "2026-11-20", "event-what": "loss"},
        ),
        ("/patients/{patient}/marks", {"kind": "break", "break-starts_on": "2026-11-23"}),
    ],
    "marks.remove": [("/marks/1/remove", {}), ("/marks/9/remove", {})],
    "slips.make": [("/caseload/slips", {"session": "{session}"})],
    "slips.questionnaire": [("/sessions/{session}/paper", {})],
    "tablets.make_code": [("/sessions/{session}/codes", {"tablet": "1"})],
    "handing_over.put_away": [("/caseload/changes/1/put-away", {}), ("/caseload/changes/2/put-away", {})],
    "muting.mute": [("/patients/{patient}/mute", {"reason": "break", "until": "2026-12-20"})],
    "muting.unmute": [("/patients/{patient}/unmute", {})],
    "own_views.ask_first": [("/account/own-view-first", {"wanted": "yes"})],
    "own_views.give": [
        ("/sessions/{session}/own-view", {"safe": "7", "held": "2", "noticed": "no"}),
        ("/sessions/{session}/own-view", {"safe": "9"}),
        ("/sessions/1/own-view", {"safe": "9"}),
    ],
    "own_views.show_now": [("/sessions/{session}/show-now", {})],
    "patients.answer_alert": [
        ("/alerts/1", {"outcome": "talked", "how": "asked", "talked_number": "8"}),
        (f"/alerts/{FIRST_APART + 1}", {"outcome": "later"}),
        ("/alerts/3", {"outcome": "later"}),
    ],
    "sharing.end": [("/patients/{patient}/shares/1/end", {})],
    "sharing.show": [("/patients/{patient}/share", {"question": "What did I miss?"})],
    "therapist.add_patient": [
        (
            "/patients/new",
            {"code": "Fir 8", "instrument": "pulse", "language": "en", "starts_on": "2026-11-20"},
        )
    ],
    "therapist.change_form": [
        ("/patients/{patient}/form", {"instrument": "pulse", "language": "de"}),
        ("/patients/{patient}/form", {"instrument": "after-session", "language": "en"}),
    ],
    "therapist.add_session": [("/patients/{patient}/sessions/new", {"held_on": "2026-11-20", "next_on": ""})],
    "therapist.answer_here": [("/sessions/{session}/answer-here", {})],
    "therapist.issue_link": [("/sessions/{session}/links", {}), ("/sessions/1/links", {})],
    "tokens.make": [("/account/tokens", {"name": "Registry", "scopes": "observations", "days": "30"})],
    "tokens.end": [("/account/tokens/2/end", {})],
    **rights.DOES,
}
