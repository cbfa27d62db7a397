"""What happens in two clinics that differ in one held-back answer, step by step, compared as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import time_machine
from flask.testing import FlaskClient

from alliance.actions import learning, reading
from alliance.analysis.fitted import NOTHING
from alliance.analysis.prior import Prior
from alliance.storage import priors
from alliance.storage.alerts import FIRST_APART
from tests.cast import NOW
from tests.web.twins import Answer, Twins, World, differences, masked, walk

DAY = timedelta(days=1)
KEPT = {"audience": "supervisor"}
WORDS = {"comment": "He would not understand.", "raise": "yes", "talked": "not-helped"}


Act = Callable[[World, FlaskClient, str], Answer]


def posting(path: str, fields: Mapping[str, str]) -> Act:
    """What the therapist sends about the patient and the session, which both may be named by their numbers."""

    def act(world: World, client: FlaskClient, token: str) -> Answer:
        ids = {"patient": world.patient_id, "session": world.session_id}
        sent = {name: value.format(**ids) for name, value in fields.items()}
        return masked(client.post(path.format(**ids), data={"csrf_token": token, **sent}))

    return act


class Story:
    """What happens in both clinics; `held_back` happens in the first alone."""

    def __init__(self, pair: Twins, clock: time_machine.Traveller, *, walking: bool = True) -> None:
        self.pair, self.clock, self.walking = pair, clock, walking
        self.compared = 0

    def both(self, act: Callable[[World], object]) -> None:
        for world in self.pair:
            act(world)

    def kept(self, level: int, token: int = 0, **more: str) -> None:
        self.pair[0].answer(self.pair[0].tokens[token], level, **KEPT, **more)

    def move(self, days: float) -> None:
        self.clock.shift(days * DAY)

    def same(self, moment: str) -> None:
        """The therapist opens everything: it is the same.

        At the first moment also what is closed to every therapist: that stays closed whatever the clinic holds.
        """
        if self.walking:
            self.look(moment)

    def look(self, moment: str) -> None:
        one, other = (walk(world, of_therapists=self.compared > 0) for world in self.pair)
        assert sum(status == 200 for status, _, _ in one.values()) > 40
        found = differences(one, other)
        assert found == [], f"{moment}: {found}"
        self.compared += len(one)

    def reply(self, moment: str, act: Act) -> list[Answer]:
        """The therapist does something: the answers are the same, and here they are."""
        answers = []
        for world in self.pair:
            client = world.client()
            answers.append({moment: act(world, client, world.token_of(client))})
        assert differences(*answers) == [], moment
        return [answer[moment] for answer in answers]

    def night(self, learned: Prior | None = None) -> None:
        now = self.now
        self.both(lambda world: learning.nightly(world.cast.clinic, now))
        if learned is not None:
            self.both(lambda world: teach(world, learned))

    @property
    def now(self) -> datetime:
        return datetime.now(tz=NOW.tzinfo)


def teach(world: World, prior: Prior) -> None:
    with world.cast.clinic.db.write() as conn:
        priors.add(conn, replace(NOTHING, prior=prior), NOW)


def post(_: World, client: FlaskClient, token: str, path: str, **fields: str) -> Answer:
    return masked(client.post(path, data={"csrf_token": token, **fields}))


def next_answer(level: int) -> Callable[[World], None]:
    def act(world: World) -> None:
        world.answer(world.hold()[1], level)

    return act


def kept_alerts(world: World) -> set[int]:
    """The questions about Elm 3 that are for the supervisor alone."""
    page = reading.open_patient(world.cast.clinic, world.cast.viewer("miriam"), world.patient_id, NOW)
    return {alert.id for alert in page.trend.alerts if alert.id > FIRST_APART}


def supervised(world: World) -> None:
    """The supervisor opens the patient, and every alert that is for her eyes only."""
    for alert_id in kept_alerts(world):
        reading.open_alert(world.cast.clinic, world.cast.viewer("miriam"), alert_id, NOW)
