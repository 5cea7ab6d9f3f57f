"""What reviews say of each product, aspect by aspect: counts in, scores out.

A score trusts few reviews little: it is the mean of the beta-binomial model (Gelman et al., Bayesian Data Analysis,
3rd ed., section 2.4) whose prior is the shop's own share of praise for the aspect. What may be told a customer has to
be good even at the lower end of Wilson's interval (Wilson 1927, J. Am. Stat. Assoc. 22, 209)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from recommender.config import ShopConfig

WHOLE = "整体"
"""The aspect that stands for the product as a whole."""
_Z = 1.96  # two-sided 95 %


@dataclass(frozen=True)
class OpinionCount:
    """Reviews of a product that speak of an aspect: good + bad of them took a side, said all. objections: people who
    rejected the product when it was suggested because of this aspect; each counts as one more review against."""

    product_id: str
    aspect: str
    good: int
    bad: int
    said: int
    objections: int = 0

    @property
    def assured(self) -> float:
        """Lower end of Wilson's interval for the share of good ones, objections counted among the others."""
        return wilson_lower(self.good, self.said + self.objections)


class Opinions:
    """counts: at most one for each product and aspect. praise: aspect → how praise of it is said (续航 → 续航好)."""

    def __init__(self, counts: Iterable[OpinionCount] = (), praise: Mapping[str, str] | None = None) -> None:
        self.praise = dict(praise or {})
        self._counts = {(count.product_id, count.aspect): count for count in counts}
        self._of_product: dict[str, list[OpinionCount]] = defaultdict(list)
        self._of_aspect: dict[str, list[OpinionCount]] = defaultdict(list)
        sums: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(2, np.int64))
        for count in self._counts.values():
            self._of_product[count.product_id].append(count)
            self._of_aspect[count.aspect].append(count)
            sums[count.aspect] += (count.good, count.bad)
        self.usual = {aspect: float((good + 1) / (good + bad + 2)) for aspect, (good, bad) in sums.items()}
        """Aspect → the shop's share of good ones among those that took a side, by Laplace's rule."""

    def __len__(self) -> int:
        return len(self._counts)

    def of_product(self, product_id: str) -> list[OpinionCount]:
        """Everything counted for a product, the most spoken of first."""
        return sorted(self._of_product.get(product_id, ()), key=lambda count: (-count.said, count.aspect))

    def standing(self, index: Mapping[str, int], aspect: str, config: ShopConfig) -> np.ndarray:
        """float64 (len(index),), index: product id → place. How far a product's share of praise stands above the shop's
        usual one u, at most 1 - u, below 0 for what is worse: (good + m·u) / (good + bad + objections + m) − u,
        m = `review_prior`. 0 without reviews."""
        usual, m = self.usual.get(aspect, 0.0), config.review_prior
        result = np.zeros(len(index))
        for count in self._of_aspect.get(aspect, ()):
            if count.product_id in index:
                sides = count.good + count.bad + count.objections
                result[index[count.product_id]] = (count.good + m * usual) / (sides + m) - usual
        return result

    def praised(self, product_id: str, config: ShopConfig) -> list[OpinionCount]:
        """What is clearly good of a product, the surest first: `praised_from` is reached at the lower end of the
        interval, by `min_support` reviews or more. Nothing for a product that is not liked on the whole."""
        whole = self._counts.get((product_id, WHOLE))
        if whole is None or whole.good <= whole.bad + whole.objections:
            return []
        good = [
            count
            for count in self._of_product.get(product_id, ())
            if count.aspect in self.praise and count.good >= config.min_support and count.assured >= config.praised_from
        ]
        return sorted(good, key=lambda count: (-count.assured, count.aspect))

    def as_facts(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {"praise": self.praise, "counts": [list(astuple(count)) for count in self._counts.values()]}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Opinions:
        """Raises KeyError or TypeError when something is missing."""
        return cls((OpinionCount(*count) for count in facts["counts"]), facts["praise"])


def wilson_lower(good: int, among: int) -> float:
    """Lower end of the 95 % interval for a share of `good` in `among`; 0 for none."""
    if among <= 0:
        return 0.0
    share, spread = good / among, _Z * _Z / among
    middle = share + spread / 2
    half = _Z * math.sqrt((share * (1 - share) + spread / 4) / among)
    return max(0.0, (middle - half) / (1 + spread))
