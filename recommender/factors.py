"""Matrix factors for implicit data by alternating least squares (Hu, Koren and Volinsky 2008, with the loss and the
regularisation of Rendle et al. 2022, arXiv:2110.14037).

Minimises Σ_(u,j)∈S |x_uj| (t_uj − p_u·q_j)² + α Σ_u,j (p_u·q_j)² + λ (Σ_u (n_u + α N) ‖p_u‖² + Σ_j (n_j + α M) ‖q_j‖²),
S the entries of the matrix, t 1 for a positive and 0 for a negative one, n the number of entries, M customers and N
goods. score(u, j) = p_u·q_j with p_u solved from the customer's row: known and new customers are treated alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from recommender.base import Recommender, checked, rows_of, top_n
from recommender.config import FactorConfig


class FactorRecommender(Recommender):
    """FactorRecommender(factors=32, …): every option of `FactorConfig`. Raises UnknownOption or BadOption.

    After `fit`, `item_factors` is Q (items, factors), float32; a zero row for goods that nobody has."""

    item_factors: np.ndarray
    KIND = "recommender.factors"

    def __init__(self, **options: Any) -> None:
        self.config = FactorConfig.from_dict(options)

    def fit(self, matrix: sp.spmatrix) -> FactorRecommender:
        """matrix: users × items. Raises BadMatrix when a value is not finite."""
        self.matrix = checked(matrix)
        by_item = self.matrix.T.tocsr()
        rng = np.random.default_rng(self.config.seed)
        shape = (self.matrix.shape[1], self.config.factors)
        self.item_factors = (rng.normal(size=shape) / self.config.factors).astype(np.float32)
        for _ in range(self.config.rounds):
            self.item_factors = self._solved(by_item, self._solved(self.matrix, self.item_factors))
        return self

    def score(self, user_rows: np.ndarray | sp.spmatrix, item_rows: np.ndarray | None = None) -> np.ndarray:
        """See `Recommender.score`."""
        matrix = self._fitted()
        columns = slice(None) if item_rows is None else rows_of(item_rows, matrix.shape[1], "item_rows")
        customers = self._solved(self.vectors(user_rows), self.item_factors).astype(np.float64)
        # float64 while adding up: float32 sums would differ with the number of customers asked about at a time.
        return (customers @ self.item_factors[columns].T.astype(np.float64)).astype(np.float32)

    def similar_items(self, item_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """See `Recommender.similar_items`. Cosine of the factors."""
        rows = rows_of(item_rows, self._fitted().shape[1], "item_rows")
        norms = np.linalg.norm(self.item_factors, axis=1, keepdims=True)
        unit = np.divide(self.item_factors, norms, out=np.zeros_like(self.item_factors), where=norms > 0)
        scores = unit[rows] @ unit.T
        scores[np.arange(rows.size), rows] = 0
        return top_n(scores, n)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        return {"item_factors": self.item_factors}, {"config": self.config.as_dict()}

    @classmethod
    def restored(cls, matrix: sp.csr_matrix, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> FactorRecommender:
        model = cls(**facts["config"])
        model.matrix, model.item_factors = matrix, arrays["item_factors"]
        return model

    def _solved(self, rows: sp.csr_matrix, other: np.ndarray) -> np.ndarray:
        """The factors of each row given those of the columns: float32 (rows, factors), zero for an empty row."""
        alpha, found = self.config.unseen_weight, np.zeros((rows.shape[0], other.shape[1]), np.float32)
        everything = alpha * (other.T @ other)
        for row in range(rows.shape[0]):
            part = slice(rows.indptr[row], rows.indptr[row + 1])
            if part.start == part.stop:
                continue
            weight, factors = rows.data[part], other[rows.indices[part]]
            left = everything + (factors.T * np.abs(weight)) @ factors
            left[np.diag_indices_from(left)] += self.config.reg * (weight.size + alpha * other.shape[0])
            found[row] = lapack.sposv(left, factors.T @ np.maximum(weight, 0))[1]
        return found
