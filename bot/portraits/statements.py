"""What can be said of a customer, each sentence with the rows that it was counted from, so that anybody can count
again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from recommender import Segment
from recommender.evidence import Due
from store.clock import SHANGHAI
from store.models import (
    BEFORE_SHIPPING,
    CANCELLED,
    EXCHANGING,
    ON_THE_WAY,
    PENDING,
    REFUNDED,
    REFUNDING,
    BehaviourEvent,
    Case,
    Order,
    Product,
    Turn,
    short_title,
)

YEAR = timedelta(days=365)
_NO_PURCHASE = frozenset({PENDING, CANCELLED, REFUNDED})
_UNDER_WAY = BEFORE_SHIPPING | ON_THE_WAY | {REFUNDING, EXCHANGING}
_TOP = 3
_ENOUGH = 3  # rows below which a habit is not a habit
_PARTS = (("凌晨", 0, 6), ("上午", 6, 12), ("下午", 12, 18), ("晚上", 18, 24))
_MOODS = (("positive", "高兴"), ("neutral", "平静"), ("negative", "不满"))
_BASED_ON = {"own": "这位顾客自己买的间隔", "product": "买过这件商品的顾客的间隔", "kind": "买过这类商品的顾客的间隔"}


@dataclass(frozen=True)
class Source:
    """rows: how many of `table` fulfil `condition`, for this customer; of a trained model, how many `unit` it was
    learnt from."""

    table: str
    condition: str
    rows: int
    unit: str = "行"


@dataclass(frozen=True)
class Statement:
    """topic: a key for programs; title and text: Chinese."""

    topic: str
    title: str
    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Purchases:
    """A customer's orders as they count: those of the year before `now` that were paid and not taken back."""

    orders: tuple[Order, ...]
    now: datetime

    @classmethod
    def of(cls, orders: Iterable[Order], now: datetime) -> Purchases:
        return cls(tuple(one for one in orders if one.status not in _NO_PURCHASE and one.ordered_at <= now), now)

    @property
    def in_year(self) -> tuple[Order, ...]:
        return tuple(one for one in self.orders if one.ordered_at > self.now - YEAR)

    @property
    def condition(self) -> str:
        return f"{span(self.now)}下单，不含待付款、已取消、已退款"


def span(now: datetime) -> str:
    local = now.astimezone(SHANGHAI)
    return f"近一年（{local - YEAR:%Y-%m-%d %H:%M} 之后）"


def under_way(orders: Sequence[Order]) -> Statement:
    found = [one for one in orders if one.status in _UNDER_WAY]
    named = "；".join(f"{one.order_id} {one.status_zh}" for one in found[:_TOP])
    more = f" 等 {len(found)} 单" if len(found) > _TOP else ""
    source = Source("orders", "状态是待付款到派送中、退款中或换货中", len(found))
    return Statement("orders", "没办完的订单", f"{named}{more}" if found else "没有", (source,))


def open_cases(cases: Sequence[Case], name_of: Mapping[str, str]) -> Statement:
    named = "；".join(f"{name_of.get(one.kind, one.kind)} {one.case_id}" for one in cases[:_TOP])
    more = f" 等 {len(cases)} 件" if len(cases) > _TOP else ""
    source = Source("cases", "状态是 open", len(cases))
    return Statement("cases", "没办完的售后", f"{named}{more}" if cases else "没有", (source,))


def segment(found: Segment | None, near: Segment | None, model: str | None, everybody: int) -> Statement:
    """near: another segment that would nearly do as well."""
    if model is None:
        return Statement("segment", "分群", "还没有训练过，所以没有分群（训练：zhike train）", ())
    if found is None:
        text = "训练时还没有这位顾客的订单或浏览记录，所以没有分群"
        return Statement("segment", "分群", text, ())
    source = Source(f"模型 {model}", f"分了群的 {everybody} 位顾客里，同一群的", found.size, "位")
    also = f"，也接近“{near.name}”" if near else ""
    text = f"分在“{found.name}”这一群{also}。全群 {found.description}"
    return Statement("segment", "分群", text, (source,))


def recency_frequency_money(bought: Purchases) -> Statement:
    year = bought.in_year
    if not bought.orders:
        return Statement("rfm", "下单", "还没有买过东西", (Source("orders", "不含待付款、已取消、已退款", 0),))
    last = max(one.ordered_at for one in bought.orders)
    days = (bought.now - last).days
    when = f"上次下单在 {last.astimezone(SHANGHAI):%Y-%m-%d}，{days} 天前" if days else "上次下单在一天之内"
    spent = sum(
        price * line.quantity for one in year for line in one.lines if (price := _price(line.price)) is not None
    )
    text = f"近一年下单 {len(year)} 次，共花 ￥{spent:,.2f}；{when}" if year else f"近一年没有下单；{when}"
    sources = [Source("orders", bought.condition, len(year))]
    if not year:
        sources.append(Source("orders", "从开店起，不含待付款、已取消、已退款", len(bought.orders)))
    return Statement("rfm", "下单", text, tuple(sources))


def favourite_kinds(bought: Purchases, products: Mapping[str, Product]) -> Statement | None:
    return _favourites("kinds", "种类", bought, lambda one: one.kinds[-1] if one.kinds else "", products)


