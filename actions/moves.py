"""Moves in a talk that mean something only after what was asked or shown: yes, no, a told value, what do you mean."""

from __future__ import annotations

import re

from actions.base import ZhikeAction
from actions.context import ASKING_FOR_AN_ORDER, about_goods
from actions.orders import names_an_order
from actions.readings import menu_buttons, reading_buttons, said
from actions.references import known, meant
from actions.turn import Turn
from actions.wish import says_limit

_TAKES_IT = re.compile(r"就(它|他|这|那|第|要|买|拿|选)|要(它|这|了)|(这|那)个吧|买(它|这)|来一?个")
_HEARD = re.compile(
    r"^(嗯+|好+[的滴哒呀啊吧嘞了]*|行吧?|收到|明白了?|知道了?|了解|懂了|okk?|[哦噢]+|可以了|没事)+[，。！~\s]*$", re.I
)
# Wishes that may be denied, in the words that deny them: 没说要退款, 别取消.
_SERVICES = (
    ("退款", r"退款|退钱|仅退"),
    ("退货", r"退货|退了|不退|退掉|想退|要退"),
    ("换货", r"换货|不换"),
    ("取消", r"取消"),
    ("修改", r"改"),
    ("投诉", r"投诉"),
    ("转人工", r"人工"),
    ("注销", r"注销"),
    ("开票", r"发票|开票"),
    ("下单", r"下单|不买|没想买|没打算买"),
)


class Affirm(ZhikeAction):
    action_name = "action_affirm"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        offered = turn.offered
        if offered:
            for name, value in (offered.get("slots") or {}).items():
                turn.set(name, value)
            turn.set("asked", None)
            turn.follow(offered["action"])
        elif turn.form:
            return  # the form asks again
        elif turn.entity("case"):
            turn.say("utter_confirmation_gone")
        elif turn.shown and about_goods(turn) and (_TAKES_IT.search(turn.text) or turn.entities("ordinal")):
            turn.follow("action_place_order")
        elif _HEARD.search(turn.text.strip()):
            turn.say("utter_heard")
        else:
            _ask_what_yes_means(turn)


def _ask_what_yes_means(turn: Turn) -> None:
    if turn.shown and about_goods(turn):
        turn.say(
            "utter_yes_to_which",
            buttons=[
                turn.button(f"第{place}个", "place_order", product=p.product_id)
                for place, p in zip("一二三", known(turn, turn.shown), strict=False)
            ],
        )
    else:
        topic = turn.slot("topic") or {}
        likely = reading_buttons(turn, [topic.get("intent", ""), *topic.get("others", [])])
        turn.say("utter_yes_to_what", buttons=likely or menu_buttons(turn))


class Deny(ZhikeAction):
    action_name = "action_deny"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        thing = denied_service(turn.text)
        if turn.form:
            return  # the form decides what a no means to it, and asks again
        if thing:
            turn.say("utter_deny_service", thing=thing)
        elif turn.offered:
            turn.say("utter_deny_offer")
        elif turn.shown and about_goods(turn):
            turn.say("utter_deny_goods")
        else:
            turn.say("utter_deny")


def denied_service(text: str) -> str | None:
    """What the customer doesn't want done (我没说要退款 → 退款), or None."""
    return next((name for name, pattern in _SERVICES if re.search(pattern, text)), None)


def takes_value(turn: Turn) -> str | None:
    """The action that a told value is for, or None: an order or parcel number is looked up, limits steer."""
    waiting = (turn.offered or {}).get("action") or f"action_{(turn.slot('topic') or {}).get('intent')}"
    if waiting in ASKING_FOR_AN_ORDER and names_an_order(turn):
        return waiting
    if turn.entities("order_id") or turn.entities("tracking_no"):
        return "action_track_order"
    if says_limit(turn) and (turn.slot("wish") or turn.entities("category") or turn.entities("recipient")):
        return "action_refine_recommendation" if turn.slot("wish") else "action_request_recommendation"
    return None


class Inform(ZhikeAction):
    action_name = "action_inform"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        action = takes_value(turn)
        if turn.form:
            return
        if action:
            turn.follow(action)
        elif goods := meant(turn) if any(map(turn.entities, ("ordinal", "reference", "product"))) else []:
            turn.set("focus", goods[0].product_id)
            turn.follow("action_ask_product_info")
        elif turn.slot("topic"):
            turn.say(
                "utter_noted_topic",
                topic=said((turn.slot("topic") or {}).get("intent", "")) or "刚才的事",
                buttons=[*reading_buttons(turn, [turn.slot("topic").get("intent", "")], 1), turn.human_button],
            )
        else:
            turn.say("utter_noted", buttons=menu_buttons(turn))


_NOT_THAT = re.compile(r"(不是|没)(问|说|要)?(我)?(问|说|要|这个|那个|这意思)|问的(不)?是|不是这个|答错|理解错|搞错")
_NEXT_STEP = re.compile(r"等着|接下来|然后|下一步|怎么(弄|办|操作)|在哪|哪(里|个|儿)|还(要|需)|就行|就可以|要不要")


class Clarify(ZhikeAction):
    """什么意思 / 那我等着就行？ / 我问的不是这个: about what the bot said last."""

    action_name = "action_clarify"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        topic = turn.slot("topic") or {}
        intent = topic.get("intent", "")
        if turn.form:
            turn.say("utter_clarify_form")
        elif _NOT_THAT.search(turn.text):
            others = reading_buttons(turn, topic.get("others") or [])
            turn.say("utter_clarify_not_that", buttons=[*others, turn.human_button])
        elif answer := turn.services.answer(turn.text, intent or None):
            turn.say("utter_faq", answer=answer)
        elif group := _GROUPS.get(intent):
            way = "next" if _NEXT_STEP.search(turn.text) else "meaning"
            turn.say(f"utter_clarify_{way}_{group}", buttons=[turn.human_button])
        else:
            likely = reading_buttons(turn, [intent, *topic.get("others", [])])
            turn.say("utter_clarify_what", buttons=likely or menu_buttons(turn))


# Subject of the last answer → whose explanation fits. What is missing here is asked about instead.
_GROUPS = {
    **dict.fromkeys(("track_order", "urge_delivery"), "parcel"),
    **dict.fromkeys(
        (
            "cancel_order",
            "change_order",
            "request_return",
            "request_exchange",
            "ask_refund_status",
            "ask_invoice",
            "report_problem",
            "ask_price_protection",
            "ask_warranty",
            "privacy_request",
        ),
        "case",
    ),
    **dict.fromkeys(("request_recommendation", "refine_recommendation", "place_order"), "goods"),
    "request_human": "human",
}
