"""No word stands bare in a template that patients see: each goes through a catalogue, or comes from data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import alliance

TEMPLATES = Path(alliance.__file__).parent / "templates"
# Folders and files of patients' pages; what a template there extends or takes parts from is among them.
PATIENTS = (
    "patient.html",
    "patient/*.html",
    "kiosk/*.html",
    "paper/questionnaire.html",
    "paper/slip.html",
    "errors/patient.html",
    "errors/bare.html",
    "components/help.html",
    "components/languages.html",
    "components/questions.html",
)
# For staff, on a tablet that is for patients: in English.
FOR_STAFF = {f"kiosk/{name}.html" for name in ("leave", "left", "no_cookies", "set_up", "set_up_ended")}
FOUND = sorted(
    path.relative_to(TEMPLATES).as_posix() for pattern in PATIENTS for path in TEMPLATES.glob(pattern)
)
SPOKEN = ("aria-label", "aria-description", "alt", "title", "placeholder")


def bare(html: str) -> list[str]:
    """Words in a template that no catalogue would see."""
    html = re.sub(r"{#.*?#}|<!--.*?-->", "", html, flags=re.DOTALL)
    # What is marked as English on purpose, and the strip of a slip, which is cut off.
    html = re.sub(r"<(\w+)[^>]* (lang=\"en\"|class=\"stub\")[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    html = re.sub(r"{{.*?}}|{%.*?%}", "\x00", html, flags=re.DOTALL)
    spoken = [found for name in SPOKEN for found in re.findall(rf"\s{name}=\"([^\"]*)\"", html)]
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", "\x00", html, flags=re.DOTALL)
    words = [piece.strip() for piece in text.split("\x00")]
    return [piece for piece in [*words, *spoken] if re.search(r"[^\W\d_]{2}", piece)]


@pytest.mark.parametrize("name", [name for name in FOUND if name not in FOR_STAFF])
def test_every_word_is_marked(name: str) -> None:
    assert bare((TEMPLATES / name).read_text(encoding="utf-8")) == []


def test_all_that_patients_see_is_looked_at() -> None:
    assert len(FOUND) >= 20
    taken = {
        part
        for name in FOUND
        for part in re.findall(
            r'(?:from|extends|include) "([^"]+)"', (TEMPLATES / name).read_text(encoding="utf-8")
        )
    }
    assert taken <= set(FOUND)


def test_a_bare_word_is_found_and_a_marked_one_is_not() -> None:
    assert bare('<p>{{ _("Hello") }}</p> <b>9</b> {# a note #}') == []
    assert bare("<p>Hello {{ name }}</p>") == ["Hello"]
    assert bare('<a aria-label="More">{{ x }}</a>') == ["More"]
    assert bare('<a lang="en" dir="ltr">For staff</a>') == []
