"""What a browser carries for us, sealed: it can be sent back, and neither read, changed nor made up."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from alliance.actions.clinic import Clinic
from alliance.storage.keyring import SealBroken


def sealed(clinic: Clinic, text: str, where: str) -> str:
    """The text, fit for an address, a cookie or a field. It opens for this `where` alone."""
    return urlsafe_b64encode(clinic.keyring.seal(text, where)).decode("ascii").rstrip("=")


def opened(clinic: Clinic, carried: str, where: str) -> str | None:
    """What was sealed for this `where`; None for anything else, whatever was sent."""
    try:
        filled = carried.encode("ascii") + b"=" * (-len(carried) % 4)
        return clinic.keyring.open(urlsafe_b64decode(filled), where).decode()
    except (ValueError, SealBroken):  # no base64, or nothing that was sealed here for this
        return None
