"""How often questions are right and wrong, as the simulation found it: what the help pages tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

FORMAT = 1
KEEP_ONLY = "keep in mind, not at once ask now"
RUPTURES = {
    "step 30": "a fall of 30 points that lasts",
    "step 20": "a fall of 20 points that lasts",
    "early 20": "the same in sessions 2 to 4",
    "V3 20": "a fall of 20 points for three sessions",
    "slide 20": "a slow slide of 20 points",
    "step 10": "a fall of 10 points that lasts",
    "V1 20": "a dip of 20 points for one session",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule at one setting. `false`: new questions per 100 answered sessions while nothing is wrong; `thirds`:
    the same for steady, middling and restless patients; `found`: per cent of each kind of rupture."""

    name: str
    setting: str
    false: float
    thirds: tuple[float, float, float]
    found: Mapping[str, float]

    @property
    def restless_times(self) -> float:
        """How many times as many false questions the restless get as the steady."""
        return self.thirds[2] / self.thirds[0]


@dataclass(frozen=True, slots=True)
class Worth:
    """Questions per 100 answered sessions of a caseload, and per cent of them that came soon after the beginning
    of a rupture, or besides while one was still going on."""

    questions: float
    soon: float
    open: float

    @property
    def ordinary(self) -> float:
        """Per cent that did not come soon after the beginning of a rupture: the stricter count."""
        return 100 - self.soon


@dataclass(frozen=True, slots=True)
class Worlds:
    """Over all worlds that were tried: the range of the false rate, and the least that was found of lasting
    20-point falls at two false questions per 100."""

    tried: int
    least: float
    most: float
    found_least: float


@dataclass(frozen=True, slots=True)
class Learned:
    """“Keep in mind” after some past: false questions per 100, and per cent of lasting 20-point falls found."""

    false: float
    found: float


@dataclass(frozen=True, slots=True)
class Beginning:
    """“Keep in mind” with the assumed values alone: where they fit, and the range of the false rate over clinics
    that they do not fit."""

    fitting: Learned
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The figures, with what it takes to make them again."""

    version: str
    seeds: tuple[int, ...]
    dyads: int
    past: int
    keep: Rule
    ask: Rule
    published: tuple[Rule, ...]
    alike: Mapping[str, float]
    keep_worth: Worth
    ask_worth: Worth
    only_keep_worth: Worth
    worlds: Worlds
    beginning: Beginning
    by_past: Mapping[int, Learned]
    """By how many past courses a clinic has learned from."""

    @classmethod
    def from_json(cls, text: str) -> Evidence:
        """Raises ValueError, in a sentence, for anything else than what the simulation wrote."""
        try:
            told = json.loads(text)
            if told["format"] != FORMAT:
                raise ValueError(f"its format is not {FORMAT}")
            keep, ask = map(_rule, told["ours"])
            worth, worlds, begins = told["worth"], told["worlds"], told["beginning"]
            return cls(
                version=told["version"],
                seeds=tuple(told["seeds"]),
                dyads=told["dyads"],
                past=told["past"],
                keep=keep,
                ask=ask,
                published=tuple(map(_rule, told["published"])),
                alike=told["alike"],
                keep_worth=_worth(worth["keep in mind"]),
                ask_worth=_worth(worth["ask now"]),
                only_keep_worth=_worth(worth[KEEP_ONLY]),
                worlds=Worlds(worlds["tried"], worlds["least"], worlds["most"], worlds["found least"]),
                beginning=Beginning(_learned(begins), begins["least"], begins["most"]),
                by_past={int(past): _learned(each) for past, each in told["by past"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise ValueError(f"This is no evidence of the simulation: {fault!r}.") from fault


def _rule(told: Mapping[str, object]) -> Rule:
    thirds, found = told["thirds"], told["found"]
    if not isinstance(thirds, list) or not isinstance(found, dict):
        raise TypeError(f"no figures of {told['rule']}")
    steady, middling, restless = map(float, thirds)
    return Rule(
        name=str(told["rule"]),
        setting=str(told["setting"]),
        false=float(str(told["false"])),
        thirds=(steady, middling, restless),
        found={rupture: float(found[rupture]) for rupture in RUPTURES},
    )


def _worth(told: Mapping[str, float]) -> Worth:
    return Worth(told["alerts"], told["true"], told["true or still open"])


def _learned(told: Mapping[str, float]) -> Learned:
    return Learned(told["false"], told["found"])
