"""How well each model ranks on a public set (MovieLens 100K, a random quarter of each customer's ratings held out)."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import ranking
from tests.conftest import SHARED

# NDCG@10 that each model of `benchmarks.ranking` reaches at least, about three standard errors below what was measured.
BANDS = {"TopPop": 0.23, "item cosine": 0.38, "user cosine": 0.42, "EASE": 0.46, "ridge": 0.46, "blend": 0.47}


@pytest.fixture(scope="module")
def split() -> ranking.Split:
    if not (SHARED / "data" / "ml100k").is_dir():
        pytest.skip(f"no public data at {SHARED / 'data'}: nothing to rank")
    return ranking.ml100k()


@pytest.mark.parametrize("model", BANDS)
def test_a_model_ranks_as_well_as_it_did(model: str, split: ranking.Split):
    fitted = ranking.SUITES["ml100k"].models()[model].fit(split.train)
    ndcg = ranking.evaluated(split, fitted.score).accuracy().ndcg
    assert ndcg.value > BANDS[model]


def test_the_split_holds_out_a_quarter_and_nothing_twice(split: ranking.Split):
    assert split.train.nnz + split.wanted.nnz == 100_000
    assert split.wanted.nnz == pytest.approx(25_000, abs=500)
    assert split.train.multiply(split.wanted).nnz == 0


def test_who_gives_everything_the_same_score_gets_nothing(split: ranking.Split):
    same_for_all = ranking.evaluated(split, lambda rows: np.zeros((len(rows), split.train.shape[1])))
    assert same_for_all.accuracy().hit_rate.value == 0, "ties count against the model"
