"""Which orders may still be cancelled or changed, and what is written down when they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from store.errors import NotFound, OrderNotCancellable, OrderNotChangeable
from store.models import (
    BEFORE_SHIPPING,
    CANCELLED,
    EXCHANGING,
    ON_THE_WAY,
    REFUNDED,
    REFUNDING,
    Order,
    OrderLine,
    Product,
)
from store.tables import order_events, order_lines, orders, products

_OF_ORDER = {
    "address": "收货地址",
    "phone": "联系电话",
    "recipient": "收货人",
    "note": "备注",
    "delivery_date": "送货日期",
}
_OF_LINE = {"colour": "颜色", "size": "尺码", "quantity": "数量"}


def own(order: Order | None) -> Order:
    if order is None:
        raise NotFound("您的订单里没有这一笔，请核对一下订单号。")
    return order


def cancel(connection: Connection, order: Order, reason: str, now: datetime) -> None:
    if order.status not in BEFORE_SHIPPING:
        raise OrderNotCancellable(_too_late(order, "取消"))
    connection.execute(
        update(orders).where(orders.c.order_id == order.order_id).values(status=CANCELLED, cancel_reason=reason)
    )
    note(connection, order.order_id, now, "cancelled", f"已取消（{reason}）" if reason else "已取消")


def change(connection: Connection, order: Order, changes: Mapping[str, Any], now: datetime) -> None:
    unknown = set(changes) - set(_OF_ORDER) - set(_OF_LINE) - {"product_id"}
    if unknown:
        raise ValueError(f"an order has no {', '.join(sorted(unknown))} to change")
    if order.status not in BEFORE_SHIPPING:
        raise OrderNotChangeable(_too_late(order, "修改"))
    of_order = {key: str(value).strip() for key, value in changes.items() if key in _OF_ORDER}
    of_line = {key: value for key, value in changes.items() if key in _OF_LINE}
    for key, value in of_order.items():
        if not value and key in ("address", "phone", "recipient"):
            raise OrderNotChangeable(f"{_OF_ORDER[key]}不能为空，请告诉我新的{_OF_ORDER[key]}。")
    if of_order:
        connection.execute(update(orders).where(orders.c.order_id == order.order_id).values(of_order))
    if of_line:
        number, line = _line_meant(order, changes.get("product_id"))
        _change_line(connection, order.order_id, number, line, of_line)
    # What was changed, not to what: addresses and phones stay in their own columns, where they can be erased.
    names = [label for key, label in {**_OF_ORDER, **_OF_LINE}.items() if key in changes]
    if names:
        note(connection, order.order_id, now, "changed", f"已修改{'、'.join(names)}")


def note(connection: Connection, order_id: str, at: datetime, kind: str, text: str, place: str = "") -> None:
    connection.execute(
        order_events.insert().values(order_id=order_id, at=at, kind=kind, text=text, place=place, imported=False)
    )


def _too_late(order: Order, verb: str) -> str:
    if order.status in ON_THE_WAY:
        parcel = " ".join(part for part in (order.carrier, order.tracking_no) if part)
        return f"这笔订单已发货{f'（{parcel}）' if parcel else ''}，不能{verb}了；收到后可以申请退货或换货。"
    if order.status == CANCELLED:
        return (
            f"这笔订单已经取消了，不用再{verb}。"
            if verb == "取消"
            else "这笔订单已经取消了，不能修改；需要的话请重新下单。"
        )
    if order.status == REFUNDING:
        return f"这笔订单正在退款，不能{verb}了；退款进度可以随时问我。"
    if order.status == REFUNDED:
        return f"这笔订单已经退款了，不能再{verb}。"
    if order.status == EXCHANGING:
        return f"这笔订单正在换货，不能{verb}了；换货进度可以随时问我。"
    return f"这笔订单{order.status_zh}，不能{verb}了；如果商品有问题，可以申请退货或换货。"


def _line_meant(order: Order, product_id: str | None) -> tuple[int, OrderLine]:
    numbered = list(enumerate(order.lines, 1))
    if product_id is not None:
        numbered = [(number, line) for number, line in numbered if line.product_id == product_id]
    if not numbered:
        raise OrderNotChangeable("这笔订单里没有这件商品，请核对一下。")
    if len(numbered) > 1:
        raise OrderNotChangeable(f"这笔订单里有 {len(numbered)} 种商品，请告诉我改哪一件。")
    return numbered[0]


def _change_line(
    connection: Connection, order_id: str, number: int, line: OrderLine, changes: Mapping[str, Any]
) -> None:
    from store.catalogue import product_of

    row = connection.execute(select(products).where(products.c.product_id == line.product_id)).mappings().first()
    product = product_of(row) if row else None
    attributes = {name: list(values) for name, values in line.attributes.items()}
    values: dict[str, Any] = {}
    for key in ("colour", "size"):
        if key in changes:
            attributes[_OF_LINE[key]] = [_offered(product, key, str(changes[key]).strip())]
            values["attributes"] = attributes
    if "quantity" in changes:
        values["quantity"] = _quantity(product, changes["quantity"])
    connection.execute(
        update(order_lines).where(order_lines.c.order_id == order_id, order_lines.c.line_no == number).values(values)
    )


def _offered(product: Product | None, key: str, wanted: str) -> str:
    offered = () if product is None else product.colours if key == "colour" else product.sizes
    if offered and wanted not in offered:
        raise OrderNotChangeable(f"这款没有{wanted}，{_OF_LINE[key]}有{'、'.join(offered)}。")
    return wanted


def _quantity(product: Product | None, wanted: Any) -> int:
    try:
        quantity = int(wanted)
    except (TypeError, ValueError):
        raise OrderNotChangeable("数量要是一个整数，请再告诉我一次。") from None
    if quantity < 1:
        raise OrderNotChangeable("数量至少是 1；不想要了可以取消订单。")
    if product is not None and product.stock is not None and quantity > product.stock:
        raise OrderNotChangeable(f"库存只剩 {product.stock} 件，改不到 {quantity} 件。")
    return quantity
