"""Customer segments: K-means on standardised features of what, when, how much and how often customers buy, in what
mood and where.

Each block of features (see features.Features) weighs like one feature. Names and descriptions come from the centroids:
each name stands for a direction in the space of FEATURES, and the names are handed out so that together they point the
way the centroids do (assignment problem, Kuhn 1955); none is given whose main words are not true of the centroid.
Numbers in a description are means of the segment's members."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from recommender import archive
from recommender.errors import DamagedModel
from recommender.feature_words import tendency
from recommender.features import FEATURES, Features

_NAMES: tuple[tuple[str, dict[str, float]], ...] = (
    ("常买又舍得花的老客", {"orders": 1, "spent": 1, "recency": -0.5, "breadth": 0.6, "tenure": 0.5}),
    ("近来活跃的常客", {"recency": -1, "orders": 0.7, "browsing": 0.2}),
    ("买得少但单价高的顾客", {"price": 1.2, "orders": -0.5}),
    ("爱买平价小件的顾客", {"price": -1.2, "orders": 0.3, "spent": -0.3}),
    ("爱逛、下单少的顾客", {"browsing": 1.2, "orders": -0.5, "spent": -0.4}),
    ("许久没来的老客", {"recency": 1.2, "tenure": 0.5, "browsing": -0.3}),
    ("许久没来的顾客", {"recency": 1.2, "browsing": -0.3}),
    ("刚来不久的新客", {"tenure": -1, "orders": -0.7, "spent": -0.7, "breadth": -0.4}),
    ("来得不久、花得不少的顾客", {"tenure": -0.9, "spent": 0.8, "price": 0.5}),
    ("偶尔来买一次的顾客", {"orders": -0.8, "breadth": -0.6, "spent": -0.5, "browsing": -0.3}),
    ("逛得广、样样买的顾客", {"breadth": 1.2, "orders": 0.3}),
    ("认准一两类的回头客", {"breadth": -1, "orders": 0.7, "recency": -0.3}),
)
_PLAIN = 0.25  # cosine of a centroid with a name below which the name would not be true
_MAIN = 0.5  # a feature with this weight in a name is one of its main words
_FARTHEST = 3.0  # standard deviations from the mean that count: one odd customer is no segment
_MARKED = 0.5  # standard deviations from everybody's mean at which a segment's share is worth a word


@dataclass(frozen=True)
class Segment:
    """name, description: Chinese, for the merchant. size: members; share of all segmented customers. centroid:
    feature → mean of its members, in the feature's own unit (see features.Features)."""

    index: int
    name: str
    description: str
    size: int
    share: float
    centroid: dict[str, float]


