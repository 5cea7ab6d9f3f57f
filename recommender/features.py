"""How a customer buys, as numbers: recency, frequency, money (RFM) and relatives."""

from __future__ import annotations

import numpy as np

from recommender.interactions import DAY, PURCHASE, Interactions

_MOST_PIECES = 10_000.0  # of one line; more is a slip of the keyboard
FEATURES = ("recency", "orders", "spent", "price", "breadth", "browsing", "tenure")
"""recency: days since the last purchase (without one: days since first seen). orders: days with a purchase. spent:
yuan, at today's prices. price: mean yuan of a purchased line (without one: the median customer's). breadth: kinds
touched. browsing: events that are no purchase, for each purchase. tenure: days since registered or first seen."""


def habits(
    events: Interactions, price_of: np.ndarray, kind_of: np.ndarray, registered: np.ndarray, now: float
) -> np.ndarray:
    """Features in plain units, float64 (customers, len(FEATURES)), always finite.

    price_of: today's price of each product of `events`, NaN unknown (such purchases count as orders, not as money).
    kind_of: a number for the kind of each product, -1 unknown. registered: seconds since 1970 of each customer, NaN
    unknown."""
    people = len(events.customers)
    known = np.isfinite(events.at)
    bought = events.type == PURCHASE
    pieces = np.where(np.isfinite(events.value) & (events.value > 0), np.minimum(events.value, _MOST_PIECES), 1.0)
    amount = pieces * price_of[events.product]
    paid = bought & np.isfinite(amount)

    def count(mask: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(events.customer[mask], None if weights is None else weights[mask], people).astype(np.float64)

    day = np.floor(np.where(known, events.at, 0) / DAY).astype(np.int64)
    first, last_bought = np.full(people, np.inf), np.full(people, -np.inf)
    np.minimum.at(first, events.customer[known], events.at[known])
    np.maximum.at(last_bought, events.customer[bought & known], events.at[bought & known])
    since = np.where(np.isfinite(registered), np.minimum(registered, first), first)
    tenure = np.where(np.isfinite(since), np.maximum(now - since, 0) / DAY, 0.0)
    seen = np.where(np.isfinite(first), np.maximum(now - first, 0) / DAY, tenure)
    recency = np.where(np.isfinite(last_bought), np.maximum(now - last_bought, 0) / DAY, seen)
    orders = _distinct(events.customer[bought], day[bought], people)
    lines = count(paid)
    spent = count(paid, np.nan_to_num(amount))
    mean_price = np.divide(spent, lines, out=np.full(people, np.nan), where=lines > 0)
    mean_price = np.where(np.isfinite(mean_price), mean_price, np.nanmedian(mean_price) if lines.any() else 0.0)
    kinds = kind_of[events.product]
    breadth = _distinct(events.customer[kinds >= 0], kinds[kinds >= 0], people)
    browsing = count(~bought) / (1 + count(bought))
    return np.column_stack([recency, orders, spent, mean_price, breadth, browsing, tenure])


def levelled(plain: np.ndarray) -> np.ndarray:
    """ln(1 + x) of each feature: counts and yuan have long tails, and K-means would see nothing but them."""
    return np.log1p(np.maximum(plain, 0))


def _distinct(customer: np.ndarray, what: np.ndarray, people: int) -> np.ndarray:
    pairs = np.unique(np.column_stack([customer.astype(np.int64), what.astype(np.int64)]), axis=0)
    return np.bincount(pairs[:, 0], minlength=people).astype(np.float64) if len(pairs) else np.zeros(people)
