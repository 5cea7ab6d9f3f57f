"""Several models as one: models that err in different places are together better than the best of them.

score(u, ·) = Σ_m w_m s_m(u, ·) / σ_m(u), σ_m(u) the standard deviation of the m-th model's scores over all goods: so
models of any scale can be put together, and what no model knows anything about stays 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender.base import Recommender, checked, rows_of, top_n
from recommender.cosine import CosineRecommender
from recommender.ease import EaseRecommender
from recommender.errors import BadOption
from recommender.factors import FactorRecommender
from recommender.popularity import Popularity

_MODELS = {model.KIND: model for model in (CosineRecommender, EaseRecommender, FactorRecommender, Popularity)}


class BlendRecommender(Recommender):
    """BlendRecommender([EaseRecommender(), CosineRecommender()], weights=[2, 1]); equal weights by default.

    Raises BadOption: no model, or not one weight above 0 for each."""

    KIND = "recommender.blend"

    def __init__(self, models: Sequence[Recommender], weights: Sequence[float] | None = None) -> None:
        self.models = list(models)
        self.weights = [1.0] * len(self.models) if weights is None else [float(weight) for weight in weights]
        if not self.models or len(self.weights) != len(self.models) or not all(0 < w < np.inf for w in self.weights):
            raise BadOption(
                f"选项 weights={self.weights!r} 不能用：{len(self.models)} 个模型要各有一个大于 0 的权重，至少要一个。"
                "请在配置里改正。"
            )

    def fit(self, matrix: sp.spmatrix) -> BlendRecommender:
        """matrix: users × items. Raises what the models raise."""
        self.matrix = checked(matrix)
        for model in self.models:
            model.fit(self.matrix)
        return self

    def score(self, user_rows: np.ndarray | sp.spmatrix, item_rows: np.ndarray | None = None) -> np.ndarray:
        """See `Recommender.score`."""
        matrix = self._fitted()
        columns = slice(None) if item_rows is None else rows_of(item_rows, matrix.shape[1], "item_rows")
        users = user_rows.shape[0] if sp.issparse(user_rows) else np.size(user_rows)
        total = np.zeros((users, matrix.shape[1]))
        for model, weight in zip(self.models, self.weights, strict=True):
            scores = model.score(user_rows).astype(np.float64)
            spread = scores.std(axis=1, keepdims=True) if matrix.shape[1] else np.zeros((users, 1))
            total += weight * np.divide(scores, spread, out=np.zeros_like(scores), where=spread > 0)
        return total[:, columns].astype(np.float32)

    def similar_items(self, item_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """See `Recommender.similar_items`. The scores of a customer who has this item and nothing else."""
        items = self._fitted().shape[1]
        rows = rows_of(item_rows, items, "item_rows")
        one_each = sp.csr_matrix((np.ones(rows.size, np.float32), (np.arange(rows.size), rows)), (rows.size, items))
        scores = self.score(one_each)
        scores[np.arange(rows.size), rows] = 0
        return top_n(scores, n)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        states = [model.state() for model in self.models]
        arrays = {f"{place}.{name}": array for place, (own, _) in enumerate(states) for name, array in own.items()}
        models = [{"kind": model.KIND, "facts": facts} for model, (_, facts) in zip(self.models, states, strict=True)]
        return arrays, {"weights": self.weights, "models": models}

    @classmethod
    def restored(cls, matrix: sp.csr_matrix, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> BlendRecommender:
        models = []
        for place, saved in enumerate(facts["models"]):
            start = f"{place}."
            own = {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
            models.append(_MODELS[saved["kind"]].restored(matrix, own, saved["facts"]))
        blend = cls(models, facts["weights"])
        blend.matrix = matrix
        return blend
