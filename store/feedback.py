"""👍 and 👎: committed before anyone is thanked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from store.clock import Clock
from store.database import Database
from store.models import Feedback
from store.tables import feedback
from store.writer import Writer

RATINGS = ("up", "down")


@dataclass(frozen=True)
class FeedbackStats:
    """Counts over all feedback; ``reasons``: of the thumbs down, the most frequent first."""

    up: int
    down: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return self.up + self.down


class FeedbackLog:
    def __init__(self, database: Database, clock: Clock, writer: Writer) -> None:
        self._database, self._clock, self._writer = database, clock, writer

    def add(
        self,
        sender_id: str,
        customer_id: str | None,
        rating: str,
        message_id: str | None = None,
        impression_id: str | None = None,
        reason: str | None = None,
        comment: str | None = None,
        product_id: str | None = None,
    ) -> int:
        """Gives the feedback's number; committed on return. Raises ``ValueError`` for a rating but up and down."""
        if rating not in RATINGS:
            raise ValueError(f"no such rating: {rating}")
        row = {
            "sender_id": sender_id,
            "customer_id": customer_id,
            "at": self._clock.now(),
            "rating": rating,
            "message_id": message_id,
            "impression_id": impression_id,
            "product_id": product_id,
            "reason": reason,
            "comment": comment,
        }

        def insert(connection: Connection) -> int:
            return connection.execute(feedback.insert(), row).inserted_primary_key[0]

        return self._writer.submit(insert).result()

    def export(self, since: datetime | None = None) -> Iterator[Feedback]:
        """Oldest first."""
        query = select(feedback).order_by(feedback.c.feedback_id)
        if since is not None:
            query = query.where(feedback.c.at >= since)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        for row in rows:
            yield Feedback(**row)

    def stats(self) -> FeedbackStats:
        query = select(feedback.c.rating, feedback.c.reason, func.count()).group_by(
            feedback.c.rating, feedback.c.reason
        )
        ratings: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        with self._database.read() as connection:
            for rating, reason, number in connection.execute(query):
                ratings[rating] += number
                if rating == "down" and reason:
                    reasons[reason] += number
        return FeedbackStats(
            ratings["up"], ratings["down"], tuple(sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0])))
        )
