"""A patient's pages speak the patient's language, or the one picked on the page, from the first word to the receipt."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from flask import Flask

from alliance.actions import caseload
from alliance.domain.therapy import Channel
from alliance.languages import LANGUAGES, catalogue
from surveys.library import shipped
from tests.cast import NOW, Cast, hold, signed_in
from tests.page import Page, PageClient, page_client
from tests.web.posting import GOOD, page_of, post_raw, supervise

OTHERS = [tag for tag in LANGUAGES if tag != "en"]
every_language = pytest.mark.parametrize("tag", list(LANGUAGES))
every_other = pytest.mark.parametrize("tag", OTHERS)


def patient_in(cast: Cast, tag: str, instrument: str = "after-session") -> str:
    """The token of a new patient's link; the patient reads that language."""
    dyad = caseload.add_patient(
        cast.clinic, cast.viewer("jonas"), code=f"Fern {tag}", language=tag, instrument=instrument,
        starts_on=NOW.date(), now=NOW,
    )  # fmt: skip
    return hold(cast, cast.viewer("jonas"), dyad.patient.id, NOW)[1]


def send(client: PageClient, address: str, **fields: str | None) -> object:
    data = {
        "form": "after-session 1.0",
        "attempt": "the-attempt-of-one-page",
        "audience": "both",
        **GOOD,
        **fields,
    }
    return client.post(
        address,
        data=urlencode({k: v for k, v in data.items() if v is not None}).encode(),
        content_type="application/x-www-form-urlencoded",
    )


def stored_language(cast: Cast) -> str:
    with cast.clinic.db.read() as conn:
        row = conn.execute("SELECT language FROM response ORDER BY id DESC LIMIT 1").fetchone()
    return str(row["language"])


def html(page: Page) -> tuple[str, str]:
    node = page.root.find("html")
    assert node is not None
    return node.get("lang"), node.get("dir")


@every_language
def test_the_page_speaks_the_patients_language(client: PageClient, cast: Cast, tag: str) -> None:
    page = client.page(f"/a/{patient_in(cast, tag)}")
    assert html(page) == (tag, "rtl" if tag == "ar" else "ltr")
    instrument = shipped().get("after-session", language=tag)
    assert (page.h1, page.title) == (instrument.heading, instrument.title)
    for item in instrument.items:
        assert item.text in page.main
    assert catalogue(tag).gettext("Send my answers") in page.forms[0].buttons


@every_other
def test_no_english_is_left_on_it(client: PageClient, cast: Cast, tag: str) -> None:
    """Every run of three words of the English page is another in that language."""
    english = page_words(client.page(f"/a/{patient_in(cast, 'en')}"))
    other = page_words(client.page(f"/a/{patient_in(cast, tag)}"))
    kept = {run for run in runs(english) if run in runs(other)}
    assert {run for run in kept if not re.search("Harbour|Street|crisis line|Jonas|Miriam", run)} == set()


def page_words(page: Page) -> list[str]:
    names = {"English", "Español", "Deutsch", "Türkçe", "العربية"}
    return [word for word in re.findall(r"[^\W\d_]+", page.text) if word not in names]


def runs(words: list[str]) -> set[str]:
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}


@every_language
def test_another_language_is_a_link_away_and_all_that_follows_speaks_it(
    client: PageClient, cast: Cast, tag: str
) -> None:
    address = f"/a/{cast.alder.token}"
    page = client.page(f"{address}?language={tag}")
    assert html(page)[0] == tag
    response = send(client, page.forms[0].action)
    assert stored_language(cast) == tag
    receipt = client.page(response.headers["Location"])  # type: ignore[attr-defined]
    assert html(receipt)[0] == tag
    assert receipt.h1 == catalogue(tag).gettext("Thank you. It has arrived.")
    again = client.page(f"{address}?language={tag}")
    assert again.h1 == catalogue(tag).gettext("We already have your answers for this session.")


