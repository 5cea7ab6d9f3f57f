"""Cosine collaborative filtering, item- and user-based, on sparse matrices.

Similarity: w_ij = x_i·x_j / (‖x_i‖‖x_j‖), x_i a row (kind="user") or a column (kind="item") of the interactions.
Item-based score (Sarwar et al. 2001, weighted sum without the normalising denominator, which is of no use for ranking
implicit feedback): score(u, j) = Σ_{i ∈ u} x_ui w_ij over the stored neighbours j of i.
User-based: score(u, j) = Σ_v w_uv x_vj over the neighbours v of u.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender import archive
from recommender.base import PAD, Recommender, checked, rows_of
from recommender.config import CosineConfig
from recommender.errors import DamagedModel
from recommender.kernel import neighbours


class CosineRecommender(Recommender):
    """CosineRecommender(kind="item", neighbours=50, shrinkage=0, …): every option of `CosineConfig`.

    Raises UnknownOption or BadOption. After `fit`, `similarity` is the CSR matrix of the stored neighbours (items ×
    items or users × users, float32, the diagonal left out, each row best first)."""

    similarity: sp.csr_matrix
    _KIND = "recommender.cosine"

    def __init__(self, kind: str = "item", **options: Any) -> None:
        self.config = CosineConfig.from_dict({"kind": kind, **options})

    def fit(self, matrix: sp.spmatrix) -> CosineRecommender:
        """matrix: users × items, weights of interactions. Raises BadMatrix when a value is not finite."""
        self.matrix = checked(matrix)
        rows = self.matrix if self.config.kind == "user" else self.matrix.T
        self.similarity = self._neighbours(rows.tocsr(), rows, np.arange(rows.shape[0]), self.config.neighbours)
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
            return self.vectors(user_rows), self.similarity
        if sp.issparse(user_rows):
            return self._neighbours(self.vectors(user_rows), matrix, None, self.config.neighbours), matrix
        return self.similarity[rows_of(user_rows, matrix.shape[0], "user_rows")], matrix

    def similar_items(self, item_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """See `Recommender.similar_items`. Exact cosine of item columns in both kinds."""
        return self._similar(item_rows, n, "item")

    def similar_users(self, user_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """(ids, scores) of the customers most alike, shaped and padded as in `similar_items`."""
        return self._similar(user_rows, n, "user")

    def save(self, folder: str | Path) -> None:
        arrays = archive.csr_arrays("matrix", self._fitted()) | archive.csr_arrays("similarity", self.similarity)
        archive.save(folder, self._KIND, arrays, {"config": self.config.as_dict()})

    @classmethod
    def load(cls, folder: str | Path) -> CosineRecommender:
        arrays, facts = archive.load(folder, cls._KIND)
        try:
            model = cls(**facts["config"])
            model.matrix, model.similarity = archive.csr_of("matrix", arrays), archive.csr_of("similarity", arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedModel(
                f"推荐模型 {Path(folder).name} 的内容不完整（{error}）。请重新训练：zhike train。"
            ) from error
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
        return neighbours(left, right, k, own, self.config.shrinkage, self.config.threads, self.config.block_rows)
