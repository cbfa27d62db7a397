"""What goes over the wire: the specification itself, packed for those who can unpack, kept by nobody."""

from __future__ import annotations

import gzip
import json
import math

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from alliance.web.charts.reply import chart_reply
from alliance.web.charts.style import as_json
from alliance.web.charts.trend import trend_chart
from tests.factory import dip, make_trend

LARGE, SMALL = trend_chart(dip()), {"data": []}


def reply(spec: dict[str, object], **headers: str) -> Response:
    with Flask(__name__).test_request_context(headers=headers):
        return chart_reply(spec)


def test_it_is_the_specification_packed() -> None:
    answer = reply(LARGE, **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data)) == json.loads(as_json(LARGE))
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize(("spec", "encodings"), [(LARGE, ""), (LARGE, "gzip;q=0"), (SMALL, "gzip")])
def test_or_plain(spec: dict[str, object], encodings: str) -> None:
    answer = reply(spec, **{"Accept-Encoding": encodings})
    assert "Content-Encoding" not in answer.headers
    assert json.loads(answer.data) == json.loads(as_json(spec))


def test_nobody_on_the_way_keeps_it() -> None:
    answer = reply(LARGE)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_numbers_are_short_and_text_is_plain_utf_8() -> None:
    sent = as_json(trend_chart(make_trend([80 + 1 / 3, 81.26, None])))
    assert '"y":[80.3,81.3,null]' in sent and " null" not in sent


def test_what_browsers_could_not_read_is_never_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        as_json({"data": [math.nan]})
