"""What docs/deploy says to nginx and Caddy: which requests reach the server, as what, and what is written of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from urllib.parse import quote

import pytest
from flask import Flask

from alliance.cli.server import LIMITS
from alliance.languages import LANGUAGES, catalogue
from alliance.web.guessing import SECRET_ARGUMENTS
from alliance.web.headers import A_YEAR_OF_TLS
from tests.deploy.echo import Echo, echoing
from tests.deploy.fronts import DEPLOY, HERE, NAME, Front, caddy_before, free_ports, nginx_before

NGINX, CADDY = ((DEPLOY / name).read_text("utf-8") for name in ("nginx.conf", "Caddyfile"))
FRONTS = {"nginx": nginx_before, "caddy": caddy_before}
CANARY = "Canary-0123456789-abcdefghij-ABCDEFGHIJ-01234"  # shaped like a token
LATER = (
    "It is not your doing. Wait a minute, then go back and send it once more.",
    "This cannot be shown just now",
    "Come back later, or answer on paper: ask your therapist, or at the front desk. Both count the same.",
)
SPOOFED = {
    "X_Forwarded_For": "198.51.100.7",
    "X_Forwarded_Host": "evil.example",
    "X_Forwarded_Proto": "http",
    "X_Real_IP": "198.51.100.7",
    "Forwarded": "for=198.51.100.7;host=evil.example",
}
WRITTEN = ("/a/{}", "/%61/{}", "//a/{}", "/x/../a/{}", "/thanks?ticket={}", "/{}", "/a/x/{}", "/STOP/{}")


@pytest.fixture(scope="module", params=FRONTS)
def passed_on(request: pytest.FixtureRequest) -> Iterator[tuple[Front, Echo]]:
    """A front, and what keeps all that it passes on."""
    with echoing() as echo, FRONTS[request.param](echo.port) as front:
        yield front, echo


@pytest.fixture(scope="module", params=FRONTS)
def alone(request: pytest.FixtureRequest) -> Iterator[Front]:
    """A front whose server is not there."""
    with FRONTS[request.param](free_ports(1)[0]) as front:
        yield front


@pytest.mark.control(23)
def test_the_server_learns_who_asked_and_nothing_that_a_visitor_made_up(
    passed_on: tuple[Front, Echo],
) -> None:
    front, echo = passed_on
    for source, more in (("127.0.0.2", {}), ("127.0.0.3", SPOOFED)):
        assert front.ask("/caseload?x=%C3%A9", source=source, **more)[0] == 200
        line, headers, _ = echo.came[-1]
        assert line.split(" ")[:2] == ["GET", "/caseload?x=%C3%A9"]
        assert [value for name, value in headers if name == "x-forwarded-for"] == [source]
        assert [value.partition(":")[0] for name, value in headers if name == "host"] == [NAME]
        assert not re.search(r"evil\.example|198\.51\.100\.7", repr(headers))


def test_what_a_patient_wrote_arrives_as_it_was_sent_and_lies_in_no_file(
    passed_on: tuple[Front, Echo],
) -> None:
    front, echo = passed_on
    body = ("comment=" + quote("ü" * 10_000)).encode()[: LIMITS["max_request_body_size"]]
    if (bodies := front.place / "bodies").exists():
        bodies.chmod(0o500)  # nothing could be put there, and the request would fail
    assert len(body) > 50_000
    assert front.ask("/a/x", method="POST", body=body)[0] == 200
    assert echo.came[-1][2] == body
    written = [path.read_text("utf-8", "replace") for path in front.place.rglob("*") if path.is_file()]
    assert quote("ü" * 10) not in "".join(written)


@pytest.mark.control(23)
def test_no_other_name_is_answered_for(passed_on: tuple[Front, Echo]) -> None:
    front, echo = passed_on
    before = len(echo.came)
    line = front.connection()
    line.request("GET", "/sign-in", headers={"Host": "evil.example"})
    try:
        answer = line.getresponse()
    except RemoteDisconnected:
        pass
    else:  # Caddy answers what it has no site for with nothing at all
        assert answer.read() == b""
    finally:
        line.close()
    with pytest.raises(OSError):
        front.connection(name="evil.example").request("GET", "/")
    assert len(echo.came) == before


def test_plain_http_leads_to_https(passed_on: tuple[Front, Echo]) -> None:
    front, _ = passed_on
    line = HTTPConnection(HERE, front.plain, timeout=10)
    line.request("GET", "/sign-in", headers={"Host": NAME})
    answer = line.getresponse()
    assert answer.status in (301, 308)
    assert re.fullmatch(rf"https://{NAME}(:\d+)?/sign-in", answer.headers["Location"])
    line.close()


@pytest.mark.control(53)
def test_no_secret_is_written_down_even_while_the_server_is_gone(alone: Front, app: Flask) -> None:
    asked = [address.format(CANARY) for address in WRITTEN] + secret_addresses(app)
    assert len(asked) >= 15
    for path in asked:
        status, headers, text = alone.ask(path, Referer=f"https://{NAME}/a/{CANARY}", Cookie=f"a={CANARY}")
        assert status == 503, path
        assert (headers["Cache-Control"], headers["Retry-After"]) == ("no-store", "60")
        assert headers["Strict-Transport-Security"] == A_YEAR_OF_TLS
        assert all(sentence in text for sentence in LATER[1:])
    assert LATER[0] in alone.ask("/a/x", method="POST", body=b"x=1")[2]
    written = alone.written()
    assert written and CANARY not in written


def secret_addresses(app: Flask) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        if SECRET_ARGUMENTS & rule.arguments:
            values = {name: CANARY if name in SECRET_ARGUMENTS else "x" for name in rule.arguments}
            built = rule.build(values, append_unknown=False)
            assert built is not None
            found.append(built[1])
    return found


UNHANDLED = {
    "\thandle_errors {": ("\thandle_path /never {", 1)
}  # errors that no rule of ours turns into a sentence
SPOILED = {
    "nginx-errors": {"error_log /dev/null": ("error_log spoiled.log", 3)},
    "nginx-accesses": {"alliance.log alliance": ("alliance.log combined", 1)},
    "caddy-errors": {**UNHANDLED, "request delete": ("other delete", 1)},
}


@pytest.mark.control(53)
def test_no_secret_is_written_down_with_an_error_that_caddy_logs() -> None:
    with caddy_before(free_ports(1)[0], changes=UNHANDLED) as front:
        assert front.ask(f"/a/{CANARY}")[0] == 502
        written = front.written()
        assert '"level":"error"' in written and CANARY not in written


@pytest.mark.parametrize("how", SPOILED)
def test_without_that_line_the_secret_would_be_there(how: str) -> None:
    with FRONTS[how.partition("-")[0]](free_ports(1)[0], changes=SPOILED[how]) as front:
        front.ask(f"/a/{CANARY}")
        assert CANARY in front.written()


def test_nginx_logs_when_and_how_and_the_first_part_of_where() -> None:
    with nginx_before(free_ports(1)[0]) as front:
        for path in ("/", "/patients/12", "/static/css/patient.css", "/A/B", "/" + "x" * 40):
            front.ask(path)
        front.end()
        lines = (front.place / "alliance.log").read_text("utf-8").splitlines()
    assert [line.split(" ")[2] for line in lines] == ["/", "/patients", "/static", "-", "-"]


@pytest.mark.parametrize("file", [NGINX, CADDY], ids=list(FRONTS))
def test_what_a_front_itself_says_is_what_the_pages_say(file: str) -> None:
    """Each sentence once in each language that patients can choose."""
    for sentence in LATER:
        for tag in LANGUAGES:
            assert file.count(catalogue(tag).gettext(sentence)) == 1, (tag, sentence)


def test_both_take_as_much_as_the_server_and_wait_as_long() -> None:
    body, head, idle = (
        LIMITS[name] for name in ("max_request_body_size", "max_request_header_size", "channel_timeout")
    )
    assert f"client_max_body_size {body // 1024}k;" in NGINX
    assert f"client_body_buffer_size {body // 1024}k;" in NGINX
    assert f"large_client_header_buffers 4 {head // 1024}k;" in NGINX
    assert f"keepalive_timeout {idle}s;" in NGINX
    assert f"max_header_size {head // 1024}KiB" in CADDY
    assert f"idle {idle}s" in CADDY
