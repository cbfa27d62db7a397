"""Where a made-up clinic stands: in a folder that ends with it, or in one that is kept and used again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from alliance.actions import clinic as clinics
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.config import FILE, Config
from alliance.demo.clinic import Address, Watch, make


@contextmanager
def standing(
    folder: Path | None, address: Address, *, seed: int, now: datetime, watch: Watch = iter
) -> Iterator[Clinic]:
    """A made-up clinic, open. A demo that is in `folder` already is used again, whatever the seed.

    Raises Fault for a folder with anything else in it.
    """
    if folder is None:
        with (
            TemporaryDirectory(prefix="alliance-demo-") as outer,
            make(Path(outer) / "clinic", address, seed=seed, now=now, watch=watch) as clinic,
        ):
            yield clinic
        return
    if not _is_demo(folder):
        _make_whole(folder, address, seed, now, watch)
    with clinics.open_clinic(folder) as clinic:
        yield replace(clinic, config=replace(clinic.config, **address._asdict()))


def _is_demo(folder: Path) -> bool:
    """Whether there is a demo in this folder; False if it is new or empty."""
    if not folder.exists():
        return False
    if not folder.is_dir():
        raise Fault(f"{folder} is a file. Name a folder for the demo, or leave --dir out")
    if not (folder / FILE).exists():
        if any(folder.iterdir()):
            raise Fault(
                f"There is something else in {folder}. Name a new folder for the demo, or leave --dir out"
            )
        return False
    if not Config.load(folder).demo:
        raise Fault(f"{folder} is a real clinic, not a demo. To serve it: alliance serve {folder}")
    return True


def _make_whole(folder: Path, address: Address, seed: int, now: datetime, watch: Watch) -> None:
    """Make the clinic beside its place and move it there once it is complete: no half of one stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as outer:
        making = Path(outer) / "clinic"
        make(making, address, seed=seed, now=now, watch=watch).close()
        if folder.exists():
            folder.rmdir()  # empty, see above
        making.rename(folder)
