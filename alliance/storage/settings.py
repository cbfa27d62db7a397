"""The clinic's settings, one JSON value a name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from alliance.domain import scale_figures
from alliance.domain.clinic import ClinicSettings, CrisisLine
from alliance.domain.scale_figures import ScaleFigures
from alliance.storage.database import Connection

NAME = "clinic"
RELIABILITY = "reliability"


def clinic_settings(conn: Connection) -> ClinicSettings:
    """What the clinic tells its patients."""
    row = conn.execute("SELECT value FROM setting WHERE name = ?", (NAME,)).fetchone()
    return _settings(row["value"])


@lru_cache(maxsize=8)
def _settings(text: str) -> ClinicSettings:
    """Settings change rarely and are read with every page."""
    stored: dict[str, Any] = json.loads(text)
    lines = tuple(CrisisLine(**line) for line in stored.pop("crisis_lines"))
    for name in ("offered", "languages"):
        stored[name] = tuple(stored.get(name, ()))
    stored["versions"] = tuple(sorted(stored.get("versions", {}).items()))
    return ClinicSettings(**stored, crisis_lines=lines)


def save_clinic_settings(conn: Connection, settings: ClinicSettings) -> None:
    """Keep the clinic's settings in place of those before."""
    value = asdict(settings) | {"versions": dict(settings.versions)}
    keep(conn, NAME, json.dumps(value, ensure_ascii=False))


def reliability(conn: Connection) -> list[ScaleFigures]:
    """How reliably the scales measure here, as last worked out; nothing before the first night."""
    row = conn.execute("SELECT value FROM setting WHERE name = ?", (RELIABILITY,)).fetchone()
    return scale_figures.from_json(row["value"]) if row else []


def save_reliability(conn: Connection, figures: Iterable[ScaleFigures]) -> None:
    """Keep these figures in place of those before."""
    keep(conn, RELIABILITY, scale_figures.to_json(figures))


def keep(conn: Connection, name: str, value: str) -> None:
    """Keep one setting, as JSON, in place of what was there before."""
    conn.execute(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
