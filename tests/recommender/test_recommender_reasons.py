"""Reasons are true: each piece of evidence is recomputed from the raw events by other means than the recommender's."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta

import pytest
from recommender_kit import NOW, Shop

from recommender import Item, Request, ShopRecommender
from recommender.evidence import PERSONAL, STRENGTH
from recommender.interactions import SHANGHAI
from recommender.reasons import _WORDS, say, short

WISHES = [
    {},
    {"n": 8},
    {"kinds": {"耳机"}},
    {"kinds": {"猫粮"}},
    {"kinds": {"口红"}, "max_price": 200.0},
    {"colours": {"黑"}},
    {"kinds": {"面膜"}, "cheaper_than": 250.0},
    {"tags": {"女朋友"}, "for_other": True},
    {"max_price": 120.0, "n": 6},
    {"min_price": 100.0, "max_price": 200.0},
    {"brands": {"甲牌"}, "n": 5},
    {"kinds": {"香水"}, "max_price": 1.0},
]


def everything(shop: Shop):
    """(request, suggestion) over many customers and wishes."""
    for customer in (None, "C000", "C001", "C002", "C010", "C031", "C050", "C077", "new"):
        for personalised in (True, False):
            for wish in WISHES:
                limits = {k: frozenset(v) if isinstance(v, set) else v for k, v in wish.items()}
                request = Request(customer_id=customer, personalised=personalised, now=NOW, **limits)
                found = shop.model.suggest(request)
                for item in found.items:
                    yield request, found, item


def recompute(shop: Shop, request: Request, found, suggested) -> bool:
    """Whether the evidence holds, by sets over the events."""
    e, item, me = suggested.evidence, shop.item(suggested.product_id), request.customer_id
    kind = e["kind"]
    mine = shop.bought(me or "")
    others = {c for c in {c for c, *_ in shop.events} if c != me}
    if kind in ("bought_together", "viewed_together"):
        people = shop.buyers if kind == "bought_together" else shop.interested
        owned = mine if kind == "bought_together" else {p for c, p, *_ in shop.events if c == me} - mine
        both = people(e["because"]) & people(item.product_id) & others
        base = people(e["because"]) & others
        return (
            e["because"] in owned
            and e["because"] != item.product_id
            and e["both"] == len(both) >= 3
            and e["others"] == len(base)
            and e["often"] == (len(both) >= 0.2 * len(base))
        )
    if kind == "same_brand":
        return e["because"] in mine and shop.item(e["because"]).brand == item.brand == e["brand"]
    if kind == "kind_habit":
        return (
            set(e["because"]) <= mine
            and len(e["because"]) == e["products"] >= 2
            and all(e["of"] in shop.item(p).kinds for p in [*e["because"], item.product_id])
        )
    if kind == "looked_at":
        return (
            e["because"] == item.product_id and me in shop.interested(item.product_id) and item.product_id not in mine
        )
    if kind == "same_kind":
        return (
            me in shop.interested(e["because"]) and e["of"] in shop.item(e["because"]).kinds and e["of"] in item.kinds
        )
    if kind == "segment":
        same = {c for c in others | {me} if (s := shop.model.segment_of(c)) and s.index == e["segment"]}
        return (
            shop.model.segment_of(me).index == e["segment"]
            and e["buyers"] == len(shop.buyers(item.product_id, 90) & same) >= 3
        )
    if kind == "due_again":
        last = max(at for c, p, t, _, at in shop.events if (c, p, t) == (me, item.product_id, "purchase"))
        return e["last_on"] == last.astimezone(SHANGHAI).date().isoformat() and e["days"] == (NOW - last).days
    sold = Counter({i.product_id: len(shop.buyers(i.product_id, 90)) for i in shop.items if i.available})
    if kind in ("best_in_kind", "top_in_kind", "best_in_budget", "best_in_shop", "bought_lately"):
        if kind in ("best_in_kind", "top_in_kind"):
            among = [i.product_id for i in shop.items if i.available and e["of"] in i.kinds]
        elif kind == "best_in_budget":
            low, high = request.min_price or 0, request.max_price or 1e9
            among = [
                i.product_id
                for i in shop.items
                if i.available and low <= i.price <= high and (not request.kinds or set(i.kinds) & request.kinds)
            ]
        else:
            among = list(sold)
        better = sum(sold[p] > sold[item.product_id] for p in among)
        ties = sum(sold[p] == sold[item.product_id] for p in among) - 1
        claimed = {
            "best_in_kind": better == 0 == ties,
            "best_in_budget": better == 0 == ties,
            "bought_lately": True,
            "top_in_kind": better + 1 == e.get("rank") and not ties,
            "best_in_shop": better + ties + 1 <= 10,
        }
        return claimed[kind] and e["buyers"] == sold[item.product_id] >= 3 and item.product_id in among
    if kind == "bought_ever":
        return e["buyers"] == len(shop.buyers(item.product_id)) >= 3
    if kind == "watched":
        return e["people"] == len(shop.interested(item.product_id)) >= 3
    if kind == "gift_tag":
        return e["tag"] in item.tags and e["word"] in request.tags
    if kind == "cheaper":
        return e["price"] == item.price < request.cheaper_than == e["than"] and e["by"] == round(
            e["than"] - item.price, 2
        )
    if kind == "colour":
        return e["colour"] in item.colours and e["colour"].removesuffix("色") in {
            c.removesuffix("色") for c in request.colours
        }
    if kind == "in_budget":
        return found.exact and (request.min_price or 0) <= e["price"] == item.price <= (request.max_price or 1e9)
    if kind == "lowest_price":
        return found.exact and e["price"] == item.price
    return kind == "plain" and e["price"] == item.price


def test_every_reason_is_recomputed_from_the_data(shop):
    kinds = Counter()
    for request, found, suggested in everything(shop):
        assert recompute(shop, request, found, suggested), (request, suggested)
        kinds[suggested.evidence["kind"]] += 1
    assert {"bought_together", "viewed_together", "due_again", "best_in_kind", "gift_tag", "cheaper"} <= set(kinds), (
        kinds
    )


def test_every_number_in_a_reason_is_in_its_evidence(shop):
    for _, _, suggested in everything(shop):
        e = suggested.evidence
        known = {f"{v:g}" for v in e.values() if isinstance(v, (int, float))} | {str(round(e.get("usual_days", 0)))}
        if e.get("bought_at"):
            known.add(str(datetime.fromisoformat(e["bought_at"]).month))
        names = "".join(short(shop.item(p)) for p in ([e["because"]] if isinstance(e.get("because"), str) else []))
        for number in re.findall(r"\d+(?:\.\d+)?", suggested.reason):
            assert number in known or number in names, (number, suggested)


def test_personal_evidence_comes_only_where_the_past_may_be_used(shop):
    for request, found, suggested in everything(shop):
        personal = suggested.evidence["kind"] in PERSONAL
        if not found.personalised:
            assert not personal
        if personal:
            assert request.personalised and request.customer_id and not request.for_other


def test_a_list_says_different_things(shop):
    for customer in ("C000", "C001", "C002"):
        found = shop.model.suggest(Request(customer_id=customer, now=NOW))
        assert len({s.reason for s in found.items}) == 3
        assert len({s.evidence["kind"] for s in found.items}) >= 2


def test_few_customers_are_no_evidence():
    items = [Item(n, f"商品{n}", 10.0 + ord(n), (n,)) for n in "abcd"]
    events = [(c, p, "purchase", 1.0, NOW - timedelta(days=2)) for c in ("x", "y") for p in "ab"]
    events.append(("me", "a", "purchase", 1.0, NOW - timedelta(days=2)))
    found = ShopRecommender.fit(events, items, now=NOW).suggest(Request(customer_id="me", now=NOW))
    assert found.items and not any("位顾客" in s.reason for s in found.items)


def test_the_customer_is_not_counted_among_the_others():
    items = [Item(n, f"商品{n}", 10.0, (n,)) for n in "ab"]
    events = [(f"c{n}", p, "purchase", 1.0, NOW - timedelta(days=2)) for n in range(4) for p in "ab"]
    events.append(("me", "a", "purchase", 1.0, NOW - timedelta(days=40)))
    found = ShopRecommender.fit(events, items, now=NOW).suggest(Request(customer_id="me", now=NOW))
    evidence = found.items[0].evidence
    assert (evidence["kind"], evidence["because"], evidence["both"], evidence["others"]) == (
        "bought_together",
        "a",
        4,
        4,
    )
    assert "上月" in found.items[0].reason


def test_every_kind_of_evidence_has_wordings_and_all_of_them_can_be_said():
    facts = {
        "buyers": 5,
        "people": 6,
        "days": 90,
        "of": "耳机",
        "rank": 2,
        "among": 9,
        "price": 99.5,
        "than": 120.0,
        "by": 20.5,
        "both": 4,
        "others": 8,
        "because": "x",
        "brand": "甲牌",
        "products": 2,
        "tag": "送爸妈",
        "word": "爸爸",
        "colour": "黑色",
        "aspect": "续航",
        "praise": "续航好",
        "good": 87,
        "said": 92,
        "usual_days": 30.4,
        "based_on": "kind",
        "bought_at": "2026-10-03",
    }
    other = Item("x", "甲牌 一款名字很长很长的耳机 黑色", 9.0, ("耳机",), "甲牌")
    assert {key.split("/")[0] for key in _WORDS} == set(STRENGTH)
    for key, wordings in _WORDS.items():
        kind, _, which = key.partition("/")
        taken: set[str] = set()
        evidence = facts | {"kind": kind, "often": which == "often"} | ({"based_on": "own"} if which == "own" else {})
        said = {say(evidence, other, lambda _: other, NOW.date(), taken) for _ in wordings}
        assert len(said) == len(wordings) >= 2 and taken == set(wordings)
        assert not any(re.search(r"[{}]|None|nan|亲|～|根据您", text) for text in said)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (Item("a", "蓝月亮洗衣液", 9.0, ("洗衣液",), "蓝月亮"), "蓝月亮洗衣液"),
        (Item("b", "皇家 室内成猫粮 2kg 七岁以下专用", 9.0, ("宠物", "猫粮"), "皇家"), "皇家猫粮"),
        (Item("c", "一件没有种类也没有牌子的长名商品", 9.0), "“一件没有种类也没有牌…”"),
        (Item("d", "", 9.0), "那款"),
    ],
)
def test_goods_have_short_names_inside_a_sentence(item, name):
    assert short(item) == name
