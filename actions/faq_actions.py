"""What the shop has written down: freight, payment, membership, accounts."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.base import ZhikeAction
from actions.faq import NEAR
from actions.faq_answers import find_answer, say_answer, say_unknown
from actions.language import word
from actions.orders import UNPAID, named_order, show_list
from actions.tracking import not_yours, tell_status
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


_OWN_PAYMENT = re.compile(
    r"(?:订单|[这那哪几][笔单个]|我的?单|我(?:刚)?(?:拍|买|下)).{0,10}(?:付|支付)|[没未待]付款的?(?:那|订单|单)|还能付|付(?:款|钱)?成功(?:了?[吗没]|没有)"
)


class AskPayment(AskShop):
    """Whether an order of the customer's own is paid is in the orders; the rest is the shop's rules."""

    action_name, intent = "action_ask_payment", "ask_payment"

    def handle(self, turn: Turn) -> None:
        orders = turn.orders
        if not orders or not (_OWN_PAYMENT.search(turn.text) or turn.entity("order_id")):
            super().handle(turn)
            return
        named = named_order(turn, orders)
        unpaid = [order for order in orders if order.status in UNPAID]
        if named.refused:
            not_yours(turn, named.refused)
        elif not named.order and len(unpaid) > 1:
            show_list(turn, "utter_unpaid_orders", unpaid, "track_order")
        else:
            tell_status(turn, named.order or (unpaid or orders)[0])


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
            points = word("，积分 {points}", points=customer.points) if customer.points is not None else ""
            turn.say("utter_member_own", level=customer.level, points=points)
            match = find_answer(turn, self.intent, NEAR)
            if match:
                say_answer(turn, match)
            return
        super().handle(turn)
