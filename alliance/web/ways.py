"""A session's page with its ways to answer, and what one of them shows once it is taken: a square, a code."""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import render_template
from markupsafe import Markup

from alliance.actions import caseload, contacts, devices
from alliance.web.context import current_clinic, current_viewer, now


def session_page(session_id: int, shown: str | None = None, **told: Any) -> str:
    """The session's page. `shown` is a template of `therapist/shown/` for its top, and `told` what it needs."""
    page = caseload.open_session(current_clinic(), current_viewer(), session_id, now())
    mail = contacts.way(current_clinic(), page, now())
    tablets = devices.in_use(current_clinic(), current_viewer()) if page.own else []
    return render_template(
        "therapist/session.html", page=page, shown=shown, mail=mail, tablets=tablets, **told
    )


def square(address: str, label: str) -> Markup:
    """A QR code as SVG with its quiet zone, dark on light whatever the page's scheme, since cameras want it so.

    `label` says in words what it is, for who cannot see it.
    """
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        border=4,
        light="#fff",
        dark="#000",
        svgclass="qr",
        lineclass=None,
    )
    svg = drawn.getvalue().decode("utf-8").strip()
    return Markup(  # noqa: S704 (made here from an address of our own, by a library that escapes)
        svg.replace("<svg ", Markup('<svg role="img" aria-label="{}" ').format(label), 1)
    )
