"""What is learnt: events and their weights, consumables, segments; and how long it takes."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
from recommender_kit import NOW

from recommender import Request, ShopConfig, ShopRecommender
from recommender.features import FEATURES, habits
from recommender.gifts import meant_for, tags_for, unsuited
from recommender.interactions import TYPES, bought_matrix, event_weights, read, seconds, taste_matrix
from recommender.repurchase import Cycles

ROWS = [
    ("c1", "p1", "view", None, NOW),
    ("c1", "p2", "购买", 2, NOW),
    ("c0", "p1", "不喜欢", None, NOW - timedelta(days=1)),
]


class Columns:
    """Columns with iteration, as the store hands them over."""

    def __iter__(self):
        return iter(ROWS)


@pytest.mark.parametrize(
    "source",
    [
        ROWS,
        iter(ROWS),
        Columns(),
        dict(
            zip(("customer_id", "product_id", "type", "value", "at"), map(list, zip(*ROWS, strict=True)), strict=True)
        ),
        [dict(zip(("customer_id", "product_id", "type", "value", "at"), row, strict=True)) for row in ROWS],
    ],
)
def test_events_come_as_rows_columns_or_mappings(source):
    events = read(source)
    assert events.customers == ["c0", "c1"] and events.products == ["p1", "p2"]
    assert [TYPES[t] for t in events.type] == ["view", "purchase", "dislike"]
    assert events.customer.tolist() == [1, 1, 0] and events.value[1] == 2 and np.isnan(events.value[0])


def test_rows_that_cannot_be_used_are_counted():
    events = read([*ROWS, (None, "p", "view"), ("c", " ", "view"), ("c", "p", "???"), ("c",), ("c", "p", None)])
    assert len(events) == 3 and events.skipped == 5


@pytest.mark.parametrize(
    "moment",
    [
        NOW,
        NOW.replace(tzinfo=None) + timedelta(hours=8),
        "2026-11-25 12:00:00",
        NOW.timestamp(),
        np.datetime64("2026-11-25T12:00:00"),
        NOW.astimezone(timezone(timedelta(hours=-5))),
    ],
)
def test_moments_without_a_zone_are_shanghai(moment):
    assert seconds(moment) == NOW.timestamp()


def test_moments_that_cannot_be_read_are_unknown():
    assert seconds(date(2026, 11, 25)) == datetime(2026, 11, 24, 16, tzinfo=timezone.utc).timestamp()
    for nonsense in (None, "", "gestern", np.datetime64("NaT"), float("inf"), object()):
        assert np.isnan(seconds(nonsense))


def test_a_purchase_outweighs_a_cart_a_favourite_a_view_and_dislike_is_negative():
    now = NOW.timestamp()
    view, click, favourite, cart, purchase, dislike = event_weights(np.arange(6), np.full(6, now), ShopConfig(), now)
    assert purchase > cart > favourite > view == click > 0 > dislike


def test_weights_halve_with_age_and_unknown_or_future_times_are_safe():
    config, now = ShopConfig(), NOW.timestamp()
    purchase, view = TYPES.index("purchase"), TYPES.index("view")
    age = np.array([0, config.half_life_days, -400, np.nan]) * 86400
    weights = event_weights(np.full(4, purchase), now - age, config, now) / config.purchase_weight
    assert weights.tolist() == pytest.approx([1, 0.5, 1, 0.5])
    old = event_weights(np.array([view]), np.array([now - config.browse_half_life_days * 86400]), config, now)
    assert old[0] == pytest.approx(config.view_weight / 2)


def test_matrices_keep_ids_and_rows_together():
    events = read([*ROWS, ("c1", "p2", "purchase", 1, NOW - timedelta(days=9)), ("c1", "p1", "purchase", 1, None)])
    taste, bought = taste_matrix(events, ShopConfig(), NOW.timestamp()), bought_matrix(events)
    c0, c1, p1, p2 = (
        events.customers.index("c0"),
        events.customers.index("c1"),
        events.products.index("p1"),
        events.products.index("p2"),
    )
    assert taste[c0, p1] < 0 < taste[c1, p2]
    assert bought[c1, p2] == NOW.timestamp() and bought[c1, p1] == 1.0 and bought[c0, p1] == 0


def test_a_kind_is_a_consumable_when_its_buyers_come_back():
    kind = {"food": "猫粮", "phone": "手机", "rare": "茶叶"}
    rows = [(f"c{n}", "food", "purchase", 1, NOW - timedelta(days=31 * turn)) for n in range(4) for turn in range(3)]
    rows += [(f"c{n}", "phone", "purchase", 1, NOW) for n in range(30)] + [
        ("c0", "phone", "purchase", 1, NOW - timedelta(days=50))
    ]
    rows += [("c0", "rare", "purchase", 1, NOW), ("c0", "rare", "purchase", 1, NOW - timedelta(days=10))]
    rows += [
        ("c9", "food", "purchase", 1, NOW),
        ("c9", "food", "purchase", 1, NOW - timedelta(hours=2)),
    ]  # one order twice
    cycles = Cycles.fit(read(rows), kind, ShopConfig())
    assert cycles.kinds == {"猫粮": (31.0, 8)}
    assert cycles.cycle("c0", "food", ("猫粮",)).based_on == "own"
    assert cycles.cycle("c9", "food", ("猫粮",)).based_on == "product"
    assert cycles.cycle("c9", "another", ("宠物", "猫粮")).based_on == "kind"
    assert cycles.cycle("c0", "phone", ("手机",)) is None
    assert Cycles.from_facts(cycles.as_facts()) == cycles


def test_features_by_hand():
    rows = [
        ("c", "a", "purchase", 2, NOW - timedelta(days=10)),
        ("c", "b", "purchase", None, NOW - timedelta(days=4)),
        ("c", "a", "view", None, NOW - timedelta(days=20)),
        ("d", "a", "view", None, NOW - timedelta(days=3)),
    ]
    plain = habits(
        read(rows),
        np.array([10.0, 40.0]),
        np.array([0, 1]),
        np.array([np.nan, NOW.timestamp() - 5 * 86400]),
        NOW.timestamp(),
    )
    assert dict(zip(FEATURES, plain[0].round(3).tolist(), strict=True)) == {
        "recency": 4,
        "orders": 2,
        "spent": 60,
        "price": 25,
        "breadth": 2,
        "browsing": 0.333,
        "tenure": 20,
    }
    assert dict(zip(FEATURES, plain[1].round(3).tolist(), strict=True)) == {
        "recency": 3,
        "orders": 0,
        "spent": 0,
        "price": 25,
        "breadth": 1,
        "browsing": 1,
        "tenure": 5,
    }


def test_words_for_whom_match_the_tags_that_cover_them():
    tags = ["送爸妈", "送男友", "送女友", "送长辈", "年货", "出差", "送孩子"]
    for word, wanted in {
        "爸爸": {"送爸妈", "送长辈"},
        "我妈妈": {"送爸妈", "送长辈"},
        "女朋友": {"送女友"},
        "送老公": {"送男友"},
        "春节": {"年货"},
        "出差": {"出差"},
        "送爸妈": {"送爸妈", "送长辈"},
        "儿子": {"送孩子"},
        "生日": set(),
    }.items():
        assert tags_for(word, tags) == wanted, word


def test_titles_that_name_others_are_known():
    meant = np.array([meant_for(title) for title in ("儿童水杯", "女士香水", "男士剃须刀", "男女同款T恤", "保温杯")])
    for word, wanted in {
        "爸爸": [1, 1, 0, 0, 0],
        "女朋友": [1, 0, 1, 0, 0],
        "儿子": [0] * 5,
        "同事": [1, 0, 0, 0, 0],
    }.items():
        assert unsuited(word, meant).astype(int).tolist() == wanted, word


def test_importing_brings_in_nothing_heavy():
    heavy = "{'tensorflow', 'rasa', 'sqlalchemy', 'pandas', 'sklearn'}"
    code = f"import sys, recommender; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_factors_are_learned_saved_and_left_out_where_they_would_take_too_long(shop, tmp_path):
    def fitted(**options):
        return ShopRecommender.fit(shop.events, shop.items, shop.customers, config=options, now=NOW)

    request = Request(n=6, customer_id="C001", now=NOW)
    with_factors = fitted()
    with_factors.save(tmp_path / "model")
    assert ShopRecommender.load(tmp_path / "model").suggest(request) == with_factors.suggest(request)
    without = fitted(factor_share=0.0).suggest(request)
    assert fitted(factor_customers=10).suggest(request) == without
    assert [item.score for item in without.items] != [item.score for item in with_factors.suggest(request).items]
