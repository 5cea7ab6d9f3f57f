"""Cosine collaborative filtering, item- and user-based, on sparse matrices.

Similarity: w_ij = x_i·x_j / (‖x_i‖‖x_j‖), x_i a row (kind="user") or a column (kind="item") of the interactions.
Item-based score (Sarwar et al. 2001, weighted sum without the normalising denominator, which is of no use for ranking
implicit feedback): score(u, j) = Σ_{i ∈ u} x_ui w_ji over the stored neighbours i of j (those of j, not
those of i: else a product that is a near neighbour of many is scored by more of them than others are).
User-based: score(u, j) = Σ_v w_uv x_vj over the neighbours v of u.
Options that are off unless asked for: x_i may be weighted by tf-idf or BM25 before rows are compared, λ may draw
similarities on little data down, and scores may be divided by (customers of j)^p. What is summed up in a score is
never weighted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender import archive
from recommender.base import PAD, Recommender, checked, rows_of
from recommender.config import CosineConfig
from recommender.kernel import neighbours
from recommender.weighting import SCHEMES


class CosineRecommender(Recommender):
    """CosineRecommender(kind="item", neighbours=50, shrinkage=0, …): every option of `CosineConfig`.

    Raises UnknownOption or BadOption. After `fit`, `similarity` is the CSR matrix of the stored neighbours (items ×
    items or users × users, float32, the diagonal left out, each row best first)."""

    similarity: sp.csr_matrix
    _neighbour_of: sp.csr_matrix  # the similarity transposed: row i lists what i is a neighbour of
    _damping: np.ndarray  # of each item, what its scores are multiplied with
    KIND = "recommender.cosine"

    def __init__(self, kind: str = "item", **options: Any) -> None:
        self.config = CosineConfig.from_dict({"kind": kind, **options})

    def fit(self, matrix: sp.spmatrix) -> CosineRecommender:
        """matrix: users × items, weights of interactions. Raises BadMatrix when a value is not finite."""
        self.matrix = checked(matrix)
        rows = self.matrix if self.config.kind == "user" else self.matrix.T
        self.similarity = self._neighbours(rows.tocsr(), rows, np.arange(rows.shape[0]), self.config.neighbours)
        self._prepare()
        return self

    def score(self, user_rows: np.ndarray | sp.spmatrix, item_rows: np.ndarray | None = None) -> np.ndarray:
        """See `Recommender.score`. For kind="user", customers given as vectors get their neighbours computed now."""
        matrix = self._fitted()
        columns = None if item_rows is None else rows_of(item_rows, matrix.shape[1], "item_rows")
        left, right = self.factors(user_rows)
        right = right if columns is None else right[:, columns]
        # float64 while adding up: float32 sums would let the order of the entries decide between equal scores.
        return (left.astype(np.float64) @ right.astype(np.float64)).toarray().astype(np.float32)

    def factors(self, user_rows: np.ndarray | sp.spmatrix) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """See `Recommender.factors`."""
        matrix = self._fitted()
        if self.config.kind == "item":
            return self.vectors(user_rows), self._scored_by
        if sp.issparse(user_rows):
            near = self._neighbours(self.vectors(user_rows), matrix, None, self.config.neighbours)
            return near, self._scored_by
        return self.similarity[rows_of(user_rows, matrix.shape[0], "user_rows")], self._scored_by

    def similar_items(self, item_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """See `Recommender.similar_items`. Exact cosine of item columns in both kinds."""
        return self._similar(item_rows, n, "item")

    def similar_users(self, user_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """(ids, scores) of the customers most alike, shaped and padded as in `similar_items`."""
        return self._similar(user_rows, n, "user")

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        return archive.csr_arrays("similarity", self.similarity), {"config": self.config.as_dict()}

    @classmethod
    def restored(cls, matrix: sp.csr_matrix, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> CosineRecommender:
        model = cls(**facts["config"])
        model.matrix, model.similarity = matrix, archive.csr_of("similarity", arrays)
        model._prepare()
        return model

    def _similar(self, rows: np.ndarray, n: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
        matrix = self._fitted()
        of_items = kind == "item"
        rows = rows_of(rows, matrix.shape[1 if of_items else 0], f"{kind}_rows")
        if kind == self.config.kind and n <= self.config.neighbours:
            found = self.similarity[rows]
        else:
            everything = matrix.T.tocsr() if of_items else matrix
            found = self._neighbours(everything[rows], everything, rows, max(n, 1))
        ids, scores = np.full((rows.size, n), PAD, np.int32), np.full((rows.size, n), np.nan, np.float32)
        for line in range(rows.size):
            part = slice(found.indptr[line], min(found.indptr[line] + n, found.indptr[line + 1]))
            size = part.stop - part.start
            ids[line, :size], scores[line, :size] = found.indices[part], found.data[part]
        return ids, scores

    def _neighbours(self, left: sp.csr_matrix, right: sp.spmatrix, own: np.ndarray | None, k: int) -> sp.csr_matrix:
        if self.config.weighting != "none":
            known, weighted = right.tocsr(), SCHEMES[self.config.weighting]
            left, right = weighted(left, known), weighted(known, known)
        return neighbours(left, right, k, own, self.config.shrinkage, self.config.threads, self.config.block_rows)

    def _prepare(self) -> None:
        """What scoring takes the customers' rows times, (items or users, items): made once, not for every customer."""
        self._scored_by = self.similarity.T.tocsr() if self.config.kind == "item" else self.matrix
        if self.config.popularity_damping:
            customers = np.bincount(self.matrix.indices, minlength=self.matrix.shape[1])
            damping = np.maximum(customers, 1.0) ** -self.config.popularity_damping
            self._scored_by = sp.csr_matrix(self._scored_by.astype(np.float64) @ sp.diags(damping))
