"""From the click to the doorstep: an order's times, its status at a moment, its parcel's way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from data.shop.calendar import courier_hour, written
from data.shop.catalogue import Goods
from data.shop.people import Person

#: Traces are kept for the parcels of so many days, as carriers do.
TRACE_DAYS = 45
#: Region → the warehouse that serves it, days a parcel takes at least.
_WAREHOUSES = {
    "华东": ("杭州", 1.1),
    "华中": ("武汉", 1.2),
    "华南": ("广州", 1.2),
    "华北": ("廊坊", 1.2),
    "西南": ("成都", 1.4),
    "东北": ("廊坊", 2.2),
    "西北": ("成都", 2.6),
}
#: Carrier, share, letters before its numbers, digits after them.
_CARRIERS = (
    ("中通快递", 0.34, "78", 12),
    ("圆通速递", 0.24, "YT88", 11),
    ("韵达快递", 0.14, "46", 13),
    ("顺丰速运", 0.14, "SF14", 11),
    ("京东快递", 0.08, "JDVB", 11),
    ("极兔速递", 0.06, "JT52", 11),
)


@dataclass
class Line:
    goods: Goods
    quantity: int
    price: float
    """Yuan for one piece, as paid."""
    attributes: dict[str, str]
    product_id: str = ""
    """Only where it is not that of `goods`: junk."""


@dataclass
class Order:
    """An order with its whole life, also what is yet to come. `fate`: kept, unpaid, cancelled, refund, exchange."""

    order_id: str
    person: Person
    lines: list[Line]
    ordered_at: datetime
    fate: str = "kept"
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    received_at: datetime | None = None
    asked_back_at: datetime | None = None
    """When a return or an exchange was asked for; when the order was cancelled."""
    settled_at: datetime | None = None
    """When the money was given back, or the exchanged piece came."""
    carrier: str = ""
    tracking_no: str = ""
    trace: list[dict[str, str]] = field(default_factory=list)
    note: str = ""

    @property
    def total(self) -> float:
        return sum(line.price * line.quantity for line in self.lines)

    def status_at(self, now: datetime) -> str:
        """The status that the times leave at `now`, in the words of the table."""

        def past(at: datetime | None) -> bool:
            return at is not None and at <= now

        if self.fate in ("unpaid", "cancelled") and past(self.asked_back_at):
            return "已取消"
        if not past(self.paid_at):
            return "待付款"
        if not past(self.shipped_at):
            return "已付款" if now - self.paid_at < timedelta(hours=2) else "待发货"
        if self.fate in ("refund", "exchange") and past(self.asked_back_at):
            if self.fate == "refund":
                return "已退款" if past(self.settled_at) else "退款中"
            return "已完成" if past(self.settled_at) else "换货中"
        if not past(self.received_at):
            if self.received_at is not None and self.received_at - now < timedelta(hours=8):
                return "派送中"
            return "已发货" if now - self.shipped_at < timedelta(hours=10) else "运输中"
        return "已签收" if now - self.received_at < timedelta(days=10) else "已完成"

    def rows(self, now: datetime) -> Iterator[dict[str, object]]:
        """Rows of the table orders, one a line, with what is past at `now` and no more."""

        def past(at: datetime | None) -> str:
            return written(at) if at is not None and at <= now else ""

        status = self.status_at(now)
        shipped = bool(past(self.shipped_at))
        head = {
            "order_id": self.order_id,
            "customer_id": self.person.customer_id,
            "ordered_at": written(self.ordered_at),
            "status": status,
            "carrier": self.carrier if shipped else "",
            "tracking_no": self.tracking_no if shipped else "",
            "paid_at": past(self.paid_at),
            "shipped_at": past(self.shipped_at),
            "received_at": past(self.received_at),
            "refunded_at": past(self.settled_at) if status == "已退款" else "",
            "recipient": self.person.name,
            "phone": self.person.phone,
            "address": self.person.address,
            "note": self.note,
        }
        trace = [step for step in self.trace if step["at"] <= written(now)]
        for position, line in enumerate(self.lines):
            chosen = ";".join(f"{name}:{value}" for name, value in line.attributes.items())
            yield {
                **head,
                "product_id": line.product_id or line.goods.product_id,
                "quantity": line.quantity,
                "price": f"{line.price:.2f}",
                "attributes": chosen,
                "trace": trace if position == 0 else None,
            }


def number_of(rng: Random, carrier: str) -> str:
    """A tracking number of the carrier's own shape."""
    _, _, letters, digits = next(known for known in _CARRIERS if known[0] == carrier)
    return letters + "".join(rng.choice("0123456789") for _ in range(digits))


