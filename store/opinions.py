"""What customers said about goods and the shop: reviews, surveys, earlier chats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import case, desc, func, select

from store.database import Database
from store.models import ProductReviews, Review
from store.tables import chats, reviews, surveys


class Reviews:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_product(self, product_id: str, limit: int = 20) -> ProductReviews:
        """Counts over all reviews of the product, and the newest ``limit`` of them."""
        good = func.sum(case((reviews.c.rating >= 4, 1), else_=0))
        bad = func.sum(case((reviews.c.rating <= 2, 1), else_=0))
        counts = select(func.count(), func.avg(reviews.c.rating), good, bad).where(reviews.c.product_id == product_id)
        newest = select(reviews).where(reviews.c.product_id == product_id).order_by(desc(reviews.c.at)).limit(limit)
        with self._database.read() as connection:
            number, average, liked, disliked = connection.execute(counts).one()
            rows = connection.execute(newest).mappings().all()
        return ProductReviews(
            product_id,
            number,
            None if average is None else float(average),
            int(liked or 0),
            int(disliked or 0),
            tuple(_review(row) for row in rows),
        )

    def all(self) -> Iterator[Review]:
        """Oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(reviews).order_by(reviews.c.at, reviews.c.review_id)).mappings().all()
        yield from map(_review, rows)


class Surveys:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Mapping[str, Any]]:
        """Rows with question, answer, at, customer_id, score; oldest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(surveys).order_by(surveys.c.at, surveys.c.survey_id)).mappings())


class Chats:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Mapping[str, Any]]:
        """Rows with session_id, speaker (customer, agent), text, at, customer_id; by session, then oldest first."""
        with self._database.read() as connection:
            return list(
                connection.execute(select(chats).order_by(chats.c.session_id, chats.c.at, chats.c.chat_id)).mappings()
            )


def _review(row: Mapping[str, Any]) -> Review:
    return Review(row["product_id"], row["text"], row["at"], row["customer_id"], row["rating"])
