"""What a new password has to be: long, and not one that is tried first. Nothing asks for figures, capitals or signs.

Tried first are the passwords that most people use, one or two of them strung together, the same few signs again and
again, the names of the clinic and of the person, and, where the clinic has such a file, what is known from breaches.
Nothing of it is asked of anybody else's server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha1
from importlib import resources
from pathlib import Path

from alliance.actions.passwords import LONGEST, SHORTEST, normal

ADVICE = "A sentence of four words or more, that only you would think of, works well"
COMMON = f"Many people use this password, or parts of it, so it is guessed early. {ADVICE}"
ABOUT_HERE = f"There is too much of the clinic’s name, or of yours, in this password. {ADVICE}"
BREACHED = f"This password is known from a breach elsewhere. {ADVICE}"
OUR_WORDS = ("alliance", "clinic", "therapy", "therapist", "psychotherapy", "supervision", "password")
OWN_LETTERS = 8  # what has to be left once names are taken out
SHORT_WORD = 4  # letters; names below it stand in too many words


@cache
def common() -> frozenset[str]:
    """The thirty thousand passwords that most people use, in small letters."""
    text = resources.files("alliance").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("# "))


def fault_in(password: str, names: Iterable[str] = (), breached: Path | None = None) -> str | None:
    """What to change about a new password, in a sentence; None if it will do.

    `names` are the clinic's, the person's, their address: what somebody who knows them would try.
    """
    if len(password) < SHORTEST:
        return f"Choose a password of at least {SHORTEST} characters. A short sentence works well"
    if len(password) > LONGEST:
        return f"Choose a password of at most {LONGEST} characters"
    if is_common(password):
        return COMMON
    if _about_here(password, names):
        return ABOUT_HERE
    if breached is not None and is_breached(password, breached):
        return BREACHED
    return None


def is_common(password: str) -> bool:
    """Whether it is on the list, made of one or two entries, or the same few signs again and again."""
    for text in {normal(password).casefold(), _letters(password)}:
        if text in common() or _repeats(text):
            return True
        if any(text[:at] in common() and text[at:] in common() for at in range(1, len(text))):
            return True
    return False


def _repeats(text: str) -> bool:
    """Whether it is a short or common piece, again and again."""
    for length in range(1, len(text) // 2 + 1):
        piece = text[:length]
        if (text == (piece * (len(text) // length + 1))[: len(text)]) and (length <= 5 or piece in common()):
            return True
    return False


def _about_here(password: str, names: Iterable[str]) -> bool:
    """Whether little is left once the clinic's name and the person's, figures and signs are taken out."""
    rest = _letters(password)
    words = {word for name in names for word in (*re.split(r"\W+", name.casefold()), _letters(name))}
    known = sorted(
        (word for word in {*words, *OUR_WORDS} if len(word) >= SHORT_WORD),
        key=lambda word: (-len(word), word),
    )
    without = rest
    for word in known:
        without = without.replace(word, "")
    left = [sign for sign in without if not sign.isdigit()]
    return without != rest and len(left) < OWN_LETTERS


def _letters(text: str) -> str:
    """Letters and figures alone, in small letters."""
    return "".join(sign for sign in normal(text).casefold() if sign.isalnum())


def is_breached(password: str, file: Path) -> bool:
    """Whether the file names this password: lines of SHA-1 in hexadecimal, in order, each with or without `:` and a
    count, as the lists of breached passwords are handed out. The file may be of any size. Raises OSError.
    """
    wanted = (
        sha1(normal(password).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper()
    )
    with file.open("rb") as lines:
        low, high = 0, file.stat().st_size
        while low < high:  # the line that begins at or behind the middle
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.seek(middle - 1)
                lines.readline()
            begins = lines.tell()
            found = lines.readline().strip().partition(b":")[0].decode("ascii", "replace").upper()
            if not found or found > wanted:
                high = middle
            elif found < wanted:
                low = max(lines.tell(), begins + 1)
            else:
                return True
    return False
