"""The queue for a person.

A request that nobody took within the time limit counts as ended, so that the bot comes back by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, desc, func, select, update
from sqlalchemy.engine import Connection

from store.clock import Clock
from store.database import Database
from store.models import Handover
from store.tables import handovers

QUEUED, CONNECTED, ENDED = "queued", "connected", "ended"
WAIT_MINUTES = 30

# Asked in every turn, therefore built once.
_ACTIVE = (
    select(handovers)
    .where(
        handovers.c.sender_id == bindparam("sender"),
        (handovers.c.state == CONNECTED)
        | ((handovers.c.state == QUEUED) & (handovers.c.requested_at > bindparam("oldest"))),
    )
    .order_by(desc(handovers.c.handover_id))
    .limit(1)
)


class Handovers:
    """``wait_minutes``: how long a queued request keeps the bot quiet."""

    def __init__(self, database: Database, clock: Clock, wait_minutes: float = WAIT_MINUTES) -> None:
        self._database, self._clock = database, clock
        self._wait = timedelta(minutes=wait_minutes)

    def request(
        self, sender_id: str, customer_id: str | None, reason: str, summary: str, deadline: float | None = None
    ) -> Handover:
        """Joins the queue, or gives the place that the conversation has in it already."""
        with self._database.write(deadline) as connection:
            row = self._active_row(connection, sender_id)
            if row is None:
                new = {
                    "sender_id": sender_id,
                    "customer_id": customer_id,
                    "reason": reason,
                    "summary": summary,
                    "state": QUEUED,
                    "requested_at": self._clock.now(),
                }
                number = connection.execute(handovers.insert(), new).inserted_primary_key[0]
                row = new | {"handover_id": number}
            return self._handover(connection, row)

    def active(self, sender_id: str) -> Handover | None:
        with self._database.read() as connection:
            row = self._active_row(connection, sender_id)
            return self._handover(connection, row) if row else None

    def position(self, handover_id: int) -> int:
        """Place in the queue from 1; 0 when it does not wait any more."""
        with self._database.read() as connection:
            row = connection.execute(select(handovers).where(handovers.c.handover_id == handover_id)).mappings().first()
            return self._place(connection, row) if row else 0

    def connect(self, handover_id: int) -> bool:
        """A person takes over. False where the request does not wait any more."""
        meant = (handovers.c.handover_id == handover_id) & (handovers.c.state == QUEUED)
        with self._database.write() as connection:
            return connection.execute(update(handovers).where(meant).values(state=CONNECTED)).rowcount > 0

    def end(self, sender_id: str, by: str) -> bool:
        """``by``: customer, operator or timeout. False where nothing was going on."""
        meant = (handovers.c.sender_id == sender_id) & (handovers.c.state != ENDED)
        with self._database.write() as connection:
            done = connection.execute(
                update(handovers).where(meant).values(state=ENDED, ended_at=self._clock.now(), ended_by=by)
            )
            return done.rowcount > 0

    def queue(self) -> list[Handover]:
        """Who waits, the first first."""
        query = (
            select(handovers)
            .where(handovers.c.state == QUEUED, handovers.c.requested_at > self._oldest())
            .order_by(handovers.c.requested_at, handovers.c.handover_id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [_handover(row, place) for place, row in enumerate(rows, 1)]

    def _oldest(self) -> datetime:
        return self._clock.now() - self._wait

    def _active_row(self, connection: Connection, sender_id: str) -> Mapping[str, Any] | None:
        return connection.execute(_ACTIVE, {"sender": sender_id, "oldest": self._oldest()}).mappings().first()

    def _handover(self, connection: Connection, row: Mapping[str, Any]) -> Handover:
        return _handover(row, self._place(connection, row))

    def _place(self, connection: Connection, row: Mapping[str, Any]) -> int:
        if row["state"] != QUEUED or row["requested_at"] <= self._oldest():
            return 0
        earlier = (handovers.c.requested_at < row["requested_at"]) | (
            (handovers.c.requested_at == row["requested_at"]) & (handovers.c.handover_id < row["handover_id"])
        )
        query = (
            select(func.count())
            .select_from(handovers)
            .where(handovers.c.state == QUEUED, handovers.c.requested_at > self._oldest(), earlier)
        )
        return connection.execute(query).scalar_one() + 1


def _handover(row: Mapping[str, Any], position: int) -> Handover:
    return Handover(
        row["handover_id"],
        row["sender_id"],
        row["customer_id"],
        row["reason"],
        row["summary"],
        row["state"],
        position,
        row["requested_at"],
    )
