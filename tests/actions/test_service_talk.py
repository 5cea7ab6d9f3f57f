"""How a form behaves in a talk: interruptions, denials, stale buttons, useless answers, switching, faults."""

from __future__ import annotations

import time

import pytest
from service_stage import Talk

from actions.readers import clear_yes
from actions.services import Limits
from store.errors import StoreUnavailable


def start_return(store) -> Talk:
    talk = Talk(store, "GOT")
    talk.say("不喜欢，我要退货", "request_return")
    assert talk.form == "return_form"
    return talk


def test_a_question_of_the_forms_own_matter_is_answered_and_the_form_asks_again(service_store) -> None:
    talk = start_return(service_store)
    reply = talk.say("退货的运费谁出呀", "request_return")
    assert "质量问题我们承担" in reply.text and "确认提交" in reply.titles and not talk.cases("return")


@pytest.mark.parametrize(
    ("text", "intent", "words"),
    [("你们包邮吗", "ask_shipping", "满 88 元"), ("我的快递呢", "track_order", "880000000031"), ("谢谢", "thank", "")],
)
def test_another_matter_is_answered_and_the_form_asks_again(service_store, text, intent, words) -> None:
    talk = start_return(service_store)
    reply = talk.say(text, intent)
    assert words in reply.text and "确认提交" in reply.titles and talk.form == "return_form"


@pytest.mark.parametrize("text", ["嗯", "哦", "🙏", "。。。", "好的那运费呢", "行吗", "应该可以吧？"])
def test_what_is_no_clear_yes_does_nothing(service_store, text) -> None:
    talk = start_return(service_store)
    talk.say(text, "affirm")
    assert not talk.cases("return")


def test_a_yes_to_another_deed_is_none() -> None:
    assert clear_yes("好的，退吧", "退") and clear_yes("取消吧", "取消")
    assert not clear_yes("好的，取消吧", "退") and not clear_yes("那取消订单吧", "退")


@pytest.mark.parametrize("text", ["确认", "是的", "好的", "可以", "没问题", "确认提交", "对的，提交吧"])
def test_a_clear_yes_does_it(service_store, text) -> None:
    talk = start_return(service_store)
    talk.say(text, "affirm")
    assert len(talk.cases("return")) == 1


@pytest.mark.parametrize(
    ("text", "intent"),
    [("不退了", "deny"), ("算了", "deny"), ("我没说要退货", "deny"), ("先不退了吧", "request_return")],
)
def test_a_denial_ends_the_form_and_says_what_stays(service_store, text, intent) -> None:
    talk = start_return(service_store)
    reply = talk.say(text, intent)
    assert talk.form is None and not talk.cases("return")
    assert any(word in reply.text for word in ("照旧", "不退", "什么也没有办", "不办"))


def test_a_denied_wish_starts_nothing(service_store) -> None:
    talk = Talk(service_store, "GOT")
    talk.say("我没说要退款", "deny")
    assert talk.form is None and not talk.cases()


def test_a_button_of_an_older_question_confirms_nothing(service_store) -> None:
    talk = start_return(service_store)
    old = next(b["payload"] for b in talk.last.buttons if b["title"] == "确认提交")
    talk.say("尺码也偏小", "inform")  # the reason changed, the question is a new one
    talk.press_payload(old)
    assert not talk.cases("return")
    talk.press_payload('/affirm{"case":"cancel_form:880000000031"}')
    assert not talk.cases("return")


def test_a_button_outside_any_form_does_nothing(service_store) -> None:
    talk = Talk(service_store, "GOT")
    talk.press_payload('/affirm{"case":"return_form:880000000031:coat:return:size"}')
    assert not talk.cases("return")


def test_a_new_wish_switches_and_takes_nothing_stale_along(service_store) -> None:
    talk = start_return(service_store)
    talk.say("还是换货吧，换L", "request_exchange", ("size", "L"))
    assert talk.form == "exchange_form"
    talk.say("确认", "affirm")
    assert talk.cases("exchange") and not talk.cases("return")


def test_a_wish_that_is_refused_leaves_the_form_where_it_was(service_store) -> None:
    talk = start_return(service_store)
    reply = talk.say("那取消订单吧", "cancel_order")
    assert "签收" in reply.text and talk.form == "return_form" and "确认提交" in reply.titles


def test_a_person_is_one_turn_away_and_gets_the_case(service_store) -> None:
    talk = start_return(service_store)
    reply = talk.say("转人工", "request_human")
    assert reply.data[0]["state"] == "queued" and talk.form is None
    assert "880000000031" in service_store.handovers.queue()[0].summary


