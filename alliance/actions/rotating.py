"""New keys for old: whatever is sealed is sealed anew, little by little, while the clinic goes on.

First the key ring gets one more key, which seals from then on, here and in a server that is running. Then every value
is sealed anew, in short transactions. Whoever is cut off goes on where it ended. The old key stays in the key ring,
since backups and the spool need it, until it is forgotten on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from alliance.actions import keeping
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.trail import record_by
from alliance.storage import audit_pages, keyfile, recovery, resealing, sealed, spool
from alliance.storage.database import Connection
from alliance.storage.keyfile import Keys

BATCH = 200  # values in one transaction; a submission waits for one of these at most
BEGUN, ENDED = "change keys", "end change of keys"
Watch = Callable[[Iterator[int], str, int], Iterator[int]]


@dataclass(slots=True)
class Rotated:
    """What came of it: the key that seals now, whether an earlier change was finished, how many values were sealed
    anew, and a sentence for each that could not be opened.
    """

    key: str
    resumed: bool
    done: int = 0
    broken: list[str] = field(default_factory=list)


def rotate(clinic: Clinic, now: datetime, watch: Watch = lambda rows, _what, _total: rows) -> Rotated:
    """Bring a new key into use and seal everything anew with it, or finish what was begun. Raises KeyringFault."""
    clinic.keyring.refresh()
    with clinic.db.read() as conn:
        resumed = bool(resealing.left(conn, clinic.keyring))
    if not resumed:
        with clinic.db.write() as conn:
            _put(clinic, conn, clinic.keyring.keys.with_new(), BEGUN, now)
    result = Rotated(clinic.keyring.active, resumed)
    for column in sealed.SEALED:
        with clinic.db.read() as conn:
            total = resealing.left(conn, clinic.keyring).get(column.name, 0)
        if total:
            for done in watch(_anew(clinic, column, result), column.name, total):
                result.done += done
    with clinic.db.write() as conn:
        resealing.proof(conn, clinic.keyring)
        detail = {"key": result.key, "sealed anew": result.done, "not opened": len(result.broken)}
        record_by(conn, "command", ENDED, "setting", None, now, detail)
    return result


def _anew(clinic: Clinic, column: sealed.Sealed, result: Rotated) -> Iterator[int]:
    after: resealing.Key | None = None
    while True:
        with clinic.db.write() as conn:
            after, done, broken = resealing.some(conn, clinic.keyring, column, BATCH, after)
        result.broken += broken
        if after is None:
            return
        yield done


def forget(clinic: Clinic, now: datetime) -> list[str]:
    """Take every key but the active one out of the key ring, where nothing that is kept needs them; their ids.

    Raises Fault with what still does.
    """
    clinic.keyring.refresh()
    old = set(clinic.keyring.keys.sealing) - {clinic.keyring.active}
    if not old:
        return []
    if spooled := spool.key_ids(clinic.config.spool_folder) & old:
        raise Fault(
            f"The spool still needs the key {', '.join(sorted(spooled))}. Make two backups, which let it go, and ask "
            "again"
        )
    with clinic.db.write() as conn:
        if waiting := resealing.left(conn, clinic.keyring):
            raise Fault(
                f"{sum(waiting.values())} values are still sealed with an older key. Run “alliance rotate-keys” first"
            )
        ended = audit_pages.last_time(conn, ENDED)
        kept = keeping.listed(clinic.config, clinic.config.backup_folder)
        needing = [made for made, _ in kept if ended is None or made <= ended]
        if needing:
            raise Fault(
                f"{len(needing)} backups, the last of {max(needing):%d %B %Y}, need an older key. They could never be "
                "restored again: take them away first, if that is meant"
            )
        keys = clinic.keyring.keys
        _put(
            clinic, conn, replace(keys, sealing={keys.active: keys.sealing[keys.active]}), "forget keys", now
        )
    return sorted(old)


def make_recovery_key(clinic: Clinic, now: datetime) -> str:
    """A new recovery key, to be printed, shown this once; the key ring is sealed for it. Raises KeyringFault."""
    paper = recovery.new_paper()
    with clinic.db.write() as conn:
        keys = replace(clinic.keyring.keys, recovery=recovery.public_half(paper))
        _put(clinic, conn, keys, "make recovery key", now)
    return paper


def _put(clinic: Clinic, conn: Connection, keys: Keys, action: str, now: datetime) -> None:
    """Let the key ring be this one. The line first, which may fail; the copy for the paper before the file itself."""
    detail = {"key": keys.active}
    record_by(conn, "command", action, "setting", None, now, detail)
    recovery.keep(clinic.config.folder, keys)
    keyfile.put(clinic.config.keyring, keys.text().encode())
    clinic.keyring.refresh()
