"""Keep the detector in step with a dyad's sessions, and turn what it reads into alerts.

Two tracks. `shared` knows what the therapist may know: a response held back reads there as no response.
`full` begins with the first response that is held back; supervisors see it. Most dyads never need it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.analysis.odds import Held
from alliance.analysis.track import EpisodeState, Level, Reading, Track
from alliance.domain.alerts import Alert
from alliance.domain.ledger import AlertStatus, Kind, acknowledged, decided, set_right
from alliance.domain.therapy import Audience
from alliance.domain.wording import Said, alert_sentence
from alliance.storage import alerts, ledger, priors, readings, responses, sessions
from alliance.storage.database import Connection
from alliance.storage.readings import TrackName
from surveys.definition import Instrument
from surveys.library import Library

# The lowest answer to a rupture item that a sentence quotes, as a share of the response range.
WORTH_QUOTING = 0.3


@dataclass(frozen=True, slots=True)
class Detector:
    """What it takes to read a dyad besides its sessions: the questionnaires' words, for sentences."""

    library: Library

    def note(
        self, conn: Connection, dyad_id: int, news: Held, now: datetime, *, held_back: bool = False
    ) -> None:
        """Take in what became of one session: its response, which is in the database, or that none will come.

        A session after those already read is one step; a late one replays the dyad's course.
        """
        tracks = readings.tracks(conn, dyad_id)
        shared, full = tracks.get("shared"), tracks.get("full")
        upto = max(news.number, shared.last_number if shared else 0)
        if not held_back:
            made = self._follow(conn, dyad_id, "shared", shared, news, upto, now)
            self._raise(conn, dyad_id, Audience.BOTH, made, now)
        # An answer held back is no news to the shared track, not even that it came: like any session without a
        # form, it is read there when the next one is held.
        if full is None and not held_back:
            return
        upto = max(upto, full.last_number if full else 0)
        known = self._follow(conn, dyad_id, "full", full, news, upto, now)
        if full is None:  # until now the two tracks were one, and so were their alerts
            known = known.since(news.number)
        self._raise(conn, dyad_id, Audience.SUPERVISOR, known, now, told=_asked(conn, dyad_id))

    def take_history(self, conn: Connection, dyad_id: int, upto: int, now: datetime) -> None:
        """Take in what was rated before this clinic asked, up to this number: the course is read from its beginning.

        What was rated before asks nothing. Questions about sessions here follow the new readings as with any late
        answer: what somebody has acknowledged stays.
        """
        tracks = readings.tracks(conn, dyad_id)
        shared, full = tracks.get("shared"), tracks.get("full")
        if shared is None and not responses.held(conn, dyad_id, 1, upto, full=False):
            return  # sessions were held, and nothing is known of them
        first = Held(1, answered=False)
        made = self._follow(
            conn, dyad_id, "shared", shared, first, max(upto, shared.last_number if shared else 0), now
        )
        self._raise(conn, dyad_id, Audience.BOTH, made, now)
        if full is not None:
            known = self._follow(conn, dyad_id, "full", full, first, max(upto, full.last_number), now)
            self._raise(conn, dyad_id, Audience.SUPERVISOR, known, now, told=_asked(conn, dyad_id))

    def catch_up(self, conn: Connection, dyad_id: int, number: int, now: datetime) -> None:
        """Read up to session `number` if that has not been done: no form came back, and the next was held."""
        shared = readings.tracks(conn, dyad_id).get("shared")
        if (shared is None or shared.last_number < number) and sessions.offered(conn, dyad_id, number):
            self.note(conn, dyad_id, Held(number, answered=False), now)

    def _follow(
        self,
        conn: Connection,
        dyad_id: int,
        name: TrackName,
        track: Track | None,
        news: Held,
        upto: int,
        now: datetime,
    ) -> _Made:
        """Read what this track has not read yet; with news that came late, everything anew.

        Each session is read with the prior that counted when it was first read.
        """
        last = track.last_number if track else 0
        late = news.number <= last
        past = readings.priors(conn, dyad_id, name) if late else {}
        prior_of = _Priors(conn, past)
        if track is not None and news.number == last + 1:
            held = [news]
        else:
            first = 1 if late or track is None else last + 1
            held = responses.held(conn, dyad_id, first, upto, full=name == "full")
        if late or track is None:
            track = Track.start(prior_of(held[0].number).prior)
        made = [track.advance(prior_of(session.number).prior, session) for session in held]
        readings.save(conn, dyad_id, name, track, made, lambda number: prior_of(number).id, now, afresh=late)
        return _Made(made, afresh=late)

    def _raise(
        self,
        conn: Connection,
        dyad_id: int,
        audience: Audience,
        made: _Made,
        now: datetime,
        *,
        told: frozenset[int] | set[int] = frozenset(),
    ) -> None:
        """Make one audience's alerts agree with the readings. What somebody acknowledged stays as it is."""
        if not made.matters:
            return
        present = alerts.all_of_dyad(conn, dyad_id, audience)
        if made.afresh:
            wanted = {reading.number for reading in made.readings if reading.alert} - told
            for number, alert in present.items():
                if number not in wanted and alert.status.open and not acknowledged(alert.steps):
                    ledger.decide(conn, alert, Kind.WITHDRAWN, number, now)
        for reading in made.readings:
            if reading.alert and reading.number not in told:
                self._ask(conn, dyad_id, audience, reading, present, now)
        _follow(conn, dyad_id, audience, made, now)

    def _ask(
        self,
        conn: Connection,
        dyad_id: int,
        audience: Audience,
        reading: Reading,
        present: Mapping[int, Alert],
        now: datetime,
    ) -> None:
        there = present.get(reading.number)
        if there is not None and not _may_change(there):
            return
        told = responses.told(conn, dyad_id, reading.number, full=audience is Audience.SUPERVISOR)
        held_back = audience is Audience.SUPERVISOR
        sentence = alert_sentence(reading, self._said(reading.number, told), held_back=held_back)
        level = Level.KEEP if reading.level is Level.KEEP else Level.ASK
        if there is not None:
            alerts.reword(conn, there.id, level=level, reading=reading, sentence=sentence)
            if there.status is AlertStatus.WITHDRAWN:
                ledger.decide(conn, there, Kind.RENEWED, reading.number, now)
            return
        _replace(conn, dyad_id, audience, reading.number, now)
        alerts.add(
            conn,
            dyad_id=dyad_id,
            session_id=told.session_id,
            audience=audience,
            level=level,
            reading=reading,
            sentence=sentence,
            now=now,
        )

    def _said(self, number: int, told: responses.Told) -> Said:
        worst, top = None, 10
        if told.instrument is not None:
            instrument = self.library.for_staff(told.instrument, told.version)
            worst, top = _worst(instrument, told.items), instrument.maximum
        return Said(number, told.scores.get("alliance"), told.scores.get("rupture"), worst, top)


