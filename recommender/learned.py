"""Everything that is learnt from the events, apart from today's catalogue: what `zhike train` saves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender import features, interactions
from recommender.archive import csr_arrays, csr_of
from recommender.config import ShopConfig
from recommender.cosine import CosineRecommender
from recommender.factors import FactorRecommender
from recommender.interactions import DAY, PURCHASE, Interactions
from recommender.repurchase import Cycles
from recommender.request import CustomerFacts, Item
from recommender.segments import Segments

Neighbours = Callable[[sp.csr_matrix, int, float], sp.csr_matrix]
"""(customers × products, k, shrinkage) → products × products neighbours, as `kernel.neighbours` gives them."""


def _neighbours(matrix: sp.csr_matrix, k: int, shrinkage: float) -> sp.csr_matrix:
    return CosineRecommender(neighbours=k, shrinkage=shrinkage).fit(matrix).similarity


@dataclass
class Learned:
    """products, customers: ids, sorted; numbers below index them.

    taste: customers × products, sums of event weights (float64 CSR). similarity: products × products neighbours
    (float32 CSR). factors: of the same weights, or None (see `ShopConfig.factor_share`). bought: customers × products,
    seconds of the last purchase (float64 CSR). disliked: customers × products, 1 where 不喜欢 was said. sellers:
    distinct customers who bought each product within the window before `now`, int32. interest: decayed positive weight
    of everybody for each product, float64. labels: segment of each customer, -1 none; who has one has a row in
    `segments.features`. segment_sellers: segments × products, like sellers. now: seconds, when fitted; until: seconds
    of the newest event, 0.0 without."""

    config: ShopConfig
    products: list[str]
    customers: list[str]
    taste: sp.csr_matrix
    similarity: sp.csr_matrix
    factors: FactorRecommender | None
    bought: sp.csr_matrix
    disliked: sp.csr_matrix
    sellers: np.ndarray
    interest: np.ndarray
    segments: Segments
    labels: np.ndarray
    segment_sellers: np.ndarray
    cycles: Cycles
    now: float
    until: float

    def __post_init__(self) -> None:
        self.product_index = {name: place for place, name in enumerate(self.products)}
        self.customer_index = {name: place for place, name in enumerate(self.customers)}
        self.buyers = self.bought.T.tocsr()
        """Products × customers: rows list the buyers of a product."""
        self.buyer_counts = np.diff(self.buyers.indptr)
        self.liked = sp.csr_matrix(self.taste.multiply(self.taste > 0))
        self.likers = self.liked.T.tocsr()
        self.liker_counts = np.diff(self.likers.indptr)

    @classmethod
    def fit(
        cls,
        events: Interactions,
        items: Sequence[Item],
        customers: Sequence[CustomerFacts],
        config: ShopConfig,
        now: float,
        neighbours_by: Neighbours | None = None,
    ) -> Learned:
        by_id = {item.product_id: item for item in items}
        taste = interactions.taste_matrix(events, config, now)
        positive = _positive(taste)
        similarity = (neighbours_by or _neighbours)(positive, config.neighbours, config.shrinkage)
        labels, segments = cls._segments(events, by_id, customers, config, now)
        age = (now - events.at) / DAY  # NaN compares false: a purchase at an unknown time is in no window
        with np.errstate(invalid="ignore"):
            recent = (events.type == PURCHASE) & (age <= config.sales_window_days) & (age >= -1)
        pairs = np.unique(np.column_stack([events.customer[recent], events.product[recent]]), axis=0)
        sellers = np.bincount(pairs[:, 1], minlength=len(events.products)).astype(np.int32)
        by_segment = np.zeros((len(segments.segments), len(events.products)), np.int32)
        inside = labels[pairs[:, 0]] >= 0
        np.add.at(by_segment, (labels[pairs[inside, 0]], pairs[inside, 1]), 1)
        known = events.at[np.isfinite(events.at)]
        return cls(
            config,
            events.products,
            events.customers,
            taste,
            similarity,
            FactorRecommender().fit(positive) if _worth_factors(positive, config) else None,
            interactions.bought_matrix(events),
            interactions.disliked_matrix(events),
            sellers,
            np.asarray(positive.sum(axis=0)).ravel().astype(np.float64),
            segments,
            labels,
            by_segment,
            Cycles.fit(events, {name: item.kinds[-1] for name, item in by_id.items() if item.kinds}, config),
            now,
            float(min(known.max(), now)) if known.size else 0.0,
        )

    @staticmethod
    def _segments(
        events: Interactions, by_id: dict[str, Item], customers: Sequence[CustomerFacts], config: ShopConfig, now: float
    ) -> tuple[np.ndarray, Segments]:
        """Who has said no to personalisation is in no segment and in no segment's figures."""
        price = np.array(
            [interactions.number(by_id[p].price) if p in by_id else np.nan for p in events.products], np.float64
        )
        kinds = [by_id[p].kinds[0] if p in by_id and by_id[p].kinds else None for p in events.products]
        refused = {one.customer_id for one in customers if one.consent is False}
        members = np.array([name not in refused for name in events.customers], bool)
        own = members[events.customer]
        events = replace(
            events, **{name: getattr(events, name)[own] for name in ("customer", "product", "type", "value", "at")}
        )
        facts = {one.customer_id: one for one in customers if one.customer_id not in refused}
        registered = {name: interactions.seconds(one.registered_at) for name, one in facts.items()}
        since = np.array([registered.get(name, np.nan) for name in events.customers], np.float64)
        measured = features.measured(events, price, kinds, facts, since, now).of(members)
        segments = Segments(config.segments, config.seed).fit(measured)
        labels = np.full(len(members), -1, np.int32)
        labels[members] = segments.predict(measured)
        return labels, segments

    def taste_of(self, customer: int) -> dict[str, float]:
        """Product id → raw weight of one customer, by number."""
        row = slice(self.taste.indptr[customer], self.taste.indptr[customer + 1])
        return {self.products[p]: float(w) for p, w in zip(self.taste.indices[row], self.taste.data[row], strict=True)}

    def bought_by(self, customer: int) -> dict[str, float]:
        """Product id → seconds of the last purchase (1.0 unknown)."""
        row = slice(self.bought.indptr[customer], self.bought.indptr[customer + 1])
        return {
            self.products[p]: float(t) for p, t in zip(self.bought.indices[row], self.bought.data[row], strict=True)
        }

    def disliked_by(self, customer: int) -> set[str]:
        row = slice(self.disliked.indptr[customer], self.disliked.indptr[customer + 1])
        return {self.products[p] for p in self.disliked.indices[row]}

    def related(self, weights: dict[str, float]) -> np.ndarray:
        """Item-based CF scores, float64 (products,), of a customer with these levelled weights."""
        scores = np.zeros(len(self.products))
        for name, weight in sorted(weights.items()):
            place = self.product_index.get(name)
            if place is not None:
                row = slice(self.similarity.indptr[place], self.similarity.indptr[place + 1])
                scores[self.similarity.indices[row]] += weight * self.similarity.data[row]
        return scores

    def affinity(self, weights: dict[str, float]) -> np.ndarray:
        """Scores by matrix factors, float64 (products,), of a customer with these levelled weights; 0 without factors.
        Solved now, so that what was done a moment ago counts."""
        known = {self.product_index[name]: weight for name, weight in weights.items() if name in self.product_index}
        if self.factors is None or not known:
            return np.zeros(len(self.products))
        places = np.array(sorted(known), np.int32)
        row = sp.csr_matrix(
            (np.array([known[place] for place in places.tolist()]), places, [0, places.size]), (1, len(self.products))
        )
        return self.factors.score(row)[0].astype(np.float64)

    def together(self, product: int, by_purchase: bool) -> np.ndarray:
        """For each product, how many customers bought (or, else, showed interest in) both it and the given one."""
        people, matrix = (self.buyers, self.bought) if by_purchase else (self.likers, self.liked)
        rows = people.indices[people.indptr[product] : people.indptr[product + 1]]
        counts = np.diff(matrix.indptr)[rows]
        start = matrix.indptr[:-1][rows] - np.concatenate([[0], np.cumsum(counts)[:-1]])[: counts.size]
        return np.bincount(
            matrix.indices[np.repeat(start, counts) + np.arange(counts.sum())], minlength=len(self.products)
        )

    def arrays(self) -> dict[str, np.ndarray]:
        return {
            **csr_arrays("taste", self.taste),
            **csr_arrays("similarity", self.similarity),
            **csr_arrays("bought", self.bought),
            **csr_arrays("disliked", self.disliked),
            **self.segments.arrays(),
            **({} if self.factors is None else self.factors.state()[0]),
            "sellers": self.sellers,
            "interest": self.interest,
            "labels": self.labels,
            "segment_sellers": self.segment_sellers,
            "times": np.array([self.now, self.until]),
        }

    def facts(self) -> dict[str, Any]:
        return {
            "config": self.config.as_dict(),
            "products": self.products,
            "customers": self.customers,
            "factors": None if self.factors is None else self.factors.config.as_dict(),
            "segments": self.segments.facts(),
            "cycles": self.cycles.as_facts(),
        }

    @classmethod
    def restored(cls, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> Learned:
        """Raises KeyError, TypeError or ValueError when something is missing."""
        now, until = arrays["times"].tolist()
        taste = csr_of("taste", arrays)
        factors = None
        if "item_factors" in arrays:
            factors = FactorRecommender.restored(_positive(taste), arrays, {"config": facts["factors"]})
        return cls(
            ShopConfig.from_dict(facts["config"]),
            facts["products"],
            facts["customers"],
            taste,
            csr_of("similarity", arrays),
            factors,
            csr_of("bought", arrays),
            csr_of("disliked", arrays),
            arrays["sellers"],
            arrays["interest"],
            Segments.restored(arrays, facts["segments"]),
            arrays["labels"],
            arrays["segment_sellers"],
            Cycles.from_facts(facts["cycles"]),
            now,
            until,
        )


def _positive(taste: sp.csr_matrix) -> sp.csr_matrix:
    """Levelled weights, negative ones as 0."""
    return sp.csr_matrix(
        (interactions.levelled(np.maximum(taste.data, 0)), taste.indices, taste.indptr), taste.shape, np.float32
    )


def _worth_factors(positive: sp.csr_matrix, config: ShopConfig) -> bool:
    return config.factor_share > 0 and positive.nnz > 0 and positive.shape[0] <= config.factor_customers
