"""Which goods may be suggested: limits as masks, applied before anything is ranked, and what to let go when nothing
is left."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from recommender.catalogue import Catalogue
from recommender.request import Request

PRICE_LIMITS = ("cheaper_than", "max_price", "min_price")
_LET_GO = (*PRICE_LIMITS, "colours", "brands", "tags")
"""In this order: what a customer gives up most easily comes first. Kinds only widen (蓝牙耳机 → 耳机)."""
_NEAR = 0.5
"""A price limit is let go first only when the nearest price is within this part of it."""


@dataclass(frozen=True)
class Selection:
    """places: catalogue numbers of what may be shown. fitting: mask of all goods on offer within the limits kept,
    also those already bought or shown ("销量最高" must hold among them). relaxed: limits let go. distance: yuan from
    the price limits let go, (len(places),), or None. tags: words of the request known to the catalogue → mask."""

    places: np.ndarray
    fitting: np.ndarray
    relaxed: tuple[str, ...] = ()
    distance: np.ndarray | None = None
    tags: dict[str, np.ndarray] = field(default_factory=dict)


def select(catalogue: Catalogue, request: Request, blocked: Iterable[str]) -> Selection:
    """Goods within all limits; if there are none, the nearest. blocked: product ids never to be shown; these, what is
    not on offer and what the customer excluded by name are never let go."""
    tags = catalogue.tag_matches(request.tags)
    limits = _limits(catalogue, request, tags)
    offered = (
        catalogue.offered & ~catalogue.of_kinds(request.exclude_kinds) & ~catalogue.of_brands(request.exclude_brands)
    )
    free = np.ones(len(catalogue), bool)
    free[[catalogue.index[name] for name in blocked if name in catalogue.index]] = False
    fitting = _all(offered, limits)
    if (fitting & free).any():
        return Selection(np.flatnonzero(fitting & free), fitting, tags=tags)
    names = [name for name in _LET_GO if name in limits]
    for kinds in _widenings(catalogue, request):
        within = limits if kinds is None else limits | {"kinds": kinds}
        for dropped, tolerance in _tries(names, at_least=1 if kinds is None else 0):
            fitting = _all(offered, {name: mask for name, mask in within.items() if name not in dropped})
            distance, near = _distance(catalogue, request, dropped, tolerance)
            places = np.flatnonzero(fitting & free & near)
            if places.size:
                relaxed = (*dropped, *(("kinds",) if kinds is not None else ()))
                far = distance[places] if set(dropped) & set(PRICE_LIMITS) else None
                return Selection(places, fitting, relaxed, far, tags)
    return Selection(np.zeros(0, np.int64), np.zeros(len(catalogue), bool), tags=tags)


def price_limit(value: float | None) -> float | None:
    """A limit in yuan, or None for what is none (NaN and infinities too)."""
    return value if value is not None and math.isfinite(value) else None


def _limits(catalogue: Catalogue, request: Request, tags: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    limits: dict[str, np.ndarray] = {}
    if request.kinds:
        limits["kinds"] = catalogue.of_kinds(request.kinds)
    elif tags:
        limits["tags"] = np.logical_or.reduce(list(tags.values()))
    if request.brands:
        limits["brands"] = catalogue.of_brands(request.brands)
    if request.colours:
        limits["colours"] = catalogue.of_colours(request.colours)
    with np.errstate(invalid="ignore"):
        if (low := price_limit(request.min_price)) is not None:
            limits["min_price"] = catalogue.price >= low
        if (high := price_limit(request.max_price)) is not None:
            limits["max_price"] = catalogue.price <= high
        if (below := price_limit(request.cheaper_than)) is not None:
            limits["cheaper_than"] = catalogue.price < below
    return limits


def _all(offered: np.ndarray, limits: dict[str, np.ndarray]) -> np.ndarray:
    return np.logical_and.reduce([offered, *limits.values()])


def _widenings(catalogue: Catalogue, request: Request) -> list[np.ndarray | None]:
    """None: the kinds as asked; then the kinds above them."""
    above = catalogue.broader(request.kinds) if request.kinds else frozenset()
    return [None, catalogue.of_kinds(above | request.kinds)] if above else [None]


def _tries(names: list[str], at_least: int) -> Iterable[tuple[tuple[str, ...], float]]:
    """(limits to let go, tolerance in price): few limits before many, a near price before another limit before a far
    price."""
    for size in range(at_least, len(names) + 1):
        for tolerance in (_NEAR, math.inf):
            for dropped in itertools.combinations(names, size):
                yield dropped, tolerance


def _distance(
    catalogue: Catalogue, request: Request, dropped: tuple[str, ...], tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Yuan beyond the price limits let go, and which goods are within tolerance × limit of them."""
    distance, near = np.zeros(len(catalogue)), np.ones(len(catalogue), bool)
    for name in set(dropped) & set(PRICE_LIMITS):
        limit = getattr(request, name)
        beyond = limit - catalogue.price if name == "min_price" else catalogue.price - limit
        beyond = np.maximum(np.nan_to_num(beyond, nan=np.inf), 0)
        distance += beyond
        near &= beyond <= (tolerance * abs(limit) if math.isfinite(tolerance) else math.inf)
    return distance, near
