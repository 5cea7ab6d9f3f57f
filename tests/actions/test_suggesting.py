"""Suggestions: what may be shown, how they are steered, what is remembered."""

from __future__ import annotations

import pytest

from actions.needs import needed_kinds


def budget(most):
    return ("budget", {"min": None, "max": most})


EARPHONES = ("推荐几款耳机", "request_recommendation", ("category", "耳机"))


def products(store):
    return store.catalogue.snapshot().products


def prices(said):
    return [item["price"] for item in said.goods]


def test_a_visitor_on_a_products_page_is_shown_what_goes_with_it(talk):
    said = talk(None).hear("有什么推荐的", "request_recommendation", page="P1")
    assert "P1" not in said.ids and {"P2", "P3"} & set(said.ids)
    assert any("正在看" in item["reason"] for item in said.goods)


def test_goods_come_as_the_contract_says_and_read_well_alone(stage):
    said = stage.hear(*EARPHONES)
    assert len(said.data) == 1
    data = said.data[0]
    assert data["type"] == "products" and data["impression_id"] and data["strategy"]
    assert isinstance(data["personalised"], bool)
    assert all({"product_id", "title", "price", "image_url", "reason", "score"} <= set(item) for item in data["items"])
    for text in said.every:
        assert "1. " in text and "￥" in text
        assert all(item["reason"] in text for item in data["items"])


def test_what_was_bought_is_not_suggested(stage):
    seen = set(stage.hear(*EARPHONES).ids)
    for _ in range(3):
        seen |= set(stage.hear("换一批", "refine_recommendation").ids)
    assert "H2" not in seen


def test_another_batch_never_repeats_and_ends_honestly(stage):
    shown = [stage.hear(*EARPHONES).ids]
    for _ in range(4):
        said = stage.hear("换一批", "refine_recommendation")
        if not said.ids:
            assert said.responses == ["utter_no_more"]
            break
        shown.append(said.ids)
    flat = [product_id for ids in shown for product_id in ids]
    assert len(flat) == len(set(flat)) == 6  # all earphones but the one bought


def test_cheaper_lowers_the_dearest_and_the_average(stage):
    before = prices(stage.hear(*EARPHONES))
    after = prices(stage.hear("太贵了，便宜点的有吗", "refine_recommendation", mood="negative"))
    assert max(after) < max(before) and sum(after) / len(after) < sum(before) / len(before)


def test_nothing_cheaper_is_said_and_nothing_shown(stage):
    stage.hear("南极人的保温杯", "request_recommendation", ("category", "保温杯"), ("brand", "南极人"))
    said = stage.hear("再便宜点", "refine_recommendation")
    assert not said.ids and said.responses == ["utter_no_cheaper"]
    assert all("没有" in text and "59" in text for text in said.every)


def test_dearer_is_above_the_average(stage):
    before = prices(stage.hear("保温杯", "request_recommendation", ("category", "保温杯"), budget(80)))
    stage.slots["wish"].pop("max_price")
    after = prices(stage.hear("贵一点的", "refine_recommendation"))
    assert min(after) > sum(before) / len(before)


def test_a_brand_that_is_not_wanted_stays_away_and_the_budget_holds(stage):
    stage.hear("两百以内的保温杯", "request_recommendation", ("category", "保温杯"), budget(200))
    said = stage.hear("不要南极人的", "refine_recommendation", ("brand", "南极人", "exclude"))
    again = stage.hear("换一批", "refine_recommendation")
    assert said.ids and "C3" not in said.ids + again.ids
    assert all(price <= 200 for price in prices(said) + prices(again))


def test_other_brands_are_none_of_those_shown(stage, tiny_store):
    first = stage.hear("小米的蓝牙耳机", "request_recommendation", ("category", "蓝牙耳机"), ("brand", "小米"))
    said = stage.hear("换个牌子", "refine_recommendation")
    assert first.ids and said.ids
    goods = [products(tiny_store)[i] for i in said.ids]
    assert all(p.brand != "小米" and "蓝牙耳机" in p.kinds for p in goods)


