"""The judge itself: a good page passes, and each house rule is seen failing on one made bad in one place."""

from __future__ import annotations

import pytest
from flask import Flask, Response, request

from tests.page import Page, page_client
from tests.page_rules import RULES

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
GOOD = """<!doctype html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><title>Rowan 31 – Alliance</title><link rel="icon" href="/static/icon.svg"></head>
<body class="staff">
<a class="skip" href="#main">Skip to content</a>
<form method="post" action="/sign-out"><input type="hidden" name="csrf_token" value="t0">
<button>Out</button></form>
<main id="main">
<h1>Rowan 31</h1>
<p class="lead">Rated 63, usually 83. <a href="/patients/1">See it</a> <bdi>"I'd say 'no'"</bdi></p>
<section aria-labelledby="why"><h2 id="why">Why we ask</h2><h3>Sessions</h3>
<svg class="shape" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 1l7 7"/></svg>
<img src="/static/logo.png" alt="Harbour Street">
<table><caption>Two sessions</caption>
<thead><tr><th scope="col">Session</th><th scope="col">Score</th></tr></thead>
<tbody><tr><th scope="row">1</th><td>82</td></tr></tbody></table>
</section>
<form method="post" action="/alerts/7">
<input type="hidden" name="csrf_token" value="t1">
<fieldset aria-describedby="why"><legend>Talked about it?</legend>
<label class="pick"><input type="radio" name="talked" value="yes"><span>Yes</span></label>
<label class="pick"><input type="radio" name="talked" value="later" checked><span>Not yet</span></label>
</fieldset>
<label for="note">A line for yourself</label><textarea id="note" name="note">It isn't</textarea>
<label>Who <select name="who"><option value="me">Me</option>
<option value="us" selected>Us</option></select></label>
<label><input type="checkbox" name="mute" value="yes"> No new question</label>
<button name="then" value="stay">Save</button> <button>Save and go</button>
</form>
</main>
</body></html>
"""
SUMMARY = """<div class="wrong" role="alert"><h2>There is a problem</h2>
<ul><li><a href="#note">Shorten it</a></li></ul></div>"""
SPOILED = [
    ("well_formed", "<!doctype html>", ""),
    ("well_formed", "usually 83.", "usually <b>83."),
    ("well_formed", "usually 83.", "usually <b><i>83</b></i>."),
    ("well_formed", "usually 83.", "usually</em> 83."),
    ("well_formed", "Rated 63", "<div>Rated 63</div>"),
    ("well_formed", "<h3>Sessions</h3>", '<h3>Sessions</h3><div class="empty"/>'),
    ("well_formed", "<h3>Sessions</h3>", "<h3>Sessions</h3><ul><div>loose</div></ul>"),
    ("well_formed", "<h3>Sessions</h3>", "<h3>Sessions</h3><li>loose</li>"),
    ("well_formed", "<tbody><tr>", "<tbody>loose<tr>"),
    ("well_formed", ">See it</a>", '>See <a href="/patients/2">it</a></a>'),
    ("well_formed", 'class="lead"', 'class="lead" class="hint"'),
    ("one_h1", "<h2 id=", "<h1>Rowan 31</h1><h2 id="),
    ("one_h1", "<h1>Rowan 31</h1>", ""),
    ("title", "Rowan 31 – Alliance", "Rowan 31"),
    ("title", "<title>Rowan 31 – Alliance</title>", ""),
    ("title", "<title>Rowan", "<title>Error: Rowan"),
    ("title", '<body class="staff">', "<body>"),
    ("language", 'lang="en" ', ""),
    ("language", ' dir="ltr"', ""),
    ("unique_ids", "<h3>Sessions", '<h3 id="why">Sessions'),
    ("unique_ids", "<h3>Sessions", '<h3 id="two words">Sessions'),
    ("named_controls", '<label for="note">A line for yourself</label>', ""),
    ("named_controls", "<label>Who ", "<label>"),
    ("named_controls", "<span>Not yet</span>", "<span></span>"),
    ("named_controls", "See it</a>", "</a>"),
    ("named_controls", ">Out</button>", "></button>"),
    ("grouped_choices", "<legend>Talked about it?</legend>", ""),
    ("grouped_choices", "<legend>Talked about it?</legend>", "<legend></legend>"),
    ("grouped_choices", 'type="checkbox" name="mute"', 'type="radio" name="mute"'),
    ("forms", '<form method="post" action="/alerts/7">', '<form action="/alerts/7">'),
    ("forms", 'action="/alerts/7"', 'action="https://elsewhere.example/"'),
    ("forms", 'action="/alerts/7"', 'action="//elsewhere.example/"'),
    ("csrf", '<input type="hidden" name="csrf_token" value="t1">', ""),
    ("csrf", 'value="t1"', 'value=""'),
    ("csrf", 'method="post" action="/alerts/7"', 'method="get" action="/alerts/7"'),
    ("nothing_inline", "</head>", "<style>p { color: red }</style></head>"),
    ("nothing_inline", "</main>", "<script>alert(1)</script></main>"),
    ("nothing_inline", 'class="lead"', 'class="lead" style="color: red"'),
    ("nothing_inline", 'class="lead"', 'class="lead" onclick="go()"'),
    ("nothing_inline", 'href="/patients/1"', 'href="javascript:go()"'),
    ("same_origin", "</head>", '<script src="https://cdn.example/x.js"></script></head>'),
    ("same_origin", 'src="/static/logo.png"', 'src="//cdn.example/logo.png"'),
    ("same_origin", 'href="/static/icon.svg"', 'href="data:image/svg+xml,x"'),
    ("same_origin", "</head>", '<meta http-equiv="refresh" content="5"></head>'),
    ("targets", 'aria-describedby="why"', 'aria-describedby="gone"'),
    ("targets", 'href="/patients/1"', 'href="#gone"'),
    ("targets", 'href="/patients/1"', 'href="#"'),
    ("skip_link", '<a class="skip" href="#main">Skip to content</a>', ""),
    ("skip_link", 'class="skip" href="#main"', 'class="skip" href="#why"'),
    ("pictures", ' alt="Harbour Street"', ""),
    ("pictures", ' aria-hidden="true"', ""),
    ("pictures", 'aria-hidden="true"', 'role="img"'),
    ("tables", "<caption>Two sessions</caption>", ""),
    ("tables", '<th scope="row">1</th>', "<th>1</th>"),
    ("headings", "<h3>Sessions</h3>", "<h4>Sessions</h4>"),
    ("headings", "<h3>Sessions</h3>", "<h3>Sessions</h3><h4></h4>"),
    ("quotes", "Rated 63", "It's rated 63"),
    ("quotes", 'alt="Harbour Street"', """alt="The clinic's sign\""""),
    ("words", "Rated 63", "An anonymous answer"),
    ("words", "Rated 63", "You missed one"),
    ("error_summary", "Rowan 31 – Alliance", "Error: Rowan 31 – Alliance"),
    ("headers", "", "x-content-type-options"),
]  # fmt: skip


