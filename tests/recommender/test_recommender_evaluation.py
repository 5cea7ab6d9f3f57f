"""Figures by known answers: ranks with ties against the model, means with intervals, what is held out."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from recommender import CosineRecommender
from recommender import evaluation as ev
from recommender.interactions import read


def wanted(*rows: list[int], items: int = 5) -> sp.csr_matrix:
    matrix = sp.lil_matrix((len(rows), items))
    for row, held in enumerate(rows):
        matrix[row, held] = 1
    return matrix.tocsr()


# --- places ----------------------------------------------------------------------------------------------


def test_of_equal_scores_the_held_out_product_comes_last():
    scores = np.array([[0.5, 0.5, 0.5, 0.1, 0.9]])
    assert ev.ranks(scores, wanted([1]))[0].tolist() == [3]
    assert ev.ranks(np.zeros((1, 5)), wanted([0]))[0].tolist() == [4], "who knows nothing is not praised"


def test_several_held_out_goods_do_not_stand_in_each_others_way_twice():
    scores = np.array([[0.9, 0.8, 0.7, 0.8, 0.1]])
    assert ev.ranks(scores, wanted([1, 4]))[0].tolist() == [2, 4]
    assert ev.ranks(scores, wanted([1, 3]))[0].tolist() == [1, 2]


def test_only_candidates_are_counted_and_nan_is_the_lowest():
    scores = np.array([[0.9, 0.3, np.nan, 0.8, 0.1]])
    candidates = np.array([[False, True, True, True, True]])
    assert ev.ranks(scores, wanted([1]), candidates)[0].tolist() == [1]
    assert ev.ranks(scores, wanted([2]), candidates)[0].tolist() == [3]


@given(st.lists(st.integers(0, 3), min_size=5, max_size=5), st.integers(0, 4))
def test_a_place_is_the_number_of_others_that_are_not_worse(scores, held):
    place = ev.ranks(np.array([scores], float), wanted([held]))[0]
    assert place.tolist() == [sum(s >= scores[held] for i, s in enumerate(scores) if i != held)]


def test_places_in_finished_lists():
    ids = np.array([[4, 2, 1], [3, -1, -1]])
    assert [line.tolist() for line in ev.ranks_in(ids, wanted([1, 4], [0]))] == [[0, 2], []]


# --- figures ---------------------------------------------------------------------------------------------


def test_the_measures_by_hand():
    values = ev.values([np.array([0, 2]), np.array([5]), np.array([], int)], np.array([3, 1, 1]), n=4)
    best = 1 + 1 / math.log2(3) + 1 / 2
    assert values.hit_rate.tolist() == [1, 0, 0]
    assert values.recall.tolist() == pytest.approx([2 / 3, 0, 0])
    assert values.ndcg.tolist() == pytest.approx([(1 + 1 / 2) / best, 0, 0])
    assert values.mrr.tolist() == [1, 0, 0]
    groups = values.accuracy(np.array([False, True, True]))
    assert (groups.hit_rate.n, groups.hit_rate.value) == (2, 0)


def test_a_perfect_list_has_ndcg_1_however_many_are_held_out():
    for held in (1, 3, 10, 14):
        assert ev.values([np.arange(held)], np.array([held]), n=10).ndcg[0] == pytest.approx(1)


def test_intervals_hold_what_they_promise():
    rng = np.random.default_rng(1)
    inside = [
        [
            of.low <= truth <= of.high
            for of in (ev.proportion(rng.random(60) < 0.1), ev.mean(rng.normal(0.1, 1, 60)))
            for truth in (0.1,)
        ]
        for _ in range(600)
    ]
    assert np.mean(inside, axis=0) == pytest.approx([0.95, 0.95], abs=0.025)


def test_none_of_five_is_not_certainly_never():
    found = ev.proportion(np.zeros(5))
    assert found.value == 0 and found.low == pytest.approx(0) and 0.3 < found.high < 0.6
    assert ev.mean(np.zeros(0)).value is ev.proportion(np.zeros(0)).low is None


def test_what_lists_do_with_the_catalogue():
    matrix = sp.csr_matrix(np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0]], np.float32))
    found = ev.spread(np.array([[0, -1], [1, 0]]), np.array([2, 1]), matrix)
    assert found.coverage == 2 / 4
    assert found.novelty == pytest.approx((0 + 0 + 2) / 3), "shares of customers: 1, 1, ¼"
    assert found.popularity_lift == pytest.approx((4 + 4 + 1) / 3 / ((4 + 4 + 1) / 3))
    assert ev.spread(np.full((2, 2), -1), np.array([0, 1]), matrix) == ev.Spread(0.0, None, None)


def test_the_textbooks_dense_cosine_is_the_user_based_model_with_all_neighbours():
    matrix = sp.random(20, 12, 0.3, "csr", np.float32, random_state=np.random.RandomState(1))
    model = CosineRecommender("user", neighbours=20).fit(matrix)
    assert ev.dense_user_cosine(matrix) == pytest.approx(model.score(np.arange(20)), abs=1e-5)


# --- what is held out ------------------------------------------------------------------------------------

LOG = [
    ("a", "cup", "purchase", 1, "2026-01-01"),
    ("a", "tea", "view", None, "2026-01-02"),
    ("a", "tea", "purchase", 1, "2026-01-03 10:00"),
    ("a", "milk", "purchase", 1, "2026-01-03 10:00"),
    ("a", "cup", "purchase", 1, "2026-01-04"),
    ("b", "tea", "purchase", 1, "2026-01-01"),
    ("c", "cup", "view", None, None),
    ("c", "pan", "purchase", 1, "2026-01-05"),
]


def held_out(log: list[tuple]) -> dict[str, str]:
    split = ev.leave_last_out(read(log))
    return {
        split.train.customers[c]: split.train.products[p] for c, p in zip(split.customer, split.product, strict=True)
    }


def left(log: list[tuple]) -> set[tuple[str, str]]:
    train = ev.leave_last_out(read(log)).train
    return {(train.customers[c], train.products[p]) for c, p in zip(train.customer, train.product, strict=True)}


def test_the_last_product_bought_for_the_first_time_is_held_out():
    """Bought again is not new: for a it is one of the order of the third of January, the lower id of the two."""
    assert held_out(LOG) == {"a": "milk", "c": "pan"}


def test_nothing_of_that_moment_or_later_is_learnt_from_and_nobody_else_is_touched():
    split = ev.leave_last_out(read(LOG))
    assert left(LOG) == {("a", "cup"), ("a", "tea"), ("b", "tea"), ("c", "cup")}
    a = split.train.customer == split.train.customers.index("a")
    assert split.train.at[a].max() < split.at[0], "neither the rest of that order nor what came after"


def test_whoever_has_nothing_left_is_no_case_and_keeps_what_they_have():
    assert "b" not in held_out(LOG) and ("b", "tea") in left(LOG)


def test_earlier_traces_of_the_held_out_product_are_taken_out():
    log = [("a", "cup", "purchase", 1, 1.0), ("a", "tea", "view", None, 2.0), ("a", "tea", "purchase", 1, 3.0)]
    assert held_out(log) == {"a": "tea"} and left(log) == {("a", "cup")}


def test_a_log_without_purchases_holds_out_the_last_product_met():
    log = [("a", "cup", "view", None, 1.0), ("a", "tea", "view", None, 2.0), ("a", "pan", "dislike", None, 3.0)]
    assert held_out(log) == {"a": "tea"}


def test_an_empty_log_has_no_case():
    split = ev.leave_last_out(read([]))
    assert split.customer.size == len(split.train) == 0
