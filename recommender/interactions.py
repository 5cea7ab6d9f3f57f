"""Events of any origin as columns of numbers, and the weights that they carry.

Junk is expected: rows without customer or product, of an unknown type or with unreadable values are counted in
`skipped` or taken without what cannot be read; nothing here raises for a bad row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender.config import ShopConfig

COLUMNS = ("customer_id", "product_id", "type", "value", "at")
TYPES = ("view", "click", "favourite", "cart", "purchase", "dislike")
VIEW, CLICK, FAVOURITE, CART, PURCHASE, DISLIKE = range(len(TYPES))
DAY = 86400.0
SHANGHAI = timezone(timedelta(hours=8))  # no daylight saving since 1991, so a fixed offset is right
_CODE = {name: code for code, name in enumerate(TYPES)} | {
    "浏览": 0,
    "点击": 1,
    "收藏": 2,
    "favorite": 2,
    "加购": 3,
    "购买": 4,
    "buy": 4,
    "不喜欢": 5,
}


@dataclass(frozen=True)
class Interactions:
    """customers, products: ids, sorted; customer, product: numbers into them; type: code in TYPES; value: for a
    purchase the pieces, or NaN; at: seconds since 1970 UTC or NaN. All columns of one length. skipped: rows that
    could not be used."""

    customers: list[str]
    products: list[str]
    customer: np.ndarray
    product: np.ndarray
    type: np.ndarray
    value: np.ndarray
    at: np.ndarray
    skipped: int = 0

    def __len__(self) -> int:
        return self.type.size


def read(source: Any) -> Interactions:
    """source: a mapping (or data frame) of the COLUMNS, or rows as tuples in that order or objects with those
    attributes. value and at may be missing."""
    customers, products, types, values, times, skipped = [], [], [], [], [], 0
    for row in _rows(source):
        customer, product, code = text_id(row[0]), text_id(row[1]), type_code(row[2])
        if customer is None or product is None or code is None:
            skipped += 1
            continue
        customers.append(customer)
        products.append(product)
        types.append(code)
        values.append(number(row[3]) if len(row) > 3 else math.nan)
        times.append(seconds(row[4]) if len(row) > 4 else math.nan)
    customer_ids, product_ids = sorted(set(customers)), sorted(set(products))
    at_customer = {name: place for place, name in enumerate(customer_ids)}
    at_product = {name: place for place, name in enumerate(product_ids)}
    return Interactions(
        customer_ids,
        product_ids,
        np.array([at_customer[c] for c in customers], np.int32),
        np.array([at_product[p] for p in products], np.int32),
        np.array(types, np.int8),
        np.array(values, np.float64),
        np.array(times, np.float64),
        skipped,
    )


def _rows(source: Any) -> Iterable[tuple]:
    if isinstance(source, Mapping) or hasattr(source, "keys"):
        length = len(source["customer_id"]) if "customer_id" in source else 0
        blank = [None] * length
        yield from zip(*(source.get(name, blank) for name in COLUMNS), strict=True)
        return
    for row in source or ():
        if isinstance(row, (tuple, list)):
            yield tuple(row) if len(row) >= 3 else (None, None, None)
        elif isinstance(row, Mapping):
            yield tuple(row.get(name) for name in COLUMNS)
        else:
            yield tuple(getattr(row, name, None) for name in COLUMNS)


def text_id(value: Any) -> str | None:
    """An id as text; None for what is no id (None, NaN, blanks)."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return str(value).strip() or None


def type_code(value: Any) -> int | None:
    return _CODE.get(value) if isinstance(value, str) else None


def number(value: Any) -> float:
    """A finite float, or NaN."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        return math.nan
    return result if math.isfinite(result) else math.nan


def seconds(value: Any) -> float:
    """A moment as seconds since 1970 UTC: datetime, date, numpy datetime64, ISO text or a number of seconds; else NaN.
    Without a zone: Asia/Shanghai."""
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        elif isinstance(value, np.datetime64):
            value = value.astype("datetime64[us]").item()
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).timestamp()
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=SHANGHAI).timestamp()
    except (ValueError, OverflowError, OSError, AttributeError):
        return math.nan
    return number(value)


def event_weights(types: np.ndarray, at: np.ndarray, config: ShopConfig, now: float) -> np.ndarray:
    """w = weight of the type · 2^(−age / half-life of the type). A time that is unknown counts as one half-life ago;
    one in the future as now."""
    by_type = np.array([getattr(config, f"{name}_weight") for name in TYPES])
    life = np.where(np.isin(types, (PURCHASE, DISLIKE)), config.half_life_days, config.browse_half_life_days)
    age = np.maximum(now - at, 0) / DAY
    return by_type[types] * 0.5 ** np.where(np.isfinite(age), age / life, 1.0)


def taste_matrix(events: Interactions, config: ShopConfig, now: float) -> sp.csr_matrix:
    """Customers × products: sums of the events' weights (float64 CSR), not yet levelled."""
    weights = event_weights(events.type, events.at, config, now)
    shape = (len(events.customers), len(events.products))
    matrix = sp.coo_matrix((weights, (events.customer, events.product)), shape=shape).tocsr()
    matrix.sum_duplicates()
    return matrix


def levelled(weights: np.ndarray) -> np.ndarray:
    """sign(w)·ln(1 + |w|): ten views of one product say little more than three."""
    return np.sign(weights) * np.log1p(np.abs(weights))


def disliked_matrix(events: Interactions) -> sp.csr_matrix:
    """Customers × products: 1 where the customer ever said 不喜欢 (float64 CSR)."""
    rows = events.type == DISLIKE
    shape = (len(events.customers), len(events.products))
    return sp.coo_matrix((np.ones(rows.sum()), (events.customer[rows], events.product[rows])), shape=shape).tocsr()


def bought_matrix(events: Interactions) -> sp.csr_matrix:
    """Customers × products: when last bought, seconds since 1970 (float64 CSR); 1.0 when that is unknown."""
    rows = np.flatnonzero(events.type == PURCHASE)
    when = np.where(np.isfinite(events.at[rows]), np.maximum(events.at[rows], 1.0), 1.0)
    key = events.customer[rows].astype(np.int64) * max(1, len(events.products)) + events.product[rows]
    order = np.lexsort((when, key))
    key, when = key[order], when[order]
    last = np.flatnonzero(np.append(key[1:] != key[:-1], True)) if key.size else np.zeros(0, np.int64)
    customer, product = np.divmod(key[last], max(1, len(events.products)))
    return sp.csr_matrix((when[last], (customer, product)), shape=(len(events.customers), len(events.products)))