def favourite_brands(bought: Purchases, products: Mapping[str, Product]) -> Statement | None:
    return _favourites("brands", "品牌", bought, lambda one: one.brand, products)


def price_range(bought: Purchases) -> Statement | None:
    prices = [price for one in bought.in_year for line in one.lines if (price := _price(line.price)) is not None]
    if not prices:
        return None
    source = Source("order_lines", f"{bought.condition}的订单里，有价格的行", len(prices))
    if len(prices) <= _ENOUGH:
        low, high = min(prices), max(prices)
        text = f"单价 ￥{low:,.2f} 到 ￥{high:,.2f}" if low < high else f"单价 ￥{low:,.2f}"
    else:
        low, middle, high = np.percentile(prices, (25, 50, 75))
        text = f"单价多在 ￥{low:,.2f} 到 ￥{high:,.2f}（中间的一半），中位数 ￥{middle:,.2f}"
    return Statement("price", "价位", text, (source,))


def when_they_buy(bought: Purchases) -> Statement | None:
    """Names a part of the day, or the weekend, only where most of the orders were then."""
    at = [one.ordered_at.astimezone(SHANGHAI) for one in bought.in_year]
    if len(at) < _ENOUGH:
        return None
    parts = Counter(next(name for name, a, b in _PARTS if a <= moment.hour < b) for moment in at)
    part, in_part = max(parts.items(), key=lambda one: one[1])
    weekend = sum(moment.weekday() >= 5 for moment in at)
    told = f"{len(at)} 单里{part} {in_part} 单、周末 {weekend} 单"
    habits = [f"多在{part}"] if in_part * 2 > len(at) else []
    habits += ["多在周末"] if weekend * 2 > len(at) else []
    text = f"{'、'.join(habits)}（{told}）" if habits else f"看不出偏好哪个时候（{told}）"
    return Statement("when", "什么时候买", text, (Source("orders", bought.condition, len(at)),))


def mood(turns: Iterable[Turn], now: datetime) -> Statement | None:
    """turns: of the last year."""
    labels = Counter(one.sentiment_label for one in turns)
    told = [(words, labels[label]) for label, words in _MOODS if labels[label]]
    if not told:
        return None
    count = sum(n for _, n in told)
    text = f"聊过 {count} 句：" + "、".join(f"{words} {n} 句" for words, n in told)
    return Statement("mood", "聊天时的心情", text, (Source("turns", f"{span(now)}，读出了情绪", count),))


def looked_at(events: Iterable[BehaviourEvent], products: Mapping[str, Product], now: datetime) -> Statement | None:
    """Kinds looked at most. events: of the last year."""
    seen = [one for one in events if one.type in ("view", "click")]
    kinds = Counter(
        products[one.product_id].kinds[-1]
        for one in seen
        if one.product_id in products and products[one.product_id].kinds
    )
    if not kinds:
        return None
    source = Source("events", f"{span(now)}的浏览和点击，商品还在目录里且有种类", sum(kinds.values()))
    return Statement("looked_at", "看得最多的种类", _listed(kinds), (source,))


def channel(events: Iterable[BehaviourEvent], now: datetime) -> Statement | None:
    """events: of the last year."""
    channels = Counter(one.channel for one in events if one.channel)
    if not channels:
        return None
    source = Source("events", f"{span(now)}，写了渠道", sum(channels.values()))
    return Statement("channel", "从哪来", _listed(channels), (source,))


def due_again(
    found: Sequence[tuple[str, Due]], orders: Sequence[Order], products: Mapping[str, Product], model: str
) -> list[Statement]:
    """One statement a product."""
    told = []
    for product_id, due in found[:_TOP]:
        days, usual = round(due.elapsed_days), round(due.cycle.days)
        lines = sum(line.product_id == product_id for one in orders if one.status != CANCELLED for line in one.lines)
        sources = (
            Source("order_lines", f"商品 {product_id}，订单没有取消", lines),
            Source(f"模型 {model}", _BASED_ON[due.cycle.based_on], due.cycle.intervals, "个"),
        )
        title = short_title(products[product_id].title)
        text = f"{title}：上次买是 {days} 天前，平时约 {usual} 天买一次"
        told.append(Statement("due", "该补的", text, sources))
    return told


def _favourites(
    topic: str, what: str, bought: Purchases, of: Callable[[Product], str], products: Mapping[str, Product]
) -> Statement | None:
    lines = [line.product_id for one in bought.in_year for line in one.lines]
    counts = Counter(name for product_id in lines if product_id in products and (name := of(products[product_id])))
    if not counts:
        return None
    title = f"{'常买' if max(counts.values()) > 1 else '买过'}的{what}"
    source = Source("order_lines", f"{bought.condition}的订单里，商品还在目录里且有{what}", sum(counts.values()))
    return Statement(topic, title, _listed(counts), (source,))


def _listed(counts: Counter[str]) -> str:
    """猫粮 6 次、猫砂 3 次; equal ones by name."""
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_TOP]
    return "、".join(f"{name} {n} 次" for name, n in most)


def _price(price: float) -> float | None:
    return price if math.isfinite(price) else None
