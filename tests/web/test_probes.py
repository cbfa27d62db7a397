"""What scanners try, and what a broken part gives away: nothing is there that should not be, and nothing is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import alliance
from alliance.actions.passwords import Passwords
from alliance.storage.database import Database, StorageUnavailable
from tests.conftest import Models
from tests.web.house import House, standing

PROBES = [
    "/.git/HEAD",
    "/.git/config",
    "/.env",
    "/.env.local",
    "/.htaccess",
    "/.htpasswd",
    "/.ssh/id_rsa",
    "/.aws/credentials",
    "/.DS_Store",
    "/.well-known/",
    "/.vscode/settings.json",
    "/.dockerenv",
    "/.svn/entries",
    "/clinic.db",
    "/clinic.toml",
    "/keyring.json",
    "/spool",
    "/spool/1",
    "/backup",
    "/backups",
    "/backup.zip",
    "/dump.sql",
    "/db.sqlite3",
    "/setup.cfg",
    "/pyproject.toml",
    "/requirements.txt",
    "/Dockerfile",
    "/docker-compose.yml",
    "/README.md",
    "/docs",
    "/docs/",
    "/doc",
    "/api",
    "/api/docs",
    "/openapi.json",
    "/swagger.json",
    "/swagger-ui",
    "/redoc",
    "/graphql",
    "/graphiql",
    "/console",
    "/debug",
    "/debug/vars",
    "/_debug",
    "/__debug__/",
    "/debugger",
    "/?__debugger__=yes&cmd=resource&f=debugger.js",
    "/server-status",
    "/server-info",
    "/metrics",
    "/actuator",
    "/actuator/env",
    "/health",
    "/healthz",
    "/version",
    "/info",
    "/phpinfo.php",
    "/index.php",
    "/wp-login.php",
    "/wp-admin/",
    "/phpmyadmin/",
    "/cgi-bin/test",
    "/admin.php",
    "/login",
    "/user/login",
    "/robots.txt.bak",
    "/sitemap.xml",
    "/crossdomain.xml",
    "/trace",
    "/TRACE",
    "/static",
    "/static/",
    "/static/css",
    "/static/css/",
    "/static/js/",
    "/static/../clinic.toml",
    "/static/%2e%2e/clinic.toml",
    "/static/..%2f..%2fclinic.toml",
    "/static/css/..%5c..%5cclinic.toml",
    "/static/%00",
    "/static//etc/passwd",
    "/plotly/",
    "/plotly/..js",
    "/plotly/../../clinic.toml.js",
    "/a",
    "/a/",
    "/a//",
    "/stop",
    "/stop/",
    "/welcome",
    "/welcome/",
    "/kiosk/",
    "/kiosk/set-up",
    "/patients",
    "/sessions",
]
TOLD = (
    "Traceback",
    "werkzeug",
    "Werkzeug",
    "flask",
    "Flask",
    "waitress",
    "Python/",
    "sqlite",
    '.py"',
    "site-packages",
)


@pytest.fixture(scope="module")
def house(models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with standing(tmp_path_factory.mktemp("probed") / "clinic", models, passwords) as house:
        house.app.config["PROPAGATE_EXCEPTIONS"] = False
        yield house


def test_there_are_enough_of_them() -> None:
    assert len(PROBES) == len(set(PROBES)) and len(PROBES) >= 60


@pytest.mark.parametrize("who", ["nobody", "jonas"])
def test_what_scanners_try_is_not_there(house: House, who: str) -> None:
    for path in PROBES:
        for method in ("GET", "POST", "TRACE"):
            answer = house.call(who, path, method)
            text = answer.body.decode("utf-8", "replace")
            if path.startswith("/?") and method == "GET":
                assert answer.status == 303  # the start page, which asks for nothing behind a question mark
            else:
                assert answer.status in {400, 404, 405}, (path, method)
            assert not [word for word in TOLD if word in text], (path, method)


def test_no_method_is_answered_but_those_of_the_house(house: House) -> None:
    for _, path in house.rules():
        for method in ("TRACE", "CONNECT", "PROPFIND", "TRACK", "DEBUG", "FOO"):
            assert house.call("nobody", path, method).status in {404, 405}, (method, path)


def test_no_page_says_which_version_this_is(house: House) -> None:
    said = f"{alliance.__version__}"
    for rule, path in house.rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "assets.plotly":
            answer = house.call("nobody", path, "GET")
            assert f"Alliance {said}" not in answer.body.decode() and "Server" not in dict(answer.headers)


BROKEN = {
    "the database": StorageUnavailable("/srv/secret/clinic.db is locked"),
    "the disk": OSError(28, "No space left on device", "/srv/secret/clinic.db"),
    "the memory": MemoryError("/srv/secret"),
    "a key": KeyError("/srv/secret"),
    "the program": RuntimeError("/srv/secret/keyring.json: a fault of ours"),
}
WITHOUT_DATABASE = {
    "assets.plotly", "disputes.noted", "help.evidence", "help.evidence_chart", "help.index", "patient.leave", "static",
    "signin.home", "signin.sign_in", "signin.sign_out", "patient.thanks", "second_step.code",
}  # fmt: skip


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ("jonas", "the database"),
        ("jonas", "the disk"),
        ("jonas", "the program"),
        ("nobody", "a key"),
        ("tomasz", "the memory"),
    ],
)
def test_with_any_part_broken_every_page_stays_closed_and_tells_nothing(
    house: House, who: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise BROKEN[what]

    monkeypatch.setattr(Database, "read", broken)
    monkeypatch.setattr(Database, "write", broken)
    tried = 0
    for rule, path in house.rules():
        for method in {"GET", "POST"} & set(rule.methods or ()):
            data = {"csrf_token": house.visitors[who].token} if method == "POST" else None
            answer = house.call(who, path, method, data)
            text = f"{answer.headers}{answer.body.decode('utf-8', 'replace')}"
            for word in ("/srv/secret", "Traceback", str(Path(alliance.__file__).parent), "Error("):
                assert word not in text or rule.endpoint in {"assets.plotly", "static"}, (rule.endpoint, word)
            open_anyway = rule.endpoint in WITHOUT_DATABASE or answer.status in {303, 400, 404, 405}
            assert open_anyway or answer.status in {500, 503}, (rule.endpoint, method, answer.status)
            tried += 1
    assert tried > 120
