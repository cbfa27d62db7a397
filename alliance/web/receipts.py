"""The receipt: where it is, and the cookie that lets it name who reads the answers."""

from __future__ import annotations

import json
from datetime import date
from typing import NamedTuple

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from alliance.actions import carried
from alliance.actions.answering import Receipt
from alliance.domain.therapy import IN_THE_ROOM
from alliance.web.context import current_clinic
from alliance.web.languages import in_address

COOKIE = "receipt"  # sealed, and gone after ten minutes
SECONDS = 600
LONGER = 2_400  # where half an hour may pass on the page before it


class Remembered(NamedTuple):
    """What the cookie tells."""

    readers: tuple[str, ...] = ()
    next_on: date | None = None


def address(receipt: Receipt) -> str:
    """Where the receipt is. Its address holds no token of a link, and a ticket only to what it offers."""
    return url_for("patient.thanks", language=in_address(receipt.language), ticket=receipt.monthly)


def lead(receipt: Receipt) -> Response:
    """Go on to the receipt."""
    response = redirect(address(receipt), code=303)
    remember(response, receipt)
    return response


def remember(response: Response, receipt: Receipt, seconds: int = SECONDS) -> None:
    """Let the receipt know who reads it.

    An HttpOnly cookie on an answer also keeps the page before it out of the browser's back/forward cache.
    """
    response.set_cookie(
        COOKIE,
        _sealed(receipt),
        max_age=seconds,
        path=url_for("patient.thanks"),
        secure=not current_clinic().config.demo,
        httponly=True,
        samesite="Strict",
    )


def _sealed(receipt: Receipt) -> str:
    # A device that is handed back shows its receipt to the therapist, and must not tell of a choice against that.
    readers = () if receipt.channel in IN_THE_ROOM else receipt.readers
    told = {"readers": readers, "next_on": receipt.next_on.isoformat() if receipt.next_on else None}
    return carried.sealed(current_clinic(), json.dumps(told), COOKIE)


def remembered() -> Remembered:
    """What the browser brought back, or nothing."""
    known = carried.opened(current_clinic(), request.cookies.get(COOKIE, ""), COOKIE)
    if known is None:
        return Remembered()
    told = json.loads(known)
    next_on = date.fromisoformat(told["next_on"]) if told["next_on"] else None
    return Remembered(tuple(told["readers"]), next_on)