def test_a_colour_is_kept(stage, tiny_store):
    stage.hear(*EARPHONES)
    said = stage.hear("有黑色的吗", "refine_recommendation", ("colour", "黑色"))
    assert said.ids and all("黑色" in products(tiny_store)[i].colours for i in said.ids)


def test_a_colour_that_is_not_wanted_is_left_out(stage, tiny_store):
    stage.hear(*EARPHONES)
    said = stage.hear("不要黑色的", "refine_recommendation", ("colour", "黑色", "exclude"))
    assert said.ids and all(set(products(tiny_store)[i].colours) != {"黑色"} for i in said.ids)


def test_another_kind_leaves_the_kind_shown(stage, tiny_store):
    stage.hear(*EARPHONES)
    said = stage.hear("换一类", "refine_recommendation")
    assert said.ids and all("耳机" not in products(tiny_store)[i].kinds for i in said.ids)


def test_a_new_kind_begins_a_new_wish(stage):
    stage.hear("一百以内的保温杯", "request_recommendation", ("category", "保温杯"), budget(100))
    stage.hear("再看看跑鞋", "request_recommendation", ("category", "跑鞋"))
    assert stage.slots["wish"] == {"kinds": ["跑鞋"]}


def test_limits_of_several_messages_hold_together(stage):
    stage.hear(*EARPHONES)
    stage.hear("蓝牙的，三百以内", "inform", ("category", "蓝牙耳机"), budget(300))
    said = stage.hear("黑色的", "inform", ("colour", "黑色"))
    assert set(said.ids) == {"H1", "H3"}


def test_over_the_budget_is_said_and_marked(stage):
    said = stage.hear("20块以内的蓝牙耳机", "request_recommendation", ("category", "蓝牙耳机"), budget(20))
    assert said.responses == ["utter_nearest"]
    assert all("没有" in text or "没找到" in text for text in said.every)
    assert all("预算" in item["reason"] or "超" in item["reason"] for item in said.goods)


def test_a_gift_speaks_of_whom_it_is_for(stage):
    said = stage.hear("送爸爸，200以内", "request_recommendation", ("recipient", "爸爸"), budget(200))
    assert said.ids and all("爸爸" in text for text in said.every)
    assert stage.services.recommender() is not None and stage.slots["wish"]["recipient"] == "爸爸"


@pytest.mark.parametrize("customer", [None, "C2"])
def test_without_consent_nothing_is_personal(talk, customer):
    said = talk(customer).hear("有什么值得买的", "request_recommendation")
    assert said.ids and said.data[0]["personalised"] is False
    assert not any(word in text for text in said.every for word in ("您买过", "您看过", "您的", "猜您"))


def test_nothing_is_called_popular_when_nobody_bought(talk):
    said = talk(None).hear("推荐点东西", "request_recommendation")
    assert said.responses == ["utter_suggest_some"]


def test_the_reasons_are_those_that_were_shown(stage):
    shown = stage.hear(*EARPHONES)
    said = stage.hear("第二个为什么推荐", "ask_recommendation_reason", ("ordinal", 2))
    assert shown.goods[1]["reason"] in said.text and shown.goods[0]["title"] not in said.text


def test_no_reason_is_made_up_when_nothing_was_shown(stage):
    assert stage.hear("为什么推荐这个", "ask_recommendation_reason").responses == ["utter_reason_nothing_shown"]


def test_bad_suggestions_are_not_shown_again_and_the_judgement_is_kept(stage, tiny_store):
    shown = stage.hear(*EARPHONES)
    said = stage.hear("推荐的都不喜欢", "feedback_negative", mood="negative")
    assert said.titles == ["样式", "价位", "换一类"] and not said.ids
    kept = list(tiny_store.feedback.export())
    assert [(f.rating, f.impression_id) for f in kept] == [("down", shown.data[0]["impression_id"])]
    assert not set(shown.ids) & set(stage.hear(*EARPHONES).ids)


