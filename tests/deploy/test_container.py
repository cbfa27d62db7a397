"""The Dockerfile of docs/deploy, as far as a machine without an engine can try it."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch

import pytest

from tests.deploy.fronts import DEPLOY
from tests.test_packaging import needed

CHECK = "healthcheck.py"
ROOT = DEPLOY.parents[1]
KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
KNOWN |= {"ENTRYPOINT", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with what it is told, in order."""
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    return [(line.split()[0], " ".join(line.split()[1:])) for line in text.splitlines() if line.strip()]


def told(name: str) -> list[str]:
    return [value for each, value in instructions() if each == name]


def sources() -> list[str]:
    """What is copied from the repository into the image that builds, and into the one that runs."""
    copied = [value.split() for value in told("COPY") if not value.startswith("--from")]
    return [source for *from_here, _ in copied for source in from_here]


def sent(path: str) -> bool:
    """Whether the engine gets this file: the last rule that fits decides, and one for a folder is for all in it."""
    found = True
    for rule in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines():
        if rule and not rule.startswith("#") and _fits(rule.removeprefix("!"), path):
            found = rule.startswith("!")
    return found


def _fits(pattern: str, path: str) -> bool:
    parts = path.split("/")
    if pattern.startswith("**/"):
        return any(fnmatch(part, pattern.removeprefix("**/")) for part in parts)
    return fnmatch("/".join(parts[: pattern.count("/") + 1]), pattern)


def test_each_instruction_is_one_that_engines_know() -> None:
    assert {name for name, _ in instructions()} <= KNOWN
    assert next(name for name, _ in instructions()) == "FROM"


def test_all_that_is_copied_is_there_and_sent_and_nothing_else_is() -> None:
    assert len(sources()) > 8
    for source in sources():
        path = ROOT / source
        assert path.exists(), source
        inside = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
        for each in inside:
            junk = "__pycache__" in each.parts or each.suffix == ".pyc"
            assert sent(str(each.relative_to(ROOT))) is not junk, each
    for other in (
        "tests/cast.py",
        ".git/config",
        "docs/running.md",
        "clinic/clinic.db",
        "keyring.json",
        ".venv/x",
    ):
        assert not sent(other), other


@pytest.mark.parametrize(
    "page", ["docs/dependencies.md", "docs/deploy/one-machine.md", "docs/deploy/upgrade.md"]
)
def test_it_installs_as_the_documentation_says(page: str) -> None:
    """The same files, by the same hashes, everywhere."""
    typed = [line for value in told("RUN")[:2] for line in value.split(" && ")]
    built = [line.replace("/opt/alliance/.venv", ".venv").replace(" -q --no-cache-dir", "") for line in typed]
    text = (ROOT / page).read_text("utf-8")
    (shown,) = re.findall(
        r"(?:sudo )?(python3 -m venv .*\n.*requirements\.lock\n.*--no-build-isolation \.)\n", text
    )
    assert built == [
        line.removeprefix("sudo ").replace("/opt/alliance/.venv", ".venv") for line in shown.splitlines()
    ]


def test_it_runs_as_an_account_without_rights_on_a_python_that_fits() -> None:
    names = [name for name, _ in instructions()]
    last = len(names) - names[::-1].index("FROM")
    assert told("USER") == ["alliance"]
    assert "USER" in names[last:] and "RUN" not in names[last:][names[last:].index("USER") :]
    for base in told("FROM"):
        version = re.match(r"docker\.io/library/python:3\.(\d+)-slim-bookworm", base)
        assert version and int(version[1]) >= 11
    assert json.loads(told("ENTRYPOINT")[0]) == ["alliance"]
    assert json.loads(told("CMD")[0]) == ["serve", "/srv/alliance/clinic"]


def test_what_is_copied_is_all_that_the_product_is_built_from() -> None:
    """The wheel that is made of these files is tried in test_packaging."""
    files = {name.replace("alliance/static/", "static/") for name in needed()}
    files |= {"pyproject.toml", "setup.cfg", "MANIFEST.in", "README.md", "LICENSE"}
    assert {name for name in files if not {name, name.partition("/")[0]} & set(sources())} == set()


def test_it_asks_how_the_clinic_is_with_the_very_check_that_is_tried() -> None:
    found = re.fullmatch(r"--.* CMD (\[.*\])", told("HEALTHCHECK")[0])
    assert found
    assert json.loads(found[1]) == ["python3", "/opt/alliance/healthcheck.py", "/srv/alliance/clinic"]
    assert any(
        value.split()[-2:] == [f"docs/deploy/{CHECK}", f"/opt/alliance/{CHECK}"] for value in told("COPY")
    )
