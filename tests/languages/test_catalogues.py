"""Every text that a patient can meet is there in every language, whole, with the names and numbers in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from alliance.languages import LANGUAGES, catalogue
from alliance.languages.keeping import kept, path_of
from tests.languages.said import texts

OTHERS = [tag for tag in LANGUAGES if tag != "en"]
every_language = pytest.mark.parametrize("tag", OTHERS)
PLACE = re.compile(r"%\((\w+)\)(.)")
# What a language may say in a word instead of a figure: “one day”, “two days”.
MAY_BE_A_WORD = {"num"}
# The first mark of what ends a sentence in each, or a colon before a number or a link.
ENDS = {".": ".", "?": "?؟", ":": ":", ",": ",،:"}


def faults(texts: Catalog, said: Catalog) -> Iterator[str]:
    """A sentence for each thing that is wrong with a catalogue."""
    wanted = {message.id: message for message in texts if message.id}
    there = {message.id: message for message in said if message.id}
    for id_ in wanted:
        if id_ not in there:
            yield f"missing: {id_!r}"
    for id_ in there:
        if id_ not in wanted:
            yield f"said by nothing any more: {id_!r}"
    for id_ in said.obsolete:
        yield f"obsolete: {id_!r}"
    for id_, message in there.items():
        if message.fuzzy:
            yield f"fuzzy: {id_!r}"
        yield from (f"{fault}: {id_!r}" for fault in _faults_of(message, said.num_plurals))


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    forms = [message.string] if isinstance(message.id, str) else list(message.string)
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    if len(ids) > 1 and len(forms) != plurals:
        yield f"has {len(forms)} forms, and the language has {plurals}"
    if not all(forms):
        yield "empty"
        return
    places = set(PLACE.findall(" ".join(ids)))
    for form in forms:
        found = set(PLACE.findall(form))
        free = {place for place in places if place[0] in MAY_BE_A_WORD and len(ids) > 1}
        if not places - free <= found <= places:
            yield f"places {sorted(found)} instead of {sorted(places)}"
        elif places and not _fills_in(form, {name for name, _ in places}):
            yield f"cannot be filled in: {form!r}"
        end = ids[0].strip()[-1]
        if end in ENDS and form.strip()[-1] not in ENDS[end]:
            yield f"ends otherwise: {form!r}"
        if re.search(r"['\"]|\s{2}|^\s|\s$", form):
            yield f"a straight quote or a stray space: {form!r}"


def _fills_in(form: str, names: set[str]) -> bool:
    try:
        return bool(form % dict.fromkeys(names, "x"))
    except (ValueError, KeyError, TypeError):
        return False


@every_language
def test_every_text_is_said(tag: str) -> None:
    assert list(faults(texts(), kept(tag))) == []


@every_language
def test_the_file_says_what_it_is(tag: str) -> None:
    head = path_of(tag).read_text(encoding="utf-8").split("\n\n")[0]
    assert "Draft translation, not validated" in head
    assert f'"Language: {tag}\\n"' in head
    assert f"Plural-Forms: nplurals={ {'ar': 6, 'tr': 1}.get(tag, 2) };" in head
    assert "ADDRESS" not in head and "YEAR" not in head and "fuzzy" not in head


@every_language
def test_only_names_and_what_two_languages_share_stay_as_in_english(tag: str) -> None:
    same = {m.id for m in kept(tag) if m.id and m.string == m.id}
    assert {id_ for id_ in same if re.search("[A-Za-z]{3}", PLACE.sub("", str(id_)))} <= {"Error:", "Code"}


@every_language
def test_the_way_to_help_is_called_by_the_same_name_where_it_is_spoken_of(tag: str) -> None:
    say = catalogue(tag).gettext
    assert say("I need help now") in say("If you are not safe, tap “I need help now” above.")


def test_no_compiled_copy_can_fall_behind() -> None:
    assert list(path_of("en").parent.rglob("*.mo")) == []


def changed(english: str, said: str | tuple[str, ...], **more: object) -> tuple[Catalog, Catalog]:
    known, there = Catalog(), Catalog(locale="ar" if isinstance(said, tuple) else "es")
    known.add(english)
    there.add(english if isinstance(said, str) else (english, english), said, **more)
    return known, there


@pytest.mark.parametrize(
    ("english", "said", "fault"),
    [
        ("Send it.", "", "empty"),
        ("%(name)s reads it.", "Lo lee.", "places"),
        ("%(name)s reads it.", "%(nombre)s lo lee.", "places"),
        ("%(name)s reads it.", "%(name)d lo lee.", "places"),
        ("%(part)s of it.", "El 50% de %(part)s.", "cannot be filled in"),
        ("Send it.", "Enviar", "ends otherwise"),
        ("Send it.", "Envíe 'esto'.", "a straight quote"),
    ],
)
def test_each_fault_is_named(english: str, said: str, fault: str) -> None:
    (found,) = faults(*changed(english, said))
    assert found.startswith(fault) and repr(english) in found


def test_a_text_that_is_missing_or_not_said_any_more_or_fuzzy_is_named() -> None:
    known, there = changed("Old.", "Viejo.")
    there.add("Fuzzy.", "Borroso.", flags={"fuzzy"})
    known.add("Fuzzy.")
    known.add("New.")
    there.add("Gone.", "Ido.")
    assert list(faults(known, there)) == [
        "missing: 'New.'",
        "said by nothing any more: 'Gone.'",
        "fuzzy: 'Fuzzy.'",
    ]


def test_the_texts_come_from_templates_and_code() -> None:
    found = {str(message.id) for message in texts() if message.id}
    assert {"Send my answers", "Pick one of the answers, or leave this out", "There is nothing here"} <= found
    places = {place for message in texts() for place, _ in message.locations}
    assert {"surveys/forms.py", "alliance/templates/patient/form.html", "alliance/web/filters.py"} <= places