def test_buttons_after_a_bad_verdict_work(stage):
    shown = stage.hear(*EARPHONES)
    said = stage.hear("都不行", "feedback_negative", mood="negative")
    cheaper = stage.press(said.buttons[1])
    assert cheaper.ids and max(prices(cheaper)) < max(prices(shown))
    style = stage.press(said.buttons[0])
    assert style.responses == ["utter_ask_style"] and "换个牌子" in style.titles


def test_goods_in_the_cart_are_not_suggested(stage):
    shown = stage.hear(*EARPHONES)
    stage.hear("第一个来一个", "place_order", ("ordinal", 1))
    assert shown.ids[0] not in stage.hear(*EARPHONES).ids


def test_steering_before_anything_was_shown_asks_what(stage):
    assert stage.hear("换个牌子", "refine_recommendation").responses == ["utter_refine_what"]


def test_a_limit_that_was_not_read_is_asked_about_and_not_ignored(stage):
    stage.hear(*EARPHONES)
    said = stage.hear("有没有带线控的", "refine_recommendation")
    assert said.responses == ["utter_refine_how"] and not said.ids


def test_asking_what_there_is_to_recommend_is_no_question_why(stage):
    assert stage.hear("有什么推荐的吗", "ask_recommendation_reason").ids


def test_a_word_that_tells_kinds_apart_narrows_the_wish(stage):
    stage.hear(*EARPHONES)
    stage.hear("蓝牙的，三百以内", "inform", budget(300))
    assert stage.slots["wish"]["kinds"] == ["蓝牙耳机"]


def test_when_all_of_a_colour_was_seen_the_next_batch_says_so_and_keeps_the_kind(stage, tiny_store):
    stage.hear(*EARPHONES)
    seen = set(stage.hear("灰色的", "refine_recommendation", ("colour", "灰色")).ids)
    said = stage.hear("换一批", "refine_recommendation")
    assert said.responses == ["utter_another_batch_looser"] and all("灰色" in text for text in said.every)
    assert not seen & set(said.ids) and all("耳机" in products(tiny_store)[i].kinds for i in said.ids)


def test_a_need_that_names_no_kind_is_met(stage, tiny_store):
    said = stage.hear("他平时爱跑步", "request_recommendation", ("recipient", "爸爸"))
    assert {products(tiny_store)[i].category for i in said.ids} == {"跑鞋"}


@pytest.mark.parametrize("read_as", ["praise", "inform", "chitchat"])
def test_a_need_told_after_suggestions_steers_them_whatever_it_was_read_as(stage, tiny_store, read_as):
    stage.hear("想给爸爸买个礼物", "request_recommendation", ("recipient", "爸爸"))
    said = stage.hear("他天天跑步", read_as)
    assert {products(tiny_store)[i].category for i in said.ids} == {"跑鞋"}


def test_a_kind_that_was_named_is_not_replaced_by_a_need(stage, tiny_store):
    said = stage.hear("跑步用的耳机", "request_recommendation", ("category", "耳机"))
    assert {products(tiny_store)[i].category for i in said.ids} == {"耳机"}


def test_a_no_with_other_goods_named_asks_for_those(stage, tiny_store):
    stage.hear(*EARPHONES)
    said = stage.hear("算了，给我看看保温杯吧", "deny", ("category", "保温杯"))
    assert {products(tiny_store)[i].category for i in said.ids} == {"保温杯"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("给我家狗买点吃的", "狗粮"),
        ("猫主子没口粮了", "猫粮"),
        ("她喜欢喝茶", "茶叶"),
        ("最近老失眠", "枕头"),
        ("手机总没电", "充电宝"),
    ],
)
def test_needs_stand_for_kinds_that_are_sold(text, kind):
    assert needed_kinds(text, {kind, "玩具"}) == [kind]
    assert needed_kinds(text, {"玩具"}) == []
