"""The dialogue engine's own events, as JSON strings that nobody here looks into."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from store.database import Database
from store.tables import tracker_events
from store.writer import Writer


class TrackerEvents:
    def __init__(self, database: Database, writer: Writer) -> None:
        self._database, self._writer = database, writer

    def append(self, sender_id: str, events: Iterable[str]) -> Future[None]:
        """Resolves after COMMIT."""
        kept = list(events)
        return self._writer.submit(lambda connection: insert_tracker_events(connection, sender_id, kept))

    def load(self, sender_id: str) -> list[str]:
        """All events of the conversation, in order, including those submitted just now."""
        self._writer.flush()
        query = select(tracker_events.c.event).where(tracker_events.c.sender_id == sender_id)
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(tracker_events.c.tracker_event_id)).scalars())

    def senders(self) -> list[str]:
        self._writer.flush()
        with self._database.read() as connection:
            return list(
                connection.execute(
                    select(tracker_events.c.sender_id).distinct().order_by(tracker_events.c.sender_id)
                ).scalars()
            )

    def clear(self, sender_id: str) -> None:
        """Forgets a conversation's events; committed on return."""
        self._writer.submit(
            lambda connection: connection.execute(delete(tracker_events).where(tracker_events.c.sender_id == sender_id))
        ).result()


def insert_tracker_events(connection: Connection, sender_id: str, events: list[str]) -> None:
    if events:
        connection.execute(tracker_events.insert(), [{"sender_id": sender_id, "event": event} for event in events])
