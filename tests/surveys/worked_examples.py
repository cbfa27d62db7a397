"""What each shipped instrument asks, written down a second time, and one example of it worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """The items as (id, scale, themes, text); answers, the scores they make, and checksums of the files."""

    items: tuple[tuple[str, str, tuple[int, ...], str], ...]
    answers: dict[str, int]
    scores: dict[str, float]
    checksums: dict[str, str]


SAFE = ("safe", "safety", (6, 9), "I felt safe with my therapist.")
HEARD = ("heard", "attunement", (7, 9), "My therapist was really with me and listening.")
TEAM = ("team", "collaboration", (11,), "We worked on things as a team.")
HELD = ("held", "rupture", (8,), "I kept something back because of how my therapist might react.")

EXAMPLES = {
    "around-therapy 1.0": Example(
        items=(
            ("home", "stability", (1,), "I am safe where I live."),
            ("steady", "stability", (1,), "My life is steady enough right now to work on hard things."),
            ("support", "stability", (1,), "People close to me are behind me getting help."),
            ("reach", "access", (2,), "I can get an appointment when I need one."),
            ("afford", "access", (2,), "I can manage the cost, time and travel of coming here."),
            ("deserve", "readiness", (3,), "I feel I need and deserve this help."),
            ("part", "readiness", (4,), "I can look at my own part in things without beating myself up."),
            ("between", "readiness", (5,), "I put what we work on to use between sessions."),
        ),
        # “part” is left out, and of the way to therapy all but one.
        answers={"home": 2, "steady": 4, "support": 3, "reach": 7, "deserve": 9, "between": 4},
        # 10 × (2+4+3)/3, 10 × 7/1, 10 × (9+4)/2; none of them is in the alliance, which has no score here.
        scores={"stability": 30.0, "access": 70.0, "readiness": 65.0},
        checksums={
            "instrument.toml": "24875eaa768ad3ab23d2236b66c8caae5f15a084c62215cd8c5c1724da681c43",
            "en.toml": "1d2db06d97abe00c099f021d744bfa1e9b48210063b7ec060d9dccc1beaf12cb",
            "es.toml": "5bb6a6425e2a3bdfa03c7827698b822f3cfb6ce2ea86adaf02cd66f883175960",
            "de.toml": "d3bc416f9551454b1126b0954dcc2c1965fb908fe87a1bbcd1f8313e0b066627",
            "tr.toml": "31a97ece152c94b249c0de846cfb2ce845f865d74aa542ace762a014f51f984b",
            "ar.toml": "03d510d9c720340e29832bd77d8b99ab636308f199d24ef65f16ed0759207bfe",
        },
    ),
    "after-session 1.0": Example(
        items=(
            SAFE,
            ("free", "safety", (8,), "I could say things without worrying how I put them."),
            ("myself", "safety", (9,), "I could be myself."),
            HEARD,
            ("felt", "attunement", (9,), "My therapist noticed how I was feeling and responded to it."),
            ("sense", "attunement", (10,), "My therapist could see why I feel and act the way I do."),
            TEAM,
            ("say", "collaboration", (11,), "I had a say in what we did and knew why we did it."),
            ("useful", "collaboration", (12,), "What we worked on can make a difference in my daily life."),
            HELD,
            ("hurt", "rupture", (7, 8), "Something my therapist said or did hurt me or put me off."),
            ("leave", "rupture", (8,), "I thought about not coming back."),
        ),
        # “sense” and “leave” are left out.
        answers={
            "safe": 8,
            "free": 6,
            "myself": 7,
            "heard": 9,
            "felt": 4,
            "team": 10,
            "say": 10,
            "useful": 9,
            "held": 3,
            "hurt": 0,
        },
        # 10 × (8+6+7)/3, 10 × (9+4)/2, 10 × (10+10+9)/3, 10 × (3+0)/2, and (70 + 65 + 96.67)/3.
        scores={
            "safety": 70.0,
            "attunement": 65.0,
            "collaboration": 96.6667,
            "rupture": 15.0,
            "alliance": 77.2222,
        },
        checksums={
            "instrument.toml": "73db017bf0195321d9bd3a5baf493c756e0488461da33da37fabdbc5a7a9cdeb",
            "en.toml": "d4e9ba553494a67486c6a3a7cb696898c02197b343a54bfdca132b94e9d8fcbc",
            "es.toml": "c35d89cd6008e2bd36ee0041adbf7e81f9311b0e0d951e72b8483c7fcb56f3fd",
            "de.toml": "2d3a2f9d6d4ea01f7b820434dbfc6babe5f6767a3020c6bd7fa5ded3aacfa382",
            "tr.toml": "92f56c7e0e2298316485569b74f6a815978ad2c96b86d318aa217e1c971d6c4d",
            "ar.toml": "0640141a1d589745330248d551bca2762933ccc3e026217cd6a6c1ab5b37cdbf",
        },
    ),
    "pulse 1.0": Example(
        items=(SAFE, HEARD, TEAM, HELD),
        answers={"safe": 8, "heard": 0, "team": 5, "held": 2},
        # One item each, and (80 + 0 + 50)/3.
        scores={
            "safety": 80.0,
            "attunement": 0.0,
            "collaboration": 50.0,
            "rupture": 20.0,
            "alliance": 43.3333,
        },
        checksums={
            "instrument.toml": "c28c67fe41212902e9478427bd5e4079b9e0574e4cb18c39c504a60341bbac34",
            "en.toml": "d61f2f6eec906fe88cf0b25f587b2476a6390434a66cb632021fbe71ed3974b8",
            "es.toml": "bd5f9fca212b49950d1922d0c290ccbdefeabe8397ef7f56f310777e6306ac03",
            "de.toml": "92bdf94068530df6413d9d7ac8813847e541d950c32709b3d9110aca89699bbc",
            "tr.toml": "cbe9b11ee5e911ec3d27305fd59178101152ed80db9c8c982459412812a64448",
            "ar.toml": "8ee8c68d98cfe2ecfc8e32cf2f829f746d57cb18e80c1e54e542299f09c734d3",
        },
    ),
}
