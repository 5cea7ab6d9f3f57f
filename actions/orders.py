"""Which order is meant, and how it is told: by number, parcel number, place in the list shown, words of the goods, or
as the only one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from actions.language import word
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Order, OrderLine

SHOP_ZONE = ZoneInfo("Asia/Shanghai")

UNPAID = frozenset({"pending"})
UNSHIPPED = frozenset({"pending", "paid", "to_ship"})
ON_THE_WAY = frozenset({"shipped", "in_transit", "delivering"})
ARRIVED = frozenset({"received", "completed"})
OPEN = UNSHIPPED | ON_THE_WAY | {"refunding", "exchanging"}

STATUS_ZH = {
    "pending": "待付款",
    "paid": "已付款，待发货",
    "to_ship": "已付款，待发货",
    "shipped": "已发货",
    "in_transit": "运输中",
    "delivering": "派送中",
    "received": "已签收",
    "completed": "已完成",
    "cancelled": "已取消",
    "refunding": "退款中",
    "refunded": "已退款",
    "exchanging": "换货中",
}

LISTED = 4
"""Orders listed at a time; more don't fit on a phone."""


# --- telling ----------------------------------------------------------------------------------------


def moment(at: datetime | None, now: datetime) -> str:
    """今天 10:20, 昨天 18:40, 11月22日 18:40; an earlier year is named. Empty when unknown."""
    if at is None:
        return ""
    local, today = at.astimezone(SHOP_ZONE), now.astimezone(SHOP_ZONE).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return word("今天 {clock}", clock=clock)
    if local.date() == today - timedelta(days=1):
        return word("昨天 {clock}", clock=clock)
    return word("{day} {clock}", day=day(at, now), clock=clock)


def day(at: datetime, now: datetime) -> str:
    local = at.astimezone(SHOP_ZONE)
    this_year = local.year == now.astimezone(SHOP_ZONE).year
    return word(
        "{month}月{day}日" if this_year else "{year}年{month}月{day}日",
        year=local.year,
        month=local.month,
        month_en=calendar.month_abbr[local.month],
        day=local.day,
    )


def days_since(at: datetime, now: datetime) -> int:
    """Whole calendar days in the shop's zone."""
    return (now.astimezone(SHOP_ZONE).date() - at.astimezone(SHOP_ZONE).date()).days


def yuan(amount: float) -> str:
    """￥86, ￥86.50: no idle zeros."""
    return f"￥{amount:.2f}".removesuffix(".00")


def goods(order: Order) -> str:
    """The order's goods with their numbers: 挂耳咖啡 ×2；马克杯. Three at most."""
    parts = [short(line.title) + (f" ×{line.quantity}" if line.quantity > 1 else "") for line in order.lines[:3]]
    listed = word("；").join(parts)
    return word("{goods} 等 {count} 样", goods=listed, count=len(order.lines)) if len(order.lines) > 3 else listed


def short(title: str, width: int = 22) -> str:
    return title if len(title) <= width else title[: width - 1] + "…"


def status_of(order: Order) -> str:
    return STATUS_ZH.get(order.status, order.status)


def parcel(order: Order) -> str:
    """顺丰 SF1390…; the carrier alone, or 快递, when no number is known."""
    return " ".join(part for part in (order.carrier or word("快递"), order.tracking_no) if part)


_NO_TRACE = frozenset({"ordered", "paid", "shipped", "cancelled", "changed", "refunded", "urged"})
"""Events that say what was done to the order, not where its parcel is."""


def last_seen(order: Order, now: datetime) -> str:
    """Where and when the parcel was seen last: 昨天 21:14 到达杭州转运中心; empty when nothing is known."""
    events = [e for e in order.events if e.text and e.kind not in _NO_TRACE]
    if not events:
        return ""
    event = max(events, key=lambda e: e.at)
    place = event.place if event.place and event.place not in event.text else ""
    when = moment(event.at, now)
    return (
        word("{when} {what}（{place}）", when=when, what=event.text, place=place) if place else f"{when} {event.text}"
    )


def list_line(order: Order, now: datetime) -> str:
    when = word("{date}下单，", date=day(order.ordered_at, now)) if order.ordered_at else ""
    return word(
        "{title}（{order}），{when}{status}",
        title=short(order.title, 18),
        order=order.order_id,
        when=when,
        status=word(status_of(order)),
    )


def show_list(turn: Turn, words: str, orders: Sequence[Order], intent: str, **facts: str) -> None:
    """Says `words` with a short numbered list and one button an order, and remembers the list for 第二个."""
    now, listed = turn.services.now(), list(orders)[:LISTED]
    lines = "\n".join(f"{n}. {list_line(order, now)}" for n, order in enumerate(listed, 1))
    buttons = [
        turn.button(
            f"{n}. {short(order.lines[0].title if order.lines else order.order_id, 10)}",
            intent,
            order_id=order.order_id,
        )
        for n, order in enumerate(listed, 1)
    ]
    turn.set("orders_shown", [order.order_id for order in listed])
    turn.say(words, buttons=buttons, orders=lines, **facts)


# --- finding ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """order: the one meant. several: those it may be. refused: a number that is nobody's or somebody else's – which
    of the two is never told. unlike: words of goods that none of the orders has."""

    order: Order | None = None
    several: tuple[Order, ...] = ()
    refused: str | None = None
    unlike: str | None = None


def own_order(turn: Turn, order_id: str | None) -> Order | None:
    """The order when it exists and is this customer's."""
    if not order_id or turn.anonymous:
        return None
    recent = next((order for order in turn.orders if order.order_id == str(order_id)), None)
    return recent or turn.services.store.orders.get(str(order_id), turn.customer_id)


