"""Orders: one row a product in the file, one order with lines in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.engine import Connection

from store.importing.loading import digest, note_unknown, spelt_alike
from store.importing.parsing import Row
from store.importing.report import Report
from store.models import BEFORE_SHIPPING, CANCELLED, COMPLETED, PAID, RECEIVED, REFUNDED, SHIPPED
from store.tables import customers, order_events, order_lines, orders, products

_OF_LINE = ("product_id", "title", "quantity", "price", "attributes")
_OF_ORDER = (
    "status",
    "ordered_at",
    "paid_at",
    "shipped_at",
    "received_at",
    "refunded_at",
    "carrier",
    "tracking_no",
    "recipient",
    "phone",
    "address",
    "note",
)
_KEPT_WHEN_EMPTY = ("recipient", "phone", "address", "note")
_CHUNK = 500


@dataclass
class _Order:
    row: Row
    head: dict[str, Any]
    lines: list[dict[str, Any]]
    trace: list[dict[str, Any]]
    digest: str = ""

    def finish(self) -> None:
        """When all rows are in: the status where none was given, and the digest."""
        self.head["status"] = self.head["status"] or _status_of_times(self.head)
        head = {name: spelt_alike(value) for name, value in self.head.items()}
        trace = [{name: spelt_alike(value) for name, value in step.items()} for step in self.trace]
        self.digest = digest([head, self.lines, trace])


def group(rows: Iterable[Row], report: Report) -> list[_Order]:
    """One order for each order_id, lines as they come. Rows of one order that name two customers are a problem."""
    found: dict[str, _Order] = {}
    for row in rows:
        values = row.values
        order = found.get(values["order_id"])
        if order is None:
            head = {name: values[name] for name in ("order_id", "customer_id", *_OF_ORDER)} | {
                "extra": dict(values["extra"])
            }
            order = found[values["order_id"]] = _Order(row, head, [], [])
        else:
            _join(order, row, report)
        order.lines.append({name: values[name] for name in _OF_LINE})
        order.trace += [step for step in values["trace"] if step not in order.trace]
    for order in found.values():
        order.finish()
    return list(found.values())


def _join(order: _Order, row: Row, report: Report) -> None:
    if row.values["customer_id"] != order.head["customer_id"]:
        report.problem(
            row.line,
            "customer_id",
            f"订单 {row.values['order_id']} 在第 {order.row.line} 行是另一位顾客的。一笔订单只能属于一位顾客，请改正。",
        )
        return
    differing = []
    for name in _OF_ORDER:
        if order.head[name] in (None, ""):
            order.head[name] = row.values[name]
        elif row.values[name] not in (None, "", order.head[name]):
            differing.append(name)
    for name, value in row.values["extra"].items():
        order.head["extra"].setdefault(name, value)
    if differing:
        report.notice(
            row.line, differing[0], f"和同一订单的第 {order.row.line} 行不一样，以第 {order.row.line} 行为准。"
        )


def _status_of_times(head: dict[str, Any]) -> str:
    for column, status in (
        ("refunded_at", REFUNDED),
        ("received_at", RECEIVED),
        ("shipped_at", SHIPPED),
        ("paid_at", PAID),
    ):
        if head[column] is not None:
            return status
    # Nothing says that it is still open: then nobody shall be able to cancel it.
    return SHIPPED if head["tracking_no"] else COMPLETED


def load(connection: Connection, found: Sequence[_Order], report: Report, write: bool) -> None:
    """Counts rows, not orders: an order with three lines that is new counts three."""
    known = {
        row[0]: row[1:]
        for row in connection.execute(
            select(orders.c.order_id, orders.c.source_digest, orders.c.status, orders.c.cancel_reason)
        )
    }
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    touched: list[_Order] = []
    for order in found:
        earlier = known.get(order.head["order_id"])
        if earlier is not None and earlier[0] == order.digest:
            report.unchanged += len(order.lines)
            continue
        touched.append(order)
        head = order.head | {"source_digest": order.digest}
        if earlier is None:
            report.stored += len(order.lines)
            fresh.append(head | {"delivery_date": ""})
            continue
        report.updated += len(order.lines)
        if earlier[1] == CANCELLED and earlier[2] is not None and head["status"] in BEFORE_SHIPPING:
            report.notice(
                order.row.line, "status", f"订单 {head['order_id']} 已由顾客取消，文件里还没有，状态保持已取消。"
            )
            head["status"] = CANCELLED
        changed.append(head)
    _note_unknown(connection, found, report)
    if write:
        _write(connection, fresh, changed, touched)


def _note_unknown(connection: Connection, found: Sequence[_Order], report: Report) -> None:
    buyers = Counter(order.head["customer_id"] for order in found for _ in order.lines)
    goods = Counter(line["product_id"] for order in found for line in order.lines)
    note_unknown(
        report, "customer_id", "顾客", buyers, set(connection.execute(select(customers.c.customer_id)).scalars())
    )
    note_unknown(report, "product_id", "商品", goods, set(connection.execute(select(products.c.product_id)).scalars()))


def _write(
    connection: Connection, fresh: list[dict[str, Any]], changed: list[dict[str, Any]], touched: Sequence[_Order]
) -> None:
    if fresh:
        connection.execute(orders.insert(), fresh)
    if changed:
        names = [name for name in changed[0] if name != "order_id" and name not in _KEPT_WHEN_EMPTY]
        rows = [{f"new_{name}": value for name, value in head.items()} for head in changed]
        meant = orders.c.order_id == bindparam("new_order_id")
        connection.execute(update(orders).where(meant).values({name: bindparam(f"new_{name}") for name in names}), rows)
        _fill_addresses(connection, changed)
        ids = [head["order_id"] for head in changed]
        for start in range(0, len(ids), _CHUNK):
            some = ids[start : start + _CHUNK]
            connection.execute(delete(order_lines).where(order_lines.c.order_id.in_(some)))
            connection.execute(delete(order_events).where(order_events.c.order_id.in_(some), order_events.c.imported))
    lines = [
        line | {"order_id": order.head["order_id"], "line_no": number}
        for order in touched
        for number, line in enumerate(order.lines, 1)
    ]
    steps = [step | {"order_id": order.head["order_id"], "imported": True} for order in touched for step in order.trace]
    if lines:
        connection.execute(order_lines.insert(), lines)
    if steps:
        connection.execute(order_events.insert(), steps)


def _fill_addresses(connection: Connection, changed: list[dict[str, Any]]) -> None:
    # A file without addresses must not wipe out the one that the customer gave to the bot.
    for head in changed:
        given = {name: head[name] for name in _KEPT_WHEN_EMPTY if head[name]}
        if given:
            connection.execute(update(orders).where(orders.c.order_id == head["order_id"]).values(given))
