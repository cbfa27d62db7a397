"""What may stand in a log: no secret of any address, nothing that looks like an entry of its own."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from flask import Flask

from alliance.actions.tokens import new_token
from alliance.cli.logs import Discreet, log_discreetly
from alliance.web.guessing import SECRET_ARGUMENTS

CANARY = "canary"  # no random token: only where it stands gives it away


def told(message: str, *values: object, error: Exception | None = None) -> str:
    record = logging.LogRecord("x", logging.ERROR, "x", 1, message, values, None)
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    return Discreet("%(levelname)s %(message)s").format(record)


def secret_addresses(app: Flask) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        if SECRET_ARGUMENTS & rule.arguments:
            values = {name: CANARY if name in SECRET_ARGUMENTS else "x" for name in rule.arguments}
            built = rule.build(values, append_unknown=False)
            assert built is not None
            found.append(built[1])
    return found


def test_no_secret_of_any_address_is_logged(app: Flask) -> None:
    addresses = secret_addresses(app)
    assert len(addresses) >= 8
    for path in addresses:
        for line in (
            f"GET {path} failed",
            f"“{path}?language=de”",
            f"https://a.example{path}/x",
            f"GET '{path}'",
        ):
            assert CANARY not in told("%s", line), line
            assert CANARY not in told("it broke", error=RuntimeError(line)), line
            assert "failed" in told("%s failed", line)


def test_no_secret_of_a_query_or_a_cookie_is_logged() -> None:
    for line in (
        f"/thanks/once-a-month?ticket={CANARY}",
        f"{{'token': '{CANARY}'}}",
        f"csrf_token={CANARY}&x=1",
        f"Cookie: {CANARY}",
        f"password={CANARY}",
    ):
        assert CANARY not in told("%s", line), line


def test_no_random_token_is_logged_wherever_it_stands() -> None:
    missed = 0
    for _ in range(1000):
        token = new_token()
        assert token not in told("x %s", f"/a/{token}")
        assert token not in told("x", error=KeyError(f"/stop/{token}"))
        missed += token in told("what is %s", token)
    assert missed < 20, "of tokens without an address, only those that have no figure look like a word"


def test_what_helps_to_mend_stays() -> None:
    line = "OperationalError in alliance/storage/database.py, line 123: database is locked (SQLITE_BUSY), 2026-11-20"
    assert told("%s", line) == f"ERROR {line}"
    assert "RequestEntityTooLargeError" in told("%s", "RequestEntityTooLargeError")


@pytest.mark.parametrize(
    "sign",
    ["\r", "\n", "\r\n", "\x1b[31m", "\x00", "\x08", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\u202e", "\t"],
    ids=ascii,
)  # fmt: skip
def test_nobody_writes_an_entry_of_their_own(sign: str) -> None:
    forged = f"a{sign}2026-11-20 10:00:00 ERROR alliance: forged"
    for text in (told("%s", forged), told("it broke", error=ValueError(forged))):
        lines = text.split("\n")
        assert not any(line.startswith("2026") for line in lines)
        assert all(line.startswith("  | ") for line in lines[1:])
        assert all(each.isprintable() or each == "\n" for each in text)


def test_a_traceback_can_still_be_read() -> None:
    try:
        raise RuntimeError("in the dark")
    except RuntimeError as error:
        text = told("it broke", error=error)
    assert text.startswith("ERROR it broke\n  | Traceback")
    assert text.endswith("\n  | RuntimeError: in the dark")


def test_every_command_logs_like_this_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    heard = io.StringIO()
    try:
        log_discreetly()
        log_discreetly()
        monkeypatch.setattr(sys, "stderr", heard)
        logging.getLogger("alliance.x").warning("at /a/%s", CANARY)
        logging.getLogger("alliance.x").info("not said")
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
    assert heard.getvalue().count("\n") == 1
    assert heard.getvalue().endswith("WARNING alliance.x: at /a/…\n")