def test_three_useless_answers_offer_a_person_and_a_yes_takes_the_offer(service_store) -> None:
    talk = Talk(service_store, "GOT")
    talk.say("我要退货", "request_return")
    replies = [talk.say(text, "nlu_fallback") for text in ("呃", "😂", "嘛")]
    assert not replies[0].has_person() and replies[2].has_person() and talk.form == "return_form"
    assert talk.say("好", "affirm").data[0]["state"] == "queued"


def test_the_same_question_never_comes_in_the_same_words_twice_running(service_store) -> None:
    talk = Talk(service_store, "GOT")
    first = talk.say("我要退货", "request_return").text
    assert talk.say("呃", "nlu_fallback").text != first


def test_an_upset_customer_in_a_form_hears_sorry_once(service_store) -> None:
    talk = start_return(service_store)
    reply = talk.say("你们服务太差了", "complain", mood="negative")
    sorries = sum(reply.text.count(word) for word in ("抱歉", "对不起"))
    assert sorries == 1 and talk.form == "return_form"


# --- faults -----------------------------------------------------------------------------------------


def _down(*args, **kwargs):
    raise StoreUnavailable("数据库暂时写不进去")


def test_a_database_that_takes_no_writes_is_said_so_and_nothing_is_claimed(service_store, monkeypatch) -> None:
    talk = start_return(service_store)
    monkeypatch.setattr(service_store.cases, "open", _down)
    reply = talk.say("确认", "affirm")
    assert "没" in reply.text and "提交，单号" not in reply.text and "再试一次" in reply.titles
    monkeypatch.undo()
    assert not talk.cases("return") and talk.form is None
    again = talk.press("再试一次")
    assert "880000000031" in again.text or "原因" in again.text


def test_a_cancellation_that_fails_leaves_the_order(service_store, monkeypatch) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say("取消订单", "cancel_order")
    monkeypatch.setattr(service_store.orders, "cancel", _down)
    reply = talk.say("确认", "affirm")
    assert "已为您取消" not in reply.text and reply.has_person()
    assert service_store.orders.get("880000000011").status == "to_ship"


def test_a_deed_past_its_deadline_is_not_done(service_store, monkeypatch) -> None:
    talk = Talk(service_store, "FRESH", limits=Limits(action_seconds=0.0))
    talk.say("取消订单", "cancel_order")
    time.sleep(0.01)
    reply = talk.say("确认", "affirm")
    assert "已为您取消" not in reply.text and service_store.orders.get("880000000011").status == "to_ship"


def test_a_store_that_breaks_in_the_middle_is_an_apology_not_silence(service_store, monkeypatch) -> None:
    talk = start_return(service_store)
    for read in ("get", "of_customer"):
        monkeypatch.setattr(service_store.orders, read, _down)
    reply = talk.say("确认", "affirm")
    assert reply.text and "单号" not in reply.text
    monkeypatch.undo()
    assert not talk.cases("return")


def test_when_the_queue_cannot_be_written_nobody_is_said_to_wait(service_store, monkeypatch) -> None:
    talk = Talk(service_store, "GOT")
    monkeypatch.setattr(service_store.handovers, "request", _down)
    reply = talk.say("转人工", "request_human")
    assert not reply.data and reply.has_person() and ("没接上" in reply.text or "没成功" in reply.text)


SWITCHED_OFF = [
    "不要再给我推荐了",
    "别再推荐了",
    "以后都不要再推东西给我",
    "别再打开个性化推荐",
    "停止个性化推荐",
    "我没让你们重新打开推荐，关掉个性化",
    "能不能不再推荐商品",
    "不许再分析我推荐东西",
]


@pytest.mark.parametrize("text", SWITCHED_OFF)
def test_a_no_to_suggestions_never_switches_them_on(service_store, text) -> None:
    service_store.customers.set_consent("FRESH", personalisation=True)
    Talk(service_store, "FRESH").say(text, "privacy_request")
    assert service_store.customers.get("FRESH").consent_personalisation is False


@pytest.mark.parametrize(
    "text", ["重新打开个性化推荐", "把推荐给我开启吧", "还是恢复个性化推荐", "个性化推荐再打开一下"]
)
def test_plain_words_switch_suggestions_on_again(service_store, text) -> None:
    service_store.customers.set_consent("FRESH", personalisation=False)
    Talk(service_store, "FRESH").say(text, "privacy_request")
    assert service_store.customers.get("FRESH").consent_personalisation is True


def test_the_money_of_a_cancelled_order_is_on_its_way(service_store) -> None:
    talk = Talk(service_store, "FRESH")
    talk.say("取消订单", "cancel_order")
    talk.press("确认")
    reply = talk.say("什么时候退钱", "ask_refund_status")
    assert "880000000011" in reply.text and "￥86" in reply.text and "没查到" not in reply.text
