"""The real server behind nginx and behind Caddy, as docs/deploy sets them up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from alliance.actions import clinic as clinics
from alliance.actions.passwords import Passwords
from alliance.cli.server import LIMITS
from alliance.languages import LANGUAGES, catalogue
from alliance.web.guessing import MOST
from alliance.web.headers import A_YEAR_OF_TLS
from tests.conftest import Models
from tests.deploy.fronts import DEPLOY, Front, caddy_before, free_ports, nginx_before
from tests.served import URLENCODED, Served, request, serving
from tests.web.posting import GOOD, count

FRONTS = {"nginx": nginx_before, "caddy": caddy_before}
WHENCE = {"nginx": ("127.0.0.2", "127.0.0.3"), "caddy": ("127.0.0.4", "127.0.0.5")}
TOO_LARGE = (
    "Nothing has been sent yet. Go back one page: your answers are still there. Shorten what you wrote."
)


@dataclass(frozen=True)
class House:
    """A clinic that is served, and what stands before it."""

    kind: str
    served: Served
    front: Front


@pytest.fixture(scope="module")
def served(
    models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("behind")
    shutil.copytree(models.staged, place / "clinic")
    with (
        clinics.open_clinic(place / "clinic", passwords=passwords) as clinic,
        serving(replace(models.cast, clinic=clinic), place, 'proxy = "127.0.0.1"') as running,
    ):
        yield running


@pytest.fixture(scope="module", params=FRONTS)
def house(request: pytest.FixtureRequest, served: Served) -> Iterator[House]:
    with FRONTS[request.param](served.port) as front:
        yield House(request.param, served, front)


def check(folder: Path) -> int:
    return subprocess.run([sys.executable, DEPLOY / "healthcheck.py", folder], check=False).returncode


def test_the_check_of_the_container_finds_it_well_or_not(served: Served, tmp_path: Path) -> None:
    folder = served.cast.clinic.config.folder
    assert check(folder) == 0
    settings = (folder / "clinic.toml").read_text("utf-8")
    elsewhere = settings.replace(f"port = {served.port}", f"port = {free_ports(1)[0]}")
    (tmp_path / "clinic.toml").write_text(elsewhere, "utf-8")
    assert check(tmp_path) == 1
    (tmp_path / "clinic.toml").write_text(settings.replace("alliance.example", "other.example"), "utf-8")
    assert check(tmp_path) == 1, "another name gets no answer"


def test_an_answer_arrives_and_its_link_stands_in_no_log(house: House) -> None:
    (token,) = house.served.links(1)
    before = count(house.served.cast.clinic, "response")
    status, headers, page = house.front.ask(f"/a/{token}")
    assert status == 200 and 'name="attempt"' in page
    sent = urlencode({"form": "after-session 1.0", "attempt": "one-page", "audience": "both", **GOOD})
    status, headers, _ = house.front.ask(
        f"/a/{token}", method="POST", body=sent.encode(), Content_Type=URLENCODED
    )
    assert (status, headers["Location"].partition("?")[0]) == (303, "/thanks")
    assert count(house.served.cast.clinic, "response") == before + 1
    assert token not in house.served.log.read_text("utf-8")


@pytest.mark.parametrize("path", ["/sign-in", "/a/wrong", "/caseload", "/static/css/patient.css", "/status"])
def test_headers_come_through_once(house: House, path: str) -> None:
    line = house.front.connection(source="127.0.0.9")
    line.request("GET", path)
    answer = line.getresponse()
    answer.read()
    told = [name.lower() for name, _ in answer.getheaders()]
    line.close()
    for name in ("strict-transport-security", "content-security-policy", "cache-control", "referrer-policy"):
        assert told.count(name) == 1, name
    assert answer.headers["Strict-Transport-Security"] == A_YEAR_OF_TLS
    assert answer.headers["Cache-Control"] == "no-store" or path.startswith("/static/")
    assert "content-encoding" not in told, "what is packed can be guessed by its length"
    assert "nginx/" not in str(answer.headers)


@pytest.mark.control(23)
def test_wrong_links_are_counted_by_where_they_really_come_from(house: House) -> None:
    lines = {source: house.front.connection(source) for source in WHENCE[house.kind]}

    def wrong(source: str, said: str) -> int:
        lines[source].request("GET", "/a/wrong", headers={"X-Forwarded-For": said})
        answer = lines[source].getresponse()
        answer.read()
        return answer.status

    one, other = WHENCE[house.kind]
    found = [wrong(one, f"198.51.100.{number}") for number in range(MOST + 1)]
    assert found == [404] * MOST + [429], "whoever says another address each time is counted all the same"
    assert wrong(one, other) == 429
    assert wrong(other, one) == 404, "nobody is made to wait by somebody else’s word"
    for line in lines.values():
        line.close()


def test_too_much_is_refused_with_a_word_and_nothing_is_kept(house: House) -> None:
    (token,) = house.served.links(1)
    before = count(house.served.cast.clinic, "attempt")
    body = b"comment=" + b"x" * LIMITS["max_request_body_size"]
    status, headers, text = house.front.ask(f"/a/{token}", method="POST", body=body, Content_Type=URLENCODED)
    assert (status, headers["Cache-Control"]) == (413, "no-store")
    if house.kind == "nginx":
        assert text.splitlines() == [catalogue(tag).gettext(TOO_LARGE) for tag in LANGUAGES]
    assert "Go back" in text
    assert count(house.served.cast.clinic, "attempt") == before


@pytest.mark.control(23)
def test_another_name_gets_nothing_from_the_server_either(house: House) -> None:
    """Should a front pass it on all the same."""
    answer = house.served.raw(
        request("GET", "/sign-in", Host="evil.example", X_Forwarded_Host="alliance.example")
    )
    assert answer.startswith(b"HTTP/1.1 400 ") and b"evil.example" not in answer


def test_no_link_stands_in_any_log_once_all_is_done(house: House) -> None:
    tokens = house.served.links(2)
    for token in tokens:
        assert house.front.ask(f"/a/{token}", Referer=f"https://alliance.example/a/{tokens[0]}")[0] == 200
    written = house.front.written() + house.served.log.read_text("utf-8")
    assert not any(token in written for token in tokens)
