"""What arrives late or is corrected: read anew, a course ends where it would have ended in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.random import Generator

from alliance.analysis.prior import DEFAULT, Prior
from alliance.analysis.track import EpisodeState, Held, Reading, Track, rebuild, replay
from tests.analysis.courses import LEARNT, SILENT, Said, course, rated, steady

HISTORIES, MOST_SESSIONS = 10_000, 12
PRIORS = (DEFAULT, LEARNT)


@dataclass
class Desk:
    """Takes in answers as they come, as the clinic does: a step for the next one, all anew for a late one."""

    prior: Prior
    offered: Sequence[int]
    answers: dict[int, Held] = field(default_factory=dict)
    stored: str | None = None
    readings: dict[int, Reading] = field(default_factory=dict)
    steps: int = 0
    rebuilds: int = 0

    @property
    def last(self) -> int:
        return max(self.readings, default=0)

    def receive(self, answer: Held) -> None:
        self.answers[answer.number] = answer
        self._note(answer)

    def catch_up(self, number: int) -> None:
        """The next session is held: no form came back from this one, or it has been read."""
        if self.last < number:
            self._note(self._as_known(number))

    def _note(self, news: Held) -> None:
        late = news.number <= self.last
        afresh = late or self.stored is None
        track = Track.start(self.prior) if afresh else Track.from_json(self.stored or "")
        after, upto = 0 if late else self.last, max(news.number, self.last)
        if late:
            self.rebuilds += 1
            self.readings.clear()
        else:
            self.steps += 1
        for number in self.offered:
            if after < number <= upto:
                self.readings[number] = track.advance(self.prior, self._as_known(number))
        self.stored = track.to_json()

    def _as_known(self, number: int) -> Held:
        return self.answers.get(number, Held(number, answered=False))


def score(chance: Generator, about: float) -> float:
    return min(100.0, max(0.0, float(round(about + 10.0 * chance.standard_normal(), 1))))


def answer(chance: Generator, number: int, about: float) -> Held:
    """One answer on any form: all scales, some, a total alone, tension alone, or all held back."""
    kind = chance.random()
    tension = score(chance, 60.0 if chance.random() < 0.1 else 12.0)
    if kind < 0.05:
        return Held(number, answered=True)
    if kind < 0.1:
        return Held(number, answered=True, rupture=tension)
    if kind < 0.25:
        return Held(number, answered=True, total=score(chance, about))
    safety, attunement, collaboration = (
        score(chance, about) if kind < 0.85 or chance.random() < 0.6 else None for _ in range(3)
    )
    rupture = tension if chance.random() < 0.8 else None
    return Held(number, answered=True, scales=(safety, attunement, collaboration), rupture=rupture)


def history(chance: Generator) -> list[Held]:
    """1 to 12 held sessions: some silent, some numbers without a form, now and then a lasting fall."""
    level, fall_at = chance.uniform(35.0, 97.0), int(chance.integers(1, 25))
    told = []
    for number in range(1, 2 + int(MOST_SESSIONS * chance.random() ** 1.4)):  # short ones more often
        if number > 1 and chance.random() < 0.05:
            continue  # no form was offered
        about = level - (30.0 if number >= fall_at else 0.0)
        silent = chance.random() < 0.15
        told.append(Held(number, answered=False) if silent else answer(chance, number, about))
    return told


def arrive(chance: Generator, desk: Desk, final: Sequence[Held]) -> tuple[int, int]:
    """Hand the desk a history's answers, some late, some wrong at first; how many of each."""
    events: list[tuple[float, Held | int]] = []
    late = corrected = 0
    for held in final:
        if held.answered:
            came = held.number + 0.5 * chance.random()
            if chance.random() < 0.1:
                came += chance.uniform(0.5, 4.0)
                late += 1
            if chance.random() < 0.05:
                events.append((came, answer(chance, held.number, 60.0)))
                came += chance.uniform(0.1, 3.0)
                corrected += 1
            events.append((came, held))
        if chance.random() < 0.7:  # else the next answer finds this session not read yet
            events.append((held.number + 0.9, held.number))
    events.append((100.0, final[-1].number))
    for _, event in sorted(events, key=lambda each: each[0]):
        if isinstance(event, int):
            desk.catch_up(event)
        else:
            desk.receive(event)
    return late, corrected


