"""Parts of addresses."""

from __future__ import annotations

ID = "int(max=9223372036854775807)"
"""An id, as the database counts them. A number past its largest is no address here, rather than an error there."""

LONGEST_ADDRESS = 1000


def local_path(address: str | None) -> str | None:
    """The address, if it is a path of this server and nothing a browser could read as another place."""
    if not address or len(address) > LONGEST_ADDRESS:
        return None
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return None
    # Browsers drop tabs and line ends from addresses, so that “/<tab>/host” would become “//host”.
    return address if address.isprintable() and " " not in address else None


def is_patients(path: str) -> bool:
    """Whether this path belongs to patients, where staff pages, sessions and names have no place."""
    if f"{path}/".startswith("/kiosk/"):
        return True
    return path.startswith(("/a/", "/stop/", "/thanks/")) or path in ("/thanks", "/leave", "/noted")
