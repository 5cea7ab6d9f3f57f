"""Configuration of models: plain dataclasses that refuse what they do not know.

Every field is followed by a line that says its unit, its default and whether it changes results or only speed.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from recommender.errors import BadOption, UnknownOption

C = TypeVar("C", bound="Config")


@dataclass(frozen=True)
class Config:
    """Base: `from_dict` refuses unknown options, `as_dict` gives them all back."""

    @classmethod
    def from_dict(cls: type[C], options: Mapping[str, Any]) -> C:
        """Raises UnknownOption (with the nearest name), BadOption for a value out of range."""
        known = [field.name for field in dataclasses.fields(cls)]
        for name in options:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"是不是想写 {near[0]}？" if near else f"可用的有：{'、'.join(known)}。"
                raise UnknownOption(f"{cls.__name__} 没有选项 {name!r}。{hint}")
        return cls(**options)

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def _require(self, name: str, holds: bool, wanted: str) -> None:
        if not holds:
            raise BadOption(f"选项 {name}={getattr(self, name)!r} 不能用：应当{wanted}。请在配置里改正。")


@dataclass(frozen=True)
class CosineConfig(Config):
    """Options of `CosineRecommender`."""

    kind: str = "item"
    """"item": goods alike because the same customers want them; "user": customers alike. Changes results."""
    neighbours: int = 50
    """How many neighbours of each row are kept, the row itself not counted. Changes results, memory and speed."""
    shrinkage: float = 0.0
    """λ in x_i·x_j / (‖x_i‖‖x_j‖ + λ): draws similarities that rest on little data towards 0. 0 is the plain formula.
    Changes results; above 0 the fit takes a little longer."""
    weighting: str = "none"
    """How the rows are weighted before they are compared: "none"; "tfidf" or "bm25": what many rows share says less
    (`weighting`). Only similarities change by it: a customer's own row stays as it is when goods are scored. Changes
    results."""
    popularity_damping: float = 0.0
    """p in score(u, j) / (number of customers who have j)^p: 0 is the plain formula, 1 takes popularity out
    altogether. Only the scores of goods for customers change by it, no similarity. Changes results."""
    threads: int = 0
    """Threads of the kernel; 0: one per core. Changes speed only, never a result."""
    block_rows: int = 16384
    """Rows handed to the kernel at a time. Changes speed and memory only, never a result."""

    def __post_init__(self) -> None:
        self._require("kind", self.kind in ("item", "user"), '是 "item" 或 "user"')
        self._require("neighbours", _whole(self.neighbours) and self.neighbours >= 1, "是不小于 1 的整数")
        self._require("shrinkage", _finite(self.shrinkage) and self.shrinkage >= 0, "是不小于 0 的数")
        self._require("weighting", self.weighting in ("none", "tfidf", "bm25"), '是 "none"、"tfidf" 或 "bm25"')
        damping = self.popularity_damping
        self._require("popularity_damping", _finite(damping) and 0 <= damping <= 1, "在 0 和 1 之间")
        self._require("threads", _whole(self.threads) and self.threads >= 0, "是不小于 0 的整数")
        self._require("block_rows", _whole(self.block_rows) and self.block_rows >= 1, "是不小于 1 的整数")


@dataclass(frozen=True)
class EaseConfig(Config):
    """Options of `EaseRecommender`. All of them change results."""

    reg: float = 500.0
    """λ, in units of a weighted row of the matrix squared: more of it trusts popular pairs more. Choose it on held-out
    data; good values grow with the number of customers and fall with the dampings."""
    diagonal: str = "zero"
    """"zero": no product explains itself (EASE); "free": plain ridge regression."""
    customer_damping: float = 0.0
    """p: a customer with g goods weighs g^−p: those who take everything say no more than others. 0: all alike."""
    item_damping: float = 0.0
    """q: a product with c customers weighs c^−q. 0: all alike; more favours goods that few have."""
    max_side: int = 12_000
    """Largest matrix that is inverted, in rows: the smaller of the numbers of customers and goods. 12,000 take about
    3 GB and a minute on two cores. Does not change a result, only refuses."""

    def __post_init__(self) -> None:
        self._require("reg", _finite(self.reg) and self.reg > 0, "是大于 0 的数")
        self._require("diagonal", self.diagonal in ("zero", "free"), '是 "zero" 或 "free"')
        for name in ("customer_damping", "item_damping"):
            self._require(name, _finite(getattr(self, name)) and 0 <= getattr(self, name) <= 1, "在 0 和 1 之间")
        self._require("max_side", _whole(self.max_side) and self.max_side >= 1, "是不小于 1 的整数")


@dataclass(frozen=True)
class FactorConfig(Config):
    """Options of `FactorRecommender`. All of them change results."""

    factors: int = 32
    """Length of the vectors. Memory grows with it, the time to learn with its square and more."""
    unseen_weight: float = 0.1
    """α: what not having a product says, against 1 for an entry of weight 1."""
    reg: float = 0.05
    """λ, per entry; more for longer vectors and for less data (0.005 suits a million entries)."""
    rounds: int = 8
    """How often customers and goods are solved for in turn."""
    seed: int = 20260
    """Seed of the first guess."""

    def __post_init__(self) -> None:
        for name in ("factors", "rounds"):
            self._require(name, _whole(getattr(self, name)) and getattr(self, name) >= 1, "是不小于 1 的整数")
        for name in ("unseen_weight", "reg"):
            self._require(name, _finite(getattr(self, name)) and getattr(self, name) > 0, "是大于 0 的数")
        self._require("seed", _whole(self.seed) and self.seed >= 0, "是不小于 0 的整数")


@dataclass(frozen=True)
class ShopConfig(Config):
    """Options of `ShopRecommender`. All of them change results."""

    neighbours: int = 50
    """Similar goods kept for each product."""
    shrinkage: float = 3.0
    """λ of `CosineConfig`, in units of a levelled weight squared (a purchase today is 1.8)."""
    purchase_weight: float = 5.0
    """What a purchase says about taste, in units that the weights share."""
    cart_weight: float = 3.0
    """What putting into the cart says."""
    favourite_weight: float = 2.5
    """What marking as favourite says."""
    click_weight: float = 0.5
    """What a click on a suggestion says."""
    view_weight: float = 0.5
    """What a view says."""
    looking_weight: float = 3.0
    """What it says that the product's page is open right now, of anybody."""
    dislike_weight: float = -5.0
    """What 不喜欢 says; negative. A disliked product is never suggested to that customer."""
    half_life_days: float = 365.0
    """After so many days a purchase counts half."""
    browse_half_life_days: float = 30.0
    """After so many days a view, click, favourite or cart counts half."""
    sales_window_days: int = 90
    """What "近90天" in a reason means, in days."""
    min_support: int = 3
    """Customers that a reason about other customers must rest on; below it that reason is not given."""
    segments: int = 5
    """Number of customer segments (fewer when there are fewer distinct customers)."""
    factor_share: float = 2.0
    """Weight of matrix factors (`FactorRecommender`), against 1 for cosine; 0: they are not learned."""
    factor_customers: int = 50_000
    """With more customers than this, factors are not learned: their time grows with the customers, half a millisecond
    each."""
    content_share: float = 0.5
    """Weight of likeness in kind, brand, title and price, against 1 for collaborative filtering."""
    segment_share: float = 0.1
    """Weight of what the customer's segment buys."""
    popular_share: float = 0.15
    """Weight of what everybody buys; all of the weight when nothing personal is used."""
    review_share: float = 0.1
    """Weight of what reviews say of a product on the whole, as the share of praise above the shop's usual one; 0:
    reviews decide nothing."""
    wanted_share: float = 5.0
    """The same for the aspects that the customer asked for (续航好的), their mean."""
    review_prior: float = 10.0
    """How many reviews the shop's usual share of praise counts for: with fewer of its own a product stays near it."""
    praised_from: float = 0.6
    """Share of good reviews, at the lower end of its 95 % interval, from which a reason may praise an aspect."""
    due_from: float = 0.8
    """A consumable counts as due again after this part of its usual interval…"""
    due_until: float = 2.0
    """…and until this multiple of it; later the customer has found it elsewhere."""
    min_repeats: int = 5
    """Repeat purchases seen before an interval is believed."""
    diversity: float = 0.5
    """0: the best scores only; 1: goods unlike those already in the list weigh as much as the score. Doubled where
    nothing personal decides: somebody unknown is shown the breadth of the shop."""
    seed: int = 20260
    """Seed of K-means."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            self._require(field.name, _finite(getattr(self, field.name)), "是有限的数")
        for name in ("neighbours", "sales_window_days", "min_support", "factor_customers", "segments", "min_repeats"):
            self._require(name, _whole(getattr(self, name)) and getattr(self, name) >= 1, "是不小于 1 的整数")
        for name in ("half_life_days", "browse_half_life_days", "due_from", "due_until"):
            self._require(name, getattr(self, name) > 0, "大于 0")
        for name in (
            "shrinkage",
            "factor_share",
            "content_share",
            "segment_share",
            "popular_share",
            "diversity",
            "review_share",
            "wanted_share",
        ):
            self._require(name, getattr(self, name) >= 0, "不小于 0")
        self._require("review_prior", self.review_prior > 0, "大于 0")
        self._require("praised_from", 0 < self.praised_from < 1, "在 0 和 1 之间")
        self._require("dislike_weight", self.dislike_weight <= 0, "不大于 0")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
