"""Who answers: patients have threads of their own, so that nothing the staff ask for keeps a patient waiting.

Checking a password is slow on purpose, and an export takes as long as it takes. Fifty people who sign in at the
beginning of a day would otherwise stand before a patient who has just pressed “Send”.
"""

from __future__ import annotations

import logging

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher

from alliance.web.addresses import is_patients


class Crews:
    """Two crews of threads, and each request given to its own."""

    def __init__(self, staffs: ThreadedTaskDispatcher, threads: int) -> None:
        """`staffs` is at work already; as many `threads` more are for patients."""
        self.staffs, self.patients = staffs, ThreadedTaskDispatcher()
        self.patients.set_thread_count(threads)
        # The library warns of every request that waits for a thread, be it for a moment.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)

    def add_task(self, task: HTTPChannel) -> None:
        """Let one of the crew answer that this request is for."""
        crew = self.patients if is_patients(path_of(task)) else self.staffs
        crew.add_task(task)

    def shutdown(self, *args: bool, **more: bool) -> bool:
        """Let both finish what they are at. Whether anything that had not begun was given up."""
        both = [crew.shutdown(*args, **more) for crew in (self.patients, self.staffs)]
        return any(both)


def path_of(task: HTTPChannel) -> str:
    """The path that is asked for next on this connection; empty where the request could not be read."""
    request = next(iter(task.requests), None)
    return getattr(request, "path", "")
