"""Which addresses can be written to: those that go into a header and an envelope as they are."""

from __future__ import annotations

import re

LONGEST = 254  # signs, as RFC 5321 has it
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def checked(text: str) -> str | None:
    """The address in the form in which it is kept and used, or None where nobody could be written to there.

    A domain in other letters is turned into the form that mail servers know (IDNA). Quoted names, names in other
    letters and bare machine numbers, which hardly any mailbox has, are refused; so is every line break.
    """
    local, at, domain = text.strip(" \t\u00a0").rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = domain.split(".")
    fits = (
        at
        and len(local) <= 64
        and _LOCAL.fullmatch(local)
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )
    found = f"{local}@{domain.lower()}"
    return found if fits and len(found) <= LONGEST else None
