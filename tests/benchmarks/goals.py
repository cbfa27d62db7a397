"""What is measured, against what, and how good it should be."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.measuring import Result


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure of the table: what it is, the goal, and the stretch beyond it where there is one.

    `at_least`: more is better. `exactly` is how many decimals the figure is shown with. Figures that are counted, not
    timed, are judged by the worst; all others by the median.
    """

    measure: str
    reference: str
    goal: float
    stretch: float | None
    at_least: bool = False
    unit: str = ""
    exactly: int = 2

    def figure(self, result: Result) -> float:
        """The one number that is judged."""
        if result.kind != "counted":
            return result.spread.median
        return result.spread.least if self.at_least else result.spread.most

    def reached(self, figure: float, level: float | None) -> bool:
        if level is None:
            return False
        return figure >= level if self.at_least else figure <= level

    def verdict(self, result: Result) -> str:
        """Whether the stretch, the goal or neither was reached."""
        figure = self.figure(result)
        if self.reached(figure, self.stretch):
            return "stretch"
        return "goal" if self.reached(figure, self.goal) else "missed"


def more(measure: str, reference: str, goal: float, stretch: float | None, exactly: int = 2) -> Goal:
    return Goal(measure, reference, goal, stretch, at_least=True, exactly=exactly)


HELLO, RAW = "a bare Flask page", "a raw SQLite submission"
GOALS: dict[str, Goal] = {
    "P1": more(
        "whole visits a second, form opened and answer on the disk", f"{RAW}s a second", 0.07, 0.10, 3
    ),
    "P2": Goal("an answer sent, whole WSGI call", HELLO, 22, 16),
    "P3": Goal("an answer sent, until it is on the disk", RAW, 6, 4.5),
    "P4": Goal("the questionnaire, whole WSGI call", HELLO, 7, 5),
    "P5": more("questionnaires a second, gunicorn sync ×2", "bare Flask pages a second", 0.35, 0.5),
    "P6 page": Goal("the questionnaire’s page, gzip", "", 4.0, 2.0, unit="kB"),
    "P6 load": Goal("everything that a first visit loads", "", 30, 15, unit="kB", exactly=1),
    "P6 requests": Goal("requests of a first visit", "", 4, None, exactly=0),
    "P6 script": Goal("scripts without which it does not work", "", 0, None, exactly=0),
    "P7": Goal("a caseload of 60 × 100 sessions, whole WSGI call", "the bare fetch of its courses", 12, 7),
    "P8 page": Goal("the same page, gzip", "", 40, 25, unit="kB", exactly=1),
    "P8 growth": Goal("its exponent as the rest of the clinic grows", "", 0.1, 0.05, exactly=3),
    "P9": more("a full scan of 1,000,000 answers", "the overview of their 1,000 therapists", 20, 60, 0),
    "P10": Goal("the overview’s exponent in answers", "", 0.1, 0.05, exactly=3),
    "P11": Goal("a trend chart of 50 sessions, drawn as JSON", HELLO, 6, 4),
    "P11 size": Goal("the same, as it is sent", "", 5, 2, unit="kB"),
    "P12": Goal(
        "what the chart library adds until the page can be read",
        "the library’s evaluation in Chromium",
        0.25,
        None,
    ),
    "P13": Goal("the detector’s exponent in sessions, 10 to 1,000", "", 0.1, 0.05, exactly=3),
    "P14": Goal("every detector state made anew and compared", "a plain read of the same rows", 6, 3),
    "P15": more("answers a second in a full database", "answers a second in an empty one", 0.6, 0.75),
    "P16": Goal("memory of two busy workers, PSS", "", 130, 100, unit="MB", exactly=1),
    "P16 growth": Goal("its growth over 10,000 visits", "", 5, None, unit="%", exactly=1),
    "P17": Goal("`alliance serve` from cold to its first answer", "`import flask`", 4, 3),
}
LEFT_OUT = {
    "P18": "visits a second against LimeSurvey’s: it needs PHP, nginx and MariaDB, and is not run here",
}
