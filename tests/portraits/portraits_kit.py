"""A small shop with a trained recommender and no language model: what `zhike profile` needs."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import training
from bot.runtime.models import RASA, RECOMMENDER, publish
from bot.settings import load
from store import Store
from store.clock import SHANGHAI, now
from store.importing import import_rows
from store.models import Turn

NOON = now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
"""Of yesterday: nothing here happened tomorrow."""
KINDS = (
    ("F", "猫粮", "皇家", 139),
    ("S", "猫砂", "皮皮淘", 45),
    ("L", "口红", "花西子", 169),
    ("T", "电视", "小米", 2499),
)


def written(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def rows(people: int = 60) -> dict[str, list[dict[str, Any]]]:
    """C00 agreed, bought cat food every 30 days in the evening and talked; C01 said no; C02 was never asked; C03 agreed
    and never did anything; C04 has an order that was cancelled and one that waits for money; C05 an order under way."""
    rng = random.Random(5)
    products = [
        {"product_id": f"{code}{n}", "title": f"{brand} {kind} {n} 号", "price": price + 10 * n, "category": kind}
        | {"brand": brand, "stock": 50}
        for code, kind, brand, price in KINDS
        for n in range(4)
    ]
    consent = {1: "否", 2: ""}
    customers = [
        {"customer_id": f"C{n:02d}", "name": f"顾客{n}", "registered_at": written(NOON - timedelta(days=500 - n))}
        | {"consent_personalisation": consent.get(n, "是")}
        for n in range(people)
    ]
    orders: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []

    def order(
        customer: int, product: str, days: float, status: str = "已完成", hour: int = 20, pieces: int = 1
    ) -> None:
        at = (NOON - timedelta(days=days)).replace(hour=hour, minute=len(orders) % 60)
        price = next(one["price"] for one in products if one["product_id"] == product)
        orders.append(
            {"order_id": f"O{len(orders):04d}", "customer_id": f"C{customer:02d}", "product_id": product}
            | {"quantity": pieces, "price": price, "ordered_at": written(at), "status": status}
        )

    for days in (152, 122, 92, 62, 32):
        order(0, "F0", days)
    order(0, "S1", 62, hour=9)
    order(0, "T0", 20, "已退款")
    order(0, "L0", 400)
    order(4, "L1", 9, "已取消")
    order(4, "L1", 8, "待付款")
    order(5, "L1", 2, "运输中")
    for customer in [*range(1, 3), *range(6, people)]:
        kind = KINDS[customer % len(KINDS)][0]
        for turn in range(rng.randint(1, 6)):
            order(customer, f"{kind}{rng.randrange(4)}", 30.0 * turn + rng.uniform(3, 9), hour=rng.randrange(24))
    for customer in [0, *range(4, people)]:
        for _ in range(rng.randint(2, 8)):
            at = NOON - timedelta(days=rng.uniform(1, 90))
            product = f"{KINDS[customer % len(KINDS)][0]}{rng.randrange(4)}"
            events.append(
                {"customer_id": f"C{customer:02d}", "product_id": product, "type": "浏览", "at": written(at)}
                | {"channel": "小程序" if customer % 2 else "App"}
            )
    events.append({**events[-1], "customer_id": "C99"})  # whom the table of customers does not name
    return {"products": products, "customers": customers, "orders": orders, "events": events}


def fill(home: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    with Store.open(f"sqlite:///{home / 'zhike.db'}") as store:
        for kind, lines in tables.items():
            report = import_rows(store, kind, lines)
            assert report.ok, report.problems
        for number, mood in enumerate(("negative", "neutral", "positive", "positive", None)):
            at = NOON - timedelta(days=number)
            store.log_turn(Turn(f"T{number}", "S0", "C00", at, "你好", sentiment_label=mood)).result()


def train(home: Path) -> str:
    """The recommender part of `zhike train` on what is in the home; the version."""
    settings = load({"ZHIKE_HOME": str(home)})
    draft = settings.models / ".draft"
    draft.mkdir(parents=True)
    told, _ = training._recommender(settings, draft / RECOMMENDER, lambda line: None)
    (draft / RASA).write_bytes(b"no language model here")
    return publish(settings.models, draft, {"version": "20260101-000000", "recommender": told}, 3).version
