"""What was shown to whom, by which strategy, with what propensity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from sqlalchemy import desc, select
from sqlalchemy.engine import Connection

from store.database import Database
from store.models import Impression
from store.tables import impressions
from store.writer import Writer


class Impressions:
    def __init__(self, database: Database, writer: Writer) -> None:
        self._database, self._writer = database, writer

    def add(self, impression: Impression) -> Future[None]:
        """Resolves after COMMIT."""
        return self._writer.submit(lambda connection: insert_impression(connection, impression))

    def get(self, impression_id: str) -> Impression | None:
        self._writer.flush()
        with self._database.read() as connection:
            row = (
                connection.execute(select(impressions).where(impressions.c.impression_id == impression_id))
                .mappings()
                .first()
            )
        return impression_of(row) if row else None

    def of_conversation(self, sender_id: str, limit: int = 20) -> list[Impression]:
        """Newest first."""
        self._writer.flush()
        query = (
            select(impressions)
            .where(impressions.c.sender_id == sender_id)
            .order_by(desc(impressions.c.at))
            .limit(limit)
        )
        with self._database.read() as connection:
            return [impression_of(row) for row in connection.execute(query).mappings()]

    def export(self, since: datetime | None = None) -> Iterator[Impression]:
        """Oldest first."""
        self._writer.flush()
        query = select(impressions).order_by(impressions.c.at, impressions.c.impression_id)
        if since is not None:
            query = query.where(impressions.c.at >= since)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        yield from map(impression_of, rows)


def insert_impression(connection: Connection, impression: Impression) -> None:
    connection.execute(
        impressions.insert(), {name: getattr(impression, name) for name in Impression.__dataclass_fields__}
    )


def impression_of(row: Mapping[str, Any]) -> Impression:
    return Impression(**{name: row[name] for name in Impression.__dataclass_fields__})
