"""A tracker store that keeps live trackers in memory and writes their new events through to the shop's database.

Rasa's own SQL store reads and deserialises the whole conversation for every message. Here a message works on the live
tracker; its new
events go into the same transaction as the turn's log, before the reply (bot.channels.conversation). After a restart,
or when a
conversation was pushed out of memory, its latest session is read back from `store.tracker_events`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.runtime.turn import running_turn

logger = logging.getLogger(__name__)
# From this many events on, sessions before the latest one are dropped from memory (they stay in the database).
LONG = 300


@dataclass
class _Live:
    tracker: DialogueStateTracker
    stored: int  # how many of the tracker's events have been handed over for storing


class LiveTrackerStore(TrackerStore):
    """`events` is `store.tracker_events`: `load(sender_id) -> list[str]`, `append(sender_id, list[str]) -> Future`."""

    def __init__(self, events: Any, capacity: int, domain: Domain | None = None) -> None:
        super().__init__(domain)
        self._events = events
        self._capacity = capacity
        self._live: OrderedDict[str, _Live] = OrderedDict()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        live = self._live.get(sender_id)
        if live is None:
            stored = await asyncio.get_running_loop().run_in_executor(None, self._events.load, sender_id)
            if not stored:
                return None
            live = self._keep(sender_id, self._rebuild(sender_id, latest_session(list(map(orjson.loads, stored)))))
        elif len(live.tracker.events) > LONG and live.stored == len(live.tracker.events):
            live = self._keep(sender_id, self._shortened(live.tracker))
        self._live.move_to_end(sender_id)
        return live.tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Hand the tracker's new events to the running turn, which commits them with its log. Outside a turn: commit
        now.
        """
        live = self._live.get(tracker.sender_id)
        if live is None or live.tracker is not tracker:
            live = self._keep(tracker.sender_id, tracker, stored=live.stored if live else 0)
        fresh = list(itertools.islice(tracker.events, live.stored, None))
        live.stored = len(tracker.events)
        turn = running_turn.get()
        if turn is not None:
            turn.events.extend(fresh)
        elif fresh:
            await asyncio.wrap_future(self._events.append(tracker.sender_id, serialised(fresh)))

    async def keys(self) -> Iterable[str]:
        return list(self._live)

    def peek(self, sender_id: str) -> DialogueStateTracker | None:
        """The live tracker, if there is one."""
        live = self._live.get(sender_id)
        return live.tracker if live else None

    def discard(self, sender_id: str) -> None:
        """Forget a live tracker that a broken-off turn left half-changed; what was committed is read again."""
        self._live.pop(sender_id, None)

    def _keep(self, sender_id: str, tracker: DialogueStateTracker, stored: int | None = None) -> _Live:
        live = self._live[sender_id] = _Live(tracker, len(tracker.events) if stored is None else stored)
        self._live.move_to_end(sender_id)
        while len(self._live) > self._capacity:
            self._live.popitem(last=False)
        return live

    def _rebuild(self, sender_id: str, events: Sequence[dict[str, Any]]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(
            sender_id, deserialise_events(list(events)), self.domain.slots, domain=self.domain
        )

    def _shortened(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        events = list(tracker.events)
        started = [index for index, event in enumerate(events) if isinstance(event, SessionStarted)]
        if len(started) < 2:
            return tracker
        return DialogueStateTracker.from_events(
            tracker.sender_id, events[started[-1] - 1 :], self.domain.slots, domain=self.domain
        )


def latest_session(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of the latest session, with the action that started it."""
    started = next((i for i in range(len(events) - 1, -1, -1) if events[i].get("event") == "session_started"), 0)
    return events[max(0, started - 1) :]


def serialised(events: Iterable[Event]) -> list[str]:
    """Events as JSON texts, Chinese as it is."""
    return [
        orjson.dumps(event.as_dict(), default=str, option=orjson.OPT_SERIALIZE_NUMPY).decode("utf-8")
        for event in events
    ]