def spoil(rule: str, old: str, new: str) -> Page:
    """The good page made bad in one place; an error summary and a header cannot be spoiled by text alone."""
    if rule == "headers":
        return Page(GOOD, headers={name: value for name, value in HEADERS.items() if name.lower() != new})
    assert GOOD.count(old) == 1 or rule == "one_h1", f"{old} is not in the good page exactly once"
    html = GOOD.replace(old, new)
    return Page(html.replace("<h1>", f"{SUMMARY}<h1>") if rule == "error_summary" else html, headers=HEADERS)


def test_a_good_page_breaks_no_rule() -> None:
    assert Page(GOOD, headers=HEADERS).faults() == {}


@pytest.mark.parametrize(
    ("rule", "old", "new"), SPOILED, ids=[f"{n}-{case[0]}" for n, case in enumerate(SPOILED)]
)
def test_a_page_spoiled_in_one_place_breaks_that_rule_alone(rule: str, old: str, new: str) -> None:
    assert list(spoil(rule, old, new).faults()) == [rule]


def test_every_rule_is_seen_failing() -> None:
    assert {rule for rule, _, _ in SPOILED} == set(RULES)


def test_a_rule_can_be_set_aside_by_name_only() -> None:
    page = spoil("quotes", "Rated 63", "It's rated 63")
    assert page.faults(allow={"quotes"}) == {}
    with pytest.raises(AssertionError, match="there is no rule"):
        page.faults(allow={"quotation"})


