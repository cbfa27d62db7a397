"""The administrator's pages of the trail: narrowed by its address, examined, and taken along as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import auditing
from alliance.actions.auditing import ON_A_PAGE
from alliance.domain.audit import Actor, Filter, TrailFacts
from alliance.domain.months import month_named
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import whole

blueprint = Blueprint("audit_pages", __name__)

# Those who are no member of staff, as an address names them.
OTHERS: dict[str, tuple[Actor, str]] = {
    "patients": ("patient", "Patients, through links"),
    "command": ("command", "The command line"),
    "server": ("system", "The server itself"),
}


@dataclass(frozen=True)
class Wanted:
    """What an address asks for. What it does not understand is as if it were not there."""

    filter: Filter
    page: int = 1
    said: Mapping[str, str] = field(default_factory=dict)


def wanted(sent: Mapping[str, Any]) -> Wanted:
    """The address of a page of the trail, read."""
    who, action, month = (str(sent.get(name, "")) for name in ("who", "action", "month"))
    said: dict[str, str] = {}
    told: dict[str, Any] = {}
    if who in OTHERS:
        said["who"], told["actor"] = who, OTHERS[who][0]
    elif number := _number(who):
        said["who"] = who
        told |= {"actor": "staff", "actor_id": number}
    if action:
        said["action"] = told["action"] = action
    if first := month_named(month):
        said["month"] = month
        told["since"], told["until"] = auditing.month_of(current_clinic(), first)
    page = _number(str(sent.get("page", ""))) or 1
    return Wanted(Filter(**told), page, said)


def _number(text: str) -> int:
    return whole(text, digits=9) or 0


@blueprint.get("/admin/audit")
def trail() -> str:
    """Who did what, the newest first."""
    return _page(wanted(request.args))


def _page(asked: Wanted, *, facts: TrailFacts | None = None) -> str:
    trail = auditing.read(current_clinic(), current_viewer(), asked.filter, asked.page, now())
    pages = max(1, -(-trail.count // ON_A_PAGE))

    def address(page: int) -> str | None:
        return (
            url_for("audit_pages.trail", _external=False, **{**asked.said, "page": str(page)})
            if 1 <= page <= pages
            else None
        )

    return render_template(
        "admin/audit.html",
        trail=trail,
        said=asked.said,
        page=asked.page,
        pages=pages,
        newer=address(asked.page - 1),
        older=address(asked.page + 1),
        others=OTHERS,
        facts=facts,
    )


@blueprint.post("/admin/audit/examine")
def examine() -> str:
    """Look whether the trail is whole."""
    return _page(Wanted(Filter()), facts=auditing.examine(current_clinic(), current_viewer(), now()))


@blueprint.post("/admin/audit/export")
def export() -> ResponseReturnValue:
    """The lines that fit as a table for a spreadsheet."""
    table = auditing.export(current_clinic(), current_viewer(), wanted(request.form).filter, now())
    named = f"attachment; filename=audit-{now():%Y-%m-%d}.csv"
    # The mark at the start tells spreadsheets which letters these are.
    return Response("\ufeff" + table, mimetype="text/csv", headers={"Content-Disposition": named})
