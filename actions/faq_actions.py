"""What the shop has written down: freight, payment, membership, accounts."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.base import ZhikeAction
from actions.faq import NEAR
from actions.faq_answers import find_answer, say_answer, say_unknown
from actions.turn import Turn


class AskShop(ZhikeAction):
    """Answers from the FAQ, or says that it isn't written there."""

    intent: ClassVar[str]

    def handle(self, turn: Turn) -> None:
        match = find_answer(turn, self.intent, NEAR)
        if match:
            say_answer(turn, match)
        else:
            say_unknown(turn, self.intent)


class AskShipping(AskShop):
    action_name, intent = "action_ask_shipping", "ask_shipping"


class AskPayment(AskShop):
    action_name, intent = "action_ask_payment", "ask_payment"


class AskAccount(AskShop):
    action_name, intent = "action_ask_account", "ask_account"


_OWN = re.compile(
    r"我(?:的|现在|有|是)?.{0,6}(?:等级|级别|几级|多少(?:积)?分|积分(?:有|还有|剩)?多少|什么会员|哪一?级)|(?:查|看).{0,4}(?:积分|等级)"
)


class AskMembership(AskShop):
    """The customer's own level and points where they are asked for, and the shop's rules."""

    action_name, intent = "action_ask_membership", "ask_membership"

    def handle(self, turn: Turn) -> None:
        customer = turn.customer
        if customer is not None and customer.level and _OWN.search(turn.text):
            points = f"，积分 {customer.points}" if customer.points is not None else ""
            turn.say("utter_member_own", level=customer.level, points=points)
            match = find_answer(turn, self.intent, NEAR)
            if match:
                say_answer(turn, match)
            return
        super().handle(turn)
