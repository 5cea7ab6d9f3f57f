"""Anger about the shop: what went wrong in the customer's words, sorry once, a concrete next step; the second time a
person."""

from __future__ import annotations

import re

from actions.base import ZhikeAction
from actions.handover import handover_data
from actions.language import word
from actions.orders import ON_THE_WAY, OPEN, UNSHIPPED, short
from actions.turn import Turn
from store.errors import StoreError

# What is complained of, in words that can be given back. Order matters: the more special first.
_TOPICS = (
    (
        "态度",
        re.compile(
            r"态度|骂|凶|爱理不理|敷衍|踢皮球|推来推去|推卸|忽悠|骗|说话不算|不讲信用|欺|rude|attitude|lied?\b|cheat",
            re.I,
        ),
    ),
    (
        "没人回复",
        re.compile(r"不回|没人(?:理|管|回)|不理|打不通|联系不上|一直等|no(?:body| ?one)? (?:answer|repl)|ignor", re.I),
    ),
    ("太慢", re.compile(r"慢|这么久|好久|几天|拖|蜗牛|效率|slow|so long|too long|waiting", re.I)),
    ("质量", re.compile(r"质量|垃圾货|难用|不好用|不顺手|破东西|烂|quality|rubbish|garbage", re.I)),
    ("服务", re.compile(r"服务|客服|售后|垃圾|差劲|太差|失望|service|disappoint", re.I)),
)


def topic_of(text: str) -> str | None:
    return next((name for name, words in _TOPICS if words.search(text)), None)


class Complain(ZhikeAction):
    action_name = "action_complain"
    soothes = False
    offers_human = False

    def handle(self, turn: Turn) -> None:
        topic = topic_of(turn.text)
        case = self._record(turn, topic)
        facts = {"topic": topic or "这次的体验", "case": case or ""}
        if turn.upset >= turn.services.limits.upset_turns:
            turn.offer("action_request_human")
            turn.say(
                "utter_complain_again" if case else "utter_complain_again_unrecorded",
                **facts,
                buttons=[turn.human_button],
                custom=handover_data("offered"),
            )
            return
        buttons = self._next_steps(turn)
        turn.say(
            "utter_complain" if case else "utter_complain_unrecorded", **facts, buttons=[*buttons, turn.human_button]
        )

    @staticmethod
    def _record(turn: Turn, topic: str | None) -> str | None:
        """The complaint's number; None for a visitor, or when it could not be written down."""
        if turn.anonymous:
            return None
        try:
            case = turn.services.store.cases.open(
                "complaint",
                turn.customer_id,
                order_id=turn.slot("order_focus"),
                details={"topic": topic, "text": turn.text[:300]},
                deadline=turn.deadline,
            )
        except StoreError:
            return None
        return case.case_id

    @staticmethod
    def _next_steps(turn: Turn) -> list[dict[str, str]]:
        """What can be done about the one order that is under way."""
        running = [order for order in turn.orders if order.status in OPEN]
        if len(running) != 1:
            return [turn.button("看看我的订单", "track_order")] if running else []
        order = running[0]
        number = {"order_id": order.order_id}
        if order.status in UNSHIPPED | ON_THE_WAY:
            return [turn.button(word("催「{goods}」", goods=short(order.title, 8)), "urge_delivery", **number)]
        return [turn.button("看进度", "ask_refund_status", **number)]
