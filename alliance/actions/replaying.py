"""Put back from the spool what a database does not have: through the same code that took it at first.

Whatever is there already changes nothing, so that replaying twice, or half and then whole, comes to the same.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from alliance.actions import answering, disputing, saying_more, transcribing
from alliance.actions.clinic import Clinic, Unavailable
from alliance.actions.detecting import Detector
from alliance.actions.following_up import monthly_after, ticks_after
from alliance.actions.trail import record_by
from alliance.actions.typed import Posted, Typed
from alliance.domain.access import NotFound
from alliance.domain.follow_up import Kind
from alliance.domain.people import Role, Viewer
from alliance.domain.therapy import Audience
from alliance.storage import follow_ups, ground, responses, sessions, settings, spool
from alliance.storage.database import Connection, IntegrityError
from alliance.storage.erased import Patient
from alliance.storage.ground import Elsewhere
from surveys.forms import check

log = logging.getLogger(__name__)

Watch = Callable[[Sequence[Path]], Iterable[Path]]


class Came(StrEnum):
    """What became of one record."""

    BACK = "back"
    THERE = "there"
    ASIDE = "aside"
    ERASED = "erased"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many records were put back, were there, were kept aside without counting, are of somebody erased, could
    not be placed, were damaged; and of those that could not be placed, why.
    """

    back: int = 0
    there: int = 0
    aside: int = 0
    erased: int = 0
    lost: int = 0
    damaged: int = 0
    why: tuple[str, ...] = ()


class NoPlace(Exception):
    """A record that cannot be put back. The message ends a sentence that begins with what it is."""


def replay(
    clinic: Clinic, folder: Path, erased: Collection[Patient], now: datetime, watch: Watch = iter
) -> Replayed:
    """Put back all that the segments in `folder` hold and the database does not, each in a transaction of its own.

    Raises SealBroken where the key ring lacks a key, and Unavailable; what was put back before stays.
    """
    came: Counter[Came] = Counter()
    damaged, waiting = 0, []
    for path in watch(spool.segments(folder)):
        segment = spool.read(path, clinic.keyring)
        damaged += segment.damaged
        waiting += _pass(clinic, map(json.loads, segment.records), erased, came)
    # A clock that was set back puts what belongs together in the wrong order; what waits for another comes after it.
    while len(again := _pass(clinic, [record for record, _ in waiting], erased, came)) < len(waiting):
        waiting = again
    came[Came.LOST] = len(waiting)
    why = [
        f"{record['kind']} of {record['at'][:16].replace('T', ' ')} UTC: {error}" for record, error in waiting
    ]
    done = Replayed(
        back=came[Came.BACK],
        there=came[Came.THERE],
        aside=came[Came.ASIDE],
        erased=came[Came.ERASED],
        lost=came[Came.LOST],
        damaged=damaged,
        why=tuple(why),
    )
    if done.back or done.aside or done.lost:
        with clinic.db.write() as conn:
            counts = {one.value: came[one] for one in Came} | {"damaged": damaged}
            record_by(conn, "command", "replay spool", None, None, now, dict(counts))
    return done


def _pass(
    clinic: Clinic, records: Iterable[Mapping[str, Any]], erased: Collection[Patient], came: Counter[Came]
) -> list[tuple[Mapping[str, Any], Exception]]:
    """Put back what can be put back now; what cannot, with the reason."""
    left: list[tuple[Mapping[str, Any], Exception]] = []
    for record in records:
        try:
            came[_put_back(clinic, record, erased)] += 1
        except (Elsewhere, IntegrityError, LookupError, NoPlace, NotFound, answering.NotYet) as error:
            log.warning("one record of the spool could not be put back: %s", error)
            left.append((record, error))
    return left


def _put_back(clinic: Clinic, record: Mapping[str, Any], erased: Collection[Patient]) -> Came:
    patient = record["ground"]["patient"]
    if (patient["id"], patient["created_at"]) in erased:
        return Came.ERASED
    at = datetime.fromisoformat(record["at"])
    with clinic.db.write() as conn:
        session = record["ground"]["therapy_session"]
        if "therapy_session" in ground.lay(conn, record["ground"]) and session["number"] > 1:
            # As when it was held: a form of the session before that had not come back then was a silence.
            held_at = datetime.fromisoformat(session["created_at"])
            Detector(clinic.library).catch_up(conn, session["dyad_id"], session["number"] - 1, held_at)
        return KINDS[record["kind"]](clinic, conn, record, at)


