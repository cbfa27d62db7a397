"""The machine is lost and comes back: backup, more answers, the loss, the restore. Real files; counts printed."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from alliance.actions import clinic as clinics
from alliance.actions import erasing, keeping, restoring
from alliance.actions.faults import Fault
from alliance.actions.passwords import Passwords
from alliance.actions.restoring import Restored
from alliance.domain.erasure import HOLD
from alliance.storage import backups, safekeeping, spool
from alliance.storage.backups import BackupFault
from alliance.storage.database import DatabaseFault
from alliance.storage.keyring import Keyring, KeyringFault
from tests.actions.losing import told_in
from tests.actions.sending import LOW, STEADY, page, send
from tests.actions.test_erasing import confirmed
from tests.cast import NOW, Cast, add_patient, hold
from tests.faults.rounds import rounds

HOUR = timedelta(hours=1)
ANSWERS = 200


def back_up(cast: Cast, at: timedelta = timedelta(), to: Path | None = None) -> Path:
    return Path(keeping.back_up(cast.clinic.config, cast.clinic.keyring, NOW + at, to).path)


def more_answers(cast: Cast, count: int, name: str, minute: int = 0) -> None:
    """New patients, each with a session whose form comes back: half of them before a next backup may know of it."""
    clinic, jonas = cast.clinic, cast.viewer("jonas")
    for number in range(count):
        at = NOW + timedelta(seconds=60 * minute + number)
        token = hold(cast, jonas, add_patient(cast, f"{name} {number}", at=at).patient.id, at)[1]
        send(clinic, token, page(LOW if number % 3 else STEADY, comment=f"{name} {number}: “so”."), at)


def lose(cast: Cast) -> None:
    """The database is gone, with its log."""
    cast.clinic.close()
    for path in cast.clinic.config.folder.glob("clinic.db*"):
        path.unlink()


def restored(cast: Cast, backup: Path, passwords: Passwords) -> tuple[Restored, dict[str, object]]:
    folder = cast.clinic.config.folder
    done = restoring.restore(backup, folder, NOW + 3 * HOUR)
    with clinics.open_clinic(folder, passwords=passwords) as clinic:
        return done, told_in(clinic)


def test_two_hundred_answers_after_the_backup_are_there_after_the_restore(
    cast: Cast, passwords: Passwords, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    backup = back_up(cast, to=tmp_path / "elsewhere")
    more_answers(cast, ANSWERS, "Fern")
    before = told_in(cast.clinic)
    pristine, folder = tmp_path / "pristine", cast.clinic.config.folder
    lose(cast)
    shutil.copytree(folder, pristine)
    count, took = rounds(2, 50), []
    for number in range(count):
        shutil.rmtree(folder)
        shutil.copytree(pristine, folder)
        if number % 2:  # whatever is left of the database, it is put aside
            (folder / "clinic.db").write_bytes(b"SQLite format 3\0" + random.Random(number).randbytes(40_000))
        began = time.perf_counter()
        done, after = restored(cast, backup, passwords)
        took.append(time.perf_counter() - began)
        assert (done.replayed.back, done.replayed.lost, done.replayed.damaged) == (ANSWERS, 0, 0)
        assert after == before
        assert (done.aside is not None) == bool(number % 2)
    record_property(
        "figures",
        f"{count} restores: {count * ANSWERS}/{count * ANSWERS} answers back, {max(took):.1f} s at most",
    )


def test_a_machine_that_is_lost_whole_comes_back_from_backup_keys_and_spool(
    cast: Cast, passwords: Passwords, tmp_path: Path
) -> None:
    folder, elsewhere = cast.clinic.config.folder, tmp_path / "other-disk"
    with (folder / "clinic.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'spool = "{elsewhere / "spool"}"\n')
    cast.clinic.close()
    with clinics.open_clinic(folder, passwords=passwords) as clinic:
        again = Cast(clinic, cast.ids, cast.stories)
        backup = back_up(again, to=elsewhere)
        more_answers(again, 5, "Fern")
        before = told_in(clinic)
    shutil.copy2(folder / "keyring.json", elsewhere / "keyring.json")
    shutil.rmtree(folder)
    done = restoring.restore(backup, tmp_path / "new-machine", NOW, elsewhere / "keyring.json")
    assert (done.replayed.back, done.aside) == (5, None)
    with clinics.open_clinic(tmp_path / "new-machine", passwords=passwords) as clinic:
        assert told_in(clinic) == before
        assert clinic.config.public_url == "https://alliance.example"


def test_it_is_refused_while_the_clinic_is_in_use(cast: Cast) -> None:
    backup = back_up(cast)
    state = every_byte(cast)
    with pytest.raises(Fault, match="is being served"):
        restoring.restore(backup, cast.clinic.config.folder, NOW)
    assert every_byte(cast) == state


def every_byte(cast: Cast) -> dict[str, bytes]:
    folder = cast.clinic.config.folder
    return {path.name: path.read_bytes() for path in sorted(folder.glob("clinic.db*"))}


def test_what_was_cut_off_or_altered_is_refused_and_nothing_changes(
    cast: Cast, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    backup, folder = back_up(cast, to=tmp_path), cast.clinic.config.folder
    cast.clinic.close()
    whole, chance, state = backup.read_bytes(), random.Random(11), every_byte(cast)
    bad, tried = tmp_path / "bad.backup", rounds(60, 1000)
    for number in range(tried):
        at = chance.randrange(len(whole))
        if number % 3 == 0:
            bad.write_bytes(whole[:at])
        elif number % 3 == 1:
            bad.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        else:
            bad.write_bytes(whole + bytes([at & 255]))
        with pytest.raises(BackupFault) as refused:
            restoring.restore(bad, folder, NOW)
        assert str(refused.value).endswith(".")
        assert every_byte(cast) == state
    record_property("figures", f"{tried} damaged backups: all refused, the database as it was")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"response": 14', b'"response": 99'),
        (b'"version": "', b'"version": "9'),
        (b"2026-11-20", b"2026-11-27"),
    ],
)
def test_a_head_that_tells_something_else_is_refused(
    cast: Cast, tmp_path: Path, was: bytes, becomes: bytes
) -> None:
    backup = back_up(cast, to=tmp_path)
    content = backup.read_bytes()
    assert was in content
    altered = content.replace(was, becomes, 1)
    grown = len(becomes) - len(was)
    start = len(backups.MAGIC)
    (length,) = backups.LENGTH.unpack(content[start : start + 4])
    backup.write_bytes(altered[:start] + backups.LENGTH.pack(length + grown) + altered[start + 4 :])
    assert backups.glance(backup)  # to whoever only glances at it, it looks right
    cast.clinic.close()
    state = every_byte(cast)
    with pytest.raises(BackupFault, match="altered"):
        restoring.restore(backup, cast.clinic.config.folder, NOW)
    assert every_byte(cast) == state


def test_other_keys_are_refused(cast: Cast, tmp_path: Path) -> None:
    backup, folder = back_up(cast, to=tmp_path), cast.clinic.config.folder
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    cast.clinic.close()
    state = every_byte(cast)
    Keyring.create(other / "keyring.json")
    with pytest.raises(Fault, match="another key ring"):
        restoring.restore(backup, folder, NOW, other / "keyring.json")
    assert every_byte(cast) == state
    with pytest.raises(BackupFault, match="belongs to another clinic"):
        restoring.restore(backup, other, NOW)
    with pytest.raises(KeyringFault, match="no key ring"):
        restoring.restore(backup, tmp_path / "nothing", NOW)
    assert not (other / "clinic.db").exists()


def test_the_keys_are_in_no_backup_and_nothing_can_be_read_without_them(cast: Cast, tmp_path: Path) -> None:
    more_answers(cast, 1, "Kolibri")
    content = back_up(cast, to=tmp_path).read_bytes()
    keys = (cast.clinic.config.folder / "keyring.json").read_text(encoding="utf-8").split('"')
    secrets = [word.encode() for word in keys if len(word) == 44]
    assert len(secrets) >= 2
    assert not any(word in content for word in (*secrets, b"Kolibri", b"Alder", b"Jonas", b"SQLite format"))


def test_it_is_cut_off_anywhere_and_done_again(
    cast: Cast, passwords: Passwords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power goes between any two steps of putting it in place: then nobody opens the clinic until it is done."""
    backup = back_up(cast, to=tmp_path / "elsewhere")
    more_answers(cast, 3, "Fern")
    before, folder = told_in(cast.clinic), cast.clinic.config.folder
    cast.clinic.close()
    shutil.copytree(folder, tmp_path / "pristine")
    rename, cuts = Path.rename, 0

    class PowerCut(BaseException):
        """There it went."""

    for left in range(20):
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "pristine", folder)
        steps = iter(range(left))

        def one(path: Path, to: Path, steps: object = steps) -> Path:
            if next(steps, None) is None:  # type: ignore[call-overload]
                raise PowerCut
            return rename(path, to)

        monkeypatch.setattr(Path, "rename", one)
        try:
            restoring.restore(backup, folder, NOW)
        except PowerCut:
            cuts += 1
            with pytest.raises(DatabaseFault, match="cut off"), clinics.opened(folder):
                pass
            monkeypatch.undo()
            _, after = restored(cast, backup, passwords)
            assert after == before
            continue
        finally:
            monkeypatch.undo()
        break
    assert cuts >= 2


