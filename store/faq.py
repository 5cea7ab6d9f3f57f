"""The shop's own answers, as far as they are valid today."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from store import counters
from store.clock import Clock
from store.database import Database
from store.models import FaqEntry
from store.tables import faq

_CHECK_EVERY_S = 1.0


class Faq:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._lock = threading.Lock()
        self._checked = float("-inf")
        self._loaded: tuple[int, tuple[FaqEntry, ...]] | None = None
        self._valid: tuple[int, date, tuple[FaqEntry, ...]] | None = None

    def snapshot(self) -> tuple[int, tuple[FaqEntry, ...]]:
        """A number that changes whenever the entries do (an import, or a new day), and the entries valid today."""
        version, entries = self._all()
        today = self._clock.today()
        if self._valid is None or self._valid[:2] != (version, today):
            self._valid = (version, today, tuple(entry for entry in entries if _valid_on(entry, today)))
        # The day is part of the number: an entry may begin or cease to hold at midnight without an import.
        return version * 1_000_000 + today.toordinal(), self._valid[2]

    def forget(self) -> None:
        self._checked = float("-inf")

    def _all(self) -> tuple[int, tuple[FaqEntry, ...]]:
        with self._lock:
            if self._loaded is None or time.monotonic() - self._checked >= _CHECK_EVERY_S:
                now = time.monotonic()
                with self._database.read() as connection:
                    version = counters.value(connection, counters.FAQ)
                    if self._loaded is None or self._loaded[0] != version:
                        rows = connection.execute(select(faq).order_by(faq.c.entry_id)).mappings()
                        self._loaded = (version, tuple(_entry(row) for row in rows))
                self._checked = now
            return self._loaded


def _valid_on(entry: FaqEntry, day: date) -> bool:
    return (entry.valid_from is None or entry.valid_from <= day) and (entry.valid_to is None or day <= entry.valid_to)


def _entry(row: Mapping[str, Any]) -> FaqEntry:
    return FaqEntry(
        row["entry_id"],
        row["question"],
        row["answer"],
        tuple(row["similar"]),
        row["category"],
        row["valid_from"],
        row["valid_to"],
    )
