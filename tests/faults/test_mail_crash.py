"""Whatever ends the sending, and however many send at once, no mail goes out twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.stories import course
from tests.cast import Cast
from tests.post_office import HOST, SENDER, PostOffice, agree, open_office, run, with_mail

ROOT = Path(__file__).parents[2]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office() as office:
        yield office


def with_patients(cast: Cast, office: PostOffice, count: int) -> datetime:
    """Patients who said yes and had a session just now, by the clock that commands read."""
    now = datetime.now(UTC)
    for number in range(count):
        agree(
            cast,
            course(cast, f"Fern {number}", [8, None], end=now).id,
            at=now,
            address=f"fern{number}@home.example",
        )
    with (cast.clinic.config.folder / "clinic.toml").open("a") as file:
        file.write(
            f'[mail]\nhost = "{HOST}"\nport = {office.port}\ntls = "none"\nsender = "{SENDER}"\n',
        )
    return now


def start(cast: Cast) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "alliance.cli", "send", str(cast.clinic.config.folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def written_to(office: PostOffice) -> Counter[str]:
    return Counter(address for envelope in office.got for address in envelope.rcpt_tos)


def test_two_processes_at_once_send_each_mail_once(cast: Cast, office: PostOffice) -> None:
    with_patients(cast, office, 25)
    both = [start(cast), start(cast)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert written_to(office) == {f"fern{number}@home.example": 1 for number in range(25)}


@pytest.mark.parametrize(
    "answered", [False, True], ids=["before-the-server-says-so", "after-the-server-said-so"]
)
def test_a_process_killed_at_the_worst_moment_is_not_made_up_for(
    cast: Cast, office: PostOffice, answered: bool
) -> None:
    """The server has the mail; the process dies before it can write that down."""
    now = with_patients(cast, office, 1)
    process = start(cast)

    def kill(_: object) -> None:
        if not answered:
            os.kill(process.pid, signal.SIGKILL)
            return
        os.kill(process.pid, signal.SIGSTOP)  # the server's word reaches its machine, not it
        threading.Timer(0.3, os.kill, (process.pid, signal.SIGKILL)).start()

    office.at_data = kill
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert len(office.got) == 1
    office.at_data = None
    clinic = with_mail(cast.clinic, office.port)
    for minutes in (0, 10, 20, 60 * 24, 60 * 24 * 3):
        run(clinic, now + timedelta(minutes=minutes))
    kinds = [message["Subject"] for message in office.mails]
    assert kinds == ["As agreed", "As agreed, once more"]
    with cast.clinic.db.read() as conn:
        states = [tuple(row) for row in conn.execute("SELECT kind, state FROM mail ORDER BY id")]
    assert states == [("invitation", "unknown"), ("reminder", "sent")]


def test_killed_at_every_mail_in_turn_nobody_gets_two(cast: Cast, office: PostOffice) -> None:
    patients = 6
    with_patients(cast, office, patients)
    for round_ in range(patients):
        process = start(cast)
        until = len(office.got) + 1 if round_ % 2 else len(office.got)

        def kill(_: object, process: subprocess.Popen[str] = process, until: int = until) -> None:
            if len(office.got) >= until:
                os.kill(process.pid, signal.SIGKILL)

        office.at_data = kill
        process.communicate(timeout=120)
    office.at_data = None
    start(cast).communicate(timeout=120)
    assert written_to(office) == {f"fern{number}@home.example": 1 for number in range(patients)}
