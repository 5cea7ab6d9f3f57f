"""How well suggestions are found: each model learns without every customer's last new purchase and is asked for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

import numpy as np
import scipy.sparse as sp

from bot.errors import Problem
from recommender import (
    PAD,
    CosineRecommender,
    CustomerFacts,
    EaseConfig,
    EaseRecommender,
    FactorRecommender,
    Item,
    Popularity,
    Request,
    ShopConfig,
    ShopRecommender,
)
from recommender import evaluation as measure
from recommender.base import top_n
from recommender.interactions import TYPES, Interactions, levelled, read, taste_matrix

N = 10
CASES = 2000
"""Customers asked about at most; more are drawn with a fixed seed."""
SHOP, POPULAR, ARTICLE = "shop", "popular", "article"
ITEMS, CUSTOMERS, EASE, FACTORS = "item_cosine", "user_cosine", "ease", "factors"
_SEED = 20260
_CELLS = 4_000_000  # scores held at a time
_DENSE_CUSTOMERS = 10_000  # customers × customers in float64: 0.8 GB
_HISTORY = {"1–2": 1, "3–5": 3, "6–10": 6, "11+": 11}

Scores = Callable[[np.ndarray], np.ndarray]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Log:
    """events: as `recommender.interactions.read` takes them. items, customers: empty where only a log is known."""

    events: Any
    items: Sequence[Item] = ()
    customers: Sequence[CustomerFacts] = ()


@dataclass(frozen=True)
class ModelFigures:
    """seconds: to learn. gain: ndcg less that of what everybody buys, customer by customer."""

    name: str
    seconds: float
    accuracy: measure.Accuracy
    spread: measure.Spread
    gain: measure.Mean


@dataclass(frozen=True)
class SuggestionReport:
    """length: of a list. asked: customers asked about. learnt: events that were learnt from. groups: accuracy of the
    model `grouped`, by "segment" (where there is one) and "history" (goods known of the customer), then by group."""

    length: int
    asked: int
    customers: int
    products: int
    learnt: int
    models: list[ModelFigures]
    grouped: str
    groups: dict[str, dict[str, measure.Accuracy]]


@dataclass(frozen=True)
class _Asked:
    """rows: the customers, numbers into train.customers (u,). wanted: (u, items), one entry each. at: seconds (u,).
    matrix: customers × items, levelled weights; what has an entry, if only of 0, is no candidate."""

    train: Interactions
    rows: np.ndarray
    wanted: sp.csr_matrix
    at: np.ndarray
    matrix: sp.csr_matrix
    config: ShopConfig = field(default_factory=ShopConfig)

    @property
    def now(self) -> float:
        """The newest moment learnt from, in seconds."""
        return float(np.nanmax(self.train.at, initial=0.0))


def suggestion_report(log: Log, tell: Tell) -> SuggestionReport:
    """tell: gets the name of each model before it learns. Raises Problem when there is nobody to ask about."""
    asked = _asked(read(log.events))
    figures: dict[str, measure.Values] = {}
    models, segments = [], {}
    for name, learn in _scorers(asked).items():
        tell(name)
        started = time.perf_counter()
        scores = learn()
        seconds = time.perf_counter() - started
        places, ids = _ranked(scores, asked)
        figures[name] = measure.values(places, np.ones(asked.rows.size, np.int64), N)
        models.append(_figures(name, seconds, figures, ids, asked))
    if log.items:
        tell(SHOP)
        started = time.perf_counter()
        shop = _learn_shop(log, asked)
        seconds = time.perf_counter() - started
        ids = _suggested(shop, asked)
        figures[SHOP] = measure.values(measure.ranks_in(ids, asked.wanted), np.ones(asked.rows.size, np.int64), N)
        models.append(_figures(SHOP, seconds, figures, ids, asked))
        names = [shop.segment_of(asked.train.customers[row]) for row in asked.rows]
        segments = {"segment": [one.name if one else "-" for one in names]}
    grouped = SHOP if log.items else ITEMS
    by = segments | {"history": _history(asked)}
    return SuggestionReport(
        N,
        asked.rows.size,
        *asked.matrix.shape,
        len(asked.train),
        models,
        grouped,
        {what: _grouped(figures[grouped], groups) for what, groups in by.items()},
    )


def _asked(events: Interactions) -> _Asked:
    split = measure.leave_last_out(events)
    count = split.customer.size
    if not count:
        raise Problem(
            "没有可以量的顾客",
            "要有顾客先留下过带时间的记录，之后又第一次买了别的商品；现在一位也没有",
            "等订单和行为再多一些，或者换一份更长的记录",
            code=2,
        )
    chosen = np.arange(count)
    if count > CASES:
        chosen = np.sort(np.random.default_rng(_SEED).choice(count, CASES, replace=False))
    wanted = sp.csr_matrix(
        (np.ones(chosen.size, np.int8), (np.arange(chosen.size), split.product[chosen])),
        (chosen.size, len(events.products)),
    )
    config = ShopConfig()
    taste = taste_matrix(split.train, config, float(np.nanmax(split.train.at, initial=0.0)))
    taste.data = levelled(np.maximum(taste.data, 0))
    return _Asked(split.train, split.customer[chosen], wanted, split.at[chosen], taste.astype(np.float32), config)


def _scorers(asked: _Asked) -> dict[str, Callable[[], Scores]]:
    """Name → function that learns and gives the function from rows to scores of all goods. The first is what the others
    are compared with."""
    matrix, config = asked.matrix, asked.config
    found: dict[str, Callable[[], Scores]] = {POPULAR: lambda: Popularity().fit(matrix).score}
    if matrix.shape[0] <= _DENSE_CUSTOMERS:
        found[ARTICLE] = lambda: measure.dense_user_cosine(matrix).__getitem__
    found[ITEMS] = lambda: (
        CosineRecommender("item", neighbours=config.neighbours, shrinkage=config.shrinkage).fit(matrix).score
    )
    found[CUSTOMERS] = lambda: CosineRecommender("user", neighbours=config.neighbours).fit(matrix).score
    if min(matrix.shape) <= EaseConfig().max_side:
        found[EASE] = lambda: EaseRecommender().fit(matrix).score
    found[FACTORS] = lambda: FactorRecommender().fit(matrix).score
    return found


def _ranked(scores: Scores, asked: _Asked) -> tuple[list[np.ndarray], np.ndarray]:
    """Places of the wanted goods, and the lists (u, N)."""
    places, ids = [], []
    step = max(1, _CELLS // max(1, asked.matrix.shape[1]))
    for start in range(0, asked.rows.size, step):
        rows = asked.rows[start : start + step]
        line, seen = scores(rows), asked.matrix[rows].tocoo()
        new = np.ones(line.shape, bool)
        new[seen.row, seen.col] = False
        places += measure.ranks(line, asked.wanted[start : start + step], new)
        ids.append(top_n(np.where(new, line, 0).astype(np.float32), N)[0])
    return places, np.concatenate(ids)


def _figures(
    name: str, seconds: float, figures: dict[str, measure.Values], ids: np.ndarray, asked: _Asked
) -> ModelFigures:
    return ModelFigures(
        name,
        round(seconds, 2),
        figures[name].accuracy(),
        measure.spread(ids, asked.rows, asked.matrix),
        measure.mean(figures[name].ndcg - figures[POPULAR].ndcg),
    )


def _learn_shop(log: Log, asked: _Asked) -> ShopRecommender:
    train = asked.train
    columns = {
        "customer_id": [train.customers[row] for row in train.customer],
        "product_id": [train.products[row] for row in train.product],
        "type": [TYPES[code] for code in train.type],
        "value": train.value.tolist(),
        "at": train.at.tolist(),
    }
    # What was on the shelf then is not known; what is off it today was often bought.
    items = [replace(item, available=True) for item in log.items]
    return ShopRecommender.fit(columns, items, log.customers, asked.config, _moment(asked.now))


def _suggested(shop: ShopRecommender, asked: _Asked) -> np.ndarray:
    """The lists (u, N) that the shop would have shown at the moment of the purchase."""
    place = {name: number for number, name in enumerate(asked.train.products)}
    ids = np.full((asked.rows.size, N), PAD, np.int32)
    for line, (row, at) in enumerate(zip(asked.rows, asked.at, strict=True)):
        known = frozenset(asked.train.products[p] for p in asked.matrix[row].indices)
        request = Request(N, asked.train.customers[row], exclude=known, now=_moment(at))
        found = [item.product_id for item in shop.suggest(request).items]
        # Goods that nobody ever touched have no number: they keep their place in the list and hit nothing.
        ids[line, : len(found)] = [place.get(name, PAD) for name in found]
    return ids


def _history(asked: _Asked) -> list[str]:
    known = np.diff(asked.matrix.indptr)[asked.rows]
    names = list(_HISTORY)
    return [names[at] for at in np.clip(np.searchsorted(list(_HISTORY.values()), known, side="right") - 1, 0, None)]


def _grouped(figures: measure.Values, groups: Sequence[str]) -> dict[str, measure.Accuracy]:
    names = np.array(groups)
    order = [name for name in _HISTORY if name in set(groups)] or sorted(set(groups))
    return {name: figures.accuracy(names == name) for name in order}


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc)
