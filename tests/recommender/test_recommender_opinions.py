"""What reviews say: scores that trust few reviews little, reasons with true counts, correction by those who object."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recommender_kit import NOW
from scipy.stats import binomtest

from recommender import WHOLE, BadOption, Item, OpinionCount, Opinions, Request, ShopConfig, ShopRecommender
from recommender.opinions import wilson_lower

CONFIG = ShopConfig()
PRAISE = {"续航": "续航好", WHOLE: "满意"}
ITEMS = [Item(f"P{n}", f"耳机{n}号", 100.0 + n, ("耳机",)) for n in range(4)]


def liked(product: str, aspect: str, good: int, bad: int = 0, undecided: int = 0, objections: int = 0) -> OpinionCount:
    return OpinionCount(product, aspect, good, bad, good + bad + undecided, objections)


def shop(*counts: OpinionCount, **options) -> ShopRecommender:
    return ShopRecommender.fit((), ITEMS, config=options, now=NOW, opinions=Opinions(counts, PRAISE))


def ids(model: ShopRecommender, **wish) -> list[str]:
    return [item.product_id for item in model.suggest(Request(n=4, now=NOW, **wish)).items]


def reasons(model: ShopRecommender, **wish) -> dict[str, str]:
    return {item.product_id: item.reason for item in model.suggest(Request(n=4, now=NOW, **wish)).items}


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_lower_end_is_the_one_of_the_library(good, others):
    among = good + others
    known = binomtest(good, among).proportion_ci(0.95, method="wilson").low if among else 0.0
    assert math.isclose(wilson_lower(good, among), known, abs_tol=1e-4)


def test_a_standing_is_the_mean_of_the_model_less_what_is_usual():
    opinions = Opinions([liked("P0", "续航", 8, 2), liked("P1", "续航", 1, 3)], PRAISE)
    usual = (8 + 1 + 1) / (14 + 2)
    assert opinions.usual["续航"] == usual
    standing = opinions.standing({"P0": 0, "P1": 1, "P2": 2}, "续航", CONFIG)
    assert np.allclose(standing, [(8 + 10 * usual) / 20 - usual, (1 + 10 * usual) / 14 - usual, 0.0])


def test_few_reviews_move_a_product_less_than_many_of_the_same_share():
    opinions = Opinions([liked("P0", "续航", 2), liked("P1", "续航", 40), liked("P2", "续航", 10, 32)], PRAISE)
    few, many = opinions.standing({"P0": 0, "P1": 1}, "续航", CONFIG)
    assert 0 < few < many


def test_undecided_reviews_are_no_praise_in_a_reason():
    opinions = Opinions([liked("P0", WHOLE, 40), liked("P0", "续航", 8, 0, undecided=30)], PRAISE)
    assert [count.aspect for count in opinions.praised("P0", CONFIG)] == [WHOLE]


def test_well_reviewed_goods_come_before_badly_reviewed_ones_for_everybody():
    model = shop(liked("P3", WHOLE, 30), liked("P0", WHOLE, 3, 27), liked("P1", WHOLE, 20, 10))
    for customer in (None, "C1"):
        shown = ids(model, customer_id=customer)
        assert shown.index("P3") < shown.index("P1") < shown.index("P0")


def test_without_weight_reviews_decide_nothing():
    counts = (liked("P3", WHOLE, 30), liked("P0", WHOLE, 3, 27))
    assert ids(shop(*counts, review_share=0.0)) == ids(shop())


def test_an_aspect_asked_for_comes_first_and_is_the_reason():
    counts = (
        liked("P2", "续航", 87, 3, 2),
        liked("P2", WHOLE, 90, 5),
        liked("P0", "续航", 5, 25),
        liked("P0", WHOLE, 99),
    )
    model = shop(*counts)
    assert ids(model)[0] == "P0"
    assert ids(model, aspects=frozenset({"续航"}))[0] == "P2"
    found = model.suggest(Request(now=NOW, aspects=frozenset({"续航"}))).items[0]
    assert found.evidence == {"kind": "wanted_aspect", "aspect": "续航", "praise": "续航好", "good": 87, "said": 92}
    assert "92 条评价" in found.reason and "87 条说续航好" in found.reason


def test_an_aspect_that_nobody_wrote_about_changes_nothing():
    model = shop(liked("P3", WHOLE, 30))
    assert ids(model, aspects=frozenset({"音质"})) == ids(model)


def test_the_reason_counts_the_reviews():
    said = reasons(shop(liked("P1", "续航", 19, 1), liked("P1", WHOLE, 19, 1)))["P1"]
    assert "20 条评价" in said and "19 条" in said


@pytest.mark.parametrize(
    "counts",
    [
        (liked("P1", "续航", 2), liked("P1", WHOLE, 2)),
        (liked("P1", "续航", 12, 8), liked("P1", WHOLE, 12, 8)),
        (liked("P1", "续航", 30), liked("P1", WHOLE, 10, 20)),
        (liked("P1", "续航", 30),),
        (liked("P1", "物流", 30), liked("P1", WHOLE, 3, 1)),
    ],
    ids=["too few", "not clearly good", "the product is not liked", "the whole is not known", "not of the goods"],
)
def test_what_is_not_clearly_good_is_not_praised(counts):
    assert "条评价" not in reasons(shop(*counts))["P1"]


def test_min_support_holds_for_reviews_too():
    counts = (liked("P1", "续航", 9), liked("P1", WHOLE, 9))
    assert "评价" in reasons(shop(*counts))["P1"]
    assert "评价" not in reasons(shop(*counts, min_support=10))["P1"]


def test_objections_lower_the_score_and_end_the_reason_but_leave_the_counts_true():
    before = (liked("P1", "续航", 20, 1), liked("P1", WHOLE, 20, 1))
    some = (liked("P1", "续航", 20, 1, objections=2), before[1])
    many = (liked("P1", "续航", 20, 1, objections=12), before[1])
    standing = [Opinions(c, PRAISE).standing({"P1": 0}, "续航", CONFIG)[0] for c in (before, some, many)]
    assert standing[0] > standing[1] > standing[2]
    praised = [[one.aspect for one in Opinions(c, PRAISE).praised("P1", CONFIG)] for c in (before, some, many)]
    assert "续航" in praised[0] and "续航" in praised[1] and "续航" not in praised[2]
    found = shop(*some).suggest(Request(n=4, now=NOW, aspects=frozenset({"续航"}))).items
    assert next(i.evidence for i in found if i.product_id == "P1") == {
        "kind": "wanted_aspect",
        "aspect": "续航",
        "praise": "续航好",
        "good": 20,
        "said": 21,
    }


def test_the_strategy_keeps_its_name_when_reviews_decide():
    model = shop(liked("P3", WHOLE, 300), liked("P0", WHOLE, 3, 270))
    found = model.suggest(Request(now=NOW, aspects=frozenset({WHOLE})))
    assert (found.strategy, found.personalised) == ("content", False)


def test_a_new_catalogue_and_a_saved_model_keep_what_reviews_say(tmp_path):
    counts = (liked("P2", "续航", 40), liked("P2", WHOLE, 40), liked("P0", WHOLE, 3, 30, objections=1))
    model = shop(*counts)
    model.save(tmp_path / "model")
    loaded = ShopRecommender.load(tmp_path / "model")
    fresh = Item("P9", "新耳机", 50.0, ("耳机",))
    assert loaded.opinions_of("P2") == [counts[1], counts[0]] and loaded.opinions_of("P9") == []
    for one in (loaded, loaded.with_catalogue(ITEMS)):
        assert one.suggest(Request(now=NOW)) == model.suggest(Request(now=NOW))
    assert "P9" in ids(loaded.with_catalogue([*ITEMS[1:], fresh]))


@pytest.mark.parametrize(
    ("option", "value"),
    [("review_share", -1), ("wanted_share", float("nan")), ("review_prior", 0), ("praised_from", 1)],
)
def test_options_out_of_range_are_refused(option, value):
    with pytest.raises(BadOption, match=option):
        ShopConfig.from_dict({option: value})
