"""Everything that can be wrong with a checklist, each made by one change to a sound one."""

from __future__ import annotations

JUDGED = '{ id = "judged",      family = "intrusion", themes = [8] }'
LOW = (
    '{ after = ["after-session", "pulse"], scales = ["safety", "attunement", "collaboration"], at_most = 5 }'
)
TENSE = '{ after = ["after-session", "pulse"], scales = ["rupture"], at_least = 3 }'
JUDGED_TEXT = 'judged = { text = "felt judged or talked down to", quote = "I felt judged or talked down to" }'

# What is changed into what, and the key and words of the fault that follows.
STRUCTURE_FAULTS = {
    "unknown kind": ('kind = "checklist"', 'kind = "tick-list"', "kind", "none of session, monthly"),
    "a rated one with ticks": ('kind = "checklist"', "", "items", "is missing"),
    "unknown key": ("families = [", 'colour = "red"\nfamilies = [', "colour", "is not a key that is known"),
    "family twice": ('"pace", "direction"', '"pace", "pace"', "families", "“pace” is there twice"),
    "family of no tick": (
        '"direction"]',
        '"direction", "weather"]',
        "families.weather",
        "has no ticks",
    ),
    "unknown family": (
        JUDGED,
        JUDGED.replace("intrusion", "intrusions"),
        "ticks.judged.family",
        "“intrusions”",
    ),
    "tick twice": (JUDGED, JUDGED.replace('"judged"', '"late"'), "ticks", "“late” is there twice"),
    "tick no kebab-case": (JUDGED, JUDGED.replace('"judged"', '"Judged"'), "ticks.Judged", "not kebab-case"),
    "theme too high": (JUDGED, JUDGED.replace("[8]", "[13]"), "ticks.judged.themes", "theme 13"),
    "alone with a family": (
        JUDGED,
        JUDGED.replace(" }", ", alone = true }"),
        "ticks.judged.family",
        "speaks alone",
    ),
    "tick in no group": ('["judged", ', "[", "ticks.judged", "is in no group"),
    "tick in two groups": (
        '["workbook",',
        '["judged", "workbook",',
        "groups.together.ticks",
        "is in a group already",
    ),
    "group of no tick": ('["judged", ', '["judgd", ', "groups.me.ticks", "“judgd” is none of the ticks"),
    "empty group": ('["other", "nothing"]', "[]", "groups.or.ticks", "is empty"),
    "never offered": (LOW + ",\n  " + TENSE + ",", "", "offered", "would never be offered"),
    "offered after nothing": (
        TENSE,
        TENSE.replace('["after-session", "pulse"]', "[]"),
        "offered.2.after",
        "is empty",
    ),
    "offered for no scale": (TENSE, TENSE.replace('["rupture"]', "[]"), "offered.2.scales", "is empty"),
    "offered for a scale twice": (
        TENSE,
        TENSE.replace('["rupture"]', '["rupture", "rupture"]'),
        "offered.2.scales",
        "is there twice",
    ),
    "neither low nor high": (TENSE, TENSE.replace(", at_least = 3", ""), "offered.2", "either “at_most” or"),
    "both low and high": (LOW, LOW.replace(" }", ", at_least = 7 }"), "offered.1", "either “at_most” or"),
    "a bound as a text": (LOW, LOW.replace("5", '"5"'), "offered.1.at_most", "has to be a whole number"),
    "unknown key of a rule": (LOW, LOW.replace("at_most", "atmost"), "offered.1", "either “at_most” or"),
    "version": ('version = "1.0"', 'version = "one"', "version", "two numbers"),
}
TEXT_FAULTS = {
    "missing tick": (JUDGED_TEXT, "", "ticks.judged", "is missing"),
    "empty tick": (
        'text = "was late, or the time was cut short"',
        'text = " "',
        "ticks.late.text",
        "is empty",
    ),
    "text of no tick": (JUDGED_TEXT, f"{JUDGED_TEXT}\njugded = {{}}", "ticks.jugded", "a tick that"),
    "missing heading": ('me = "I …"', "", "groups.me", "is missing"),
    "missing family": ('pace = "the pace"', "", "families.pace", "is missing"),
    "name of no family": ('pace = "the pace"', 'pace = "p"\nspeed = "s"', "families.speed", "a family that"),
    "a placeholder": ("didn’t let me finish", "didn’t let {me} finish", "ticks.interrupted.text", "curly"),
    "no lead": ("lead = ", "led = ", "lead", "is missing"),
}
# Where the other instruments are there too: a rule that speaks of what is not.
RULE_FAULTS = {
    "an instrument that is not there": (
        TENSE,
        TENSE.replace('"pulse"', '"puls"'),
        "offered.2.after",
        "“puls” is none of the instruments",
    ),
    "one that is asked monthly": (
        TENSE,
        TENSE.replace('"pulse"', '"around-therapy"'),
        "offered.2.after",
        "“around-therapy” is not asked after a session",
    ),
    "itself": (TENSE, TENSE.replace('"pulse"', '"what-happened"'), "offered.2.after", "is none of the"),
    "a scale that is not there": (
        TENSE,
        TENSE.replace('"rupture"', '"ruptures"'),
        "offered.2.scales",
        "“ruptures” is none of after-session 1.0’s scales",
    ),
    "any answer": (
        LOW,
        LOW.replace("5", "10"),
        "offered.1.at_most",
        "is 10; for after-session 1.0 it has to",
    ),
    "no answer": (TENSE, TENSE.replace("3", "11"), "offered.2.at_least", "from 1 to 10"),
}
