"""EASE: every product regressed on all the others, in closed form (Steck 2019, arXiv:1905.03375).

With Y = U^½ X V^½ and P = (Yᵀ Y + λI)⁻¹ the weights are B = V^½ (I − P · diag(c)) V^−½ and score(u, ·) = x_u B.
diagonal="zero": c_j = 1 / P_jj, so that B_jj = 0 and no product explains itself (EASE). diagonal="free": c_j = λ, plain
ridge regression, which is the same as the regression of a customer on the other customers as far as the order of new
goods is concerned; it errs elsewhere than EASE, so that the two together are better than either.
U weighs the customers, u = (number of their goods)^−p, and V the goods, v = (number of their customers)^−q. Where there
are fewer customers than goods, P comes from their side by Woodbury's identity, P = (I − Yᵀ K Y) / λ with
K = (Y Yᵀ + λI)⁻¹: the work grows with the cube of the smaller side only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from recommender.base import Recommender, checked, rows_of, top_n
from recommender.config import EaseConfig
from recommender.errors import BadMatrix

_NOISE = 1e-6  # scores below this part of the customer's largest weight are rounding of the inverse


class EaseRecommender(Recommender):
    """EaseRecommender(reg=500, diagonal="zero", …): every option of `EaseConfig`. Raises UnknownOption or BadOption.

    After `fit`, `inverse` is P (items × items), or K (users × users) where there are fewer customers than goods;
    float32, symmetric."""

    inverse: np.ndarray
    KIND = "recommender.ease"

    def __init__(self, **options: Any) -> None:
        self.config = EaseConfig.from_dict(options)

    def fit(self, matrix: sp.spmatrix) -> EaseRecommender:
        """matrix: users × items. Raises BadMatrix when both sides are longer than `max_side`, or for a value that is
        not finite."""
        self.matrix = checked(matrix)
        users, items = self.matrix.shape
        side = min(users, items)
        if side > self.config.max_side:
            raise BadMatrix(
                f"EASE 算不了这么大的店：{users} 位顾客、{items} 件商品，要求 {side} 阶矩阵的逆，用时随它的立方增长，"
                f"内存约 {20 * side**2 / 1e9:.0f} GB；上限是 max_side={self.config.max_side}。"
                '请只用卖得最多的商品训练，或者改用 CosineRecommender(kind="item")。'
            )
        rows = self._weighted()
        gram = (rows @ rows.T if users < items else rows.T @ rows).toarray()
        gram[np.diag_indices(side)] += self.config.reg
        self.inverse = _inverse(gram)
        self._prepare()
        return self

    def score(self, user_rows: np.ndarray | sp.spmatrix, item_rows: np.ndarray | None = None) -> np.ndarray:
        """See `Recommender.score`."""
        matrix = self._fitted()
        columns = slice(None) if item_rows is None else rows_of(item_rows, matrix.shape[1], "item_rows")
        return self._predicted(self.vectors(user_rows))[:, columns]

    def similar_items(self, item_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """See `Recommender.similar_items`. The score is B_ij: what having i says for j, all other goods being equal; it
        is not symmetric."""
        items = self._fitted().shape[1]
        rows = rows_of(item_rows, items, "item_rows")
        one_each = sp.csr_matrix((np.ones(rows.size, np.float32), (np.arange(rows.size), rows)), (rows.size, items))
        scores = self._predicted(one_each)
        scores[np.arange(rows.size), rows] = 0
        return top_n(scores, n)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        return {"inverse": self.inverse}, {"config": self.config.as_dict()}

    @classmethod
    def restored(cls, matrix: sp.csr_matrix, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> EaseRecommender:
        model = cls(**facts["config"])
        model.matrix, model.inverse = matrix, arrays["inverse"]
        model._prepare()
        return model

    def _weighted(self) -> sp.csr_matrix:
        """Y, float32."""
        goods = np.maximum(np.diff(self.matrix.indptr), 1) ** (-self.config.customer_damping / 2)
        return sp.csr_matrix(sp.diags(goods) @ self.matrix @ sp.diags(self._scale()), dtype=np.float32)

    def _scale(self) -> np.ndarray:
        """The diagonal of V^½, float64."""
        customers = np.bincount(self.matrix.indices, minlength=self.matrix.shape[1])
        return np.maximum(customers, 1) ** (-self.config.item_damping / 2)

    def _prepare(self) -> None:
        """What scoring needs of Y and P, so that it is not computed for every customer."""
        users, items = self.matrix.shape
        self._item_scale = self._scale().astype(np.float32)
        self._rows = self._weighted() if users < items else None
        if self.config.diagonal == "free":
            self._columns = np.full(items, self.config.reg, np.float32)
        elif self._rows is None:
            self._columns = 1 / np.diag(self.inverse)
        else:
            explained = np.asarray(self._rows.multiply((self._rows.T @ self.inverse).T).sum(axis=0)).ravel()
            self._columns = (self.config.reg / (1 - explained)).astype(np.float32)

    def _predicted(self, vectors: sp.csr_matrix) -> np.ndarray:
        """x B for each row x of `vectors`, float32, dense (u, items)."""
        scaled = sp.csr_matrix(vectors.multiply(self._item_scale), dtype=np.float32)
        plain = scaled.toarray()
        if self._rows is None:
            inverse = scaled @ self.inverse
        else:
            by_customers = (scaled @ self._rows.T) @ self.inverse
            inverse = (plain - by_customers @ self._rows) / np.float32(self.config.reg)
        scores = (plain - inverse * self._columns) / self._item_scale
        weights = np.abs(vectors).max(axis=1).toarray() if vectors.shape[1] else np.zeros((vectors.shape[0], 1))
        scores[np.abs(scores) <= _NOISE * weights] = 0
        return scores


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Of a symmetric positive definite float32 matrix, by Cholesky: half the work of a general inverse."""
    if not matrix.size:
        return matrix
    lower, failed = lapack.spotrf(matrix, lower=1, overwrite_a=1)
    inverse, failed_too = lapack.spotri(lower, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise BadMatrix("EASE 的方程解不出来：数值太悬殊。请把 reg 调大，例如 reg=1000。")
    lower = np.tril(inverse)
    return lower + np.tril(lower, -1).T
