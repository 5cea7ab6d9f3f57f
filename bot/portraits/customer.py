"""One customer's portrait: what is known, from which rows, and no more than the customer agreed to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from actions.cancel import CASE_ZH
from actions.shelf import as_items
from bot.portraits import statements
from bot.portraits.shop import Landscape, landscape, neighbour
from bot.portraits.statements import YEAR, Purchases, Statement
from recommender import Event, Request, ShopRecommender
from recommender.feature_words import title, written
from store import Store
from store.models import Customer

_ALL_ORDERS = 1_000_000
_COMPARED = ("recency", "orders", "spent", "price", "breadth", "browsing", "tenure")


@dataclass(frozen=True)
class Compared:
    """One feature as of the training, as written: the customer's, the segment's mean, everybody's mean. below: share of
    the segmented customers with a lower value, 0 to 1."""

    title: str
    own: str
    segment: str
    everybody: str
    below: float


@dataclass(frozen=True)
class Portrait:
    """personalised: whether the customer agreed to it; if not, only what service needs is told and `note` says so.
    version: of the model, None without one."""

    customer_id: str
    name: str
    personalised: bool
    note: str
    version: str | None
    statements: tuple[Statement, ...]
    compared: tuple[Compared, ...] = ()
    landscape: Landscape | None = None

    def document(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "customer_id": self.customer_id,
            "name": self.name,
            "personalised": self.personalised,
            "note": self.note,
            "model": self.version,
            "statements": [asdict(one) for one in self.statements],
            "compared": [asdict(one) for one in self.compared],
        }


def portrait(
    store: Store, person: Customer, model: ShopRecommender | None, version: str | None, drawn: bool = False
) -> Portrait:
    """model, version: None where nothing was trained. drawn: with the landscape, which takes a second."""
    now, customer = store.clock.now(), person.customer_id
    orders = store.orders.of_customer(customer, _ALL_ORDERS)
    service = [
        statements.under_way(orders),
        statements.open_cases(store.cases.of_customer(customer, open_only=True), CASE_ZH),
    ]
    if person.consent_personalisation is not True:
        return Portrait(customer, person.name, False, _only_service(person), version, tuple(service))
    catalogue = store.catalogue.snapshot()
    bought, products = Purchases.of(orders, now), catalogue.products
    events = store.behaviour.of_customer(customer)
    lately = [one for one in events if now - YEAR < one.at <= now]
    turns = [one for one in store.conversations.turns(since=now - YEAR, customer_id=customer) if one.at <= now]
    told = [
        _segment(model, version, customer),
        statements.recency_frequency_money(bought),
        statements.favourite_kinds(bought, products),
        statements.favourite_brands(bought, products),
        statements.price_range(bought),
        statements.when_they_buy(bought),
        statements.looked_at(lately, products, now),
        statements.channel(lately, now),
        statements.mood(turns, now),
    ]
    if model is not None and version is not None:
        request = Request(
            customer_id=customer,
            history=tuple(Event(one.product_id, one.type, one.at, one.value) for one in events),
            bought=store.orders.bought(customer),
            now=now,
        )
        due = model.with_catalogue(as_items(catalogue)).due_again(request)
        told += statements.due_again(due, orders, products, version)
    return Portrait(
        customer,
        person.name,
        True,
        "",
        version,
        tuple(one for one in (*told, *service) if one is not None),
        _compared(model, customer) if model else (),
        landscape(model, customer) if drawn and model else None,
    )


def _segment(model: ShopRecommender | None, version: str | None, customer: str) -> Statement:
    if model is None:
        return statements.segment(None, None, None, 0)
    return statements.segment(model.segment_of(customer), neighbour(model, customer), version, len(model.segmented))


def _only_service(person: Customer) -> str:
    if person.consent_personalisation is False:
        why = "关掉了个性化推荐（customers 表的 consent_personalisation 写着“否”）"
    else:
        why = "还没有说过愿不愿意要个性化推荐（customers 表的 consent_personalisation 空着）"
    return f"这位顾客{why}，这里只有办事要用的，没有画像。"


def _compared(model: ShopRecommender, customer: str) -> tuple[Compared, ...]:
    segment, names = model.segment_of(customer), model.segmented
    if segment is None:
        return ()
    features = model.segmentation.features
    own = features.values[names.index(customer)]
    found = []
    for feature in _COMPARED:
        column = features.values[:, features.names.index(feature)]
        value = own[features.names.index(feature)]
        found.append(
            Compared(
                title(feature),
                written(feature, float(value)),
                written(feature, segment.centroid[feature]),
                written(feature, float(column.mean(dtype=np.float64))),
                round(float((column < value).mean()), 4),
            )
        )
    return tuple(found)