def live(rng: Random, order: Order, carrier: str = "") -> Order:
    """Gives an order its times, its parcel and its fate."""
    person, placed = order.person, order.ordered_at
    order.fate = rng.choices(
        ("kept", "unpaid", "cancelled", "refund", "exchange"), (0.905, 0.025, 0.015, 0.046, 0.009)
    )[0]
    if order.fate == "unpaid":
        order.asked_back_at = placed + timedelta(hours=24)
        return order
    order.paid_at = placed + timedelta(seconds=rng.choice((18, 35, 70, 160, 600, 2400)) + rng.randrange(15))
    order.shipped_at = order.paid_at + timedelta(hours=rng.triangular(3, 44, 15))
    if order.fate == "cancelled":
        order.asked_back_at = order.paid_at + timedelta(minutes=rng.randrange(5, 170))
        order.shipped_at = None
        return order
    order.carrier = carrier or rng.choices([known[0] for known in _CARRIERS], [known[1] for known in _CARRIERS])[0]
    order.tracking_no = number_of(rng, order.carrier)
    days = (
        _WAREHOUSES[person.region][1]
        * rng.triangular(0.8, 2.4, 1.2)
        * (0.7 if order.carrier in ("顺丰速运", "京东快递") else 1)
    )
    order.received_at = courier_hour(order.shipped_at + timedelta(days=days), rng)
    if order.received_at <= order.shipped_at + timedelta(hours=10):
        order.received_at = courier_hour(order.shipped_at + timedelta(days=1), rng)
    if order.fate in ("refund", "exchange"):
        order.asked_back_at = order.received_at + timedelta(days=rng.triangular(0.2, 6.5, 1.5))
        order.settled_at = order.asked_back_at + timedelta(days=rng.triangular(2, 9, 4))
    return order


def follow(rng: Random, order: Order) -> None:
    """Writes the parcel's way from warehouse to door into `order.trace`, between the order's own times."""
    if order.shipped_at is None or order.received_at is None:
        return
    person, start = order.person, order.shipped_at
    span = order.received_at - start
    home = _WAREHOUSES[person.region][0]
    near = person.address.split("号")[-1].rstrip("0123456789栋")
    courier = rng.choice("王李张刘陈杨赵周") + "师傅"
    steps: list[tuple[float, str, str]] = [
        (0.03, f"{order.carrier} 已揽收", home),
        (0.15, f"离开{home}转运中心，发往{person.city}", home),
    ]
    if person.city == home:
        steps[-1] = (0.15, f"到达{home}分拨中心，正在分拣", home)
    else:
        steps.append((0.62, f"到达{person.city}转运中心", person.city))
    steps.append((0.80, f"到达{person.city}{near}营业点", person.city))
    for share, text, place in steps:
        _step(order, start + span * share, text, place)
    out = max(start + span * 0.85, order.received_at - timedelta(hours=rng.uniform(2, 6)))
    _step(order, out, f"派送中，派件员 {courier}", person.city, "delivering")
    where = rng.choices((f"{near}菜鸟驿站", "家门口", "物业前台", "本人手中"), (0.45, 0.25, 0.1, 0.2))[0]
    _step(order, order.received_at - timedelta(minutes=1), f"已送到{where}", person.city)


def _step(order: Order, at: datetime, text: str, place: str, kind: str = "transit") -> None:
    order.trace.append({"at": written(at), "text": text, "place": place, "kind": kind})
