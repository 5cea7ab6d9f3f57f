"""What everybody wants: the honest list for somebody of whom nothing is known, and the baseline in every
comparison."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender.base import PAD, Recommender, checked, rows_of


class Popularity(Recommender):
    """score(u, j) = Σ_v max(x_vj, 0), the same for every customer. Items that nobody wants score 0 and are not
    recommended. Nothing is like anything else: `similar_items` is all padding."""

    weights: np.ndarray
    KIND = "recommender.popularity"

    def fit(self, matrix: sp.spmatrix) -> Popularity:
        self.matrix = checked(matrix)
        positive = self.matrix.astype(np.float64)
        positive.data = np.maximum(positive.data, 0)
        self.weights = np.asarray(positive.sum(axis=0)).ravel().astype(np.float32)
        return self

    def score(self, user_rows: np.ndarray | sp.spmatrix, item_rows: np.ndarray | None = None) -> np.ndarray:
        matrix = self._fitted()
        columns = slice(None) if item_rows is None else rows_of(item_rows, matrix.shape[1], "item_rows")
        return np.tile(self.weights[columns], (self.vectors(user_rows).shape[0], 1))

    def similar_items(self, item_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        rows = rows_of(item_rows, self._fitted().shape[1], "item_rows")
        return np.full((rows.size, n), PAD, np.int32), np.full((rows.size, n), np.nan, np.float32)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        return {"weights": self.weights}, {}

    @classmethod
    def restored(cls, matrix: sp.csr_matrix, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> Popularity:
        model = cls()
        model.matrix, model.weights = matrix, arrays["weights"]
        return model