_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?!1[3-9]\d{9}(?!\d))([A-Za-z]{0,4}\d{9,20})(?![0-9A-Za-z])")
_TAIL = re.compile(r"(?:尾号|后四位|最后四位|末尾)\D{0,3}(\d{4,6})(?!\d)")


def numbers(turn: Turn) -> list[str]:
    """Order and parcel numbers of the message."""
    said = [str(v) for v in turn.entities("order_id") + turn.entities("tracking_no")]
    if not said and not turn.pressed:
        half = turn.text.translate({0xFF10 + n: 0x30 + n for n in range(10)})
        said = _NUMBER.findall(re.sub(r"(?<=\d)[\s-](?=\d)", "", half))
    return said


def _by_number(turn: Turn, number: str) -> Order | None:
    order = own_order(turn, number)
    if order is None:
        order = turn.services.store.orders.by_tracking(number)
        if order is not None and (turn.anonymous or order.customer_id != turn.customer_id):
            return None
    return order


def _by_goods(turn: Turn, orders: Iterable[Order]) -> tuple[list[Order], str | None]:
    """Orders whose goods are spoken of, and the words when none has them."""
    products = turn.services.catalogue().products
    wanted = [("product", v) for v in turn.entities("product")] + [("category", v) for v in turn.entities("category")]
    brands = turn.entities("brand")
    if not wanted and not brands:
        return [], None

    def fits(line: OrderLine) -> bool:
        product = products.get(line.product_id)
        kinds = set(product.kinds) | {product.category} if product else set()
        of_kind = not wanted or any(
            line.product_id == value if what == "product" else value in kinds or value in line.title
            for what, value in wanted
        )
        of_brand = not brands or any(b in line.title or (product is not None and product.brand == b) for b in brands)
        return of_kind and of_brand

    hits = [order for order in orders if any(fits(line) for line in order.lines)]
    words = [v for what, v in wanted if what == "category"] + brands
    return hits, (words[0] if words and not hits else None)


_STATUS_WORDS = (
    (re.compile(r"[没未]付款|待付款"), UNPAID),
    (re.compile(r"[没未待]发货|[没未]发的"), UNSHIPPED),
    (re.compile(r"在路上|运输中|已?发货的"), ON_THE_WAY),
)
_LATEST = re.compile(
    r"最近(?:的|那|一)|最新|刚(?:刚)?(?:买|下|拍)|上一[单笔个]|最后一[单笔个]|(?:latest|newest|last|most recent) order",
    re.I,
)
_THAT_ONE = re.compile(r"[那这它](?:个|一)?(?:单子?|订单|笔|件|个包裹)|^它|刚才(?:那|的)|该订单")


def named_order(turn: Turn, orders: Sequence[Order]) -> Found:
    """The order that the message itself names; an empty `Found` when it names none."""
    for number in numbers(turn):
        order = _by_number(turn, number)
        return Found(order=order) if order else Found(refused=number)
    tail = _TAIL.search(turn.text)
    if tail:
        hits = [o for o in orders if o.order_id.endswith(tail[1]) or (o.tracking_no or "").endswith(tail[1])]
        return Found(order=hits[0]) if len(hits) == 1 else Found(refused=word("尾号 {tail}", tail=tail[1]))
    shown, place = turn.slot("orders_shown") or [], turn.entity("ordinal")
    if shown and isinstance(place, int) and (place == -1 or 1 <= place <= len(shown)):
        return Found(order=own_order(turn, shown[place if place == -1 else place - 1]))
    by_goods, unlike = _by_goods(turn, orders)
    if by_goods:
        return Found(order=by_goods[0]) if len(by_goods) == 1 else Found(several=tuple(by_goods))
    if _LATEST.search(turn.text) and orders:
        return Found(order=orders[0])
    for words, statuses in _STATUS_WORDS:
        hits = [o for o in orders if o.status in statuses]
        if words.search(turn.text) and len(hits) == 1:
            return Found(order=hits[0])
    return Found(unlike=unlike)


def names_an_order(turn: Turn) -> bool:
    """Whether the message says which order is meant: a number, a place in the list shown, words of its goods."""
    named = named_order(turn, turn.orders)
    return bool(named.order or named.several or named.refused)


def find_order(turn: Turn, fits: Callable[[Order], bool], lean_on_focus: bool = True) -> Found:
    """The order meant for something that `fits` says it must fit.

    An order named outright is taken whether it fits or not, so that the refusal can be told with its reason; else the
    only fitting one, the one last spoken of (`lean_on_focus`, or when the message points at it), or all that fit.
    """
    orders = turn.orders
    named = named_order(turn, orders)
    if named.refused or named.order:
        return named
    pool = [o for o in (named.several or orders) if fits(o)]
    if named.several and not pool:
        return Found(order=named.several[0])
    focus = own_order(turn, turn.slot("order_focus"))
    if focus and not named.several and not named.unlike:
        points_at_it = bool(_THAT_ONE.search(turn.text))
        if points_at_it or (lean_on_focus and len(pool) > 1 and fits(focus)):
            return Found(order=focus)
    if len(pool) == 1:
        return Found(order=pool[0], unlike=named.unlike)
    return Found(several=tuple(pool), unlike=named.unlike)
