"""Top-k cosine neighbours of the rows of a sparse matrix, the same on any number of threads and blocks.

Rows of S = X̂ X̂ᵀ are independent given X̂, so blocks of rows can be computed apart (another process, another
machine). Float32 sums and ties at the cut-off would make the choice depend on the order of work; the rule against it:
add up in float64, ask for k + 1 + PADDING, round to float32, sort by (-similarity, row number), keep k. A group of
ties wider than the padding is noticed (the last kept equals the last asked) and asked for again, wider."""

from __future__ import annotations

import os

import numpy as np
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn

PADDING = 16
_WIDEN = 4
_DENSE_CELLS = 4_000_000  # cells of one block of the exact path: 32 MB


def normalised(rows: sp.csr_matrix) -> sp.csr_matrix:
    """Rows divided by their Euclidean norm, float64. A zero row stays zero, so its cosine with anything is 0, not
    NaN."""
    rows = sp.csr_matrix(rows, dtype=np.float64, copy=True)
    norms = row_norms(rows)
    scale = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)
    rows.data *= np.repeat(scale, np.diff(rows.indptr))
    return rows


def row_norms(rows: sp.csr_matrix) -> np.ndarray:
    """‖x_i‖ of each row, float64."""
    squares = rows.data.astype(np.float64) ** 2
    return np.sqrt(np.bincount(np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), squares, rows.shape[0]))


def neighbours(
    left: sp.csr_matrix,
    right: sp.csr_matrix,
    k: int,
    own: np.ndarray | None,
    shrinkage: float = 0.0,
    threads: int = 0,
    block_rows: int = 16384,
) -> sp.csr_matrix:
    """The k most similar rows of `right` for each row of `left`; only similarities above 0 count.

    left (m, d), right (n, d): raw weights. own: for each row of left its number in right (-1: none), never its own
    neighbour. Similarity is x_i·x_j / (‖x_i‖‖x_j‖ + shrinkage); with 0 the plain cosine.
    Returns CSR (m, n), float32, each row stored best first (so indices are not sorted by column).
    """
    own = np.full(left.shape[0], -1) if own is None else own
    if shrinkage > 0:
        step = max(1, _DENSE_CELLS // max(1, right.shape[0]))
        blocks = [
            _shrunk(left[a : a + step], right, k, own[a : a + step], shrinkage) for a in range(0, left.shape[0], step)
        ]
    else:
        left, right_t = normalised(left), normalised(right).T.tocsr()
        threads = threads or os.cpu_count() or 1
        blocks = [
            _plain(left[a : a + block_rows], right_t, k, own[a : a + block_rows], threads)
            for a in range(0, left.shape[0], block_rows)
        ]
    if not blocks:
        return sp.csr_matrix((left.shape[0], right.shape[0]), dtype=np.float32)
    return _stack(blocks, right.shape[0])


def _plain(left: sp.csr_matrix, right_t: sp.csr_matrix, k: int, own: np.ndarray, threads: int) -> sp.csr_matrix:
    """One block by the kernel, rows with too wide a tie asked again."""
    columns = right_t.shape[1]
    asked = min(columns, k + 1 + PADDING)
    todo, parts = np.arange(left.shape[0]), []
    while todo.size:
        found = sp_matmul_topn(left[todo], right_t, top_n=max(asked, 1), sort=True, n_threads=threads)
        kept, undecided = _cut(found, k, own[todo], asked, columns)
        sure = np.flatnonzero(~undecided)
        parts.append((todo[sure], kept[sure]))
        todo, asked = todo[undecided], min(columns, asked * _WIDEN)
    if len(parts) == 1:
        return parts[0][1]
    order = np.argsort(np.concatenate([rows for rows, _ in parts]), kind="stable")
    return _rows(_stack([block for _, block in parts], columns), order)


def _shrunk(left: sp.csr_matrix, right: sp.csr_matrix, k: int, own: np.ndarray, shrinkage: float) -> sp.csr_matrix:
    """One block exactly: the denominator does not factor, so every pair with a common column is looked at."""
    product = (left.astype(np.float64) @ right.astype(np.float64).T).tocsr()
    a, b = row_norms(left), row_norms(right)
    rows = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
    product.data /= a[rows] * b[product.indices] + shrinkage
    return _cut(product, k, own, right.shape[0], right.shape[0])[0]


def _cut(found: sp.csr_matrix, k: int, own: np.ndarray, asked: int, columns: int) -> tuple[sp.csr_matrix, np.ndarray]:
    """Applies the tie rule. Returns the kept neighbours and, for each row, whether a tie may go on beyond what was
    asked."""
    m = found.shape[0]
    counts = np.diff(found.indptr)
    rows = np.repeat(np.arange(m), counts)
    value, column = found.data.astype(np.float32), found.indices
    order = np.lexsort((column, -value, rows))
    rows, value, column = rows[order], value[order], column[order]
    last_asked = np.full(m, -np.inf, np.float32)
    full = (counts >= asked) & (asked < columns)
    last_asked[full] = value[found.indptr[1:][full] - 1]
    fine = (value > 0) & (column != own[rows])
    rows, value, column = rows[fine], value[fine], column[fine]
    place = np.arange(rows.size) - np.searchsorted(rows, rows, side="left")
    kept = place < k
    rows, value, column = rows[kept], value[kept], column[kept]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=m))])
    last_kept = np.full(m, np.inf, np.float32)
    some = np.diff(indptr) > 0
    last_kept[some] = value[indptr[1:][some] - 1]
    # A full answer is sure only when the last one kept is clearly above the last one asked, and k were found in it.
    undecided = full & ((last_kept <= last_asked) | (np.diff(indptr) < k))
    return sp.csr_matrix((value, column.astype(np.int32), indptr), shape=(m, columns)), undecided


def _rows(block: sp.csr_matrix, order: np.ndarray) -> sp.csr_matrix:
    counts = np.diff(block.indptr)[order]
    start = block.indptr[:-1][order]
    take = np.repeat(start - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    return sp.csr_matrix((block.data[take], block.indices[take], np.concatenate([[0], np.cumsum(counts)])), block.shape)


def _stack(blocks: list[sp.csr_matrix], columns: int) -> sp.csr_matrix:
    counts = np.concatenate([np.diff(block.indptr) for block in blocks])
    return sp.csr_matrix(
        (
            np.concatenate([b.data for b in blocks]),
            np.concatenate([b.indices for b in blocks]),
            np.concatenate([[0], np.cumsum(counts)]),
        ),
        shape=(counts.size, columns),
    )
