"""What a therapist does with one patient’s data has the same outcome, held back or never answered; and it does work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from alliance.actions.passwords import Passwords
from tests.cast import Cast
from tests.web import rights
from tests.web.twin_story import WORDS, Story
from tests.web.twins import Answer, Twins, World, masked, twins


@pytest.fixture
def pair(cast: Cast, clock: time_machine.Traveller, tmp_path: Path, passwords: Passwords) -> Iterator[Twins]:
    yield from twins(cast, tmp_path, passwords)


@pytest.mark.parametrize("level", [2, 8])
def test_every_act_has_the_same_outcome(pair: Twins, clock: time_machine.Traveller, level: int) -> None:
    story = Story(pair, clock)
    story.kept(level, **WORDS)
    for endpoint, deeds in rights.DOES.items():
        for path, fields in deeds:

            def do(
                world: World,
                client: FlaskClient,
                token: str,
                path: str = path,
                fields: dict[str, str] = fields,
            ) -> Answer:
                reply = client.post(
                    path.format(patient=world.patient_id), data={"csrf_token": token, **fields}
                )
                assert reply.status_code in (200, 303), f"{path}: {reply.status_code}"
                assert WORDS["comment"] not in reply.get_data(as_text=True)
                return masked(reply)

            story.reply(f"{endpoint} {path}", do)
        story.look(f"after {endpoint}")


def test_a_pause_tells_nothing_of_what_was_held_back(pair: Twins, clock: time_machine.Traveller) -> None:
    """Before it, while it lasts, and after it; the night reads both alike."""
    story = Story(pair, clock)
    story.kept(2)
    [(path, fields)] = rights.DOES["rights.pause"]
    story.reply("pause", lambda world, client, token: masked(
        client.post(path.format(patient=world.patient_id), data={"csrf_token": token, **fields})
    ))  # fmt: skip
    story.move(8)
    story.night()
    story.look("after a night in the pause")
    for world in pair:
        world.tokens.append(world.hold()[1])
    story.kept(3, token=-1)
    story.move(8)
    story.night()
    story.look("after another session in it")