@every_language
def test_what_needs_another_look_is_said_in_the_pages_language(
    client: PageClient, cast: Cast, tag: str
) -> None:
    response = send(client, f"/a/{cast.alder.token}?language={tag}", safe="11", comment="a" * 2143)
    page = page_of(response)  # type: ignore[arg-type]
    assert (page.status, html(page)[0]) == (422, tag)
    if tag == "ar":
        assert "يُرجى اختيار رقم واحد من ٠ إلى ١٠، أو ترك الجملة" in page.errors
        assert any("٢٬٠٠٠" in told and "٢٬١٤٣" in told for told in page.errors)
    if tag == "de":
        assert "Kürzen Sie Ihren Text auf 2.000 Zeichen. Jetzt hat er 2.143" in page.errors
    # What was picked is still there, under the same names and values as in any language.
    assert page.forms[0]["free"] == "8" and page.forms[0]["talked"] is None
    # With answers in the page, no link is there that would lose them.
    assert page.root.find("nav") is None


@every_language
def test_an_answer_posts_the_same_whatever_the_language(client: PageClient, cast: Cast, tag: str) -> None:
    form = client.page(f"/a/{cast.alder.token}?language={tag}").forms[0]
    english = client.page(f"/a/{cast.alder.token}").forms[0]
    assert {name: field.options for name, field in form.fields.items() if name != "attempt"} == {
        name: field.options for name, field in english.fields.items() if name != "attempt"
    }


def test_the_languages_stand_before_the_first_question_each_by_its_own_name(
    client: PageClient, cast: Cast
) -> None:
    page = client.page(f"/a/{cast.alder.token}?language=tr")
    nav = page.root.find("nav")
    assert nav is not None
    links = {node.get("hreflang"): node for node in nav.find_all("a")}
    assert {tag: node.text for tag, node in links.items()} == {
        "en": "English", "es": "Español", "de": "Deutsch", "ar": "العربية"
    }  # fmt: skip
    assert all(
        node.get("lang") == tag and node.get("href") == f"?language={tag}" for tag, node in links.items()
    )
    (here,) = [node for node in nav.find_all("span") if node.get("aria-current") == "true"]
    assert here.text == "Türkçe"
    assert page.html.index("<nav") < page.html.index("<h1") < page.html.index("<fieldset")
    assert catalogue("tr").gettext("Choose first: another language clears this page.") in nav.text


def test_a_language_the_questionnaire_is_not_in_changes_nothing(client: PageClient, cast: Cast) -> None:
    for asked in ("fr", "xx", "", "../en", "en-GB", "ar'", "AR"):
        assert html(client.page(f"/a/{cast.alder.token}?language={asked}")) == ("en", "ltr")


@every_language
@pytest.mark.parametrize("path", ["/a/no-such-link", "/thanks", "/leave", "/a/x/y/z"])
def test_pages_that_know_no_patient_speak_as_asked_or_as_the_browser_likes(
    app: Flask, tag: str, path: str
) -> None:
    assert html(page_of(page_client(app).get(f"{path}?language={tag}")))[0] == tag
    liked = page_client(app).get(path, headers={"Accept-Language": f"tlh, {tag};q=0.9, en;q=0.1"})
    assert html(page_of(liked)) == (tag, LANGUAGES[tag].direction)
    assert html(page_of(page_client(app).get(path, headers={"Accept-Language": "fr"})))[0] == "en"


def test_the_receipt_needs_no_word_in_its_address_where_the_browser_likes_that_language(
    client: PageClient, cast: Cast
) -> None:
    address = f"/a/{cast.alder.token}?language=es"
    body = urlencode({"form": "after-session 1.0", "attempt": "the-attempt-of-one-page", **GOOD})
    liked = client.post(
        address,
        data=body.encode(),
        content_type="application/x-www-form-urlencoded",
        headers={"Accept-Language": "es-AR,es;q=0.9"},
    )
    assert liked.headers["Location"] == "/thanks"
    other = client.post(address, data=body.encode(), content_type="application/x-www-form-urlencoded")
    assert other.headers["Location"] == "/thanks?language=es"