def _asked(conn: Connection, dyad_id: int) -> set[int]:
    """Sessions about which both are asked."""
    return {
        number
        for number, alert in alerts.all_of_dyad(conn, dyad_id, Audience.BOTH).items()
        if alert.status is not AlertStatus.WITHDRAWN
    }


class _Priors:
    """By session number, the clinic prior it is read with: the one it was read with before, or the latest."""

    def __init__(self, conn: Connection, past: Mapping[int, int | None]) -> None:
        known = {prior_id: priors.by_id(conn, prior_id) for prior_id in set(past.values())}
        self._past = {number: known[prior_id] for number, prior_id in past.items()}
        self._latest = priors.latest(conn)

    def __call__(self, number: int) -> priors.Learned:
        return self._past.get(number, self._latest)


@dataclass(frozen=True, slots=True)
class _Made:
    """The readings of one pass, and whether they replace all earlier ones."""

    readings: Sequence[Reading]
    afresh: bool

    def since(self, number: int) -> _Made:
        """Only what was read from this session on."""
        return _Made([reading for reading in self.readings if reading.number >= number], self.afresh)

    @property
    def matters(self) -> bool:
        """Whether any alert may have to change; most sessions raise and close nothing."""
        return self.afresh or any(
            reading.alert or reading.episode is not EpisodeState.NONE for reading in self.readings
        )


def _worst(instrument: Instrument, items: Mapping[str, int]) -> tuple[str, int] | None:
    """The rupture item picked highest, as a sentence quotes it."""
    rupture = {item for scale in instrument.scales if scale.higher_is == "worse" for item in scale.items}
    picked = [
        (item.quote, items[item.id])
        for item in instrument.items
        if item.id in rupture and item.id in items and not item.reversed
    ]
    worst = max(picked, key=lambda pick: pick[1], default=None)
    low, high = instrument.minimum, instrument.maximum
    return worst if worst and worst[1] - low >= WORTH_QUOTING * (high - low) else None


def _may_change(alert: Alert) -> bool:
    """Whether late answers may still change what is asked: nobody has seen it."""
    unseen = alert.status.open and not acknowledged(alert.steps)
    return unseen or alert.status is AlertStatus.WITHDRAWN


def _replace(conn: Connection, dyad_id: int, audience: Audience, number: int, now: datetime) -> None:
    """A new question takes the place of those that are open about earlier sessions."""
    for alert in alerts.all_of_dyad(conn, dyad_id, audience).values():
        if alert.status.open and alert.session_number < number:
            ledger.decide(conn, alert, Kind.RAISED, number, now)


def _follow(conn: Connection, dyad_id: int, audience: Audience, made: _Made, now: datetime) -> None:
    """Bring each question in line with what the answers decide of it: recovering, repaired, unresolved."""
    course = [(reading.number, reading.episode) for reading in made.readings]
    for alert in alerts.all_of_dyad(conn, dyad_id, audience).values():
        since = [(number, episode) for number, episode in course if number >= alert.session_number]
        if made.afresh:
            right = set_right(alert.status, since)
            steps = [right] if right else []
        else:
            steps = decided(alert.status, since) if alert.status.open else []
        for kind, number in steps:
            alert = ledger.decide(conn, alert, kind, number, now)
