"""The chart library, served from the installed package: packed once, then cached by browsers for a year."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from flask import Blueprint, Response, abort, request, url_for

blueprint = Blueprint("assets", __name__)

# The library writes two style elements of its own. One it puts into the sheet with the id
# `plotly.js-style-global`, which every page with charts links; this is the other's hash, for `style-src`.
PLOTLY_STYLE = "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
FOR_A_YEAR = "public, max-age=31536000, immutable"

_packing = Lock()


@dataclass(frozen=True, slots=True)
class Packed:
    """A file as it goes over the wire. `tag` names its content."""

    body: bytes
    tag: str


@cache
def plotly_version() -> str:
    """The version of the installed plotly package, such as `7.1.0`."""
    return version("plotly")


def plotly_file() -> Path:
    """Where the installed package keeps the library. Found without importing plotly, which costs a second."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The package plotly is not installed: charts cannot be drawn.")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


@cache
def _pack() -> Packed:
    raw = plotly_file().read_bytes()
    return Packed(gzip.compress(raw, compresslevel=6, mtime=0), sha256(raw).hexdigest()[:20])


def packed_plotly() -> Packed:
    """The library, compressed. The first caller does the work (a fifth of a second), others wait for it."""
    with _packing:
        return _pack()


@blueprint.app_template_global()
def plotly_url() -> str:
    """The address of the chart library. It changes with the version, so it may be cached for ever."""
    return url_for("assets.plotly", version=plotly_version())


@blueprint.get("/plotly/<version>.js")
def plotly(version: str) -> Response:
    """The library, for the installed version only."""
    if version != plotly_version():
        abort(404)
    packed = packed_plotly()
    zipped = request.accept_encodings.quality("gzip") > 0
    response = Response(packed.body if zipped else gzip.decompress(packed.body), mimetype="text/javascript")
    if zipped:
        response.content_encoding = "gzip"
    response.cache_control.clear()
    response.headers["Cache-Control"] = FOR_A_YEAR
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{packed.tag}-gzip" if zipped else packed.tag)
    response.make_conditional(request)
    return response
