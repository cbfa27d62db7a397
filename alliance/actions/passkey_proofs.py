"""What a device shows of its passkey, held against what it was asked.

The library brings readers of every kind of certificate with it, a tenth of a second of loading. So this module is
imported by whoever has a passkey in hand, and not by the server that starts.
"""

from __future__ import annotations

from typing import Any

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.registration.verify_registration_response import VerifiedRegistration


class NotProved(ValueError):
    """The reply is not one of a passkey that was asked this, here."""


def of_making(reply: dict[str, Any], *, challenge: bytes, host: str, address: str) -> VerifiedRegistration:
    """The new passkey that a browser tells of. Raises NotProved, and what the readers of CBOR and JSON raise."""
    try:
        return verify_registration_response(
            credential=reply,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=address,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise NotProved(str(error)) from error


def of_having(
    reply: dict[str, Any], *, challenge: bytes, host: str, address: str, public_key: bytes, count: int
) -> VerifiedAuthentication:
    """That somebody has the passkey with this key, used `count` times so far. Raises as `of_making`."""
    try:
        return verify_authentication_response(
            credential=reply,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=address,
            credential_public_key=public_key,
            credential_current_sign_count=count,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise NotProved(str(error)) from error
