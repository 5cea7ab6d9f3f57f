"""Somebody new, and new goods: what the shop's recommender finds for them beside what everybody buys.

On the demo shop. New customers: of each fifth of the customers in turn nothing is learned; they are asked about after
the first 1, 3 and 5 records of theirs, which come in as what they do in the talk. Asked for is what they buy within
the next 90 days and have not met yet. New goods: of a tenth of the goods every record is left out; customers who later
bought one are asked which of the new goods they would take. "popular" is the list by number of buyers, equal ones (all
new goods) by what goods of that kind sell on average. Figures are means over customers with 95 % intervals.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np

from actions.shelf import as_facts, as_items
from benchmarks.turns import zhike
from bot.settings import load
from recommender import CustomerFacts, Event, Item, Request, ShopRecommender, evaluation
from recommender.interactions import PURCHASE, TYPES, Interactions, read
from store import Store

LENGTH = 10
AFTER = (1, 3, 5)
SOON = timedelta(days=90).total_seconds()
FOLDS = 5
SEED = 20260


@dataclass(frozen=True)
class _Case:
    """One customer at one moment: what they did so far, what they then took, the goods that it was among."""

    customer: str
    at: float
    history: tuple[Event, ...]
    wanted: frozenset[str]
    left_out: frozenset[str]


@dataclass(frozen=True)
class _Answer:
    """Places of the wanted goods in our list and in the popular one, and how many were wanted."""

    ours: np.ndarray
    popular: np.ndarray
    held: int


def run(work: Path) -> dict[str, Any]:
    home = work / "cold_start"
    environment = {"ZHIKE_HOME": str(home)}
    if not (home / "zhike.db").exists():
        zhike("demo", env=environment)
    with Store.open(load(environment).url) as store:
        events, items = read(store.behaviour.interactions()), as_items(store.catalogue.snapshot())
        customers = as_facts(store)
    # What was on the shelf then is not known; what is off it today was often bought.
    items = [Item(**{**asdict(item), "available": True}) for item in items]
    rng = np.random.default_rng(SEED)
    return {
        "new_customers": _new_customers(events, items, customers, rng),
        "new_goods": _new_goods(events, items, customers, rng),
    }


def _new_customers(
    events: Interactions, items: list[Item], customers: list[CustomerFacts], rng: np.random.Generator
) -> dict[str, Any]:
    fold = rng.integers(0, FOLDS, len(events.customers))
    asked: dict[int, list[_Answer]] = {count: [] for count in AFTER}
    for number in range(FOLDS):
        strange = fold == number
        kept = ~strange[events.customer]
        model, popular = _fitted(events, kept, items, customers), _popular(events, kept, items)
        for count in AFTER:
            cases = [case for row in np.flatnonzero(strange) if (case := _after(events, int(row), count)) is not None]
            asked[count] += [_answer(model, popular, case) for case in cases]
    return {str(count): _compared(answers) for count, answers in asked.items()}


def _after(events: Interactions, customer: int, count: int) -> _Case | None:
    """The customer after their first `count` records; None without that many, or when nothing new is bought soon."""
    rows = np.flatnonzero((events.customer == customer) & np.isfinite(events.at))
    rows = rows[np.argsort(events.at[rows], kind="stable")]
    if rows.size <= count:
        return None
    at = float(events.at[rows[count - 1]])
    known = {events.products[p] for p in events.product[rows[:count]]}
    later = rows[count:]
    bought = later[(events.type[later] == PURCHASE) & (events.at[later] <= at + SOON)]
    wanted = {events.products[p] for p in events.product[bought]} - known
    history = tuple(
        Event(events.products[events.product[row]], TYPES[events.type[row]], _moment(events.at[row]))
        for row in rows[:count]
    )
    return _Case(events.customers[customer], at, history, frozenset(wanted), frozenset(known)) if wanted else None


def _new_goods(
    events: Interactions, items: list[Item], customers: list[CustomerFacts], rng: np.random.Generator
) -> dict[str, Any]:
    new = rng.random(len(events.products)) < 0.1
    fresh = {name for name, is_new in zip(events.products, new, strict=True) if is_new}
    kept = ~new[events.product]
    model, popular = _fitted(events, kept, items, customers), _popular(events, kept, items)
    old = frozenset(item.product_id for item in items) - fresh
    taken = np.flatnonzero(new[events.product] & (events.type == PURCHASE) & np.isfinite(events.at))
    cases = []
    for customer in np.unique(events.customer[taken]):
        rows = taken[events.customer[taken] == customer]
        wanted = frozenset(events.products[p] for p in events.product[rows])
        cases.append(_Case(events.customers[customer], float(events.at[rows].min()), (), wanted, old))
    return {"goods": len(fresh), **_compared([_answer(model, popular, case) for case in cases])}


def _answer(model: ShopRecommender, popular: list[str], case: _Case) -> _Answer:
    request = Request(LENGTH, case.customer, history=case.history, exclude=case.left_out, now=_moment(case.at))
    ours = [item.product_id for item in model.suggest(request).items]
    sold = [name for name in popular if name not in case.left_out][:LENGTH]
    return _Answer(_hits(ours, case), _hits(sold, case), len(case.wanted))


def _hits(found: list[str], case: _Case) -> np.ndarray:
    return np.array([at for at, name in enumerate(found) if name in case.wanted], int)


def _compared(answers: list[_Answer]) -> dict[str, Any]:
    held = np.array([answer.held for answer in answers])
    ours = evaluation.values([answer.ours for answer in answers], held, LENGTH)
    popular = evaluation.values([answer.popular for answer in answers], held, LENGTH)
    return {
        "customers": len(answers),
        "ours": asdict(ours.accuracy()),
        "popular": asdict(popular.accuracy()),
        "hit_rate_gain": asdict(evaluation.mean(ours.hit_rate - popular.hit_rate)),
        "ndcg_gain": asdict(evaluation.mean(ours.ndcg - popular.ndcg)),
    }


def _popular(events: Interactions, kept: np.ndarray, items: list[Item]) -> list[str]:
    """All goods, those with the most buyers first, equal ones by the mean of their kind."""
    bought = kept & (events.type == PURCHASE)
    pairs = np.unique(np.column_stack([events.customer[bought], events.product[bought]]), axis=0)
    counts = np.bincount(pairs[:, 1], minlength=len(events.products))
    buyers = {name: int(count) for name, count in zip(events.products, counts, strict=True)}
    kinds: dict[str, list[int]] = {}
    for item in items:
        if item.product_id in buyers:
            kinds.setdefault(item.kinds[-1], []).append(buyers[item.product_id])
    usual = {kind: float(np.mean(sold)) for kind, sold in kinds.items()}
    ranked = sorted(items, key=lambda i: (-buyers.get(i.product_id, 0), -usual.get(i.kinds[-1], 0.0), i.product_id))
    return [item.product_id for item in ranked]


def _fitted(
    events: Interactions, kept: np.ndarray, items: list[Item], customers: list[CustomerFacts]
) -> ShopRecommender:
    columns = {
        "customer_id": [events.customers[row] for row in events.customer[kept]],
        "product_id": [events.products[row] for row in events.product[kept]],
        "type": [TYPES[code] for code in events.type[kept]],
        "value": events.value[kept].tolist(),
        "at": events.at[kept].tolist(),
    }
    return ShopRecommender.fit(columns, items, customers, now=_moment(float(np.nanmax(events.at))))


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc)


def table(figures: dict[str, Any]) -> list[list[str]]:
    rows = [["asked", "customers", "HR@10", "popular", "NDCG@10", "popular", "NDCG gain (95 %)"]]
    asked = {f"new customer after {count}": figures["new_customers"][str(count)] for count in AFTER}
    asked[f"{figures['new_goods']['goods']} new goods"] = figures["new_goods"]
    for name, found in asked.items():
        gain = found["ndcg_gain"]
        rows.append(
            [
                name,
                str(found["customers"]),
                *(f"{found[who][what]['value']:.3f}" for what in ("hit_rate", "ndcg") for who in ("ours", "popular")),
                f"{gain['value']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f})",
            ]
        )
    return rows
