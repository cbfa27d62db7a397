"""The chart library comes from this server, once, and browsers may keep it."""

from __future__ import annotations

import gzip
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plotly
import pytest
from flask import Flask
from flask.testing import FlaskClient

from alliance.web import assets

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site() -> Flask:
    site = Flask(__name__)
    site.register_blueprint(assets.blueprint)
    return site


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture(scope="module")
def address(site: Flask) -> str:
    with site.test_request_context():
        return assets.plotly_url()


def library() -> bytes:
    return (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()


def test_the_address_names_the_installed_version(address: str) -> None:
    assert address == f"/plotly/{plotly.__version__}.js"


def test_it_is_the_installed_library_packed(visitor: FlaskClient, address: str) -> None:
    answer = visitor.get(address, headers={"Accept-Encoding": "br, gzip"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == library()
    assert len(answer.data) < 1_600_000


@pytest.mark.parametrize("encodings", ["", "identity", "gzip;q=0"])
def test_who_cannot_unpack_gets_it_plain(visitor: FlaskClient, address: str, encodings: str) -> None:
    answer = visitor.get(address, headers={"Accept-Encoding": encodings})
    assert "Content-Encoding" not in answer.headers
    assert answer.data == library()


def test_browsers_may_keep_it_for_ever(visitor: FlaskClient, address: str) -> None:
    answer = visitor.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers


def test_who_has_it_is_told_so(visitor: FlaskClient, address: str) -> None:
    packed = {"Accept-Encoding": "gzip"}
    tag = visitor.get(address, headers=packed).headers["ETag"]
    again = visitor.get(address, headers=packed | {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 200, "plain is another thing"


@pytest.mark.parametrize("version", ["7.0.0", "latest", "..%2f..%2fsetup", "7.1.0%00"])
def test_any_other_version_is_not_there(visitor: FlaskClient, version: str) -> None:
    assert visitor.get(f"/plotly/{version}.js").status_code == 404


def test_it_is_packed_once_however_many_ask(visitor: FlaskClient) -> None:
    assets._pack.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        packed = list(pool.map(lambda _: assets.packed_plotly(), range(8)))
    assert len({id(one) for one in packed}) == 1


def test_the_server_does_not_load_plotly_itself() -> None:
    told = "import sys, alliance.web.assets as a; a.plotly_file(); print('plotly' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.strip() == "False"


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "find_spec", lambda _: None)
    with pytest.raises(FileNotFoundError, match="plotly is not installed"):
        assets.plotly_file()
