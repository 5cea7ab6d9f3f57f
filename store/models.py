"""What the repositories give out: frozen rows, times aware and in Asia/Shanghai, money in yuan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

ON_SALE, OFF_SHELF = "on_sale", "off_shelf"

PENDING, PAID, TO_SHIP = "pending", "paid", "to_ship"
SHIPPED, IN_TRANSIT, DELIVERING = "shipped", "in_transit", "delivering"
RECEIVED, COMPLETED, CANCELLED = "received", "completed", "cancelled"
REFUNDING, REFUNDED, EXCHANGING = "refunding", "refunded", "exchanging"

STATUS_ZH: Mapping[str, str] = MappingProxyType(
    {
        PENDING: "待付款",
        PAID: "已付款",
        TO_SHIP: "待发货",
        SHIPPED: "已发货",
        IN_TRANSIT: "运输中",
        DELIVERING: "派送中",
        RECEIVED: "已签收",
        COMPLETED: "已完成",
        CANCELLED: "已取消",
        REFUNDING: "退款中",
        REFUNDED: "已退款",
        EXCHANGING: "换货中",
    }
)
BEFORE_SHIPPING = frozenset({PENDING, PAID, TO_SHIP})
ON_THE_WAY = frozenset({SHIPPED, IN_TRANSIT, DELIVERING})

EVENT_TYPES = ("view", "click", "favourite", "cart", "purchase", "dislike")

_LEVELS = re.compile(r"\s*[/>／＞]\s*")
_KIND_ATTRIBUTES = ("类型", "品类", "type")
_COLOUR_ATTRIBUTES = ("颜色", "颜色分类", "色号", "colour", "color")
_SIZE_ATTRIBUTES = ("尺码", "尺寸", "鞋码", "码数", "规格", "size")


def short_title(title: str, longest: int = 16) -> str:
    """The first words of a long shop title, as many as fit; never an empty text for a non-empty title."""
    words = title.split()
    short = ""
    for word in words:
        longer = f"{short} {word}".strip()
        if len(longer) > longest:
            break
        short = longer
    return short or title.strip()[:longest]


@dataclass(frozen=True)
class Product:
    product_id: str
    title: str
    price: float
    category: str = ""
    brand: str = ""
    stock: int | None = None
    """Pieces left; None where the shop does not count."""
    tags: tuple[str, ...] = ()
    image_url: str = ""
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    status: str = ON_SALE
    added_at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of kinds, broad to narrow, from the category (``耳机/蓝牙耳机``) and the attribute 类型."""
        named = [part for part in _LEVELS.split(self.category) if part]
        return tuple(dict.fromkeys([*named, *self._values(_KIND_ATTRIBUTES)]))

    @property
    def colours(self) -> tuple[str, ...]:
        return self._values(_COLOUR_ATTRIBUTES)

    @property
    def sizes(self) -> tuple[str, ...]:
        return self._values(_SIZE_ATTRIBUTES)

    @property
    def available(self) -> bool:
        return self.status == ON_SALE and (self.stock is None or self.stock > 0)

    @property
    def short_title(self) -> str:
        return short_title(self.title)

    def _values(self, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if self.attributes.get(name):
                return self.attributes[name]
        return ()


@dataclass(frozen=True)
class CatalogueSnapshot:
    """The whole catalogue at one version. ``kinds`` and ``brands``: the most frequent first."""

    version: int
    products: dict[str, Product]
    kinds: tuple[str, ...]
    brands: tuple[str, ...]


@dataclass(frozen=True)
class Customer:
    customer_id: str
    name: str = ""
    registered_at: datetime | None = None
    birth_year: int | None = None
    gender: str = ""
    city: str = ""
    level: str = ""
    consent_personalisation: bool | None = None
    """None: never asked."""
    consent_marketing: bool | None = None
    phone: str = ""
    points: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OrderLine:
    product_id: str
    title: str
    quantity: int
    price: float
    """Yuan for one piece."""
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class OrderEvent:
    at: datetime
    kind: str
    text: str
    place: str = ""


@dataclass(frozen=True)
class Order:
    order_id: str
    customer_id: str
    status: str
    ordered_at: datetime
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    received_at: datetime | None = None
    refunded_at: datetime | None = None
    carrier: str = ""
    tracking_no: str = ""
    lines: tuple[OrderLine, ...] = ()
    events: tuple[OrderEvent, ...] = ()
    """Oldest first: what the order's times say, the parcel's trace, and what was done here."""
    recipient: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""
    delivery_date: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return round(sum(line.price * line.quantity for line in self.lines), 2)

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def title(self) -> str:
        """A short name for lists and questions: ``羽绒服``, ``羽绒服 ×2`` or ``羽绒服 等 2 件``."""
        if not self.lines:
            return f"订单 {self.order_id}"
        first = short_title(self.lines[0].title)
        if len(self.lines) > 1:
            return f"{first} 等 {self.pieces} 件"
        return first if self.pieces == 1 else f"{first} ×{self.pieces}"

    @property
    def status_zh(self) -> str:
        return STATUS_ZH.get(self.status, self.status)


@dataclass(frozen=True)
class Case:
    case_id: str
    kind: str
    customer_id: str
    order_id: str | None
    product_id: str | None
    status: str
    """open, done or withdrawn."""
    details: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    existing: bool = False
    """True on the answer to ``open`` when the very same matter was open already."""


@dataclass(frozen=True)
class Unanswered:
    text: str
    customer_id: str | None
    """None for a visitor."""
    product_id: str | None
    """What the talk was about, if it was about one product."""
    at: datetime


@dataclass(frozen=True)
class BehaviourEvent:
    customer_id: str
    product_id: str
    type: str
    at: datetime
    value: float | None = None
    channel: str = ""


@dataclass(frozen=True)
class Interactions:
    """Columns of equal length, oldest first; purchases (from orders) carry the quantity as value."""

    customer_id: list[str]
    product_id: list[str]
    type: list[str]
    value: list[float | None]
    at: list[datetime]

    def __len__(self) -> int:
        return len(self.customer_id)

    def __iter__(self) -> Iterator[tuple[str, str, str, float | None, datetime]]:
        return zip(self.customer_id, self.product_id, self.type, self.value, self.at, strict=True)


@dataclass(frozen=True)
class Conversation:
    sender_id: str
    customer_id: str | None
    anonymous: bool
    channel: str
    opened_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Turn:
    turn_id: str
    sender_id: str
    customer_id: str | None
    at: datetime
    text: str
    intent: str | None = None
    confidence: float | None = None
    ranking: list[dict[str, Any]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    sentiment_label: str | None = None
    sentiment_score: float | None = None
    model_version: str | None = None
    actions: list[str] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    latency_ms: float | None = None
    outcome: str = "answered"


@dataclass(frozen=True)
class Impression:
    impression_id: str
    sender_id: str
    customer_id: str | None
    at: datetime
    strategy: str
    personalised: bool
    items: list[dict[str, Any]] = field(default_factory=list)
    """Each: product_id, position, score, reason, price, propensity, and the aspect that reviews praise where that is
    the reason."""


@dataclass(frozen=True)
class Feedback:
    feedback_id: int
    sender_id: str
    customer_id: str | None
    at: datetime
    rating: str
    """up or down."""
    message_id: str | None = None
    impression_id: str | None = None
    product_id: str | None = None
    reason: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class Handover:
    handover_id: int
    sender_id: str
    customer_id: str | None
    reason: str
    summary: str
    state: str
    """queued, connected or ended."""
    position: int
    """Place in the queue from 1; 0 when not queued."""
    requested_at: datetime


@dataclass(frozen=True)
class FaqEntry:
    entry_id: str
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    category: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day on which the answer holds, inclusive."""


@dataclass(frozen=True)
class Review:
    product_id: str
    text: str
    at: datetime
    customer_id: str | None = None
    rating: float | None = None


@dataclass(frozen=True)
class ProductReviews:
    """The newest reviews of one product with the counts over all of them."""

    product_id: str
    count: int
    average: float | None
    good: int
    """Rated 4 or 5."""
    bad: int
    """Rated 1 or 2."""
    reviews: tuple[Review, ...] = ()
