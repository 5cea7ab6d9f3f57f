"""Consumables: which goods customers buy again, after how long, and whether one is due.

A kind is a consumable when the data say so: enough repeat purchases of the same product, by a large enough part of
its buyers. No list of kinds is needed, so any catalogue works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from recommender.config import ShopConfig
from recommender.interactions import DAY, PURCHASE, Interactions

_REPEAT_SHARE = 0.15  # of the (customer, product) pairs of a kind that were bought on two days or more
_SAME_PURCHASE_DAYS = 2.0  # purchases closer than this are one purchase in two orders


@dataclass(frozen=True)
class Cycle:
    """Usual days between two purchases of a product; based_on: own, product or kind; intervals: how many were seen."""

    days: float
    based_on: str
    intervals: int


@dataclass
class Cycles:
    """What was learnt. kinds, products: name → (median days, intervals seen). own: customer → product → the same, for
    those who bought a consumable three times or more."""

    kinds: dict[str, tuple[float, int]] = field(default_factory=dict)
    products: dict[str, tuple[float, int]] = field(default_factory=dict)
    own: dict[str, dict[str, tuple[float, int]]] = field(default_factory=dict)

    @classmethod
    def fit(cls, events: Interactions, kind_of: dict[str, str], config: ShopConfig) -> Cycles:
        """kind_of: product id → its narrowest kind."""
        of_kind: dict[str, list[float]] = defaultdict(list)
        of_product: dict[str, list[float]] = defaultdict(list)
        own: dict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
        pairs: dict[str, int] = defaultdict(int)
        again: dict[str, int] = defaultdict(int)
        for customer, product, times in _purchases(events):
            kind = kind_of.get(product)
            if kind is None:
                continue
            gaps = [gap for gap in (np.diff(times) / DAY).tolist() if gap >= _SAME_PURCHASE_DAYS]
            pairs[kind] += 1
            again[kind] += bool(gaps)
            of_kind[kind] += gaps
            of_product[product] += gaps
            if len(gaps) >= 2:
                own[customer][product] = (float(median(gaps)), len(gaps))
        kinds = {
            kind: (float(median(gaps)), len(gaps))
            for kind, gaps in sorted(of_kind.items())
            if len(gaps) >= config.min_repeats and again[kind] >= _REPEAT_SHARE * pairs[kind]
        }
        products = {
            product: (float(median(gaps)), len(gaps))
            for product, gaps in sorted(of_product.items())
            if len(gaps) >= config.min_repeats and kind_of[product] in kinds
        }
        kept = {
            customer: fine
            for customer, found in sorted(own.items())
            if (fine := {p: value for p, value in sorted(found.items()) if kind_of[p] in kinds})
        }
        return cls(kinds, products, kept)

    def cycle(self, customer_id: str | None, product_id: str, kinds: Sequence[str]) -> Cycle | None:
        """The usual interval, from this customer's own purchases if there are enough, else from all buyers'."""
        kind = next((kind for kind in reversed(kinds) if kind in self.kinds), None)
        if kind is None:
            return None
        for based_on, found in (
            ("own", self.own.get(customer_id or "", {}).get(product_id)),
            ("product", self.products.get(product_id)),
            ("kind", self.kinds[kind]),
        ):
            if found is not None:
                return Cycle(found[0], based_on, found[1])
        return None

    def as_facts(self) -> dict[str, Any]:
        return {"kinds": self.kinds, "products": self.products, "own": self.own}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Cycles:
        pair = {
            name: {key: (float(days), int(seen)) for key, (days, seen) in facts[name].items()}
            for name in ("kinds", "products")
        }
        own = {
            customer: {key: (float(days), int(seen)) for key, (days, seen) in found.items()}
            for customer, found in facts["own"].items()
        }
        return cls(pair["kinds"], pair["products"], own)


def is_due(cycle: Cycle, elapsed_days: float, config: ShopConfig) -> bool:
    return config.due_from * cycle.days <= elapsed_days <= config.due_until * cycle.days


def _purchases(events: Interactions):
    """(customer, product, sorted times in seconds) of each pair that was bought; purchases without a time are left
    out."""
    rows = np.flatnonzero((events.type == PURCHASE) & np.isfinite(events.at))
    rows = rows[np.lexsort((events.at[rows], events.product[rows], events.customer[rows]))]
    if not rows.size:
        return
    customer, product, at = events.customer[rows], events.product[rows], events.at[rows]
    edges = np.flatnonzero((np.diff(customer) != 0) | (np.diff(product) != 0)) + 1
    for start, stop in zip([0, *edges.tolist()], [*edges.tolist(), rows.size], strict=True):
        yield events.customers[customer[start]], events.products[product[start]], at[start:stop]
