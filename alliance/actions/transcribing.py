"""Type in what a patient answered on paper: twice, until two entries agree or were decided against the paper.

Whoever types sees the empty form and what they typed themselves; no score, no earlier answer, no patient. What is
said afterwards is the same whether the session had an answer already or not: that could be one that was held back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.actions import answering, spooling
from alliance.actions.answering import NOTHING_YET, OpenForm
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.actions.typed import Fields, Typed
from alliance.domain.access import NotFound, Permission
from alliance.domain.paper import Entry, PaperForm, Unfinished, read_number
from alliance.domain.people import Viewer
from alliance.domain.therapy import Audience
from alliance.storage import ground, responses, settings, transcriptions
from alliance.storage.database import Connection
from surveys.forms import Checked, check

UNREAD = (
    "This is no number of a form. Look at it once more: eight letters and figures, at the top of the paper"
)
NO_SUCH = "There is no form with this number that you could type in"
OWN = "You are this patient’s therapist. Somebody else types in what your own patients answer"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two people read differently: what each of them typed."""

    field: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A form before the one who types it in. `turn` is 1 or 2; 3 where two entries differ; 0 where it is closed."""

    form: PaperForm
    page: OpenForm
    ended: bool
    differences: Sequence[Difference] = ()

    @property
    def turn(self) -> int:
        return 0 if self.form.closed else len(self.form.entries) + 1


class LookAgain(Exception):
    """What was typed cannot be kept yet; nothing is lost."""

    def __init__(self, desk: Desk, checked: Checked, problem: str | None = None) -> None:
        super().__init__("the entry needs another look")
        self.desk = desk
        self.checked = checked
        self.problem = problem


def unfinished(clinic: Clinic, viewer: Viewer, now: datetime) -> list[Unfinished]:
    """The forms that somebody has begun to type in and that the viewer may go on with."""
    require(viewer, Permission.TRANSCRIBE)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        return transcriptions.unfinished(conn, viewer, today)


def find(clinic: Clinic, viewer: Viewer, typed: str, now: datetime) -> str:
    """The number of the form that somebody has before them. Raises Fault with what to do."""
    require(viewer, Permission.TRANSCRIBE)
    number = read_number(typed)
    if number is None:
        raise Fault(UNREAD, "number")
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        if transcriptions.is_of_own_patient(conn, viewer, number):
            raise Fault(OWN, "number")
        if transcriptions.form(conn, clinic.keyring, viewer, number, today) is None:
            raise Fault(NO_SUCH, "number")
    return number


def open_desk(clinic: Clinic, viewer: Viewer, number: str, now: datetime) -> Desk:
    """The form with this number. Raises NotFound for one that the viewer may not type in."""
    require(viewer, Permission.TRANSCRIBE)
    with clinic.db.read() as conn:
        return open_in(clinic, conn, viewer, number, now)


def open_in(clinic: Clinic, conn: Connection, viewer: Viewer, number: str, now: datetime) -> Desk:
    """The form with this number, in a transaction that is open. Raises NotFound."""
    told = settings.clinic_settings(conn)
    form = transcriptions.form(conn, clinic.keyring, viewer, number, told.today(now))
    if form is None:
        raise NotFound
    invitation = form.invitation
    instrument = clinic.library.get(invitation.instrument, invitation.version, invitation.language)
    page = OpenForm(invitation, instrument, told, (invitation.language,))
    differences = _differences(page, *form.entries[:2]) if not form.closed and len(form.entries) > 1 else ()
    ended = not form.closed and not form.entries and now >= invitation.expires_at + answering.PAPER_GRACE
    return Desk(form, page, ended, differences)


def type_in(
    clinic: Clinic, viewer: Viewer, number: str, *, attempt: str, fields: Fields, now: datetime
) -> Desk:
    """Take one entry. The second one that says the same is stored as the patient’s answer.

    The same page sent again counts once. Raises NotFound, or LookAgain for what the form does not allow.
    """
    require(viewer, Permission.TRANSCRIBE)
    typed = Typed.of(fields)
    with clinic.db.write() as conn:
        desk = open_in(clinic, conn, viewer, number, now)
        form, page = desk.form, desk.page
        if desk.turn not in (1, 2) or desk.ended or any(e.attempt_id == attempt for e in form.entries):
            _spool_again(clinic, conn, desk, attempt)
            return desk
        checked = _checked(page, typed)
        if not checked.ok:
            raise LookAgain(desk, checked)
        if not answering.says_anything(checked) and "blank" not in typed:
            raise LookAgain(desk, checked, NOTHING_YET)
        return take(clinic, conn, viewer, desk, attempt=attempt, typed=typed, now=now)


def decide(
    clinic: Clinic, viewer: Viewer, number: str, *, attempt: str, decided: Mapping[str, str], now: datetime
) -> Desk:
    """Store what stands on the paper where two entries differ: `decided` says it for each field, "" for nothing.

    Raises Fault while one of them is missing, and LookAgain for what the form does not allow.
    """
    require(viewer, Permission.TRANSCRIBE)
    with clinic.db.write() as conn:
        desk = open_in(clinic, conn, viewer, number, now)
        if desk.turn != 3:
            return desk
        typed = Typed.read(desk.form.entries[1].body or b"")
        for difference in desk.differences:
            if difference.field not in decided:
                raise Fault("Say for each of them what stands on the paper", difference.field)
            typed[difference.field] = [decided[difference.field]]
        checked = _checked(desk.page, typed)
        if not checked.ok:
            raise LookAgain(desk, checked)
        return take(clinic, conn, viewer, desk, attempt=attempt, typed=typed, now=now)


def take(
    clinic: Clinic, conn: Connection, viewer: Viewer, desk: Desk, *, attempt: str, typed: Typed, now: datetime
) -> Desk:
    """Keep an entry, in a transaction that is open; and store what two entries, or a decision, agree on."""
    number, decided = desk.form.number, desk.turn == 3
    _keep(clinic, conn, viewer, desk, attempt, typed, now)
    desk = open_in(clinic, conn, viewer, number, now)
    _spool(clinic, conn, desk, desk.form.entries[-1])
    if decided or (len(desk.form.entries) == 2 and not desk.differences):
        _store(clinic, conn, viewer, desk, typed, now)
    return open_in(clinic, conn, viewer, number, now)


def _spool(clinic: Clinic, conn: Connection, desk: Desk, entry: Entry) -> None:
    spooling.note(
        clinic,
        conn,
        "paper",
        desk.page.invitation.id,
        entry.attempt_id,
        entry.typed_at,
        form=ground.paper(conn, desk.page.invitation.id),
        turn=entry.turn,
        by=ground.person(conn, entry.staff_id),
        body=(entry.body or b"").decode("latin-1"),
    )


def _spool_again(clinic: Clinic, conn: Connection, desk: Desk, attempt: str) -> None:
    """The reply to an entry may have been lost before it was in the spool. What was let go of is among the attempts."""
    for entry in desk.form.entries:
        if entry.attempt_id == attempt and entry.body is not None:
            _spool(clinic, conn, desk, entry)


def _keep(
    clinic: Clinic, conn: Connection, viewer: Viewer, desk: Desk, attempt: str, typed: Typed, now: datetime
) -> None:
    invitation_id, turn = desk.page.invitation.id, desk.turn
    transcriptions.add_entry(
        conn,
        clinic.keyring,
        invitation_id,
        turn=turn,
        staff_id=viewer.staff_id,
        attempt_id=attempt,
        body=typed.body(),
        now=now,
    )
    # The trail of a session or a patient must not say that a paper came back: its answer may be held back.
    record(conn, viewer, "type in form", "invitation", invitation_id, now, {"turn": turn})


def _store(clinic: Clinic, conn: Connection, viewer: Viewer, desk: Desk, typed: Typed, now: datetime) -> None:
    """Hand the entry over as if the patient had sent it; earlier ones are kept beside it as attempts."""
    *earlier, last = desk.form.entries
    invitation = desk.page.invitation
    for entry in earlier:
        responses.keep_attempt(
            conn,
            clinic.keyring,
            invitation.id,
            attempt_id=answering.new_attempt(),
            body=entry.body or b"",
            counted=False,
            now=entry.typed_at,
        )
    # Whether it counts, or comes after another answer or too late, is nothing for whoever types.
    answering.accept(
        clinic,
        conn,
        desk.page,
        answering.new_attempt(),
        last.body or b"",
        _checked(desk.page, typed),
        now,
    )
    transcriptions.close(conn, invitation.id, now)
    who = {f"typed in {entry.turn}": entry.staff_id for entry in desk.form.entries}
    record(conn, viewer, "close form", "invitation", invitation.id, now, dict(who))


def _checked(page: OpenForm, typed: Typed) -> Checked:
    return check(page.instrument, typed, supervised=page.supervised)


_SPACE = re.compile(r"\s+")
_MARKS = str.maketrans("‘’“”„–", '\'\'"""-')


def _differences(page: OpenForm, first: Entry, second: Entry) -> list[Difference]:
    """Where two entries do not say the same; space and the shape of quotation marks make no difference."""
    one, two = (_checked(page, Typed.read(entry.body or b"")) for entry in (first, second))
    asked = [item.id for item in page.instrument.items]
    asked += [question.id for question in page.instrument.questions]
    return [
        Difference(name, one.shown.get(name, ""), two.shown.get(name, ""))
        for name in asked
        if _plain(name, one) != _plain(name, two)
    ]


def _plain(name: str, checked: Checked) -> str:
    said = checked.shown.get(name, "")
    if name == "audience":
        return said or Audience.BOTH.value
    return _SPACE.sub(" ", said.translate(_MARKS)).strip()