class Segments:
    """fit(features) → labels by predict. `features`: those that it was fitted on, row by row."""

    _KIND = "recommender.segments"

    def __init__(self, k: int = 5, seed: int = 20260) -> None:
        self.k, self.seed = k, seed
        self.features = Features(FEATURES, np.zeros((0, len(FEATURES)), np.float32))
        self.mean, self.gain = np.zeros(len(FEATURES)), np.zeros(len(FEATURES))
        self.centres = np.zeros((0, len(FEATURES)))
        self.segments: tuple[Segment, ...] = ()

    def fit(self, features: Features) -> Segments:
        """Fewer distinct customers than k give fewer segments, none give none. The largest segment gets number 0."""
        self.features = Features(features.names, np.nan_to_num(features.values, posinf=0, neginf=0))
        self.mean, self.gain = np.zeros(len(features.names)), np.zeros(len(features.names))
        self.centres, self.segments = np.zeros((0, len(features.names))), ()
        if not len(features):
            return self
        levelled = self.features.levelled()
        self.mean = levelled.mean(axis=0)
        self.gain = _gains(features.names, self.mean, levelled.std(axis=0))
        standard = self.standardised(self.features)
        k = min(self.k, np.unique(standard.round(9), axis=0).shape[0])
        centres = kmeans(standard, k, self.seed)
        labels = nearest(standard, centres)
        order = np.lexsort((*centres.T[::-1], -np.bincount(labels, minlength=k)))
        self.centres = centres[order]
        labels = nearest(standard, self.centres)
        away = self._deviations()
        names = _names(away, features.names)
        self.segments = tuple(
            _described(place, names[place], self.features.of(labels == place), len(labels), away[place])
            for place in range(k)
        )
        return self

    def standardised(self, features: Features) -> np.ndarray:
        """float64 (customers, columns): standard deviations from the mean of those fitted, at most _FARTHEST, times
        the weight of a column in its block. 0 in columns that were the same for everybody."""
        values = Features(features.names, np.nan_to_num(features.values, posinf=0, neginf=0)).levelled()
        limit = _FARTHEST * _weights(features.names, self.gain > 0)
        return np.clip((values - self.mean) * self.gain, -limit, limit)

    def predict(self, features: Features) -> np.ndarray:
        """Segment numbers, int32 (customers,); -1 for everybody when there are no segments."""
        if not len(self.centres):
            return np.full(len(features), -1, np.int32)
        return nearest(self.standardised(features), self.centres)

    @property
    def spread(self) -> dict[str, float]:
        """Feature → how far the two segments that differ most in it are apart, in standard deviations."""
        away = self._deviations() if len(self.centres) else np.zeros((1, len(self.gain)))
        return dict(zip(self.features.names, np.ptp(away, axis=0).tolist(), strict=True))

    def _deviations(self) -> np.ndarray:
        """The centroids in standard deviations of each feature, (k, columns)."""
        weights = _weights(self.features.names, self.gain > 0)
        return np.divide(self.centres, weights, out=np.zeros_like(self.centres), where=weights > 0)

    def arrays(self) -> dict[str, np.ndarray]:
        return {
            "segment_features": self.features.values,
            "segment_mean": self.mean,
            "segment_gain": self.gain,
            "segment_centres": self.centres,
        }

    def facts(self) -> dict[str, Any]:
        return {
            "k": self.k,
            "seed": self.seed,
            "features": list(self.features.names),
            "segments": [asdict(s) for s in self.segments],
        }

    @classmethod
    def restored(cls, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> Segments:
        """Raises KeyError, TypeError or ValueError when something is missing or does not fit together."""
        model = cls(facts["k"], facts["seed"])
        model.features = Features(tuple(facts["features"]), arrays["segment_features"])
        model.mean, model.gain = arrays["segment_mean"], arrays["segment_gain"]
        model.centres = arrays["segment_centres"]
        columns = len(model.features.names)
        if any(array.shape[-1] != columns for array in (model.features.values, model.mean, model.gain, model.centres)):
            raise ValueError("features of another version")
        model.segments = tuple(Segment(**segment) for segment in facts["segments"])
        return model

    def save(self, folder: str | Path) -> None:
        archive.save(folder, self._KIND, self.arrays(), self.facts())

    @classmethod
    def load(cls, folder: str | Path) -> Segments:
        arrays, facts = archive.load(folder, cls._KIND)
        try:
            return cls.restored(arrays, facts)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedModel(
                f"分群模型 {Path(folder).name} 的内容不完整（{error}）。请重新训练：zhike train。"
            ) from error


def kmeans(standard: np.ndarray, k: int, seed: int, starts: int = 10) -> np.ndarray:
    """Centres (k, columns). One thread: sums in another order could move a customer at a border."""
    from sklearn.cluster import KMeans  # 1.2 s to import and only needed to fit
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return KMeans(k, n_init=starts, random_state=seed, algorithm="lloyd").fit(standard).cluster_centers_


def nearest(standard: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The number of the nearest centre, int32 (customers,); of equally near ones the first."""
    away = np.stack([((standard - centre) ** 2).sum(axis=1) for centre in centres], axis=1)
    return away.argmin(axis=1).astype(np.int32)


def _weights(names: tuple[str, ...], varies: np.ndarray) -> np.ndarray:
    """1/√(columns of the block that vary), 0 for a column that doesn't: what a block says counts once, however many
    columns say it."""
    blocks = [name.partition(":")[0] for name in names]
    telling = Counter(block for block, tells in zip(blocks, varies, strict=True) if tells)
    return np.array([telling[block] ** -0.5 if tells else 0.0 for block, tells in zip(blocks, varies, strict=True)])


def _gains(names: tuple[str, ...], mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """What a difference in each feature is multiplied by."""
    varies = deviation > 1e-6 * np.maximum(1.0, np.abs(mean))  # float32 rounds a constant's mean
    return _weights(names, varies) / np.where(varies, deviation, 1.0)


def _names(away: np.ndarray, features: tuple[str, ...]) -> list[str]:
    """A name for each centroid, no name twice. away: (k, columns), standard deviations."""
    places = [features.index(feature) for feature in FEATURES]
    buying = away[:, places]
    ways = np.array([[weights.get(feature, 0.0) for feature in FEATURES] for _, weights in _NAMES])
    untrue = ((np.abs(ways) >= _MAIN)[None] & (buying[:, None, :] * ways[None] <= 0)).any(axis=2)
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    lengths = np.maximum(np.linalg.norm(buying, axis=1, keepdims=True), 1e-9)
    likeness = np.where(untrue, -1.0, (buying / lengths) @ ways.T)
    given = dict(zip(*linear_sum_assignment(-likeness), strict=True))
    names: list[str] = []
    for place in range(len(away)):
        way = given.get(place)
        if way is not None and likeness[place, way] >= _PLAIN:
            names.append(_NAMES[way][0])
            continue
        kinds = [column for column, name in enumerate(features) if name.startswith("kind:")]
        most = max(kinds, key=lambda column: away[place, column], default=None)
        loved = most is not None and away[place, most] >= _MARKED
        names.append(_unlike(names, f"{tendency(features[most], True)}的顾客" if loved else "普通顾客"))
    return names


def _unlike(taken: list[str], name: str) -> str:
    number = 1 + sum(other == name or other.startswith(f"{name}（") for other in taken)
    return name if number == 1 else f"{name}（{number}）"


def _described(index: int, name: str, members: Features, everybody: int, away: np.ndarray) -> Segment:
    means = dict(zip(members.names, members.values.mean(axis=0, dtype=np.float64).tolist(), strict=True))
    bought = _bought(members, means)
    share = len(members) / max(1, everybody)
    description = f"{len(members)} 位顾客（占 {share:.0%}）：{bought}；涉及 {means['breadth']:.1f} 类商品。"
    marks = [
        (away[column], tendency(feature, bool(away[column] > 0)))
        for column, feature in enumerate(members.names)
        if feature not in FEATURES and abs(away[column]) >= _MARKED
    ]
    if marks:
        words = [word for _, word in sorted(marks, key=lambda mark: (-abs(mark[0]), mark[1]))[:3]]
        description += f"和别的顾客比：{'、'.join(words)}。"
    return Segment(index, name, description, len(members), share, {k: round(v, 4) for k, v in means.items()})


def _bought(members: Features, means: dict[str, float]) -> str:
    """Who never ordered has no last order and no price: the means of these are of the others."""
    buyers = members.of(members.values[:, members.names.index("orders")] > 0)
    if not len(buyers):
        return "还没有下过单"
    price, recency = (
        buyers.values[:, members.names.index(feature)].mean(dtype=np.float64) for feature in ("price", "recency")
    )
    who = "" if len(buyers) == len(members) else f"{len(buyers)} 位下过单，这些顾客"
    return (
        f"人均下单 {means['orders']:.1f} 次、共花 {means['spent']:.0f} 元；{who}买过的东西均价 {price:.0f} 元，"
        f"上次下单平均在 {recency:.0f} 天前"
    )
