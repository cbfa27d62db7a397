"""What may come after the questionnaire on a tablet: ticks for what happened, and the monthly sentences.

Their tickets are kept in cookies and not in addresses, where the next patient could find that something was off.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import answering, following_up
from alliance.actions.answering import NOT_SAVED, Receipt
from alliance.actions.following_up import FollowUp, NotKept, NotYetRated
from alliance.actions.kiosk import mark_of
from alliance.actions.tickets import TicketEnded
from alliance.web import follow_up
from alliance.web import kiosk_cookies as cookies
from alliance.web.context import current_clinic, now
from alliance.web.kiosk_cookies import Cookie
from alliance.web.kiosk_parts import blueprint, chosen, to
from alliance.web.posted import as_sent, sent_back
from surveys.checklist import HAPPENED, Checklist
from surveys.definition import Instrument
from surveys.forms import Checked


def lead(receipt: Receipt) -> Response:
    """Go on from an answer: to what may be said besides, or else to the receipt."""
    response = to("thanks" if receipt.more is None else "more")
    cookies.drop(response, Cookie.VISIT, Cookie.MORE, Cookie.MONTH)
    cookies.keep(response, Cookie.LANGUAGE, receipt.language)
    cookies.keep(response, Cookie.DONE, "yes")
    if receipt.more is not None:
        cookies.keep(response, Cookie.MORE, receipt.more)
    if receipt.monthly is not None:
        cookies.keep(response, Cookie.MONTH, receipt.monthly)
    return response


def monthly_offered() -> bool:
    """Whether the receipt may offer the monthly sentences."""
    ticket = cookies.read(Cookie.MONTH)
    if ticket is None:
        return False
    try:
        following_up.open_monthly(current_clinic(), ticket, now())
    except TicketEnded:
        return False
    return True


@blueprint.get("/kiosk/more")
def more() -> ResponseReturnValue:
    """What may have been off. Without a ticket that is still good, all that is here is the receipt."""
    ticket = cookies.read(Cookie.MORE) or ""
    try:
        page = following_up.open_ticks(current_clinic(), ticket, now(), language=chosen())
    except TicketEnded:
        return to("thanks")
    return _ticks(page)


@blueprint.post("/kiosk/more")
def tick() -> ResponseReturnValue:
    """Take the ticks and go on to the receipt."""
    body, sent, attempt = _posted()
    ticket = cookies.read(Cookie.MORE) or ""
    if not attempt.startswith(mark_of(ticket)):
        return to("thanks")
    try:
        receipt = following_up.tick(
            current_clinic(), ticket, attempt=attempt, body=body, form=sent, now=now(), language=chosen()
        )
    except TicketEnded:
        return to("thanks")
    except NotKept as failed:
        if failed.page is None:
            return sent_back(sent, url_for("kiosk.tick")), 503
        return _ticks(failed.page, attempt, sent.getlist(HAPPENED), NOT_SAVED), 503
    return lead(receipt)


@blueprint.get("/kiosk/once-a-month")
def monthly() -> ResponseReturnValue:
    """Life around therapy. Without a ticket that is still good, all that is here is the receipt."""
    ticket = cookies.read(Cookie.MONTH) or ""
    try:
        page = following_up.open_monthly(current_clinic(), ticket, now(), language=chosen())
    except TicketEnded:
        return to("thanks")
    return _sentences(page)


@blueprint.post("/kiosk/once-a-month")
def rate() -> ResponseReturnValue:
    """Take the monthly sentences and go back to the receipt."""
    body, sent, attempt = _posted()
    ticket = cookies.read(Cookie.MONTH) or ""
    if not attempt.startswith(mark_of(ticket)):
        return to("thanks")
    try:
        receipt = following_up.rate_monthly(
            current_clinic(), ticket, attempt=attempt, body=body, form=sent, now=now(), language=chosen()
        )
    except TicketEnded:
        return to("thanks")
    except NotYetRated as again:
        return _sentences(again.page, attempt, again.checked), 422
    except NotKept as failed:
        if failed.page is None:
            return sent_back(sent, url_for("kiosk.rate")), 503
        checked = following_up.checked(failed.page, sent)
        return _sentences(failed.page, attempt, checked, NOT_SAVED), 503
    return lead(receipt)


def _posted() -> tuple[bytes, Any, str]:
    """What was sent, as it arrived and as a form, and the attempt it calls itself."""
    body = request.get_data(cache=True)
    sent = as_sent(body)
    return body, sent, sent.get("attempt", "")


def _ticks(
    page: FollowUp[Checklist], attempt: str = "", shown: Collection[str] = (), problem: str | None = None
) -> str:
    return follow_up.draw_ticks(
        page,
        action=url_for("kiosk.tick"),
        attempt=attempt or mark_of(page.ticket) + answering.new_attempt(),
        shown=shown,
        problem=problem,
        template="kiosk/ticks.html",
    )


def _sentences(
    page: FollowUp[Instrument],
    attempt: str = "",
    checked: Checked | None = None,
    problem: str | None = None,
) -> str:
    return follow_up.draw_monthly(
        page,
        action=url_for("kiosk.rate"),
        attempt=attempt or mark_of(page.ticket) + answering.new_attempt(),
        checked=checked,
        problem=problem,
        template="kiosk/monthly.html",
    )
