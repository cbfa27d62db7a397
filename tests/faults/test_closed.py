"""A damaged database is never made anew: the server says calmly that it is closed, until a backup has been put back."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from alliance.actions import clinic as clinics
from alliance.actions import keeping
from alliance.cli.server import bind
from alliance.storage.keyring import Keyring
from tests.actions.losing import told_in
from tests.actions.sending import LOW, page, send
from tests.cast import NOW, Cast
from tests.test_cli_processes import COMMAND, Process, ask, started

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@contextmanager
def served(folder: Path) -> Iterator[tuple[Process, str]]:
    settings = folder / "clinic.toml"
    text = settings.read_text(encoding="utf-8")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings.write_text(
        text.replace("https://alliance.example", url).replace("port = 8080", f"port = {port}")
    )
    with started("serve", folder) as server:
        assert url in server.line()
        yield server, url


def free_port() -> int:
    with bind("127.0.0.1", 0) as bound:
        return int(bound.getsockname()[1])


def damage(path: Path, how: str) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if how == "gone":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut off":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        content = bytearray(path.read_bytes())
        for at in range(4096, len(content), 4096):
            content[at : at + 32] = bytes(32)
        path.write_bytes(content)


@pytest.mark.parametrize("how", ["gone", "empty", "cut off", "overwritten"])
def test_it_is_closed_until_a_backup_has_been_put_back(cast: Cast, tmp_path: Path, how: str) -> None:
    clinic, folder = cast.clinic, cast.clinic.config.folder
    backup = keeping.back_up(clinic.config, clinic.keyring, NOW, tmp_path / "elsewhere").path
    send(clinic, cast.alder.token, page(LOW, comment="It was hard."), NOW)
    before = told_in(clinic)
    clinic.close()
    damage(folder / "clinic.db", how)
    state = (folder / "clinic.db").read_bytes() if how != "gone" else None
    token = cast.stories["Birch 2"].token
    with served(folder) as (server, url):
        answer = urlencode({"attempt": "a" * 22, "safe": "3", "comment": "“Mine”"}).encode()
        for method, path, words in (
            ("GET", f"/a/{token}", "Come back later, or answer on paper"),
            ("GET", "/kiosk", "Come back later, or answer on paper"),
            ("GET", "/", "are being put back in order"),
            ("POST", "/sign-in", "are being put back in order"),
            ("GET", "/caseload", "are being put back in order"),
            ("GET", "/status", "down"),
        ):
            status, headers, text = ask(url + path, method)
            assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "30", "no-store")
            assert words in text
        status, _, text = ask(f"{url}/a/{token}?language=de", "POST", answer, **FORM)
        assert status == 503
        assert 'value="“Mine”"' in text and 'value="3"' in text and f'action="/a/{token}?language=de"' in text
        assert "Noch nicht gespeichert" in text or 'lang="de"' in text
        assert ((folder / "clinic.db").read_bytes() if how != "gone" else None) == state
        assert not (how == "gone" and (folder / "clinic.db").exists())
        done = subprocess.run(
            [*COMMAND, "restore", backup, str(folder)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        time.sleep(2.1)
        assert ask(f"{url}/status")[0] == 200, "it opens by itself"
        assert ask(f"{url}/a/{token}")[0] == 200
        refused = subprocess.run(
            [*COMMAND, "restore", backup, str(folder)], capture_output=True, text=True, check=False
        )
        assert refused.returncode == 1 and "is being served" in refused.stderr
        code, _, err = server.end()
        assert code == 0 and "alliance restore" in err
    with clinics.open_clinic(folder) as restored:
        assert told_in(restored) == before


def test_what_is_not_damage_is_refused_at_the_start(cast: Cast, tmp_path: Path) -> None:
    folder = cast.clinic.config.folder
    cast.clinic.close()
    shutil.copytree(folder, tmp_path / "other")
    (tmp_path / "other" / "keyring.json").unlink()
    Keyring.create(tmp_path / "other" / "keyring.json")
    done = subprocess.run(
        [*COMMAND, "serve", str(tmp_path / "other")], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and "The key ring is not the one" in done.stderr
