"""Reads a page into a tree with the standard library, and notes whatever a browser would have to guess."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


VOID = _tags("area base br col embed hr img input link meta source track wbr")
INLINE = _tags(
    "a abbr b bdi bdo cite code dfn em i kbd label mark q s samp small span strong sub sup time u var wbr"
)
ENDS_A_PARAGRAPH = _tags(
    "address article aside blockquote details div dl fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul"
)
TAKES_INPUT = _tags("a button details input label select textarea")
PARENTS = {
    "caption": {"table"},
    "dd": {"dl", "div"},
    "dt": {"dl", "div"},
    "figcaption": {"figure"},
    "legend": {"fieldset"},
    "li": {"ul", "ol", "menu"},
    "optgroup": {"select"},
    "option": {"select", "optgroup", "datalist"},
    "summary": {"details"},
    "tbody": {"table"},
    "td": {"tr"},
    "tfoot": {"table"},
    "th": {"tr"},
    "thead": {"table"},
    "tr": {"table", "tbody", "thead", "tfoot"},
}
CHILDREN = {
    "dl": {"dt", "dd", "div"},
    "ol": {"li"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "tbody": {"tr"},
    "thead": {"tr"},
    "tr": {"td", "th"},
    "ul": {"li"},
}
UNSEEN = frozenset({"head", "script", "style", "template", "textarea"})


class Node:
    """One element: its tag, attributes (a bare attribute reads as ""), line in the source, and children."""

    def __init__(self, tag: str, attrs: dict[str, str], line: int, parent: Node | None) -> None:
        self.tag = tag
        self.attrs = attrs
        self.line = line
        self.parent = parent
        self.children: list[Node | str] = []

    def __str__(self) -> str:
        shown = [
            f' {name}="{self.attrs[name]}"' for name in ("id", "name", "type", "href") if name in self.attrs
        ]
        return f"<{self.tag}{''.join(shown)}> in line {self.line}"

    __repr__ = __str__

    def get(self, name: str, default: str = "") -> str:
        return self.attrs.get(name, default)

    def has_class(self, name: str) -> bool:
        return name in self.get("class").split()

    @property
    def elements(self) -> list[Node]:
        return [child for child in self.children if isinstance(child, Node)]

    def walk(self) -> Iterator[Node]:
        """Every element below this one, in the order of the source."""
        waiting = self.elements[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.elements[::-1]

    def find_all(self, *tags: str) -> list[Node]:
        return [node for node in self.walk() if node.tag in tags]

    def find(self, *tags: str) -> Node | None:
        return next((node for node in self.walk() if node.tag in tags), None)

    def ancestors(self) -> Iterator[Node]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def inside(self, *tags: str) -> Node | None:
        """The nearest ancestor with one of these tags."""
        return next((node for node in self.ancestors() if node.tag in tags), None)

    def pieces(self, without: frozenset[str] = frozenset()) -> Iterator[str]:
        """The text a reader meets, element by element, leaving out what these tags hold."""
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in UNSEEN | without and "hidden" not in child.attrs:
                yield from (
                    child.pieces(without) if child.tag in INLINE else (" ", *child.pieces(without), " ")
                )

    @property
    def text(self) -> str:
        """The visible text with every run of white space, no-break spaces too, as one space."""
        return " ".join("".join(self.pieces()).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#page", {}, 0, None)
        self.open: list[Node] = [self.root]
        self.faults: list[str] = []
        self.doctype = ""

    def handle_decl(self, decl: str) -> None:
        self.doctype = self.doctype or decl.lower()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = self._start(tag, attrs)
        if tag in VOID:
            return
        self.open.pop()
        if tag != "svg" and node.inside("svg") is None:
            self.faults.append(f"{node} is written as if it were empty, which a browser ignores")

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if tag not in [node.tag for node in self.open[1:]]:
            self.faults.append(f"</{tag}> in line {line} closes nothing")
            return
        while (node := self.open.pop()).tag != tag:
            self.faults.append(f"{node} is still open where </{tag}> closes in line {line}")

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
        if data.strip() and self.open[-1].tag in CHILDREN:
            self.faults.append(f"“{data.strip()[:30]}” stands loose in {self.open[-1]}")

    def _start(self, tag: str, attrs: list[tuple[str, str | None]]) -> Node:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.getpos()[0], self.open[-1])
        if len(node.attrs) < len(attrs):
            self.faults.append(f"{node} repeats an attribute")
        self.faults.extend(_misplaced(node))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)
        return node


def _misplaced(node: Node) -> Iterator[str]:
    parent = node.parent
    assert parent is not None
    if node.tag in ENDS_A_PARAGRAPH and (paragraph := node.inside("p")):
        yield f"{node} is inside {paragraph}, which a browser ends there"
    if parent.tag not in PARENTS.get(node.tag, {parent.tag}):
        yield f"{node} belongs in {' or '.join(sorted(PARENTS[node.tag]))}, not in {parent}"
    if node.tag not in CHILDREN.get(parent.tag, {node.tag}):
        yield f"{node} may not be a child of {parent}"
    if node.tag == "form" and (outer := node.inside("form")):
        yield f"{node} is inside {outer}"
    if node.tag in TAKES_INPUT and (outer := node.inside("a", "button")):
        yield f"{node} is inside {outer}"
    if node.tag == "label" and (outer := node.inside("label")):
        yield f"{node} is inside {outer}"


def read(html: str) -> tuple[Node, list[str]]:
    """The tree of a whole page, and a sentence for each thing a browser would have had to mend."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.faults.extend(f"{node} is never closed" for node in reader.open[1:])
    if reader.doctype != "doctype html":
        reader.faults.append("the page does not start with <!doctype html>")
    return reader.root, reader.faults
