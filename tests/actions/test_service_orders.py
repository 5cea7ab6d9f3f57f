"""Where is it, could it come sooner: the right order, its true state, and nothing of anybody else's."""

from __future__ import annotations

import re

import pytest
from service_stage import Talk

OWN, OTHERS = "880000000052", "880000000021"


def test_the_only_open_order_is_told_with_carrier_and_number(service_store) -> None:
    reply = Talk(service_store, "WAY").say("我的快递到哪了", "track_order")
    assert "顺丰" in reply.text and "SF0000002000" in reply.text and "880000000021" in reply.text


def test_several_open_orders_are_listed_with_buttons(service_store) -> None:
    talk = Talk(service_store, "MANY")
    reply = talk.say("查下订单", "track_order")
    assert all(number in reply.text for number in ("880000000051", "880000000052", "880000000053"))
    assert len(reply.buttons) == 3
    assert "YT8880001" in talk.press("安踏").text


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("第三个", ("ordinal", 3)),
        ("跑鞋那个", ("category", "跑鞋")),
        (OWN, ("order_id", OWN)),
        ("YT8880001", ("tracking_no", "YT8880001")),
    ],
)
def test_the_order_listed_is_chosen_by_place_goods_or_number(service_store, text, entity) -> None:
    talk = Talk(service_store, "MANY")
    talk.say("查下订单", "track_order")
    reply = talk.say(text, "inform", entity)
    assert "YT8880001" in reply.text and "880000000051" not in reply.text


@pytest.mark.parametrize("read_as", ["report_problem", "request_recommendation", "inform", "track_order"])
def test_what_about_another_one_asks_the_same_of_it(service_store, read_as) -> None:
    talk = Talk(service_store, "MANY")
    assert "YT8880001" in talk.say("跑鞋到哪了", "track_order", ("category", "跑鞋")).text
    reply = talk.say("那咖啡呢", read_as, ("category", "咖啡"))
    assert "880000000051" in reply.text and "挂耳咖啡" in reply.text


def test_what_about_goods_that_were_not_ordered_is_no_question_about_orders(service_store) -> None:
    talk = Talk(service_store, "MANY")
    talk.say("跑鞋到哪了", "track_order", ("category", "跑鞋"))
    assert "快递" not in talk.say("手机呢", "request_recommendation", ("category", "手机")).text


@pytest.mark.parametrize("number", [OTHERS, "999999999999"])
def test_somebody_elses_number_and_no_number_at_all_sound_the_same(service_store, number) -> None:
    reply = Talk(service_store, "MANY").say(f"查下{number}", "track_order", ("order_id", number))
    assert any(words in reply.text for words in ("没查到", "没有找到", "没有"))
    assert "羽绒服" not in reply.text and "SF0000002000" not in reply.text and "已发货" not in reply.text


def test_somebody_elses_parcel_number_leaks_nothing(service_store) -> None:
    reply = Talk(service_store, "MANY").say("SF0000002000到哪了", "track_order", ("tracking_no", "SF0000002000"))
    assert "羽绒服" not in reply.text and OTHERS not in reply.text


def test_a_visitor_is_asked_to_log_in(service_store) -> None:
    reply = Talk(service_store, None).say("我的订单到哪了", "track_order")
    assert "登录" in reply.text and reply.has_person()


@pytest.mark.parametrize(
    ("customer", "words"),
    [
        ("FRESH", "发货"),
        ("UNPAID", "付款"),
        ("GOT", "签收"),
        ("MONEY", "退款"),
        ("PAIDBACK", "退款"),
        ("NOBODY", "账号|订单"),
    ],
)
def test_every_state_is_told_for_what_it_is(service_store, customer, words) -> None:
    assert re.search(words, Talk(service_store, customer).say("我的订单怎么样了", "track_order").text)


def test_urging_is_recorded_once_and_promises_nothing(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    first = talk.say("怎么还不发货，催一下", "urge_delivery")
    case = talk.cases("urge")[0]
    assert case.case_id in first.text and "今天发" not in first.text
    second = talk.say("再催催", "urge_delivery")
    assert case.case_id in second.text and second.text != first.text and len(talk.cases("urge")) == 1


def test_urging_what_waits_for_payment_says_so(service_store) -> None:
    talk = Talk(service_store, "UNPAID")
    assert "付款" in talk.say("催发货", "urge_delivery").text and not talk.cases("urge")


def test_refund_progress_comes_from_the_order(service_store) -> None:
    reply = Talk(service_store, "MONEY").say("退款到哪一步了", "ask_refund_status")
    assert "880000000081" in reply.text and "1 个工作日" in reply.text


def test_a_finished_refund_is_told_with_its_day(service_store) -> None:
    assert "已退" in Talk(service_store, "PAIDBACK").say("退款怎么还没到", "ask_refund_status").text


def test_without_any_refund_the_rule_is_told_and_nothing_invented(service_store) -> None:
    reply = Talk(service_store, "FRESH").say("退款多久到账", "ask_refund_status")
    assert "1 个工作日" in reply.text and "880000000011" not in reply.text


def test_anothers_case_number_is_not_told(service_store) -> None:
    owner = Talk(service_store, "FRESH")
    owner.say("催发货", "urge_delivery")
    number = owner.cases()[0].case_id
    reply = Talk(service_store, "GOT").say(f"{number} 办得怎么样", "ask_refund_status")
    assert "挂耳咖啡" not in reply.text and "处理中" not in reply.text


@pytest.mark.parametrize("text", ["一般几天", "大概多久能到账", "那要等多久啊"])
def test_how_long_after_a_refund_is_about_the_refund(service_store, text) -> None:
    talk = Talk(service_store, "MONEY")
    talk.say("退款到哪一步了", "ask_refund_status")
    assert "验收后 1 个工作日内" in talk.say(text, "ask_shipping").text


def test_pressing_after_a_refund_presses_the_refund_once(service_store) -> None:
    talk = Talk(service_store, "MONEY")
    talk.say("退款到哪一步了", "ask_refund_status")
    first, second = talk.say("能催一下吗", "urge_delivery"), talk.say("再催催", "urge_delivery")
    assert "催" in first.text and "退款中" in first.text
    cases = service_store.cases.of_customer("MONEY", kinds=["urge"])
    assert [case.order_id for case in cases] == ["880000000081"]
    assert cases[0].case_id in second.text


@pytest.mark.parametrize("text", ["我那个订单付款了吗", "有个单没付款，还能付吗", "我刚拍的付款成功了没"])
def test_whether_an_order_is_paid_stands_in_the_order(service_store, text) -> None:
    reply = Talk(service_store, "UNPAID").say(text, "ask_payment")
    assert "880000000091" in reply.text and re.search("[没未待]付款", reply.text)


def test_ways_to_pay_are_the_shops_answer_whatever_is_unpaid(service_store) -> None:
    reply = Talk(service_store, "UNPAID").say("能用花呗吗", "ask_payment")
    assert "支付宝" in reply.text and "880000000091" not in reply.text
