"""Figures that more than one report uses: a share with its interval, precision and recall by name, a confusion matrix,
calibration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

BINS = 15
ALL = "all"


@dataclass(frozen=True)
class Share:
    """`part` of `n` as a value in [0, 1], with the bounds of its 95 % Wilson interval; all None for n = 0."""

    part: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def share(part: int, n: int) -> Share:
    """`part` of `n`, 0 ≤ part ≤ n."""
    if not n:
        return Share(part, n, None, None, None)
    bounds = binomtest(part, n).proportion_ci(0.95, method="wilson")
    return Share(part, n, part / n, float(bounds.low), float(bounds.high))


@dataclass(frozen=True)
class Scores:
    """One name's precision, recall and F1 in [0, 1] and how often it is labelled; 0 where nothing was said."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


def scores(gold: Sequence[str], read: Sequence[str], names: Sequence[str]) -> list[Scores]:
    """Scores of each of `names`, in their order. gold, read: one name a case, equally long."""
    if not names:
        return []
    columns = precision_recall_fscore_support(gold, read, labels=list(names), zero_division=0)
    return [
        Scores(name, float(precision), float(recall), float(f1), int(support))
        for name, precision, recall, f1, support in zip(names, *columns, strict=True)
    ]


def overall(gold: Sequence[str], read: Sequence[str], names: Sequence[str]) -> Scores:
    """Micro average over `names`, as one line called `all`."""
    if not names:
        return Scores(ALL, 0.0, 0.0, 0.0, 0)
    precision, recall, f1, _ = precision_recall_fscore_support(
        gold, read, labels=list(names), average="micro", zero_division=0
    )
    return Scores(ALL, float(precision), float(recall), float(f1), sum(name in set(names) for name in gold))


@dataclass(frozen=True)
class Confusion:
    """How often `gold` was read as `read`, and the first such text."""

    gold: str
    read: str
    n: int
    example: str


def confusions(gold: Sequence[str], read: Sequence[str], texts: Sequence[str]) -> list[Confusion]:
    """Pairs that differ, most often first, then by name."""
    wrong: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for wanted, said, text in zip(gold, read, texts, strict=True):
        if wanted != said:
            wrong[wanted, said] += 1
            example.setdefault((wanted, said), text)
    return [
        Confusion(*pair, count, example[pair])
        for pair, count in sorted(wrong.items(), key=lambda one: (-one[1], one[0]))
    ]


@dataclass(frozen=True)
class Matrix:
    """counts[i][j]: how often names[i] was read as names[j]."""

    names: list[str]
    counts: list[list[int]]


def matrix(gold: Sequence[str], read: Sequence[str], names: Sequence[str] | None = None) -> Matrix:
    """`names` first, then whatever else occurs."""
    rows = [*(names or ()), *sorted({*gold, *read} - set(names or ()))]
    return Matrix(rows, confusion_matrix(gold, read, labels=rows).tolist())


@dataclass(frozen=True)
class Bin:
    """Messages whose confidence lies in (low, high]; the first bin holds 0 too. Means are None for n = 0."""

    low: float
    high: float
    n: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Calibration:
    """Expected calibration error, Σ n_b/n · |accuracy_b - confidence_b| (Guo et al. 2017), and its bins."""

    ece: float
    bins: list[Bin]


def calibration(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> Calibration:
    """Equal-width bins over [0, 1]. confidences, right: one a message, equally long, at least one."""
    confidence, hit = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.digitize(confidence, edges[1:-1], right=True)
    found, error = [], 0.0
    for index in range(bins):
        inside = place == index
        count = int(inside.sum())
        means = (float(confidence[inside].mean()), float(hit[inside].mean())) if count else (None, None)
        found.append(Bin(float(edges[index]), float(edges[index + 1]), count, *means))
        if count:
            error += count / len(confidence) * abs(means[1] - means[0])
    return Calibration(error, found)
