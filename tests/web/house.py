"""One clinic for very many requests: everybody who may stand before a door, and a way back to where it began.

Each request is made with the cookies a visitor had at the beginning, and what a request changed is put back. So one
clinic serves thousands of them, in any order.
"""

from __future__ import annotations

import contextlib
import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import time_machine
from flask import Flask
from werkzeug.routing import Rule

from alliance.actions import accounts, leaving, marking, relations, sharing, signed_in, slips
from alliance.actions import clinic as clinics
from alliance.actions.passwords import Passwords
from alliance.app import create_app
from alliance.domain.caseload_changes import Reason
from alliance.domain.marks import Kind, Mark
from alliance.domain.people import Role
from alliance.web.assets import plotly_version
from tests import fhir
from tests.actions.tablets import set_up
from tests.cast import NOW, PASSWORD, Cast, address, answer, hire, hold, sign_in, story
from tests.conftest import Models
from tests.page import PageClient, page_client
from tests.post_office import written_to
from tests.web import administration, rights
from tests.web.beginning import Beginning
from tests.web.doors import ROLES, SEVERAL, STAFF
from tests.web.posting import post


@dataclass(frozen=True)
class Visitor:
    """Somebody before a door: the cookies they carry, and the token that stands in the forms they are shown."""

    name: str
    cookie: str = ""
    token: str = ""
    bearer: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back, as far as anybody can see it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def place(self) -> str:
        return dict(self.headers).get("Location", "")

    @property
    def knows_who_looks(self) -> bool:
        """Whether the session was looked at: the answer then says that it depends on cookies."""
        return "Cookie" in dict(self.headers).get("Vary", "")


@dataclass
class House:
    """The application, its doors and everybody before them."""

    app: Flask
    cast: Cast
    visitors: Mapping[str, Visitor]
    samples: Mapping[str, object]
    tokens: Mapping[str, str]
    # By endpoint, what a form has to say so that there is something to do.
    forms: Mapping[str, Mapping[str, str]]
    beginning: Beginning = field(init=False)
    calls: int = 0

    def __post_init__(self) -> None:
        self.beginning = Beginning(self.cast.clinic.config.database)
        self.begin_here, self.changed = self.beginning.begin_here, self.beginning.changed
        self.put_back, self.close = self.beginning.put_back, self.beginning.close
        self.client = self.app.test_client(use_cookies=False)

    def call(self, who: str, path: str, method: str, data: Mapping[str, str] | None = None) -> Answer:
        """One request, by this visitor as they were at the beginning."""
        cookie = self.visitors[who].cookie
        headers = {"Cookie": cookie} if cookie else dict(self.visitors[who].bearer)
        # Each comes from elsewhere: that whoever tries many links is told to wait is not asked here.
        self.calls += 1
        elsewhere = {"REMOTE_ADDR": f"2001:db8:{self.calls >> 16:x}:{self.calls & 0xFFFF:x}::1"}
        with self.client.open(
            path, method=method, data=data, headers=headers, environ_overrides=elsewhere
        ) as response:
            sent = tuple((name.title(), value) for name, value in response.headers.items())
            return Answer(response.status_code, sent, response.get_data())

    @contextlib.contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Every statement that the database is asked to run meanwhile."""
        told: list[str] = []
        pools = self.cast.clinic.db
        connections = [*pools._readers, *pools._writers]
        for conn in connections:
            conn.set_trace_callback(told.append)
        try:
            yield told
        finally:
            for conn in connections:
                conn.set_trace_callback(None)

    def rules(self) -> Iterator[tuple[Rule, str]]:
        """Every rule of the application, with an address at which something is."""
        for rule in self.app.url_map.iter_rules():
            yield rule, self.address(rule)

    def address(self, rule: Rule, **other: object) -> str:
        """The rule’s address with the samples in it, or with other things in their places."""
        named = {"signin.welcome": "welcome", "stopping.ask": "stop", "stopping.stop": "stop"}
        samples = {**self.samples, "token": self.tokens[named.get(rule.endpoint, "patient")], **other}
        samples["resource_id"] = self.samples.get(rule.endpoint)
        missing = rule.arguments - samples.keys()
        assert not missing, f"{rule.rule} needs a sample of {missing} in tests/web/house.py"
        built = rule.build({name: samples[name] for name in rule.arguments}, append_unknown=False)
        assert built is not None
        return built[1]


@contextlib.contextmanager
def standing(folder: Path, models: Models, passwords: Passwords) -> Iterator[House]:
    """A house in a folder that is not there yet, with a clock that stands still."""
    shutil.copytree(models.staged, folder)
    model = models.cast
    with time_machine.travel(NOW, tick=False), clinics.open_clinic(folder, passwords=passwords) as clinic:
        house = build(replace(model, clinic=clinic, ids=dict(model.ids), stories=dict(model.stories)))
        yield house
        house.close()


def build(cast: Cast) -> House:
    """The house as the table in tests/web/doors.py describes it."""
    app = create_app(cast.clinic, testing=True)
    app.extensions["wrong_links"].most = math.inf  # visitors here try one wrong link after another
    hire(cast, "nora", "Nora Lind", Role.THERAPIST)
    for who, alike in SEVERAL.items():
        hire_with(cast, who, [ROLES[other] for other in alike])
    relations.begin(
        cast.clinic,
        cast.viewer("tomasz"),
        supervisor_id=cast.ids["oskar"],
        therapist_id=cast.ids["jonas"],
        starts_on=NOW.date(),
        last_day=None,
        now=NOW,
    )
    clients = {who: sign_in(page_client(app), who) for who in sorted({*STAFF, *SEVERAL, "nora"})}
    visitors = {who: visitor(who, client) for who, client in clients.items()}
    tablet = f"__Secure-kiosk-tablet={set_up(cast)[1]}"
    visitors |= {"nobody": Visitor("nobody"), "tablet": Visitor("tablet", tablet)}
    visitors["link"] = link_holder(app, cast)
    visitors["half"] = half_in(app)
    visitors |= {who: Visitor(who, bearer=headers) for who, headers in fhir.bearers(cast).items()}
    accounts.disable(cast.clinic, cast.ids["nora"], NOW, actor="command")
    return furnish(app, cast, visitors)


def hire_with(cast: Cast, who: str, roles: list[Role]) -> None:
    """Somebody with several roles."""
    token = accounts.invite(
        cast.clinic,
        name=who.title(),
        email=f"{who}@clinic.example",
        roles=roles,
        now=NOW,
        actor="command",
    )
    cast.ids[who] = accounts.accept_invitation(cast.clinic, token, PASSWORD, NOW).id


def visitor(who: str, client: PageClient) -> Visitor:
    """Somebody signed in, with the cookie and the token of their forms."""
    page = client.get("/help", follow_redirects=True).get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert token, f"{who} is shown no form"
    kept = client.get_cookie("__Host-alliance")
    assert kept is not None
    return Visitor(who, f"__Host-alliance={kept.value}", token)


def half_in(app: Flask) -> Visitor:
    """Somebody who has given Claire's password, and nothing more."""
    client = page_client(app)
    form = client.page("/sign-in").form("Sign in")
    assert client.submit(form, {"email": address("claire"), "password": PASSWORD}).status_code == 303
    kept = client.get_cookie("__Host-alliance")
    assert kept is not None
    return Visitor("half", f"__Host-alliance={kept.value}")


