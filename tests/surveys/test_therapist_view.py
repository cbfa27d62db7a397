"""What therapists are asked about a session: the patient’s own four sentences, from the other side."""

from __future__ import annotations

import hashlib

from werkzeug.datastructures import MultiDict

from surveys.forms import check
from surveys.library import asked_of_staff, shipped
from surveys.scoring import Score, score
from tests.surveys.folders import SHIPPED

VIEW = asked_of_staff().get("therapist-view")
CHECKSUMS = {
    "instrument.toml": "bc8628a082f6d2250791864d5ebe728a31d6617f0c1f3f1f84a6120e5b92367c",
    "en.toml": "282043cbe3455a27816346294ef4ab25f1dbe4256e3fdcdc8aa2707b4f807a93",
}


def test_it_is_asked_of_staff_alone() -> None:
    assert [one.key for one in asked_of_staff()] == ["therapist-view 1.0"]
    assert VIEW.id not in shipped().ids()


def test_its_sentences_are_the_pulse_from_the_other_side() -> None:
    pulse = shipped().get("pulse")
    assert [(item.id, item.scale, item.themes) for item in VIEW.items] == [
        (item.id, item.scale, item.themes) for item in pulse.items
    ]
    assert VIEW.scales == pulse.scales
    assert (VIEW.minimum, VIEW.maximum) == (pulse.minimum, pulse.maximum)
    assert [item.text for item in VIEW.items] == [
        "My patient felt safe with me.",
        "I was really with my patient and listening.",
        "We worked on things as a team.",
        "My patient kept something back because of how I might react.",
    ]
    (question,) = VIEW.questions
    assert question.text == "Did you notice a moment of tension or distance?"
    assert [option.value for option in question.options] == ["no", "yes"] and not question.default
    assert not VIEW.validated


def test_it_scores_by_hand() -> None:
    scores = score(VIEW, {"safe": 8, "heard": 6, "team": 7, "held": 3})
    assert scores["alliance"] == Score(70.0)
    assert scores["rupture"] == Score(30.0)


def test_it_is_checked_like_a_patients_page() -> None:
    checked = check(VIEW, MultiDict({"safe": "8", "held": "", "noticed": "yes", "csrf_token": "x"}))
    assert (checked.ok, checked.answers, checked.noticed) == (True, {"safe": 8}, "yes")
    wrong = check(VIEW, MultiDict({"safe": "11", "noticed": "perhaps"}))
    assert set(wrong.problems) == {"safe", "noticed"}
    assert check(shipped().get("pulse"), MultiDict({"noticed": "yes"})).noticed is None


def test_the_published_version_is_never_edited() -> None:
    folder = SHIPPED.parent / "staff_instruments" / "therapist-view-1.0"
    assert {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
    } == CHECKSUMS
