"""Spark gives the neighbours of one machine, bit for bit, and says what it lacks where it cannot start."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import scipy.sparse as sp
from recommender_kit import NOW

from recommender import CosineRecommender, Request, ShopRecommender
from recommender.spark import neighbours as tiers
from recommender.spark.session import NoSpark, session

USERS, ITEMS, K = 300, 130, 7


@pytest.fixture(scope="module")
def spark():
    try:
        with session("local[2]", memory="512m") as running:
            yield running
    except NoSpark as lacks:
        pytest.skip(str(lacks))


@pytest.fixture(scope="module")
def matrix() -> sp.csr_matrix:
    """Few goods wanted by many and many by few; small whole weights, so ties are everywhere; some goods by nobody."""
    rng = np.random.default_rng(8)
    share = np.maximum(0.3 / np.arange(1, ITEMS + 1) ** 0.6, 0.01)
    wanted = (rng.random((USERS, ITEMS)) < share) * rng.integers(1, 3, (USERS, ITEMS))
    wanted[:, rng.integers(ITEMS, size=5)] = 0
    return sp.csr_matrix(wanted[:, rng.permutation(ITEMS)], dtype=np.float32)


def same(one: sp.csr_matrix, other: sp.csr_matrix) -> bool:
    return one.shape == other.shape and all(
        np.array_equal(getattr(one, part), getattr(other, part)) for part in ("indptr", "indices", "data")
    )


@pytest.mark.parametrize("shrinkage", [0.0, 4.0])
def test_the_broadcast_tier_is_bit_for_bit_what_one_machine_finds(spark, matrix, shrinkage):
    here = CosineRecommender(neighbours=K, shrinkage=shrinkage).fit(matrix).similarity
    assert same(tiers.broadcast(spark, matrix, K, shrinkage, tasks=3), here)


@pytest.mark.parametrize("shrinkage", [0.0, 4.0])
def test_stored_blocks_are_bit_for_bit_what_one_machine_finds(spark, matrix, shrinkage, tmp_path):
    here = CosineRecommender(neighbours=K, shrinkage=shrinkage).fit(matrix).similarity
    tiers.write_blocks(matrix, tmp_path, 4)
    tiers.stored(spark, tmp_path, 4, ITEMS, K, shrinkage)
    assert same(tiers.collected(tmp_path, 4, ITEMS), here)


def test_blocks_written_by_spark_from_events_are_those_of_the_matrix(spark, matrix, tmp_path):
    entries = matrix.tocoo()
    rows = [(int(u), int(i), 0.5 * float(w)) for u, i, w in zip(entries.row, entries.col, entries.data, strict=True)]
    events = spark.createDataFrame(rows * 2, "user int, item int, weight float")
    tiers.store_blocks(events, tmp_path / "spark", 5, USERS, ITEMS)
    tiers.write_blocks(matrix, tmp_path / "here", 5)
    for block in range(5):
        ours, theirs = (tiers._read(tiers._block_file(tmp_path / place, block)) for place in ("spark", "here"))
        assert same(ours, theirs)


def test_more_blocks_than_goods_leave_some_empty_and_no_harm(spark, tmp_path):
    few = sp.csr_matrix(np.array([[1, 1, 0], [1, 1, 1]], np.float32))
    rows = [(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 1.0), (1, 2, 1.0)]
    tiers.store_blocks(spark.createDataFrame(rows, "user int, item int, weight float"), tmp_path, 5, 2, 3)
    tiers.stored(spark, tmp_path, 5, 3, 2)
    assert same(tiers.collected(tmp_path, 5, 3), CosineRecommender(neighbours=2).fit(few).similarity)


def test_the_size_of_the_data_chooses_the_tier(spark, matrix, tmp_path, monkeypatch):
    here = CosineRecommender(neighbours=K).fit(matrix).similarity
    assert same(tiers.similarity(spark, matrix, K, 0.0, tmp_path), here)
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(tiers, "BROADCAST_BYTES", 100)
    monkeypatch.setattr(tiers, "BLOCK_BYTES", matrix.nnz * 8 // 3)
    assert same(tiers.similarity(spark, matrix, K, 0.0, tmp_path), here)
    assert list(tmp_path.glob("block-*.npz"))


def test_without_java_a_sentence_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(NoSpark, match=r"Java.*apt-get install"), session("local[1]"):
        pass


def test_without_pyspark_a_sentence_says_how_to_get_it(monkeypatch, tmp_path):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.touch(mode=0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(NoSpark, match=r"pyspark.*install"), session("local[1]"):
        pass


def test_a_shop_trained_with_spark_is_the_shop_trained_without(spark, shop, tmp_path):
    def on_spark(matrix: sp.csr_matrix, k: int, shrinkage: float) -> sp.csr_matrix:
        return tiers.similarity(spark, matrix, k, shrinkage, tmp_path)

    again = ShopRecommender.fit(shop.events, shop.items, shop.customers, now=NOW, neighbours_by=on_spark)
    request = Request(customer_id="C001", now=NOW)
    assert again.suggest(request) == shop.model.suggest(request)
