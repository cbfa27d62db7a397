"""All that a clinic keeps of its therapies, as tables: `alliance export tables`.

For whoever keeps the clinic’s machine, and holds its keys. Without being asked for it, nothing leaves that a patient
kept from the therapist, nor a sign of it: such a session looks like one without a form, and what the detector read
is what the therapist may know. What patients wrote leaves only when asked for too. No name and no address of anybody
is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alliance.actions import taking_out
from alliance.actions.clinic import Clinic
from alliance.actions.definitions import Definitions
from alliance.actions.keeping import working
from alliance.actions.taking_out import Exported
from alliance.domain.alerts import Alert
from alliance.domain.episodes import episodes
from alliance.domain.imported import SCORES
from alliance.domain.trend import Point, Trend, while_the_form_may_come
from alliance.exchange.codebook import in_words, written
from alliance.exchange.columns import LEFT_OUT
from alliance.exchange.layout import tables
from alliance.exchange.package import Licence, Mark, Package
from alliance.storage import exports, people, trends
from alliance.storage.database import Connection
from alliance.storage.exports import Sent

__all__ = ["BATCH", "CLOSED", "Wanted", "export_tables"]

BATCH = 50  # dyads that are in memory at a time
CLOSED = Licence("other-closed", "Records of patients: not to be passed on")
Watch = Callable[[Iterable[int], int], Iterable[int]]
"""Passes on what it is given, and may show how far it has got: given how much there is."""
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be in it besides: what patients wrote, and what they kept from their therapists."""

    comments: bool = False
    held_back: bool = False

    @property
    def told(self) -> list[str]:
        return [*(["comments"] if self.comments else []), *(["held back"] if self.held_back else [])]


def export_tables(
    clinic: Clinic, target: Path, wanted: Wanted, *, account: str, now: datetime, watch: Watch
) -> Exported:
    """Write the tables into a new folder, or a ZIP where the name ends so. `account`: of the machine, for the trail.

    Reads the clinic as it stands at one moment, and keeps nobody from writing. Raises Fault, DatabaseFault.
    """
    taking_out.need_room(target)
    number, settings = taking_out.new_number(), clinic.settings()
    local = settings.local(now)
    when = f"by the account “{account}” of the clinic’s machine at {local:%H:%M} on {local.day} {local:%B %Y}"
    mark = Mark(
        number,
        f"Alliance: sessions and answers of {settings.name}",
        taking_out.told(number, "Export", when, settings),
        CLOSED,
        settings.name,
        f"{now:%Y-%m-%dT%H:%M:%SZ}",
    )
    layout = tables(held_back=wanted.held_back, comments=wanted.comments)
    with taking_out.beside(target) as work, working(clinic.config.folder, "export") as copy:
        folder = work / "tables"
        folder.mkdir(mode=0o700)
        with (
            exports.standing(clinic.config.database, copy / "clinic.db") as conn,
            Package(folder, layout, mark) as package,
        ):
            used = Definitions(clinic.library)
            package.add("patients", exports.patients(conn))
            for ids in _batches(watch, exports.dyad_ids(conn)):
                _Batch(clinic, conn, ids, wanted, used).into(package)
            package.add("items", used.items())
            package.add("scales", used.scales())
            beside = {
                "codebook.csv": written(layout),
                "codebook.md": in_words(layout, used.instruments(), used.checklists()),
                "README.txt": f"{mark.told}\n\n{HOLDS}\n",
            }
            package.finish(beside, used.licences())
        detail: dict[str, object] = {
            "export": number,
            "as": "tables",
            "account": account,
            "with": wanted.told,
            "rows": sum(package.rows.values()),
        }
        taking_out.take_out(clinic, folder, target, now, detail)
    return Exported(target, number, package.rows)


HOLDS = """datapackage.json describes every file (Frictionless Data Package 2.0); codebook.md says in words what each
column means, and codebook.csv the same as a table. Every row ends with the number of this export.
Patients and therapists go by code and number; no name, no address. What a patient kept from the therapist, and what
patients wrote, is in it only where the clinic’s trail says of this number that it was asked for."""


