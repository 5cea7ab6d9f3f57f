"""The kernel against a dense oracle that follows the tie rule, and the products that `recommend` cuts."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recommender import CosineRecommender
from recommender.base import top_n, top_of_product
from recommender.kernel import largest, merged, neighbours

WEIGHTS = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 7, -1, -3])


def matrices(weights=WEIGHTS, side: int = 14):
    return hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=side), elements=weights)


def oracle(rows: np.ndarray, shrinkage: float) -> np.ndarray:
    """x_i·x_j / (‖x_i‖‖x_j‖ + λ), dense; 0 for rows of zeros and on the diagonal."""
    rows = rows.astype(np.float64)
    norms = np.sqrt((rows**2).sum(axis=1))
    bottom = np.outer(norms, norms)
    result = np.divide(rows @ rows.T, bottom + shrinkage, out=np.zeros_like(bottom), where=bottom > 0)
    np.fill_diagonal(result, 0)
    return result


def same(one: sp.csr_matrix, other: sp.csr_matrix) -> bool:
    return all(np.array_equal(getattr(one, part), getattr(other, part)) for part in ("indptr", "indices", "data"))


def popular(rows: int = 400, columns: int = 150, seed: int = 4) -> sp.csr_matrix:
    """Few rows with many entries and many with few: the norms that shrinkage tells apart."""
    rng = np.random.default_rng(seed)
    share = np.maximum(0.4 / np.arange(1, rows + 1) ** 0.7, 0.01)[:, None]
    return sp.csr_matrix((rng.random((rows, columns)) < share) * rng.integers(1, 4, (rows, columns)), dtype=np.float32)


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from([0.0, 0.3, 5.0, 200.0]), st.integers(1, 6))
def test_each_row_has_the_k_best_of_the_formula(rows, shrinkage, k):
    matrix = sp.csr_matrix(rows)
    found = neighbours(matrix, matrix, k, np.arange(len(rows)), shrinkage, threads=1)
    wanted = oracle(rows, shrinkage)
    for row in range(len(rows)):
        part = slice(found.indptr[row], found.indptr[row + 1])
        values = np.sort(wanted[row][wanted[row] > 1e-9])[::-1][:k]
        real = found.data[part] > 1e-9  # with weights of both signs a sum of 0 may come out as 1e-17
        assert np.allclose(found.data[part][real], values, rtol=1e-6)
        assert np.allclose(wanted[row, found.indices[part]][real], values, rtol=1e-6)


@pytest.mark.parametrize("shrinkage", [0.5, 20.0])
def test_shrinkage_finds_the_same_as_looking_at_every_pair(shrinkage):
    matrix = popular()
    found = neighbours(matrix, matrix, 10, np.arange(matrix.shape[0]), shrinkage).toarray()
    wanted = oracle(matrix.toarray(), shrinkage).astype(np.float32)
    for row in range(matrix.shape[0]):
        best = np.lexsort((np.arange(matrix.shape[0]), -wanted[row]))[:10]
        assert np.allclose(np.sort(found[row])[-10:], np.sort(np.maximum(wanted[row, best], 0)), rtol=1e-6)


@pytest.mark.parametrize("shrinkage", [0.0, 3.0])
@pytest.mark.parametrize("binary", [True, False])
def test_neither_threads_nor_blocks_nor_the_company_of_a_row_change_a_bit(shrinkage, binary):
    matrix = popular()
    if binary:
        matrix.data[:] = 1  # ties everywhere
    numbers = np.arange(matrix.shape[0])
    whole = neighbours(matrix, matrix, 7, numbers, shrinkage, threads=1)
    assert same(whole, neighbours(matrix, matrix.tocsc(), 7, numbers, shrinkage, threads=2, block_rows=13))
    for rows in (numbers[::3], numbers[50:51]):
        assert same(whole[rows], neighbours(matrix[rows], matrix, 7, rows, shrinkage))


@pytest.mark.parametrize("shrinkage", [0.0, 3.0])
def test_blocks_of_columns_merged_are_the_whole(shrinkage):
    matrix = popular()
    matrix.data[:] = 1
    size, blocks = matrix.shape[0], 3
    numbers = np.arange(size)
    parts = []
    for block in range(blocks):
        mine = numbers[block::blocks]
        own = np.where(numbers % blocks == block, numbers // blocks, -1)
        found = neighbours(matrix, matrix[mine], 7, own, shrinkage)
        parts.append(sp.csr_matrix((found.data, mine[found.indices], found.indptr), shape=(size, size)))
    assert same(merged(parts, 7), neighbours(matrix, matrix, 7, numbers, shrinkage))


def test_a_wide_tie_under_shrinkage_goes_to_the_lowest_numbers():
    matrix = sp.csr_matrix(np.ones((300, 2), np.float32))
    found = neighbours(matrix, matrix, 3, np.arange(300), 1.0)
    assert found[299].indices.tolist() == [0, 1, 2] and found[0].indices.tolist() == [1, 2, 3]


def test_rows_of_zeros_and_stored_zeros_are_like_nothing():
    matrix = sp.csr_matrix((np.array([0, 1, 1], np.float32), ([0, 1, 2], [0, 0, 0])), shape=(4, 2))
    for shrinkage in (0.0, 2.0):
        found = neighbours(matrix, matrix, 3, np.arange(4), shrinkage)
        assert np.diff(found.indptr).tolist() == [0, 1, 1, 0]


@settings(max_examples=40, deadline=None)
@given(matrices(), matrices(side=9), st.integers(1, 5))
def test_the_largest_of_a_product_are_those_of_the_dense_one(left, right, k):
    left = np.resize(left, (left.shape[0], right.shape[0]))
    found = largest(sp.csr_matrix(left, dtype=np.float64), sp.csr_matrix(right, dtype=np.float64), k)
    ids, scores = top_n((left.astype(np.float64) @ right).astype(np.float32), k)
    assert found.indices.tolist() == ids[ids >= 0].tolist()
    assert found.data.tolist() == scores[ids >= 0].tolist()


@settings(max_examples=40, deadline=None)
@given(matrices(), st.integers(1, 6), st.sampled_from([None, 1, 2]), st.booleans(), st.sampled_from(["item", "user"]))
def test_many_customers_get_what_dense_scores_would_give_them(rows, n, mask_dimensions, exclude_seen, kind):
    users, items = rows.shape
    rng = np.random.default_rng(n)
    allowed = {None: None, 1: rng.random(items) < 0.6, 2: rng.random((users, items)) < 0.6}[mask_dimensions]
    model = CosineRecommender(kind, neighbours=4).fit(sp.csr_matrix(rows))
    for asked in (np.arange(users), sp.csr_matrix(rows[::-1].copy())):
        scores = model.score(asked)
        if exclude_seen:
            scores[model.vectors(asked).toarray() != 0] = 0
        wanted = top_n(scores if allowed is None else scores * allowed, n)
        for ours, theirs in zip(model.recommend(asked, n, exclude_seen, allowed), wanted, strict=True):
            assert np.array_equal(ours, theirs, equal_nan=True)


def test_what_was_seen_never_returns_however_strongly_it_is_wanted():
    left = sp.csr_matrix(np.array([[1e6, -1e6, 3]]))
    right = sp.csr_matrix(np.array([[1e6, 0, 1, 0], [-1e6, 0, 0, 1], [0, 2, 0, 0]]))
    seen = sp.csr_matrix(np.array([[1, 0, 0, 0]], np.float32))
    ids, scores = top_of_product(left, right, 3, seen)
    assert ids.tolist() == [[2, 1, -1]] and scores[0, :2].tolist() == [1e6, 6.0]


@settings(max_examples=40, deadline=None)
@given(matrices(), st.integers(1, 6), st.sampled_from([None, 1, 2]), st.booleans(), st.sampled_from(["item", "user"]))
def test_a_customer_alone_gets_bit_for_bit_what_they_get_among_others(rows, n, mask_dimensions, exclude_seen, kind):
    users, items = rows.shape
    rng = np.random.default_rng(n)
    allowed = {None: None, 1: rng.random(items) < 0.6, 2: rng.random((users, items)) < 0.6}[mask_dimensions]
    model = CosineRecommender(kind, neighbours=4, popularity_damping=0.3).fit(sp.csr_matrix(rows))
    for everybody in (np.arange(users), sp.csr_matrix(rows)):
        together = model.recommend(everybody, n, exclude_seen, allowed)
        for row in range(users):
            mask = allowed if mask_dimensions != 2 else allowed[[row]]
            alone = model.recommend(everybody[[row]], n, exclude_seen, mask)
            for ours, theirs in zip(alone, together, strict=True):
                assert np.array_equal(ours[0], theirs[row], equal_nan=True)


def test_what_was_disliked_and_is_not_allowed_either_is_left_out():
    left, right = sp.csr_matrix(np.ones((2, 1))), sp.csr_matrix(np.ones((1, 2)))
    seen = sp.csr_matrix(np.array([[-1, 0], [-1, 0]], np.float32))
    ids, _ = top_of_product(left, right, 2, seen, np.array([[False, True], [False, True]]))
    assert ids.tolist() == [[1, -1], [1, -1]]
