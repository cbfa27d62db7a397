"""What the detector promises, on made-up dyads: few false questions, most ruptures found, at little cost.

The dyads are a plain version of the world in which the design was chosen: a level of their own that grows a
little, sessions that hang together, three scales, some silence, tension that half of the patients report.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

import pytest

from alliance.analysis.odds import Odds, step
from alliance.analysis.prior import DEFAULT, Prior
from alliance.analysis.track import Track, replay
from tests.analysis.courses import LEARNT, SILENT, Said, course, rated, steady, track_after


def cut(points: float) -> float:
    return float(min(100, max(0, round(points))))


def dyad(chance: random.Random, falls_by: float = 0.0) -> tuple[list[Said], int]:
    """A course of 5 to 40 sessions, and the index from which it lies `falls_by` points lower."""
    length = min(40, max(5, round(14 * math.exp(chance.gauss(0, 0.55)))))
    onset = chance.randint(2, max(3, length - 2))
    level = chance.gauss(82, 13) + chance.gauss(0, 2.5)
    within, growth = 6 * math.exp(chance.gauss(0, 0.35)), chance.gauss(1.5, 1.5)
    offsets = [chance.gauss(0, 4) for _ in range(3)]
    tension, echo = abs(chance.gauss(10, 6)), chance.choice((1.4, 0.2))
    silent = chance.betavariate(1.5, 12)
    mood, sessions = chance.gauss(0, 1), []
    for turn in range(length):
        down = falls_by if turn >= onset else 0.0
        mood = 0.3 * mood + math.sqrt(1 - 0.09) * chance.gauss(0, 1) if turn else mood
        here = level + growth * math.log1p(turn) + within * mood - down
        safety, attunement, collaboration = (cut(here + each + chance.gauss(0, 5)) for each in offsets)
        said = Said(
            scales=(safety, attunement, collaboration),
            rupture=cut(tension + chance.gauss(0, 9) + echo * down),
        )
        sessions.append(SILENT if chance.random() < silent + (0.2 if down else 0) else said)
    return sessions, onset


def false_questions(prior: Prior, seed: int, dyads: int = 900) -> float:
    """New “keep in mind” questions per 100 answered sessions of dyads in which nothing happens."""
    chance = random.Random(seed)
    asked = answered = 0
    for _ in range(dyads):
        _, readings = replay(prior, course(dyad(chance)[0]))
        asked += sum(each.alert == 1 and not each.own_word for each in readings)
        answered += sum(each.answered for each in readings)
    return 100 * asked / answered


def share_found(prior: Prior, seed: int, falls_by: float, dyads: int = 500) -> float:
    """Share of lasting falls that raise a new question within four sessions, that of the fall included."""
    chance = random.Random(seed)
    found = 0
    for _ in range(dyads):
        sessions, onset = dyad(chance, falls_by)
        _, readings = replay(prior, course(sessions))
        found += any(each.alert for each in readings[onset : onset + 4])
    return found / dyads


@pytest.mark.parametrize("prior", [DEFAULT, LEARNT], ids=["links unknown", "links learnt"])
def test_few_questions_turn_out_to_be_ordinary_ups_and_downs(prior: Prior) -> None:
    assert 1.0 <= false_questions(prior, seed=20_260_101) <= 2.6


def test_most_lasting_falls_are_found_within_four_sessions() -> None:
    assert share_found(LEARNT, seed=20_260_102, falls_by=20) >= 0.75


def test_a_question_needs_more_than_chance() -> None:
    """The same count where nothing falls shows that finding is not mere talkativeness."""
    assert share_found(LEARNT, seed=20_260_103, falls_by=0) <= 0.15


def quickest(act: Callable[[], object], rounds: int = 300) -> float:
    """Seconds of the quickest round: what it costs when nobody else wants the processor."""
    best = math.inf
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - began)
    return best


@pytest.mark.parametrize("sessions", [3, 300])
def test_a_session_costs_next_to_nothing_however_long_the_course(sessions: int) -> None:
    """It runs inside the request that takes in an answer: 50 µs a step, 150 with the drawn line."""
    track = track_after(LEARNT, steady(82, sessions))
    held = rated(80).numbered(sessions + 1)
    state = track.odds.as_list()
    text = track.to_json()
    assert quickest(lambda: step(Odds.from_list(state), LEARNT, held)) < 50e-6
    assert quickest(lambda: Track.from_json(text).advance(LEARNT, held)) < 150e-6
