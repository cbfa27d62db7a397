"""The key ring once more, sealed so that only a key printed on paper opens it.

The paper holds the private half of a pair of keys (X25519, RFC 7748); the key ring holds the public half. So the sealed
copy can be made anew whenever the keys change, and the paper stays as it is.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from alliance.storage import keyfile
from alliance.storage.keyfile import KeyringFault, Keys

FILE = "keyring.sealed"
SEED_BYTES = 20  # 160 bits: 32 letters, and 4 more by which a slip is noticed
CHECK_LETTERS = 4
GROUP = 4
MAGIC = b"Alliance key ring, sealed 1\n"
NONCE_BYTES = 12
MISREAD = str.maketrans("018", "OIB")  # figures that are not among the letters and look like one


class RecoveryFault(KeyringFault):
    """The printed key or the sealed copy cannot be used. The message says in a sentence why."""


def new_paper() -> str:
    """A recovery key that nobody has had before, as it is printed: nine groups of four letters and figures."""
    seed = secrets.token_bytes(SEED_BYTES)
    text = base64.b32encode(seed).decode() + _check(seed)
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def public_half(paper: str) -> bytes:
    """What the key ring keeps of a printed key. Raises RecoveryFault for a slip."""
    return _private(paper).public_key().public_bytes_raw()


def keep(folder: Path, keys: Keys) -> None:
    """Seal the key ring for the paper, if there is one, beside the key ring. Raises KeyringFault."""
    if keys.recovery is not None:
        keyfile.put(folder / FILE, sealed(keys, keys.recovery))


def sealed(keys: Keys, public: bytes) -> bytes:
    """The key ring, for whoever has the private half of `public`."""
    own = X25519PrivateKey.generate()
    sender = own.public_key().public_bytes_raw()
    secret = own.exchange(X25519PublicKey.from_public_bytes(public))
    nonce = secrets.token_bytes(NONCE_BYTES)
    box = AESGCM(_derived(secret, sender + public)).encrypt(nonce, keys.text().encode(), MAGIC)
    return MAGIC + sender + nonce + box


def opened(blob: bytes, paper: str) -> Keys:
    """The key ring in a sealed copy. Raises RecoveryFault."""
    private = _private(paper)
    rest = blob.removeprefix(MAGIC)
    if rest == blob or len(rest) < 32 + NONCE_BYTES:
        raise RecoveryFault("This is no sealed copy of a key ring.")
    sender, nonce, box = rest[:32], rest[32 : 32 + NONCE_BYTES], rest[32 + NONCE_BYTES :]
    public = private.public_key().public_bytes_raw()
    try:
        secret = private.exchange(X25519PublicKey.from_public_bytes(sender))
        text = AESGCM(_derived(secret, sender + public)).decrypt(nonce, box, MAGIC)
        return Keys.parse(text)
    except (InvalidTag, ValueError):
        raise RecoveryFault(
            "The recovery key does not open this copy of the key ring: it belongs to another clinic or to an earlier "
            "recovery key, or the copy was altered."
        ) from None


def _private(paper: str) -> X25519PrivateKey:
    letters = re.sub(r"[\s-]", "", paper).upper().translate(MISREAD)
    length = SEED_BYTES * 8 // 5
    if len(letters) != length + CHECK_LETTERS:
        raise RecoveryFault(
            f"A recovery key has {(length + CHECK_LETTERS) // GROUP} groups of {GROUP} letters and figures; these are "
            f"{len(letters)} in all."
        )
    try:
        seed = base64.b32decode(letters[:length])
    except ValueError:
        seed = b""
    if not seed or letters[length:] != _check(seed):
        raise RecoveryFault("This is not quite the recovery key: compare it with the paper, group by group.")
    return X25519PrivateKey.from_private_bytes(_derived(seed, b"alliance recovery key"))


def _check(seed: bytes) -> str:
    return base64.b32encode(hashlib.sha256(b"alliance recovery key" + seed).digest()).decode()[:CHECK_LETTERS]


def _derived(secret: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), keyfile.KEY_BYTES, salt=None, info=info).derive(secret)
