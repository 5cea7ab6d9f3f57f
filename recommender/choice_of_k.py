"""How many segments: what each number would give, and which one the figures speak for.

Silhouette (Rousseeuw 1987) tells how well the segments are apart. Stability is the mean adjusted Rand index (Hubert &
Arabie 1985) between K-means fits on bootstrap resamples, each with a seed of its own, compared on all customers
(Ben-Hur et al. 2002): segments that another sample of the same customers would not give again are not worth a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from recommender.segments import kmeans, nearest

KS = tuple(range(2, 11))
STABLE = 0.75
"""Stability from which a number of segments may be recommended."""
_RESAMPLES, _STARTS = 6, 3
_MOST = 2000  # customers looked at: silhouettes need the distances of all pairs


@dataclass(frozen=True)
class Tried:
    """silhouette: -1 to 1, higher is better apart. stability: about 0 (chance) to 1 (the same again). smallest: share
    of the customers in the smallest segment."""

    k: int
    silhouette: float
    stability: float
    smallest: float


@dataclass(frozen=True)
class Choice:
    """used: the number in use. recommended: among the stable ones that with the highest silhouette; without a stable
    one the most stable; None when there are too few different customers to try. looked_at: customers that the figures
    rest on."""

    used: int
    recommended: int | None
    tried: tuple[Tried, ...]
    looked_at: int


def choice_of_k(standard: np.ndarray, used: int, seed: int, ks: Sequence[int] = KS) -> Choice:
    """standard: float64 (customers, columns), see Segments.standardised. The same input and seed give the same."""
    from sklearn.metrics import pairwise_distances

    rng = np.random.default_rng(seed)
    if len(standard) > _MOST:
        standard = standard[np.sort(rng.choice(len(standard), _MOST, replace=False))]
    different = _different(standard)
    away = pairwise_distances(standard) if different > min(ks) else None
    tried = tuple(_tried(standard, away, k, seed, rng) for k in ks if k < different)
    stable = [one for one in tried if one.stability >= STABLE]
    if stable:
        recommended = max(stable, key=lambda one: one.silhouette).k
    else:
        recommended = max(tried, key=lambda one: one.stability).k if tried else None
    return Choice(used, recommended, tried, len(standard))


def _tried(standard: np.ndarray, away: np.ndarray, k: int, seed: int, rng: np.random.Generator) -> Tried:
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    labels = nearest(standard, kmeans(standard, k, seed))
    fits = []
    for number in range(_RESAMPLES):
        sample = standard[rng.integers(len(standard), size=len(standard))]
        fits.append(nearest(standard, kmeans(sample, min(k, _different(sample)), seed + number, _STARTS)))
    stability = np.mean([adjusted_rand_score(one, other) for one, other in combinations(fits, 2)])
    smallest = np.bincount(labels, minlength=k).min() / len(standard)
    return Tried(
        k, *(round(float(x), 4) for x in (silhouette_score(away, labels, metric="precomputed"), stability, smallest))
    )


def _different(standard: np.ndarray) -> int:
    return np.unique(standard.round(9), axis=0).shape[0]
