"""A clinic’s folder examined from outside: its database, against every end of the trail that was kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from alliance.actions import anchoring
from alliance.actions.faults import Fault
from alliance.actions.verifying import unwatched, verify
from alliance.config import Config
from alliance.domain.anchors import Anchor
from alliance.domain.audit import Head
from alliance.domain.verifying import Report
from alliance.storage.examining import Watch
from alliance.storage.keyring import Keyring


def verify_folder(folder: Path, lines: Iterable[str] = (), watch: Watch = unwatched) -> Report:
    """Examine the clinic in this folder. `lines`: anchors as they were mailed or printed.

    Raises ConfigFault and KeyringFault, and Fault for a line that is no anchor of this clinic.
    """
    config = Config.load(folder)
    keyring = Keyring.load(config.keyring)
    heads, altered, lost = anchoring.kept(config, keyring)
    heads += [_given(line, keyring) for line in lines]
    report = verify(config.database, keyring, heads=heads, watch=watch)
    return replace(report, findings=[*report.findings, *altered], notes=[*report.notes, *lost])


def _given(line: str, keyring: Keyring) -> Head:
    try:
        return Anchor.read(line, keyring.proofs.anchor).head
    except ValueError as error:
        raise Fault(f"“{line[:40]}…” is no anchor: {error}", "anchor") from error
