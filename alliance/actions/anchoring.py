"""Keep the end of the audit trail where nobody who changes the database can change it too."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.config import Config
from alliance.domain.anchors import Anchor, standing
from alliance.domain.audit import Head
from alliance.domain.verifying import Finding
from alliance.mail import notices
from alliance.mail.sending import Fate, Post, Unreachable
from alliance.mail.settings import MailFault
from alliance.storage import chain
from alliance.storage.files import sync_folder
from alliance.storage.keyring import Keyring

FILE = "anchors.txt"


def anchor(clinic: Clinic, now: datetime) -> Head:
    """Keep the end of the trail as it is now: in the clinic’s folder and, if so set, off this machine.

    Raises Fault, after all that could be done was done, where it reached not every place.
    """
    with clinic.db.read() as conn:
        head = chain.head(conn)
    line = Anchor("kept", head).line(clinic.keyring.proofs.anchor)
    config, troubles = clinic.config, []
    for path in filter(None, (config.folder / FILE, config.anchor.path)):
        try:
            _append(path, line)
        except OSError as error:
            troubles.append(f"{path} cannot be written ({error.strerror})")
    if config.anchor.email and (trouble := _mailed(config, line, now)):
        troubles.append(trouble)
    if troubles:
        raise Fault(f"The end of the trail was not kept everywhere: {'; '.join(troubles)}")
    return head


def note_restored(config: Config, keyring: Keyring, head: Head) -> None:
    """Note that a backup was put back whose trail ends here, so that what it did not hold yet is not missed.

    `head` is the one of the backup. A place elsewhere that cannot be reached is left out. Raises OSError.
    """
    line = Anchor("restored", head).line(keyring.proofs.anchor)
    _append(config.folder / FILE, line)
    if config.anchor.path:
        with contextlib.suppress(OSError):
            _append(config.anchor.path, line)


def kept(config: Config, keyring: Keyring) -> tuple[list[Head], list[Finding], list[str]]:
    """The ends that were kept: what the trail must go through, what was altered, what went with a restored backup."""
    heads: list[Head] = []
    wrong: list[Finding] = []
    lost: list[str] = []
    for path in filter(None, (config.folder / FILE, config.anchor.path)):
        try:
            lines = path.read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            continue
        except OSError as error:
            wrong.append(Finding("trail", "anchor", f"{path} cannot be read ({error.strerror})."))
            continue
        more, altered, gone = standing(lines, keyring.proofs.anchor, str(path))
        heads += more
        wrong += altered
        lost += gone
    return heads, wrong, list(dict.fromkeys(lost))


def _append(path: Path, line: str) -> None:
    """Add a line and bring it to the disk, behind whatever a power cut left of another."""
    new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(file).st_size
        broken = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        before = "\n" if broken else ""
        os.write(file, f"{before}{line}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)
    if new:
        sync_folder(path.parent)


def _mailed(config: Config, line: str, now: datetime) -> str:
    """Send it to the clinic’s own address; what went wrong, if anything did."""
    mail = config.mail
    if mail is None:
        return "anchor.email needs a table [mail]"
    text = f"Keep this mail. “alliance verify” compares the clinic’s records with this line:\n\n{line}\n"
    try:
        with Post(mail) as post:
            outcome = post.send(
                notices.compose(mail, config.anchor.email, "Record of the day", text, now),
                config.anchor.email,
            )
    except (MailFault, Unreachable) as fault:
        return str(fault).removesuffix(".")
    return "" if outcome.fate is Fate.SENT else f"the mail to {config.anchor.email} was not taken"
