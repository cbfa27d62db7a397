"""What comes after an answer: ticks for what happened, and once a month life around therapy. No cookie needed.

The drawing functions know no address, so that the same pages can stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import answering, following_up
from alliance.actions.answering import NOT_SAVED, Receipt
from alliance.actions.following_up import FollowUp, NotKept, NotYetRated
from alliance.actions.tickets import TicketEnded
from alliance.domain.therapy import Channel
from alliance.web import receipts
from alliance.web.context import current_clinic, now
from alliance.web.languages import asked, in_address, speak, spoken
from alliance.web.posted import as_sent, sent_back
from surveys.checklist import HAPPENED, Checklist
from surveys.definition import Instrument
from surveys.forms import Checked

blueprint = Blueprint("follow_up", __name__)


def lead(receipt: Receipt, token: str) -> Response:
    """Go on from an answer: to what may be said besides, or else to the receipt."""
    if receipt.more is None:
        return receipts.lead(receipt)
    if receipt.channel is Channel.HERE:
        # It is the therapist's device, and its history is not to tell that something was off: so no address does.
        page = following_up.open_ticks(current_clinic(), receipt.more, now(), language=asked())
        response: Response = make_response(draw_ticks(page, action=_more(token, receipt.more)))
    else:
        address = url_for(
            "follow_up.ticks", token=token, ticket=receipt.more, language=in_address(receipt.language)
        )
        response = redirect(address, code=303)
    receipts.remember(response, receipt, receipts.LONGER)
    return response


@blueprint.get("/a/<token>/more")
def ticks(token: str) -> ResponseReturnValue:
    """What may have been off. Without a ticket that is still good, all that is here is the receipt."""
    try:
        page = following_up.open_ticks(current_clinic(), ticket(), now(), token=token, language=asked())
    except TicketEnded:
        return _away()
    return draw_ticks(page, action=_more(token, page.ticket, page.asks.language))


@blueprint.post("/a/<token>/more")
def tick(token: str) -> ResponseReturnValue:
    """Take the ticks and go on to the receipt."""
    body = request.get_data(cache=True)
    sent = as_sent(body)
    attempt = sent.get("attempt", "")
    try:
        receipt = following_up.tick(
            current_clinic(),
            ticket(),
            attempt=attempt,
            body=body,
            form=sent,
            now=now(),
            token=token,
            language=asked(),
        )
    except TicketEnded:
        return _away()
    except NotKept as failed:
        if failed.page is None:
            return sent_back(sent, _more(token, ticket())), 503
        action = _more(token, ticket(), failed.page.asks.language)
        shown = sent.getlist(HAPPENED)
        return draw_ticks(failed.page, action=action, attempt=attempt, shown=shown, problem=NOT_SAVED), 503
    return receipts.lead(receipt)


def draw_ticks(
    page: FollowUp[Checklist],
    *,
    action: str,
    attempt: str = "",
    shown: Collection[str] = (),
    problem: str | None = None,
    template: str = "patient/ticks.html",
) -> str:
    """The page with ticks, to be sent to `action`; `shown` are those that were ticked before."""
    speak(page.asks.language)
    return render_template(
        template,
        settings=page.settings,
        ticket=page.ticket,
        checklist=page.asks,
        languages=page.languages,
        action=action,
        attempt=_attempt(attempt),
        shown=shown,
        problem=problem,
    )


def monthly_offer() -> str | None:
    """Where the receipt's ticket leads, if it came with one that is still good."""
    if not ticket():
        return None
    try:
        following_up.open_monthly(current_clinic(), ticket(), now())
    except TicketEnded:
        return None
    return _month(ticket())


@blueprint.get("/thanks/once-a-month")
def monthly() -> ResponseReturnValue:
    """Life around therapy. Without a ticket that is still good, all that is here is the receipt."""
    try:
        page = following_up.open_monthly(current_clinic(), ticket(), now(), language=asked())
    except TicketEnded:
        return _away()
    return draw_monthly(page, action=_month(page.ticket, page.asks.language))


@blueprint.post("/thanks/once-a-month")
def rate() -> ResponseReturnValue:
    """Take the monthly sentences and go back to the receipt."""
    body = request.get_data(cache=True)
    sent = as_sent(body)
    attempt = sent.get("attempt", "")
    try:
        receipt = following_up.rate_monthly(
            current_clinic(),
            ticket(),
            attempt=attempt,
            body=body,
            form=sent,
            now=now(),
            language=asked(),
        )
    except TicketEnded:
        return _away()
    except NotYetRated as again:
        action = _month(ticket(), again.page.asks.language)
        return draw_monthly(again.page, action=action, attempt=attempt, checked=again.checked), 422
    except NotKept as failed:
        if failed.page is None:
            return sent_back(sent, _month(ticket())), 503
        action = _month(ticket(), failed.page.asks.language)
        checked = following_up.checked(failed.page, sent)
        page = draw_monthly(failed.page, action=action, attempt=attempt, checked=checked, problem=NOT_SAVED)
        return page, 503
    return receipts.lead(receipt)


def draw_monthly(
    page: FollowUp[Instrument],
    *,
    action: str,
    attempt: str = "",
    checked: Checked | None = None,
    problem: str | None = None,
    template: str = "patient/monthly.html",
) -> str:
    """The page with the monthly sentences, to be sent to `action`; with `checked`, as it was sent before."""
    speak(page.asks.language)
    return render_template(
        template,
        settings=page.settings,
        ticket=page.ticket,
        instrument=page.asks,
        languages=page.languages,
        action=action,
        attempt=_attempt(attempt),
        shown=checked.shown if checked else {},
        problems=checked.problems if checked else {},
        problem=problem,
    )


def ticket() -> str:
    """The ticket in this page’s address, if there is one."""
    return request.args.get("ticket", "")


def _attempt(attempt: str) -> str:
    return attempt if answering.ATTEMPT.fullmatch(attempt) else answering.new_attempt()


def _more(token: str, ticket: str, language: str | None = None) -> str:
    return url_for("follow_up.tick", token=token, ticket=ticket, language=language or spoken().tag)


def _month(ticket: str, language: str | None = None) -> str:
    return url_for("follow_up.rate", ticket=ticket, language=language or spoken().tag)


def _away() -> Response:
    """The receipt, for whoever comes late, or again, or with a link that was merely found."""
    return redirect(url_for("patient.thanks", language=in_address(spoken().tag)), code=303)