def link_holder(app: Flask, cast: Cast) -> Visitor:
    """Somebody who has answered at a link and carries what that leaves in the browser."""
    client = page_client(app)
    sent = post(client, cast.stories["Birch 2"].token, {"talked": "no"})
    assert sent.status_code == 303
    kept = [cookie.partition(";")[0] for cookie in sent.headers.getlist("Set-Cookie")]
    assert kept, "an answer leaves no receipt"
    return Visitor("link", "; ".join(kept))


def furnish(app: Flask, cast: Cast, visitors: Mapping[str, Visitor]) -> House:
    """What has to be there so that there is something behind every door."""
    jonas = cast.viewer("jonas")
    welcome = accounts.invite(
        cast.clinic, name="X", email="x@clinic.example", roles=[Role.ADMIN], now=NOW, actor="command"
    )
    kept_id, token = hold(cast, jonas, cast.alder.patient_id, NOW)
    answer(cast.clinic, token, NOW, 3, audience="supervisor", **{"raise": "yes"})
    paper = slips.print_form(cast.clinic, jonas, cast.alder.session_id, NOW)
    cedar = story(cast, "jonas", "Cedar 5")
    leaving.hand_over(
        cast.clinic,
        jonas,
        cedar.patient_id,
        to=cast.ids["claire"],
        last_day=NOW.date(),
        reason=Reason.WISH,
        agreed=True,
        now=NOW,
    )
    administration.goes_to_jonas(cast)
    rights.erasure_asked(cast)
    share = sharing.show(cast.clinic, jonas, cast.alder.patient_id, cast.ids["miriam"], NOW, question="")
    event = Mark(0, Kind.EVENT, NOW.date(), what="crisis")
    marking.add_mark(cast.clinic, jonas, cast.alder.patient_id, event, NOW)
    samples: dict[str, object] = {
        **fhir.samples(cast),
        "alert_id": cast.alder.alert_id,
        "card": "pace",
        "change_id": 1,  # Cedar 5, as Jonas noted it; Birch 2 is 2
        "device_id": 1,
        "edition": "1.0",
        "erasure_id": 1,
        "filename": "css/staff.css",
        "instrument_id": "after-session",
        "kept_alert_id": rights.kept_alert(cast),
        "kept_id": kept_id,
        "mark_id": 1,
        "name": "alliance",
        "number": paper.number,
        "part": "links",
        "passkey_id": 1,
        "patient_id": cast.alder.patient_id,
        "session_id": cast.alder.session_id,
        "share_id": share.id,
        "staff_id": 1,
        "supervision_id": 1,
        "therapist_id": cast.ids["jonas"],
        "version": plotly_version(),
    }
    tokens = {"patient": cast.alder.token, "welcome": welcome, "stop": written_to(cast, cast.alder).stop}
    somebody = signed_in.every(cast.clinic, cast.viewer("tomasz"), "", NOW)[0]
    forms = {"upkeep.end_session": {"session": somebody.key}, "supervisor.help_step": {"step": "taken-up"}}
    return House(app, cast, visitors, samples, tokens, forms)
