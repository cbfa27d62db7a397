"""Everything that can be wrong with the texts in one language, each made by one change to sound ones."""

from __future__ import annotations

SAFE_TEXT = 'safe = { short = "Safe", text = "I felt safe with my therapist." }'

# What is changed into what, and the key and words of the fault that follows.
TEXT_FAULTS = {
    "a key twice": ("validated = false", "validated = false\nvalidated = true", "", "not sound TOML"),
    "missing item text": (SAFE_TEXT, "", "items.safe", "is missing"),
    "text of no item": (SAFE_TEXT, f"{SAFE_TEXT}\nsaf = {{}}", "items.saf", "an item that instrument.toml"),
    "missing scale name": ('safety = "Safety"', "", "scales.safety", "is missing"),
    "name of no scale": ('safety = "Safety"', 'safety = "S"\npace = "P"', "scales.pace", "a scale that"),
    "missing heading": ('you = "You"', "", "groups.you", "is missing"),
    "heading of no group": ('you = "You"', 'you = "You"\nwe = "We"', "groups.we", "a group that"),
    "missing question": ("[questions.raise]", "[questions.rise]", "questions.raise", "is missing"),
    "missing option": ('no = { text = "No" }', "", "questions.talked.options.no", "is missing"),
    "text of no option": (
        'no = { text = "No" }',
        'no = { text = "No" }\nso = { text = "So" }',
        "questions.talked.options.so",
        "an answer that",
    ),
    "empty item text": ('"I felt safe with my therapist."', '""', "items.safe.text", "is empty"),
    "blank quote": ('short = "Safe"', 'short = "Safe", quote = " "', "items.safe.quote", "is empty"),
    "empty heading": ('"How was it today?"', '" "', "heading", "is empty"),
    "empty option": (
        'no = { text = "No" }',
        'no = { text = "" }',
        "questions.talked.options.no.text",
        "is empty",
    ),
    "text as a number": ('"How was it today?"', "1", "heading", "has to be a text in quotes"),
    "text as a table": (SAFE_TEXT, 'safe = "I felt safe."', "items.safe", "has to be a table"),
    "unknown text": ("validated = false", "validated = false\nsubtitle = 'x'", "subtitle", "is not a key"),
    "validated as a text": ("validated = false", 'validated = "no"', "validated", "true or false"),
    "another language": ('language = "en"', 'language = "tr"', "language", "the file is called “en.toml”"),
    "unknown placeholder": (
        "Only {supervisor} sees this.",
        "Only {boss} sees this.",
        "questions.raise.note",
        "unknown placeholder “boss”",
    ),
    "placeholder that reaches inside": (
        "Only {supervisor} sees this.",
        "Only {supervisor.name} sees this.",
        "questions.raise.note",
        "“supervisor.name”",
    ),
    "placeholder with a form": (
        "Only {supervisor} sees this.",
        "Only {supervisor:>9} sees this.",
        "questions.raise.note",
        "unknown placeholder",
    ),
    "single bracket": (
        "Only {supervisor} sees",
        "Only {supervisor sees",
        "questions.raise.note",
        "single curly",
    ),
    "placeholder in an item": (
        "I felt safe with my therapist.",
        "I felt safe with {therapist}.",
        "items.safe.text",
        "nothing is filled in here",
    ),
    "supervisor where there is none": (
        '"A little"',
        '"A little, with {supervisor}"',
        "questions.talked.options.little.text",
        "asked too where there is none",
    ),
}
