"""The five verbs that every model here has: fit, recommend, score, similar_items, save/load.

A model sees only a matrix; product ids, filters in words and reasons belong to `shop`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
import scipy.sparse as sp

from recommender import archive
from recommender.errors import BadMatrix, DamagedModel, NotFitted
from recommender.kernel import largest

R = TypeVar("R", bound="Recommender")
_CELLS = 4_000_000  # dense scores held at a time by recommend: 16 MB
_USERS = 8192  # users handled at a time by recommend
PAD = -1
"""Item number where there is nothing to recommend; its score is NaN."""


class Recommender(ABC):
    """Specification of the verbs.

    matrix: scipy CSR, users × items; weights of interactions, 0 is "nothing known", negative is dislike. user_rows:
    rows of the matrix (int array of shape (u,)), or a CSR matrix (u, items) of customers that the model has not seen.
    Results are (ids, scores) of shape (u, n): ids int32, PAD where fewer than n have a positive score; scores
    float32, NaN in the padding. Best first; equal scores by item number, so that a result is one and the same
    whatever the number of threads or blocks."""

    KIND: ClassVar[str]
    """Name that a saved model carries."""
    matrix: sp.csr_matrix | None = None

    @abstractmethod
    def fit(self: R, matrix: sp.spmatrix) -> R:
        """Learns from the matrix. Raises BadMatrix for values that are not finite."""

    @abstractmethod
    def score(self, user_rows: np.ndarray | sp.spmatrix, item_rows: np.ndarray | None = None) -> np.ndarray:
        """Scores, float32, shape (u, len(item_rows)) (all items by default), always finite; 0: nothing is known."""

    @abstractmethod
    def similar_items(self, item_rows: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """(ids, scores), shape (len(item_rows), n), the item itself left out, padded as in `recommend`."""

    @abstractmethod
    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """(arrays, facts) that a fitted model is saved as, `matrix` aside. facts: what JSON can hold."""

    @classmethod
    @abstractmethod
    def restored(cls: type[R], matrix: sp.csr_matrix, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> R:
        """The model with that state. Raises KeyError, TypeError or ValueError when something is missing."""

    def save(self, folder: str | Path) -> None:
        """Writes npz + json + sha256, whole or not at all. Raises OSError when it cannot."""
        matrix = archive.csr_arrays("matrix", self._fitted())
        arrays, facts = self.state()
        archive.save(folder, self.KIND, matrix | arrays, facts)

    @classmethod
    def load(cls: type[R], folder: str | Path) -> R:
        """Raises DamagedModel when a file is missing or its sha256 is another one."""
        arrays, facts = archive.load(folder, cls.KIND)
        try:
            return cls.restored(archive.csr_of("matrix", arrays), arrays, facts)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedModel(
                f"推荐模型 {Path(folder).name} 的内容不完整（{error}）。请重新训练：zhike train。"
            ) from error

    def recommend(
        self,
        user_rows: np.ndarray | sp.spmatrix,
        n: int = 10,
        exclude_seen: bool = True,
        allowed: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The best n items of each user. exclude_seen: leaves out every item with an entry in the user's row.
        allowed: bool mask (items,), or (u, items); applied before the cut, so n come back when n exist.
        Raises IndexError for rows out of range, ValueError for n < 0 or a mask of another shape."""
        matrix = self._fitted()
        if n < 0:
            raise ValueError(f"n={n}: cannot be negative")
        user_rows = (
            self.vectors(user_rows) if sp.issparse(user_rows) else rows_of(user_rows, matrix.shape[0], "user_rows")
        )
        users, items = user_rows.shape[0], matrix.shape[1]
        allowed = None if allowed is None else np.asarray(allowed, dtype=bool)
        if allowed is not None and allowed.shape not in ((items,), (users, items)):
            raise ValueError(f"allowed has shape {allowed.shape}, wanted {(items,)} or {(users, items)}")
        ids, best = np.full((users, n), PAD, np.int32), np.full((users, n), np.nan, np.float32)
        for start in range(0, users if n else 0, _USERS):
            part = slice(start, start + _USERS)
            seen = self.vectors(user_rows[part]) if exclude_seen else None
            mask = allowed if allowed is None or allowed.ndim == 1 else allowed[part]
            factors = self.factors(user_rows[part])
            if factors is None:
                ids[part], best[part] = self._top_dense(user_rows[part], n, seen, mask)
            else:
                ids[part], best[part] = top_of_product(*factors, n, seen, mask)
        return ids, best

    def factors(self, user_rows: np.ndarray | sp.spmatrix) -> tuple[sp.csr_matrix, sp.csr_matrix] | None:
        """Sparse (u, m) and (m, items) whose product, added up in float64, is `score`; None where there is no such
        pair. With it `recommend` needs no dense scores, which is many times faster for many users."""
        return None

    def _top_dense(
        self, user_rows: np.ndarray | sp.spmatrix, n: int, seen: sp.csr_matrix | None, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        users, items = user_rows.shape[0], self._fitted().shape[1]
        ids, best = np.empty((users, n), np.int32), np.empty((users, n), np.float32)
        step = max(1, _CELLS // max(1, items))
        for start in range(0, users, step):
            part = slice(start, start + step)
            scores = self.score(user_rows[part])
            if seen is not None:
                left_out = seen[part].tocoo()
                scores[left_out.row, left_out.col] = 0
            if allowed is not None:
                scores = np.where(allowed if allowed.ndim == 1 else allowed[part], scores, np.float32(0))
            ids[part], best[part] = top_n(scores, n)
        return ids, best

    def vectors(self, user_rows: np.ndarray | sp.spmatrix) -> sp.csr_matrix:
        """The users' rows as CSR (u, items)."""
        matrix = self._fitted()
        if sp.issparse(user_rows):
            if user_rows.shape[1] != matrix.shape[1]:
                raise BadMatrix(
                    f"向量有 {user_rows.shape[1]} 列，模型有 {matrix.shape[1]} 个商品：请用训练时的商品编号。"
                )
            return checked(user_rows)
        return matrix[rows_of(user_rows, matrix.shape[0], "user_rows")]

    def _fitted(self) -> sp.csr_matrix:
        if self.matrix is None:
            raise NotFitted(f"{type(self).__name__} 还没有训练：先调用 fit(matrix) 或 load(folder)。")
        return self.matrix


def checked(matrix: sp.spmatrix) -> sp.csr_matrix:
    """The matrix as canonical float32 CSR without stored zeros. Raises BadMatrix for NaN or infinite values."""
    if not sp.issparse(matrix):
        matrix = np.atleast_2d(np.asarray(matrix))
    csr = sp.csr_matrix(matrix, dtype=np.float32, copy=True)
    if not np.isfinite(csr.data).all():
        raise BadMatrix(
            f"矩阵里有 {int((~np.isfinite(csr.data)).sum())} 个值不是有限的数（NaN 或无穷）。"
            "训练前请去掉这些记录，例如 matrix.data = np.nan_to_num(matrix.data)。"
        )
    csr.sum_duplicates()
    csr.eliminate_zeros()
    csr.sort_indices()
    return csr


def rows_of(rows: np.ndarray | list[int] | int, count: int, name: str) -> np.ndarray:
    """Row numbers as int64 array; IndexError when one is out of range."""
    rows = np.atleast_1d(np.asarray(rows))
    if rows.size == 0:
        return np.zeros(0, np.int64)
    if rows.dtype.kind not in "iu":
        raise TypeError(f"{name} must be row numbers, not {rows.dtype}")
    if rows.min() < 0 or rows.max() >= count:
        raise IndexError(f"{name} holds {int(rows.min())}…{int(rows.max())}, there are rows 0…{count - 1}")
    return rows.astype(np.int64)


def top_n(scores: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n highest positive scores of each row, equal ones by column. scores: (u, items) → ids, scores (u, n),
    padded."""
    users = scores.shape[0]
    ids = np.full((users, n), PAD, np.int32)
    best = np.full((users, n), np.nan, np.float32)
    for row in range(users if n else 0):
        line = scores[row]
        found = np.flatnonzero(line > 0)
        if found.size > n:
            cut = np.partition(line[found], found.size - n)[found.size - n]
            found = found[line[found] >= cut]
        order = found[np.argsort(-line[found], kind="stable")][:n]
        ids[row, : order.size], best[row, : order.size] = order, line[order]
    return ids, best


def top_of_product(
    left: sp.csr_matrix,
    right: sp.csr_matrix,
    n: int,
    seen: sp.csr_matrix | None = None,
    allowed: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """`top_n` of the scores left @ right without making them dense. left: (u, m), right: (m, items); seen: (u, items),
    its entries are left out; allowed: bool mask (items,) or (u, items)."""
    if left.shape[0] == 1:
        return _top_of_row(left, right, n, seen, allowed)
    left, right = _compact(left.astype(np.float64), right)
    if allowed is not None and allowed.ndim == 1:
        kept = allowed[right.indices]
        indptr = np.concatenate([[0], np.cumsum(kept)])[right.indptr]
        right = sp.csr_matrix((right.data[kept], right.indices[kept], indptr), shape=right.shape)
        allowed = None
    barred = seen if allowed is None else sp.csr_matrix(~allowed)
    if seen is not None and allowed is not None:
        barred += seen.astype(bool)  # as numbers, a dislike (−1) and a refusal (1) would cancel out
    if barred is not None:
        # A column of left and a row of right for each barred item, which take more from it than any score can be.
        reach = 1 + 2 * np.abs(left.data).sum() * np.abs(right.data).max(initial=0)
        entries, units = _compact(barred, sp.identity(right.shape[1], format="csr"))
        left = _beside(
            left, sp.csr_matrix((np.full(entries.nnz, -reach), entries.indices, entries.indptr), entries.shape)
        )
        right = sp.vstack([right, units], "csr")
    found = largest(left, right, n)
    sizes = np.diff(found.indptr)
    ids, best = np.full((left.shape[0], n), PAD, np.int32), np.full((left.shape[0], n), np.nan, np.float32)
    places = np.repeat(np.arange(sizes.size), sizes), np.arange(found.nnz) - np.repeat(found.indptr[:-1], sizes)
    ids[places], best[places] = found.indices, found.data
    return ids, best


def _top_of_row(
    left: sp.csr_matrix, right: sp.csr_matrix, n: int, seen: sp.csr_matrix | None, allowed: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """`top_of_product` of one row: for so little, making matrices would take longer than the sums."""
    starts, stops = right.indptr[left.indices], right.indptr[left.indices + 1]
    sizes = stops - starts
    entries = np.arange(sizes.sum()) + np.repeat(stops - np.cumsum(sizes), sizes)
    terms = np.repeat(left.data.astype(np.float64), sizes) * right.data[entries]
    scores = np.bincount(right.indices[entries], terms, right.shape[1]).astype(np.float32)
    if seen is not None:
        scores[seen.indices] = 0
    if allowed is not None:
        scores[~allowed.reshape(-1)] = 0
    return top_n(scores[None], n)


def _compact(left: sp.csr_matrix, right: sp.spmatrix) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """The same product with only those rows of right, float64, that left has a column for."""
    used = np.zeros(left.shape[1], bool)
    used[left.indices] = True
    number = np.cumsum(used, dtype=np.int32) - 1
    indices = number[left.indices]
    right = right[np.flatnonzero(used)].astype(np.float64)
    return sp.csr_matrix((left.data, indices, left.indptr), shape=(left.shape[0], right.shape[0])), right


def _beside(a: sp.csr_matrix, b: sp.csr_matrix) -> sp.csr_matrix:
    """[a b] with the entries of a row in their order; scipy's hstack would sort them, and sums hang on the order."""
    in_a, in_b = np.diff(a.indptr), np.diff(b.indptr)
    at_a = np.arange(a.nnz) + np.repeat(b.indptr[:-1], in_a)
    at_b = np.arange(b.nnz) + np.repeat(a.indptr[1:], in_b)
    data, indices = np.empty(a.nnz + b.nnz), np.empty(a.nnz + b.nnz, np.int32)
    data[at_a], data[at_b] = a.data, b.data
    indices[at_a], indices[at_b] = a.indices, b.indices + a.shape[1]
    return sp.csr_matrix((data, indices, a.indptr + b.indptr), shape=(a.shape[0], a.shape[1] + b.shape[1]))
