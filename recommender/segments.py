"""Customer segments: K-means on standardised features of how customers buy (RFM and its relatives).

Names and descriptions come from the centroids: each name stands for a direction in feature space, and the names are
handed out so that together they point the way the centroids do (assignment problem, Kuhn 1955). Numbers in a
description are means of the segment's members."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from recommender import archive
from recommender.errors import DamagedModel
from recommender.features import FEATURES

_NAMES: tuple[tuple[str, dict[str, float]], ...] = (
    ("常买又舍得花的老客", {"orders": 1, "spent": 1, "recency": -0.5, "breadth": 0.6, "tenure": 0.3}),
    ("近来活跃的常客", {"recency": -1, "orders": 0.7, "browsing": 0.2}),
    ("买得少但单价高的顾客", {"price": 1.2, "orders": -0.5}),
    ("爱买平价小件的顾客", {"price": -1.2, "orders": 0.3, "spent": -0.3}),
    ("爱逛、下单少的顾客", {"browsing": 1.2, "orders": -0.5, "spent": -0.4}),
    ("许久没来的老客", {"recency": 1.2, "tenure": 0.4, "browsing": -0.3}),
    ("刚来不久的新客", {"tenure": -1, "orders": -0.7, "spent": -0.7, "breadth": -0.4}),
    ("来得不久、花得不少的顾客", {"tenure": -0.9, "spent": 0.8, "price": 0.5}),
    ("偶尔来买一次的顾客", {"orders": -0.8, "breadth": -0.6, "spent": -0.5, "browsing": -0.3}),
    ("逛得广、样样买的顾客", {"breadth": 1.2, "orders": 0.3}),
    ("认准一两类的回头客", {"breadth": -1, "orders": 0.7, "recency": -0.3}),
)
_PLAIN = 0.25  # cosine of a centroid with a name below which the name would not be true


@dataclass(frozen=True)
class Segment:
    """name, description: Chinese, for the merchant. size: members; share of all segmented customers. centroid:
    feature → mean of its members, in the feature's own unit (see features.FEATURES)."""

    index: int
    name: str
    description: str
    size: int
    share: float
    centroid: dict[str, float]


class Segments:
    """fit(features) → labels by predict; features: float (customers, len(FEATURES)), columns as in FEATURES."""

    _KIND = "recommender.segments"

    def __init__(self, k: int = 5, seed: int = 20260) -> None:
        self.k, self.seed = k, seed
        self.mean = np.zeros(len(FEATURES))
        self.scale = np.ones(len(FEATURES))
        self.centres = np.zeros((0, len(FEATURES)))
        self.segments: tuple[Segment, ...] = ()

    def fit(self, features: np.ndarray, habits: np.ndarray | None = None) -> Segments:
        """Fewer distinct customers than k give fewer segments, none give none. habits: the same features where they
        are to be averaged for descriptions in plain units (default: features). The largest segment gets number 0."""
        features = np.nan_to_num(np.asarray(features, np.float64).reshape(-1, len(FEATURES)), posinf=0, neginf=0)
        habits = features if habits is None else np.nan_to_num(np.asarray(habits, np.float64), posinf=0, neginf=0)
        if not features.shape[0]:
            return self
        self.mean, self.scale = features.mean(axis=0), features.std(axis=0)
        self.scale[self.scale < 1e-9] = 1.0
        standard = (features - self.mean) / self.scale
        k = min(self.k, np.unique(standard.round(9), axis=0).shape[0])
        centres = _kmeans(standard, k, self.seed)
        labels = _nearest(standard, centres)
        order = np.lexsort((*centres.T[::-1], -np.bincount(labels, minlength=k)))
        self.centres = centres[order]
        labels = _nearest(standard, self.centres)
        names = _names(self.centres)
        self.segments = tuple(
            _described(place, names[place], habits[labels == place], len(labels)) for place in range(k)
        )
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Segment numbers, int32 (customers,); -1 for everybody when there are no segments."""
        features = np.nan_to_num(np.asarray(features, np.float64).reshape(-1, len(FEATURES)), posinf=0, neginf=0)
        if not len(self.centres):
            return np.full(features.shape[0], -1, np.int32)
        return _nearest((features - self.mean) / self.scale, self.centres)

    def arrays(self) -> dict[str, np.ndarray]:
        return {"segment_mean": self.mean, "segment_scale": self.scale, "segment_centres": self.centres}

    def facts(self) -> dict[str, Any]:
        return {
            "k": self.k,
            "seed": self.seed,
            "features": list(FEATURES),
            "segments": [asdict(s) for s in self.segments],
        }

    @classmethod
    def restored(cls, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> Segments:
        """Raises KeyError, TypeError or ValueError when something is missing or of another set of features."""
        if facts["features"] != list(FEATURES):
            raise ValueError("features of another version")
        model = cls(facts["k"], facts["seed"])
        model.mean, model.scale = arrays["segment_mean"], arrays["segment_scale"]
        model.centres = arrays["segment_centres"]
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


def _kmeans(standard: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Centres (k, features). One thread: sums in another order could move a customer at a border."""
    from sklearn.cluster import KMeans  # 1.2 s to import and only needed to fit
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return KMeans(k, n_init=10, random_state=seed, algorithm="lloyd").fit(standard).cluster_centers_


def _nearest(standard: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return ((standard[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2).argmin(axis=1).astype(np.int32)


def _names(centres: np.ndarray) -> list[str]:
    """A name for each standardised centroid, no name twice."""
    ways = np.array([[weights.get(feature, 0.0) for feature in FEATURES] for _, weights in _NAMES])
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    lengths = np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    likeness = (centres / lengths) @ ways.T
    names, plain = [""] * len(centres), 0
    given = dict(zip(*linear_sum_assignment(-likeness), strict=True))
    for place in range(len(centres)):
        way = given.get(place)
        if way is None or likeness[place, way] < _PLAIN:
            plain += 1
            names[place] = "普通顾客" if plain == 1 else f"普通顾客（{plain}）"
        else:
            names[place] = _NAMES[way][0]
    return names


def _described(index: int, name: str, habits: np.ndarray, everybody: int) -> Segment:
    means = dict(zip(FEATURES, (habits.mean(axis=0) if len(habits) else np.zeros(len(FEATURES))).tolist(), strict=True))
    bought = (
        (
            f"人均下单 {means['orders']:.1f} 次、共花 {means['spent']:.0f} 元，买过的东西均价 {means['price']:.0f} 元，"
            f"上次下单平均在 {means['recency']:.0f} 天前"
        )
        if means["orders"] >= 0.05
        else "大多还没有下过单"
    )
    share = len(habits) / max(1, everybody)
    description = f"{len(habits)} 位顾客（占 {share:.0%}）：{bought}；涉及 {means['breadth']:.1f} 类商品。"
    return Segment(
        index,
        name,
        description,
        len(habits),
        share,
        {k: round(v, 4) for k, v in means.items()},
    )
