"""Orders with their lines and events.

Reading is here; the rules of cancelling and changing are in store/order_changes.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, desc, func, select
from sqlalchemy.engine import Connection

from store import order_changes
from store.clock import Clock
from store.database import Database
from store.models import CANCELLED, Order, OrderEvent, OrderLine
from store.tables import order_events, order_lines, orders, products

# Asked in many turns, therefore built once.
_NEWEST_FIRST = (desc(orders.c.ordered_at), desc(orders.c.order_id))
_OF_CUSTOMER = (
    select(orders)
    .where(orders.c.customer_id == bindparam("customer"))
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("limit", type_=Integer))
)
_LINES = (
    select(order_lines, products.c.title.label("catalogue_title"))
    .join(products, products.c.product_id == order_lines.c.product_id, isouter=True)
    .where(order_lines.c.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(order_lines.c.order_id, order_lines.c.line_no)
)
_EVENTS = select(order_events).where(order_events.c.order_id.in_(bindparam("ids", expanding=True)))
_BOUGHT = (
    select(order_lines.c.product_id, func.max(orders.c.ordered_at, type_=orders.c.ordered_at.type))
    .join(orders, orders.c.order_id == order_lines.c.order_id)
    .where(orders.c.customer_id == bindparam("customer"), orders.c.status != CANCELLED)
    .group_by(order_lines.c.product_id)
)


class Orders:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def of_customer(self, customer_id: str | None, limit: int = 50) -> list[Order]:
        """Newest first."""
        if not customer_id:
            return []
        with self._database.read() as connection:
            rows = connection.execute(_OF_CUSTOMER, {"customer": customer_id, "limit": limit}).mappings().all()
            return load(connection, rows)

    def get(self, order_id: str, customer_id: str | None = None) -> Order | None:
        """With ``customer_id``: None also when the order is somebody else's."""
        with self._database.read() as connection:
            return _one(connection, orders.c.order_id == order_id, customer_id)

    def by_tracking(self, tracking_no: str, customer_id: str | None = None) -> Order | None:
        """The order sent in this parcel; with ``customer_id`` as in ``get``."""
        if not tracking_no:
            return None
        number = tracking_no.strip()
        with self._database.read() as connection:
            return _one(connection, orders.c.tracking_no.in_({number, number.upper(), number.lower()}), customer_id)

    def bought(self, customer_id: str | None) -> dict[str, datetime]:
        """Product ids with the time of the last order that was not cancelled."""
        if not customer_id:
            return {}
        with self._database.read() as connection:
            return dict(connection.execute(_BOUGHT, {"customer": customer_id}).all())

    def cancel(self, order_id: str, customer_id: str, reason: str, deadline: float | None = None) -> Order:
        """Cancels what has not been shipped, and notes why.

        Raises ``OrderNotCancellable``, ``NotFound``, ``DeadlinePassed``.
        """
        with self._database.write(deadline) as connection:
            order = self._for_update(connection, order_id, customer_id)
            order_changes.cancel(connection, order, reason, self._clock.now())
            return _one(connection, orders.c.order_id == order_id)

    def change(
        self, order_id: str, customer_id: str, changes: Mapping[str, Any], deadline: float | None = None
    ) -> Order:
        """``changes``: address, phone, recipient, note, delivery_date of the order; colour, size, quantity of goods.

        Where the order has several goods, ``changes["product_id"]`` says which are meant.

        Raises ``OrderNotChangeable``, ``NotFound``, ``DeadlinePassed``, and ``ValueError`` for any other key.
        """
        with self._database.write(deadline) as connection:
            order = self._for_update(connection, order_id, customer_id)
            order_changes.change(connection, order, changes, self._clock.now())
            return _one(connection, orders.c.order_id == order_id)

    def add_event(self, order_id: str, kind: str, text: str, place: str = "", at: datetime | None = None) -> None:
        """Notes what happened to an order, e.g. that it was urged."""
        with self._database.write() as connection:
            order_changes.note(connection, order_id, at or self._clock.now(), kind, text, place)

    def _for_update(self, connection: Connection, order_id: str, customer_id: str) -> Order:
        return order_changes.own(_one(connection, orders.c.order_id == order_id, customer_id, lock=True))


def _one(connection: Connection, condition: Any, customer_id: str | None = None, lock: bool = False) -> Order | None:
    query = select(orders).where(condition)
    if customer_id is not None:
        query = query.where(orders.c.customer_id == customer_id)
    if lock:
        query = query.with_for_update()
    row = connection.execute(query.order_by(desc(orders.c.ordered_at)).limit(1)).mappings().first()
    return load(connection, [row])[0] if row else None


def load(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Order]:
    """Adds lines and events to rows of ``orders``, in two queries however many orders."""
    ids = [row["order_id"] for row in rows]
    lines: dict[str, list[OrderLine]] = defaultdict(list)
    noted: dict[str, list[OrderEvent]] = defaultdict(list)
    if ids:
        for row in connection.execute(_LINES, {"ids": ids}).mappings():
            lines[row["order_id"]].append(_line(row))
        for row in connection.execute(_EVENTS, {"ids": ids}).mappings():
            noted[row["order_id"]].append(OrderEvent(row["at"], row["kind"], row["text"], row["place"]))
    return [_order(row, lines[row["order_id"]], noted[row["order_id"]]) for row in rows]


def _line(row: Mapping[str, Any]) -> OrderLine:
    title = row["title"] or row["catalogue_title"] or f"商品 {row['product_id']}"
    return OrderLine(
        row["product_id"],
        title,
        row["quantity"],
        float(row["price"]),
        {name: tuple(values) for name, values in row["attributes"].items()},
    )


def _order(row: Mapping[str, Any], lines: Iterable[OrderLine], noted: Iterable[OrderEvent]) -> Order:
    events = sorted([*_events_of_times(row), *noted], key=lambda event: event.at)
    return Order(
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        status=row["status"],
        ordered_at=row["ordered_at"],
        paid_at=row["paid_at"],
        shipped_at=row["shipped_at"],
        received_at=row["received_at"],
        refunded_at=row["refunded_at"],
        carrier=row["carrier"],
        tracking_no=row["tracking_no"],
        lines=tuple(lines),
        events=tuple(events),
        recipient=row["recipient"],
        phone=row["phone"],
        address=row["address"],
        note=row["note"],
        delivery_date=row["delivery_date"],
        extra=row["extra"],
    )


def _events_of_times(row: Mapping[str, Any]) -> list[OrderEvent]:
    # Derived, not stored twice: the order's times and these events can't contradict each other.
    parcel = " ".join(part for part in (row["carrier"], row["tracking_no"]) if part)
    times = (
        ("ordered_at", "ordered", "提交订单"),
        ("paid_at", "paid", "付款成功"),
        ("shipped_at", "shipped", f"已发货（{parcel}）" if parcel else "已发货"),
        ("received_at", "received", "已签收"),
        ("refunded_at", "refunded", "已退款"),
    )
    return [OrderEvent(row[column], kind, text) for column, kind, text in times if row[column] is not None]
