"""Parts of addresses."""

from __future__ import annotations

ID = "int(max=9223372036854775807)"
"""An id, as the database counts them. A number past its largest is no address here, rather than an error there."""
