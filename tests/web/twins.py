"""Two clinics that differ in one thing only, and everything that a therapist can open in them, byte for byte.

Both are copies of one folder: the same keys, ids and people. The clock stands still, so both live at the same
moments. What has to be masked before two answers are compared is random and says nothing: CSRF tokens and the
session cookie they live in, the tokens of links with the squares that say the same, the ids of attempts, the
numbers of forms on paper and codes for tablets, who is signed in where; and the folder, with what its disk holds.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from alliance.actions import clinic as clinics
from alliance.actions.passwords import Passwords
from alliance.app import create_app
from alliance.domain.access import GRANTS, Permission
from alliance.domain.people import Role
from alliance.storage.alerts import FIRST_APART
from alliance.web.assets import plotly_version
from alliance.web.guards import rule_for
from tests import fhir
from tests.cast import NOW, Cast, add_patient, answer, hold, signed_in

Answer = tuple[int, list[tuple[str, str]], bytes]

LINK = rb"/a/[A-Za-z0-9_-]{27}"
# What stands in it, which is found sooner than the whole of it; what is random; what is compared instead.
MASKS = (
    (b"csrf_token", rb'name="csrf_token" value="[^"]+"', b'name="csrf_token"'),
    (b"attempt", rb'name="attempt" value="[^"]+"', b'name="attempt"'),
    (b"/a/", LINK, b"/a/TOKEN"),
    (b'"qr"', rb'<svg [^>]*class="qr".*?</svg>', b"SQUARE"),
    (b'"number"><bdi', rb'(<p class="number"><bdi[^>]*>)[A-Z0-9 \xc2\xa0-]{8,12}', rb"\1NUMBER"),  # on paper
    (b"Form ", rb"(Form )[A-Z0-9 \xc2\xa0-]{8,12}", rb"\1NUMBER"),
    (b"<code>", rb"<code>[^<]+</code>", b"CODE"),  # for a tablet
    (b"Copy ", rb"(Copy )[2-9A-Z]{8}", rb"\1NUMBER"),  # for the patient
    (b'"number": ', rb'("number": ")[2-9A-Z]{8}', rb"\1NUMBER"),
    (b'"session"', rb'name="session" value="[0-9a-f]{64}"', b'name="session"'),
    (
        b"secret=",
        rb"secret=[A-Z2-7]{32}",
        b"secret=SECRET",
    ),  # of an authenticator that is being set up, and sealed
    (b'"sealed"', rb'name="sealed" type="hidden" value="[^"]+"', b'name="sealed"'),
    (b"challenge", rb"challenge(&#34;|\"): (&#34;|\")[A-Za-z0-9_=-]+", b"CHALLENGE"),  # for a passkey
    (
        b'"where"',
        rb'(id="where">[^<]*</h2>).*?</ul>',
        rb"\1SIGN-INS",
    ),  # of one moment, so in the order of their ids
    (b"/one", rb"/[^ <>]*/one(?=\W)", b"FOLDER"),  # where the clinic lies
    (b"/other", rb"/[^ <>]*/other(?=\W)", b"FOLDER"),
    (b"alliance_", rb"alliance_[A-Za-z0-9_-]{27}", b"TOKEN"),  # of another system
    (b" MB; ", rb"[0-9.]+ MB; [0-9.]+ GB are free", b"SIZE"),
)
COURSE = (8, 9, 8, 9, 8)  # before the session in question


@dataclass
class World:
    """One of the two clinics. `tokens` are those of the links to the session in question, in order."""

    app: Flask
    cast: Cast
    patient_id: int
    session_id: int
    tokens: list[str]
    bearer: str = ""

    def answer(self, token: str, level: int, **more: str) -> None:
        answer(self.cast.clinic, token, datetime.now(tz=NOW.tzinfo), level, **more)

    def hold(self) -> tuple[int, str]:
        return hold(self.cast, self.cast.viewer("jonas"), self.patient_id, datetime.now(tz=NOW.tzinfo))

    def client(self, who: str = "jonas") -> FlaskClient:
        """Somebody signed in just now, at a client that judges no page."""
        cookie = signed_in(self.app, who).get_cookie("__Host-alliance")
        assert cookie is not None
        client = FlaskClient(self.app, self.app.response_class, use_cookies=True)
        client.set_cookie("__Host-alliance", cookie.value, domain="localhost", secure=True)
        return client

    def token_of(self, client: FlaskClient) -> str:
        text = client.get("/help").get_data(as_text=True)
        return text.partition('name="csrf_token" value="')[2].partition('"')[0]


Twins = tuple[World, World]


def twins(cast: Cast, folder: Path, passwords: Passwords) -> Iterator[Twins]:
    """The clinic with its cast, and Elm 3, whose newest session has a form out; then all of that once more."""
    jonas, first = cast.viewer("jonas"), NOW - timedelta(weeks=len(COURSE))
    elm = add_patient(cast, "Elm 3", at=first).patient.id
    for week, level in enumerate(COURSE):
        at = first + timedelta(weeks=week)
        answer(cast.clinic, hold(cast, jonas, elm, at)[1], at, level)
    session_id, token = hold(cast, jonas, elm, NOW)
    fhir.allow(cast)
    bearer = fhir.token(cast)
    cast.clinic.close()
    opened = []
    for name in ("one", "other"):
        shutil.copytree(cast.clinic.config.folder, folder / name)
        clinic = clinics.open_clinic(folder / name, passwords=passwords)
        there = replace(cast, clinic=clinic)
        opened.append(World(create_app(clinic, testing=True), there, elm, session_id, [token], bearer))
    yield opened[0], opened[1]
    for world in opened:
        world.cast.clinic.close()


def masked(response: TestResponse) -> Answer:
    """An answer whole: status, headers, body, without what is random in it."""
    body = response.get_data()
    for there, pattern, instead in MASKS:
        if there in body:
            body = re.sub(pattern, instead, body, flags=re.DOTALL)
    headers = [
        (
            name,
            re.sub(
                LINK.decode(),
                "/a/TOKEN",
                re.sub(r"copy-[2-9A-Z]{8}", "copy-NUMBER", value)
                if name != "Set-Cookie"
                else value.partition("=")[0],
            ),
        )
        for name, value in response.headers.items()
        if name != "Content-Length"  # a square has as many dots as its address wants
    ]
    response.close()
    return response.status_code, headers, body


# What every name in an address can stand for, for this caseload; an address with any other name fails below.
def samples(world: World) -> Mapping[str, Sequence[object]]:
    return {
        "alert_id": [*range(1, 9), *range(FIRST_APART, FIRST_APART + 4)],
        "card": ["pace", "drift"],
        "edition": ["1.0"],
        "filename": ["css/staff.css"],
        "instrument_id": ["after-session"],
        "kept_id": [world.session_id],
        "name": ["alliance", "safety", "attunement", "collaboration", "held", "hurt", "leave", "own-view"],
        "number": ["K7Q2M9XD"],
        "patient_id": [
            world.cast.alder.patient_id,
            world.patient_id,
            world.cast.stories["Birch 2"].patient_id,
        ],
        "session_id": [world.cast.alder.session_id, *range(world.session_id - 1, world.session_id + 5)],
        "share_id": [1],
        "staff_id": [world.cast.ids["jonas"]],
        "therapist_id": [world.cast.ids["jonas"]],
        "token": [*world.tokens, "unknown"],
        "version": [plotly_version()],
    }


# Of a session over FHIR: the response and the encounter, a score of it, and what came after it.
PARTS = ("", "-alliance", "-monthly", "-checklist")
NOT_OF_SESSIONS = {"fhir.code_system", "fhir.patient", "fhir.questionnaire"}


def resources(world: World, endpoint: str) -> list[str]:
    """What can be asked for over FHIR at this address; where nothing is of a session, one stands for all of those."""
    sessions = [f"s{world.session_id + later}{part}" for later in range(-1, 3) for part in PARTS]
    return [f"p{world.patient_id}", *(sessions[:1] if endpoint in NOT_OF_SESSIONS else sessions)]


QUERIES: Mapping[str, Sequence[str]] = {
    "therapist.caseload": [
        "?order=next",
        "?order=patient",
        "?order=last",
        "?order=since&show=silent",
        "?show=asked",
    ],
    "fhir.observations": ["?_lastUpdated=ge2026-11-20T10:00:00Z"],
    "fhir.responses": ["?_lastUpdated=ge2026-11-20T10:00:00Z"],
    "therapist.trends": ["?focus=Elm+3", "?focus=Alder+14"],
    "therapist.trends_data": ["?focus=Elm+3", "?focus=Alder+14"],
    "patients.patient": ["?therapist=3", "?therapist=4"],
    "sheets.patient": ["?words=yes"],
}


def addresses(world: World, *, of_therapists: bool = False) -> Iterator[tuple[str, str]]:
    """Every address that can be opened, whoever may: as it is called in both clinics, and as it is in this one.

    `of_therapists`: without those whose door asks for what no therapist is granted, whatever the clinic holds.
    """
    known = dict(samples(world))
    for rule in sorted(world.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "assets.plotly":
            continue
        asked = rule_for(rule.endpoint)
        if of_therapists and isinstance(asked, Permission) and asked not in GRANTS[Role.THERAPIST]:
            continue
        known["resource_id"] = resources(world, rule.endpoint)
        missing = rule.arguments - known.keys()
        assert not missing, (
            f"{rule.rule} needs samples of {missing} here, for everything a therapist can ask for"
        )
        for values in choices(rule, known):
            built = rule.build(
                {name: known[name][place] for name, place in values.items()}, append_unknown=False
            )
            assert built is not None
            for query in ("", *QUERIES.get(rule.endpoint, ())):
                yield f"{rule.rule} {sorted(values.items())} {query}", built[1] + query


def choices(rule: Rule, known: Mapping[str, Sequence[object]]) -> Iterator[dict[str, int]]:
    found: list[dict[str, int]] = [{}]
    for name in sorted(rule.arguments):
        found = [{**values, name: place} for values in found for place in range(len(known[name]))]
    yield from found


def walk(world: World, *, of_therapists: bool = False) -> dict[str, Answer]:
    """Everything that Jonas can open just now, by what it is called in both clinics."""
    client, doors = world.client(), addresses(world, of_therapists=of_therapists)
    system = {"Authorization": f"Bearer {world.bearer}"}  # which says nothing elsewhere than under /fhir
    return {called: masked(client.get(address, headers=system)) for called, address in doors}


def differences(one: Mapping[str, Answer], other: Mapping[str, Answer]) -> list[str]:
    """Where the two clinics look different, with the first bytes that do."""
    found = [f"{called} is in one clinic only" for called in one.keys() ^ other.keys()]
    for called in one.keys() & other.keys():
        (status, headers, body), (status2, headers2, body2) = one[called], other[called]
        if status != status2:
            found.append(f"{called}: {status} and {status2}")
        elif headers != headers2:
            found.append(f"{called}: {headers} and {headers2}")
        elif body != body2:
            place = next((i for i, (a, b) in enumerate(zip(body, body2, strict=False)) if a != b), len(body))
            part = slice(max(place - 80, 0), place + 120)
            found.append(f"{called}: {body[part]!r} and {body2[part]!r}")
    return sorted(found)
