"""Segments: what they are made of, that they are the same again, and that their names and descriptions are true."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recommender_kit import NOW, Shop, make_shop

from recommender import CustomerFacts, Item, Segments, ShopRecommender, segments
from recommender.choice_of_k import STABLE, choice_of_k
from recommender.feature_words import tendency, title, written
from recommender.features import FEATURES, PRIOR, Features, drawn, measured
from recommender.interactions import read
from recommender.projection import project
from recommender.request import Request

# Saturday morning, Saturday evening and Monday night in Shanghai
WEEKEND_MORNING, WEEKEND_EVENING, MONDAY_NIGHT = "2026-11-21 09:00", "2026-11-21 19:30", "2026-11-23 02:00"


def buying(values: np.ndarray) -> Features:
    """Columns of FEATURES only; values as K-means sees them, before ln(1 + x)."""
    return Features(FEATURES, np.expm1(values).astype(np.float32))


def three_groups() -> Features:
    rng = np.random.default_rng(1)
    centres = np.array([[1, 5, 7, 5, 2, 1, 6], [5, 1, 4, 4, 1, 1, 6], [2, 0.5, 3, 4, 1, 3, 2.0]])
    return buying(np.concatenate([c + rng.normal(0, 0.05, (30, 7)) for c in centres]))


def of_rows(rows: list[tuple], kinds: dict[str, str], facts: tuple[CustomerFacts, ...] = ()) -> tuple[Features, list]:
    events = read(rows)
    known = {one.customer_id: one for one in facts}
    registered = np.full(len(events.customers), np.nan)
    table = measured(
        events,
        np.full(len(events.products), 10.0),
        [kinds.get(p) for p in events.products],
        known,
        registered,
        NOW.timestamp(),
    )
    return table, events.customers


def value(table: Features, customers: list, customer: str, feature: str) -> float:
    return float(table.values[customers.index(customer), table.names.index(feature)])


# --- features ---------------------------------------------------------------------------------------------


def test_a_share_of_few_rows_is_drawn_towards_the_shop():
    own, rows = np.array([1.0, 30.0, 0.0]), np.array([1.0, 60.0, 0.0])
    mean = 31 / 61
    assert drawn(own, rows) == pytest.approx(
        [(1 + PRIOR * mean) / (1 + PRIOR), (30 + PRIOR * mean) / (60 + PRIOR), mean]
    )
    assert drawn(np.zeros(2), np.zeros(2)).tolist() == [0, 0], "a shop without rows"


def test_what_and_when_by_hand():
    rows = [
        ("a", "tea", "purchase", 1, WEEKEND_MORNING),
        ("a", "tea", "purchase", 1, WEEKEND_EVENING),
        ("b", "cup", "purchase", 1, MONDAY_NIGHT),
        ("b", "tea", "view", None, WEEKEND_MORNING),
        ("c", "cup", "view", None, WEEKEND_MORNING),
    ]
    table, customers = of_rows(rows, {"tea": "茶", "cup": "杯"})
    # two of three purchases are tea: the shop's share is 2/3; views are no purchases
    assert value(table, customers, "a", "kind:茶") == pytest.approx((2 + PRIOR * 2 / 3) / (2 + PRIOR))
    assert value(table, customers, "b", "kind:茶") == pytest.approx((0 + PRIOR * 2 / 3) / (1 + PRIOR))
    assert value(table, customers, "c", "kind:茶") == pytest.approx(2 / 3), "who bought nothing stands at the shop's"
    assert value(table, customers, "a", "when:weekend") == pytest.approx((2 + PRIOR * 2 / 3) / (2 + PRIOR))
    assert value(table, customers, "a", "when:morning") == pytest.approx((1 + PRIOR / 3) / (2 + PRIOR))
    assert value(table, customers, "a", "when:evening") == value(table, customers, "a", "when:morning")
    assert value(table, customers, "b", "when:night") == pytest.approx((1 + PRIOR / 3) / (1 + PRIOR))


def test_seasons_count_for_those_only_who_were_there_the_whole_year():
    summer = NOW - timedelta(days=130)  # July
    rows = [
        ("old", "tea", "view", None, NOW - timedelta(days=400)),
        ("old", "tea", "purchase", 1, summer),
        ("old", "tea", "purchase", 1, NOW - timedelta(days=9)),
        ("old", "tea", "purchase", 1, NOW - timedelta(days=380)),
        ("new", "tea", "purchase", 1, NOW - timedelta(days=9)),
    ]
    table, customers = of_rows(rows, {"tea": "茶"})
    assert value(table, customers, "old", "season:summer") == pytest.approx(0.5)
    assert value(table, customers, "new", "season:summer") == pytest.approx(0.5), "nothing of their own is told"


def test_moods_and_channels_come_from_what_is_known_of_the_customer():
    rows = [(c, "tea", "view", None, NOW) for c in ("glad", "upset", "silent")]
    facts = (
        CustomerFacts("glad", moods={"positive": 3, "neutral": 1}, channels={"App": 9, "": 5}),
        CustomerFacts("upset", moods={"negative": 2, "?": 7}, channels={"App": 1, "网页": 2}),
    )
    table, customers = of_rows(rows, {}, facts)
    mean = (3 - 2) / 6
    assert value(table, customers, "glad", "mood:talks") == pytest.approx((3 + PRIOR * mean) / (4 + PRIOR))
    assert value(table, customers, "upset", "mood:talks") == pytest.approx((-2 + PRIOR * mean) / (2 + PRIOR))
    assert value(table, customers, "silent", "mood:talks") == pytest.approx(mean)
    assert value(table, customers, "upset", "channel:网页") == pytest.approx((2 + PRIOR * 2 / 12) / (3 + PRIOR))
    assert value(table, customers, "silent", "channel:App") == pytest.approx(10 / 12)


def test_every_feature_of_any_shop_has_words(shop: Shop):
    for feature in shop.model.segmentation.features.names:
        assert title(feature) and tendency(feature, True) != tendency(feature, False)
        assert "nan" not in written(feature, 0.0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.sampled_from(["x", "y"]),
            st.sampled_from(["view", "purchase", "dislike"]),
            st.sampled_from([None, 1, float("nan"), float("inf"), -3, 1e9]),
            st.sampled_from([None, NOW, NOW + timedelta(days=9999), "1970-01-01", "??", float("inf")]),
        ),
        max_size=30,
    ),
    st.sampled_from([0.0, 19.9, float("nan"), float("inf"), -5.0]),
)
def test_whatever_the_rows_are_features_are_finite_and_segments_are_described(rows, price):
    items = [Item("x", "甲", price, ("茶",)), Item("y", "乙", 5.0)]
    model = ShopRecommender.fit(rows, items, [CustomerFacts("a", moods={"negative": 1})], now=NOW)
    table = model.segmentation.features
    assert np.isfinite(table.values).all() and len(table) == len(model.segmented)
    assert np.isfinite(model.segmentation.standardised(table)).all()
    for one in model.segments:
        assert "nan" not in one.description and all(np.isfinite(list(one.centroid.values())))


# --- segments ---------------------------------------------------------------------------------------------


def test_segments_find_the_groups_and_name_them_apart():
    features = three_groups()
    fitted = Segments(3).fit(features)
    labels = fitted.predict(features)
    assert [len(set(labels[n : n + 30].tolist())) for n in (0, 30, 60)] == [1, 1, 1]
    names = [fitted.segments[labels[n]].name for n in (0, 30, 60)]
    assert len(set(names)) == 3
    assert names[1] == "许久没来的老客"
    assert sum(s.size for s in fitted.segments) == 90 and sum(s.share for s in fitted.segments) == pytest.approx(1)
    assert Segments(3).fit(features).segments == fitted.segments, "the same seed gives the same segments"


@pytest.mark.parametrize(("rows", "k"), [(0, 0), (1, 1), (3, 1)])
def test_fewer_distinct_customers_give_fewer_segments(rows, k):
    fitted = Segments(5).fit(Features(FEATURES, np.ones((rows, 7), np.float32)))
    assert len(fitted.segments) == k
    assert fitted.predict(Features(FEATURES, np.ones((2, 7), np.float32))).tolist() == ([0, 0] if k else [-1, -1])


def test_every_customer_with_an_event_has_a_described_segment(shop):
    for customer in {c for c, *_ in shop.events}:
        segment = shop.model.segment_of(customer)
        assert segment.name and "位顾客" in segment.description and set(FEATURES) < set(segment.centroid)
    assert shop.model.segment_count == len(shop.model.segments) == 5
    assert shop.model.segment_of("nobody") is None and shop.model.segment_of(None) is None


def test_the_numbers_of_a_segment_are_means_of_its_members(shop: Shop):
    model, table = shop.model.segmentation, shop.model.segmentation.features
    labels = model.predict(table)
    for one in shop.model.segments:
        members = table.values[labels == one.index].astype(float)
        assert one.size == len(members)
        for feature, mean in zip(table.names, members.mean(axis=0), strict=True):
            assert one.centroid[feature] == pytest.approx(mean, abs=1e-3)


def test_who_never_ordered_is_in_no_mean_of_last_orders_and_prices():
    values = np.zeros((4, 7), np.float32)
    values[:2] = [10, 2, 80, 40, 1, 1, 99]
    values[2:] = [300, 0, 0, 40, 1, 3, 300]
    (one,) = Segments(1).fit(Features(FEATURES, values)).segments
    assert (
        "人均下单 1.0 次、共花 40 元；2 位下过单，这些顾客买过的东西均价 40 元，上次下单平均在 10 天前"
        in one.description
    )
    (none,) = Segments(1).fit(Features(FEATURES, values[2:])).segments
    assert "还没有下过单" in none.description


def test_the_main_words_of_a_name_are_true_of_the_segment(shop: Shop):
    """Whatever the shop: a segment called long away was away longer than the average, and so on."""
    for seed in range(6):
        model = make_shop(seed, people=60).model.segmentation
        standard = model.standardised(model.features)
        labels = model.predict(model.features)
        weights = dict(segments._NAMES)
        assert len({one.name for one in model.segments}) == len(model.segments), "no name twice"
        for one in model.segments:
            for feature, weight in weights.get(one.name, {}).items():
                if abs(weight) >= 0.5:
                    column = standard[labels == one.index, model.features.names.index(feature)]
                    assert column.mean() * weight > 0, f"{one.name}: {feature}"


def test_a_feature_that_is_the_same_for_everybody_changes_nothing():
    features = three_groups()
    rows = len(features)
    for constant in (0.0, 0.31, 5e6):
        more = Features((*FEATURES, "mood:talks"), np.column_stack([features.values, np.full(rows, constant)]))
        one, other = Segments(3).fit(features), Segments(3).fit(more)
        assert other.predict(more).tolist() == one.predict(features).tolist()
        assert [s.name for s in other.segments] == [s.name for s in one.segments]
        odd = replace(more, values=more.values + np.eye(8)[7] * 99)
        assert other.predict(odd).tolist() == one.predict(features).tolist(), "nor when it varies later"


def test_a_block_weighs_the_same_however_many_columns_tell_it():
    rng = np.random.default_rng(3)
    values = rng.random((50, 7)).astype(np.float32)
    share = rng.random(50).astype(np.float32)
    one = Features((*FEATURES, "kind:茶"), np.column_stack([values, share]))
    three = Features((*FEATURES, "kind:茶", "kind:杯", "kind:碗"), np.column_stack([values, share, share, share]))
    distances = []
    for features in (one, three):
        fitted = Segments(3).fit(features)
        standard = fitted.standardised(features)
        distances.append(((standard[:, None] - standard[None]) ** 2).sum(axis=2))
    assert np.allclose(distances[0], distances[1], atol=1e-5)


def test_one_odd_customer_gets_no_segment_of_his_own():
    rng = np.random.default_rng(4)
    values = rng.normal(3, 0.2, (80, 7))
    values[40:, :6] += 2
    values[0, 6] = 16.0  # a date of 1970 where the others came last month
    sizes = [one.size for one in Segments(2).fit(buying(values)).segments]
    assert sizes == [40, 40]


def test_who_said_no_is_in_no_segment_and_in_no_figure():
    shop = make_shop()
    refused = {"C000", "C001"}
    facts = [replace(one, consent=one.customer_id not in refused and None) for one in shop.customers]
    facts = [replace(one, consent=False) if one.customer_id in refused else one for one in facts]
    model = ShopRecommender.fit(shop.events, shop.items, facts, now=NOW)
    without = ShopRecommender.fit([e for e in shop.events if e[0] not in refused], shop.items, facts, now=NOW)
    assert model.segment_of("C000") is None and not refused & set(model.segmented)
    assert model.segments == without.segments, "as if they had never been there"


def test_kinds_name_a_segment_that_buying_habits_do_not_tell_apart():
    people = np.ones((60, 7), np.float32)
    likes_tea = np.repeat([0.9, 0.1, 0.1], 20).astype(np.float32)
    fitted = Segments(2).fit(Features((*FEATURES, "kind:茶"), np.column_stack([people, likes_tea])))
    assert [one.name for one in fitted.segments] == ["普通顾客", "爱买茶的顾客"]
    assert "和别的顾客比：爱买茶" in fitted.segments[1].description


# --- how many, and the picture ------------------------------------------------------------------------------


def test_the_choice_of_k_finds_the_number_of_groups_and_is_the_same_again():
    model = Segments(5).fit(three_groups())
    standard = model.standardised(model.features)
    choice = choice_of_k(standard, 5, 1)
    assert (choice.used, choice.recommended) == (5, 3), "the number in use stays, the figures are shown"
    assert [one.k for one in choice.tried] == list(range(2, 11))
    three = choice.tried[1]
    assert three.stability == 1.0 and three.silhouette > 0.9 and three.smallest == pytest.approx(1 / 3, abs=1e-4)
    assert three.stability >= STABLE > min(one.stability for one in choice.tried)
    assert choice_of_k(standard, 5, 1) == choice


@pytest.mark.parametrize(("people", "tried"), [(0, []), (1, []), (2, []), (4, [2, 3])])
def test_no_number_is_tried_that_has_not_enough_customers(people, tried):
    choice = choice_of_k(np.arange(people * 2.0).reshape(people, 2), 5, 1)
    assert [one.k for one in choice.tried] == tried
    assert (choice.recommended is None) == (not tried)


def test_the_picture_lies_along_the_direction_in_which_customers_differ():
    rng = np.random.default_rng(2)
    standard = np.column_stack([rng.normal(0, 3, 200), rng.normal(0, 1, 200), np.zeros(200)])
    found = project(standard, ("orders", "price", "mood:talks"))
    first, second = found.axes
    assert first.loadings[0][0] == "orders" and first.loadings[0][1] == pytest.approx(1, abs=0.01)
    assert second.loadings[0][0] == "price" and second.loadings[0][1] > 0
    assert first.explained + second.explained == pytest.approx(1, abs=1e-3) and first.explained > second.explained
    assert np.allclose(found.place(standard), found.points)
    assert np.corrcoef(found.points[:, 0], standard[:, 0])[0, 1] > 0.99, "to the right is more"


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_customers_who_do_not_differ_have_no_picture(rows):
    assert project(np.ones((rows, 4)), ("orders", "price", "spent", "tenure")) is None


def test_two_customers_lie_on_a_line():
    found = project(np.array([[0.0, 0.0], [3.0, 4.0]]), ("orders", "price"))
    assert np.isfinite(found.points).all() and found.axes[0].explained == 1 and found.axes[1].explained == 0


def test_what_is_due_again_is_told_longest_overdue_first(shop: Shop):
    found = {c: shop.model.due_again(Request(customer_id=c, now=NOW)) for c in sorted({c for c, *_ in shop.events})}
    told = {customer: due for customer, due in found.items() if due}
    assert told, "cat food is bought again every month in this shop"
    for customer, due in told.items():
        waited = [one.elapsed_days / one.cycle.days for _, one in due]
        assert waited == sorted(waited, reverse=True)
        for product, one in due:
            times = [at for c, p, t, _, at in shop.events if (c, p, t) == (customer, product, "purchase")]
            assert one.elapsed_days == pytest.approx((NOW - max(times)).total_seconds() / 86400)
    customer = next(iter(told))
    assert shop.model.due_again(Request(customer_id=customer, personalised=False, now=NOW)) == []
