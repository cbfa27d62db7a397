"""Every setting of the documentation is one that there is, and every setting there is stands in it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from alliance.config import FILE, Config
from alliance.domain.backup_settings import BackupSettings
from alliance.mail.anchor_settings import AnchorSettings
from alliance.mail.settings import MailSettings
from tests.docs.pages import DOCS, blocks, text

RUNNING = text(DOCS / "running.md")
SETTING_UP = [
    DOCS / "running.md",
    *sorted((DOCS / "deploy").glob("*.md")),
]  # elsewhere TOML is something else
TABLES = {"### clinic.toml": Config, "## E-mail to patients": MailSettings}


@pytest.mark.parametrize("heading", TABLES)
def test_the_tables_hold_every_setting_and_no_other(heading: str) -> None:
    section = re.split(r"^#{2,3} ", RUNNING.partition(heading + "\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(named) == sorted(field.name for field in fields(TABLES[heading]) if field.name != "folder")


@pytest.mark.parametrize("settings", [BackupSettings, AnchorSettings])
def test_the_parts_of_the_other_tables_are_named(settings: type) -> None:
    for field in fields(settings):
        assert f"`{field.name}`" in RUNNING, field.name


@pytest.mark.parametrize("page", SETTING_UP, ids=lambda page: page.name)
def test_every_example_of_clinic_toml_is_taken(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(page, "toml")):
        folder = tmp_path / str(number)
        folder.mkdir(mode=0o700)
        missing = (
            "" if "public_url" in tomllib.loads(block) else 'public_url = "https://alliance.example.org"\n'
        )
        (folder / FILE).write_text(missing + block, "utf-8")
        assert Config.load(folder)
