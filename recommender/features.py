"""What a customer buys, when, how much, how often, in what mood and where, as numbers.

The seven of FEATURES are recency, frequency, money (RFM) and relatives. The others are shares: of kinds, of times, of
channels; and the mood of the talks. A share of few rows says little, so it is drawn towards the shop's own as if PRIOR
more rows had it (the posterior mean with a prior of that weight): who has no row stands at the shop's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.interactions import DAY, PURCHASE, Interactions
from recommender.request import CustomerFacts

_MOST_PIECES = 10_000.0  # of one line; more is a slip of the keyboard
FEATURES = ("recency", "orders", "spent", "price", "breadth", "browsing", "tenure")
"""recency: days since the last purchase (without one: days since first seen). orders: days with a purchase. spent:
yuan, at today's prices. price: mean unit price of
the purchased lines, yuan (without one: the median customer's). breadth: kinds
touched. browsing: events that are no purchase, for each purchase. tenure: days since registered or first seen."""
PRIOR = 5.0
"""Rows that the shop's own share counts in each customer's."""
MOST_KINDS, MOST_CHANNELS = 8, 5
"""The shares of that many kinds and channels are told, the most frequent ones."""
_RARE = 0.01  # of all events: a channel below it tells customers apart by accident only
HOURS = {"night": (0, 6), "morning": (6, 12), "evening": (18, 24)}
"""Of the day in Asia/Shanghai; what is left is the afternoon."""
SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}
"""Months; what is left is the winter."""
YEAR = 365  # days
_ZONE = 8 * 3600.0  # Asia/Shanghai, seconds
_MOODS = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}


@dataclass(frozen=True)
class Features:
    """names: columns. values: float32 (customers, columns) in plain units, always finite.

    Beside FEATURES: "kind:K", purchased lines of the broad kind K; "when:weekend", "when:night" and so on, purchased
    lines on Saturdays and Sundays or in those HOURS; "season:spring" and so on, purchased lines of the last year in
    those months, by customers known for a year (the others have not been seen in every season); "channel:C", events
    that came by the channel C (all of them shares, 0 to 1); "mood:talks", the mean mood of what was said to the bot,
    -1 (upset) to 1 (glad). Names with one word before the colon are one block: together they weigh like one feature."""

    names: tuple[str, ...]
    values: np.ndarray

    def __len__(self) -> int:
        return self.values.shape[0]

    def of(self, customers: np.ndarray) -> Features:
        """The same columns for some customers: numbers or a mask."""
        return Features(self.names, self.values[customers])

    def levelled(self) -> np.ndarray:
        """float64 (customers, columns): ln(1 + x) of FEATURES, because counts and yuan have long tails and K-means
        would see nothing but them; shares and moods as they are."""
        values = self.values.astype(np.float64)
        long_tailed = [place for place, name in enumerate(self.names) if name in FEATURES]
        values[:, long_tailed] = np.log1p(np.maximum(values[:, long_tailed], 0))
        return values


def measured(
    events: Interactions,
    price_of: np.ndarray,
    kinds: Sequence[str | None],
    facts: Mapping[str, CustomerFacts],
    registered: np.ndarray,
    now: float,
) -> Features:
    """The features of everybody in `events`. price_of, registered: as in `habits`. kinds: the broad kind of each
    product, None unknown. facts: by customer id; who has none there has no moods and no channels."""
    sold = {kind: place for place, kind in enumerate(sorted({kind for kind in kinds if kind}))}
    kind_of = np.array([sold.get(kind, -1) for kind in kinds], np.int64)
    known = [facts.get(customer) or CustomerFacts(customer) for customer in events.customers]
    columns = dict(zip(FEATURES, habits(events, price_of, kind_of, registered, now).T, strict=True))
    columns |= _kind_shares(events, kind_of, list(sold)) | _time_shares(events, columns["tenure"], now)
    columns |= _channel_shares([one.channels for one in known])
    columns["mood:talks"] = _moods([one.moods for one in known])
    return Features(tuple(columns), np.column_stack(list(columns.values())).astype(np.float32))


def habits(
    events: Interactions, price_of: np.ndarray, kind_of: np.ndarray, registered: np.ndarray, now: float
) -> np.ndarray:
    """FEATURES in plain units, float64 (customers, len(FEATURES)), always finite.

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
    unit_prices = count(paid, np.nan_to_num(price_of[events.product]))
    mean_price = np.divide(unit_prices, lines, out=np.full(people, np.nan), where=lines > 0)
    mean_price = np.where(np.isfinite(mean_price), mean_price, np.nanmedian(mean_price) if lines.any() else 0.0)
    kinds = kind_of[events.product]
    breadth = _distinct(events.customer[kinds >= 0], kinds[kinds >= 0], people)
    browsing = count(~bought) / (1 + count(bought))
    return np.column_stack([recency, orders, spent, mean_price, breadth, browsing, tenure])


def drawn(own: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(own + PRIOR·m) / (rows + PRIOR), m the shop's sum(own) / sum(rows), 0 without rows. own, rows: (customers,),
    a sum over each customer's rows and how many these are."""
    total = rows.sum()
    mean = own.sum() / total if total else 0.0
    return (own + PRIOR * mean) / (rows + PRIOR)


def _kind_shares(events: Interactions, kind_of: np.ndarray, names: list[str]) -> dict[str, np.ndarray]:
    kind = kind_of[events.product] if len(events) else np.zeros(0, np.int64)
    bought = (events.type == PURCHASE) & (kind >= 0)
    lines = np.bincount(kind[bought], minlength=len(names))
    most = sorted(np.flatnonzero(lines).tolist(), key=lambda place: (-lines[place], place))[:MOST_KINDS]
    return {f"kind:{names[place]}": _share(events, bought, kind == place) for place in most}


def _time_shares(events: Interactions, tenure: np.ndarray, now: float) -> dict[str, np.ndarray]:
    bought = (events.type == PURCHASE) & np.isfinite(events.at)
    local = np.where(bought, events.at, 0.0) + _ZONE
    hour = local % DAY / 3600
    weekday = (np.floor(local / DAY) + 3) % 7  # 1970-01-01 was a Thursday
    month = local.astype("datetime64[s]").astype("datetime64[M]").astype(int) % 12 + 1
    whole_year = bought & (tenure[events.customer] >= YEAR) & (local - _ZONE >= now - YEAR * DAY)
    columns = {"when:weekend": _share(events, bought, weekday >= 5)}
    columns |= {f"when:{name}": _share(events, bought, (hour >= a) & (hour < b)) for name, (a, b) in HOURS.items()}
    return columns | {f"season:{name}": _share(events, whole_year, np.isin(month, at)) for name, at in SEASONS.items()}


def _share(events: Interactions, among: np.ndarray, those: np.ndarray) -> np.ndarray:
    people = len(events.customers)
    return drawn(
        np.bincount(events.customer[among & those], minlength=people).astype(np.float64),
        np.bincount(events.customer[among], minlength=people).astype(np.float64),
    )


def _channel_shares(channels: Iterable[Mapping[str, int]]) -> dict[str, np.ndarray]:
    channels = list(channels)
    total: Counter[str] = Counter()
    for counts in channels:
        total.update({name: n for name, n in counts.items() if name})
    rows = np.array([sum(n for name, n in counts.items() if name) for counts in channels], np.float64)
    used = [name for name, n in total.items() if n >= _RARE * rows.sum()]
    most = sorted(used, key=lambda name: (-total[name], name))[:MOST_CHANNELS]
    return {
        f"channel:{name}": drawn(np.array([counts.get(name, 0) for counts in channels], np.float64), rows)
        for name in most
    }


def _moods(moods: Iterable[Mapping[str, int]]) -> np.ndarray:
    told = [[(_MOODS[label], n) for label, n in counts.items() if label in _MOODS] for counts in moods]
    own = np.array([sum(way * n for way, n in one) for one in told], np.float64)
    return drawn(own, np.array([sum(n for _, n in one) for one in told], np.float64))


def _distinct(customer: np.ndarray, what: np.ndarray, people: int) -> np.ndarray:
    pairs = np.unique(np.column_stack([customer.astype(np.int64), what.astype(np.int64)]), axis=0)
    return np.bincount(pairs[:, 0], minlength=people).astype(np.float64) if len(pairs) else np.zeros(people)
