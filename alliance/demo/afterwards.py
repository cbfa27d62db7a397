"""What made-up patients say besides: what happened, where an answer was low, and once a month life around therapy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from urllib.parse import urlencode

from alliance.actions import following_up
from alliance.actions.answering import Receipt
from alliance.actions.clinic import Clinic
from alliance.demo.courses import Kind
from alliance.demo.script import Visit

TICKED = 0.75  # chance that a rupture is ticked, where that is offered
STRAY = 0.2  # and that somebody ticks something where there was none
MONTHLY = 0.7  # chance that the monthly sentences are answered

# What is ticked in a rupture of each kind: the first of them at its beginning, most often.
TICKS: Mapping[Kind, tuple[str, ...]] = {
    "all": ("dismissed", "judged", "unclear", "interrupted"),
    "distance": ("distracted", "late", "workbook", "dismissed"),
    "intrusion": ("judged", "interrupted", "opinions", "threatened"),
    "direction": ("decided", "off-target", "unclear"),
}
STRAYS = ("nothing", "other", "too-fast", "too-slow")


class Many(dict[str, list[str]]):
    """A form’s fields as a browser sent them, each as often as it came."""

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])


class Afterwards:
    """Takes up what is offered after an answer, each patient in a way of their own."""

    def __init__(self, clinic: Clinic, seed: int) -> None:
        self.clinic = clinic
        self.seed = seed
        self.rng = Random(f"{seed} afterwards")
        self.lives: dict[str, dict[str, float]] = {}

    def take_up(self, visit: Visit, receipt: Receipt, now: datetime) -> None:
        """Answer what this receipt offers, or let it be."""
        ticks = self._ticks(visit) if receipt.more else ()
        if receipt.more and ticks:
            self._send(following_up.tick, receipt.more, [("happened", tick) for tick in ticks], now)
        if receipt.monthly and self.rng.random() < MONTHLY:
            items = [
                item.id for item in following_up.open_monthly(self.clinic, receipt.monthly, now).asks.items
            ]
            rated = self._life(visit.part.code, items)
            self._send(following_up.rate_monthly, receipt.monthly, list(rated.items()), now)

    def _ticks(self, visit: Visit) -> tuple[str, ...]:
        rupture = visit.part.course.rupture_in(visit.number)
        if rupture is None:
            return (self.rng.choice(STRAYS),) if self.rng.random() < STRAY else ()
        if self.rng.random() >= TICKED:
            return ()
        known = TICKS[rupture.kind]
        return tuple(tick for place, tick in enumerate(known) if self.rng.random() < 0.9 / (place + 1))

    def _life(self, code: str, items: list[str]) -> dict[str, str]:
        """The next month of somebody’s life: mostly as before, and now and then something gives way."""
        rng = Random(f"{self.seed} {code} life")
        usual = {item: rng.gauss(7, 1.6) for item in items}
        life = self.lives.setdefault(code, usual)
        for item in items:
            life[item] += 0.4 * (usual[item] - life[item]) + self.rng.gauss(0, 0.7)
        if self.rng.random() < 0.2:
            life["home"] -= 3
            life["steady"] -= 3
        return {item: str(min(10, max(0, round(value)))) for item, value in life.items()}

    def _send(
        self,
        act: Callable[..., Receipt],
        ticket: str,
        fields: list[tuple[str, str]],
        now: datetime,
    ) -> None:
        attempt = f"{self.rng.getrandbits(128):032x}"
        form = Many()
        for name, value in [("attempt", attempt), *fields]:
            form.setdefault(name, []).append(value)
        body = urlencode([("attempt", attempt), *fields]).encode()
        act(self.clinic, ticket, attempt=attempt, body=body, form=form, now=now)