def test_an_error_summary_needs_its_title_and_status() -> None:
    html = GOOD.replace("<title>", "<title>Error: ").replace("<h1>", f"{SUMMARY}<h1>")
    page = Page(html, 422, HEADERS)
    assert page.faults() == {}
    assert page.errors == ["Shorten it"]
    assert list(Page(GOOD.replace("<h1>", f"{SUMMARY}<h1>"), 422, HEADERS).faults()) == ["title"]


@pytest.mark.parametrize("name", HEADERS)
def test_every_header_is_wanted(name: str) -> None:
    sent = {key: value for key, value in HEADERS.items() if key != name}
    assert "headers" in Page(GOOD, headers=sent).faults()
    weak = HEADERS["Content-Security-Policy"].replace(
        "script-src 'self'", "script-src 'self' 'unsafe-inline'"
    )
    assert "headers" in Page(GOOD, headers=HEADERS | {"Content-Security-Policy": weak}).faults()


def test_a_page_is_read_as_a_person_reads_it() -> None:
    page = Page(GOOD, headers=HEADERS)
    assert (page.h1, page.title, page.staff) == ("Rowan 31", "Rowan 31 – Alliance", True)
    assert page.main.startswith("Rowan 31 Rated 63, usually 83. See it")
    assert "Skip to content" in page.text
    assert page.link("See it") == "/patients/1"
    assert page.tables == [[["Session", "Score"], ["1", "82"]]]
    form = page.form("/alerts/7")
    assert (form.method, form.action, form.buttons) == ("POST", "/alerts/7", ["Save", "Save and go"])
    assert {name: form[name] for name in form.fields} == {
        "csrf_token": "t1", "talked": "later", "note": "It isn't", "who": "us", "mute": None,
    }  # fmt: skip
    assert form.fields["talked"].options == ("yes", "later")


def test_a_form_sends_what_a_browser_would() -> None:
    form = Page(GOOD, headers=HEADERS).form("Save")
    kept = [("csrf_token", "t1"), ("talked", "later"), ("note", "It isn't"), ("who", "us")]
    assert form.data({}) == kept
    assert form.data({"mute": "yes"}, press="Save") == [*kept, ("mute", "yes"), ("then", "stay")]
    assert form.data({"talked": None})[1] == ("note", "It isn't")
    with pytest.raises(AssertionError, match="offers"):
        form.data({"talked": "perhaps"})
    with pytest.raises(AssertionError, match="no field"):
        form.data({"rank": 1})


@pytest.fixture
def clinic() -> Flask:
    app = Flask(__name__)

    @app.route("/alerts/7", methods=["GET", "POST"])
    def alert() -> Response:
        sent = "; ".join(f"{name}={value}" for name, value in request.form.items()).replace("'", "’")
        html = GOOD.replace("Rated 63", sent) if sent else GOOD
        return Response(html, headers=HEADERS)

    @app.get("/bad")
    def bad() -> Response:
        return Response(GOOD.replace("<h1>", "<h2>").replace("</h1>", "</h2>"), headers=HEADERS)

    @app.get("/bare.json")
    def bare() -> Response:
        return Response("{}", content_type="application/json")

    return app


def test_the_client_sends_forms_and_returns_pages(clinic: Flask) -> None:
    client = page_client(clinic)
    page = client.page("/alerts/7")
    after = client.submit(page.form("Save"), talked="yes", extra={"role": "admin"}).page
    assert "csrf_token=t1; talked=yes; note=It isn" in after.html
    assert "role=admin" in after.html


def test_the_client_refuses_bad_pages_with_a_sentence(clinic: Flask) -> None:
    client = page_client(clinic)
    with pytest.raises(
        AssertionError, match=r"(?s)GET /bad \(200\) breaks.*one_h1: there should be one <h1>"
    ):
        client.get("/bad")
    with pytest.raises(AssertionError, match="X-Content-Type-Options"):
        client.get("/bare.json")
    assert client.get("/bare.json", allow={"headers"}).json == {}
    with pytest.raises(AssertionError, match="says 404, not 200"):
        client.page("/nowhere", allow=set(RULES))
