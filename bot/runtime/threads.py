"""Threads for actions: a fixed number of workers, and one more for each that hangs, so that nobody waits behind it.

`concurrent.futures` will not do: it cannot replace a worker that hangs, and it waits for all of them when the process
ends.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

SPARE = 64  # workers that may hang before new work is refused


class Saturated(Exception):  # noqa: N818 - says what is the case
    """So many workers hang that no more are started."""


class ActionThreads:
    def __init__(self, workers: int):
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._spare = SPARE
        self._workers = workers
        for _ in range(workers):
            self._start()

    def _start(self) -> None:
        threading.Thread(target=self._work, name="zhike-action", daemon=True).start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
            if job.abandoned:
                with self._lock:
                    self._spare += 1
                return  # another worker has taken this one's place

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        job = _Job(function, args)
        self._jobs.put(job)
        return job.future

    def abandon(self, future: Future[Any]) -> None:
        """Stop waiting for a job: not begun, it never will; running, another worker takes over. Raises Saturated."""
        if future.cancel() or future.done():
            return
        job: _Job = future.job  # type: ignore[attr-defined]
        with self._lock:
            if self._spare == 0:
                raise Saturated
            self._spare -= 1
            job.abandoned = True
        self._start()

    def close(self) -> None:
        for _ in range(self._workers):
            self._jobs.put(None)


class _Job:
    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...]):
        self.function, self.args, self.abandoned = function, args, False
        self.future: Future[Any] = Future()
        self.future.job = self  # type: ignore[attr-defined]

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self.function(*self.args))
        except BaseException as error:  # whatever an action raises belongs to whoever waits for it
            self.future.set_exception(error)
