"""What people install: everything that is needed, nothing that is not, and it runs away from the checkout."""

from __future__ import annotations

import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.server import running_demo

ROOT = Path(__file__).parent.parent
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", ".hypothesis", "build", "dist", "*.egg-info", "__pycache__", "shots"
)
IMPORTED_AS = {"argon2-cffi": "argon2"}  # the others by their own name, with _ for -
NOT_IMPORTED = {
    "plotly": "its script is served from the installed package",
    "tzdata": "read by zoneinfo where the system has no time zones",
}
COME_WITH = {"werkzeug": "flask", "jinja2": "flask", "markupsafe": "flask"}


@pytest.fixture(scope="module")
def setup_cfg() -> configparser.ConfigParser:
    parsed = configparser.ConfigParser()
    parsed.read(ROOT / "setup.cfg", encoding="utf-8")
    return parsed


def listed(setup_cfg: configparser.ConfigParser, section: str, name: str) -> list[str]:
    return [line for line in setup_cfg[section][name].splitlines() if line and not line.startswith("#")]


def names(requirements: list[str]) -> dict[str, str]:
    """Library to the rest of its line."""
    found = [re.fullmatch(r"([A-Za-z0-9-]+)(.*)", line) for line in requirements]
    return {match[1]: match[2] for match in found if match}


def third_party_imports() -> set[str]:
    ours = {"alliance", "surveys"}
    found = set()
    for path in [path for package in ours for path in (ROOT / package).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - ours - set(sys.stdlib_module_names)


def test_every_folder_with_code_is_a_declared_package(setup_cfg: configparser.ConfigParser) -> None:
    folders = {path.parent for package in ("alliance", "surveys") for path in (ROOT / package).rglob("*.py")}
    on_disk = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert set(listed(setup_cfg, "options", "packages")) == on_disk | {"alliance.static"}
    for folder in folders:
        assert (folder / "__init__.py").exists(), f"{folder} has no __init__.py"


def test_every_import_is_declared_and_every_declared_library_is_used(
    setup_cfg: configparser.ConfigParser,
) -> None:
    declared = names(listed(setup_cfg, "options", "install_requires"))
    as_imported = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in declared}
    imported = third_party_imports()
    assert imported - as_imported - set(COME_WITH) == set(), "imported, but not declared in setup.cfg"
    used = imported | set(NOT_IMPORTED)
    assert as_imported - used == set(), "declared in setup.cfg, but not used"


@pytest.mark.parametrize(
    "section", [("options", "install_requires"), ("options.extras_require", "test")], ids=["run", "test"]
)
def test_every_dependency_has_its_reason(
    setup_cfg: configparser.ConfigParser, section: tuple[str, str]
) -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name, rest in names(listed(setup_cfg, *section)).items():
        floor = re.match(r">=([0-9.]+)", rest)
        assert floor, f"{name} has no floor in setup.cfg"
        row = next((line for line in reasons.splitlines() if line.startswith(f"| {name} |")), "")
        assert re.match(rf"\| {name} \| {re.escape(floor[1])}(,[^|]*)? \| \w", row), (
            f"docs/dependencies.md does not say why {name} from {floor[1]} on is needed"
        )


def test_the_documentation_names_no_library_that_is_gone(setup_cfg: configparser.ConfigParser) -> None:
    declared = names(listed(setup_cfg, "options", "install_requires"))
    declared |= names(listed(setup_cfg, "options.extras_require", "test"))
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| [0-9]", text, re.MULTILINE)
    assert set(rows) == set(declared)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout without what builds leave behind: a left-over build/ would end in the wheel."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("source") / "alliance", ignore=NOT_SOURCE))


@pytest.fixture(scope="module")
def built(source: Path) -> Path:
    """The folder with wheel and source archive, the wheel made from the archive, as an index would get it."""
    run([sys.executable, "-m", "build", "--outdir", "dist"], source)
    return source / "dist"


def run(command: list[str], cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def needed() -> set[str]:
    """Every file that must travel, by its path in the wheel."""
    code = {
        path.relative_to(ROOT) for folder in ("alliance", "surveys") for path in (ROOT / folder).rglob("*")
    }
    kept = {
        str(path)
        for path in code
        if path.suffix in {".py", ".html", ".json", ".po", ".sql", ".toml", ".txt", ".typed"}
    }
    static = {path.relative_to(ROOT) for path in (ROOT / "static").rglob("*") if path.is_file()}
    return kept | {f"alliance/{path}" for path in static}


@pytest.mark.packaging
def test_the_wheel_carries_everything_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        carried = {name for name in wheel.namelist() if ".dist-info/" not in name}
        assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist()), "the licence is missing"
    assert needed() - carried == set()
    assert carried - needed() == set()


@pytest.mark.packaging
def test_the_source_archive_carries_what_a_build_needs(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        carried = {name.partition("/")[2] for name in archive.getnames()}
    moved = {name.replace("alliance/static/", "static/") for name in needed()}
    assert moved - carried == set()
    assert {"LICENSE", "README.md", "pyproject.toml", "setup.cfg"} <= carried
    assert not [name for name in carried if name.startswith("tests")]


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment with nothing but the wheel and what it asks for.

    What pip would compile beforehand, and most of which nothing here imports, is compiled when it is imported.
    """
    place = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(place)
    wheel = next(built.glob("*.whl"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(place)]
    run([*pip, "install", "-q", "--no-compile", str(wheel)], place)
    return place / "bin"


@pytest.mark.packaging
def test_the_installed_command_answers(installed: Path, tmp_path: Path) -> None:
    assert "alliance demo" in run([str(installed / "alliance"), "--help"], tmp_path)
    said = run([str(installed / "alliance"), "instruments", "list"], tmp_path)
    shipped = {path.parent.name for path in ROOT.glob("surveys/instruments/*/instrument.toml")}
    assert {"-".join(line.split("\t")[:2]) for line in said.splitlines()} == shipped
    where = "import alliance, surveys; print(alliance.__file__, surveys.__file__)"
    assert str(ROOT) not in run([str(installed / "python"), "-c", where], tmp_path)


@pytest.mark.packaging
def test_the_installed_demo_serves_pages_and_their_style(installed: Path, tmp_path: Path) -> None:
    with running_demo([str(installed / "alliance")], tmp_path / "demo", cwd=tmp_path) as demo:
        status, kind, page = demo.get("/sign-in")
        assert (status, kind) == (200, "text/html; charset=utf-8")
        assert "<h1>Sign in</h1>" in page
        loaded = re.findall(r'<(?:link|script)[^>]+(?:href|src)="([^"]+)"', page)
        assert any(address.endswith(".css") for address in loaded)
        for address in loaded:
            assert demo.get(address)[0] == 200
        _, _, form = demo.get(demo.patient_links[0].removeprefix(demo.url))
        assert 'name="safe"' in form
