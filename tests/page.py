"""A test client that judges every page it gets by the house rules of tests/page_rules.py, and reads it.

    client = page_client(app)
    page = client.page("/caseload")
    assert page.h1 == "Caseload"
    receipt = client.submit(page.form("Save"), {"note": "Asked."}, follow_redirects=True).page

`client.get` and `client.post` judge as well; they return Flask's usual response, which has the page as
`response.page`. Other responses (JSON, CSV, style sheets) are judged by their headers.
A rule is set aside for one call by its name: `client.get(path, allow={"quotes"})`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import page_rules
from tests.page_tree import Node, read

Changes = Mapping[str, str | int | Iterable[str] | None]


class Page:
    """A page as received: its words, links and forms, and the faults found in it."""

    def __init__(
        self, html: str, status: int = 200, headers: Mapping[str, str] | None = None, address: str = "/"
    ) -> None:
        self.html = html
        self.status = status
        self.headers = dict(headers or {})
        self.address = address
        self.root, self.markup_faults = read(html)
        self.nodes = list(self.root.walk())
        self._ids = {node.get("id"): node for node in reversed(self.nodes) if node.get("id")}
        self.labels: dict[str, list[Node]] = {}
        for label in self.root.find_all("label"):
            self.labels.setdefault(label.get("for"), []).append(label)

    @property
    def body(self) -> Node:
        return self.root.find("body") or self.root

    @property
    def staff(self) -> bool:
        return self.body.has_class("staff")

    @property
    def h1(self) -> str:
        node = self.root.find("h1")
        return node.text if node else ""

    @property
    def title(self) -> str:
        node = self.root.find("title")
        return " ".join("".join(node.pieces()).split()) if node else ""

    @property
    def text(self) -> str:
        """Everything a reader meets in the body, as one line."""
        return self.body.text

    @property
    def main(self) -> str:
        """The same for <main> alone, without banner, navigation and footer."""
        node = self.root.find("main")
        return node.text if node else ""

    @property
    def links(self) -> list[tuple[str, str]]:
        """(words, address) of every link."""
        return [
            (self.name_of(node), node.get("href")) for node in self.root.find_all("a") if "href" in node.attrs
        ]

    def link(self, words: str) -> str:
        """The address of the one link with these words."""
        found = {href for text, href in self.links if text == words}
        assert len(found) == 1, f"“{words}” is on {len(found)} links of {self.address}: {self.links}"
        return found.pop()

    @property
    def forms(self) -> list[Form]:
        return [Form(self, node) for node in self.root.find_all("form")]

    def form(self, which: int | str = 0) -> Form:
        """A form by its place on the page, by its address, or by the words of one of its buttons."""
        if isinstance(which, int):
            return self.forms[which]
        found = [form for form in self.forms if which == form.action or which in form.buttons]
        assert len(found) == 1, f"“{which}” is {len(found)} forms of {self.address}: {self.forms}"
        return found[0]

    @property
    def error_summary(self) -> Node | None:
        return next(
            (
                node
                for node in self.nodes
                # What a script shows only once there is a problem is none of this page's yet.
                if node.has_class("wrong") and node.get("role") == "alert" and "hidden" not in node.attrs
            ),
            None,
        )

    @property
    def has_problem(self) -> bool:
        """Whether something the person entered was not accepted, in a summary or at its field."""
        return self.error_summary is not None or any(node.has_class("problem") for node in self.nodes)

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [item.text for item in self.error_summary.find_all("li")] if self.error_summary else []

    @property
    def tables(self) -> list[list[list[str]]]:
        """Each table as rows of cells, heads included."""
        return [
            [[cell.text for cell in row.elements] for row in table.find_all("tr")]
            for table in self.root.find_all("table")
        ]

    def by_id(self, name: str) -> Node | None:
        return self._ids.get(name)

    def name_of(self, node: Node) -> str:
        return page_rules.name_of(self, node)

    def faults(self, allow: Collection[str] = ()) -> dict[str, list[str]]:
        """The house rules this page breaks, each with a sentence for each time."""
        unknown = set(allow) - set(page_rules.RULES)
        assert not unknown, f"there is no rule {unknown}; there are {sorted(page_rules.RULES)}"
        judged = {name: list(rule(self)) for name, rule in page_rules.RULES.items() if name not in allow}
        return {name: found for name, found in judged.items() if found}


@dataclass(frozen=True)
class Field:
    """All controls of one name: what would be sent now, and what may be picked (nothing listed: any text)."""

    name: str
    kind: str
    values: tuple[str, ...]
    options: tuple[str, ...]


class Form:
    """A form as a person meets it. `form["name"]` is the value that would be sent now, None if none would."""

    def __init__(self, page: Page, node: Node) -> None:
        self.page = page
        self.node = node
        self.method = node.get("method", "get").upper()
        self.action = node.get("action")
        self.fields = {name: _field(name, nodes) for name, nodes in _by_name(node).items()}

    def __repr__(self) -> str:
        return f"{self.method} {self.action or self.page.address} ({', '.join(self.buttons)})"

    def __getitem__(self, name: str) -> str | None:
        values = self.fields[name].values
        return values[0] if values else None

    @property
    def buttons(self) -> list[str]:
        return [self.page.name_of(node) for node in self.node.find_all("button")]

    def data(self, changes: Changes, press: str | None = None) -> list[tuple[str, str]]:
        """What a browser would send after these changes (None clears). Refuses what nobody could pick."""
        sent = {name: list(field.values) for name, field in self.fields.items()}
        for name, value in changes.items():
            assert name in self.fields, f"{self} has no field “{name}”; it has {sorted(self.fields)}"
            chosen = [] if value is None else [str(value)] if isinstance(value, str | int) else list(value)
            options = self.fields[name].options
            assert not options or set(chosen) <= set(options), f"“{name}” offers {options}, not {chosen}"
            sent[name] = chosen
        pairs = [(name, value) for name, values in sent.items() for value in values]
        if press is not None:
            pressed = [node for node in self.node.find_all("button") if self.page.name_of(node) == press]
            assert len(pressed) == 1, f"{self} has {len(pressed)} buttons “{press}”"
            pairs += [(pressed[0].get("name"), pressed[0].get("value"))] if pressed[0].get("name") else []
        return pairs


def _by_name(form: Node) -> dict[str, list[Node]]:
    named: dict[str, list[Node]] = {}
    for node in form.find_all("input", "select", "textarea"):
        if node.get("name") and "disabled" not in node.attrs:
            named.setdefault(node.get("name"), []).append(node)
    return named


def _field(name: str, nodes: list[Node]) -> Field:
    first = nodes[0]
    kind = first.get("type", "text") if first.tag == "input" else first.tag
    if kind in {"radio", "checkbox"}:
        ticked = tuple(node.get("value", "on") for node in nodes if "checked" in node.attrs)
        return Field(name, kind, ticked, tuple(node.get("value", "on") for node in nodes))
    if kind == "select":
        options = first.find_all("option")
        offered = tuple(node.get("value", node.text) for node in options)
        chosen = tuple(node.get("value", node.text) for node in options if "selected" in node.attrs)
        return Field(name, kind, chosen or offered[:1], offered)
    if kind == "textarea":
        written = "".join(child for child in first.children if isinstance(child, str))
        # A browser reads every line end as one sign, and the first, if nothing is before it, as none.
        written = written.replace("\r\n", "\n").removeprefix("\n")
        return Field(name, kind, (written.replace("\n", "\r\n"),), ())
    return Field(name, kind, tuple(node.get("value") for node in nodes), ())


class PageClient(FlaskClient):
    """Flask's client, but no response that breaks a house rule gets past it."""

    def open(self, *args: Any, allow: Collection[str] = (), **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        request = response.request
        called = f"{request.method} {request.path} ({response.status_code})"
        headers = {name.title(): value for name, value in response.headers.items()}
        if response.mimetype == "text/html" and response.status_code // 100 != 3 and response.data:
            address = request.full_path.rstrip("?")
            page = Page(response.get_data(as_text=True), response.status_code, headers, address)
            response.page = page  # type: ignore[attr-defined]
            faults = page.faults(allow)
        elif "headers" not in allow and (found := list(page_rules.header_faults(headers))):
            faults = {"headers": found}
        else:
            return response
        told = [f"  {rule}: {sentence}" for rule, found in faults.items() for sentence in found]
        assert not told, f"{called} breaks the house rules:\n" + "\n".join(told)
        return response

    def page(self, path: str, status: int = 200, **kwargs: Any) -> Page:
        """GET a page that must be there, following no redirect."""
        response = self.get(path, **kwargs)
        assert response.status_code == status, f"GET {path} says {response.status_code}, not {status}"
        return response.page  # type: ignore[attr-defined, no-any-return]

    def submit(
        self,
        form: Form,
        values: Changes | None = None,
        *,
        press: str | None = None,
        extra: Mapping[str, str] | None = None,
        follow_redirects: bool = False,
        allow: Collection[str] = (),
        **more: str | int | Iterable[str] | None,
    ) -> TestResponse:
        """Send a form of a page as a browser would: hidden fields, csrf token and unchanged values included.

        `values` and keyword arguments are what the person changes; `extra` adds fields the form does not
        have or replaces values it does not offer, as somebody hostile would.
        """
        pairs = form.data({**(values or {}), **more}, press)
        pairs = [(name, value) for name, value in pairs if name not in (extra or {})] + list(
            (extra or {}).items()
        )
        data: dict[str, list[str]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        options: dict[str, Any] = {"follow_redirects": follow_redirects, "allow": allow}
        path = form.action or form.page.address
        if form.method == "GET":
            return self.get(path.partition("?")[0], query_string=data, **options)
        return self.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}, **options)


def page_client(app: Flask, **kwargs: Any) -> PageClient:
    """A judging client for this app, with its own cookies."""
    return PageClient(app, app.response_class, use_cookies=True, **kwargs)
