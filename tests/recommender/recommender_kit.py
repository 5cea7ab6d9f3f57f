"""A small made-up shop with tastes in it, and the contract that every model with the five verbs keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
import scipy.sparse as sp

from recommender import CustomerFacts, Item, ShopRecommender

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=timezone.utc)  # noon in Shanghai
SIDES = {
    "数码": (("耳机", "蓝牙耳机"), ("充电宝",), ("键盘",)),
    "宠物": (("猫粮",), ("猫砂",), ("宠物玩具",)),
    "美妆": (("口红",), ("面膜",), ("香水",)),
}
BRANDS = ("甲牌", "乙牌", "丙牌", "丁牌")
COLOURS = ("黑色", "白色", "红色")
TAGS = {"数码": ("送男友", "出差"), "宠物": (), "美妆": ("送女友", "送妈妈")}


@dataclass(frozen=True)
class Shop:
    items: list[Item]
    events: list[tuple]
    customers: list[CustomerFacts]
    model: ShopRecommender

    def item(self, product_id: str) -> Item:
        return next(item for item in self.items if item.product_id == product_id)

    def buyers(self, product_id: str, days: float | None = None) -> set[str]:
        since = None if days is None else NOW - timedelta(days=days)
        return {
            c for c, p, t, _, at in self.events if p == product_id and t == "purchase" and (not since or at >= since)
        }

    def interested(self, product_id: str) -> set[str]:
        """Customers whose events with the product are positive in sum (none is disliked in this shop but by its own
        test)."""
        return {c for c, p, t, _, _ in self.events if p == product_id and t != "dislike"}

    def bought(self, customer: str) -> set[str]:
        return {p for c, p, t, _, _ in self.events if c == customer and t == "purchase"}


def make_items(rng: np.random.Generator) -> list[Item]:
    items = []
    for side, kinds in SIDES.items():
        for kind in kinds:
            for number in range(8):
                brand, price = BRANDS[number % len(BRANDS)], float(rng.integers(20, 400))
                items.append(
                    Item(
                        product_id=f"P{len(items):03d}",
                        title=f"{brand} {kind[-1]} {'甲乙丙丁戊己庚辛'[number]}型 {int(price) * 7}",
                        price=price,
                        kinds=kind,
                        brand=brand,
                        colours=tuple(rng.choice(COLOURS, 2, replace=False)),
                        tags=(side, *TAGS[side]),
                        available=number != 7,
                    )
                )
    return items


def make_shop(seed: int = 5, people: int = 90) -> Shop:
    """Each customer is of one side of the shop and mostly buys there; cat food is bought again every 30 days or so."""
    rng = np.random.default_rng(seed)
    items = make_items(rng)
    sides = list(SIDES)
    events = []
    for number in range(people):
        customer, side = f"C{number:03d}", sides[number % len(sides)]
        own = [item for item in items if item.tags[0] == side]
        for _ in range(int(rng.integers(2, 9))):
            item = own[int(rng.integers(len(own)))] if rng.random() < 0.85 else items[int(rng.integers(len(items)))]
            at = NOW - timedelta(days=float(rng.uniform(1, 300)))
            events.append((customer, item.product_id, "purchase", 1.0, at))
            if item.kinds[-1] == "猫粮":
                for turn in range(1, 4):
                    again = at + timedelta(days=30 * turn + float(rng.uniform(-2, 2)))
                    events += [(customer, item.product_id, "purchase", 1.0, again)] if again < NOW else []
        for _ in range(int(rng.integers(5, 20))):
            item = own[int(rng.integers(len(own)))]
            at = NOW - timedelta(days=float(rng.uniform(0.2, 60)))
            events.append((customer, item.product_id, str(rng.choice(["view", "view", "cart", "favourite"])), None, at))
    events.sort(key=lambda event: event[4])
    facts = [CustomerFacts(f"C{n:03d}", NOW - timedelta(days=float(rng.uniform(300, 900)))) for n in range(people)]
    return Shop(items, events, facts, ShopRecommender.fit(events, items, facts, now=NOW))


def checkerboard(size: int = 40) -> sp.csr_matrix:
    """Even customers want even items, odd ones odd items; everybody lacks one of theirs: number `user` itself."""
    matrix = np.zeros((size, size), np.float32)
    for user in range(size):
        matrix[user, user % 2 :: 2] = 1
        matrix[user, user] = 0
    return sp.csr_matrix(matrix)


class RecommenderContract:
    """Subclasses give `model()`; each test is a sentence of `base.Recommender`."""

    def model(self):
        raise NotImplementedError

    def random_matrix(self, users: int = 30, items: int = 20, seed: int = 3) -> sp.csr_matrix:
        matrix = sp.random(users, items, 0.2, "csr", np.float32, random_state=np.random.RandomState(seed))
        matrix.data = np.round(matrix.data * 3, 1) + 0.1
        return matrix.astype(np.float32)

    def test_results_are_padded_and_typed(self):
        ids, scores = self.model().fit(self.random_matrix()).recommend(np.arange(4), n=50)
        assert ids.shape == scores.shape == (4, 50)
        assert ids.dtype == np.int32 and scores.dtype == np.float32
        assert ((ids == -1) == np.isnan(scores)).all()
        assert (ids == -1).any()

    def test_what_was_seen_is_left_out_and_only_then(self):
        matrix = self.random_matrix()
        model = self.model().fit(matrix)
        left_out, _ = model.recommend(np.arange(30), n=20)
        kept, _ = model.recommend(np.arange(30), n=20, exclude_seen=False)
        for user in range(30):
            seen = set(matrix[user].indices.tolist())
            assert not seen & set(left_out[user].tolist())
        assert any(set(matrix[user].indices.tolist()) & set(kept[user].tolist()) for user in range(30))

    def test_the_order_is_by_score_then_by_item_number(self):
        ids, scores = self.model().fit(self.random_matrix()).recommend(np.arange(30), n=20)
        for line_ids, line in zip(ids, scores, strict=True):
            pairs = [(-s, i) for i, s in zip(line_ids.tolist(), line.tolist(), strict=True) if i >= 0]
            assert pairs == sorted(pairs)

    def test_a_filter_works_before_the_cut(self):
        model = self.model().fit(self.random_matrix())
        everything, _ = model.recommend(np.arange(30), n=20)
        allowed = np.zeros(20, bool)
        allowed[::3] = True
        ids, _ = model.recommend(np.arange(30), n=4, allowed=allowed)
        for user in range(30):
            wanted = [i for i in everything[user].tolist() if i >= 0 and allowed[i]][:4]
            assert ids[user].tolist() == wanted + [-1] * (4 - len(wanted))

    def test_score_agrees_with_recommend_and_takes_parts(self):
        model = self.model().fit(self.random_matrix())
        whole = model.score(np.arange(30))
        assert whole.shape == (30, 20) and whole.dtype == np.float32
        some = np.array([5, 2, 11])
        assert np.allclose(model.score(np.array([7, 1]), some), whole[[7, 1]][:, some])
        ids, scores = model.recommend(np.array([7]), n=3)
        assert np.array_equal(whole[7][ids[0][ids[0] >= 0]], scores[0][ids[0] >= 0])

    @pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (3, 4), (1, 1)])
    def test_an_empty_matrix_gives_empty_answers(self, shape):
        model = self.model().fit(sp.csr_matrix(shape, dtype=np.float32))
        ids, scores = model.recommend(np.arange(shape[0]), n=3)
        assert ids.shape == (shape[0], 3) and (ids == -1).all() and np.isnan(scores).all()
        assert np.isfinite(model.score(np.arange(shape[0]))).all()
        assert (model.similar_items(np.arange(shape[1]), 2)[0] == -1).all()

    def test_one_customer_only(self):
        model = self.model().fit(sp.csr_matrix(np.array([[1, 0, 2]], np.float32)))
        ids, _ = model.recommend(np.array([0]), n=3)
        assert not {0, 2} & set(ids[0].tolist())

    def test_values_that_are_not_finite_are_refused_with_a_way_on(self):
        from recommender import BadMatrix

        with pytest.raises(BadMatrix, match="NaN"):
            self.model().fit(sp.csr_matrix(np.array([[1, np.nan]], np.float32)))

    def test_rows_out_of_range_are_refused(self):
        model = self.model().fit(self.random_matrix())
        with pytest.raises(IndexError):
            model.recommend(np.array([30]), n=1)
        with pytest.raises(IndexError):
            model.similar_items(np.array([-1]), n=1)

    def test_asking_before_fitting_is_an_error_that_says_so(self):
        from recommender import NotFitted

        with pytest.raises(NotFitted, match="fit"):
            self.model().recommend(np.array([0]))

    def test_saved_and_loaded_it_answers_the_same(self, tmp_path):
        model = self.model().fit(self.random_matrix())
        model.save(tmp_path / "model")
        again = type(model).load(tmp_path / "model")
        for ours, theirs in zip(
            model.recommend(np.arange(30), 5) + model.similar_items(np.arange(20), 5),
            again.recommend(np.arange(30), 5) + again.similar_items(np.arange(20), 5),
            strict=True,
        ):
            assert np.array_equal(ours, theirs, equal_nan=True)

    def test_the_matrix_that_was_given_is_left_as_it_was(self):
        matrix = self.random_matrix()
        before = matrix.copy()
        self.model().fit(matrix).recommend(np.arange(3), 3)
        assert (matrix != before).nnz == 0


class TasteContract(RecommenderContract):
    """For models that tell one customer's taste from another's."""

    def test_the_missing_square_of_the_checkerboard_comes_first(self):
        ids, scores = self.model().fit(checkerboard()).recommend(np.arange(40), n=1)
        assert ids[:, 0].tolist() == list(range(40))
        assert (scores > 0).all()
