"""Two wishes in one message: the first is dealt with, then the other is offered, once."""

from __future__ import annotations

from service_stage import Talk

EARPHONES = ("category", "耳机")


def test_the_first_wish_is_answered_and_the_other_offered_with_a_button(stage):
    said = stage.hear(
        "推荐个耳机，另外邮费怎么算", "request_recommendation", EARPHONES, also=("ask_shipping", "邮费怎么算")
    )
    assert said.goods and said.responses[-1] == "utter_also"
    assert all("问运费" in text for text in said.every[-2:])
    assert said.buttons[-1] == {"title": "运费和发货时间", "payload": "邮费怎么算"}  # read anew when it is pressed


def test_a_slash_does_not_become_a_command(stage):
    typed = "推荐个耳机，/ask_shipping"
    said = stage.hear(typed, "request_recommendation", EARPHONES, also=("ask_shipping", "/ask_shipping"))
    assert said.buttons[-1]["payload"] == "ask_shipping"


def test_the_offer_is_made_once(stage):
    stage.hear("推荐个耳机，另外邮费怎么算", "request_recommendation", EARPHONES, also=("ask_shipping", "邮费怎么算"))
    assert "utter_also" not in stage.hear("谢谢", "thank").responses


def test_what_has_no_words_is_not_offered(stage):
    said = stage.hear("推荐个耳机，今天好冷", "request_recommendation", EARPHONES, also=("chitchat", "今天好冷"))
    assert "utter_also" not in said.responses


def test_nothing_else_is_offered_to_somebody_who_wants_a_person(stage):
    said = stage.hear("转人工，邮费怎么算", "request_human", also=("ask_shipping", "邮费怎么算"))
    assert "utter_also" not in said.responses


def test_a_form_is_finished_first(service_store):
    talk = Talk(service_store, "GOT")
    opened = talk.say("不喜欢，我要退货，另外积分怎么用", "request_return", also=("ask_membership", "积分怎么用"))
    assert talk.form == "return_form" and "会员积分" not in opened.text
    done = talk.press("确认提交")
    assert talk.cases("return") and talk.form is None
    assert "会员积分" in done.text and any(button["payload"] == "积分怎么用" for button in done.buttons)


def test_who_comes_to_the_other_wish_himself_is_not_offered_it_again(service_store):
    talk = Talk(service_store, "GOT")
    talk.say("不喜欢，我要退货，另外积分怎么用", "request_return", also=("ask_membership", "积分怎么用"))
    talk.say("先说积分怎么用", "ask_membership")
    done = talk.say("确认", "affirm")
    assert talk.cases("return") and not any(b["payload"] == "积分怎么用" for b in done.buttons)
