"""Random tokens for links and sessions: handed out once, kept only as a fingerprint."""

from __future__ import annotations

import secrets
from hashlib import sha256

TOKEN_BYTES = 20  # 160 bits: guessing one is out of the question


def new_token() -> str:
    """A random token of 27 characters, fit for an address or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is kept of a token. It is random, so a plain SHA-256 will do; whatever was sent has one."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
