"""The pictures of the guides can be made of the demo as it is, as large as those that are kept."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.docs.pictures import IMAGES, PICTURES, take
from tests.docs.test_guides import size
from tests.server import Demo


def test_every_picture_can_be_made_anew(browser: Browser, demo_server: Demo, tmp_path: Path) -> None:
    made = list(take(browser, demo_server, tmp_path))
    assert [path.stem for path in made] == list(PICTURES)
    for path in made:
        kept = IMAGES / path.name
        assert size(path) == size(kept)
        assert 0.5 < path.stat().st_size / kept.stat().st_size < 2, f"{path.name} shows something else by now"
