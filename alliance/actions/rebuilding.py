"""The detector's states and the summary once more from the answers: what is kept must equal it, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator

from alliance.analysis.prior import Prior
from alliance.analysis.track import Track
from alliance.storage import priors, readings, responses, summaries
from alliance.storage.database import Connection
from alliance.storage.readings import TrackName


def rebuilt(conn: Connection, name: TrackName) -> Iterator[tuple[int, Track]]:
    """Each dyad's state on a track from its answers as they are now, in one pass over all, dyad by dyad.

    Every session is read with the prior that counted when it was first read.
    """
    known: dict[int | None, Prior] = {}
    whose, track = 0, None
    for dyad_id, prior_id, held in responses.read_so_far(conn, name):
        prior = known.get(prior_id)
        if prior is None:
            prior = known[prior_id] = priors.by_id(conn, prior_id).prior
        if track is None or dyad_id != whose:
            if track is not None:
                yield whose, track
            whose, track = dyad_id, Track.start(prior)
        track.pass_by(prior, held)
    if track is not None:
        yield whose, track


def out_of_step(conn: Connection, name: TrackName) -> list[int]:
    """Dyads whose kept state on a track is not the one that their answers lead to; there should be none."""
    kept = readings.states(conn, name)
    wrong = [dyad_id for dyad_id, track in rebuilt(conn, name) if kept.pop(dyad_id, None) != track.to_json()]
    return sorted([*wrong, *kept])


def summary_out_of_step(conn: Connection) -> list[tuple[str, int, str]]:
    """Table, dyad or therapist, and month of every count in the summary that is not what the answers add up to; there
    should be none. One pass over all answers in the database’s own code.
    """
    return summaries.out_of_step(conn)
