"""The web servers of docs/deploy as real processes: their very files, with only names, ports and places put in."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
EXAMPLE, NAME = "alliance.example.org", "alliance.example"
HERE = "127.0.0.1"
NOBODY = "nobody"  # whose account it runs as where these tests are root’s

# As Debian has it around our file: what it logs and packs unless told otherwise is then seen to be told otherwise.
AROUND = """
pid {place}/nginx.pid;
error_log {place}/main-error.log;
worker_processes 2;
events {{ worker_connections 256; }}
http {{
    default_type application/octet-stream;
    access_log {place}/main-access.log;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    gzip on;
    client_body_temp_path {place}/bodies;
    proxy_temp_path {place}/answers;
    fastcgi_temp_path {place}/f;
    uwsgi_temp_path {place}/u;
    scgi_temp_path {place}/s;
    include {place}/alliance.conf;
}}
"""


@dataclass
class Front:
    """A web server that is running. `place` is where it writes: its logs, and nothing else."""

    port: int
    plain: int
    place: Path
    trusting: ssl.SSLContext
    process: subprocess.Popen[bytes] | None = None

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)

    def written(self) -> str:
        """All that it wrote but for the files that it was given. It is ended first, so that nothing is to come."""
        self.end()
        given = {"alliance.conf", "nginx.conf", "Caddyfile", "key.pem", "certificate.pem"}
        files = [path for path in self.place.rglob("*") if path.is_file() and path.name not in given]
        return "\n".join(path.read_text("utf-8", "replace") for path in files)

    def connection(self, source: str = HERE, name: str = NAME) -> HTTPSConnection:
        """A line to it from one of this machine’s own addresses, that trusts its certificate and no other."""
        port, trusting = self.port, self.trusting

        class ToHere(HTTPSConnection):
            def connect(self) -> None:
                plain = socket.create_connection((HERE, port), 30, (source, 0))
                self.sock = trusting.wrap_socket(plain, server_hostname=name)

        return ToHere(NAME)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        source: str = HERE,
        **headers: str,
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of one answer. Underscores in names of headers stand for hyphens."""
        line = self.connection(source)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body, named)
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            line.close()


def program(name: str, required: str) -> str:
    """Where a program is. Without it the test is skipped, or fails where `required` says that it must be there."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        told = f"{name} is not installed on this machine"
        if os.environ.get(required) == "1":
            pytest.fail(told)
        pytest.skip(told)
    return found


def nginx() -> str:
    return program("nginx", "ALLIANCE_REQUIRE_NGINX")


def caddy() -> str:
    return program("caddy", "ALLIANCE_REQUIRE_CADDY")


def put(text: str, changes: dict[str, tuple[str, int]]) -> str:
    """The text with these changes, each of which must be found as often as is said."""
    for old, (new, times) in changes.items():
        assert text.count(old) == times, f"“{old}” stands {text.count(old)} times in the file, not {times}"
        text = text.replace(old, new)
    return text


def for_nginx(place: Path, port: int, plain: int, behind: int) -> str:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    changes = {
        "    listen [::]:443 ssl default_server;\n": ("", 1),
        "    listen [::]:443 ssl;\n": ("", 1),
        "    listen [::]:80 default_server;\n": ("", 1),
        "listen 443 ssl": (f"listen {HERE}:{port} ssl", 2),
        "listen 80 ": (f"listen {HERE}:{plain} ", 1),
        f"/etc/letsencrypt/live/{EXAMPLE}/fullchain.pem": (f"{place}/certificate.pem", 1),
        f"/etc/letsencrypt/live/{EXAMPLE}/privkey.pem": (f"{place}/key.pem", 1),
        EXAMPLE: (NAME, text.count(EXAMPLE) - 2),
        "/var/log/nginx/alliance.log": (f"{place}/alliance.log", 1),
        "http://127.0.0.1:8080": (f"http://{HERE}:{behind}", 1),
    }
    return put(text, changes)


def for_caddy(place: Path, port: int, plain: int, behind: int) -> str:
    text = put(
        (DEPLOY / "Caddyfile").read_text("utf-8"),
        {
            f"\n{EXAMPLE} {{\n": (
                f"\n{NAME}:{port} {{\n\ttls {place}/certificate.pem {place}/key.pem\n\tbind {HERE}\n",
                1,
            ),
            "127.0.0.1:8080": (f"{HERE}:{behind}", 1),
        },
    )
    return text.replace(
        "\n{\n", f"\n{{\n\tadmin off\n\thttp_port {plain}\n\tstorage file_system {place}/kept\n", 1
    )


@contextmanager
def nginx_before(behind: int, *, changes: dict[str, tuple[str, int]] | None = None) -> Iterator[Front]:
    """nginx with docs/deploy/nginx.conf, in front of the server at that port. `changes` spoil the file."""
    path = nginx()
    with _place() as front:
        conf = put(for_nginx(front.place, front.port, front.plain, behind), changes or {})
        (front.place / "alliance.conf").write_text(conf, "utf-8")
        (front.place / "nginx.conf").write_text(AROUND.format(place=front.place), "utf-8")
        command = [
            path,
            "-p",
            str(front.place),
            "-c",
            f"{front.place}/nginx.conf",
            "-e",
            f"{front.place}/start.log",
        ]
        _owned(front.place)
        with _running([*command, "-g", "daemon off;"], front, [*command, "-t"]):
            yield front


@contextmanager
def caddy_before(behind: int, *, changes: dict[str, tuple[str, int]] | None = None) -> Iterator[Front]:
    """Caddy with docs/deploy/Caddyfile, in front of the server at that port. `changes` spoil the file."""
    path = caddy()
    with _place() as front:
        text = put(for_caddy(front.place, front.port, front.plain, behind), changes or {})
        (front.place / "Caddyfile").write_text(text, "utf-8")
        named = ["--config", f"{front.place}/Caddyfile", "--adapter", "caddyfile"]
        _owned(front.place)
        with _running([path, "run", *named], front, [path, "validate", *named]):
            yield front


@contextmanager
def _place() -> Iterator[Front]:
    """Ports, a certificate, and a folder that an account without rights may write."""
    with tempfile.TemporaryDirectory(prefix="front-") as folder:
        place = Path(folder)
        certify(place)
        port, plain = free_ports(2)
        yield Front(port, plain, place, ssl.create_default_context(cafile=str(place / "certificate.pem")))


def _owned(place: Path) -> None:
    if os.getuid() == 0:
        for path in (place, *place.rglob("*")):
            shutil.chown(path, NOBODY)


@contextmanager
def _running(command: Sequence[str], front: Front, check: Sequence[str]) -> Iterator[None]:
    """The command as an account without rights, once its own check of its file has passed."""
    account = {"user": NOBODY} if os.getuid() == 0 else {}
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(front.place),
        "XDG_DATA_HOME": str(front.place / "data"),
    }
    checked = subprocess.run(check, capture_output=True, text=True, env=environment, check=False, **account)  # type: ignore[call-overload]
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr, checked.stderr
    with (
        (front.place / "said.log").open("w") as said,
        subprocess.Popen(command, stdout=said, stderr=said, env=environment, **account) as process,  # type: ignore[call-overload]
    ):
        front.process = process
        try:
            _wait(front, process)
            yield
        finally:
            front.end()


def _wait(front: Front, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((HERE, front.port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"it does not come up:\n{front.written()}")


def free_ports(number: int) -> list[int]:
    held = [socket.create_server((HERE, 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def certify(place: Path) -> None:
    """A key and a certificate for NAME that it has signed itself, as key.pem and certificate.pem."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (place / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (place / "key.pem").write_bytes(secret)
