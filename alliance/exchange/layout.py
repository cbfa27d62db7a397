"""The tables of a clinic: everything that is asked, answered and made of it, row by row, by code and number."""

from __future__ import annotations

from alliance.domain.copies import CAME_BY
from alliance.domain.ledger import CLOSING, HOW_TOLD, NOT_A_RUPTURE, UNSAID
from alliance.domain.therapy import Channel
from alliance.exchange.columns import (
    ASKED,
    ENDS,
    FOUND,
    ITEM,
    ITEMS,
    LEVELS,
    PICKED,
    POINTS,
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

__all__ = ["COMMENTS", "HELD_BACK", "TABLES", "tables"]

READERS = (("both", "therapist and supervisor"), ("supervisor", "the supervisor alone"))
NOT_YET = "not so far"
SESSION = Column("session", "whole", "the number of the session here", least=1)
THERAPY = Column("therapy", "whole", "the number of the therapy here", least=1)
TO_SESSION = Refers(("session",), "sessions", ("session",))
TO_RESPONSE = Refers(("session",), "responses", ("session",))
TO_THERAPY = Refers(("therapy",), "therapies", ("therapy",))

PATIENTS = Table(
    "patients",
    "Patients",
    "one patient, known by a code",
    (
        Column("patient", "whole", "the number of the patient here", least=1),
        Column("code", "text", "the code that the clinic gave"),
        Column("language", "word", "the language of the patient’s forms"),
        Column("questionnaire", "word", "what the patient is asked after a session"),
        Column("added_at", "moment", "when the patient was added"),
        Column("paused_at", "moment", "since when forms rest", "they do not rest"),
    ),
    ("patient",),
)
THERAPIES = Table(
    "therapies",
    "Therapies",
    "one patient with one therapist",
    (
        THERAPY,
        Column("patient", "whole", "whose therapy it is", least=1),
        Column(
            "therapist", "whole", "the number of the therapist here, as in addresses of their pages", least=1
        ),
        Column("began_on", "day", "its first day"),
        Column("ended_on", "day", "the first day on which it no longer held", "it goes on"),
    ),
    ("therapy",),
    (Refers(("patient",), "patients", ("patient",)),),
)
SESSIONS = Table(
    "sessions",
    "Sessions",
    "one session that was held, and what the detector made of it",
    (
        SESSION,
        THERAPY,
        Column("number", "whole", "its number in this therapy; numbers decide the order, not days", least=1),
        Column("held_on", "day", "the day, at the clinic"),
        Column("answered", "yes", "whether there is a response in this export; not of ratings in imported"),
        *READ,
    ),
    ("session",),
    (TO_THERAPY,),
)
RESPONSES = Table(
    "responses",
    "Responses",
    "one form that came back after a session",
    (
        SESSION,
        *ASKED,
        Column("language", "word", "the language in which it was asked"),
        Column("answered_at", "moment", "when it came in"),
        Column(
            "came_by", "level", "how", levels=tuple((one.value, CAME_BY.get(one, one.value)) for one in Channel)
        ),
        Column(
            "talked", "level", "did the two talk about how things are between them", "not said, or not asked",
            levels=TALKED,
        ),
        Column("disputed", "yes", "somebody with a link for this session said that the answers are not theirs"),
        Column("readers", "level", "whom the patient lets read it", levels=READERS),
        Column("asked_for_help", "yes", "the patient asked the supervisor for help with bringing something up"),
        Column("comment", "text", "what the patient wrote, as it was written", "nothing, or not in this export"),
    ),
    ("session",),
    (TO_SESSION,),
)  # fmt: skip
ANSWERS = Table(
    "answers",
    "Answers",
    "one sentence of one form, answered or left out; those asked once a month too",
    (SESSION, *ASKED, ITEM, *PICKED),
    ("session", "questionnaire", "version", "item"),
    (TO_RESPONSE, TO_ITEMS),
)
SCORES = Table(
    "scores",
    "Scores",
    "one scale of one form, with its score or the reason why there is none",
    (SESSION, *ASKED, SCALE, *SCORED),
    ("session", "questionnaire", "version", "scale"),
    (TO_RESPONSE, TO_SCALES),
)
TICKS = Table(
    "ticks",
    "Ticks",
    "one thing that was ticked after a form that said that something was off",
    (SESSION, Column("checklist", "word", "which list"), Column("version", "word", "its version"), TICK),
    ("session", "checklist", "version", "tick"),
    (TO_RESPONSE,),
)
BEFORE = "it was not told"
IMPORTED = Table(
    "imported",
    "Taken over",
    "one session that was rated before this clinic asked, as it was taken over from a file; no form of here",
    (
        SESSION,
        Column("questionnaire", "text", "what it was rated on, as the file called it"),
        Column(
            "form",
            "level",
            "how that measures",
            levels=(("same", "as the questionnaire that is asked here"), ("other", "otherwise")),
        ),
        Column("rated", "yes", "whether there is a rating"),
        *(
            Column(scale, "number", f"the score of {scale}", BEFORE, POINTS, 0, 100)
            for scale in ("safety", "attunement", "collaboration", "rupture", "alliance")
        ),
    ),
    ("session",),
    (TO_SESSION,),
)
ALERTS = Table(
    "alerts",
    "Questions",
    "one question that a session raised, and what came of it",
    (
        SESSION,
        Column("audience", "level", "who is asked", levels=READERS),
        Column("level", "level", "how strongly", levels=LEVELS[1:]),
        Column("signs", "text", "what speaks for it, separated by spaces", "many small signs together"),
        Column("status", "level", "where it stands", levels=STATUS),
        Column("seen_at", "moment", "when somebody first did something about it", NOT_YET),
        Column("talked_on", "day", "the day on which it was talked about", NOT_YET),
        Column("talked_in", "whole", "the number of the session in which it was", "in none", least=1),
        Column(
            "how", "level", "how it came up", NOT_YET, levels=((UNSAID, "not asked for then"), *HOW_TOLD.items())
        ),
        Column("found", "level", "what talking about it found", NOT_YET, levels=FOUND),
        Column(
            "reason", "level", "why it was closed by hand, or found to be no rupture", "neither",
            levels=tuple({**NOT_A_RUPTURE, **CLOSING}.items()),
        ),
    ),
    ("session", "audience"),
    (TO_SESSION,),
)  # fmt: skip
EPISODES = Table(
    "episodes",
    "Episodes",
    "one rupture, from the session that raised the question to the answers that say it is mended",
    (
        THERAPY,
        Column("opened", "whole", "the number of the session that raised it", least=1),
        Column("talked", "whole", "the number of the session in which the two spoke about it", NOT_YET, least=1),
        Column("recovering", "whole", "of the first answer back at the usual level", NOT_YET, least=1),
        Column("repaired", "whole", "of the one that confirmed it", NOT_YET, least=1),
        Column("unresolved", "whole", "of the one from which on it had lasted too long", "it has not", least=1),
        Column(
            "said", "level", "the patient’s own word on talking about it", "not said",
            levels=tuple(one for one in TALKED if one[0] in ("helped", "not-helped")),
        ),
        Column("state", "level", "where it stands", levels=ENDS),
    ),
    ("therapy", "opened"),
    (TO_THERAPY,),
)  # fmt: skip

TABLES = (
    PATIENTS, THERAPIES, SESSIONS, RESPONSES, ANSWERS, SCORES, TICKS, IMPORTED, ALERTS, EPISODES, ITEMS, SCALES,
)  # fmt: skip
HELD_BACK = ("readers", "asked_for_help", "audience")
"""Columns that stand only in an export with what patients kept from their therapists."""
COMMENTS = ("comment",)


def tables(*, held_back: bool, comments: bool) -> tuple[Table, ...]:
    """The tables of an export with or without what was kept from therapists, and what was written."""
    away = (*(() if held_back else HELD_BACK), *(() if comments else COMMENTS))
    return tuple(table.without(away) for table in TABLES)
