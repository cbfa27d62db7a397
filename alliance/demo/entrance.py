"""The ways into a made-up clinic: sign-ins for its staff, and forms that wait for an answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from alliance.actions import accounts, authenticators, caseload
from alliance.actions.clinic import Clinic
from alliance.demo.cast import CASELOADS, STAFF
from alliance.demo.clinic import viewers
from alliance.demo.script import last_weekday
from alliance.domain.people import Role, Viewer
from alliance.domain.therapy import Channel
from alliance.domain.trend import Trend


@dataclass(frozen=True, slots=True)
class Account:
    """How one of the made-up staff signs in."""

    name: str
    role: str
    email: str
    password: str


def new_password() -> str:
    """A random password of 19 characters that is easy to type over: 80 bits."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def let_in(clinic: Clinic, now: datetime) -> list[Account]:
    """Give everybody a new random password, therapists first; whatever password there was before ends."""
    let = []
    people = viewers(clinic)
    for player in sorted(STAFF, key=lambda player: player.role is not Role.THERAPIST):
        if player.key not in people:
            continue
        password = new_password()
        token = accounts.invite_again(clinic, people[player.key].staff_id, now, actor="system")
        accounts.accept_invitation(clinic, token, password, now)
        authenticators.reset(clinic, people[player.key].staff_id, now, actor="system")
        let.append(Account(player.name, player.role.value, player.email, password))
    return let


def fresh_links(clinic: Clinic, now: datetime) -> list[str]:
    """Addresses of forms that wait to be answered, about sessions held today or on the last weekday.

    They belong to patients whose course is steady, so that a low answer raises a question.
    """
    people = viewers(clinic)
    links = []
    for therapist, parts in CASELOADS.items():
        if therapist not in people:
            continue
        viewer = people[therapist]
        trends = {trend.dyad.patient.code: trend for trend in caseload.own_trends(clinic, viewer, now)}
        for part in parts:
            if part.fresh_link and part.code in trends:
                session_id = _waiting(clinic, people, viewer, trends[part.code], now)
                token = caseload.issue_link(clinic, viewer, session_id, channel=Channel.LINK, now=now)
                links.append(f"{clinic.config.public_url}/a/{token}")
    return links


def _waiting(
    clinic: Clinic, people: dict[str, Viewer], therapist: Viewer, trend: Trend, now: datetime
) -> int:
    """The id of a session of the last weekday whose form has not come back; one is held if need be."""
    held_on = last_weekday(clinic.settings().today(now))
    last = trend.points[-1]
    if last.held_on == held_on and not last.answered and not _held_back(clinic, people, last.session_id, now):
        return last.session_id
    session = caseload.add_session(
        clinic,
        therapist,
        trend.dyad.patient.id,
        held_on=held_on,
        next_on=held_on + timedelta(days=7),
        now=now,
    )
    return session.id


def _held_back(clinic: Clinic, people: dict[str, Viewer], session_id: int, now: datetime) -> bool:
    """Whether what looks unanswered to the therapist was answered for the supervisor’s eyes only."""
    overseers = [people[player.key] for player in STAFF if player.supervises and player.key in people]
    return any(caseload.open_session(clinic, overseer, session_id, now).answered for overseer in overseers)
