"""The durable log of turns: committed before the reply. When the database does not take it, kept in order and tried
again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from store.errors import StoreUnavailable

logger = logging.getLogger(__name__)
RETRY_SECONDS = 2.0
KEPT = 5_000  # turns waiting for the database; beyond that the oldest are given up, loudly

Entry = tuple[Any, Sequence[Any], Sequence[str]]


class TurnLog:
    """`write(turn, impressions, tracker_events)` is `store.log_turn`: a Future that resolves after the commit."""

    def __init__(self, write: Callable[[Any, Sequence[Any], Sequence[str]], Future[Any]]):
        self._write = write
        self._backlog: deque[Entry] = deque()
        self._retrying: asyncio.Task[None] | None = None

    @property
    def behind(self) -> int:
        """Turns that are not in the database yet."""
        return len(self._backlog)

    async def commit(
        self, turn: Any, impressions: Sequence[Any], tracker_events: Sequence[str], patience: float
    ) -> bool:
        """True when it is in the database; False when that failed or took longer than `patience` seconds (it is tried
        again).

        Turns after one that failed wait behind it, so that a conversation's events stay in order.
        """
        entry = (turn, impressions, tracker_events)
        if self._backlog:
            self._later(entry)
            return False
        written = asyncio.ensure_future(self._written(entry))
        done, _ = await asyncio.wait({written}, timeout=patience)
        if done:
            return written.result()
        return False  # still on its way: `_written` puts it on the backlog if it fails in the end

    async def _written(self, entry: Entry) -> bool:
        try:
            await asyncio.wrap_future(self._write(*entry))
        except StoreUnavailable as error:
            logger.error("a turn could not be logged yet: %s", error)
            self._later(entry)
            return False
        except Exception as error:
            logger.critical("a turn cannot be logged: %s", type(error).__name__, exc_info=error)
            return False
        return True

    def _later(self, entry: Entry) -> None:
        if len(self._backlog) == KEPT:
            logger.critical("the turn log is full; the oldest turn is given up")
            self._backlog.popleft()
        self._backlog.append(entry)
        if self._retrying is None or self._retrying.done():
            self._retrying = asyncio.ensure_future(self._retry())

    async def _retry(self) -> None:
        while self._backlog:
            await asyncio.sleep(RETRY_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits, oldest first, until one fails."""
        while self._backlog:
            try:
                await asyncio.wrap_future(self._write(*self._backlog[0]))
            except StoreUnavailable as error:
                logger.error("%d turns wait for the database: %s", len(self._backlog), error)
                return
            except Exception as error:  # this one will never go in; those behind it must not wait for it
                logger.critical("a turn cannot be logged: %s", type(error).__name__, exc_info=error)
            self._backlog.popleft()
