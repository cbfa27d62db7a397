"""A mail server of the test’s own, and a clinic that sends by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.actions.clinic import Clinic
from tests.cast import Cast
from tests.post_office import PostOffice, agree, open_office, with_mail


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office() as office:
        yield office


@pytest.fixture
def mailing_clinic(cast: Cast, office: PostOffice) -> Clinic:
    """The clinic with its mail server. Alder 14 said yes today, and had a session today."""
    agree(cast, cast.alder.patient_id)
    return with_mail(cast.clinic, office.port)
