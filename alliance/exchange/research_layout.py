"""The tables of an export for research: no code, no name, no day as it was, no words."""

from __future__ import annotations

from alliance.exchange.columns import (
    ASKED,
    FOUND,
    ITEM,
    ITEMS,
    LEVELS,
    PICKED,
    READ,
    SCALE,
    SCALES,
    SCORED,
    STATUS,
    TALKED,
    TICK,
    TO_ITEMS,
    TO_SCALES,
)
from alliance.exchange.tables import Column, Refers, Table

__all__ = ["RESEARCH", "after_how_long"]

FEW = "too few share it"
HOW_LONG = (
    ("same day", "on the day of the session"),
    ("next day", "a day later"),
    ("later", "two days later or more"),
)
PATIENT = Column(
    "patient", "word", "a name made for this export alone; no other has the same for the same patient"
)
SESSION = Column("session", "whole", "its place in the course, from 1", least=1)
TO_SESSION = Refers(("patient", "session"), "sessions", ("patient", "session"))

PATIENTS = Table(
    "patients",
    "Patients",
    "one patient who agreed to research, in one therapy: where there were several, the one with most sessions",
    (
        PATIENT,
        Column("therapist", "word", "a name made for this export alone", FEW),
        Column("language", "word", "the language of the patient’s forms", FEW),
        Column("sessions", "whole", "how many sessions of the course are told here", least=1),
    ),
    ("patient",),
)
SESSIONS = Table(
    "sessions",
    "Sessions",
    "one session that was held, and what the detector made of it",
    (
        PATIENT,
        SESSION,
        Column(
            "day", "day", "a made-up day: the patient’s first session falls on a day drawn at random, the others"
            " as many days after it as they did",
        ),
        Column(
            "answered", "yes", "whether there is a form here; false too where it was kept from the therapist, and"
            " where somebody said that it is not the patient’s, or ratings were taken over from before",
        ),
        Column("answered_after", "level", "how long after the session it came", "no form", levels=HOW_LONG),
        Column(
            "talked", "level", "did the two talk about how things are between them", "not said, or not asked",
            levels=TALKED,
        ),
        *READ,
    ),
    ("patient", "session"),
    (Refers(("patient",), "patients", ("patient",)),),
)  # fmt: skip
ANSWERS = Table(
    "answers",
    "Answers",
    "one sentence of one form, answered or left out; those asked once a month too",
    (PATIENT, SESSION, *ASKED, ITEM, *PICKED),
    ("patient", "session", "questionnaire", "version", "item"),
    (TO_SESSION, TO_ITEMS),
)
SCORES = Table(
    "scores",
    "Scores",
    "one scale of one form, with its score or the reason why there is none",
    (PATIENT, SESSION, *ASKED, SCALE, *SCORED),
    ("patient", "session", "questionnaire", "version", "scale"),
    (TO_SESSION, TO_SCALES),
)
TICKS = Table(
    "ticks",
    "Ticks",
    "one thing that was ticked after a form that said that something was off; not what only few ticked",
    (
        PATIENT,
        SESSION,
        Column("checklist", "word", "which list"),
        Column("version", "word", "its version"),
        TICK,
    ),
    ("patient", "session", "checklist", "version", "tick"),
    (TO_SESSION,),
)
ALERTS = Table(
    "alerts",
    "Questions",
    "one question that a session raised, and what came of it",
    (
        PATIENT,
        SESSION,
        Column("level", "level", "how strongly", levels=LEVELS[1:]),
        Column("signs", "text", "what speaks for it, separated by spaces", "many small signs together"),
        Column("status", "level", "where it stood at the end of what is told here, or later", levels=STATUS),
        Column("talked", "yes", "the therapist noted that the two talked about it"),
        Column("found", "level", "what talking about it found", "nothing is noted", levels=FOUND),
    ),
    ("patient", "session"),
    (TO_SESSION,),
)
RESEARCH = (PATIENTS, SESSIONS, ANSWERS, SCORES, TICKS, ALERTS, ITEMS, SCALES)


def after_how_long(days: int) -> str:
    """The level of `answered_after` for so many days after the session."""
    return HOW_LONG[min(max(days, 0), 2)][0]
