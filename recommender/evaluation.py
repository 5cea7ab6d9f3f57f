"""How good suggestions are: matrices in, figures out. Nothing here fits a model or reads a file.

Ties count against the model: of equal scores the held-out product comes last. A model that knows nothing and gives
everything the same score would else be praised for the order of the catalogue.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from recommender.base import PAD
from recommender.interactions import DISLIKE, PURCHASE, Interactions

_Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True)
class Mean:
    """Mean of n values with the bounds of its 95 % interval; all None for n = 0."""

    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Accuracy:
    """Means over customers, at a cut of n goods. hit_rate: some held-out product is among the n. ndcg: with binary
    gains, over the best that was possible (Järvelin and Kekäläinen 2002). recall: share of the held-out goods that
    are among the n. mrr: 1 / rank of the first held-out product, 0 where it is not among the n."""

    hit_rate: Mean
    ndcg: Mean
    recall: Mean
    mrr: Mean


@dataclass(frozen=True)
class Spread:
    """What the lists do with the catalogue. coverage: share of all goods that are suggested to anybody, 0…1. novelty:
    mean of −log2(share of customers who have it already), in bits (Zhou et al. 2010). popularity_lift: mean number of
    customers of the goods suggested over that of the goods the same customers have; 1: as popular as their own choice.
    None where nothing is suggested."""

    coverage: float
    novelty: float | None
    popularity_lift: float | None


@dataclass(frozen=True)
class Values:
    """The figures of each customer, float64 (customers,): what `Accuracy` is the means of."""

    hit_rate: np.ndarray
    ndcg: np.ndarray
    recall: np.ndarray
    mrr: np.ndarray

    def accuracy(self, chosen: np.ndarray | slice = slice(None)) -> Accuracy:
        """Over the chosen customers: mask or numbers."""
        return Accuracy(
            proportion(self.hit_rate[chosen]),
            mean(self.ndcg[chosen]),
            mean(self.recall[chosen]),
            mean(self.mrr[chosen]),
        )


def mean(values: np.ndarray) -> Mean:
    """With the normal interval, value ± 1.96 s/√n."""
    n = len(values)
    if not n:
        return Mean(0, None, None, None)
    middle = float(np.mean(values))
    half = _Z * float(np.std(values, ddof=1)) / np.sqrt(n) if n > 1 else np.inf
    return Mean(n, middle, middle - half, middle + half)


def proportion(values: np.ndarray) -> Mean:
    """Of 0s and 1s, with Wilson's interval, which also holds for few customers and at 0 and 1."""
    n = len(values)
    if not n:
        return Mean(0, None, None, None)
    share = float(np.mean(values))
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return Mean(n, share, float(max(0.0, centre - half)), float(min(1.0, centre + half)))


def ranks(scores: np.ndarray, wanted: sp.csr_matrix, candidates: np.ndarray | None = None) -> list[np.ndarray]:
    """For each customer the places (0 is the best, ascending) of the wanted goods among the candidates.

    scores: (u, items), NaN counts as the lowest. wanted: (u, items), an entry for each held-out product. candidates:
    bool (u, items), None: all; wanted goods are candidates in any case."""
    found = []
    for row in range(scores.shape[0]):
        held = np.unique(wanted.indices[wanted.indptr[row] : wanted.indptr[row + 1]])
        line = np.where(np.isnan(scores[row]), -np.inf, scores[row])
        among = np.ones(line.size, bool) if candidates is None else candidates[row].copy()
        among[held] = False
        others, own = np.sort(line[among]), np.sort(line[held])[::-1]
        above = others.size - np.searchsorted(others, own, side="left")
        found.append(above + np.arange(held.size))
    return found


def ranks_in(ids: np.ndarray, wanted: sp.csr_matrix) -> list[np.ndarray]:
    """The same from finished lists: ids (u, n), PAD where a list is shorter. Goods not in the list have no place."""
    return [
        np.flatnonzero(np.isin(line, wanted.indices[wanted.indptr[row] : wanted.indptr[row + 1]]) & (line != PAD))
        for row, line in enumerate(ids)
    ]


