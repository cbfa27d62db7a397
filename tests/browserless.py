"""A person at a plain HTTP client: cookies, forms and pages of a real server, without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.page import Page


class Person:
    """Somebody with a cookie jar of their own."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def open(self, path: str, fields: Sequence[tuple[str, str]] | None = None) -> tuple[int, str, str]:
        """Status, address it led to, and text."""
        address = path if path.startswith("http") else self.url + path
        body = urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(Request(address, data=body), timeout=30) as answer:
                return answer.status, answer.url, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.url, error.read().decode()

    def page(self, path: str) -> Page:
        status, _, text = self.open(path)
        assert status == 200, f"{path} answers {status}"
        return Page(text)

    def sign_in(self, email: str, password: str) -> None:
        form = self.page("/sign-in").form("Sign in")
        status, address, _ = self.open("/sign-in", form.data({"email": email, "password": password}))
        assert status == 200
        assert "/sign-in" not in address
