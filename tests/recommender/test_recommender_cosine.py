"""The plain formula by known answers, the contract of the verbs, and sameness whatever the threads and blocks."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from recommender_kit import RecommenderContract, TasteContract

from recommender import BadOption, CosineRecommender, Popularity, UnknownOption
from recommender.kernel import PADDING, neighbours

KNOWN = sp.csr_matrix(np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 2, 1], [0, 0, 0, 0]], np.float32))


class TestItemCosine(TasteContract):
    def model(self):
        return CosineRecommender(kind="item")


class TestUserCosine(TasteContract):
    def model(self):
        return CosineRecommender(kind="user")


class TestShrunkCosine(TasteContract):
    def model(self):
        return CosineRecommender(kind="item", shrinkage=2.0)


class TestPopularity(RecommenderContract):
    def model(self):
        return Popularity()


def dense_cosine(rows: np.ndarray, shrinkage: float = 0.0) -> np.ndarray:
    """w_ij = x_i·x_j / (‖x_i‖‖x_j‖ + λ) by the textbook, 0 for zero rows and on the diagonal."""
    rows = rows.astype(np.float64)
    norms = np.sqrt((rows**2).sum(axis=1))
    bottom = np.outer(norms, norms) + shrinkage
    result = np.divide(rows @ rows.T, bottom, out=np.zeros((len(rows), len(rows))), where=np.outer(norms, norms) > 0)
    np.fill_diagonal(result, 0)
    return result


def test_user_similarity_is_the_source_formula():
    """w_ij = x_i·x_j / (‖x_i‖‖x_j‖), worked out by hand."""
    w = CosineRecommender(kind="user").fit(KNOWN).similarity.toarray()
    assert w[0, 1] == pytest.approx(2 / (math.sqrt(2) * math.sqrt(3)))
    assert w[1, 2] == pytest.approx(2 / (math.sqrt(3) * math.sqrt(5)))
    assert w[0, 2] == w[0, 3] == w[3, 3] == w[1, 1] == 0
    assert np.array_equal(w, w.T)


def test_item_similarity_and_score_by_hand():
    model = CosineRecommender(kind="item").fit(KNOWN)
    w = model.similarity.toarray()
    assert w[0, 1] == pytest.approx(1.0)
    assert w[0, 2] == pytest.approx(1 / (math.sqrt(2) * math.sqrt(5)))
    assert w[2, 3] == pytest.approx(2 / math.sqrt(5))
    # customer 2 has item 2 twice and item 3 once
    assert model.score(np.array([2]), np.array([0]))[0, 0] == pytest.approx(2 / math.sqrt(10))


def test_an_item_is_scored_by_its_own_nearest_neighbours():
    """Item 1 has item 0 as its nearest, but item 0 is nearer to item 2: item 1 is still scored by item 0."""
    matrix = np.array([[1, 1, 1]] * 3 + [[1, 0, 1]] * 4 + [[0, 1, 0]] * 2, np.float32)
    model = CosineRecommender(kind="item", neighbours=1).fit(sp.csr_matrix(matrix))
    assert model.similarity[0].indices.tolist() == [2] and model.similarity[1].indices.tolist() == [0]
    only_the_first = sp.csr_matrix(np.array([[1, 0, 0]], np.float32))
    assert model.score(only_the_first)[0, 1] == pytest.approx(3 / math.sqrt(7 * 5))


def test_user_based_score_is_the_weighted_sum_over_neighbours():
    model = CosineRecommender(kind="user").fit(KNOWN)
    assert model.score(np.array([0]), np.array([2]))[0, 0] == pytest.approx(2 / math.sqrt(6) * 1)
    ids, _ = model.recommend(np.array([0]), n=2)
    assert ids[0].tolist() == [2, -1]


def test_similar_users_and_items_are_exact_in_both_kinds():
    for kind in ("item", "user"):
        model = CosineRecommender(kind=kind, neighbours=1).fit(KNOWN)
        ids, scores = model.similar_items(np.array([2]), n=3)
        assert ids[0].tolist() == [3, 0, 1]
        assert scores[0].tolist() == pytest.approx([2 / math.sqrt(5), 1 / math.sqrt(10), 1 / math.sqrt(10)])
        assert model.similar_users(np.array([1]), n=2)[0][0].tolist() == [0, 2]


def test_a_customer_the_model_has_not_seen_is_scored_from_their_vector():
    new = sp.csr_matrix(np.array([[0, 0, 1, 0]], np.float32))
    for kind in ("item", "user"):
        ids, _ = CosineRecommender(kind=kind).fit(KNOWN).recommend(new, n=1)
        assert ids[0, 0] == 3 if kind == "item" else ids[0, 0] >= 0


def test_a_disliked_item_speaks_against_what_is_like_it():
    matrix = np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1], [-1, 0, 1]], np.float32)
    score = CosineRecommender().fit(sp.csr_matrix(np.abs(matrix))).score(sp.csr_matrix(matrix[3:]))
    plain = CosineRecommender().fit(sp.csr_matrix(np.abs(matrix))).score(sp.csr_matrix(np.maximum(matrix[3:], 0)))
    assert score[0, 1] < plain[0, 1]


def test_zero_rows_are_like_nothing_and_give_no_nan():
    model = CosineRecommender(kind="user").fit(KNOWN)
    ids, scores = model.recommend(np.array([3]), n=2)
    assert (ids == -1).all() and np.isnan(scores).all()
    assert (model.similar_users(np.array([3]), 2)[0] == -1).all()


@pytest.mark.parametrize("kind", ["item", "user"])
def test_threads_and_blocks_change_nothing_even_with_many_ties(kind):
    rng = np.random.default_rng(0)
    matrix = sp.csr_matrix((rng.random((300, 120)) < 0.05).astype(np.float32))  # binary and sparse: ties everywhere
    one = CosineRecommender(kind, neighbours=5, threads=1, block_rows=10_000).fit(matrix).similarity
    for threads, block_rows in ((2, 7), (4, 64), (1, 1)):
        other = CosineRecommender(kind, neighbours=5, threads=threads, block_rows=block_rows).fit(matrix).similarity
        assert np.array_equal(one.indptr, other.indptr)
        assert np.array_equal(one.indices, other.indices)
        assert np.array_equal(one.data, other.data)


def test_a_tie_wider_than_the_padding_is_decided_by_the_lowest_number():
    size = 6 * PADDING
    matrix = sp.csr_matrix(np.ones((size, 1), np.float32))  # everybody alike
    model = CosineRecommender("user", neighbours=3).fit(matrix)
    for row in (0, 2, size - 1):
        expected = [n for n in range(size) if n != row][:3]
        assert model.similar_users(np.array([row]), 3)[0][0].tolist() == expected


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(
        np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.sampled_from([0, 0, 0, 1, 2, 5])
    ),
    st.sampled_from([0.0, 1.5]),
    st.integers(1, 12),
)
def test_the_kernel_is_the_formula_cut_to_k(rows, shrinkage, k):
    found = neighbours(sp.csr_matrix(rows), sp.csr_matrix(rows), k, np.arange(len(rows)), shrinkage, 1, 5).toarray()
    expected = dense_cosine(rows, shrinkage).astype(np.float32)
    for row in range(len(rows)):
        kept = np.flatnonzero(found[row])
        assert np.allclose(found[row, kept], expected[row, kept], rtol=1e-6)
        assert len(kept) == min(k, (expected[row] > 0).sum())
        if len(kept):
            assert found[row, kept].min() >= np.delete(expected[row], kept).max(initial=0) - 1e-6


def test_shrinkage_draws_similarities_on_little_data_down():
    plain, shrunk = (CosineRecommender(shrinkage=x).fit(KNOWN).similarity.toarray() for x in (0.0, 3.0))
    assert np.allclose(shrunk, dense_cosine(KNOWN.toarray().T, 3.0), atol=1e-6)
    assert (shrunk[plain > 0] < plain[plain > 0]).all()


def test_popularity_is_the_sum_of_positive_weights_for_everybody():
    matrix = sp.csr_matrix(np.array([[1, 0, -9], [2, 1, 1]], np.float32))
    assert Popularity().fit(matrix).score(np.array([0, 1])).tolist() == [[3, 1, 1], [3, 1, 1]]


def test_unknown_and_senseless_options_are_refused_by_name():
    with pytest.raises(UnknownOption, match="neighbours"):
        CosineRecommender(neighbors=5)
    for options in (
        {"kind": "both"},
        {"neighbours": 0},
        {"neighbours": True},
        {"shrinkage": -1},
        {"shrinkage": math.nan},
    ):
        with pytest.raises(BadOption, match=next(iter(options))):
            CosineRecommender(**options)


def test_an_allowed_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="allowed"):
        CosineRecommender().fit(KNOWN).recommend(np.array([0]), allowed=np.ones(3, bool))


# --- weighting and damping, off unless asked for ---------------------------------------------------------


class TestTfidfUserCosine(TasteContract):
    def model(self):
        return CosineRecommender(kind="user", weighting="tfidf")


class TestBm25DampedItemCosine(TasteContract):
    def model(self):
        return CosineRecommender(kind="item", weighting="bm25", popularity_damping=0.5)


def test_tfidf_by_hand_what_all_have_in_common_counts_less():
    """Customers 0 and 1 share items 0 and 1; item 1 has three customers of four, the others fewer."""
    matrix = np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], np.float32)
    rare, common = 1 + math.log(5 / 3), 1 + math.log(5 / 4)
    w = CosineRecommender("user", weighting="tfidf").fit(sp.csr_matrix(matrix)).similarity.toarray()
    assert w[0, 1] == pytest.approx(1.0)
    assert w[0, 2] == pytest.approx(common**2 / (rare**2 + common**2))
    assert w[0, 2] < CosineRecommender("user").fit(sp.csr_matrix(matrix)).similarity[0, 2]


def test_bm25_by_hand():
    matrix = np.array([[3, 1], [0, 2], [2, 0]], np.float64)  # lengths 4, 2, 2; each column in two rows of three
    rarity, mean_length = math.log(1 + 1.5 / 2.5), 8 / 3
    rows = [
        [x * 2.2 / (x + 1.2 * (0.25 + 0.75 * sum(line) / mean_length)) * rarity for x in line]
        for line in matrix.tolist()
    ]
    expected = dense_cosine(np.array(rows))
    found = CosineRecommender("user", weighting="bm25").fit(sp.csr_matrix(matrix)).similarity.toarray()
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("weighting", ["tfidf", "bm25"])
def test_the_weighting_changes_who_is_alike_and_not_what_is_summed_up(weighting):
    model = CosineRecommender("item", weighting=weighting).fit(KNOWN)
    w = model.similarity.toarray()
    assert model.score(np.array([2]), np.array([0]))[0, 0] == pytest.approx(2 * w[2, 0] + 1 * w[3, 0])


@pytest.mark.parametrize("weighting", ["tfidf", "bm25"])
def test_a_customer_given_as_a_vector_is_weighted_as_in_the_training(weighting):
    model = CosineRecommender("user", weighting=weighting).fit(KNOWN)
    known = model.score(np.array([0]))
    as_vector = model.score(KNOWN[0])  # finds itself too, with similarity 1
    assert as_vector - KNOWN[0].toarray() == pytest.approx(known, abs=1e-6)


@pytest.mark.parametrize("kind", ["item", "user"])
def test_damping_divides_scores_by_a_power_of_the_number_of_customers(kind):
    plain, damped = (CosineRecommender(kind, popularity_damping=p).fit(KNOWN) for p in (0.0, 0.5))
    customers = np.array([2, 2, 2, 1])
    assert damped.score(np.arange(4)) == pytest.approx(plain.score(np.arange(4)) / np.sqrt(customers), abs=1e-6)
    assert damped.score(np.array([2]), np.array([3, 0])).shape == (1, 2)
    assert (damped.similarity != plain.similarity).nnz == 0


def test_an_option_of_the_weighting_that_is_none_is_refused():
    for options in ({"weighting": "idf"}, {"popularity_damping": -0.1}, {"popularity_damping": 1.5}):
        with pytest.raises(BadOption, match=next(iter(options))):
            CosineRecommender(**options)
