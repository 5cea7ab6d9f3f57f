"""How far a refund, a return, an exchange, a repair, an invoice or a complaint is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.base import ZhikeAction
from actions.cancel import CASE_ZH
from actions.faq_answers import policy
from actions.language import word
from actions.orders import days_since, goods, moment, named_order, own_order, yuan
from actions.tracking import not_yours
from actions.turn import Turn

if TYPE_CHECKING:
    from datetime import datetime

    from store.models import Case, Order

_CASE_NUMBER = re.compile(r"(?<![A-Za-z])[A-Za-z]{2}\d{8}-\d{4}")
STATUS_ZH = {"open": "已登记，店里处理中", "done": "已处理完", "withdrawn": "已撤销"}
MONEY_CASES = ("return", "refund", "price_protection")
RECENT_DAYS = 60
"""How long a finished refund is still worth telling when nothing else runs."""


class RefundStatus(ZhikeAction):
    action_name = "action_ask_refund_status"

    def handle(self, turn: Turn) -> None:
        rule = policy(turn, "退款多久到账", "ask_refund_status")
        if turn.anonymous:
            turn.say(
                "utter_login_for_orders_rule" if rule else "utter_login_for_orders",
                rule=rule or "",
                buttons=[turn.human_button],
            )
            return
        orders = turn.orders
        named = named_order(turn, orders)
        if named.refused and not _CASE_NUMBER.search(turn.text):
            not_yours(turn, named.refused)
            return
        cases = self._cases(turn, named.order)
        money = self._money(turn, orders, named.order)
        if cases:
            for case in cases[:3]:
                self._tell_case(turn, case)
        elif money:
            self._tell_money(turn, money[0], rule)
        elif named.order:
            turn.say(
                "utter_no_refund_for_order",
                order=named.order.order_id,
                goods=goods(named.order),
                status=named.order.status_zh,
                buttons=[turn.button("申请退货", "request_return", order_id=named.order.order_id), turn.human_button],
            )
        else:
            turn.say("utter_no_refund", buttons=[turn.button("申请退货", "request_return"), turn.human_button])
        # The shop's own term helps where money is to come, and where nothing runs and only the rule was asked for.
        told = bool(money) and not cases and money[0].status == "refunded"
        if rule and not told and all(case.kind in MONEY_CASES for case in cases[:1]):
            turn.say("utter_refund_rule", rule=rule)

    @staticmethod
    def _cases(turn: Turn, order: Order | None) -> list[Case]:
        """Those spoken of: by number, of the named order, of the named kind; else all that are open."""
        cases = turn.services.store.cases.of_customer(turn.customer_id)
        number = _CASE_NUMBER.search(turn.text)
        if number:
            return [c for c in cases if c.case_id == number[0].upper()]
        cases = [c for c in cases if c.status == "open" and c.kind not in ("urge", "human_question")]
        if order is not None:
            return [c for c in cases if c.order_id == order.order_id]
        named = [c for c in cases if CASE_ZH.get(c.kind, "？")[:2] in turn.text]
        return named or [c for c in cases if c.kind != "complaint"]

    @staticmethod
    def _money(turn: Turn, orders: list[Order], order: Order | None) -> list[Order]:
        """Orders whose money is coming back or came back lately, the running ones first."""
        pool = [order] if order is not None else orders
        running = [o for o in pool if o.status in ("refunding", "exchanging")]
        running += [o for o in pool if _money_of_cancelled_is_due(o, turn.services.now())]
        return running or [
            o
            for o in pool
            if o.status == "refunded"
            and o.refunded_at is not None
            and (order is not None or days_since(o.refunded_at, turn.services.now()) <= RECENT_DAYS)
        ]

    @staticmethod
    def _tell_case(turn: Turn, case: Case) -> None:
        order = own_order(turn, case.order_id)
        if order is not None:
            turn.set("order_focus", order.order_id)
        about = word("（{goods}，订单 {order}）", goods=goods(order), order=order.order_id) if order is not None else ""
        turn.say(
            "utter_case_status",
            what=CASE_ZH.get(case.kind, "申请"),
            case=case.case_id,
            about=about,
            status=STATUS_ZH.get(case.status, case.status),
            when=moment(case.created_at, turn.services.now()),
            buttons=[turn.human_button],
        )

    @staticmethod
    def _tell_money(turn: Turn, order: Order, rule: str | None) -> None:
        now = turn.services.now()
        turn.set("order_focus", order.order_id)
        facts = {"order": order.order_id, "goods": goods(order), "total": yuan(order.total)}
        if order.status == "refunded":
            gone = days_since(order.refunded_at, now)
            turn.say(
                "utter_refunded",
                when=moment(order.refunded_at, now),
                gone=str(gone),
                rule=rule or "",
                **facts,
                buttons=[turn.human_button],
            )
        elif order.status == "cancelled":
            turn.say("utter_cancelled_refund", **facts, buttons=[turn.human_button])
        else:
            turn.say(f"utter_{order.status}_running", **facts, buttons=[turn.human_button])


def _money_of_cancelled_is_due(order: Order, now: datetime) -> bool:
    """A paid order that was cancelled lately and whose money isn't recorded as back."""
    if order.status != "cancelled" or order.paid_at is None or order.refunded_at is not None:
        return False
    cancelled = [event.at for event in order.events if event.kind == "cancelled"]
    return bool(cancelled) and days_since(max(cancelled), now) <= RECENT_DAYS
