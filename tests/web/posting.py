"""What the tests of the pages do over and over: hold a session, post a questionnaire, look at what was kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from alliance.actions import caseload
from alliance.actions.clinic import Clinic
from alliance.domain.people import Dyad
from alliance.domain.therapy import Audience
from alliance.storage import responses
from tests.cast import NOW, Cast, add_patient, answer, hold
from tests.page import Page, PageClient

BETTER = ("safe", "free", "myself", "heard", "felt", "sense", "team", "say", "useful")
WORSE = ("held", "hurt", "leave")
ITEMS = (*BETTER, *WORSE)
GOOD: Mapping[str, str] = {**dict.fromkeys(BETTER, "8"), **dict.fromkeys(WORSE, "1")}
ATTEMPT = "the-attempt-of-one-page"


def link(cast: Cast, patient_id: int | None = None, who: str = "jonas") -> str:
    """The token of a link for a session held just now."""
    return hold(cast, cast.viewer(who), patient_id or cast.alder.patient_id, NOW)[1]


@dataclass(frozen=True)
class Told:
    """A patient with a course that was told in `course`: the ids of the sessions, oldest first."""

    dyad: Dyad
    sessions: Sequence[int]

    @property
    def path(self) -> str:
        return f"/patients/{self.dyad.patient.id}"


def course(
    cast: Cast, code: str, *levels: int | None, who: str = "jonas", last: Mapping[str, str] | None = None
) -> Told:
    """A new patient, one session a week up to this one, each worth so much of 10; None: no form came back.

    `last` is what the form of the last session says besides.
    """
    first = NOW - timedelta(days=7 * max(len(levels) - 1, 0))
    dyad = add_patient(cast, code, who=who, at=first)
    sessions = []
    for week, level in enumerate(levels):
        at = first + timedelta(days=7 * week)
        session_id, token = hold(cast, cast.viewer(who), dyad.patient.id, at)
        sessions.append(session_id)
        if level is not None:
            answer(cast.clinic, token, at, level, **(last or {} if week == len(levels) - 1 else {}))
    return Told(dyad, sessions)


def next_session(cast: Cast, patient_id: int, day: date | None, who: str = "jonas") -> None:
    """Hold a session today, and say when the next one is."""
    caseload.add_session(cast.clinic, cast.viewer(who), patient_id, held_on=NOW.date(), next_on=day, now=NOW)


def supervise(cast: Cast, supervisor: str, therapist: str = "jonas") -> None:
    """Let somebody supervise this therapist from today on: by hand, as no act does it yet."""
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO supervision (supervisor_id, therapist_id, starts_on) VALUES (?, ?, ?)",
            (cast.ids[supervisor], cast.ids[therapist], NOW.date().isoformat()),
        )


def end_supervision(cast: Cast, therapist: str = "jonas") -> None:
    """From today on nobody supervises this therapist."""
    with cast.clinic.db.write() as conn:
        conn.execute(
            "UPDATE supervision SET ends_on = ? WHERE therapist_id = ?",
            (NOW.date().isoformat(), cast.ids[therapist]),
        )


def post(
    client: PageClient, token: str, fields: Mapping[str, Any] | None = None, **more: Any
) -> TestResponse:
    """Post a questionnaire as its page would; `fields` and `more` come on top, None leaves a field out."""
    data = {"form": "after-session 1.0", "attempt": ATTEMPT, "audience": "both", **GOOD}
    data |= {**(fields or {}), **more}
    body = urlencode({name: value for name, value in data.items() if value is not None}, doseq=True)
    return post_raw(client, token, body.encode())


def post_raw(
    client: PageClient, token: str, body: bytes, content_type: str = "application/x-www-form-urlencoded"
) -> TestResponse:
    """Post these very bytes."""
    return client.post(f"/a/{token}", data=body, content_type=content_type)


def page_of(response: TestResponse) -> Page:
    """The page that came with a response."""
    page: Page = response.page  # type: ignore[attr-defined]
    return page


@dataclass(frozen=True)
class Kept:
    """A response as it is stored."""

    answers: Mapping[str, int]
    comment: str
    audience: str
    talked: str | None
    wants_help: bool


def kept(clinic: Clinic) -> Kept | None:
    """The newest response of the clinic, as it is stored."""
    with clinic.db.read() as conn:
        row = conn.execute("SELECT * FROM response ORDER BY id DESC LIMIT 1").fetchone()
        answers = conn.execute("SELECT item, value FROM answer WHERE response_id = ?", (row["id"],))
        comment = (
            clinic.keyring.open(row["comment"], responses.where_comment(row["id"])).decode()
            if row["comment"] is not None
            else ""
        )
        return Kept(
            answers={answer["item"]: answer["value"] for answer in answers},
            comment=comment,
            audience=Audience(row["audience"]).value,
            talked=row["talked"],
            wants_help=bool(row["wants_help"]),
        )


def count(clinic: Clinic, table: str) -> int:
    """How many rows a table has."""
    with clinic.db.read() as conn:
        return int(conn.execute(f"SELECT count(*) AS n FROM {table}").fetchone()["n"])


def last_detail(clinic: Clinic) -> Any:
    """What the newest line of the trail says beside who did what."""
    with clinic.db.read() as conn:
        row = conn.execute("SELECT detail FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return json.loads(row["detail"] or "{}")


def numbers(page: Page) -> Mapping[str, list[str]]:
    """The table of all numbers: one row a session, by session number."""
    return {row[0]: row[1:] for row in page.tables[0][1:]}


def answers(page: Page) -> Mapping[str, list[str]]:
    """The table of every answer: one row a sentence, newest session first."""
    return {row[0]: row[1:] for row in page.tables[1][1:]}
