"""Factors and blends: the contract of the verbs, and what each promises beyond it."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from recommender_kit import TasteContract, checkerboard

from recommender import BadOption, BlendRecommender, CosineRecommender, EaseRecommender, FactorRecommender, Popularity


class TestFactors(TasteContract):
    def model(self):
        return FactorRecommender(factors=4)


class TestBlend(TasteContract):
    def model(self):
        return BlendRecommender(
            [EaseRecommender(reg=2.0), FactorRecommender(factors=4), CosineRecommender()], [1, 1, 0.5]
        )


def loss(matrix: np.ndarray, p: np.ndarray, q: np.ndarray, alpha: float, reg: float) -> float:
    """By the formula in `recommender.factors`."""
    known, y = matrix != 0, p @ q.T
    fit = (np.abs(matrix) * ((matrix > 0) - y) ** 2).sum() + alpha * (y**2).sum()
    customers = ((known.sum(1) + alpha * len(q)) * (p**2).sum(1)).sum()
    goods = ((known.sum(0) + alpha * len(p)) * (q**2).sum(1)).sum()
    return fit + reg * (customers + goods)


def test_factors_stand_where_no_step_makes_the_loss_smaller():
    rng = np.random.default_rng(0)
    matrix = np.where(rng.random((12, 9)) < 0.4, rng.choice([-1.0, 1.0, 2.0], (12, 9)), 0)
    model = FactorRecommender(factors=3, unseen_weight=0.3, reg=0.05, rounds=300).fit(sp.csr_matrix(matrix))
    q = model.item_factors.astype(np.float64)
    p = np.linalg.lstsq(q, model.score(np.arange(12)).T.astype(np.float64), rcond=None)[0].T
    here = loss(matrix, p, q, 0.3, 0.05)
    for _ in range(200):
        step = 0.01 * rng.normal(size=p.shape), 0.01 * rng.normal(size=q.shape)
        assert loss(matrix, p + step[0], q + step[1], 0.3, 0.05) > here - 1e-4


def test_the_same_seed_gives_the_same_factors_and_another_another():
    one, same, other = (FactorRecommender(factors=4, seed=s).fit(checkerboard()).item_factors for s in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_goods_that_nobody_has_stay_out_of_every_list():
    matrix = sp.hstack([checkerboard(), sp.csr_matrix((40, 1))]).tocsr()
    for model in (FactorRecommender(factors=4), BlendRecommender([FactorRecommender(factors=4), Popularity()])):
        assert 40 not in model.fit(matrix).recommend(np.arange(40), n=41)[0]


def test_a_blend_of_one_model_ranks_as_that_model():
    matrix = TestBlend().random_matrix()
    alone, blend = EaseRecommender(reg=2.0), BlendRecommender([EaseRecommender(reg=2.0)])
    assert np.array_equal(alone.fit(matrix).recommend(np.arange(30))[0], blend.fit(matrix).recommend(np.arange(30))[0])


def test_a_blend_does_not_care_for_the_scale_of_a_model():
    """Ten times the weights of the matrix are ten times the scores of popularity, and the same blend."""
    matrix = TestBlend().random_matrix()
    small, large = (BlendRecommender([Popularity(), CosineRecommender()]).fit(matrix * by) for by in (1.0, 10.0))
    assert small.score(np.arange(30)) == pytest.approx(large.score(np.arange(30)), rel=1e-4)


def test_the_weights_shift_a_blend_from_one_model_to_the_other():
    matrix = TestBlend().random_matrix()
    popular = Popularity().fit(matrix).score(np.arange(30))

    def likeness(weight: float) -> float:
        blend = BlendRecommender([Popularity(), CosineRecommender()], [weight, 1.0]).fit(matrix)
        return float(np.corrcoef(blend.score(np.arange(30)).ravel(), popular.ravel())[0, 1])

    assert likeness(0.1) < likeness(1.0) < likeness(10.0)


def test_senseless_options_are_refused():
    for models, weights in (([], None), ([Popularity()], [1, 2]), ([Popularity()], [0]), ([Popularity()], [np.nan])):
        with pytest.raises(BadOption, match="weights"):
            BlendRecommender(models, weights)
    for options in ({"factors": 0}, {"unseen_weight": 0}, {"reg": -1}, {"rounds": 0}, {"seed": -1}):
        with pytest.raises(BadOption, match=next(iter(options))):
            FactorRecommender(**options)
