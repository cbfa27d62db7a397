"""A passkey made of software: what an honest one says, and what others might."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as text

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class SoftPasskey:
    """One passkey for one place. `flags`, `origin` and the rest can be told wrong."""

    origin: str
    host: str
    flags: int = PRESENT | VERIFIED
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, more: bytes = b"", flags: int = 0) -> bytes:
        place = hashlib.sha256(self.host.encode()).digest()
        return place + bytes([self.flags | flags]) + self.count.to_bytes(4, "big") + more

    def made(self, challenge: str) -> dict[str, Any]:
        """What it says when it is made."""
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        more = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(more, WITH_KEY)})
        return self._reply(self._client("webauthn.create", challenge), attestationObject=told)

    def used(self, challenge: str) -> dict[str, Any]:
        """What it says when it is used."""
        client, data = self._client("webauthn.get", challenge), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._reply(client, authenticatorData=data, signature=signature)

    def _reply(self, client: bytes, **more: bytes) -> dict[str, Any]:
        response = {"clientDataJSON": text(client), **{name: text(value) for name, value in more.items()}}
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}
