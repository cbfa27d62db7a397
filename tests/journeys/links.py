"""New links to questionnaires of a running clinic, and what its database holds of them."""

from __future__ import annotations

import re
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass

from tests.browserless import Person
from tests.server import Demo


@dataclass
class Links:
    """Makes one link after another, each for a session of its own, as a therapist does."""

    demo: Demo
    therapist: Person
    patient: str

    def new(self) -> str:
        """The path of a link nobody has used."""
        adding = self.therapist.page(f"{self.patient}/sessions/new").form("Add it and go to the form")
        _, session, _ = self.therapist.open(adding.action, adding.data({}))
        making = self.therapist.page(session).form("Make a link")
        _, _, page = self.therapist.open(making.action, making.data({}))
        found = re.search(r"/a/[A-Za-z0-9_-]{20,}", page)
        assert found, "the page shows no link"
        return found[0]

    def counted(self) -> int:
        """How many responses the clinic holds."""
        return self._count("SELECT count(*) FROM response")

    def kept(self) -> int:
        """How many pages arrived and were kept, whether they counted or not."""
        return self._count("SELECT count(*) FROM attempt")

    def _count(self, question: str) -> int:
        file = next(self.demo.folder.rglob("clinic.db"))
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
            return int(conn.execute(question).fetchone()[0])


def links_of(demo: Demo, language: str = "en", name: str = "Lark") -> Links:
    """Links for a new patient of the demo's last therapist, so that the pages of the first stay as they were."""
    who = [one for one in demo.staff if "therapist" in one["role"].split(", ")][-1]
    therapist = Person(demo.url)
    therapist.sign_in(who["email"], who["password"])
    adding = therapist.page("/patients/new").form("Add this patient")
    code = f"Lark {secrets.token_hex(4)}"
    changes = {"code": code, "instrument": "after-session"} | (
        {} if language == "en" else {"language": language}
    )
    _, address, _ = therapist.open(adding.action, adding.data(changes))
    found = re.search(r"/patients/\d+", address)
    assert found, f"adding a patient led to {address}"
    return Links(demo, therapist, found[0])
