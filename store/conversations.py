"""Who is talking in which conversation, and every turn of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, desc, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from store.clock import Clock
from store.database import Database
from store.models import Conversation, Turn
from store.tables import conversations, turns
from store.writer import Writer

_EXPORT_BATCH = 1000

# Asked or done in every turn, therefore built once.
_BY_SENDER = select(conversations).where(conversations.c.sender_id == bindparam("sender"))
_MOVE_LAST = (
    update(conversations).where(conversations.c.sender_id == bindparam("sender")).values(last_at=bindparam("at"))
)


class Conversations:
    def __init__(self, database: Database, clock: Clock, writer: Writer) -> None:
        self._database, self._clock, self._writer = database, clock, writer

    def open(self, sender_id: str, customer_id: str | None, anonymous: bool, channel: str) -> Conversation:
        """Opens the conversation, or gives the one there is. Whose it is never changes. Committed on return."""
        known = self.get(sender_id)
        if known is not None:
            return known
        now = self._clock.now()
        row = {
            "sender_id": sender_id,
            "customer_id": customer_id,
            "anonymous": anonymous,
            "channel": channel,
            "opened_at": now,
            "last_at": now,
        }

        def insert(connection: Connection) -> None:
            dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
            connection.execute(dialect.insert(conversations).values(row).on_conflict_do_nothing())

        self._writer.submit(insert).result()
        return self.get(sender_id) or Conversation(**row)

    def get(self, sender_id: str) -> Conversation | None:
        with self._database.read() as connection:
            row = connection.execute(_BY_SENDER, {"sender": sender_id}).mappings().first()
        return Conversation(**row) if row else None

    def history(
        self,
        sender_id: str | None = None,
        customer_id: str | None = None,
        before: datetime | None = None,
        limit: int = 30,
    ) -> list[Turn]:
        """The last ``limit`` turns before a time, oldest first: of one conversation, or of all of one customer's."""
        if (sender_id is None) == (customer_id is None):
            raise ValueError("give sender_id or customer_id")
        self._writer.flush()
        column, wanted = (turns.c.sender_id, sender_id) if sender_id is not None else (turns.c.customer_id, customer_id)
        query = select(turns).where(column == wanted).order_by(desc(turns.c.at), desc(turns.c.row_no)).limit(limit)
        if before is not None:
            query = query.where(turns.c.at < before)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [turn_of(row) for row in reversed(rows)]

    def moods(self) -> dict[str, dict[str, int]]:
        """Customer → mood (negative, neutral, positive) → turns in it; turns without a mood are left out."""
        self._writer.flush()
        query = (
            select(turns.c.customer_id, turns.c.sentiment_label, func.count())
            .where(turns.c.customer_id.isnot(None), turns.c.sentiment_label.isnot(None))
            .group_by(turns.c.customer_id, turns.c.sentiment_label)
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        with self._database.read() as connection:
            for customer, mood, number in connection.execute(query):
                found[customer][mood] = number
        return dict(found)

    def turns(
        self, since: datetime | None = None, until: datetime | None = None, customer_id: str | None = None
    ) -> Iterator[Turn]:
        """All turns in the order in which they were logged, a batch at a time: for export."""
        self._writer.flush()
        query = select(turns).order_by(turns.c.row_no).limit(_EXPORT_BATCH)
        if since is not None:
            query = query.where(turns.c.at >= since)
        if until is not None:
            query = query.where(turns.c.at < until)
        if customer_id is not None:
            query = query.where(turns.c.customer_id == customer_id)
        last = 0
        while True:
            with self._database.read() as connection:
                rows = connection.execute(query.where(turns.c.row_no > last)).mappings().all()
            if not rows:
                return
            yield from map(turn_of, rows)
            last = rows[-1]["row_no"]


def insert_turn(connection: Connection, turn: Turn) -> None:
    """A job's part: writes the turn and moves the conversation's last time."""
    connection.execute(turns.insert(), {name: getattr(turn, name) for name in Turn.__dataclass_fields__})
    connection.execute(_MOVE_LAST, {"sender": turn.sender_id, "at": turn.at})


def turn_of(row: Mapping[str, Any]) -> Turn:
    return Turn(**{name: row[name] for name in Turn.__dataclass_fields__})