def test_ten_thousand_histories_end_where_a_rebuild_ends() -> None:
    """State and readings to the last bit, whatever came late, out of order, or was corrected."""
    chance = np.random.default_rng(20_251)
    late = corrected = rebuilds = steps = alerts = 0
    for turn in range(HISTORIES):
        prior, final = PRIORS[turn % 2], history(chance)
        desk = Desk(prior, [held.number for held in final])
        came_late, put_right = arrive(chance, desk, final)
        track, readings = replay(prior, final)
        assert desk.stored == track.to_json(), (turn, final)
        assert Track.from_json(desk.stored) == track, (turn, final)
        assert rebuild(prior, final) == track, (turn, final)
        assert list(desk.readings.values()) == readings, (turn, final)
        late, corrected = late + came_late, corrected + put_right
        rebuilds, steps = rebuilds + desk.rebuilds, steps + desk.steps
        alerts += sum(reading.alert > 0 for reading in readings)
    assert min(late, corrected, rebuilds, alerts) > 1_000  # or the histories would have shown nothing
    assert steps > 3 * rebuilds


def test_every_order_of_arrival_ends_alike() -> None:
    """Answers in any order at all, the last session's first among them."""
    chance = np.random.default_rng(7)
    for _ in range(200):
        final = [held for held in history(chance) if held.answered]
        if not final:
            continue
        desk = Desk(DEFAULT, [held.number for held in final])
        for place in chance.permutation(len(final)).tolist():
            desk.receive(final[place])
        track, readings = replay(DEFAULT, final)
        assert desk.stored == track.to_json()
        assert list(desk.readings.values()) == readings


def noisy(chance: Generator, level: float, spread: float, sessions: int) -> list[Said]:
    return [
        rated(min(100.0, max(0.0, level + spread * float(chance.standard_normal())))) for _ in range(sessions)
    ]


def found(before: Sequence[Said], fall: Sequence[Said]) -> bool | None:
    """Whether a fall is asked about; None where a question was still open when it began."""
    track, _ = replay(DEFAULT, course(before))
    if track.episode is not EpisodeState.NONE:
        return None
    return any(track.advance(DEFAULT, held).alert for held in course(fall, len(before) + 1))


@pytest.mark.parametrize("spread", [4.0, 7.0])
@pytest.mark.parametrize("level", [60.0, 75.0, 88.0])
def test_after_a_crash_and_a_repair_the_next_fall_is_found(level: float, spread: float) -> None:
    """As surely as if the crash had not been: a fall of 20 points for five sessions."""
    with_crash, without = [], []
    for seed in range(60):
        chance = np.random.default_rng(seed)
        past, well = noisy(chance, level, spread, 12), noisy(chance, level, spread, 8)
        fall = noisy(chance, level - 20.0, spread, 5)
        crash = rated(chance.uniform(0.0, 20.0), 40.0)
        with_crash.append(found([*past, crash, *well], fall))
        without.append(found([*past, *well], fall))
    closed = [each for each in with_crash if each is not None]
    assert len(closed) >= 50  # the crash itself was repaired
    plain = [each for each in without if each is not None]
    assert np.mean(closed) >= 0.9
    assert np.mean(closed) >= np.mean(plain) - 0.05


@pytest.mark.parametrize("level", [50, 60, 70, 82, 90, 95])
@pytest.mark.parametrize("crash", [0, 10, 20])
def test_a_steady_dyad_is_asked_about_at_the_first_session_of_the_next_fall(level: int, crash: int) -> None:
    before = [*steady(level, 12), rated(crash), *steady(level, 5)]
    assert found(before, [rated(level - 20)])


def test_silences_between_crash_and_repair_change_nothing_of_that() -> None:
    before = [*steady(80, 12), rated(8), SILENT, rated(79), SILENT, rated(81), SILENT, *steady(80, 4)]
    assert found(before, [rated(60)])
