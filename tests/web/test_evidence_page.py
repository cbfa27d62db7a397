"""The page on how often questions are wrong: every figure from the simulation, one picture, one table of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

import alliance
from alliance.domain.evidence import RUPTURES
from alliance.web.charts.evidence import evidence_chart
from alliance.web.evidence import shipped_evidence
from tests.cast import signed_in
from tests.page import Page, PageClient
from tests.web.figures import check, trace

PATH = "/help/evidence"
EVIDENCE = shipped_evidence()


@pytest.fixture
def page(client: PageClient) -> Page:
    return client.page(PATH)


def test_it_is_reached_from_the_help_page_by_everybody(app: Flask, page: Page) -> None:
    assert page.h1 == "How often questions are wrong"
    for who in ("jonas", "miriam", "tomasz"):
        visitor = signed_in(app, who)
        assert PATH in [address for _, address in visitor.page("/help").links]
        assert visitor.page(PATH).main == page.main


def test_it_says_in_a_sentence_what_the_picture_shows(page: Page) -> None:
    keep, ask = EVIDENCE.keep, EVIDENCE.ask
    assert (
        f"“keep in mind” finds {keep.found['step 20']:.0f} of 100 lasting falls of 20 points, at {keep.false:.1f} "
        f"false questions per 100 answered sessions; “ask now” finds {ask.found['step 20']:.0f}, at {ask.false:.1f}."
    ) in page.main
    assert "No figure here comes from patients." in page.main


def test_the_tables_hold_every_rule_and_every_rupture(page: Page) -> None:
    rows = [
        [cell.text for cell in row.find_all("th") + row.find_all("td")] for row in page.root.find_all("tr")
    ]
    ours = [["Keep in mind", "ours", EVIDENCE.keep], ["Ask now", "ours", EVIDENCE.ask]]
    others = [[rule.name[0].upper() + rule.name[1:], rule.setting, rule] for rule in EVIDENCE.published]
    for name, setting, rule in ours + others:
        assert [name, setting, f"{rule.found['step 20']:.0f}", f"{rule.false:.1f}"] in rows
    for kind, words in RUPTURES.items():
        figures = [f"{rule.found[kind]:.0f}" for rule in (EVIDENCE.keep, EVIDENCE.ask)]
        assert [words[0].upper() + words[1:], *figures] in rows


def test_it_says_how_it_was_made_and_what_nobody_knows(page: Page) -> None:
    assert f"seeds {', '.join(map(str, EVIDENCE.seeds))}" in page.main
    assert f"learned from {EVIDENCE.past} finished courses" in page.main
    assert f"Of 100 that only said “keep in mind”, {EVIDENCE.only_keep_worth.soon:.0f} and" in page.main
    for words in ("What is assumed", "What was not validated", "None of this has been tried with patients."):
        assert words in page.main


def test_it_says_what_to_expect_while_a_clinic_begins(page: Page) -> None:
    fitting, least, most = EVIDENCE.beginning.fitting, EVIDENCE.beginning.least, EVIDENCE.beginning.most
    assert (
        f"gives {fitting.false:.1f} false questions per 100 and finds {fitting.found:.0f} of 100" in page.main
    )
    assert f"Where they do not, it gives {least:.1f} to {most:.1f}." in page.main
    rows = [
        [cell.text for cell in row.find_all("th") + row.find_all("td")] for row in page.root.find_all("tr")
    ]
    for past, learned in EVIDENCE.by_past.items():
        assert [f"{past} past courses", f"{learned.found:.0f}", f"{learned.false:.1f}"] in rows


def test_the_picture_holds_the_same_rules_and_has_the_house_style(client: PageClient, page: Page) -> None:
    address = page.root.find_all("figure")[0].find_all("div")[0].get("data-chart")
    with client.get(address) as answer:
        assert answer.json == check(evidence_chart(EVIDENCE))
    spec = check(evidence_chart(EVIDENCE))
    assert trace(spec, "ask now")["x"] == [round(EVIDENCE.ask.false, 2)]
    assert trace(spec, "keep in mind")["y"] == [round(EVIDENCE.keep.found["step 20"], 1)]
    others = trace(spec, "other rules")
    assert others["customdata"] == [rule.name[0].upper() + rule.name[1:] for rule in EVIDENCE.published]
    furthest = spec["layout"]["xaxis"]["range"][1]
    assert all(0 < x < furthest and 0 < y < 100 for x, y in zip(others["x"], others["y"], strict=True))
    assert not page.root.find_all("main")[0].find_all("button")


def test_the_help_page_tells_the_same_figures(client: PageClient) -> None:
    main = client.page("/help").main
    keep = EVIDENCE.keep
    for words in (
        f"comes up {keep.false:.1f} times in 100 answers, the stronger one {EVIDENCE.ask.false:.1f} times",
        f"get {keep.restless_times:.1f} times as many wrong questions",
        f"Of single dips of 20 points {100 - keep.found['V1 20']:.0f} %",
        f"lasting falls of ten points {100 - keep.found['step 10']:.0f} %",
    ):
        assert words in main


def test_no_figure_is_typed_into_the_templates() -> None:
    """All that may stand there as figures are sizes and definitions, none of them a result."""
    for name in ("evidence", "index"):
        text = template(name)
        typed = set(re.findall(r"(?<![\w#.-])\d+(?:\.\d+)?(?= %| times| false| found)", text))
        assert typed == set()


def template(name: str) -> str:
    text = (Path(alliance.__file__).parent / "templates" / "help" / f"{name}.html").read_text(
        encoding="utf-8"
    )
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text)
