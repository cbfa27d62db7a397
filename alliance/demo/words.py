"""What the made-up patients write. Every sentence was made up for this; none is from a person or a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Literal

Mood = Literal["plain", "distance", "intrusion", "direction", "all", "little", "helped", "not-helped"]

PLAIN: Sequence[str] = (
    "Felt like last week. That is fine.",
    "A calm one today.",
    "We laughed a bit. I had not expected that.",
    "Long week, but it was good to sit down for an hour.",
    "The part about my neighbour was useful. I will try it on Thursday.",
    "I was tired and did not say much. It was all right to be quiet.",
    "We made a plan for the phone call with my father.",
    "It helped to draw it on paper.",
    "I came late because of the bus and it was not a problem.",
    "I would like to start with the job next time.",
    "It was hard, but I left lighter than I came.",
    "Some of it I need to think about first.",
    "We found a word for it. That was worth the trip.",
    "I slept better this week and we talked about why.",
    "Good that we went back to the list from the beginning.",
    "I could have gone on for another half hour.",
    "Nothing special. I am glad I came.",
    "The breathing thing still feels odd to me, but I said so.",
    "We kept to the two things I wanted to bring.",
    "Today was more practical, and I liked that.",
)

RUPTURE: dict[str, Sequence[str]] = {
    "distance": (
        "The phone rang while I was talking about my sister and after that I could not find the way back.",
        "There was a lot of typing today. I lost my thread.",
        "We did the sheets again. What I brought did not fit into them.",
        "It felt far away today, as if it was somebody else’s hour.",
        "I said something that was big for me and we were on to the next thing.",
    ),
    "intrusion": (
        "I felt I had to defend myself. I did not expect that here.",
        "The remark about my flat stayed with me all evening.",
        "I heard a lot about what another person would have done in my place.",
        "I was careful with my words after the first ten minutes.",
        "I did not get to finish. In the end I just nodded.",
    ),
    "direction": (
        "I still do not know why we are doing the diary.",
        "It was decided that we do the exposure next week. I would have liked to be asked.",
        "We talked about my job again. It is not the job.",
        "It went too fast for me today.",
    ),
    "all": (
        "Something was different today. I cannot say what.",
        "I went home with a knot in my stomach.",
        "I nearly did not come, and afterwards I wondered why I had.",
        "I smiled a lot and meant very little of it.",
    ),
}

LITTLE: Sequence[str] = (
    "We talked about last time. I said it was fine. It was not quite fine.",
    "It was brought up at the start. I was not ready for it yet.",
    "We touched on it. I noticed how careful we both were.",
    "It was mentioned. I would have needed a bit longer.",
)

HELPED: Sequence[str] = (
    "It was good to be asked a second time. I would not have said it by myself.",
    "I said what it was like for me and it was taken in. That was new.",
    "We sorted it out. I did not know that one can do that.",
    "There was a sorry today, and it was a plain one. It helped.",
    "I could say it and nothing broke.",
    "We found out that we had meant two different things.",
)

NOT_HELPED: Sequence[str] = (
    "We talked about it, but I ended up explaining myself again.",
    "It was talked about. It did not change how I feel.",
)

POOLS: dict[str, Sequence[str]] = {
    "plain": PLAIN,
    **RUPTURE,
    "little": LITTLE,
    "helped": HELPED,
    "not-helped": NOT_HELPED,
}


class Comments:
    """Gives out sentences by mood, none twice before the whole pool has been used."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._pools: dict[str, Iterator[str]] = {}

    def say(self, mood: Mood) -> str:
        """The next sentence of this mood."""
        said = next(self._pools.get(mood, iter(())), None)
        if said is None:
            pool = list(POOLS[mood])
            self._rng.shuffle(pool)
            self._pools[mood] = iter(pool)
            said = next(self._pools[mood])
        return said
