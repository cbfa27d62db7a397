"""The priors that a clinic's past taught the detector, oldest first. None is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from alliance.analysis.fitted import Fitted
from alliance.analysis.prior import DEFAULT, Prior
from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp


@dataclass(frozen=True, slots=True)
class Learned:
    """A prior as it was fitted, and when. `id` is what readings remember it by; None is the default's."""

    id: int | None
    fitted_at: datetime | None
    fitted: Fitted | None

    @property
    def prior(self) -> Prior:
        return self.fitted.prior if self.fitted else DEFAULT


NOT_YET = Learned(None, None, None)


def latest(conn: Connection) -> Learned:
    """The prior that counts for sessions read from now on."""
    row = conn.execute("SELECT id, fitted_at, fitted FROM clinic_prior ORDER BY id DESC LIMIT 1").fetchone()
    return _learned(row) if row else NOT_YET


def by_id(conn: Connection, prior_id: int | None) -> Learned:
    """The prior that a reading remembers."""
    if prior_id is None:
        return NOT_YET
    row = conn.execute("SELECT id, fitted_at, fitted FROM clinic_prior WHERE id = ?", (prior_id,)).fetchone()
    return _learned(row)


def add(conn: Connection, fitted: Fitted, now: datetime) -> int:
    """Keep a new prior and answer with its id."""
    cursor = conn.execute(
        "INSERT INTO clinic_prior (fitted_at, dyads, answers, fitted) VALUES (?, ?, ?, ?)",
        (stamp(now), fitted.dyads_used, fitted.answers_used, fitted.to_json()),
    )
    return int(cursor.lastrowid or 0)


def _learned(row: Row) -> Learned:
    return Learned(row["id"], moment(row["fitted_at"]), _fitted(row["fitted"]))


@lru_cache(maxsize=64)
def _fitted(text: str) -> Fitted:
    """Every submission needs the latest, and a stored one never changes."""
    return Fitted.from_json(text)
