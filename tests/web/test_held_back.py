"""What a patient keeps from the therapist looks to the therapist, in every byte, like a session without a form.

Two clinics live through the same story. In one, session 6 of Elm 3 was answered and held back for the supervisor;
in the other nobody ever answered the form that was out. At one moment after another the therapist opens
everything there is to open, and does what there is to do; both clinics have to answer the same. The tests with
`_would_be_noticed` show that the comparison sees what it is there to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from alliance.actions import learning, own_view, releasing
from alliance.actions.passwords import Passwords
from alliance.analysis.prior import Prior
from alliance.domain.access import GRANTS, Permission
from alliance.domain.people import Role
from alliance.domain.therapy import Channel
from alliance.storage import priors, sessions
from alliance.storage.alerts import FIRST_APART
from alliance.web.guards import rule_for
from tests.cast import NOW, Cast
from tests.web.twin_deeds import DOES
from tests.web.twin_story import DAY, WORDS, Story, kept_alerts, next_answer, post, posting, supervised, teach
from tests.web.twins import Answer, Twins, World, differences, masked, twins, walk


@pytest.fixture
def pair(cast: Cast, clock: time_machine.Traveller, tmp_path: Path, passwords: Passwords) -> Iterator[Twins]:
    yield from twins(cast, tmp_path, passwords)


@pytest.mark.parametrize("walking", [True, False], ids=["looked at all along", "looked at in the end"])
@pytest.mark.parametrize("learned", [None, Prior(q=0.3, dp=0.2)], ids=["default links", "learned links"])
@pytest.mark.parametrize("level, more", [(8, {}), (2, WORDS)], ids=["good", "low, with words and a wish"])
def test_one_answer_held_back(
    pair: Twins,
    clock: time_machine.Traveller,
    level: int,
    more: dict[str, str],
    learned: Prior | None,
    walking: bool,
) -> None:
    story = Story(pair, clock, walking=walking)
    if learned is not None:
        story.both(lambda world: teach(world, learned))
    story.same("before")
    story.move(0.02)
    story.kept(level, **more)
    story.same("right after the answer")
    story.both(supervised)
    story.same("after the supervisor looked at it")
    story.move(8)
    story.same("after the link’s end")
    story.night(learned)
    story.same("after the night")
    story.move(1)
    story.both(next_answer(8))
    story.same("after the next answer")
    story.night(learned)
    story.move(7)
    story.both(next_answer(3))
    story.same("after a question that both may know of")
    story.move(7)
    story.both(next_answer(8))
    story.both(next_answer(9))
    story.night(learned)
    story.look("when it is over")
    if level < 5:
        assert kept_alerts(pair[0]) and not kept_alerts(pair[1])


def test_three_held_back_in_a_row_are_three_silences(pair: Twins, clock: time_machine.Traveller) -> None:
    story = Story(pair, clock)
    story.kept(3)
    for _ in range(2):
        story.move(7)
        for world in pair:
            world.tokens.append(world.hold()[1])
        story.same("after the next session")
        story.kept(3, token=-1)
        story.same("after the next answer that was held back")
    story.move(8)
    story.night()
    story.same("after the night")
    story.both(next_answer(8))
    story.look("when somebody answers again")


def test_an_answer_held_back_that_comes_late(pair: Twins, clock: time_machine.Traveller) -> None:
    story = Story(pair, clock)
    story.move(3)
    story.both(next_answer(4))
    story.kept(2, **WORDS)
    story.same("after the late answer")
    story.both(supervised)
    story.move(6)
    story.night()
    story.both(next_answer(8))
    story.look("after the next answer")


def test_an_answer_held_back_after_the_night_that_noted_a_silence(
    pair: Twins, clock: time_machine.Traveller
) -> None:
    """The link’s time is over, but a page that was opened before may still be sent."""
    story = Story(pair, clock)
    story.move(7.5)
    story.night()
    story.kept(2)
    story.same("after the night and the answer")
    story.both(next_answer(8))
    story.look("after the next answer")


def test_a_mail_to_who_has_not_answered_does_not_put_silence_off(
    pair: Twins, clock: time_machine.Traveller
) -> None:
    """Mails go where nothing came back, so only the second clinic sends one, with a link that ends later."""
    story = Story(pair, clock)
    story.kept(2)
    story.move(2)
    with pair[1].cast.clinic.db.write() as conn:
        sessions.invite(
            conn, pair[1].session_id, instrument="after-session", version="1.0", language="en",
            channel=Channel.MAIL, token_hash=bytes(32), now=story.now, expires_at=story.now + 7 * DAY,
        )  # fmt: skip
    story.move(5.5)
    noted = [learning.note_silences(world.cast.clinic, story.now) for world in pair]
    assert noted[0] == noted[1] == 3  # with Alder 14 and Birch 2
    story.same("after the first links’ end")
    story.both(next_answer(8))
    story.look("after the next answer")


def test_another_link_for_what_was_held_back_opens_like_any_other(
    pair: Twins, clock: time_machine.Traveller
) -> None:
    story = Story(pair, clock)
    story.kept(2)
    path = f"/sessions/{pair[0].session_id}"

    def make(world: World, client: FlaskClient, token: str) -> Answer:
        reply = client.post(f"{path}/links", data={"csrf_token": token})
        world.tokens.append(reply.get_data(as_text=True).partition("/a/")[2][:27])
        return masked(reply)

    def hand_over(world: World, client: FlaskClient, token: str) -> Answer:
        reply = client.post(f"{path}/answer-here", data={"csrf_token": token})
        world.tokens.append(reply.headers["Location"].partition("/a/")[2][:27])
        return masked(reply)

    story.reply("another link", make)
    story.reply("the form here", hand_over)
    story.look("with two more links")  # opens all three
    assert [len(world.tokens) for world in pair] == [3, 3]
    story.move(8)
    story.look("when all have ended")


def test_the_table_of_what_a_therapist_can_do_is_whole(pair: Twins) -> None:
    """Without what asks for no permission: signing in and out, and sending a form in the patient’s place; and
    without the ways into one’s own account, which know of no patient.
    """
    can = {
        rule.endpoint
        for rule in pair[0].app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule_for(rule.endpoint) in GRANTS[Role.THERAPIST]
    }
    own = {name for name in can if rule_for(name) is Permission.SEE_OWN_ACCOUNT}
    assert can - own == set(DOES) - own


@pytest.mark.parametrize("level", [2, 8])
def test_what_the_therapist_does_has_the_same_outcome(
    pair: Twins, clock: time_machine.Traveller, level: int
) -> None:
    story = Story(pair, clock)
    story.kept(level, **WORDS)
    for endpoint, deeds in DOES.items():
        for path, fields in deeds:
            story.reply(f"{endpoint} {path}", posting(path, fields))
    story.look("after all of it")


@pytest.mark.parametrize("level", [2, 8])
def test_with_the_own_view_asked_for_first(pair: Twins, clock: time_machine.Traveller, level: int) -> None:
    """What waits for the own view hides later sessions, and betrays no earlier one."""
    story = Story(pair, clock)
    story.both(lambda world: own_view.ask_first(world.cast.clinic, world.cast.viewer("jonas"), True, NOW))
    story.move(0.02)
    story.kept(level, **WORDS)
    story.same("right after the answer")
    story.move(8)
    story.night()
    story.both(next_answer(3))
    story.same("while the next session’s answers wait")
    story.reply("own view of the session in question", lambda *who: view(*who, who[0].session_id))
    story.same("after the own view of it")
    story.reply("own view of the next", lambda *who: view(*who, who[0].session_id + 1))
    story.look("after both views")


def view(world: World, client: FlaskClient, token: str, session_id: int) -> Answer:
    return post(world, client, token, f"/sessions/{session_id}/own-view", safe="7", heard="6", noticed="no")


# What is released is there from then on, as if it had been open all along


def test_a_released_answer_looks_like_one_that_was_never_held_back(
    pair: Twins, clock: time_machine.Traveller
) -> None:
    story = Story(pair, clock)
    story.kept(7, comment="It was all right.")
    pair[1].answer(pair[1].tokens[0], 7, comment="It was all right.")
    story.move(7)
    story.both(next_answer(8))
    assert differences(*(walk(world) for world in pair)) != []
    release(pair[0], pair[0].session_id)
    assert "Not read yet" in " ".join(
        differences(*(walk(world) for world in pair))
    )  # by now, as in the other
    story.look("after the release, once the words were read")


def test_a_release_of_one_tells_nothing_of_another(pair: Twins, clock: time_machine.Traveller) -> None:
    """In the other clinic the first was open from the start, and the second never answered."""
    story = Story(pair, clock)
    story.kept(7)
    pair[1].answer(pair[1].tokens[0], 7)
    story.move(7)
    for world in pair:
        world.tokens.append(world.hold()[1])
    story.kept(7, token=1, **WORDS)
    release(pair[0], pair[0].session_id)
    story.look("after the release of the first")
    story.move(7)
    story.both(next_answer(8))
    story.look("after the next answer")


def release(world: World, session_id: int) -> None:
    now = datetime.now(tz=NOW.tzinfo)
    releasing.release(world.cast.clinic, world.cast.viewer("miriam"), session_id, now, said_so=True)


# The comparison sees what it is there to see


def test_an_answer_that_is_open_would_be_noticed(pair: Twins) -> None:
    pair[0].answer(pair[0].tokens[0], 8)
    found = " ".join(differences(*(walk(world) for world in pair)))
    for address in ("/caseload [", "trends.json", "/charts/", "/sessions/", "/patients/", "/a/<token>"):
        assert address in found


def test_a_number_missing_among_the_questions_would_be_noticed(
    pair: Twins, clock: time_machine.Traveller
) -> None:
    """As it was when the supervisor’s questions were counted with the therapist’s."""
    story = Story(pair, clock)
    story.kept(2)
    with pair[0].cast.clinic.db.write() as conn:
        conn.execute("UPDATE alert SET id = 3 WHERE id = ?", (FIRST_APART + 1,))
    story.move(7)
    story.both(next_answer(2))
    assert "/alerts/" in " ".join(differences(*(walk(world) for world in pair)))


def test_the_night_learns_nothing_from_what_was_held_back(pair: Twins, clock: time_machine.Traveller) -> None:
    """What it would change is small, and rounding may hide it: so the numbers themselves are compared."""
    story = Story(pair, clock)
    story.kept(2)
    story.move(8)
    story.night()
    fitted = []
    for world in pair:
        with world.cast.clinic.db.read() as conn:
            fitted.append(priors.latest(conn).fitted)
    assert fitted[0] == fitted[1] is not None
