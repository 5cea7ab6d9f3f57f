"""Group commit: one thread writes what many turns want to have logged, all that wait in one transaction.

One durable commit costs a disk flush. Ten users who wait for one flush together are as durable as ten flushes, and ten
times as fast.
Each job runs in a savepoint of its own, so that one that fails takes nobody else's along.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from store.database import Database
from store.errors import StoreError, StoreUnavailable

T = TypeVar("T")
_Job = tuple[Callable[[Connection], Any], Future]
_LARGEST_GROUP = 200


class Writer:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    def submit(self, job: Callable[[Connection], T]) -> Future[T]:
        """Runs ``job`` on the writer's connection.

        The future resolves after COMMIT, with the job's result, its exception, or ``StoreUnavailable`` when the whole
        group could not be committed (then nothing of it was written).
        """
        future: Future[T] = Future()
        with self._starting:
            if self._closed:
                raise StoreError("数据库已经关闭，不能再写了。")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
                self._thread.start()
            self._jobs.put((job, future))
        return future

    def flush(self, timeout: float | None = 5.0) -> None:
        """Returns when everything submitted so far is committed or has failed."""
        if self._thread is not None and threading.current_thread() is not self._thread and not self._closed:
            self.submit(lambda connection: None).exception(timeout)

    def close(self) -> None:
        """Writes what is waiting, then ends the thread."""
        with self._starting:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        ending = False
        while not ending:
            waiting = [self._jobs.get()]
            while len(waiting) < _LARGEST_GROUP:
                try:
                    waiting.append(self._jobs.get_nowait())
                except queue.Empty:
                    break
            ending = None in waiting
            group = [entry for entry in waiting if entry is not None and entry[1].set_running_or_notify_cancel()]
            if group:
                self._commit(group)

    def _commit(self, group: list[_Job]) -> None:
        outcomes: list[tuple[Any, BaseException | None]] = []
        try:
            with self._database.write() as connection:
                for job, _ in group:
                    outcomes.append(self._run(connection, job))
        except StoreError as error:
            outcomes = [(None, error)] * len(group)
        except Exception as error:
            fault = StoreUnavailable("数据库出错了，这一步没有写进去。")
            fault.__cause__ = error
            outcomes = [(None, fault)] * len(group)
        for (_, future), (result, error) in zip(group, outcomes, strict=True):
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _run(self, connection: Connection, job: Callable[[Connection], Any]) -> tuple[Any, BaseException | None]:
        savepoint = connection.begin_nested()
        try:
            with self._database.faults():
                result = job(connection)
        except Exception as error:
            savepoint.rollback()
            return None, error
        savepoint.commit()
        return result, None
