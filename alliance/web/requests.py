"""What a browser sent, without what no form of ours could have sent."""

from __future__ import annotations

from typing import Any

import flask


class Request(flask.Request):
    """A request whose form has a name for every field.

    In a body of several parts one may come without a name. It stands for nothing that was asked, and whatever looks
    through the names would stumble over it.
    """

    def _load_form_data(self) -> None:
        super()._load_form_data()
        told: Any = self.__dict__["form"]
        if None in told:
            named = [pair for pair in told.items(multi=True) if pair[0] is not None]
            self.__dict__["form"] = self.parameter_storage_class(named)