def _batches(watch: Watch, ids: Sequence[int]) -> Iterator[Sequence[int]]:
    batch: list[int] = []
    for one in watch(ids, len(ids)):
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Batch:
    """A few dyads, as rows."""

    def __init__(
        self, clinic: Clinic, conn: Connection, ids: Sequence[int], wanted: Wanted, used: Definitions
    ) -> None:
        self._used, self._wanted = used, wanted
        dyads = people.dyads_by_id(conn, ids)
        found = trends.trends(conn, dyads, full=wanted.held_back)
        self._trends = found if wanted.held_back else [while_the_form_may_come(trend) for trend in found]
        self._sent = exports.sent(
            conn, clinic.keyring.open, ids, full=wanted.held_back, comments=wanted.comments
        )

    def into(self, package: Package) -> None:
        package.add("therapies", [_therapy(trend) for trend in self._trends])
        package.add("sessions", [self._session(trend, one) for trend in self._trends for one in trend.points])
        package.add("responses", map(self._response, self._sent.values()))
        for one in self._sent.values():
            package.add("answers", answered(self._used, one))
            package.add("scores", scored(self._used, one))
            package.add("ticks", ticked(self._used, one))
        package.add("imported", [row for trend in self._trends for row in _imported(trend)])
        package.add("alerts", [self._alert(alert) for trend in self._trends for alert in trend.alerts])
        package.add("episodes", [row for trend in self._trends for row in _episodes(trend)])

    def _session(self, trend: Trend, point: Point) -> Row:
        came = point.session_id in self._sent
        return point.session_id, trend.dyad.id, point.number, point.held_on, came, *read(point)

    def _response(self, one: Sent) -> Row:
        return (
            *(one.session_id, one.instrument, one.version, one.language, one.received_at, one.channel),
            *(one.talked, one.disputed),
            *((one.audience, one.wants_help) if self._wanted.held_back else ()),
            *((one.comment,) if self._wanted.comments else ()),
        )

    def _alert(self, alert: Alert) -> Row:
        talk = alert.talk
        ended = [step.reason for step in alert.steps if step.reason is not None]
        return (
            alert.session_id,
            *((alert.audience.value,) if self._wanted.held_back else ()),
            alert.level.value,
            " ".join(alert.rules) or None,
            alert.status.value,
            alert.seen_at,
            *((talk.on, talk.number, talk.how, talk.found) if talk else (None,) * 4),
            ended[-1] if ended and not alert.status.open else None,
        )


def _therapy(trend: Trend) -> Row:
    dyad = trend.dyad
    return dyad.id, dyad.patient.id, dyad.therapist_id, dyad.starts_on, dyad.ends_on


def read(point: Point) -> Row:
    """What the detector made of a session, column by column."""
    reading = point.reading
    if reading is None:
        return (None,) * 6
    return (
        reading.expected,
        reading.low,
        reading.high,
        reading.odds / (1 + reading.odds),
        reading.level.value,
        reading.episode.value,
    )


def _imported(trend: Trend) -> Iterator[Row]:
    for point in trend.points:
        if point.imported is not None:
            scores = (point.scores.get(name) for name in SCORES)
            yield (
                point.session_id,
                point.imported.questionnaire,
                point.imported.form.value,
                point.answered,
                *scores,
            )


def _episodes(trend: Trend) -> Iterator[Row]:
    for one in episodes(trend.points, trend.alerts):
        yield (
            *(trend.dyad.id, one.opened, one.talked, one.recovering, one.repaired, one.unresolved),
            *(one.said, one.state),
        )


def answered(used: Definitions, one: Sent) -> Iterator[Row]:
    """Every sentence of a response, and of what was asked once a month with it, answered or left out."""
    asked = [(one.instrument, one.version, one.answers)]
    asked += [(after.instrument, after.version, after.answers) for after in one.after if after.answers]
    for instrument, version, answers in asked:
        for item in used.asked(instrument, version, answers):
            value = answers.get(item)
            yield one.session_id, instrument, version, item, value, LEFT_OUT if value is None else None


def scored(used: Definitions, one: Sent) -> Iterator[Row]:
    """Every scale of a response; of what was asked once a month, those that have something to be worked out from."""
    made = [(one.instrument, one.version, score) for score in sorted(one.scores)]
    for after in one.after:
        rated = sorted(after.scores) if after.answers else ()
        made += [(after.instrument, after.version, score) for score in rated if score[0] != "alliance"]
    for instrument, version, (scale, value, reason) in made:
        used.scored(instrument, version, scale)
        yield one.session_id, instrument, version, scale, value, reason


def ticked(used: Definitions, one: Sent) -> Iterator[Row]:
    """Every tick that came with a response."""
    for after in one.after:
        for tick in after.ticks:
            used.ticked(after.instrument, after.version)
            yield one.session_id, after.instrument, after.version, tick
