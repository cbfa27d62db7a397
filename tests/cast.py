"""The same people in every test, made by the product's own acts.

Alder 14 is Jonas Berg's patient. Miriam Osei supervises Jonas, Ruth Adler supervises Claire Dubois. Erik Lund
was Alder 14's therapist before; Dana Reed's account is closed; Tomasz Nowak looks after accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pyotp
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from alliance.actions import accounts, answering, caseload, second_step, signing_in
from alliance.actions.backing_off import Browser
from alliance.actions.clinic import Clinic
from alliance.actions.signing_in import NOWHERE
from alliance.domain.people import Dyad, Role, Viewer
from alliance.domain.therapy import Channel
from alliance.storage import second_factors
from alliance.web import sessions
from tests.page import Page, PageClient, page_client

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # a Friday morning
PASSWORD = "a quiet morning in November"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of everybody's authenticator app

STAFF: Mapping[str, tuple[str, Role]] = {
    "miriam": ("Miriam Osei", Role.SUPERVISOR),
    "ruth": ("Ruth Adler", Role.SUPERVISOR),
    "jonas": ("Jonas Berg", Role.THERAPIST),
    "claire": ("Claire Dubois", Role.THERAPIST),
    "erik": ("Erik Lund", Role.THERAPIST),
    "dana": ("Dana Reed", Role.THERAPIST),
    "tomasz": ("Tomasz Nowak", Role.ADMIN),
}
SUPERVISED = {"jonas": "miriam", "claire": "ruth"}


@dataclass(frozen=True)
class Story:
    """One patient of the cast: the ids of their pages, and the token of a link that waits for an answer."""

    patient_id: int
    session_id: int
    alert_id: int
    token: str


@dataclass(frozen=True)
class Cast:
    """Who is there. `ids` maps the first names above to ids of staff."""

    clinic: Clinic
    ids: dict[str, int] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)

    def viewer(self, who: str) -> Viewer:
        """One of them, who has just signed in."""
        name, role = STAFF[who]
        return Viewer(self.ids[who], name, frozenset({role}), NOW)

    @property
    def alder(self) -> Story:
        return self.stories["Alder 14"]


def address(who: str) -> str:
    """Where a member of the cast gets mail."""
    return f"{who}@clinic.example"


def make_cast(clinic: Clinic) -> Cast:
    """Everybody, and Alder 14 with six sessions: five good ones answered, then one that asks a question."""
    cast = Cast(clinic)
    for who, (name, role) in STAFF.items():
        hire(cast, who, name, role)
    former(cast, "erik", story(cast, "jonas", "Alder 14"))
    story(cast, "claire", "Birch 2")
    accounts.disable(clinic, cast.ids["dana"], NOW, actor=cast.viewer("tomasz"))
    return cast


def hire(cast: Cast, who: str, name: str, role: Role) -> int:
    """Invite somebody, who accepts."""
    supervisors = [cast.ids[SUPERVISED[who]]] if who in SUPERVISED else []
    token = accounts.invite(
        cast.clinic,
        name=name,
        email=address(who),
        roles=[role],
        supervised_by=supervisors,
        now=NOW - timedelta(days=100),
        actor="command",
    )
    person = accounts.accept_invitation(cast.clinic, token, PASSWORD, NOW - timedelta(days=100))
    with cast.clinic.db.write() as conn:
        second_factors.set_up(
            conn, cast.clinic.keyring, person.id, SECRET, last_step=0, at=NOW - timedelta(days=100)
        )
    cast.ids[who] = person.id
    return person.id


def add_patient(
    cast: Cast, code: str, instrument: str = "after-session", who: str = "jonas", at: datetime = NOW
) -> Dyad:
    """A new patient without sessions."""
    return caseload.add_patient(
        cast.clinic,
        cast.viewer(who),
        code=code,
        language="en",
        instrument=instrument,
        starts_on=at.date(),
        now=at,
    )


def story(cast: Cast, therapist: str, code: str) -> Story:
    """A patient with a course that ends in a question, and one more session whose form is out."""
    viewer, clinic = cast.viewer(therapist), cast.clinic
    first = NOW - timedelta(days=49)
    dyad = add_patient(cast, code, who=therapist, at=first)
    session_id, token = 0, ""
    for week, level in enumerate((8, 9, 8, 9, 8, 9, 3, None)):
        at = first + timedelta(days=7 * week)
        session_id, token = hold(cast, viewer, dyad.patient.id, at)
        if level is not None:
            answer(clinic, token, at + timedelta(hours=1), level)
    with clinic.db.read() as conn:
        row = conn.execute("SELECT max(id) AS id FROM alert WHERE dyad_id = ?", (dyad.id,)).fetchone()
    told = Story(dyad.patient.id, session_id, row["id"], token)
    cast.stories[code] = told
    return told


def hold(cast: Cast, viewer: Viewer, patient_id: int, at: datetime) -> tuple[int, str]:
    """Hold a session and make a link for it: the session's id and the link's token."""
    session = caseload.add_session(cast.clinic, viewer, patient_id, held_on=at.date(), next_on=None, now=at)
    return session.id, caseload.issue_link(cast.clinic, viewer, session.id, channel=Channel.LINK, now=at)


def answer(clinic: Clinic, token: str, at: datetime, level: int, **more: str) -> None:
    """Answer like somebody to whom the session was worth `level` of 10."""
    instrument = clinic.library.get("after-session")
    worse = {scale.id for scale in instrument.scales if scale.higher_is == "worse"}
    form = MultiDict(
        {item.id: str(10 - level if item.scale in worse else level) for item in instrument.items}
    )
    form.update({"audience": "both", **more})
    answering.submit(clinic, token, attempt=answering.new_attempt(), body=b"made up", form=form, now=at)


def former(cast: Cast, who: str, told: Story) -> None:
    """Let somebody have been the patient's therapist once: by hand, as no act ends a dyad yet."""
    with cast.clinic.db.write() as conn:
        conn.execute(
            "INSERT INTO dyad (patient_id, therapist_id, starts_on, ends_on) VALUES (?, ?, ?, ?)",
            (told.patient_id, cast.ids[who], date(2025, 1, 10).isoformat(), date(2026, 6, 1).isoformat()),
        )


