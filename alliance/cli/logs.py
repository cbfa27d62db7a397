"""What may stand in a log: warnings and worse, without what opens anything, each on lines of its own."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

# What follows these in an address opens a form, an account or a tablet. A test holds them to the addresses there are.
SECRET_PATH = re.compile(r"(/a/|/stop/|/welcome/|/reset/|/kiosk/set-up/)[^/\s?'\"<>]+")
SECRET_VALUE = re.compile(
    r"((?:ticket|token|cookie|password|sid|pin)['\"]?\s*[=:]\s*['\"]?)[^\s'\"&;,()]{6,}", re.IGNORECASE
)
# Anything else that looks like a random token: long, and small letters, capitals and figures in it.
RANDOM = re.compile(
    r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Za-z0-9_-]{22,}={0,2}(?![\w-])", re.ASCII
)
# What moves the cursor, ends a line or hides text could make one entry look like another.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MORE = "\n  | "  # before every line of an entry but its first


class Discreet(logging.Formatter):
    """Leaves out of every line, tracebacks included, what would open a patient’s form or a staff account."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in (SECRET_PATH, SECRET_VALUE):
            text = secret.sub(r"\1…", text)
        text = RANDOM.sub("…", text)
        text = CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
        return text.replace("\n", MORE)


class ToStandardError(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to whatever standard error is at the moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    @property
    def stream(self) -> TextIO:
        return sys.stderr


def log_discreetly() -> None:
    """Warnings and worse go to standard error, once. There is no access log."""
    root = logging.getLogger()
    if not any(isinstance(handler, ToStandardError) for handler in root.handlers):
        root.addHandler(ToStandardError())
        root.setLevel(logging.WARNING)