def values(places: Sequence[np.ndarray], held: np.ndarray, n: int = 10) -> Values:
    """places: of each customer, as `ranks` or `ranks_in` gives them. held: how many goods were held out of each, at
    least 1, int (u,). n: the cut."""
    gains = 1.0 / np.log2(np.arange(n) + 2)
    best = np.cumsum(gains)
    hits = [line[line < n] for line in places]
    return Values(
        np.array([float(line.size > 0) for line in hits]),
        np.array([gains[line].sum() / best[min(n, h) - 1] for line, h in zip(hits, held, strict=True)]),
        np.array([line.size / h for line, h in zip(hits, held, strict=True)]),
        np.array([1.0 / (line[0] + 1) if line.size else 0.0 for line in hits]),
    )


def spread(ids: np.ndarray, customers: np.ndarray, matrix: sp.csr_matrix) -> Spread:
    """ids: lists (u, n), PAD where shorter. customers: whose, rows of `matrix` (u,). matrix: users × items that the
    model learnt from."""
    shown = ids[ids != PAD]
    if not shown.size:
        return Spread(0.0, None, None)
    have = np.bincount(matrix.indices, minlength=matrix.shape[1])
    known = have[shown] > 0
    own = have[matrix[customers].indices]
    return Spread(
        np.unique(shown).size / matrix.shape[1],
        float(-np.log2(have[shown[known]] / matrix.shape[0]).mean()) if known.any() else None,
        float(have[shown].mean() / own.mean()) if own.size else None,
    )


def dense_user_cosine(matrix: sp.csr_matrix) -> np.ndarray:
    """The baseline as articles teach it: all customers with all customers in dense matrices, score = W X with
    w_ij = x_i·x_j / (‖x_i‖‖x_j‖) and w_ii = 0. Returns float64 (users, items); takes 8 · users · (users + 3 · items)
    bytes."""
    rows = matrix.toarray().astype(np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows_of_norm_1 = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    alike = rows_of_norm_1 @ rows_of_norm_1.T
    np.fill_diagonal(alike, 0)
    return alike @ rows


@dataclass(frozen=True)
class LastOut:
    """train: what may be learnt from. customer, product: numbers into its lists of ids, one case each, and at:
    seconds, when the product held out was bought."""

    train: Interactions
    customer: np.ndarray
    product: np.ndarray
    at: np.ndarray


def leave_last_out(events: Interactions) -> LastOut:
    """Holds out, for each customer, the last product that they came to buy for the first time. A log without any
    purchase holds out the last product met in any way but dislike.

    Everything this customer did from that moment on is taken out (the rest of that order, too), and everything they
    ever did with that product: the question is whether it is found, not whether it is remembered. Customers of whom
    then nothing is left are no case; events without a time are kept for training. Equal times: the lowest product."""
    target = (events.type == PURCHASE) if (events.type == PURCHASE).any() else (events.type != DISLIKE)
    target &= np.isfinite(events.at)
    rows = np.flatnonzero(target)
    rows = rows[np.lexsort((events.at[rows], events.product[rows], events.customer[rows]))]
    pair = events.customer[rows].astype(np.int64) * max(1, len(events.products)) + events.product[rows]
    first = rows[np.append(True, pair[1:] != pair[:-1])] if rows.size else rows
    first = first[np.lexsort((-events.product[first], events.at[first], events.customer[first]))]
    last = first[np.append(events.customer[first][1:] != events.customer[first][:-1], True)] if first.size else first
    until, held = np.full(len(events.customers), np.inf), np.full(len(events.customers), -1)
    until[events.customer[last]], held[events.customer[last]] = events.at[last], events.product[last]
    with np.errstate(invalid="ignore"):
        out = (events.at >= until[events.customer]) | (held[events.customer] == events.product)
    known = np.bincount(events.customer[~out], minlength=len(events.customers)) > 0
    last = last[known[events.customer[last]]]
    # A customer who is no case keeps their events.
    out &= np.isin(events.customer, events.customer[last])
    return LastOut(_part(events, ~out), events.customer[last], events.product[last], events.at[last])


def _part(events: Interactions, kept: np.ndarray) -> Interactions:
    columns = ("customer", "product", "type", "value", "at")
    return dataclasses.replace(events, **{name: getattr(events, name)[kept] for name in columns})
