"""A session that came from a calendar says so, and what the calendar says of it since."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from flask import Flask

from alliance.actions import appointments
from alliance.app import create_app
from tests.cast import NOW, Cast, address, signed_in
from tests.exchange.ics import calendar, entry


def read(cast: Cast, path: Path, day: str, **more: str) -> None:
    path.write_bytes(calendar(entry("a", f":{day}T080000Z", summary="Alder 14", **more)))
    appointments.read(cast.clinic, path, address("jonas"), NOW, time.monotonic, go=True, actor="system")


def test_the_page_says_where_the_session_is_from(app: Flask, cast: Cast, tmp_path: Path) -> None:
    path, alder = tmp_path / "jonas.ics", cast.alder
    read(cast, path, "20261120")
    jonas = signed_in(app, "jonas")
    with cast.clinic.db.read() as conn:
        session = conn.execute("SELECT session_id FROM appointment").fetchone()["session_id"]
    assert "from your calendar" in jonas.page(f"/sessions/{session}").main
    other = jonas.page(f"/sessions/{alder.session_id}")
    assert ("from your calendar" in other.main) is (session == alder.session_id)
    jonas.submit(jonas.page(f"/sessions/{session}").form("Make a link"), follow_redirects=True)
    read(cast, path, "20261119")
    assert "The calendar has it on Thursday 19 November by now" in jonas.page(f"/sessions/{session}").main
    read(cast, path, "20261120", STATUS="CANCELLED")
    assert "this session was cancelled" in jonas.page(f"/sessions/{session}").main


def test_who_adds_a_session_is_told_that_the_calendar_does_it(app: Flask, cast: Cast) -> None:
    new = f"/patients/{cast.alder.patient_id}/sessions/new"
    hint = "Sessions in your calendar that name Alder 14 are noted by themselves"
    assert hint not in signed_in(app, "jonas").page(new).main
    config = replace(cast.clinic.config, appointments={address("jonas"): Path("jonas.ics")})
    with_calendar = create_app(replace(cast.clinic, config=config), testing=True)
    assert hint in signed_in(with_calendar, "jonas").page(new).main
