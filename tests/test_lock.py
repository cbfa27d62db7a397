"""The exact versions a clinic installs: every one with its hashes, all that is needed, none that is too old."""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "docs" / "deploy" / "requirements.lock").read_text(encoding="utf-8")
BILL = json.loads((ROOT / "docs" / "deploy" / "sbom.cdx.json").read_text(encoding="utf-8"))
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\\n]+))? \\$", re.MULTILINE)
RENEW = "python3 .ci/lock.py writes it anew"


def declared() -> list[Requirement]:
    parsed = configparser.ConfigParser()
    parsed.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = parsed["options"]["install_requires"].splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pinned(lock: str) -> dict[str, list[str]]:
    """Library to its versions: more than one where they differ by Python or machine."""
    found: dict[str, list[str]] = {}
    for match in PINNED.finditer(lock):
        found.setdefault(match["name"], []).append(match["version"])
    return found


def faults(lock: str, wanted: list[Requirement]) -> Iterator[str]:
    """What is missing or may not be, in a sentence each."""
    there = pinned(lock)
    for each in wanted:
        versions = there.get(canonicalize_name(each.name), [])
        if not versions:
            yield f"{each.name} is not in the lock"
        for pin in versions:
            if pin not in each.specifier:
                yield f"{each.name} {pin} is in the lock, but setup.cfg asks for {each.specifier}"


def needed(wanted: list[Requirement]) -> set[str]:
    """The libraries asked for and all that they ask for in turn, as far as the locked version is installed here."""
    there = pinned(LOCK)
    found: set[str] = set()
    while wanted:
        each = wanted.pop()
        name = canonicalize_name(each.name)
        applies = each.marker is None or each.marker.evaluate({"extra": ""})
        if applies and name not in found:
            found.add(name)
            if version(each.name) in there.get(name, []):
                wanted += [Requirement(line) for line in requires(each.name) or []]
    return found


@pytest.mark.control(59)
def test_the_lock_has_what_setup_cfg_asks_for() -> None:
    assert list(faults(LOCK, declared())) == [], RENEW


@pytest.mark.control(59)
def test_the_lock_has_everything_that_those_need_in_turn() -> None:
    assert needed(declared()) - set(pinned(LOCK)) == set(), RENEW


def test_what_is_missing_or_too_old_is_named() -> None:
    lock = LOCK.replace("flask==", "flasks==").replace("numpy==", "numpy==0.", 1)
    told = list(faults(lock, declared()))
    assert told[0] == "flask is not in the lock"
    assert re.fullmatch(r"numpy 0\.\S+ is in the lock, but setup.cfg asks for >=2.0", told[1])
    assert len(told) == 2


@pytest.mark.control(59)
def test_nothing_is_in_the_lock_without_its_hashes() -> None:
    starts = [line for line in LOCK.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(starts) == len(PINNED.findall(LOCK)), "a line of the lock names no exact version"
    for part in re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", part), part.splitlines()[0]


@pytest.mark.control(59)
def test_the_bill_of_materials_lists_what_the_lock_installs() -> None:
    assert (BILL["bomFormat"], BILL["metadata"]["component"]["name"]) == ("CycloneDX", "alliance")
    listed = {canonicalize_name(each["name"]): each["version"] for each in BILL["components"]}
    there = pinned(LOCK)
    assert {name: pin for name, pin in listed.items() if pin not in there.get(name, [])} == {}
    everywhere = {match["name"] for match in PINNED.finditer(LOCK) if not match["marker"]}
    assert everywhere - set(listed) == set(), RENEW
    asked = next(each for each in BILL["dependencies"] if each["ref"].startswith("alliance=="))
    assert {canonicalize_name(each.name) for each in declared()} <= {
        canonicalize_name(ref.partition("==")[0]) for ref in asked["dependsOn"]
    }, RENEW
