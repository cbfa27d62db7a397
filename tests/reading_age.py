"""How old one has to be to read an English text: the school grade of Kincaid, and the longest sentence.

Kincaid JP, Fishburne RP, Rogers RL, Chissom BS. Derivation of new readability formulas for Navy enlisted
personnel. Research Branch Report 8-75, 1975: 0.39 words a sentence + 11.8 syllables a word - 15.59.
A child in school grade n is n + 5 years old, or turns n + 6 during it.
"""

from __future__ import annotations

import re

HIGHEST_GRADE = 6.0
"""An eleven-year-old has finished the fifth year of school, or is about to."""

LONGEST_SENTENCE = 20
"""In words."""

SHORT = 5
"""Below so many words the formula says nothing of a text by itself: one long word outweighs all."""

# Long, but everybody who reads the page knows the one by name and has been told of the other.
FAMILIAR = {"therapist": 2, "therapists": 2, "supervisor": 2, "supervisors": 2}


def syllables(word: str) -> int:
    """How many syllables a word has, rather one too many than one too few."""
    word = re.sub(r"[^a-z]", "", word.lower())
    if word in FAMILIAR:
        return FAMILIAR[word]
    word = re.sub(r"(?<=[^aeiouy])(e|es|ed)$", "", word) or word
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z’]+", text)


def sentences(text: str) -> list[str]:
    """Its sentences; a colon ends one too, as what follows can be read by itself."""
    return [part for part in re.split(r"[.?!:;](?=\s|$)", text) if words(part)]


def grade(text: str) -> float:
    """The school grade of a text."""
    found = words(text)
    return (
        0.39 * len(found) / max(1, len(sentences(text)))
        + 11.8 * sum(map(syllables, found)) / len(found)
        - 15.59
    )


def longest_sentence(text: str) -> int:
    return max((len(words(sentence)) for sentence in sentences(text)), default=0)
