"""P6: what a patient’s first visit loads, in every language: bytes as the server sends them, the page also packed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from alliance.languages import LANGUAGES
from tests.benchmarks.measuring import COUNTED, Plan, Result
from tests.benchmarks.settings import app_of, staffed
from tests.page import Page, PageClient, page_client


def weigh(client: PageClient, page: Page) -> tuple[int, int, int]:
    """Bytes and requests of a first load, and the bytes of the page itself once packed."""
    files = [node.get("href") for node in page.root.find_all("link")]
    files += [node.get("src") for node in page.root.find_all("script", "img")]
    total = len(page.html.encode())
    for address in files:
        with client.get(address) as response:
            assert response.status_code == 200
            total += len(response.data)
    return total, 1 + len(files), len(gzip.compress(page.html.encode()))


def measure(plan: Plan) -> Iterator[Result]:
    with staffed(plan.place("weight")) as cast:
        client = page_client(app_of(cast.clinic))
        pages = [client.page(f"/a/{cast.alder.token}?language={tag}") for tag in LANGUAGES]
        weights = [weigh(client, page) for page in pages]
        scripts = [len(page.root.find_all("noscript")) for page in pages]
    totals, requests, packed = zip(*weights, strict=True)
    told = f"{len(pages)} languages"
    yield Result("P6 page", tuple(each / 1000 for each in packed), COUNTED, note=told)
    yield Result("P6 load", tuple(each / 1000 for each in totals), COUNTED, note=f"{told}, nothing packed")
    yield Result("P6 requests", tuple(map(float, requests)), COUNTED, note=told)
    yield Result("P6 script", tuple(map(float, scripts)), COUNTED, note="the visits of P1 run none")
