"""Who may import whom, where SQL may stand, who may read a clock; and that the tests of it would notice."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("alliance", "surveys")


@dataclass(frozen=True)
class Layer:
    """What a layer may import besides itself: ours ("*" is all of it) and theirs; and if it has a clock."""

    ours: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()
    clock: bool = False


def layer(ours: str = "", theirs: str = "", *, clock: bool = False) -> Layer:
    return Layer(frozenset(ours.split()), frozenset(theirs.split()), clock)


BELOW_WEB = (
    "alliance alliance.config alliance.languages alliance.actions alliance.exchange alliance.domain"
    " alliance.analysis surveys"
)
LAYERS = {
    "surveys": layer(theirs="wtforms"),
    "alliance": layer(),  # the package's own __init__: a version and nothing else
    "alliance.analysis": layer(theirs="numpy scipy tqdm"),
    "alliance.domain": layer("alliance.analysis surveys"),
    "alliance.exchange": layer(
        "alliance.domain alliance.analysis surveys", "icalendar recurring_ical_events"
    ),
    "alliance.config": layer("alliance.domain alliance.mail"),
    "alliance.languages": layer(theirs="babel"),
    "alliance.mail": layer("alliance.languages"),
    "alliance.storage": layer(
        "alliance alliance.domain alliance.analysis surveys", "sqlite_utils pysqlite3 cryptography"
    ),
    "alliance.actions": layer(
        "alliance alliance.config alliance.languages alliance.mail alliance.storage alliance.exchange alliance.domain"
        " alliance.analysis surveys",
        "argon2 cryptography pyotp webauthn",
    ),
    "alliance.web": layer(
        BELOW_WEB, "flask flask_wtf jinja2 markupsafe plotly segno werkzeug wtforms", clock=True
    ),
    "alliance.app": layer(f"{BELOW_WEB} alliance.web", "flask flask_wtf werkzeug", clock=True),
    "alliance.demo": layer(f"{BELOW_WEB} alliance.storage", clock=True),
    "alliance.cli": layer("*", "click flask tqdm waitress werkzeug", clock=True),
}

# What the web server loads, or runs for every answer: plain Python, so that it stays small and starts fast.
PLAIN = {
    "alliance.analysis",  # whose names are loaded when asked for
    *(f"alliance.analysis.{name}" for name in ("fitted", "prior", "links", "ratings_only", "comparators")),
    *(f"alliance.analysis.{name}" for name in ("forecast", "predictive")),
    *(f"alliance.analysis.{name}" for name in ("odds", "state", "likelihood", "learning", "track")),
}

# An import inside a function hides a dependency. These are here to start faster, not to dodge a cycle.
LATE_IMPORTS = {
    "alliance.cli": "a command loads the server, or the made-up clinic, only when it is the one that is run",
    "alliance.actions.passkeys": "what reads certificates takes long to load, and few servers meet a passkey at once",
    "alliance.storage.migrations": "what migrates loads numpy where it is installed, and most starts migrate nothing",
}

CLOCK = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime"},
}
RUNS_SQL = {"execute", "executemany", "executescript"}
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX"
    r"|TRIGGER|VIEW)|ALTER\s+TABLE|DROP\s+\w+|PRAGMA\s+\w+|BEGIN\s+IMMEDIATE)\b",
    re.DOTALL,
)


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def layer_of(module: str) -> str:
    """The layer a module belongs to: "alliance.storage.people" is of "alliance.storage"."""
    parts = module.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in prefixes if name in LAYERS and (name != "alliance" or name == module)), "")


def imported(node: ast.AST) -> list[str]:
    """The modules an import statement loads; `from alliance import storage` loads alliance.storage."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module == "alliance":
        names = [f"alliance.{alias.name}" for alias in node.names]
        return [name if layer_of(name) else "alliance" for name in names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return []


def import_faults(module: str, tree: ast.Module) -> Iterator[str]:
    own = layer_of(module)
    if not own:
        yield f"{module} belongs to no layer: say in this test which it is"
        return
    allowed = LAYERS[own]
    for node in ast.walk(tree):
        for name in imported(node):
            line = f"{module}, line {node.lineno}"  # type: ignore[attr-defined]
            top = name.partition(".")[0]
            if name.startswith("."):
                yield f"{line}: a relative import; write the whole name"
            elif top in PACKAGES:
                other = layer_of(name)
                if other != own and not allowed.ours & {other, "*"}:
                    yield f"{line}: {own} may not import {name}"
            elif top in {"sqlite3", "pysqlite3", "sqlite_utils"} and own != "alliance.storage":
                yield f"{line}: only alliance.storage speaks to the database, not {own}"
            elif top not in sys.stdlib_module_names and (top not in allowed.theirs or module in PLAIN):
                yield f"{line}: {module if module in PLAIN else own} may not import {name}"


def late_import_faults(module: str, tree: ast.Module) -> Iterator[str]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        for node in ast.walk(function):
            late = isinstance(node, ast.Import | ast.ImportFrom)
            if late and not LATE_IMPORTS.keys() & {module, layer_of(module)}:
                yield f"{module}, line {node.lineno}: an import inside a function"


def clock_faults(module: str, tree: ast.Module) -> Iterator[str]:
    """Time is an argument below the web, so that every rule can be tested at any moment."""
    if (own := layer_of(module)) in LAYERS and LAYERS[own].clock:
        return
    for node in ast.walk(tree):
        line = f"{module}, line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Attribute):
            held_by = node.value
            name = getattr(held_by, "id", getattr(held_by, "attr", ""))
            if node.attr in CLOCK.get(name, set()):
                yield f"{line}: {name}.{node.attr} reads the clock"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            read = CLOCK["time"] & {alias.name for alias in node.names}
            yield from (f"{line}: time.{name} reads the clock" for name in sorted(read))


def sql_faults(module: str, tree: ast.Module) -> Iterator[str]:
    if layer_of(module) == "alliance.storage":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield f"{module}, line {node.lineno}: SQL outside alliance.storage"
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in RUNS_SQL:
            yield f"{module}, line {node.lineno}: runs SQL outside alliance.storage"


CHECKS = (import_faults, late_import_faults, clock_faults, sql_faults)


def faults(module: str, source: str) -> list[str]:
    tree = ast.parse(source)
    return [fault for check in CHECKS for fault in check(module, tree)]


@pytest.mark.parametrize(("module", "path"), modules(), ids=[module for module, _ in modules()])
def test_the_layers_hold(module: str, path: Path) -> None:
    assert faults(module, path.read_text(encoding="utf-8")) == []


def test_every_late_import_is_still_needed() -> None:
    late = {
        name
        for module, path in modules()
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (module, layer_of(module))
    }
    assert set(LATE_IMPORTS) <= late, "LATE_IMPORTS names a layer that no longer has any"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("surveys.scoring", "from alliance.domain import people"),
        ("surveys.scoring", "import flask"),
        ("alliance.analysis.odds", "import numpy"),
        ("alliance.analysis.funnels", "import pandas"),
        ("alliance.analysis.odds", "from surveys import library"),
        ("alliance.analysis.odds", "from datetime import datetime\nnow = datetime.now()"),
        ("alliance.domain.trend", "import datetime\nnow = datetime.date.today()"),
        ("alliance.domain.trend", "from time import time"),
        ("alliance.domain.trend", "import time\nt = time.time()"),
        ("alliance.domain.trend", "from flask import g"),
        ("alliance.domain.trend", "import sqlite3"),
        ("alliance.domain.trend", "from alliance.storage.people import patients"),
        ("alliance.storage.people", "from alliance import actions"),
        ("alliance.storage.people", "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
        ("alliance.actions.answering", "import wtforms"),
        ("alliance.actions.answering", "import plotly.graph_objects"),
        ("alliance.actions.answering", "from sqlite_utils import Database"),
        ("alliance.actions.answering", "conn.execute(question)"),
        ("alliance.actions.answering", "question = 'SELECT code FROM patient'"),
        ("alliance.actions.answering", "question = f'DELETE FROM {table}'"),
        ("alliance.web.patient", "from alliance.storage import people"),
        ("alliance.web.patient", "import alliance.storage.people"),
        ("alliance.web.patient", "from alliance import storage"),
        ("alliance.web.patient", "from alliance.app import create_app"),
        ("alliance.web.patient", "from alliance.cli import main"),
        ("alliance.web.patient", "from alliance.demo import cast"),
        ("alliance.web.patient", "from . import guards"),
        ("alliance.web.patient", "import requests"),
        ("alliance.web.patient", "def view():\n    from alliance.actions import answering"),
        ("alliance.demo.cast", "from alliance.cli import main"),
        ("alliance", "from alliance.app import create_app"),
        ("alliance.helpers", "import json"),
    ],
)
def test_the_checks_notice_a_breach(module: str, source: str) -> None:
    assert len(faults(module, source)) >= 1, f"nothing noticed in {module}: {source}"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("surveys.forms", "import wtforms\nfrom surveys.definition import Item"),
        ("alliance.domain.trend", "from datetime import date\nfrom alliance.analysis.track import Reading"),
        ("alliance.storage.people", "QUERY = 'SELECT code FROM patient'\nconn.execute(QUERY)"),
        ("alliance.web.patient", "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
        ("alliance.web.patient", "words = 'Select one FROM these'"),
        ("alliance.cli", "def serve():\n    from waitress import serve"),
    ],
)
def test_the_checks_let_good_code_pass(module: str, source: str) -> None:
    assert faults(module, source) == []