def _answer(clinic: Clinic, conn: Connection, record: Mapping[str, Any], at: datetime) -> Came:
    if responses.attempt_body(conn, clinic.keyring, record["key"]) is not None:
        return Came.THERE
    hashed = sessions.hash_of(conn, record["ground"]["invitation"]["id"])
    page = answering.behind(clinic, conn, hashed, at, record["language"])
    form = Posted.of(record["fields"])
    # It was held back when it came in; who reads it now has to be seen to by an administrator.
    supervised = page.supervised or form.get("audience") == Audience.SUPERVISOR.value
    checked = check(page.instrument, form, supervised=supervised)
    turned_away = answering.accept(clinic, conn, page, record["key"], _body(record), checked, at)
    if turned_away is None:
        return Came.BACK
    if isinstance(turned_away, answering.NotYet):
        raise turned_away
    return Came.ASIDE


def _follow_up(clinic: Clinic, conn: Connection, record: Mapping[str, Any], at: datetime) -> Came:
    if follow_ups.body(conn, clinic.keyring, record["key"]) is not None:
        return Came.THERE
    response_id = follow_ups.response_of(conn, record["answer"])
    if response_id is None:
        raise NoPlace("the answer that it belongs to is not there")
    kind, (instrument, version) = Kind(record["what"]), record["offered"]
    told = settings.clinic_settings(conn)
    after = follow_ups.after(conn, response_id, told.today(at))
    if after is not None and kind not in after.offers:
        follow_ups.offer(
            conn, response_id, kind, instrument=instrument, version=version, now=after.received_at
        )
        after = follow_ups.after(conn, response_id, told.today(at))
    if after is None:
        raise NoPlace("the answer that it belongs to is not there")
    counted = not after.offers[kind].answered
    sent, body, language = Posted.of(record["fields"]), _body(record), record["language"]
    if kind is Kind.CHECKLIST:
        ticks = ticks_after(clinic, told, after, "", at, language)
        saying_more.take_ticks(clinic, conn, ticks, attempt=record["key"], body=body, form=sent, now=at)
    else:
        month = monthly_after(clinic, told, after, "", at, language)
        saying_more.take_monthly(clinic, conn, month, attempt=record["key"], body=body, form=sent, now=at)
    return Came.BACK if counted else Came.ASIDE


def _paper(clinic: Clinic, conn: Connection, record: Mapping[str, Any], at: datetime) -> Came:
    ground.lay_person(conn, record["by"])
    ground.lay_paper(conn, record["form"])
    viewer = Viewer(record["by"]["id"], record["by"]["name"], frozenset({Role.ADMIN}))
    desk = transcribing.open_in(clinic, conn, viewer, record["form"]["number"], at)
    if desk.turn == 0 or any(entry.attempt_id == record["key"] for entry in desk.form.entries):
        return Came.THERE
    if desk.turn != record["turn"]:
        raise NoPlace("the entry before it is not there")
    transcribing.take(
        clinic, conn, viewer, desk, attempt=record["key"], typed=Typed.read(_body(record)), now=at
    )
    return Came.BACK


def _dispute(clinic: Clinic, conn: Connection, record: Mapping[str, Any], at: datetime) -> Came:
    hashed = sessions.hash_of(conn, record["ground"]["invitation"]["id"])
    invitation = answering.behind(clinic, conn, hashed, at).invitation
    if not invitation.answered:
        raise NoPlace("the answer that it belongs to is not there")
    marked = disputing.mark(conn, invitation.session_id, invitation.id, invitation.channel, at)
    return Came.BACK if marked else Came.THERE


def _body(record: Mapping[str, Any]) -> bytes:
    return str(record["body"]).encode("latin-1")


KINDS = {"answer": _answer, "follow-up": _follow_up, "paper": _paper, "dispute": _dispute}

__all__ = ["Came", "Replayed", "Unavailable", "replay"]
