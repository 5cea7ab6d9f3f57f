"""Each service from the wish to the deed: what is asked, what is refused and why, what is written down."""

from __future__ import annotations

import pytest
from service_stage import Talk

TAX = "91350100M000100Y43"


# --- cancel and change ------------------------------------------------------------------------------


def test_cancelling_asks_back_with_the_facts_and_only_then_does_it(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    asked = talk.say("我要取消订单", "cancel_order")
    assert "880000000011" in asked.text and "￥86" in asked.text and asked.titles == ["确认取消", "先不取消"]
    assert service_store.orders.get("880000000011").status == "to_ship"
    assert "880000000011" in talk.press("确认取消").text
    assert service_store.orders.get("880000000011").status == "cancelled"


def test_a_denied_cancellation_leaves_the_order_and_says_so(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say("取消订单", "cancel_order")
    reply = talk.say("算了，先不取消了", "deny")
    assert "不取消" in reply.text or "留着" in reply.text
    assert talk.form is None and service_store.orders.get("880000000011").status == "to_ship"


def test_what_is_on_its_way_cannot_be_cancelled_and_the_way_on_is_told(service_store) -> None:
    talk = Talk(service_store, "WAY")
    reply = talk.say("取消订单", "cancel_order")
    assert "拒收" in reply.text and "SF0000002000" in reply.text and talk.form is None


def test_an_order_that_was_sent_between_question_and_yes_is_not_cancelled(service_store) -> None:
    from store.importing import import_rows

    talk = Talk(service_store, "FRESH")
    talk.say("取消订单", "cancel_order")
    import_rows(
        service_store,
        "orders",
        [
            {
                "order_id": "880000000011", "customer_id": "FRESH", "product_id": "bean", "quantity": 2, "price": 43,
                "ordered_at": "2026-01-01 10:00:00", "status": "已发货", "carrier": "圆通", "tracking_no": "YT1",
            }
        ],
    )  # fmt: skip
    reply = talk.say("确认", "affirm")
    assert "已为您取消" not in reply.text and service_store.orders.get("880000000011").status == "shipped"


def test_an_address_is_changed_after_it_is_complete_and_confirmed(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say("地址填错了能改吗", "change_order")
    assert "门牌" in talk.say("杭州市", "inform").text
    talk.say("浙江省杭州市西湖区文三路 90 号 3 幢 501", "inform")
    talk.press("确认修改")
    assert service_store.orders.get("880000000011").address == "浙江省杭州市西湖区文三路 90 号 3 幢 501"


def test_the_new_phone_in_the_first_message_is_not_asked_again(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    reply = talk.say("收货电话改成13800138000", "change_order", ("phone", "13800138000"))
    assert "13800138000" in reply.text and "确认修改" in reply.titles
    talk.say("确认", "affirm")
    assert service_store.orders.get("880000000011").phone == "13800138000"


def test_the_address_of_a_sent_parcel_is_refused_with_the_reason(service_store) -> None:
    reply = Talk(service_store, "WAY").say("收货地址填错了还能改吗", "change_order")
    assert "地址" in reply.text and "SF0000002000" in reply.text


# --- return and exchange ----------------------------------------------------------------------------


def test_the_reason_in_the_first_message_fills_the_form(service_store) -> None:
    talk = Talk(service_store, "GOT")
    reply = talk.say("衣服不太合适，我想退货", "request_return")
    assert "确认提交" in reply.titles and "￥499" in reply.text and "880000000031" in reply.text
    done = talk.press("确认提交")
    case = talk.cases("return")[0]
    assert case.case_id in done.text and case.details["reason"]["key"] == "size" and case.product_id == "coat"


def test_over_the_term_the_return_is_refused_with_day_rule_and_way_on(service_store) -> None:
    talk = Talk(service_store, "OLD")
    reply = talk.say("想退货", "request_return")
    assert "40 天" in reply.text and "7 天" in reply.text and "商品有质量问题" in reply.titles and talk.form is None
    assert not talk.cases("return")


@pytest.mark.parametrize(("customer", "way"), [("FRESH", "取消"), ("WAY", "拒收"), ("MONEY", "退款")])
def test_what_has_not_come_or_is_being_refunded_is_not_returned(service_store, customer, way) -> None:
    talk = Talk(service_store, customer)
    assert way in talk.say("我要退货", "request_return").text and talk.form is None


def test_of_several_goods_the_one_named_is_returned(service_store) -> None:
    talk = Talk(service_store, "TWO")
    reply = talk.say("羽绒服要退货，尺码小了", "request_return", ("category", "羽绒服"))
    assert "￥499" in reply.text and "保温杯" not in reply.text


def test_a_fault_asks_whether_the_goods_come_back(service_store) -> None:
    talk = Talk(service_store, "GOT")
    assert talk.say("拉链坏了，退货", "request_return").titles == ["退货退款", "仅退款"]
    talk.press("仅退款")
    talk.press("确认提交")
    assert talk.cases("refund") and not talk.cases("return")


def test_a_second_application_for_the_same_order_is_not_opened(service_store) -> None:
    for _ in range(2):
        talk = Talk(service_store, "GOT")
        reply = talk.say("不喜欢，退货", "request_return")
        if "确认提交" in reply.titles:
            talk.press("确认提交")
    assert len(talk.cases("return")) == 1 and talk.cases("return")[0].case_id in reply.text


def test_an_exchange_offers_only_what_the_goods_come_in(service_store) -> None:
    talk = Talk(service_store, "GOT")
    talk.say("我要换货", "request_exchange")
    refused = talk.say("换XXL", "inform", ("size", "XXL"))
    assert "XL" in refused.text and "没有" in refused.text
    talk.say("那就XL", "inform", ("size", "XL"))
    talk.say("是的", "affirm")
    assert talk.cases("exchange")[0].details["wanted"] == {"size": "XL"}


def test_an_application_is_taken_back_after_a_yes(service_store) -> None:
    talk = Talk(service_store, "GOT")
    talk.say("不喜欢，退货", "request_return")
    talk.press("确认提交")
    asked = talk.say("退货申请帮我撤了吧", "cancel_order")
    assert talk.cases("return")[0].case_id in asked.text
    talk.press("确认撤销")
    assert talk.cases("return")[0].status == "withdrawn"


# --- invoice ----------------------------------------------------------------------------------------


def test_a_company_invoice_needs_title_a_valid_tax_number_and_an_address(service_store) -> None:
    talk = Talk(service_store, "GOT")
    talk.say("帮我开张公司发票", "ask_invoice")
    talk.say("杭州云栖科技有限公司", "inform")
    assert "税号" in talk.say("91350100M000100Y44", "inform").text
    talk.say(TAX, "inform")
    assert "邮箱" in talk.say("fapiao@", "inform").text
    talk.say("fapiao@yunqi.cn", "inform")
    talk.say("确认", "affirm")
    details = talk.cases("invoice")[0].details
    assert (details["title"], details["tax"], details["email"]) == ("杭州云栖科技有限公司", TAX, "fapiao@yunqi.cn")


def test_everything_said_at_once_is_asked_only_for_confirmation(service_store) -> None:
    reply = Talk(service_store, "GOT").say("开发票，个人抬头，发到 a@qq.com", "ask_invoice")
    assert "确认开票" in reply.titles and "a@qq.com" in reply.text


def test_a_wrong_title_is_issued_anew_in_place_of_the_old(service_store) -> None:
    talk = Talk(service_store, "GOT")
    talk.say("开发票，个人抬头，发到 a@qq.com", "ask_invoice")
    talk.press("确认开票")
    talk.say("抬头开错了，换成上海明月贸易有限公司，税号91350100M000100Y43，邮箱a@qq.com", "ask_invoice")
    talk.press("确认开票")
    still_open = [case.details for case in talk.cases("invoice") if case.status == "open"]
    assert [(d["title"], d["reissue"]) for d in still_open] == [("上海明月贸易有限公司", True)]


def test_a_special_invoice_goes_by_the_shops_rule_to_a_person(service_store) -> None:
    reply = Talk(service_store, "GOT").say("要开增值税专用发票", "ask_invoice")
    assert "专用发票" in reply.text and reply.has_person()


# --- price protection, warranty, problems -----------------------------------------------------------


def test_the_difference_is_computed_from_what_was_paid_and_todays_price(service_store) -> None:
    talk = Talk(service_store, "CHEAP")
    asked = talk.say("我买的手机降价了，补我差价", "ask_price_protection", ("category", "手机"))
    assert all(amount in asked.text for amount in ("￥1499", "￥1299", "￥200"))
    talk.press("确认申请")
    assert talk.cases("price_protection")[0].details["difference"] == 200


@pytest.mark.parametrize(("customer", "words"), [("LATE", "35 天"), ("GOT", "￥499")])
def test_price_protection_is_refused_over_the_term_or_without_a_difference(service_store, customer, words) -> None:
    talk = Talk(service_store, customer)
    assert words in talk.say("降价了，退我差价", "ask_price_protection").text and not talk.cases("price_protection")


def test_a_warranty_question_is_answered_and_a_repair_applied_for(service_store) -> None:
    talk = Talk(service_store, "CHEAP")
    assert "一年" in talk.say("保修多久", "ask_warranty").text and talk.form is None
    talk.say("手机充不进电了，帮我报修", "ask_warranty", ("category", "手机"))
    talk.press("确认提交")
    assert talk.cases("repair")[0].product_id == "phone"


def test_a_fault_is_registered_at_once_and_the_ways_on_are_buttons(service_store) -> None:
    talk = Talk(service_store, "TWO")
    reply = talk.say("保温杯杯盖裂了", "report_problem", ("category", "保温杯"))
    assert talk.cases("problem")[0].case_id in reply.text and {"退货退款", "换一件", "转人工"} <= set(reply.titles)
    asked = talk.press("退货退款")
    assert "仅退款" in asked.titles  # order, goods and reason came with the button


def test_delivered_but_not_received_names_the_time_and_is_registered(service_store) -> None:
    talk = Talk(service_store, "GOT")
    reply = talk.say("显示签收了可我没收到", "report_problem")
    assert "SF0000005000" in reply.text and talk.cases("problem")[0].details["kind"] == "not_received"


# --- data, complaints, a person ---------------------------------------------------------------------


def test_personal_suggestions_are_off_at_once(service_store) -> None:
    talk = Talk(service_store, "GOT")
    reply = talk.say("把个性化推荐关掉吧", "privacy_request")
    assert service_store.customers.get("GOT").consent_personalisation is False and "关" in reply.text
    talk.press("重新打开")
    assert service_store.customers.get("GOT").consent_personalisation is True


def test_marketing_is_switched_off_alone(service_store) -> None:
    Talk(service_store, "GOT").say("别再给我发广告短信", "privacy_request")
    customer = service_store.customers.get("GOT")
    assert customer.consent_marketing is False and customer.consent_personalisation is True


def test_what_is_kept_is_shown_with_numbers_and_ways(service_store) -> None:
    reply = Talk(service_store, "GOT").say("你们都存了我哪些信息", "privacy_request")
    assert "1 笔" in reply.text and reply.titles == ["导出", "关闭个性化推荐", "删除"]


def test_erasing_is_a_confirmed_request_with_a_receipt_and_no_claim(service_store) -> None:
    talk = Talk(service_store, "GOT")
    talk.say("把我的数据都删了", "privacy_request")
    assert not talk.cases("privacy")
    reply = talk.press("确认删除")
    assert talk.cases("privacy")[0].case_id in reply.text and ("还没有删" in reply.text or "目前还在" in reply.text)


def test_the_second_upset_turn_offers_a_person(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    first = talk.say("你们服务太差劲了", "complain", mood="negative")
    assert any(word in first.text for word in ("抱歉", "对不起")) and talk.cases("complaint")
    second = talk.say("到底管不管", "complain", mood="negative")
    assert second.data[0]["state"] == "offered" and "人工" in second.text


def test_a_person_gets_a_summary_and_the_customer_the_place_in_the_queue(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say("我的订单呢", "track_order")
    reply = talk.say("转人工", "request_human")
    assert reply.data == [{"type": "handover", "state": "queued", "position": 1}]
    waiting = service_store.handovers.queue()[0]
    assert "880000000011" in waiting.summary and "我的订单呢" in waiting.summary


def test_the_shops_answer_is_given_word_for_word_and_no_other(service_store) -> None:
    talk = Talk(service_store, None)
    assert "满 88 元包邮，不满收 6 元运费。" in talk.say("你们包邮吗", "ask_shipping").text
    unknown = talk.say("可以用比特币付吗", "ask_payment")
    assert unknown.has_person() and "比特币" not in unknown.text
