"""What the made-up therapists note of a question. Every line was made up for this."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zlib import crc32

from alliance.actions.ledger import Said
from alliance.domain.alerts import Alert
from alliance.domain.ledger import SHUT, AlertStatus
from alliance.domain.trend import Trend

NOTES = (
    "Asked how last time had been. It took a while, then it came.",
    "",
    "We both had a different session in mind. Good to have said it.",
    "Said that it was my part. It got easier after that.",
    "",
)
# Patients about whom questions rest: the reason, for how long, and the words with it.
MUTED = {
    "Lavender 30": (
        "outside",
        timedelta(days=21),
        "Her mother is in hospital. I ask again when she is home.",
    ),
}
# What can be noted of a question that is not open: where it has to stand for that.
NOT_OPEN: Mapping[str, frozenset[AlertStatus]] = {
    "close": frozenset({AlertStatus.REPAIRED, AlertStatus.UNRESOLVED}),
    "reopen": SHUT,
}
HOW = ("asked", "brought-up", "asked", "passing", "supervised")


def meant(trend: Trend, noted: str | None) -> Alert | None:
    """The question that a note is about: the open one, or the newest that the note can still move."""
    if noted is None or noted not in NOT_OPEN:
        return trend.open_alert
    return next((alert for alert in reversed(trend.alerts) if alert.status in NOT_OPEN[noted]), None)


def told_of(outcome: str, number: int, code: str) -> Said:
    """What is noted of this patient’s question after this session."""
    chance = crc32(f"{code} {number}".encode())
    if outcome in {"talked", "unsure"}:
        how, note = HOW[chance % len(HOW)], NOTES[chance % len(NOTES)]
        return Said(outcome, how=how, talked_number=number, note=note)
    reason = {"ordinary": "outside" if chance % 2 else "ordinary", "close": "settled"}.get(outcome)
    return Said(outcome, reason=reason)
