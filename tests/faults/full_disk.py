"""Run by a test in a namespace of its own: a clinic on a small disk that becomes full. Prints one line of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from alliance.actions import caseload
from alliance.actions import clinic as clinics
from alliance.actions.alarms import alarms
from alliance.actions.answering import NotSaved
from alliance.actions.clinic import Clinic
from alliance.actions.passwords import Passwords
from alliance.domain.therapy import Channel
from alliance.storage import ballast
from tests.actions.sending import STEADY, page, send
from tests.cast import NOW, make_cast
from tests.conftest import SETTINGS

LONG = "so much was said. " * 80  # a comment of a few kilobytes, so that the disk is soon full again


def main(disk: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", str(disk)], check=True)
    ballast.SIZE = 1 << 20
    folder, cheap = disk / "clinic", Passwords(memory_kib=8, passes=1)
    made = clinics.create(
        folder, settings_at_start=SETTINGS, public_url="https://alliance.example", now=NOW, passwords=cheap
    )
    with made as clinic:
        cast = make_cast(clinic)
    with clinics.open_clinic(folder, passwords=cheap) as clinic:
        viewer = cast.viewer("jonas")
        links = [link(clinic, viewer, cast.alder.patient_id) for _ in range(900)]
        assert ballast.make(folder)
        fill(disk)
        kept, refused, gone_at = [], 0, None
        for token in links:
            try:
                send(clinic, token, page(STEADY, comment=LONG), NOW)
                kept.append(token)
            except NotSaved as failed:
                assert failed.form is not None and failed.checked is not None
                assert failed.checked.comment.startswith("so much")
                refused += 1
            if gone_at is None and not ballast.is_there(folder):
                gone_at = len(kept)
            if refused == 3:
                break
        told = alarms(replace(clinic.config), NOW)[0]
        (disk / "filling").unlink()
        after = links[len(kept) + refused :][:20]
        for token in after:
            send(clinic, token, page(STEADY), NOW)
        with clinic.db.read() as conn:
            there = conn.execute(
                "SELECT count(*) AS n FROM invitation WHERE claimed_at IS NOT NULL"
            ).fetchone()["n"]
            whole = conn.execute("PRAGMA integrity_check").fetchone()[0]
        made_again = ballast.make(folder)
        print(  # noqa: T201 (read by the test)
            json.dumps(
                {
                    "kept": len(kept),
                    "before the ballast went": gone_at,
                    "refused": refused,
                    "after": len(after),
                    "there": there - 14,
                    "whole": whole,
                    "told": told,
                    "ballast again": made_again,
                }
            )
        )


def link(clinic: Clinic, viewer: object, patient_id: int) -> str:
    held = caseload.add_session(clinic, viewer, patient_id, held_on=NOW.date(), next_on=None, now=NOW)  # type: ignore[arg-type]
    return caseload.issue_link(clinic, viewer, held.id, channel=Channel.LINK, now=NOW)  # type: ignore[arg-type]


def fill(disk: Path) -> None:
    """Leave no room at all."""
    with (disk / "filling").open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


if __name__ == "__main__":
    main(Path(sys.argv[1]))
