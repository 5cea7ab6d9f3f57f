"""Moves of the talk: hello, yes, no, told values, what do you mean, not understood – and the mood they are said in."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from actions.mood import waited
from actions.services import Limits
from actions.talk import time_of_day

EARPHONES = ("推荐几款耳机", "request_recommendation", ("category", "耳机"))


def test_hello_by_name_and_time_of_day_with_the_parcel_on_its_way(talk):
    morning = datetime(2026, 11, 25, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    said = talk("C1", clock=lambda: morning).hear("你好", "greet")
    assert all("林晓您好，早上好" in text and "在路上" in text for text in said.every)
    assert said.buttons[0]["payload"] == '/track_order{"order_id":"730101"}'


def test_yes_to_the_parcel_named_in_the_greeting_looks_it_up(stage):
    stage.hear("你好", "greet")
    said = stage.hear("嗯", "affirm")
    assert said.actions[-1] == "action_track_order" and "SF139028" in said.text


def test_hello_to_a_visitor_names_nobody(talk):
    said = talk(None).hear("在吗", "greet")
    assert said.responses == ["utter_greet"] and said.buttons


@pytest.mark.parametrize(
    ("hour", "words"), [(0, "夜深了"), (6, "早上好"), (10, "上午好"), (13, "中午好"), (16, "下午好"), (20, "晚上好")]
)
def test_time_of_day(hour, words):
    assert time_of_day(hour) == words


def test_yes_without_a_question_asks_what_is_meant(stage):
    said = stage.hear("可以的，就这样办", "affirm")
    assert said.responses == ["utter_yes_to_what"] and said.buttons


def test_heard_is_no_yes(stage):
    assert stage.hear("收到", "affirm").responses == ["utter_heard"]


def test_an_offer_is_good_for_the_next_message_only(stage):
    stage.hear("达伦台灯有货吗", "ask_stock", ("product", "L1"))
    assert stage.slots["asked"]
    stage.hear("讲个笑话", "chitchat")
    assert not stage.slots["asked"]
    assert stage.hear("好", "affirm").actions == ["action_affirm"]


def test_a_no_to_an_offer_lets_it_lapse(stage):
    stage.hear("达伦台灯有货吗", "ask_stock", ("product", "L1"))
    assert stage.hear("不用了", "deny").responses == ["utter_deny_offer"]
    assert not stage.slots["asked"]


@pytest.mark.parametrize(("text", "thing"), [("我没说要退款", "退款"), ("别取消", "取消"), ("没有退货的打算", "退货")])
def test_a_service_denied_is_named_and_not_done(stage, text, thing):
    said = stage.hear(text, "deny")
    assert said.responses == ["utter_deny_service"] and all(thing in t for t in said.every)


def test_taking_the_only_one_talked_about_goes_to_the_cart(stage):
    stage.hear(*EARPHONES)
    stage.hear("第二个多少钱", "ask_price", ("ordinal", 2))
    assert stage.hear("就它吧", "affirm").responses == ["utter_in_cart"]


def test_an_order_number_told_is_looked_up(stage):
    assert stage.hear("730101", "inform", ("order_id", "730101")).actions[:2] == ["action_inform", "action_track_order"]


def test_a_value_told_without_a_wish_is_not_lost(stage):
    said = stage.hear("我给快递打过电话了", "inform")
    assert said.responses == ["utter_noted"] and said.buttons


def test_not_what_i_asked_offers_the_other_readings(stage):
    stage.hear("退货运费", "ask_price", ranking=[("ask_price", 0.4), ("request_return", 0.3), ("ask_shipping", 0.2)])
    said = stage.hear("我问的不是这个", "clarify")
    assert said.responses == ["utter_clarify_not_that"]
    assert [b["payload"] for b in said.buttons] == ["/request_return", "/ask_shipping", "/request_human"]


def test_not_understood_offers_two_readings_then_the_menu_with_a_person(stage):
    unsure = [("track_order", 0.3), ("urge_delivery", 0.25), ("greet", 0.1)]
    first = stage.hear("那个弄一下", "nlu_fallback", ranking=unsure)
    assert [b["payload"] for b in first.buttons] == ["/track_order", "/urge_delivery", "/request_human"]
    assert all("那个弄一下" in text for text in first.every)
    second = stage.hear("就那个", "nlu_fallback", ranking=[("track_order", 0.3), ("urge_delivery", 0.25)])
    assert second.responses == ["utter_not_understood_again"] and second.buttons[-1]["payload"] == "/request_human"


def test_an_understood_message_ends_the_row_of_misunderstandings(stage):
    stage.hear("那个弄一下", "nlu_fallback")
    stage.hear("谢谢", "thank")
    assert stage.hear("那个弄一下", "nlu_fallback").responses == ["utter_not_understood"]


@pytest.mark.parametrize("text", ["asdf{jkl}", "{0}", "[]<>", "😂😂😂", "x" * 500, "\n\n"])
def test_anything_typed_can_be_said_back(stage, text):
    said = stage.hear(text, "nlu_fallback")
    assert said.texts and not any(re.search(r"[{}\[\]]", t) for t in said.every)


def test_a_told_budget_counts_even_when_the_sentence_was_not_understood(stage):
    stage.hear(*EARPHONES)
    said = stage.hear("嗯两百吧那就", "nlu_fallback", ("budget", {"min": None, "max": 200}))
    assert said.ids and all(item["price"] <= 200 for item in said.goods)


def test_a_machine_says_so(stage):
    assert all("机器人" in text for text in stage.hear("你是真人吗", "bot_challenge").every)


@pytest.mark.parametrize("text", ["帮我订一张火车票", "写首诗", "我头疼吃什么药", "帮我搬家"])
def test_what_no_shop_does_is_refused_with_what_can_be_done(stage, text):
    said = stage.hear(text, "out_of_scope")
    assert said.buttons and all(re.search("不了|不会|不能|不支持|不在|只管|只能", t) for t in said.every)


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("讲个笑话", "utter_chitchat_joke"),
        ("你几岁", "utter_chitchat_age"),
        ("吃饭了吗", "utter_chitchat_meal"),
        ("哈哈哈", "utter_chitchat"),
    ],
)
def test_small_talk(stage, text, response):
    assert stage.hear(text, "chitchat").responses == [response]


def test_praise_is_kept_before_it_is_said_so(stage, tiny_store):
    assert stage.hear("衣服质量真好", "praise", mood="positive").responses == ["utter_praise_kept"]
    assert [f.comment for f in tiny_store.feedback.export()] == ["衣服质量真好"]


# --- mood ------------------------------------------------------------------------------------------


def test_upset_hears_sorry_first_and_the_second_time_a_person_is_offered(stage):
    first = stage.hear("你们能干什么", "ask_capability", mood="negative")
    assert first.responses[0].startswith("utter_sorry") and "转人工" not in first.titles
    second = stage.hear("什么破机器人", "bot_challenge", mood="negative")
    assert second.responses[0].startswith("utter_sorry") and "转人工" in second.titles


def test_a_person_is_offered_only_once_a_turn(stage):
    for _ in range(2):
        said = stage.hear("什么破机器人", "bot_challenge", mood="negative")
    assert said.titles.count("转人工") == 1


def test_a_button_keeps_the_mood_and_counts_nothing(stage):
    stage.hear("烦死了", "chitchat", mood="negative")
    stage.hear("/ask_capability", "ask_capability", mood=None)
    assert stage.slots["mood"] == "negative" and stage.slots["upset"] == 1


def test_a_cross_word_about_goods_calls_no_person(stage):
    stage.hear(*EARPHONES)
    for _ in range(3):
        said = stage.hear("太贵了，便宜点", "refine_recommendation", mood="negative")
    assert not stage.slots.get("upset") and "转人工" not in said.titles


def test_the_merchant_sets_how_patient_the_bot_is(talk):
    stage = talk("C1", limits=Limits(upset_turns=1))
    assert "转人工" in stage.hear("气死我了", "chitchat", mood="negative").titles


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("都五天了还不发货", "五天"),
        ("等了半个月", "半个月"),
        ("3天了", "3天"),
        ("好几天了", "好几天"),
        ("怎么还不发", None),
    ],
)
def test_how_long_somebody_waited(text, words):
    assert waited(text) == words


# --- read by what was shown --------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["换一批", "换一批吧", "再来几个看看", "还有别的吗", "便宜点的", "那换个牌子"])
def test_under_a_list_of_goods_a_short_wish_steers_it_whatever_it_was_read_as(stage, text):
    stage.hear(*EARPHONES)
    said = stage.hear(text, "request_exchange")
    assert said.actions == ["action_request_exchange", "action_refine_recommendation"]
    assert said.responses and not said.responses[0].startswith("utter_something_broke")


def test_without_goods_on_the_table_it_is_what_it_was_read_as(stage):
    assert "action_refine_recommendation" not in stage.hear("换一批", "request_exchange").actions


@pytest.mark.parametrize("text", ["想换货，换个大一码的", "我要换一件新的", "换成42码"])
def test_a_real_exchange_stays_one(stage, text):
    stage.hear(*EARPHONES)
    assert "action_refine_recommendation" not in stage.hear(text, "request_exchange").actions


def test_a_brand_on_the_table_that_is_turned_down_is_no_cancelled_order(stage):
    stage.hear("保温杯", "request_recommendation", ("category", "保温杯"), ("budget", {"min": None, "max": 60}))
    said = stage.hear("南极人的就不要了", "cancel_order", ("brand", "南极人", "exclude"))
    assert said.actions[-1] == "action_refine_recommendation" and "C3" not in said.ids
    stage.hear(*EARPHONES)
    said = stage.hear("我买的小米的不要了，取消", "cancel_order", ("brand", "小米", "exclude"))
    assert "action_refine_recommendation" not in said.actions


@pytest.mark.parametrize("text", ["就要第一个", "那就拿第二款吧", "要这个", "我选最后一个"])
def test_taking_one_of_those_shown_orders_it_whatever_it_was_read_as(stage, tiny_store, text):
    stage.hear("推荐几款耳机", "request_recommendation", ("category", "耳机"))
    before = set(tiny_store.behaviour.cart("C1"))
    said = stage.hear(
        text, "ask_product_info", *([("ordinal", 1)] if "第" in text or "最后" in text else [("reference", "this")])
    )
    assert "购物车" in said.text or tiny_store.behaviour.cart("C1") != before or "哪" in said.text


@pytest.mark.parametrize("text", ["200", "200块", "200元吧"])
def test_a_bare_sum_after_suggestions_is_the_budget(stage, text):
    stage.hear("想买个保温杯", "request_recommendation", ("category", "保温杯"))
    said = stage.hear(text.replace("200", "80"), "inform")
    assert said.actions[-1] == "action_refine_recommendation" and said.goods
    assert all(item["price"] <= 80 for item in said.goods)


def test_a_bare_number_without_goods_on_the_table_is_no_budget(stage):
    assert stage.hear("80", "inform").actions == ["action_inform"]


@pytest.mark.parametrize("intent", ["clarify", "compare_products"])
def test_one_of_the_list_that_is_asked_after_is_told_about(stage, intent):
    stage.hear(*EARPHONES)
    said = stage.hear("第二个怎么样", intent, ("ordinal", 2))
    assert said.actions == [f"action_{intent}", "action_ask_product_info"]


def test_two_of_the_list_are_compared(stage):
    stage.hear(*EARPHONES)
    assert stage.hear("第一个和第二个怎么样", "compare_products", ("ordinal", 1), ("ordinal", 2)).actions == [
        "action_compare_products"
    ]


def test_one_of_what_was_just_talked_about_is_an_order_and_steers_nothing(stage):
    stage.hear(*EARPHONES)
    stage.hear("第二个怎么样", "ask_product_info", ("ordinal", 2))
    assert stage.hear("来一个", "place_order").actions == ["action_place_order"]


def test_the_answer_to_what_was_not_understood_ends_the_turn_itself(stage):
    """It is also what runs where no rule fits, and there no rule would end the turn after it."""
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    from actions.not_understood import NotUnderstood

    message = {"text": "那个弄一下", "intent": {"name": "greet"}, "entities": [], "message_id": "m"}
    tracker = Tracker("nobody", {}, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = NotUnderstood().perform(dispatcher, tracker)
    assert not any(e["event"] == "action_execution_rejected" for e in events)
    assert [e["name"] for e in events if e["event"] == "followup"] == ["action_listen"]
