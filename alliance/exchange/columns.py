"""Columns that more than one table has, or tables of more than one kind of export."""

from __future__ import annotations

from alliance.exchange.tables import Column, Level, Refers, Table

LEFT_OUT = "not answered"
MISSING: tuple[Level, ...] = ((LEFT_OUT, "the patient left the sentence out"),)
NO_SCORE: tuple[Level, ...] = (
    ("not answered", "nothing in it was answered"),
    ("too few items", "fewer than half of its items were answered"),
    ("too few scales", "fewer than two of the three scales of the alliance have a score"),
)
TALKED: tuple[Level, ...] = (
    ("no", "no"),
    ("little", "a little"),
    ("helped", "yes, and it helped"),
    ("not-helped", "yes, and it did not help"),
    ("no-need", "no, and there was no need"),
)
LEVELS: tuple[Level, ...] = (
    ("none", "nothing is asked"),
    ("keep", "something to keep in mind"),
    ("ask", "a reason to ask now"),
)
EPISODES: tuple[Level, ...] = (
    ("none", "no rupture is going on"),
    ("open", "a question is open"),
    ("recovering", "one answer is back at the usual level"),
    ("repaired", "a second answer confirmed it"),
    ("unresolved", "it has lasted too long without an answer back at the usual level"),
)
ENDS: tuple[Level, ...] = EPISODES[1:]
STATUS: tuple[Level, ...] = (
    ("new", "nobody has seen it"),
    ("seen", "somebody has seen it"),
    ("later", "seen, and not talked about yet"),
    ("talked", "talked about"),
    ("recovering", "one answer is back at the usual level"),
    ("unresolved", "no answer came back at the usual level for too long"),
    ("repaired", "the answers came back to the usual level"),
    ("closed", "closed by hand"),
    ("ordinary", "the therapist found that it was no rupture"),
    ("raised", "a later question of the same episode took its place"),
)
FOUND: tuple[Level, ...] = (
    ("between", "something was between the two"),
    ("unsure", "hard to say"),
)
UNREAD = "the session was not read: forms rested, or the form of the newest session may still come"

POINTS = "points"
READ = (
    Column(
        "expected",
        "number",
        "the rating that was expected before the session; above 100 where a patient mostly picks the highest",
        UNREAD,
        POINTS,
    ),
    Column(
        "usual_low", "number", "lower end of this patient’s usual range before it", UNREAD, POINTS, 0, 100
    ),
    Column("usual_high", "number", "upper end of that range", UNREAD, POINTS, 0, 100),
    Column("probability", "number", "of a rupture going on, after the session", UNREAD, "", 0, 1),
    Column("level", "level", "what the detector makes of it", UNREAD, levels=LEVELS),
    Column("episode", "level", "where the rupture stands after the session", UNREAD, levels=EPISODES),
)
ASKED = (
    Column("questionnaire", "word", "which questionnaire"),
    Column("version", "word", "its version"),
)
ITEM = Column("item", "word", "which sentence; its text, scale and themes stand in items")
SCALE = Column(
    "scale", "word", "which scale, or alliance for the mean of those that are in it; described in scales"
)
PICKED = (
    Column(
        "value",
        "whole",
        "the number that was picked, as it was picked",
        "see missing",
        "the questionnaire’s own",
    ),
    Column("missing", "level", "why there is no value", "there is a value", levels=MISSING),
)
SCORED = (
    Column("value", "number", "the score", "see missing", POINTS, 0, 100),
    Column("missing", "level", "why there is no score", "there is a score", levels=NO_SCORE),
)
TICK = Column("tick", "word", "what was ticked; its words stand in the readable codebook")

ITEMS = Table(
    "items",
    "Items",
    "one sentence of one questionnaire, as staff read it",
    (
        *ASKED,
        ITEM,
        Column(
            "scale", "word", "the scale that it belongs to", "the questionnaire is no longer installed here"
        ),
        Column(
            "text",
            "text",
            "the sentence, in English where there is English",
            "its holder lets nobody pass it on",
        ),
        Column(
            "themes", "text", "themes of the cited study that it listens for, separated by spaces", "none"
        ),
        Column(
            "lowest", "whole", "the lowest number on offer", "the questionnaire is no longer installed here"
        ),
        Column("highest", "whole", "the highest", "the questionnaire is no longer installed here"),
        Column("low_end", "text", "what the lowest number says", "its holder lets nobody pass it on"),
        Column("high_end", "text", "what the highest says", "its holder lets nobody pass it on"),
        Column(
            "reversed",
            "yes",
            "turned round before it counts",
            "the questionnaire is no longer installed here",
        ),
    ),
    ("questionnaire", "version", "item"),
)
SCALES = Table(
    "scales",
    "Scales",
    "one scale of one questionnaire, or its overall score",
    (
        *ASKED,
        Column("scale", "word", "its id"),
        Column("name", "text", "its name"),
        Column(
            "higher_is",
            "level",
            "which way it runs",
            levels=(("better", "higher is better"), ("worse", "higher is worse")),
        ),
        Column("in_alliance", "yes", "part of the alliance score", "it is the overall score itself"),
    ),
    ("questionnaire", "version", "scale"),
)
TO_ITEMS = Refers(("questionnaire", "version", "item"), "items", ("questionnaire", "version", "item"))
TO_SCALES = Refers(("questionnaire", "version", "scale"), "scales", ("questionnaire", "version", "scale"))
