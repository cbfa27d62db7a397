"""Made-up courses for tests. The detector itself reads them, so ranges, questions and episodes fit."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import Held, Reading, replay
from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.ledger import Kind, Step
from alliance.domain.people import Dyad, Patient
from alliance.domain.therapy import Audience
from alliance.domain.trend import Point, Trend

FIRST = date(2026, 6, 11)

# A good start, two missing forms, a rupture in session 18, a repair that is nearly done.
DIP: tuple[float | None, ...] = (
    67.8, 71.1, 77.8, 76.7, 82.2, None, 82.2, 87.8, 81.1, 85.6, 90.0,
    86.7, None, 83.3, 88.9, 85.6, 83.3, 55.6, None, 64.4, 74.4, 82.2,
)  # fmt: skip
DIP_TENSION: Mapping[int, float] = {18: 63.0, 20: 33.0, 21: 10.0}


def make_dyad(number: int = 1, code: str = "Rowan 31", starts_on: date = FIRST) -> Dyad:
    patient = Patient(id=100 + number, code=code, language="en", instrument="after-session")
    return Dyad(id=number, patient=patient, therapist_id=1, therapist_name="Jonas Berg", starts_on=starts_on)


def make_trend(
    scores: Sequence[float | None],
    *,
    tension: Mapping[int, float] | None = None,
    talked: Mapping[int, int] | None = None,
    status: AlertStatus | None = None,
    number: int = 1,
    code: str = "Rowan 31",
    first: date = FIRST,
    every: int = 7,
) -> Trend:
    """A course with these alliance scores, one session every so many days; None is a session without a form.

    `tension` gives the rupture scale by session (6 elsewhere). `talked` says in which session the question of
    a session was talked about. `status` is what all alerts are closed or left with.
    """
    held = [_held(i, score, (tension or {}).get(i, 6.0)) for i, score in enumerate(scores, start=1)]
    _, readings = replay(DEFAULT, held)
    points = [
        _point(reading, session, score, first + timedelta(days=every * i))
        for i, (reading, session, score) in enumerate(zip(readings, held, scores, strict=True))
    ]
    alerts = [
        _alert(point, number, (talked or {}).get(point.number), status)
        for point in points
        if point.reading is not None and point.reading.alert
    ]
    return Trend(make_dyad(number, code, first), points, alerts)


def dip() -> Trend:
    """Twenty-two sessions with a rupture in session 18 that was talked about in session 20."""
    return make_trend(DIP, tension=DIP_TENSION, talked={18: 20})


def made_up(seed: int, sessions: int, *, code: str, every: int = 7, first: date = FIRST) -> Trend:
    """A course by chance: a level, ups and downs, one session in eight without a form, perhaps a rupture."""
    dice = random.Random(seed)
    level, sway = dice.gauss(80, 8), dice.uniform(2.5, 8)
    onset = dice.randint(4, sessions) if sessions > 5 and dice.random() < 0.5 else sessions + 1
    scores: list[float | None] = []
    tension: dict[int, float] = {}
    for session in range(1, sessions + 1):
        depth = 26.0 * max(0.0, 1 - (session - onset) / 4) if session >= onset else 0.0
        score = min(100.0, max(0.0, dice.gauss(level - depth, sway)))
        scores.append(None if dice.random() < 0.12 else round(score, 1))
        if depth > 10:
            tension[session] = round(dice.uniform(20, 60), 1)
    return make_trend(scores, tension=tension, number=seed, code=code, every=every, first=first)


def _held(number: int, score: float | None, tension: float) -> Held:
    if score is None:
        return Held(number, answered=False)
    return Held(
        number,
        answered=True,
        scales=(score, max(score - 2, 0), min(score + 2, 100)),
        rupture=tension,
        total=score,
    )


def _point(reading: Reading, held: Held, score: float | None, held_on: date) -> Point:
    if score is None:
        return Point(held.number, held.number, held_on, answered=False, reading=reading)
    safety, attunement, collaboration = held.scales
    return Point(
        session_id=held.number,
        number=held.number,
        held_on=held_on,
        answered=True,
        scores={
            "alliance": score,
            "safety": safety,
            "attunement": attunement,
            "collaboration": collaboration,
            "rupture": held.rupture,
        },
        items={"held": round((held.rupture or 0) / 10), "hurt": 0},
        reading=reading,
    )


def talk(at: datetime, number: int | None, found: str = "between", on: date | None = None) -> Step:
    """A talk about a question, noted at this moment."""
    return Step(Kind.TALKED, at, 1, number, on, "asked", found)


def _alert(point: Point, dyad_id: int, talked: int | None, status: AlertStatus | None) -> Alert:
    reading = point.reading
    assert reading is not None
    raised = datetime.combine(point.held_on, time(18, 40), UTC)
    return Alert(
        id=1000 * dyad_id + point.number,
        dyad_id=dyad_id,
        session_id=point.session_id,
        session_number=point.number,
        held_on=point.held_on,
        audience=Audience.BOTH,
        level=reading.level,
        rules=reading.rules,
        factors=reading.factors,
        sentence=f"Session {point.number} was lower than usual.",
        status=status or (AlertStatus.TALKED if talked else AlertStatus.NEW),
        raised_at=raised,
        steps=(talk(raised, talked),) if talked else (),
    )
