"""The whole demo shop from one seed, as rows of the tables that a merchant brings."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from data.shop import browsing, cast, voices
from data.shop.calendar import SHANGHAI, written
from data.shop.catalogue import Goods, catalogue
from data.shop.parcels import Order
from data.shop.people import Person, give_level, people
from data.shop.trade import Market, Shelf

#: The tables in the order in which to import them.
KINDS_OF_TABLE = ("customers", "products", "orders", "events", "reviews", "surveys", "chats", "faq")
SEED = 20_261_111
CUSTOMERS = 3_000

_FAQ = Path(__file__).parent / "texts" / "faq.csv"
#: A made-up shop has no photographs; pages draw their own picture and others get the shop's sign.
_PICTURE = "/webhooks/web/ui/icon.svg"


@dataclass(frozen=True)
class DemoShop:
    """Rows by table; values are text, numbers, or (a parcel's trace) a list of steps."""

    made_for: datetime
    """Nothing in the tables is later than this."""
    seed: int
    tables: dict[str, list[dict[str, object]]]

    def counts(self) -> dict[str, int]:
        return {kind: len(rows) for kind, rows in self.tables.items()}


def build_shop(
    today: date | None = None, seed: int = SEED, now: datetime | None = None, customers: int = CUSTOMERS
) -> DemoShop:
    """Makes the shop as it stands at `now` (default: noon of `today`, Asia/Shanghai).

    The same arguments make the same shop.

    Raises ValueError when `now` has no time zone or is not on `today`.
    """
    if now is not None and now.tzinfo is None:
        raise ValueError("now needs a time zone")
    now = now.astimezone(SHANGHAI).replace(microsecond=0) if now else None
    if today is None:
        today = (now or datetime.now(SHANGHAI)).date()
    now = now or datetime(today.year, today.month, today.day, 12, tzinfo=SHANGHAI)
    if now.date() != today:
        raise ValueError(f"now is on {now.date()}, not on {today}")
    # A stream of chance for each part: more products don't shuffle the customers.
    chance = {
        name: Random(f"{seed}:{name}")
        for name in ("shelf", "people", "cast", "trade", "looks", "voices", "junk", "stock")
    }
    goods = catalogue()
    shelf = Shelf(goods, chance["shelf"])
    named = len(cast.DEMO_CUSTOMERS)
    crowd = people(chance["people"], customers - named, today, shelf.brands)
    market = Market(shelf, crowd, today, chance["trade"])
    market.play()
    everyone = [*cast.stage(market, chance["cast"], now, shelf.brands), *crowd]
    orders = sorted(
        (order for order in market.orders if order.ordered_at <= now),
        key=lambda order: (order.ordered_at, order.order_id),
    )
    for order in orders:
        if order.paid_at is not None and order.fate in ("kept", "exchange"):
            order.person.spent += order.total
    for person in everyone:
        give_level(person)
    return DemoShop(
        now,
        seed,
        {
            "customers": [person.row() for person in everyone],
            "products": _products(goods, now, chance["stock"]),
            "orders": _order_rows(orders, now, chance["junk"]),
            "events": _events(shelf, orders, everyone, now, chance["looks"], chance["junk"]),
            "reviews": voices.reviews(chance["voices"], orders, now),
            "surveys": voices.surveys(chance["voices"], crowd, today),
            "chats": voices.chats(chance["voices"], orders, today),
            "faq": faq(),
        },
    )


def faq() -> list[dict[str, object]]:
    """The demo shop's own answers."""
    with _FAQ.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _products(goods: Sequence[Goods], now: datetime, rng: Random) -> list[dict[str, object]]:
    rows = []
    for each in goods:
        gone, off = "sold" in each.flags, "off" in each.flags or rng.random() < 0.012
        # One in thirty is sold out besides those that the catalogue names; a fifth is down to the last pieces.
        stock = (
            0
            if gone or rng.random() < 0.033
            else rng.randint(1, 9)
            if rng.random() < 0.2
            else int(rng.lognormvariate(4.8, 1.1)) + 10
        )
        age = rng.randint(2, 20) if "new" in each.flags else rng.randint(60, 900)
        rows.append(
            {
                "product_id": each.product_id,
                "title": each.title,
                "price": f"{each.price:.2f}",
                "category": "/".join(each.kind.path),
                "brand": each.brand,
                "stock": stock,
                "tags": ";".join(each.tags),
                "image_url": _PICTURE,
                "attributes": ";".join(f"{name}:{'/'.join(values)}" for name, values in each.attributes.items()),
                "status": "下架" if off else "在售",
                "added_at": written(now - timedelta(days=age)),
            }
        )
    return rows


def _order_rows(orders: Sequence[Order], now: datetime, rng: Random) -> list[dict[str, object]]:
    """Rows with a little junk in the old ones: absurd quantities, goods no longer listed."""
    rows = [row for order in orders for row in order.rows(now)]
    old = [
        place
        for place, row in enumerate(rows)
        if row["status"] == "已完成"
        and row["ordered_at"] < written(now - timedelta(days=200))
        and row["customer_id"] >= "C1"
    ]
    for place in rng.sample(old, min(24, len(old))):
        if rng.random() < 0.25:
            rows[place]["quantity"] = rng.choice((99, 188, 666))
        else:
            rows[place]["product_id"] = f"P0990{rng.randrange(10)}"
    return rows


def _events(
    shelf: Shelf, orders: Sequence[Order], everyone: Sequence[Person], now: datetime, looks: Random, junk: Random
) -> list[dict[str, object]]:
    seen = browsing.Browsing(shelf, looks, now.date())
    for order in orders:
        seen.before_order(order)
    for person in everyone:
        if person.registered_at < now - timedelta(hours=3):
            seen.idle(person)
    browsing.junk(junk, seen.rows, everyone)
    last = written(now)
    return sorted((row for row in seen.rows if row["at"] <= last), key=lambda row: (row["at"], row["customer_id"]))
