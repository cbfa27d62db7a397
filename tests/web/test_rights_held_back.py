"""What a therapist does with one patient’s data has the same outcome, held back or never answered; and it does work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from alliance.actions.passwords import Passwords
from tests.cast import Cast
from tests.web import rights
from tests.web.twin_story import WORDS, Story, posting
from tests.web.twins import Twins, twins


@pytest.fixture
def pair(cast: Cast, clock: time_machine.Traveller, tmp_path: Path, passwords: Passwords) -> Iterator[Twins]:
    yield from twins(cast, tmp_path, passwords)


@pytest.mark.parametrize("level", [2, 8])
def test_every_act_has_the_same_outcome(pair: Twins, clock: time_machine.Traveller, level: int) -> None:
    story = Story(pair, clock)
    story.kept(level, **WORDS)
    for endpoint, deeds in rights.DOES.items():
        for path, fields in deeds:
            for status, _, body in story.reply(f"{endpoint} {path}", posting(path, fields)):
                assert status in (200, 303), f"{path}: {status}"
                assert WORDS["comment"].encode() not in body
        story.look(f"after {endpoint}")


def test_a_pause_tells_nothing_of_what_was_held_back(pair: Twins, clock: time_machine.Traveller) -> None:
    """Before it, while it lasts, and after it; the night reads both alike."""
    story = Story(pair, clock)
    story.kept(2)
    [(path, fields)] = rights.DOES["rights.pause"]
    story.reply("pause", posting(path, fields))
    story.move(8)
    story.night()
    story.look("after a night in the pause")
    for world in pair:
        world.tokens.append(world.hold()[1])
    story.kept(3, token=-1)
    story.move(8)
    story.night()
    story.look("after another session in it")
