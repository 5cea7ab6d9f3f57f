"""What customers looked at, put into the cart, bought and disliked."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import func, literal, literal_column, select, union_all
from sqlalchemy.sql.selectable import Subquery

from store.clock import Clock
from store.database import Database
from store.models import CANCELLED, EVENT_TYPES, BehaviourEvent, Interactions
from store.tables import events, order_lines, orders

_CART_KEEPS = timedelta(days=90)


class Behaviour:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def add(
        self,
        customer_id: str,
        product_id: str,
        type: str,
        at: datetime | None = None,
        value: float | None = None,
        channel: str | None = None,
        deadline: float | None = None,
    ) -> None:
        """Committed on return. ``type``: view, click, favourite, cart, purchase, dislike."""
        if type not in EVENT_TYPES:
            raise ValueError(f"no such type of event: {type}")
        with self._database.write(deadline) as connection:
            connection.execute(
                events.insert().values(
                    customer_id=customer_id,
                    product_id=product_id,
                    type=type,
                    at=at or self._clock.now(),
                    value=value,
                    channel=channel or "",
                )
            )

    def of_customer(self, customer_id: str | None, since: datetime | None = None) -> list[BehaviourEvent]:
        """Oldest first, without purchases known from orders only."""
        if not customer_id:
            return []
        query = select(events).where(events.c.customer_id == customer_id).order_by(events.c.at, events.c.event_id)
        if since is not None:
            query = query.where(events.c.at >= since)
        with self._database.read() as connection:
            return [
                BehaviourEvent(
                    row["customer_id"], row["product_id"], row["type"], row["at"], row["value"], row["channel"]
                )
                for row in connection.execute(query).mappings()
            ]

    def cart(self, customer_id: str | None) -> set[str]:
        """Goods put into the cart within the last 90 days and not ordered since."""
        if not customer_id:
            return set()
        since = self._clock.now() - _CART_KEEPS
        put = (
            select(events.c.product_id, func.max(events.c.at).label("at"))
            .where(events.c.customer_id == customer_id, events.c.type == "cart", events.c.at >= since)
            .group_by(events.c.product_id)
            .subquery()
        )
        ordered_since = (
            select(literal(1))
            .select_from(order_lines.join(orders, orders.c.order_id == order_lines.c.order_id))
            .where(
                orders.c.customer_id == customer_id,
                order_lines.c.product_id == put.c.product_id,
                orders.c.ordered_at >= put.c.at,
            )
            .exists()
        )
        with self._database.read() as connection:
            return set(connection.execute(select(put.c.product_id).where(~ordered_since)).scalars())

    def channels(self) -> dict[str, dict[str, int]]:
        """Customer → channel → how many events came from there; events without a channel are left out."""
        query = (
            select(events.c.customer_id, events.c.channel, func.count())
            .where(events.c.channel != "")
            .group_by(events.c.customer_id, events.c.channel)
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        with self._database.read() as connection:
            for customer, channel, number in connection.execute(query):
                found[customer][channel] = number
        return dict(found)

    def count(self) -> int:
        """How many records `interactions` has."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(self._records())).scalar_one())

    def interactions(self) -> Interactions:
        """Everything there is to learn from: events, and one purchase for each order line that was not cancelled.

        An event ``purchase`` counts only where no order of this customer holds the product: most shops record a sale
        in both.
        """
        both = self._records()
        query = select(both).order_by(both.c.at, both.c.customer_id, both.c.product_id, both.c.type)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], [], []]
        columns[3] = [None if value is None else float(value) for value in columns[3]]
        return Interactions(*columns)

    @staticmethod
    def _records() -> Subquery:
        line = (
            select(
                orders.c.customer_id,
                order_lines.c.product_id,
                literal("purchase").label("type"),
                literal_column("order_lines.quantity * 1.0").label("value"),
                orders.c.ordered_at.label("at"),
            )
            .join(order_lines, orders.c.order_id == order_lines.c.order_id)
            .where(orders.c.status != CANCELLED)
        )
        in_orders = (
            select(literal(1))
            .select_from(order_lines.join(orders, orders.c.order_id == order_lines.c.order_id))
            .where(orders.c.customer_id == events.c.customer_id, order_lines.c.product_id == events.c.product_id)
            .exists()
        )
        event = select(events.c.customer_id, events.c.product_id, events.c.type, events.c.value, events.c.at).where(
            (events.c.type != "purchase") | ~in_orders
        )
        return union_all(line, event).subquery()
