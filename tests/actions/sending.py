"""Send a questionnaire as its page does, and look at what is kept."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from alliance.actions import answering
from alliance.actions.answering import Receipt
from alliance.actions.clinic import Clinic

STEADY = {
    **dict.fromkeys(("safe", "free", "myself", "heard", "felt", "sense", "team", "say", "useful"), 8),
    **dict.fromkeys(("held", "hurt", "leave"), 1),
}
LOW = {
    **dict.fromkeys(("safe", "free", "myself", "heard", "felt", "sense", "team", "say", "useful"), 3),
    **dict.fromkeys(("held", "hurt", "leave"), 6),
}
TABLES = ("attempt", "response", "answer", "score", "reading", "baseline", "alert", "audit")


def page(answers: dict[str, int], **more: str) -> bytes:
    """What a browser posts."""
    fields = {"form": "after-session 1.0", "audience": "both"}
    return urlencode({**fields, **{item: str(value) for item, value in answers.items()}, **more}).encode()


def send(clinic: Clinic, token: str, body: bytes, now: datetime, attempt: str = "") -> Receipt:
    """Post it."""
    form = MultiDict(parse_qsl(body.decode(), keep_blank_values=True))
    return answering.submit(
        clinic, token, attempt=attempt or answering.new_attempt(), body=body, form=form, now=now
    )


def rows(clinic: Clinic) -> dict[str, int]:
    """How many rows each table that a submission writes has."""
    with clinic.db.read() as conn:
        return {table: conn.execute(f"SELECT count(*) AS n FROM {table}").fetchone()["n"] for table in TABLES}


def everything(clinic: Clinic) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with clinic.db.read() as conn:
        tables = [row["name"] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: [tuple(row) for row in conn.execute(f"SELECT * FROM {table}")] for table in tables}
