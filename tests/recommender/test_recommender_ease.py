"""EASE by known answers, the same from the customers' side as from the goods', and the contract of the verbs."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from recommender_kit import TasteContract

from recommender import BadMatrix, BadOption, EaseRecommender, UnknownOption

BUYS = sp.csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1], [2, 0, 1]], np.float32))


class TestEase(TasteContract):
    def model(self):
        return EaseRecommender(reg=2.0)


class TestRidge(TasteContract):
    def model(self):
        return EaseRecommender(reg=2.0, diagonal="free")


class TestDampedEase(TasteContract):
    def model(self):
        return EaseRecommender(reg=0.5, customer_damping=0.5, item_damping=0.5)


def weights(model: EaseRecommender, matrix: sp.csr_matrix) -> np.ndarray:
    """B: what each product alone says for each."""
    return model.fit(matrix).score(sp.identity(matrix.shape[1], format="csr", dtype=np.float32))


def test_the_weights_are_the_regression_of_each_product_on_the_others():
    x, found = BUYS.toarray().astype(np.float64), weights(EaseRecommender(reg=0.7), BUYS)
    for j in range(3):
        others = np.delete(np.arange(3), j)
        least_squares = np.linalg.solve(x[:, others].T @ x[:, others] + 0.7 * np.eye(2), x[:, others].T @ x[:, j])
        assert found[others, j] == pytest.approx(least_squares, abs=1e-5)
        assert found[j, j] == 0, "no product explains itself"


def test_with_a_free_diagonal_it_is_ridge_regression():
    x = BUYS.toarray().astype(np.float64)
    found = weights(EaseRecommender(reg=0.7, diagonal="free"), BUYS)
    assert found == pytest.approx(np.linalg.solve(x.T @ x + 0.7 * np.eye(3), x.T @ x), abs=1e-5)


def test_with_a_free_diagonal_new_goods_come_in_the_order_of_customers_regressed_on_customers():
    rng = np.random.default_rng(2)
    x = (rng.random((15, 10)) < 0.4).astype(np.float64)
    model = EaseRecommender(reg=0.7, diagonal="free").fit(sp.csr_matrix(x))
    for u in range(15):
        others = np.delete(np.arange(15), u)
        on_others = np.linalg.solve(x[others] @ x[others].T + 0.7 * np.eye(14), x[others] @ x[u]) @ x[others]
        new, score = x[u] == 0, model.score(np.array([u]))[0]
        ratio = score[new] @ on_others[new] / (on_others[new] @ on_others[new])
        assert score[new] == pytest.approx(ratio * on_others[new], abs=1e-5) and ratio > 0


@pytest.mark.parametrize("diagonal", ["zero", "free"])
def test_from_the_customers_side_it_is_the_same(diagonal):
    rng = np.random.default_rng(4)
    wide = sp.csr_matrix((rng.random((9, 25)) < 0.3).astype(np.float32))
    options = {"reg": 1.5, "diagonal": diagonal, "customer_damping": 0.5, "item_damping": 0.4}
    by_customers = EaseRecommender(**options).fit(wide)
    tall = sp.csr_matrix(sp.vstack([wide, sp.csr_matrix((30, 25), dtype=np.float32)]))  # nobody new, but more rows
    by_goods = EaseRecommender(**options).fit(tall)
    assert by_customers.inverse.shape == (9, 9) and by_goods.inverse.shape == (25, 25)
    assert by_customers.score(np.arange(9)) == pytest.approx(by_goods.score(np.arange(9)), abs=2e-5)
    assert by_customers.similar_items(np.arange(25), 4)[1] == pytest.approx(
        by_goods.similar_items(np.arange(25), 4)[1], abs=2e-5, nan_ok=True
    )


def test_goods_that_nobody_has_are_not_recommended():
    matrix = sp.csr_matrix(np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0]], np.float32))
    ids, _ = EaseRecommender(reg=1.0).fit(matrix).recommend(np.arange(3), n=4)
    assert 3 not in ids


def test_a_customer_who_takes_everything_says_less_when_damped():
    matrix = sp.csr_matrix(np.array([[1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]], np.float32))
    plain, damped = (weights(EaseRecommender(reg=0.5, customer_damping=p), matrix) for p in (0.0, 1.0))
    assert damped[2, 3] < plain[2, 3], "goods that only the glutton links are less alike"


def test_too_large_a_shop_is_refused_with_what_to_do_instead():
    with pytest.raises(BadMatrix, match=r"max_side=3.*CosineRecommender"):
        EaseRecommender(max_side=3).fit(sp.identity(4, format="csr"))
    EaseRecommender(max_side=3).fit(sp.csr_matrix((3, 50), dtype=np.float32))  # the smaller side counts


def test_unknown_and_senseless_options_are_refused_by_name():
    with pytest.raises(UnknownOption, match="reg"):
        EaseRecommender(regs=5)
    for options in ({"reg": 0}, {"diagonal": "none"}, {"customer_damping": 2}, {"item_damping": -1}, {"max_side": 0}):
        with pytest.raises(BadOption, match=next(iter(options))):
            EaseRecommender(**options)
