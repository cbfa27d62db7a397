"""The pages of docs/deploy: each file is told of, and an upgrade goes and comes back as its page says."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner

from alliance.cli import main
from tests.cast import Cast
from tests.deploy.fronts import DEPLOY
from tests.web.posting import count

PAGES = {path.name: path.read_text("utf-8") for path in DEPLOY.glob("*.md")}
AS_ITS_ACCOUNT = "sudo -u alliance /opt/alliance/.venv/bin/alliance "
CLINIC = "/srv/alliance/harbour-street"


def typed(page: str) -> list[str]:
    """Every line of the page’s code that calls `alliance`, in order, without how it is called."""
    code = re.findall(r"```sh\n(.*?)```", PAGES[page], re.DOTALL)
    lines = [line for block in code for line in block.splitlines()]
    return [line.removeprefix(AS_ITS_ACCOUNT) for line in lines if line.startswith(AS_ITS_ACCOUNT)]


@pytest.mark.parametrize(
    "name", sorted(path.name for path in DEPLOY.iterdir() if path.suffix != ".md" and path.is_file())
)
def test_every_file_is_told_of(name: str) -> None:
    pages = [*PAGES.values(), (DEPLOY.parent / "dependencies.md").read_text("utf-8")]
    pages.append((DEPLOY / "Dockerfile").read_text("utf-8"))
    known = name if name != "Dockerfile.dockerignore" else "Dockerfile"  # engines find it by its name
    assert any(known in page for page in pages)


def test_an_upgrade_goes_and_comes_back_as_its_page_says(cast: Cast) -> None:
    folder, backups = cast.clinic.config.folder, cast.clinic.config.backup_folder
    answers, done, said = count(cast.clinic, "response"), [], ""
    cast.clinic.close()
    for line in typed("upgrade.md"):
        words = shlex.split(line.replace(CLINIC, str(folder)))
        if words[0] == "restore":
            (made,) = backups.glob("*.backup")
            assert words[1].startswith("/mnt/backups/harbour-street/")
            words[1] = str(made)
        ended = CliRunner().invoke(main, words)
        assert ended.exit_code == 0 or words[0] == "doctor", ended.output
        done.append(words[0])
        said += ended.output
    assert done == ["verify", "backup", "doctor", "verify", "restore", "doctor"]
    assert f"Answers there now: {answers}." in said
