"""`zhike recommend`: suggestions for one customer, with score, reason and strategy."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.errors import Problem
from bot.settings import load


def run(
    customer: Annotated[str, typer.Option(help="顾客编号")],
    n: Annotated[int, typer.Option("-n", help="几件", min=1, max=100)] = 10,
    category: Annotated[str | None, typer.Option(help="只要这一类")] = None,
    max_price: Annotated[float | None, typer.Option(help="不超过多少元")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只打一个 JSON")] = False,
) -> None:
    """给一位顾客推荐商品：编号、名称、价格、得分、理由、策略。"""
    document = suggest(customer, n, category, max_price)
    if as_json:
        print(json.dumps(document, ensure_ascii=False, default=str))
        return
    print(
        f"策略 {document['strategy']}{'（个性化）' if document['personalised'] else ''}"
        + ("" if document["exact"] else f"；没有完全符合的，放宽了{document['relaxed']}")
    )
    for place, item in enumerate(document["items"], 1):
        goods = f"{item['product_id']}  {item['title']}  ￥{item['price']:g}"
        print(f"{place:>3}. {goods}  {item['score']:.3f}  {item['reason']}")


def suggest(customer_id: str, n: int, category: str | None, max_price: float | None) -> dict[str, Any]:
    """{"customer_id", "strategy", "personalised", "exact", "relaxed", "items": [...]}. Raises Problem."""
    from actions.shelf import as_items
    from bot.runtime.models import current
    from recommender import Event, Request, ShopRecommender
    from store import Store

    settings = load()
    model = current(settings.models)
    with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
        catalogue, person = store.catalogue.snapshot(), store.customers.get(customer_id)
        if person is None:
            raise Problem(f"没有顾客“{customer_id}”", "店里的顾客表里没有这个编号", code=2)
        history = store.behaviour.of_customer(customer_id)
        request = Request(
            n=n,
            customer_id=customer_id,
            personalised=bool(person.consent_personalisation),
            history=tuple(Event(one.product_id, one.type, one.at, one.value) for one in history),
            kinds=frozenset({category}) if category else frozenset(),
            max_price=max_price,
            exclude=frozenset(store.behaviour.cart(customer_id)),
            bought=store.orders.bought(customer_id),
        )
    try:
        recommender = ShopRecommender.load(model.recommender)
    except Exception as error:
        raise Problem("推荐模型用不了", str(error), "运行 zhike train") from None
    found = recommender.with_catalogue(as_items(catalogue)).suggest(request)
    items = [
        {
            **asdict(item),
            "title": catalogue.products[item.product_id].title,
            "price": catalogue.products[item.product_id].price,
        }
        for item in found.items
    ]
    return {
        "customer_id": customer_id,
        "strategy": found.strategy,
        "personalised": found.personalised,
        "exact": found.exact,
        "relaxed": found.relaxed,
        "items": items,
    }
