"""How everybody comes to each form of the house, so that what is sent there gets past the door.

The pages are walked through as people would: each form is known with the fields it has on its page, filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import chain
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.test import create_environ

from alliance.actions import accounts, devices
from alliance.domain.people import Role
from tests.actions.stories import course
from tests.actions.tablets import code_for, set_up
from tests.cast import NOW, PASSWORD, Cast, address, enter, hold
from tests.page import Form, Page
from tests.web.house import House

Fields = tuple[tuple[str, str], ...]
# What patients answer; None: their form waits. Where it is low, there is a page to say what was off.
LEVELS, LOW = (None, "8", "0"), "0"
SAID = ("safe", "free", "myself", "heard", "felt", "sense", "team", "say", "useful")
LAST_SEEN = NOW - timedelta(minutes=20)  # of somebody whose session rests until the password is given
WALKERS = ("jonas", "miriam", "tomasz", "claire", "petra", "oskar")


@dataclass(frozen=True)
class Approach:
    """A form, as somebody has it before them: where it is sent, with which cookies, its fields, and by the names of
    some of them what there is to choose from.
    """

    path: str
    cookie: str
    fields: Fields
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _asked(self) -> dict[str, Any]:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        return create_environ(self.path, method="POST", headers=headers)

    def environ(self) -> dict[str, Any]:
        """What a server hands on of a request that sends it, but for what is sent."""
        return dict(self._asked)


@dataclass
class Browser:
    """Somebody’s browser: it keeps its cookies and takes pages apart."""

    house: House
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def open(self, path: str, fields: Mapping[str, str] | None = None, allow: int = 400) -> Page:
        """The page at this address, or the one to which the sent form leads."""
        method = "GET" if fields is None else "POST"
        with self.house.client.open(
            path, method=method, data=fields, headers={"Cookie": self.cookie}
        ) as response:
            for told in response.headers.getlist("Set-Cookie"):
                name, _, value = told.partition(";")[0].partition("=")
                self.cookies[name] = value
            if response.status_code == 303:
                return self.open(response.headers["Location"])
            assert response.status_code < allow, f"{method} {path} says {response.status_code}"
            html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
            return Page(html, response.status_code, dict(response.headers), path)

    def send(self, form: Form, **changes: str) -> Page:
        return self.open(form.action or form.page.address, dict(filled_in(form)) | changes)

    def forms(self, page: Page) -> Iterator[tuple[str, Approach]]:
        """The endpoint and the approach of each form on a page."""
        doors = self.house.app.url_map.bind("alliance.example")
        for form in page.forms:
            path = form.action or page.address
            if form.method != "POST":
                continue
            try:
                endpoint, _ = doors.match(path.partition("?")[0], method="POST")
            except HTTPException:
                continue
            yield endpoint, Approach(path, self.cookie, filled_in(form), options_of(form))


def filled_in(form: Form) -> Fields:
    """What a browser would send, with something picked wherever there is a choice, and the first button pressed."""
    sent = form.data({})
    told = {name for name, _ in sent}
    picked = [
        (name, each.options[-1]) for name, each in form.fields.items() if each.options and name not in told
    ]
    buttons = (node for node in form.node.find_all("button") if node.get("name"))
    pressed = [(node.get("name"), node.get("value")) for node in buttons][:1]
    return (*sent, *picked, *pressed)


def options_of(form: Form) -> Mapping[str, tuple[str, ...]]:
    """What may be picked, and which buttons may be pressed."""
    found = {name: each.options for name, each in form.fields.items() if each.options}
    for node in form.node.find_all("button"):
        if name := node.get("name"):
            found[name] = (*found.get(name, ()), node.get("value", ""))
    return found


def approaches(house: House) -> dict[str, Approach]:
    """By endpoint, the approach to every form that some page has. Afterwards this is the house’s beginning."""
    found: dict[str, Approach] = {}
    walks = (signing_in, second_steps, patients, tablets, staff)
    for endpoint, approach in chain.from_iterable(walk(house) for walk in walks):
        found.setdefault(endpoint, approach)
    house.begin_here()
    return found


def signing_in(house: House) -> Iterator[tuple[str, Approach]]:
    """At the door; with an invitation; and back after a rest."""
    nobody = Browser(house)
    yield from nobody.forms(nobody.open("/sign-in"))
    page = nobody.open("/sign-in")
    token = page.form("Sign in")["csrf_token"] or ""
    yield "passkeys.sign_in", Approach("/sign-in/passkey", nobody.cookie, (("csrf_token", token),))
    yield from nobody.forms(nobody.open(f"/welcome/{house.tokens['welcome']}"))
    clinic, signer = house.cast.clinic, house.app.session_interface
    resting = Browser(house)
    blank = signer.session_class({"sid": enter(clinic, "claire", LAST_SEEN)})
    told = signer.get_signing_serializer(house.app).dumps(dict(blank))  # type: ignore[attr-defined]
    resting.cookies["__Host-alliance"] = told
    yield from resting.forms(resting.open("/sign-in"))


def second_steps(house: House) -> Iterator[tuple[str, Approach]]:
    """After the password: a code, a recovery code, or an app to set up."""
    token = accounts.invite(
        house.cast.clinic,
        name="Una Hill",
        email=address("una"),
        roles=[Role.THERAPIST],
        now=NOW,
        actor="command",
    )
    accounts.accept_invitation(house.cast.clinic, token, PASSWORD, NOW)
    for who, others in (("erik", ["/sign-in/recovery-code"]), ("una", [])):
        browser = Browser(house)
        door = browser.open("/sign-in").form("Sign in")
        yield from browser.forms(browser.send(door, email=address(who), password=PASSWORD))
        for path in others:
            yield from browser.forms(browser.open(path))


def patients(house: House) -> Iterator[tuple[str, Approach]]:
    """A link that waits, what may be said after an answer, and a link that has its answer already."""
    cast = house.cast
    for level in LEVELS:
        _, token = next_session(cast, f"Yew {level}")
        browser = Browser(house)
        page = browser.open(f"/a/{token}")
        yield from browser.forms(page)
        if level is None:
            continue
        form = next(form for form in page.forms if form.method == "POST")
        page = browser.send(form, **dict.fromkeys(SAID, level))
        yield from browser.forms(page)
        if level == LOW:  # on to the receipt, without what might be ticked
            page = browser.send(next(form for form in page.forms if "more" in form.action))
        monthly = [href for _, href in page.links if "once-a-month" in href]
        if monthly:
            yield from browser.forms(browser.open(monthly[0]))
        yield from browser.forms(browser.open(f"/a/{token}"))
    nobody = Browser(house)
    yield from nobody.forms(nobody.open(f"/stop/{house.tokens['stop']}"))


def tablets(house: House) -> Iterator[tuple[str, Approach]]:
    """A tablet at its start, in the questionnaire, after it, and one that is not set up yet."""
    cast = house.cast
    started = Browser(house, {"__Secure-kiosk-tablet": set_up(cast, "Hall")[1]})
    yield from started.forms(started.open("/kiosk"))
    yield from started.forms(started.open("/kiosk/leave"))
    for level in LEVELS:
        device_id, carried = set_up(cast, f"Room {level}")
        browser = Browser(house, {"__Secure-kiosk-tablet": carried})
        session_id, _ = next_session(cast, f"Oak {level}")
        start = browser.open("/kiosk")
        enter_code = next(form for form in start.forms if "code" in form.fields)
        code = code_for(cast, session_id=session_id, device_id=device_id).words
        page = browser.send(enter_code, code=code)
        form = next(form for form in page.forms if "attempt" in form.fields)
        yield from browser.forms(page)
        if level is None:
            continue
        page = browser.send(form, **dict.fromkeys(SAID, level))
        yield from browser.forms(page)
        if level != LOW:
            yield from browser.forms(browser.open("/kiosk/once-a-month"))
    made = devices.add(cast.clinic, cast.viewer("tomasz"), name="Desk", pin="482913", now=NOW)
    new = Browser(house)
    yield from new.forms(new.open(f"/kiosk/set-up/{made.token}"))


def staff(house: House) -> Iterator[tuple[str, Approach]]:
    """Every form on every page that any of the staff may open."""
    for who in WALKERS:
        name, _, value = house.visitors[who].cookie.partition("=")
        for rule, path in house.rules():
            if "GET" in (rule.methods or ()) and not path.startswith(("/kiosk", "/a/", "/stop", "/static")):
                browser = Browser(house, {name: value})
                yield from browser.forms(browser.open(path, allow=500))


def next_session(cast: Cast, code: str) -> tuple[int, str]:
    """A session of a new patient who has answered before, and will be asked about the month: its id, and a link."""
    told = course(cast, code, [8], end=NOW - timedelta(days=7))
    return hold(cast, cast.viewer("jonas"), told.id, NOW)
