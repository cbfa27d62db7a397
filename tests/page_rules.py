"""The house rules every page must keep: each is one small function that yields a sentence per fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from alliance.languages import catalogue
from tests.page_tree import Node

if TYPE_CHECKING:
    from tests.page import Page

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
NEEDS_NO_LABEL = frozenset({"hidden", "submit", "button", "reset", "image"})
OWN_WORDS = frozenset({"bdi", "blockquote", "code", "kbd", "pre", "samp"})  # quoted from people or machines
POINTERS = (
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-owns",
    "aria-errormessage",
    "headers",
)
ADDRESSES = frozenset({"action", "data", "formaction", "href", "poster", "src", "xlink:href"})
FORBIDDEN_WORDS = re.compile(r"\b(anonym\w*|failed|invalid|you missed)\b", re.IGNORECASE)
CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def well_formed(page: Page) -> Iterator[str]:
    yield from page.markup_faults
    for tag in ("html", "head", "body", "main"):
        if (found := len(page.root.find_all(tag))) != 1:
            yield f"there should be one <{tag}>, there are {found}"


def one_h1(page: Page) -> Iterator[str]:
    found = page.root.find_all("h1")
    if len(found) != 1:
        yield f"there should be one <h1>, there are {len(found)}"
    elif not found[0].text:
        yield "the <h1> is empty"
    elif found[0].inside("main") is None:
        yield "the <h1> stands outside <main>"


def title(page: Page) -> Iterator[str]:
    found = [node for node in page.root.find_all("title") if node.inside("head")]
    if len(found) != 1 or not page.title:
        yield "there should be one <title> in <head>, with words in it"
        return
    if page.staff != page.title.endswith(" – Alliance"):
        rule = "must end with “ – Alliance”" if page.staff else "must stay neutral, without “ – Alliance”"
        yield f"the title of a {'staff' if page.staff else 'patient'} page {rule}: “{page.title}”"
    error = catalogue((page.root.find("html") or page.root).get("lang")).gettext("Error:")
    if page.has_problem != page.title.startswith(f"{error} "):
        yield f"the title starts with “{error} ” when, and only when, something needs mending: “{page.title}”"


def language(page: Page) -> Iterator[str]:
    html = page.root.find("html") or page.root
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", html.get("lang")):
        yield "<html> needs a lang such as “en”"
    if html.get("dir") not in {"ltr", "rtl"}:
        yield "<html> needs dir=“ltr” or dir=“rtl”"


def unique_ids(page: Page) -> Iterator[str]:
    for name, count in Counter(node.get("id") for node in page.nodes if "id" in node.attrs).items():
        if count > 1:
            yield f"the id “{name}” is given {count} times"
        if not name or re.search(r"\s", name):
            yield f"“{name}” is no usable id"


def named_controls(page: Page) -> Iterator[str]:
    for node in page.nodes:
        if node.tag in {"select", "textarea"} or (
            node.tag == "input" and node.get("type") not in NEEDS_NO_LABEL
        ):
            if not page.name_of(node):
                yield f"{node} has no label: wrap it in one, point one at its id, or give it an aria-label"
        elif (node.tag == "button" or (node.tag == "a" and "href" in node.attrs)) and not page.name_of(node):
            yield f"{node} has no words that say what it does"


def grouped_choices(page: Page) -> Iterator[str]:
    boxes = [node for node in page.root.find_all("input") if node.get("type") in {"radio", "checkbox"}]
    alike = Counter((id(node.inside("form")), node.get("name")) for node in boxes)
    for node in boxes:
        single_tick = (
            node.get("type") == "checkbox" and alike[(id(node.inside("form")), node.get("name"))] == 1
        )
        if not single_tick and node.inside("fieldset") is None:
            yield f"{node} is one of several choices but in no <fieldset>"
    for fieldset in page.root.find_all("fieldset"):
        first = fieldset.elements[0] if fieldset.elements else None
        if first is None or first.tag != "legend" or not first.text:
            yield f"{fieldset} does not begin with a <legend> that asks something"


def forms(page: Page) -> Iterator[str]:
    for form in page.root.find_all("form"):
        if form.get("method").lower() not in {"get", "post"}:
            yield f"{form} does not say method=“get” or method=“post”"
        if "action" in form.attrs and not re.match(r"/(?!/)|\?|$", form.get("action")):
            yield f"{form} sends to “{form.get('action')}”, not to an address of this server"
        if not form.find_all("button", "input"):
            yield f"{form} cannot be sent: it has no button"


def csrf(page: Page) -> Iterator[str]:
    for form in page.root.find_all("form"):
        tokens = [node for node in form.find_all("input") if node.get("name") == "csrf_token"]
        if (
            page.staff
            and form.get("method").lower() == "post"
            and not any(node.get("value") for node in tokens)
        ):
            yield f"{form} is a staff form without csrf_token"
        if tokens and form.get("method").lower() == "get":
            yield f"{form} would put the csrf_token into the address"


def nothing_inline(page: Page) -> Iterator[str]:
    for node in page.nodes:
        if node.tag == "style" or (node.tag == "script" and not node.get("src")):
            yield f"{node} is inline, which the content security policy refuses"
        for name, value in node.attrs.items():
            if name == "style" or name.startswith("on"):
                yield f"{node} has the attribute {name}"
            if name in ADDRESSES and value.strip().lower().startswith("javascript:"):
                yield f"{node} runs script from its {name}"


def same_origin(page: Page) -> Iterator[str]:
    for node in page.nodes:
        names = ("src", "srcset", "poster", "data") + (
            ("href",) if node.tag in {"link", "image", "use"} else ()
        )
        for name in names:
            if re.match(r"\s*(//|[a-z][a-z0-9+.-]*:)", node.get(name), re.IGNORECASE):
                yield f"{node} loads “{node.get(name)[:60]}”: a page loads from its own server only"
        if node.tag in {"iframe", "object", "embed", "base"}:
            yield f"{node} has no place here"
        if node.tag == "meta" and node.get("http-equiv"):
            yield f"{node} sets http-equiv: say it in a header"


def targets(page: Page) -> Iterator[str]:
    for node in page.nodes:
        pointed = [(name, word) for name in POINTERS for word in node.get(name).split()]
        if node.tag == "label" and "for" in node.attrs:
            pointed.append(("for", node.get("for")))
        if node.tag in {"a", "use"} and node.get("href").startswith("#"):
            pointed.append(("href", node.get("href")[1:]))
        for name, target in pointed:
            if page.by_id(target) is None:
                yield f"{node}: its {name} points at “{target}”, which is not on the page"


def skip_link(page: Page) -> Iterator[str]:
    if not page.staff:
        return
    first = next((node for node in page.nodes if node.tag in {"a", "button", "input", "summary"}), None)
    goal = (
        page.by_id(first.get("href")[1:]) if first is not None and first.get("href").startswith("#") else None
    )
    if goal is None or goal.tag != "main":
        yield "the first thing on a staff page that takes the focus must be a link to <main>"


def pictures(page: Page) -> Iterator[str]:
    for node in page.nodes:
        if node.tag == "img" and "alt" not in node.attrs:
            yield f"{node} has no alt"
        elif node.tag == "svg" and node.get("aria-hidden") != "true" and node.get("role") != "img":
            yield f"{node} is neither aria-hidden=“true” nor role=“img”"
        elif node.get("role") == "img" and not page.name_of(node):
            yield f"{node} is a picture without a name"


def tables(page: Page) -> Iterator[str]:
    for table in page.root.find_all("table"):
        caption = table.find("caption")
        if not ((caption is not None and caption.text) or page.name_of(table)):
            yield f"{table} has neither <caption> nor aria-label"
        if not table.find_all("th"):
            yield f"{table} has no <th>"
        for cell in table.find_all("th"):
            if cell.get("scope") not in {"col", "row", "colgroup", "rowgroup"}:
                yield f"{cell} does not say its scope"


def headings(page: Page) -> Iterator[str]:
    above = 1  # an error summary may stand with its <h2> before the <h1>
    for node in page.root.find_all(*HEADINGS):
        level = int(node.tag[1])
        if level > above + 1:
            yield f"{node} skips a level after an <h{above}>"
        if not node.text:
            yield f"{node} is empty"
        above = level


def quotes(page: Page) -> Iterator[str]:
    spoken = [" ".join("".join(page.body.pieces(OWN_WORDS)).split()), page.title]
    spoken += [
        node.get(name) for node in page.nodes for name in ("alt", "aria-label", "placeholder", "title")
    ]
    for words in spoken:
        for found in re.finditer(r"""['"]""", words):
            around = words[max(0, found.start() - 20) : found.end() + 20]
            yield f"a straight quote where ’ “ ” belongs: …{around}…"


def words(page: Page) -> Iterator[str]:
    for found in FORBIDDEN_WORDS.finditer(f"{page.title} {' '.join(page.body.pieces(OWN_WORDS))}"):
        yield f"the house never says “{found[0]}”"


def error_summary(page: Page) -> Iterator[str]:
    if page.has_problem and page.status < 400:
        yield f"something needs mending, but the status is {page.status}: use 422"
    summary = page.error_summary
    if summary is not None and (not summary.elements or summary.elements[0].tag != "h2"):
        yield f"{summary} does not begin with an <h2>"
    if summary is not None and any(not node.get("href").startswith("#") for node in summary.find_all("a")):
        yield f"{summary} links to something other than the field to mend"


def headers(page: Page) -> Iterator[str]:
    yield from header_faults(page.headers)
    if not re.fullmatch(r"text/html;\s*charset=utf-8", page.headers.get("Content-Type", ""), re.IGNORECASE):
        yield f"Content-Type is “{page.headers.get('Content-Type')}”, not text/html with charset=utf-8"


def header_faults(sent: dict[str, str]) -> Iterator[str]:
    """What every response must carry, page or not. `sent` maps header names in their usual spelling."""
    if sent.get("X-Content-Type-Options") != "nosniff":
        yield "X-Content-Type-Options is not nosniff"
    policy = dict(
        part.strip().partition(" ")[::2] for part in sent.get("Content-Security-Policy", "").split(";")
    )
    for directive, value in CSP.items():
        if policy.get(directive) != value:
            yield f"the content security policy says {directive} {policy.get(directive)}, not {value}"
    if "unsafe" in sent.get("Content-Security-Policy", ""):
        yield "the content security policy allows something unsafe"
    if sent.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        yield "Referrer-Policy is neither same-origin nor no-referrer"
    if (
        sent.get("Content-Type", "").startswith("text/")
        and "charset=utf-8" not in sent["Content-Type"].lower()
    ):
        yield f"Content-Type is “{sent['Content-Type']}”, without charset=utf-8"


Rule = Callable[["Page"], Iterator[str]]
RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        well_formed, one_h1, title, language, unique_ids, named_controls, grouped_choices, forms, csrf,
        nothing_inline, same_origin, targets, skip_link, pictures, tables, headings, quotes, words,
        error_summary, headers,
    )
}  # fmt: skip


def name_of(page: Page, node: Node) -> str:
    """What assistive technology calls an element, by the sources this house uses."""
    if node.get("aria-labelledby"):
        found = [page.by_id(target) for target in node.get("aria-labelledby").split()]
        return " ".join(target.text for target in found if target is not None)
    if node.get("aria-label"):
        return node.get("aria-label").strip()
    if node.tag in {"a", "button"}:
        return " ".join([node.text, *(image.get("alt") for image in node.find_all("img"))] + [
            name_of(page, drawing) for drawing in node.find_all("svg") if drawing.get("role") == "img"
        ]).strip()  # fmt: skip
    if node.tag == "svg":
        return next((child.text for child in node.elements if child.tag == "title"), "")
    if node.tag == "img":
        return node.get("alt").strip()
    labels = page.labels.get(node.get("id"), []) if node.get("id") else []
    wrapping = node.inside("label")
    spoken = [*labels, *([wrapping] if wrapping is not None else [])]
    return " ".join(" ".join("".join(label.pieces(frozenset({"select"}))) for label in spoken).split())