def sign_in(client: PageClient, who: str, password: str = PASSWORD) -> PageClient:
    """Sign in through the page, as a person would."""
    form = client.page("/sign-in").form("Sign in")
    response = client.submit(form, {"email": address(who), "password": password})
    assert response.status_code == 303, f"{who} is not let in"
    if response.headers["Location"].startswith("/sign-in/code"):
        response = second(client, response.headers["Location"])
        assert response.status_code in (200, 303), f"{who} is not let in with a code"
    return client


def second(client: PageClient, where: str) -> TestResponse:
    """Do the second step, be it a code or, at a first sign-in, an app to be set up."""
    wait_for_code(client.application.extensions["clinic"])
    arrived = client.get(where, follow_redirects=True)
    page: Page = arrived.page  # type: ignore[attr-defined]
    if page.address.startswith("/sign-in/set-up"):
        secret = page.root.find("code").text  # type: ignore[union-attr]
        return client.submit(page.form("Set up and sign in"), {"code": code(datetime.now(UTC), secret)})
    return client.submit(page.form("Sign in"), {"code": code(datetime.now(UTC))})


def code(at: datetime, secret: str = SECRET) -> str:
    """What an authenticator app shows: everybody's, or one with this key."""
    return pyotp.TOTP("".join(secret.split())).at(at)


def wait_for_code(clinic: Clinic) -> None:
    """The clock stands still in tests, and a code works once: let the half minute be a new one."""
    with clinic.db.write() as conn:
        conn.execute("UPDATE totp SET last_step = 0")


def enter(clinic: Clinic, who: str, at: datetime = NOW, browser: Browser = NOWHERE) -> str:
    """The raw id of a session, by the acts behind the pages."""
    raw_id = signing_in.sign_in(clinic, address(who), PASSWORD, at, browser)
    assert raw_id is not None, f"{who} is not let in"
    wait_for_code(clinic)
    return second_step.enter_code(clinic, raw_id, code(at), at, browser)


def fresh(viewer: Viewer, at: datetime) -> Viewer:
    """Somebody who has just shown who they are."""
    return replace(viewer, confirmed_at=at)


def signed_in(app: Flask, who: str) -> PageClient:
    """A judging test client of one's own, signed in."""
    client = page_client(app)
    raw_id = enter(app.extensions["clinic"], who, datetime.now(UTC))
    with client.session_transaction() as session:
        session[sessions.SID] = raw_id
    return client
