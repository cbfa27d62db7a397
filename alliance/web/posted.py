"""What a patient’s page sent: read so that nothing of it is lost or altered, and sent back where it cannot be kept."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote_to_bytes

from flask import render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest


def as_sent(body: bytes) -> MultiDict[str, str]:
    """The form in this body. Bytes that are no text become halves of pairs, which the form's check asks about.

    The framework would put other signs in their place, and these would be kept as if they had been typed.
    """
    form = request.form
    if b"%" not in body and body.isascii():
        return form
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        if request.mimetype != "application/x-www-form-urlencoded":  # not from our page
            raise BadRequest from None
        text = body.decode("utf-8", "surrogateescape")
        return MultiDict(parse_qsl(text, keep_blank_values=True, errors="surrogateescape"))
    return form


def sent_back(form: MultiDict[str, str], action: str) -> str:
    """A page for when not even the one that was sent can be read: what was sent travels back, ready to go again."""
    sent = [
        (name.encode(errors="replace").decode(), value.encode(errors="replace").decode())
        for name, value in form.items(multi=True)
    ]
    return render_template("patient/not_saved.html", sent=sent, action=action)
