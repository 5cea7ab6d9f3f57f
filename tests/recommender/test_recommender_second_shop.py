"""A shop that somebody else made: do left-out purchases come back? (The kit's README: item cosine 43 %, popularity 6
%.)"""

from __future__ import annotations

import csv
import random
from collections import defaultdict

import numpy as np
import pytest
import scipy.sparse as sp

from recommender import CosineRecommender, Popularity


@pytest.fixture(scope="module")
def bought(shared) -> dict[str, set[str]]:
    path = shared / "eval" / "shop" / "orders.csv"
    if not path.is_file():
        pytest.skip(f"no second shop at {path}")
    found: dict[str, set[str]] = defaultdict(set)
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["status"] != "已取消":
                found[row["customer_id"]].add(row["product_id"])
    return found


def hit_rate(bought: dict[str, set[str]], model, draws: int = 5, seed: int = 1) -> float:
    """One purchase left out for each customer with more than four; how often it is among the first ten."""
    products = sorted({p for goods in bought.values() for p in goods})
    customers = list(bought)
    rng, hits, tries = random.Random(seed), 0, 0
    for _ in range(draws):
        left_out = {c: rng.choice(sorted(goods)) for c, goods in bought.items() if len(goods) > 4}
        matrix = np.zeros((len(customers), len(products)), np.float32)
        for row, customer in enumerate(customers):
            for product in bought[customer] - {left_out.get(customer)}:
                matrix[row, products.index(product)] = 1
        ids, _ = model.fit(sp.csr_matrix(matrix)).recommend(np.array([customers.index(c) for c in left_out]), n=10)
        hits += sum(products.index(p) in line for p, line in zip(left_out.values(), ids.tolist(), strict=True))
        tries += len(left_out)
    return hits / tries


def test_cosine_finds_left_out_purchases_and_popularity_does_not(bought):
    item, user, popular = (hit_rate(bought, m) for m in (CosineRecommender(), CosineRecommender("user"), Popularity()))
    print(
        f"\nleft out, found in the first ten: item cosine {item:.1%}, user cosine {user:.1%}, popularity {popular:.1%}"
    )
    assert item >= 0.40
    assert user >= 0.40
    assert popular <= 0.12
