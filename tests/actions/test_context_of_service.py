"""Short messages about orders, and wishes of their own in the middle of a form, read by what the bot last asked."""

from __future__ import annotations

import pytest
from service_stage import Talk


@pytest.mark.parametrize("text", ["跑鞋的", "跑鞋那单", "就是跑鞋"])
def test_goods_alone_answer_which_order_is_to_be_hurried(service_store, text) -> None:
    talk = Talk(service_store, "MANY")
    talk.say("帮我催一下", "urge_delivery")
    assert "YT8880001" in talk.say(text, "report_problem", ("category", "跑鞋")).text
    assert talk.form is None and talk.cases("urge")


def test_goods_and_a_wish_are_more_than_an_answer_to_which_order(service_store) -> None:
    talk = Talk(service_store, "MANY")
    talk.say("帮我催一下", "urge_delivery")
    talk.say("跑鞋坏了要反馈", "report_problem", ("category", "跑鞋"))
    assert not talk.cases("urge")


@pytest.mark.parametrize("text", ["不想等了", "那我不等了", "算了，不等了吧"])
def test_who_waits_no_longer_is_asked_whether_to_cancel(service_store, text) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say("怎么还没发货", "track_order")
    assert "确认取消" in talk.say(text, "deny").titles
    assert service_store.orders.get("880000000011").status == "to_ship"


def test_no_longer_waiting_for_nothing_in_particular_cancels_nothing(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say("不想等了", "deny")
    assert talk.form is None


@pytest.mark.parametrize(
    ("opening", "text", "intent", "form"),
    [
        (("我要改地址", "change_order"), "算了直接取消订单吧", "cancel_order", "cancel_form"),
        (("取消订单", "cancel_order"), "不取消了，帮我改个地址", "change_order", "change_form"),
    ],
)
def test_taking_one_wish_back_for_another_starts_the_other(service_store, opening, text, intent, form) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say(*opening)
    talk.say(text, intent)
    assert talk.form == form


@pytest.mark.parametrize("text", ["先不改了", "不改了吧", "算了算了"])
def test_a_wish_taken_back_and_nothing_more_ends_there_whatever_it_was_read_as(service_store, text) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say("我要改地址", "change_order")
    reply = talk.say(text, "cancel_order")
    assert talk.form is None and "确认取消" not in reply.titles


@pytest.mark.parametrize("text", ["跑鞋到哪了", "跑鞋几号能到"])
def test_a_question_about_another_order_does_not_change_the_one_to_cancel(service_store, text) -> None:
    talk = Talk(service_store, "MANY")
    talk.say("取消咖啡那单", "cancel_order", ("category", "咖啡"))
    reply = talk.say(text, "track_order", ("category", "跑鞋"))
    assert "YT8880001" in reply.text and talk.form == "cancel_form"
    assert "880000000051" in talk.say("确认取消", "affirm").text
    assert service_store.orders.get("880000000051").status == "cancelled"


def test_a_fault_told_while_a_repair_is_applied_for_belongs_to_it(service_store) -> None:
    talk = Talk(service_store, "TWO")
    talk.say("我要报修", "ask_warranty")
    talk.say("左边没声音", "report_problem")
    assert talk.form == "repair_form"


@pytest.mark.parametrize("text", ["给羽绒服开公司发票", "我要公司的发票", "想开公司发票"])
def test_an_invoice_for_a_company_names_no_company_yet(service_store, text) -> None:
    talk = Talk(service_store, "GOT")
    reply = talk.say(text, "ask_invoice")
    assert "税号是" not in reply.text and ("抬头" in reply.text or "全称" in reply.text)


def test_only_orders_with_the_goods_spoken_of_are_offered(service_store) -> None:
    from store.importing import import_rows

    bought = {"customer_id": "OLD", "quantity": 1, "price": 99, "ordered_at": "2026-01-01 10:00:00", "status": "已完成"}
    more = [{"order_id": "880000000042", "product_id": "shoe"}, {"order_id": "880000000043", "product_id": "cup"}]
    import_rows(service_store, "orders", [bought | one for one in more])
    talk = Talk(service_store, "OLD")
    reply = talk.say("跑鞋坏了要报修", "ask_warranty", ("category", "跑鞋"))
    assert "880000000041" in reply.text and "880000000042" in reply.text and "880000000043" not in reply.text
