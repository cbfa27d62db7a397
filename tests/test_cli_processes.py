"""`demo` and `serve` as real processes: what they print, that they answer, and how they end."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from alliance.actions import clinic as clinics
from alliance.actions import signing_in
from alliance.cli.server import bind
from alliance.domain.clinic import ClinicSettings
from tests.cast import NOW

COMMAND = [sys.executable, "-m", "alliance.cli"]
SETTINGS = ClinicSettings(name="Harbour Street")
ADMIN = "nadia.haddad@harbour-street.example"


class Process:
    """A command that runs, and what it has said."""

    def __init__(self, *arguments: str | Path) -> None:
        command = [*COMMAND, *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, the rest of standard output, standard error."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@contextmanager
def started(*arguments: str | Path) -> Iterator[Process]:
    process = Process(*arguments)
    try:
        yield process
    finally:
        process.process.kill()
        process.process.communicate()


def ask(
    url: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of one answer, as it comes: no redirect is followed."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request(method, parts._replace(scheme="", netloc="").geturl() or "/", body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo of these tests is kept, so that it is made up only once."""
    return tmp_path_factory.mktemp("kept") / "clinic"


def test_a_demo_says_one_line_of_json_when_it_answers_and_ends_quietly(kept: Path) -> None:
    with started("demo", "--json", "--port", "0", "--dir", kept) as demo:
        told = json.loads(demo.line())
        assert set(told) == {"url", "staff", "patient_links"}
        roles = [who["role"] for who in told["staff"]]
        assert roles == ["therapist", "therapist", "therapist", "supervisor", "admin"]
        assert all(set(who) == {"role", "email", "password"} for who in told["staff"])
        assert len(told["patient_links"]) >= 3
        assert ask(f"{told['url']}/status")[0] == 200
        assert ask(told["url"])[0] in (200, 303)
        for link in told["patient_links"]:
            status, headers, page = ask(link)
            assert (status, "Harbour Street" in page, 'name="safe"' in page) == (200, True, True)
            assert "waitress" not in headers.get("Server", "")
        answer = urlencode({"attempt": "a" * 22, "safe": "9", "heard": "9", "team": "9"}).encode()
        form = "application/x-www-form-urlencoded"
        assert ask(told["patient_links"][0], "POST", answer, **{"Content-Type": form})[0] == 303
        code, out, err = demo.end()
        assert (code, out, err) == (0, "", "")


def test_a_kept_demo_is_used_again_with_new_passwords(kept: Path) -> None:
    inode = (kept / "clinic.db").stat().st_ino
    with started("demo", "--dir", kept, "--port", "0") as demo:
        lines = [demo.line() for _ in range(16)]
        text = "".join(lines)
        (url,) = re.findall(r"A made-up clinic is ready at (\S+)", text)
        (password,) = re.findall(rf"{ADMIN}\s+(\S+)", text)
        links = re.findall(rf"{url}/a/\S+", text)
        assert len(links) == 4
        assert all(ask(link)[0] == 200 for link in links)
        assert f"the clinic stays in {kept}" in text
        assert demo.end(signal.SIGINT) == (0, "", "")
    assert (kept / "clinic.db").stat().st_ino == inode
    with clinics.open_clinic(kept) as clinic:
        assert clinic.config.demo
        assert signing_in.sign_in(clinic, ADMIN, password, NOW) is not None


def test_a_demo_in_a_folder_of_its_own_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with started("demo", "--json", "--port", "0") as demo:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("alliance-demo-*/clinic/clinic.db")):
            assert time.monotonic() < deadline, "it makes no clinic"
            time.sleep(0.02)
        demo.process.send_signal(signal.SIGINT)
        assert demo.end() == (0, "", "")  # while it is still being made, and told twice
    assert list(tmp_path.iterdir()) == []


def test_a_kept_demo_is_whole_or_not_there(tmp_path: Path) -> None:
    with started("demo", "--json", "--port", "0", "--dir", tmp_path / "clinic") as demo:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".clinic-*/clinic/clinic.db")):
            assert time.monotonic() < deadline, "it makes no clinic"
            time.sleep(0.02)
        assert demo.end(signal.SIGINT) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_a_demo_takes_no_folder_that_holds_something_else(tmp_path: Path) -> None:
    real, full, file = tmp_path / "real", tmp_path / "full", tmp_path / "file"
    clinics.create(real, settings_at_start=SETTINGS, public_url="https://a.example", now=NOW).close()
    full.mkdir()
    (full / "thesis.doc").write_text("years of work")
    file.write_text("")
    for folder, said in [(real, "is a real clinic"), (full, "something else"), (file, "is a file")]:
        with started("demo", "--port", "0", "--dir", folder) as demo:
            demo.process.wait(60)
            code, out, err = demo.end()
        assert (code, out) == (1, "")
        assert re.fullmatch(r"Error: [^\n]+\.\n", err)
        assert said in err
    assert (full / "thesis.doc").read_text() == "years of work"


def test_a_port_that_is_taken_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with started("demo", "--port", str(port)) as demo:
            demo.process.wait(60)
            code, out, err = demo.end()
        assert (code, out) == (1, "")
        assert err == f"Error: Nothing can listen at 127.0.0.1 port {port}: address already in use.\n"


def test_a_clinic_is_served_and_its_tokens_stay_out_of_the_log(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    folder = tmp_path / "clinic"
    clinics.create(folder, settings_at_start=SETTINGS, public_url=url, port=port, now=NOW).close()
    with started("serve", folder) as server:
        assert server.line() == f"Harbour Street is at {url}, listening at 127.0.0.1 port {port}.\n"
        assert ask(f"{url}/status")[2].strip() == "up"
        assert ask(f"{url}/a/tokentokentokentoken")[0] in (404, 410)
        assert ask(f"{url}/a/tokentokentokentoken", "POST", b"x" * 70_000)[0] == 413
        code, out, err = server.end()
    assert (code, out) == (0, "")
    assert "tokentoken" not in err
