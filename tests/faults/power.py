"""A power cut, replayed: what a disk may hold after it, from the system calls of a server that took answers.

`strace` writes down what the server asked of the system and when it thanked a patient. From that every moment can be
played back with what the system had promised to be on the disk, and with more or less of what it had not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

STRACE = (
    *("strace", "-f", "--seccomp-bpf", "-xx", "-s", "200000", "-e"),
    "trace=openat,close,pwrite64,write,fsync,fdatasync,ftruncate,unlink,sendto",
)
T = TypeVar("T")
Name = tuple[str, int | None]
"""A file’s name, and the number of the file that has it from now on, if any."""

SECTOR = 512  # bytes that a disk writes whole
WAYS = ("dropped", "kept", "random", "torn")

_WHOLE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
_BEGUN = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
_ENDED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)\) += (-?\d+)")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a file of the clinic; or that a patient was thanked ("reply")."""

    kind: str  # create, write, append, cut, sync, remove, sync folder, reply
    name: str = ""
    at: int = 0
    data: bytes = b""


def events(trace: Path, folder: Path) -> list[Event]:
    """What happened in this folder, in order. What a call does counts from its end, a reply from its beginning."""
    files: dict[str, str] = {}
    found: list[Event] = []
    served = ""  # one server after the other stands in the trace, and each begins with its settings
    for call, arguments, result in _calls(trace):
        if call == "openat" and (path := _bytes(arguments[1]).decode()).endswith("/clinic.toml"):
            served = path.removesuffix("/clinic.toml")
        if call != "sendto" or served == str(folder):
            found += _event(call, arguments, result, files, str(folder))
    return found


def _calls(trace: Path) -> Iterator[tuple[str, list[str], int]]:
    open_calls: dict[str, tuple[str, str]] = {}
    with trace.open() as lines:
        for line in lines:
            if match := _BEGUN.match(line.rstrip()):
                process, call, arguments = match.groups()
                if call == "sendto":
                    yield call, arguments.split(", "), 0
                else:
                    open_calls[process] = call, arguments
            elif (match := _ENDED.match(line)) and (begun := open_calls.pop(match[1], None)):
                yield begun[0], (begun[1] + match[2]).split(", "), int(match[3])
            elif match := _WHOLE.match(line):
                yield match[2], match[3].split(", "), int(match[4])


def _event(
    call: str, arguments: list[str], result: int, files: dict[str, str], folder: str
) -> Iterator[Event]:
    if result < 0:
        return
    if call == "sendto":
        if _bytes(arguments[1]).startswith(b"HTTP/1.1 303"):
            yield Event("reply")
    elif call == "openat":
        path = _bytes(arguments[1]).decode()
        files.pop(str(result), None)
        if path == folder or path.startswith(folder + "/"):
            files[str(result)] = path[len(folder) + 1 :] + ("/" if Path(path).is_dir() else "")
            if "O_CREAT" in arguments[2]:
                yield Event("create", files[str(result)])
    elif call == "unlink":
        path = _bytes(arguments[0]).decode()
        if path.startswith(folder + "/"):
            yield Event("remove", path[len(folder) + 1 :])
    elif call == "close":
        files.pop(arguments[0], None)
    elif (name := files.get(arguments[0])) is None:
        return
    elif call == "pwrite64":
        yield Event("write", name, int(arguments[3]), _bytes(arguments[1])[:result])
    elif call == "write":
        yield Event("append", name, 0, _bytes(arguments[1])[:result])
    elif call == "ftruncate":
        yield Event("cut", name, int(arguments[1]))
    elif call in ("fsync", "fdatasync"):
        yield Event("sync folder", name[:-1]) if name.endswith("/") else Event("sync", name)


def _bytes(argument: str) -> bytes:
    return bytes.fromhex(argument.strip('"').replace("\\x", ""))


class Disk:
    """The files of a clinic as the disk holds them for certain, and what was asked for since but not promised."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.replies = 0
        self._contents = {number: bytearray(content) for number, content in enumerate(files.values())}
        self._certain = {name: number for number, name in enumerate(files)}
        self._now = dict(self._certain)
        self._names: list[Name] = []  # files made and removed since the folder was synced
        self._pending: dict[int, list[Event]] = {}

    def take(self, event: Event) -> None:
        """Go on by one event."""
        if event.kind == "reply":
            self.replies += 1
        elif event.kind in ("write", "append", "cut"):
            self._pending.setdefault(self._now[event.name], []).append(event)
        elif event.kind == "sync":
            number = self._now[event.name]
            for change in self._pending.pop(number, ()):
                _apply(self._contents[number], change)
        elif event.kind == "sync folder":
            here = [name for name in self._names if name[0].rpartition("/")[0] == event.name]
            _rename(self._certain, here)
            self._names = [name for name in self._names if name not in here]
        elif event.kind == "remove":
            del self._now[event.name]
            self._names.append((event.name, None))
        elif event.name not in self._now:
            # A new file, even where one of this name was removed: it may be the other that is found.
            self._now[event.name] = len(self._contents)
            self._contents[len(self._contents)] = bytearray()
            self._names.append((event.name, self._now[event.name]))

    def after_a_cut(self, way: str, chance: random.Random) -> dict[str, bytes]:
        """What may be found when the power is back. The memory that processes share, `-shm`, never is."""
        contents = {number: bytearray(content) for number, content in self._contents.items()}
        for number, changes in self._pending.items():
            chosen = _chosen(changes, way, chance)
            for each, change in enumerate(chosen, 1):
                last = way == "torn" and each == len(chosen)
                _apply(contents[number], _torn(change, chance) if last else change)
        found = dict(self._certain)
        _rename(found, _chosen(self._names, way, chance))
        return {name: bytes(contents[number]) for name, number in found.items() if not name.endswith("-shm")}


def _chosen(changes: list[T], way: str, chance: random.Random) -> list[T]:
    if way == "dropped":
        return []
    if way == "kept":
        return list(changes)
    return [change for change in changes if chance.random() < 0.5]


def _torn(change: Event, chance: random.Random) -> Event:
    if change.kind == "cut" or len(change.data) <= SECTOR:
        return change
    sectors = chance.randrange(1, -(-len(change.data) // SECTOR))
    return Event(change.kind, change.name, change.at, change.data[: sectors * SECTOR])


def _apply(content: bytearray, change: Event) -> None:
    if change.kind == "cut":
        del content[change.at :]
        content.extend(bytes(change.at - len(content)))
        return
    if change.kind == "append":
        content.extend(change.data)
        return
    content.extend(bytes(max(0, change.at - len(content))))
    content[change.at : change.at + len(change.data)] = change.data


def _rename(files: dict[str, int], names: list[Name]) -> None:
    for name, number in names:
        if number is None:
            files.pop(name, None)
        else:
            files[name] = number
