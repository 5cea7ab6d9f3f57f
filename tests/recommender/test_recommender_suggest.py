"""What a customer is shown: limits inside the top-N, the nearest when nothing fits, consent, gifts, repurchase, live
events."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recommender_kit import NOW, Shop, make_shop

from recommender import BadOption, CustomerFacts, Event, Item, Request, ShopRecommender, UnknownOption
from recommender.request import STRATEGIES

SHOP = make_shop()
LEANS_ON_THE_PAST = re.compile(
    r"[您你].{0,8}(买|看|浏览|收藏|逛)过|[和跟与][您你]|[您你]的(喜好|偏好|口味)|根据[您你]|[您你]上次"
)


def ask(shop: Shop, **wish):
    wish = {name: frozenset(value) if isinstance(value, (set, list)) else value for name, value in wish.items()}
    return shop.model.suggest(Request(now=NOW, **wish))


def ids(found) -> list[str]:
    return [item.product_id for item in found.items]


def narrow(values):
    return st.frozensets(st.sampled_from(values), max_size=2)


requests = st.builds(
    Request,
    n=st.integers(1, 6),
    customer_id=st.sampled_from([None, "C000", "C001", "C002", "C044", "nobody"]),
    personalised=st.booleans(),
    for_other=st.booleans(),
    kinds=narrow(["耳机", "蓝牙耳机", "猫粮", "口红", "充电宝"]),
    exclude_kinds=narrow(["面膜", "猫砂"]),
    brands=narrow(["甲牌", "乙牌"]),
    exclude_brands=narrow(["丙牌", "丁牌"]),
    colours=narrow(["黑", "白色", "红色"]),
    min_price=st.one_of(st.none(), st.floats(0, 300)),
    max_price=st.one_of(st.none(), st.floats(20, 500), st.just(math.nan)),
    cheaper_than=st.one_of(st.none(), st.floats(30, 500)),
    tags=st.frozensets(st.sampled_from(["女朋友", "男友", "妈妈", "生日", "出差"]), max_size=2),
    exclude=st.frozensets(st.sampled_from([f"P{n:03d}" for n in range(72)] + ["unknown"]), max_size=30),
    now=st.just(NOW),
)


def fits(item: Item, request: Request) -> bool:
    """The limits by the book, one by one."""
    colours = {c.removesuffix("色") for c in request.colours}
    price = item.price
    return (
        (not request.kinds or bool(set(item.kinds) & request.kinds))
        and not set(item.kinds) & request.exclude_kinds
        and (not request.brands or item.brand in request.brands)
        and item.brand not in request.exclude_brands
        and (not colours or any(c.removesuffix("色") in colours for c in item.colours))
        and (request.min_price is None or price >= request.min_price)
        and (request.max_price is None or math.isnan(request.max_price) or price <= request.max_price)
        and (request.cheaper_than is None or price < request.cheaper_than)
    )


@settings(max_examples=300, deadline=None)
@given(requests)
def test_n_come_back_when_n_fit_and_no_limit_is_broken(request_):
    found = SHOP.model.suggest(request_)
    bought = SHOP.bought(request_.customer_id or "")
    allowed = [
        i for i in SHOP.items if i.available and i.product_id not in request_.exclude | bought and fits(i, request_)
    ]
    tagged = {"女朋友": "送女友", "男友": "送男友", "妈妈": "送妈妈", "出差": "出差"}
    words = {tagged[w] for w in request_.tags if w in tagged}
    if words and not request_.kinds:
        allowed = [i for i in allowed if words & set(i.tags)]
    due = {s.product_id for s in found.items if s.evidence["kind"] == "due_again"}
    shown = [SHOP.item(product_id) for product_id in ids(found)]

    assert len(ids(found)) == len(set(ids(found)))
    assert not set(ids(found)) & request_.exclude
    assert not set(ids(found)) & (bought - due)
    assert all(item.available for item in shown)
    assert not any(set(item.kinds) & request_.exclude_kinds or item.brand in request_.exclude_brands for item in shown)
    assert all(math.isfinite(s.score) and s.propensity == 1.0 and s.reason for s in found.items)
    assert found.strategy in STRATEGIES
    if allowed:
        assert found.exact and found.relaxed is None
        assert len(shown) >= min(request_.n, len(allowed))
        assert all(fits(item, request_) for item in shown)
    elif not due:
        assert not found.exact
        assert bool(found.relaxed) == bool(found.items)
    if not request_.personalised or request_.customer_id in (None, "nobody") or request_.for_other:
        assert not found.personalised
        assert found.strategy in ("popular", "content")
        assert not any(LEANS_ON_THE_PAST.search(s.reason) for s in found.items)


@settings(max_examples=50, deadline=None)
@given(requests)
def test_the_same_question_gets_the_same_answer(request_):
    assert SHOP.model.suggest(request_) == SHOP.model.suggest(request_)


def test_taste_decides_for_customers_with_a_history(shop):
    for customer, side in (("C000", "数码"), ("C001", "宠物"), ("C002", "美妆")):
        found = ask(shop, customer_id=customer, n=5)
        assert found.personalised and found.strategy in ("item_cf", "blend")
        assert sum(shop.item(p).tags[0] == side for p in ids(found)) >= 4


def test_without_consent_everybody_gets_the_same_popular_goods(shop):
    mine = ask(shop, customer_id="C001", personalised=False)
    nobody = ask(shop)
    assert mine.strategy == nobody.strategy == "popular"
    assert not mine.personalised
    assert not set(ids(mine)) & shop.bought("C001")
    new = ask(shop, customer_id="registered-today")
    assert ids(new) == ids(nobody) and not new.personalised


def test_a_list_of_sold_and_unsold_goods_is_popular_not_personal():
    items = [Item(n, n * 2, 9.0, (n,)) for n in "abc"]
    events = [(f"c{n}", "a", "purchase", 1.0, NOW) for n in range(3)]
    found = ShopRecommender.fit(events, items, now=NOW).suggest(Request(now=NOW))
    assert len(found.items) == 3 and (found.strategy, found.personalised) == ("popular", False)


def test_filters_alone_decide_where_nobody_bought_anything():
    model = ShopRecommender.fit((), [Item("a", "甲", 9.0, ("耳机",)), Item("b", "乙", 5.0, ("耳机",))])
    found = model.suggest(Request(kinds=frozenset({"耳机"}), customer_id="x"))
    assert found.strategy == "content" and not found.personalised and found.exact
    assert ids(found) == ["a", "b"]


@pytest.mark.parametrize(
    ("wish", "relaxed"),
    [
        ({"kinds": {"口红"}, "max_price": 1.0}, "max_price"),
        ({"kinds": {"口红"}, "min_price": 9000.0}, "min_price"),
        ({"kinds": {"口红"}, "cheaper_than": 2.0}, "cheaper_than"),
        ({"kinds": {"口红"}, "brands": {"没有的牌子"}}, "brands"),
        ({"kinds": {"口红"}, "colours": {"紫色"}}, "colours"),
        ({"kinds": {"口红"}, "brands": {"没有的牌子"}, "colours": {"紫色"}}, "colours+brands"),
    ],
)
def test_when_nothing_fits_the_nearest_come_marked_with_the_limit_let_go(shop, wish, relaxed):
    found = ask(shop, **wish)
    assert not found.exact and found.relaxed == relaxed and len(found.items) == 3
    assert all("口红" in shop.item(p).kinds for p in ids(found))


def test_the_nearest_in_price_come_first(shop):
    prices = sorted(i.price for i in shop.items if "口红" in i.kinds and i.available)
    assert [shop.item(p).price for p in ids(ask(shop, kinds={"口红"}, max_price=1.0))] == prices[:3]
    assert [shop.item(p).price for p in ids(ask(shop, kinds={"口红"}, min_price=9000.0))] == prices[::-1][:3]


def test_a_narrow_kind_that_is_sold_out_gives_the_broader_one():
    items = [
        Item("a", "甲", 9.0, ("耳机", "蓝牙耳机"), available=False),
        Item("b", "乙", 8.0, ("耳机", "头戴式耳机")),
        Item("c", "丙", 8.0, ("键盘",)),
    ]
    found = ShopRecommender.fit((), items).suggest(Request(kinds=frozenset({"蓝牙耳机"})))
    assert ids(found) == ["b"] and not found.exact and found.relaxed == "kinds"


def test_a_kind_the_shop_does_not_have_gives_nothing_rather_than_something_else(shop):
    found = ask(shop, kinds={"汽车"})
    assert not found and not found.exact and found.relaxed is None


def test_cheaper_than_is_below_that_price(shop):
    found = ask(shop, kinds={"口红"}, cheaper_than=200.0)
    assert found.items and all(shop.item(p).price < 200 for p in ids(found))


def test_a_gift_does_not_use_the_customers_own_taste(shop):
    mine, for_her = (ask(shop, customer_id="C001", for_other=other, tags={"女朋友"}) for other in (False, True))
    assert mine.personalised and not for_her.personalised
    assert all("送女友" in shop.item(p).tags for p in ids(for_her))
    assert (
        ids(for_her) == [p for p in ids(ask(shop, tags={"女朋友"}, n=9)) if p not in shop.bought("C001")][:3]
        or for_her.items
    )


def test_with_a_kind_given_the_words_for_whom_only_decide_the_order():
    items = [
        Item(f"i{n}", f"杯子{n}号{n * 37}", 50.0 + n, ("保温杯",), tags=("送爸妈",) if n == 4 else ()) for n in range(5)
    ]
    found = ShopRecommender.fit((), items).suggest(
        Request(kinds=frozenset({"保温杯"}), tags=frozenset({"爸爸", "生日"}))
    )
    assert ids(found)[0] == "i4" and len(found.items) == 3 and found.exact
    assert found.unmatched_tags == ("生日",)
    assert "送爸妈" in found.items[0].reason and not any("送爸妈" in s.reason for s in found.items[1:])


def test_a_title_for_children_or_the_other_sex_comes_last_for_a_grown_up():
    items = [
        Item("a", "儿童吸管保温杯", 50.0, ("保温杯",)),
        Item("b", "保温杯 女士款", 50.0, ("保温杯",)),
        Item("c", "真空保温杯", 50.0, ("保温杯",)),
    ]
    found = ShopRecommender.fit((), items).suggest(
        Request(kinds=frozenset({"保温杯"}), tags=frozenset({"爸爸"}), for_other=True)
    )
    assert ids(found)[0] == "c"


def test_a_consumable_comes_back_when_it_is_due_and_only_with_consent():
    food = Item("food", "猫粮 2kg", 80.0, ("猫粮",))
    phone = Item("phone", "手机", 999.0, ("手机",))
    events = [
        (f"c{n}", "food", "purchase", 1.0, NOW - timedelta(days=30 * turn + 30)) for n in range(6) for turn in range(4)
    ]
    events += [(f"c{n}", "phone", "purchase", 1.0, NOW - timedelta(days=30)) for n in range(6)]
    model = ShopRecommender.fit(events, [food, phone], now=NOW)
    found = model.suggest(Request(customer_id="c0", now=NOW))
    assert ids(found) == ["food"] and found.strategy == "due_again" and found.personalised
    evidence = found.items[0].evidence
    assert (evidence["days"], evidence["usual_days"], evidence["based_on"]) == (30, 30.0, "own")
    assert not model.suggest(Request(customer_id="c0", now=NOW, personalised=False))
    assert not model.suggest(Request(customer_id="c0", now=NOW, for_other=True))
    assert not model.suggest(Request(customer_id="c0", now=NOW - timedelta(days=20)))
    assert not model.suggest(Request(customer_id="c0", now=NOW, bought={"food": NOW - timedelta(days=1)}))
    assert not model.suggest(Request(customer_id="c0", now=NOW, exclude=frozenset({"food"})))
    in_cart = [Event("food", "cart", NOW - timedelta(days=30, hours=1))]
    assert ids(model.suggest(Request(customer_id="c0", now=NOW, history=in_cart))) == ["food"], "ordered since"
    in_cart = [Event("food", "cart", NOW - timedelta(hours=1))]
    assert not model.suggest(Request(customer_id="c0", now=NOW, history=in_cart))
    other_since = model.with_catalogue([food, phone, Item("food2", "猫粮 别的", 70.0, ("猫粮",))])
    found = other_since.suggest(Request(customer_id="c0", now=NOW, bought={"food2": NOW - timedelta(days=2)}))
    assert not found, "who bought another cat food two days ago needs none"


def test_live_events_change_the_next_answer_at_once(shop):
    new = {"customer_id": "registered-today"}
    before = ask(shop, **new)
    looked = [Event(p, "view", NOW - timedelta(hours=2)) for p in ("P024", "P032", "P025")]
    after = ask(shop, **new, history=looked)
    assert after.personalised and after.strategy != "popular" and ids(after) != ids(before)
    assert sum(shop.item(p).tags[0] == "宠物" for p in ids(after)) >= 2
    first = ids(after)[0]
    disliked = ask(shop, **new, history=[*looked, Event(first, "不喜欢", NOW)])
    assert first not in ids(disliked)
    assert first not in ids(ask(shop, **new, history=[*looked, Event(first, "purchase", NOW)]))
    assert first not in ids(ask(shop, **new, history=[*looked, Event(first, "cart", NOW)]))
    assert first not in ids(ask(shop, **new, history=[*looked, Event(first, "view", NOW - timedelta(minutes=2))]))


@pytest.mark.parametrize(
    "who", [{}, {"customer_id": "C001", "personalised": False}, {"customer_id": "registered-today"}]
)
def test_the_page_that_is_open_decides_for_whoever_has_no_past(shop, who):
    open_now = next(i for i in shop.items if "猫粮" in i.kinds and shop.buyers(i.product_id))
    found = ask(shop, **who, n=4, looking_at={open_now.product_id})
    assert not found.personalised and found.strategy in ("item_cf", "content", "blend")
    assert open_now.product_id not in ids(found)
    assert sum(shop.item(p).tags[0] == "宠物" for p in ids(found)) >= 3
    assert any("正在看" in item.reason for item in found.items)
    assert not any(LEANS_ON_THE_PAST.search(item.reason.replace("您正在看", "")) for item in found.items)
    for item in found.items:
        if item.evidence["kind"] == "bought_with_this":
            assert item.evidence["both"] == len(shop.buyers(item.product_id) & shop.buyers(open_now.product_id))


def test_the_page_that_is_open_joins_a_known_taste_and_says_nothing_about_a_gift(shop):
    open_now = next(i.product_id for i in shop.items if "口红" in i.kinds)
    known = ask(shop, customer_id="C001", n=6)
    assert ask(shop, customer_id="C001", n=6, looking_at={open_now}).personalised
    assert ids(ask(shop, customer_id="C001", n=6, looking_at={"never heard of"})) == ids(known)
    gift = ask(shop, customer_id="C001", n=6, for_other=True, looking_at={open_now})
    assert not any("正在看" in item.reason for item in gift.items) and open_now not in ids(gift)


def test_events_that_the_model_has_learnt_from_do_not_count_twice(shop):
    again = [Event(p, t, at) for c, p, t, _, at in shop.events if c == "C001" and t in ("view", "favourite")]
    plain = ask(shop, customer_id="C001", n=6)
    assert [(s.product_id, s.score) for s in ask(shop, customer_id="C001", n=6, history=again).items] == [
        (s.product_id, s.score) for s in plain.items
    ]


def test_a_disliked_product_never_comes_again_whatever_else_was_done_with_it(shop):
    target = ids(ask(shop, customer_id="C000"))[0]
    events = [*shop.events, *[("C000", target, "view", None, NOW)] * 30, ("C000", target, "dislike", None, NOW)]
    model = ShopRecommender.fit(events, shop.items, shop.customers, now=NOW)
    assert target not in ids(model.suggest(Request(customer_id="C000", n=50, now=NOW)))
    assert target not in ids(model.suggest(Request(customer_id="C000", n=50, now=NOW, personalised=False)))


def test_todays_catalogue_decides_price_stock_and_new_goods(shop):
    lipstick = next(i for i in shop.items if "口红" in i.kinds and i.available)
    fresh = Item("NEW", f"{lipstick.brand} 口红 新款", 66.0, ("口红",), lipstick.brand)
    gone = {i.product_id for i in shop.items if "口红" in i.kinds} - {lipstick.product_id}
    today = [
        replace(i, price=1.5) if i is lipstick else replace(i, available=i.product_id not in gone) for i in shop.items
    ]
    view = shop.model.with_catalogue([*today, fresh])
    found = view.suggest(Request(kinds=frozenset({"口红"}), now=NOW))
    assert set(ids(found)) == {lipstick.product_id, "NEW"}
    assert ids(view.suggest(Request(kinds=frozenset({"口红"}), max_price=2.0, now=NOW))) == [lipstick.product_id]
    assert "NEW" in [name for name, _ in view.similar(lipstick.product_id, 12)]
    assert "NEW" not in shop.model._catalogue.index


def test_near_identical_goods_do_not_fill_the_list():
    twins = [Item(f"t{n}", f"蓝牙耳机 升级款 {n}", 99.0, ("耳机",), "甲") for n in range(4)]
    items = [*twins, Item("k", "机械键盘 青轴", 199.0, ("键盘",), "乙"), Item("m", "无线鼠标", 59.0, ("鼠标",), "丙")]
    events = [(f"c{n}", t.product_id, "purchase", 1.0, NOW - timedelta(days=3)) for n in range(9) for t in twins]
    events += [
        ("c9", "k", "purchase", 1.0, NOW - timedelta(days=3)),
        ("c9", "m", "purchase", 1.0, NOW - timedelta(days=3)),
    ]
    found = ShopRecommender.fit(events, items, now=NOW).suggest(Request(now=NOW))
    assert len({p for p in ids(found) if p.startswith("t")}) == 1


JUNK = [
    [],
    {},
    {"customer_id": [], "product_id": [], "type": []},
    [("c", "a", "purchase")],
    [("c", "unknown product", "view", None, NOW)] * 3,
    [(None, "a", "view", 1, NOW), ("c", math.nan, "view", 1, NOW), ("c", "a", "jump", 1, NOW), ("c",), (1, 2, 3, 4, 5)],
    [
        ("c", "a", "purchase", math.nan, None),
        ("c", "a", "view", math.inf, "never"),
        ("c", "b", "dislike", None, math.nan),
    ],
    [("c", "a", "purchase", 1e308, NOW + timedelta(days=4000)), ("d", "a", "purchase", -5, "2026-11-01")],
    [("only", "a", "purchase", 1, NOW)] * 50,
]


@pytest.mark.parametrize("events", JUNK)
def test_junk_never_gives_nan_nor_a_crash(events):
    items = [
        Item("a", "甲", 9.0),
        Item("b", "", math.nan, ("耳机",)),
        Item("c", "丙", -1.0),
        Item("d", "丁", math.inf),
        Item("e", "戊", 5.0, ("耳机",), "甲", ("黑色",), ("送爸妈",)),
        Item("e", "戊二", 6.0, ("耳机",)),
    ]
    model = ShopRecommender.fit(events, items, [CustomerFacts("c"), CustomerFacts("c")], now=NOW)
    for customer in (None, "c", "d", "only", "nobody"):
        for wish in (
            {},
            {"kinds": frozenset({"耳机"})},
            {"max_price": 7.0},
            {"max_price": math.nan},
            {"n": 0},
            {"n": -2},
        ):
            found = model.suggest(Request(customer_id=customer, now=NOW, **wish))
            assert all(math.isfinite(s.score) and "nan" not in s.reason for s in found.items)
            assert not {"b", "c", "d"} & set(ids(found))
        segment = model.segment_of(customer)
        assert segment is None or all(math.isfinite(value) for value in segment.centroid.values())
    assert model.similar("nothing") == []


def test_no_goods_at_all_gives_an_honest_empty_answer():
    for items in ([], [Item("a", "甲", 9.0, available=False)]):
        found = ShopRecommender.fit((), items).suggest(Request(customer_id="c"))
        assert not found and not found.exact and not found.personalised


def test_options_are_refused_by_name():
    with pytest.raises(UnknownOption, match="half_life_days"):
        ShopRecommender.fit((), [], config={"half_live_days": 3})
    with pytest.raises(BadOption, match="half_life_days"):
        ShopRecommender.fit((), [], config={"half_life_days": 0})


def test_recent_purchases_weigh_more():
    items = [Item(n, n * 3, 10.0, (n,)) for n in ("old", "new", "by-old", "by-new")]
    events = [(f"a{n}", p, "purchase", 1.0, NOW - timedelta(days=9)) for n in range(5) for p in ("old", "by-old")]
    events += [(f"b{n}", p, "purchase", 1.0, NOW - timedelta(days=9)) for n in range(5) for p in ("new", "by-new")]
    events += [
        ("me", "old", "purchase", 1.0, NOW - timedelta(days=900)),
        ("me", "new", "purchase", 1.0, NOW - timedelta(days=2)),
    ]
    found = ShopRecommender.fit(events, items, now=NOW, config={"diversity": 0.0}).suggest(
        Request(customer_id="me", now=NOW)
    )
    assert ids(found) == ["by-new", "by-old"]
