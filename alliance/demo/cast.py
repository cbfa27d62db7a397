"""Who is in the made-up clinic, and what is to happen to whom. The numbers themselves are left to chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from alliance.demo.courses import Course, Kind, Rupture
from alliance.domain.people import Role

CLINIC = "Harbour Street"


@dataclass(frozen=True, slots=True)
class Player:
    """A member of staff. `supervises` names others by their `key`."""

    key: str
    name: str
    role: Role
    supervises: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@harbour-street.example"


STAFF = (
    Player("miriam", "Miriam Osei", Role.SUPERVISOR, supervises=("jonas", "amina", "claire")),
    Player("nadia", "Nadia Haddad", Role.ADMIN),
    Player("jonas", "Jonas Berg", Role.THERAPIST),
    Player("amina", "Amina Yusuf", Role.THERAPIST),
    Player("claire", "Claire Dubois", Role.THERAPIST),
)


class Ending(Enum):
    """What the detector has to make of a course for it to be the story that is wanted here."""

    ANY = "anything"
    CALM = "no question in the whole course"
    ASK = "a question to ask now, raised as the rupture began and not repaired"
    KEEP = "something to keep in mind, raised in the last two sessions"
    RECOVERING = "a question to ask now, and the last answer back at the usual level"
    REPAIRED = "a question to ask now for each rupture, all repaired, and nothing since"


@dataclass(frozen=True, slots=True)
class Part:
    """One patient’s part. Sessions are named by number.

    `noted` is what the therapist makes of the open alert right after a session: `seen`, `later`, `talked` or
    `ordinary`; `close` and `reopen` are about one that is not open. `talked` is the patient’s own answer to whether
    they talked about how things are between them.
    With `fresh_link`, one more session was held today and its form waits to be answered.
    """

    code: str
    course: Course
    ending: Ending = Ending.CALM
    noted: Mapping[int, str] = field(default_factory=dict)
    talked: Mapping[int, str] = field(default_factory=dict)
    to_supervisor: tuple[int, ...] = ()
    wants_help: tuple[int, ...] = ()
    instrument: str = "after-session"
    fresh_link: bool = False


def open_rupture(
    code: str, sessions: int, level: float, ago: int, depth: float, kind: Kind = "all", told: float = 1.0
) -> Part:
    """A rupture `ago` sessions before the last one that nobody has mended yet."""
    rupture = Rupture(sessions - ago, depth, kind=kind, told=told)
    return Part(code, Course(sessions, level, ruptures=(rupture,)), Ending.ASK)


def faint(code: str, sessions: int, level: float, ago: int, depth: float, over: int = 1) -> Part:
    """A small fall, sudden or `over` several sessions, that is worth keeping in mind."""
    rupture = Rupture(sessions - ago - over + 1, depth, over=over, told=0.4)
    return Part(code, Course(sessions, level, ruptures=(rupture,)), Ending.KEEP)


def mended(
    code: str, sessions: int, level: float, at: int, depth: float, kind: Kind = "all", lasts: int = 1
) -> Part:
    """A rupture that was talked about in the session after it; it is over once that was done in earnest."""
    course = Course(sessions, level, ruptures=(Rupture(at, depth, lasts, kind=kind),))
    return Part(
        code,
        course,
        Ending.REPAIRED,
        noted={at + 1: "talked"},
        talked={at + 1: "little", at + lasts: "helped"},
    )


def mending(
    code: str, sessions: int, level: float, at: int, depth: float, kind: Kind, lasts: int = 2
) -> Part:
    """The same, but the last answer is the first one back at the usual level."""
    return replace(mended(code, sessions, level, at, depth, kind, lasts), ending=Ending.RECOVERING)


TWO_RUPTURES = Course(28, 79, ruptures=(Rupture(12, 30, 1), Rupture(21, 28, 2, kind="direction")))

CASELOADS: Mapping[str, tuple[Part, ...]] = {
    "jonas": (
        open_rupture("Alder 14", 7, 83, ago=0, depth=26, kind="distance", told=1.5),
        replace(
            open_rupture("Ash 27", 19, 84, ago=3, depth=27, kind="direction"),
            noted={17: "seen"},
            talked={18: "no"},
        ),
        replace(
            mended("Birch 09", 18, 82, at=9, depth=30),
            noted={10: "seen", 11: "talked", 16: "close"},
            talked={11: "helped"},
        ),
        mended("Elder 11", 24, 80, at=9, depth=27, kind="intrusion", lasts=3),
        Part("Fern 22", Course(12, 81), wants_help=(12,)),
        Part("Hawthorn 58", Course(20, 84), fresh_link=True),
        Part("Hazel 40", Course(11, tens=True, misses=0.0)),
        replace(
            mended("Larch 73", 28, 79, at=21, depth=28),
            course=TWO_RUPTURES,
            noted={13: "talked", 22: "talked"},
            talked={13: "helped", 22: "little", 23: "helped"},
        ),
        Part("Linden 17", Course(26, 72, sway=9.0), Ending.ANY),
        Part("Maple 63", Course(1, 78)),
        faint("Poplar 05", 18, 84, ago=0, depth=17, over=9),
        mending("Rowan 31", 22, 84, at=18, depth=34, kind="distance", lasts=3),
        open_rupture("Sorrel 08", 2, 74, ago=0, depth=36, told=1.4),
        Part("Willow 52", Course(17, 81, stops=15, misses=0.03), Ending.ANY),
    ),
    "amina": (
        faint("Aspen 45", 13, 82, ago=0, depth=13),
        Part("Bramble 21", Course(19, 70, sway=8.0), Ending.ANY),
        open_rupture("Cherry 33", 14, 82, ago=0, depth=28, kind="intrusion", told=1.4),
        mending("Clover 07", 16, 82, at=13, depth=32, kind="direction"),
        Part("Heather 50", Course(10, tens=True, misses=0.0)),
        replace(open_rupture("Holly 19", 21, 83, ago=2, depth=27), noted={20: "seen"}),
        Part("Ivy 28", Course(17, 83), fresh_link=True),
        replace(
            open_rupture("Juniper 26", 15, 81, ago=2, depth=28, kind="distance"),
            noted={14: "talked"},
            talked={14: "little"},
        ),
        mended("Laurel 70", 14, 76, at=3, depth=32),
        mended("Mallow 64", 20, 80, at=11, depth=28, kind="distance", lasts=2),
        replace(
            open_rupture("Plum 11", 9, 80, ago=0, depth=30, kind="intrusion", told=1.5), to_supervisor=(9,)
        ),
        Part("Sage 39", Course(15, 84), instrument="pulse", fresh_link=True),
        replace(mended("Yarrow 12", 22, 85, at=15, depth=30), noted={16: "ordinary"}, talked={16: "no-need"}),
    ),
    "claire": (
        replace(
            open_rupture("Cedar 18", 15, 83, ago=4, depth=27, kind="intrusion"),
            noted={12: "talked"},
            talked={12: "not-helped", 14: "no"},
        ),
        Part("Daisy 68", Course(13, 83, misses=0.2), instrument="pulse"),
        replace(open_rupture("Lavender 30", 16, 82, ago=2, depth=27), noted={15: "later"}),
        faint("Mint 24", 18, 80, ago=1, depth=14),
        Part("Nettle 77", Course(3, 79)),
        mended("Olive 61", 21, 82, at=10, depth=30),
        Part("Poppy 47", Course(14, 80, stops=12, misses=0.03), Ending.ANY),
        replace(
            mended("Quince 13", 17, 79, at=8, depth=28, kind="intrusion", lasts=2),
            noted={9: "ordinary", 10: "reopen", 11: "talked"},
        ),
        Part("Sedge 35", Course(18, 85), fresh_link=True),
        mending("Tansy 55", 19, 83, at=16, depth=33, kind="distance"),
        mended("Thyme 36", 12, 83, at=5, depth=29, kind="direction"),
        open_rupture("Violet 51", 9, 80, ago=1, depth=29, kind="distance"),
        open_rupture("Walnut 42", 12, 81, ago=0, depth=30, kind="direction", told=1.4),
    ),
}