@every_language
def test_names_and_numbers_keep_their_own_direction(client: PageClient, cast: Cast, tag: str) -> None:
    page = client.page(f"/a/{cast.alder.token}?language={tag}")
    numbers = [node for node in page.root.find_all("a") if node.get("href").startswith("tel:")]
    assert len(numbers) == 4 and all(node.get("dir") == "ltr" for node in numbers)
    names = [node.text for node in page.root.find_all("bdi")]
    assert {"Jonas Berg", "Miriam Osei", "Harbour Street crisis line"} <= set(names)
    assert len(re.findall('(?<!<bdi translate="no">)Jonas Berg', page.html)) == 0


@every_language
def test_several_supervisors_are_spoken_of_as_several(client: PageClient, cast: Cast, tag: str) -> None:
    one = client.page(f"/a/{cast.alder.token}?language={tag}").main
    supervise(cast, "ruth")
    page = client.page(f"/a/{cast.alder.token}?language={tag}")
    assert "{" not in page.main and "%(" not in page.main
    assert page.main.count("Ruth Adler") == one.count("Miriam Osei") == page.main.count("Miriam Osei")
    if tag == "en":
        assert "Jonas Berg, my therapist, and Miriam Osei and Ruth Adler, the supervisors" in page.main
        assert "Only Miriam Osei and Ruth Adler, the supervisors" in page.main
        assert "Only Miriam Osei and Ruth Adler see this." in page.main
    if tag == "es":
        assert "Solo Miriam Osei y Ruth Adler, que supervisan la terapia" in page.main


@every_other
def test_patients_never_read_that_a_translation_is_a_draft(client: PageClient, cast: Cast, tag: str) -> None:
    page = client.page(f"/a/{cast.alder.token}?language={tag}")
    assert not re.search("draft|validated", page.html, re.IGNORECASE)


def test_the_clinic_reads_it_where_it_picks_one_and_among_the_questionnaires(app: Flask) -> None:
    jonas = signed_in(app, "jonas")
    form = jonas.page("/patients/new").form("Add this patient")
    assert set(form.fields["language"].options) == set(LANGUAGES)
    assert "Español (draft translation, not validated)" in jonas.page("/patients/new").main
    tables = signed_in(app, "tomasz").page("/admin/instruments").tables
    rows = [row[:3] for table in tables for row in table]
    assert ["after-session 1.0", "العربية", "draft translation, not validated"] in rows
    assert ["pulse 1.0", "English", "not validated"] in rows


def test_a_patient_is_added_in_a_language_and_staff_go_on_in_english(app: Flask, cast: Cast) -> None:
    jonas = signed_in(app, "jonas")
    form = jonas.page("/patients/new").form("Add this patient")
    page = page_of(jonas.submit(form, {"code": "Palm 5", "language": "ar"}, follow_redirects=True))
    patient_id = int(page.address.split("?")[0].rpartition("/")[2]) if "/patients/" in page.address else None
    viewer = cast.viewer("jonas")
    found = [row.dyad.patient for row in caseload.own_trends(cast.clinic, viewer, NOW)]
    patient = next(one for one in found if one.code == "Palm 5")
    assert patient.language == "ar" and patient_id in (None, patient.id)
    for _ in range(2):
        session = caseload.add_session(
            cast.clinic, viewer, patient.id, held_on=NOW.date(), next_on=None, now=NOW
        )
        token = caseload.issue_link(cast.clinic, viewer, session.id, channel=Channel.LINK, now=NOW)
        low = dict.fromkeys(GOOD, "0") | dict.fromkeys(("held", "hurt", "leave"), "9")
        body = urlencode({"form": "after-session 1.0", "attempt": f"attempt-{token}"[:40], **low}).encode()
        assert post_raw(page_client(app), token, body).status_code == 303
    told = jonas.page(f"/patients/{patient.id}")
    assert html(told) == ("en", "ltr")
    assert "I kept something back" in told.main and "أخفيت" not in told.html
    assert "أخفيت" not in jonas.page("/caseload").html


def test_questionnaires_of_different_languages_are_kept_apart_while_drawn(
    client: PageClient, cast: Cast
) -> None:
    address = f"/a/{cast.alder.token}"
    drawn = {tag: client.page(f"{address}?language={tag}").main for tag in [*LANGUAGES, *LANGUAGES]}
    assert len(set(drawn.values())) == len(LANGUAGES)
    assert client.page(address).main == drawn["en"]
