"""The k largest entries of each row of a sparse product, and cosine neighbours by it: the same on any number of
threads and blocks.

Rows of S = X̂ X̂ᵀ are independent given X̂, and the k best of all columns are the k best of what blocks of columns gave,
so the work can be cut both ways (another thread, process or machine). Float32 sums and ties at the cut-off would make
the choice depend on the order of work; the rule against it: add up in float64, ask for k + 1 + PADDING, round to
float32, sort by (-value, column), keep k. A row whose last one kept is not clearly above everything that was not
returned is asked for again, wider.

Shrinkage: s_ij = x_i·x_j / (a_i b_j + λ), a and b the norms, does not factor into a row's and a column's part. With
t_i = λ/a_i it is (x_i/a_i)·x_j / (b_j + t_i): rows of the same norm need one scale of the columns. So rows are taken
in classes of nearly the same norm; the kernel works with t_r ≥ t_i of the class, what it found is corrected by
(b_j + t_r) / (b_j + t_i) ≥ 1, and what it did not return is at most the last returned times the largest correction."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn

PADDING = 16
_WIDEN = 4
_CELLS = 1_000_000  # entries of the left matrix, and cells of the table of what was found, handled at a time
_CLASS = 1.2  # ratio of the largest to the smallest norm in a class of rows
_ROUNDING = 1e-12  # by how much float64 may err in the product of a value and its correction
_THREAD_ROWS = 64  # fewer rows are done before a second thread has started
_NONE = np.uint64(2**64 - 1)


def normalised(rows: sp.csr_matrix) -> sp.csr_matrix:
    """Rows divided by their Euclidean norm, float64. A zero row stays zero, so its cosine with anything is 0, not
    NaN."""
    rows = sp.csr_matrix(rows, dtype=np.float64, copy=True)
    norms = row_norms(rows)
    scale = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)
    rows.data *= np.repeat(scale, np.diff(rows.indptr))
    return rows


def row_norms(rows: sp.spmatrix) -> np.ndarray:
    """‖x_i‖ of each row of a CSR or CSC matrix, float64."""
    squares = type(rows)((np.square(rows.data, dtype=np.float64), rows.indices, rows.indptr), shape=rows.shape)
    return np.sqrt(squares @ np.ones(rows.shape[1]))


def neighbours(
    left: sp.csr_matrix,
    right: sp.spmatrix,
    k: int,
    own: np.ndarray | None,
    shrinkage: float = 0.0,
    threads: int = 0,
    block_rows: int = 16384,
) -> sp.csr_matrix:
    """The k most similar rows of `right` for each row of `left`; only similarities above 0 count.

    left (m, d) CSR, right (n, d) CSR, or CSC, which saves a copy: raw weights of any sign, indices sorted. own: for
    each row of left its number in right (-1: none), never its own neighbour. Similarity is
    x_i·x_j / (‖x_i‖‖x_j‖ + shrinkage); with 0 the plain cosine, and 0 for rows of zeros.
    Returns CSR (m, n), float32, each row stored best first (so indices are not sorted by column).
    """
    own = np.full(left.shape[0], -1) if own is None else own
    left_norms, right_norms = row_norms(left), row_norms(right)
    raw = right.T.tocsr()
    scaled = sp.csr_matrix((np.empty(raw.nnz), raw.indices, raw.indptr), shape=raw.shape)
    smallest = float(right_norms[right_norms > 0].min(initial=np.inf))
    with np.errstate(divide="ignore"):
        offsets = shrinkage / left_norms if shrinkage else np.zeros_like(left_norms)  # t_i
    parts = []
    for rows, offset in _classes(left_norms, shrinkage):
        scale = np.divide(1.0, right_norms + offset, out=np.zeros_like(right_norms), where=right_norms > 0)
        np.take(scale, raw.indices, out=scaled.data, mode="clip")
        scaled.data *= raw.data
        for block in _blocks(rows, left, block_rows):
            part = left[block].astype(np.float64)
            part.data /= np.repeat(left_norms[block], np.diff(part.indptr))
            correction = _Correction(offsets[block], offset, right_norms, smallest) if shrinkage else None
            parts.append((block, largest(part, scaled, k, own[block], threads, correction)))
    return _in_order(parts, (left.shape[0], right.shape[0]))


def largest(
    left: sp.csr_matrix,
    right: sp.csr_matrix,
    k: int,
    own: np.ndarray | None = None,
    threads: int = 0,
    correction: _Correction | None = None,
) -> sp.csr_matrix:
    """The k largest positive entries of each row of left @ right by the tie rule.

    left (m, d), right (d, n): float64. own: a column of each row to leave out, -1: none. Returns CSR (m, n), float32,
    each row stored best first."""
    own = np.full(left.shape[0], -1) if own is None else own
    threads = min(threads or os.cpu_count() or 1, 1 + left.shape[0] // _THREAD_ROWS)
    columns = right.shape[1]
    asked = min(columns, k + 1 + PADDING)
    todo, parts = np.arange(left.shape[0]), []
    while todo.size and asked:
        undecided = []
        for rows in np.array_split(todo, -(-todo.size * asked // (8 * _CELLS))):
            # A threshold of 0 also drops what is stored as an explicit zero.
            part = left if rows.size == left.shape[0] else left[rows]
            found = sp_matmul_topn(part, right, top_n=asked, threshold=0.0, sort=True, n_threads=threads)
            missed = _last(found, asked) if asked < columns else np.zeros(rows.size)
            if correction is not None:
                missed *= correction.bound(rows)
                found.data *= correction.of(rows, found)
            kept, last = _cut(found, k, own[rows])
            sure = (missed == 0) | (last > missed.astype(np.float32))
            parts.append((rows[sure], kept if sure.all() else kept[sure]))
            undecided.append(rows[~sure])
        todo, asked = np.concatenate(undecided), min(columns, asked * _WIDEN)
    return _in_order(parts, (left.shape[0], columns))


def merged(parts: list[sp.csr_matrix], k: int) -> sp.csr_matrix:
    """The k best of several answers for the same rows, each with its own columns of the same numbering."""
    together = sp.hstack(parts, format="csr")
    together.indices %= np.int32(parts[0].shape[1])
    return _cut(sp.csr_matrix((together.data, together.indices, together.indptr), parts[0].shape), k, None)[0]


@dataclass(frozen=True)
class _Correction:
    """From the class's t_r to each row's own t_i. exact: t_i of the rows; used: t_r; norms: b_j; smallest: the least
    b_j above 0, where the correction is largest."""

    exact: np.ndarray
    used: float
    norms: np.ndarray
    smallest: float

    def of(self, rows: np.ndarray, found: sp.csr_matrix) -> np.ndarray:
        norms = self.norms[found.indices]
        return (norms + self.used) / (norms + np.repeat(self.exact[rows], np.diff(found.indptr)))

    def bound(self, rows: np.ndarray) -> np.ndarray:
        return (self.smallest + self.used) / (self.smallest + self.exact[rows]) * (1 + _ROUNDING)


def _classes(norms: np.ndarray, shrinkage: float) -> Iterator[tuple[np.ndarray, float]]:
    """(rows, t_r) by class; rows of zeros are in none. A row's class hangs on its own norm alone, so that its values
    are the same in whatever company it is computed."""
    rows = np.flatnonzero(norms > 0)
    if not shrinkage:
        yield rows, 0.0
        return
    label = np.floor(np.log(norms[rows]) / np.log(_CLASS)).astype(np.int64)
    order = np.argsort(label, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        if members.size:
            # A little lower, as the logarithm may round a norm into the class above its own.
            yield np.sort(rows[members]), shrinkage / (_CLASS ** float(label[members[0]]) * (1 - 1e-9))


def _blocks(rows: np.ndarray, left: sp.csr_matrix, block_rows: int) -> Iterator[np.ndarray]:
    """Runs of at most block_rows rows and about _CELLS entries."""
    entries = np.cumsum(np.diff(left.indptr)[rows])
    start = 0
    while start < rows.size:
        before = entries[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(entries, before + _CELLS)))
        yield rows[start : min(stop, start + block_rows)]
        start = min(stop, start + block_rows)


def _last(found: sp.csr_matrix, asked: int) -> np.ndarray:
    """The last value of each row that came back full, 0 for the others: nothing was missed there."""
    full = np.diff(found.indptr) >= asked
    last = np.zeros(found.shape[0])
    last[full] = found.data[found.indptr[1:][full] - 1]
    return last


def _cut(found: sp.csr_matrix, k: int, own: np.ndarray | None) -> tuple[sp.csr_matrix, np.ndarray]:
    """Applies the tie rule. Returns what is kept and each row's k-th value (float32, 0 where fewer were kept)."""
    m, counts = found.shape[0], np.diff(found.indptr)
    rows = np.repeat(np.arange(m), counts)
    value = found.data.astype(np.float32)
    # Positive floats sort as their bits do: one number a candidate, the value turned round above, the column below.
    key = (~value.view(np.uint32)).astype(np.uint64) << np.uint64(32) | found.indices.astype(np.uint64)
    key[value <= 0] = _NONE
    if own is not None:
        key[found.indices == own[rows]] = _NONE
    table = np.full((m, max(k, int(counts.max(initial=0)))), _NONE)
    table[rows, np.arange(rows.size) - np.repeat(found.indptr[:-1], counts)] = key
    table.sort(axis=1)
    table = table[:, :k]
    kept = table != _NONE
    columns = (table & np.uint64(0xFFFFFFFF)).astype(np.uint32).astype(np.int32)
    values = np.where(kept, (~(table >> np.uint64(32)).astype(np.uint32)).view(np.float32), np.float32(0))
    indptr = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    last = values[:, k - 1] if k else np.full(m, np.inf, np.float32)
    return sp.csr_matrix((values[kept], columns[kept], indptr), shape=found.shape), last


def _in_order(parts: list[tuple[np.ndarray, sp.csr_matrix]], shape: tuple[int, int]) -> sp.csr_matrix:
    """One matrix from (row numbers, rows); rows that are in no part are empty."""
    counts = np.zeros(shape[0], np.int64)
    for rows, part in parts:
        counts[rows] = np.diff(part.indptr)
    indptr = np.concatenate([[0], np.cumsum(counts)])
    data, indices = np.empty(indptr[-1], np.float32), np.empty(indptr[-1], np.int32)
    for rows, part in parts:
        sizes = np.diff(part.indptr)
        place = np.arange(part.nnz) + np.repeat(indptr[rows] - part.indptr[:-1], sizes)
        data[place], indices[place] = part.data, part.indices
    return sp.csr_matrix((data, indices, indptr), shape=shape)