def every_file(folder: Path) -> bytes:
    """All that is in the folder, but for the database that a restore put aside."""
    paths = [path for path in folder.rglob("*") if path.is_file() and "replaced" not in str(path)]
    return b"".join(path.read_bytes() for path in paths)


def test_who_was_erased_after_the_backup_does_not_come_back(cast: Cast, passwords: Passwords) -> None:
    clinic = cast.clinic
    send(clinic, cast.alder.token, page(LOW, comment="Kolibri-4711 said so"), NOW)
    send(clinic, cast.stories["Birch 2"].token, page(STEADY), NOW)
    backup = back_up(cast)
    sealed = [path.read_bytes()[spool.HEAD :] for path in spool.segments(clinic.config.spool_folder)]
    with clinic.db.read() as conn:
        rows = conn.execute(
            "SELECT a.body FROM attempt AS a JOIN invitation AS i ON i.id = a.invitation_id"
            " JOIN therapy_session AS s ON s.id = i.session_id JOIN dyad AS d ON d.id = s.dyad_id"
            " WHERE d.patient_id = ?",
            (cast.alder.patient_id,),
        ).fetchall()
    bodies = [bytes(row["body"]) for row in rows]
    pieces = [*bodies, *(one[at : at + 32] for one in sealed for at in range(10, len(one) // 2, 32))]
    there = every_file(clinic.config.folder)
    assert len(pieces) > 20 and all(piece in there for piece in pieces) and b"Alder 14" in there
    confirmed(cast)
    assert erasing.carry_out_due(clinic, NOW + HOLD) == 1
    fresh = back_up(cast, HOLD)
    before = told_in(clinic)
    clinic.close()
    done, after = restored(cast, backup, passwords)
    assert (done.erased, done.replayed.back) == (1, 0)
    assert after == before
    kept = every_file(clinic.config.folder)
    assert not any(piece in kept for piece in (*pieces, b"Kolibri", b"Alder 14"))
    with backups.Reader(fresh, clinic.keyring) as reader:
        unpacked = reader.read()
    assert b"Alder 14" not in unpacked and not any(body in unpacked for body in bodies)


def test_a_segment_goes_after_two_backups_and_an_older_one_is_then_known_to_have_a_gap(
    cast: Cast, passwords: Passwords
) -> None:
    first = back_up(cast)
    more_answers(cast, 2, "Fern")
    assert len(spool.segments(cast.clinic.config.spool_folder)) == 1
    second = back_up(cast, HOUR)
    assert len(spool.segments(cast.clinic.config.spool_folder)) == 1
    back_up(cast, 2 * HOUR)
    assert spool.segments(cast.clinic.config.spool_folder) == []
    before = told_in(cast.clinic)
    cast.clinic.close()
    done, after = restored(cast, second, passwords)
    assert done.gap_until is None and after == before
    done, after = restored(cast, first, passwords)
    assert done.gap_until == NOW + HOUR
    assert safekeeping.load(cast.clinic.config.folder).good[0].at == NOW + 2 * HOUR
