"""Returning goods, or the money alone: who may, until when, why, and the application itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.choosing import (
    choice_question,
    goods_meant,
    item_question,
    order_question,
    reason_in,
    reason_label,
    reason_question,
)
from actions.faq_answers import find_answer, policy, policy_days, say_answer
from actions.forms import Draft, Question, ServiceForm
from actions.language import word
from actions.orders import (
    ARRIVED,
    ON_THE_WAY,
    UNSHIPPED,
    day,
    days_since,
    find_order,
    goods,
    parcel,
    yuan,
)
from actions.readers import reason_of
from actions.tracking import no_orders, not_yours, tell_status
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Case, Order

LAWFUL_DAYS = 7
"""Days for returning without a reason when the shop's FAQ names none: 消费者权益保护法 第二十五条."""

KINDS = {"return": "退货退款", "refund_only": "仅退款"}
_REFUND_ONLY = re.compile(
    r"仅退款|只退款|光退款|不退货|退款不退|货不退|不寄回|refund only|only (?:a |the )?refund|without (?:a )?return",
    re.I,
)
_RETURN = re.compile(r"退货|退回|寄回|退货退款|退掉|return|send (?:it|them) back", re.I)
QUESTION_ONLY = re.compile(
    r"谁|多久|几天|多少天|多少钱|哪里|哪儿|地址|条件|规则|要求|运费|邮费|期限|什么时候|几天内|影响|流程"
)
REASON_KEYS = ("size", "change_of_mind", "broken", "wrong", "missing", "not_as_described")


def return_days(turn: Turn) -> int:
    return policy_days(turn, "七天无理由退货", "request_return") or LAWFUL_DAYS


def since_arrival(turn: Turn, order: Order) -> int | None:
    """Whole days since the parcel was received; None when that is not known."""
    return days_since(order.received_at, turn.services.now()) if order.received_at else None


def within_term(turn: Turn, order: Order, days: int) -> bool:
    """Received, and not longer ago than the term. Without a time of receipt a finished order counts as too old."""
    gone = since_arrival(turn, order)
    return order.status in ARRIVED and (gone <= days if gone is not None else order.status == "received")


def open_case(turn: Turn, order: Order, kinds: tuple[str, ...] = ("return", "refund")) -> Case | None:
    cases = turn.services.store.cases.of_customer(turn.customer_id, kinds=kinds, open_only=True)
    return next((case for case in cases if case.order_id == order.order_id), None)


def refuse_too_late(turn: Turn, order: Order, days: int, deed: str) -> None:
    """Over the term: when it was received, how long ago, the rule, and what is still possible."""
    turn.set("order_focus", order.order_id)
    number = {"order_id": order.order_id}
    gone = since_arrival(turn, order)
    facts = {"order": order.order_id, "goods": goods(order), "days": str(days), "deed": deed}
    buttons = [
        turn.button("商品有质量问题", "report_problem", **number),
        turn.button("申请维修", "ask_warranty", **number),
        turn.human_button,
    ]
    if gone is None:
        turn.say("utter_term_over_unknown", **facts, buttons=buttons)
    else:
        turn.say(
            "utter_term_over",
            when=day(order.received_at, turn.services.now()),
            gone=str(gone),
            **facts,
            buttons=buttons,
        )


def refuse_not_arrived(turn: Turn, order: Order, deed: str) -> None:
    """Nothing to send back yet, or something is running already: what is possible instead."""
    turn.set("order_focus", order.order_id)
    number = {"order_id": order.order_id}
    facts = {"order": order.order_id, "goods": goods(order), "parcel": parcel(order), "deed": deed}
    if order.status in UNSHIPPED:
        turn.say(
            "utter_not_shipped_cancel_instead",
            **facts,
            buttons=[turn.button("取消订单", "cancel_order", **number), turn.human_button],
        )
    elif order.status in ON_THE_WAY:
        turn.say(
            "utter_on_the_way_refuse_it",
            **facts,
            buttons=[turn.button("看物流", "track_order", **number), turn.human_button],
        )
    else:
        tell_status(turn, order)


class ReturnForm(ServiceForm):
    name = "return_form"
    deed = "退货"
    verbs = "退货退款|退货|退款|退|return|refund"
    intents = frozenset({"request_return"})
    main_intent = "request_return"
    kept = "utter_kept_return"

    def __init__(self) -> None:
        self.questions = (
            order_question(
                lambda order: order.status in ARRIVED,
                "退",
                lambda turn: lambda order: within_term(turn, order, return_days(turn)),
            ),
            item_question(),
            reason_question("退货", REASON_KEYS),
            choice_question("kind", "utter_ask_return_kind", KINDS, _read_kind),
            Question("confirm", self._ask_confirm, self.read_confirm),
        )

    def open(self, turn: Turn) -> bool:
        if only_asks(turn):
            match = find_answer(turn, self.main_intent)
            if match:
                say_answer(turn, match, buttons=[turn.button("申请退货", "request_return")])
                turn.offer("action_request_return")
                return False
        days = return_days(turn)
        found = find_order(turn, lambda order: within_term(turn, order, days))
        if found.refused:
            not_yours(turn, found.refused)
            return False
        if found.order:
            return not self._refuse(turn, found.order)
        return bool(found.several) or self._nothing_to_return(turn, days)

    def _nothing_to_return(self, turn: Turn, days: int) -> bool:
        orders = turn.orders
        waiting = next((o for o in orders if o.status in UNSHIPPED | ON_THE_WAY | {"refunding", "exchanging"}), None)
        newest = next((o for o in orders if o.status in ARRIVED), None)
        if waiting:
            refuse_not_arrived(turn, waiting, self.deed)
        elif newest:
            refuse_too_late(turn, newest, days, self.deed)
        else:
            no_orders(turn)
        return False

    def _refuse(self, turn: Turn, order: Order) -> bool:
        days, running = return_days(turn), open_case(turn, order)
        if running:
            turn.set("order_focus", order.order_id)
            turn.say(
                "utter_return_running",
                case=running.case_id,
                order=order.order_id,
                goods=goods(order),
                buttons=[turn.button("看进度", "ask_refund_status"), turn.human_button],
            )
        elif order.status not in ARRIVED:
            refuse_not_arrived(turn, order, self.deed)
        elif not within_term(turn, order, days):
            refuse_too_late(turn, order, days, self.deed)
        else:
            return False
        return True

    def fill(self, turn: Turn, draft: Draft) -> None:
        order = draft.order
        if order is not None and len(order.lines) == 1 and not draft.get("item"):
            draft.put("item", order.lines[0].product_id)
        reason = reason_in(draft)
        # Whether the goods go back is asked only where the answer is open: the shop's fault. A change of mind sends
        # them back.
        if draft.get("kind") is None and draft.get("reason") and not (reason and reason.fault):
            draft.put("kind", "return")

    def refuse(self, turn: Turn, draft: Draft) -> bool:
        return draft.order is not None and self._refuse(turn, draft.order)

    def token(self, draft: Draft) -> str:
        return f"{super().token(draft)}:{(draft.get('reason') or {}).get('key', '')}"

    def _ask_confirm(self, turn: Turn, draft: Draft, again: bool) -> None:
        freight = policy(turn, "退货运费谁承担", "request_return")
        turn.say(
            "utter_confirm_return_again" if again else "utter_confirm_return",
            kind=KINDS[draft.get("kind")],
            goods=goods_meant(draft),
            order=str(draft.get("order")),
            total=yuan(draft.amount),
            reason=reason_label(draft),
            freight=word("\n运费：{rule}", rule=freight) if freight and draft.get("kind") == "return" else "",
            buttons=self.confirm_buttons(turn, draft, "确认提交", "先不退"),
        )

    def submit(self, turn: Turn, draft: Draft) -> None:
        kind = draft.get("kind")
        case = turn.services.store.cases.open(
            "return" if kind == "return" else "refund",
            turn.customer_id,
            order_id=draft.get("order"),
            product_id=draft.product_id,
            details={"reason": draft.get("reason"), "kind": kind, "amount": draft.amount},
            deadline=turn.deadline,
        )
        turn.say(
            "utter_return_submitted",
            kind=KINDS[kind],
            case=case.case_id,
            goods=goods_meant(draft),
            total=yuan(draft.amount),
            buttons=[turn.button("查进度", "ask_refund_status")],
        )


def only_asks(turn: Turn) -> bool:
    """A question about the rules (who pays, how long, where to), not the wish itself."""
    if turn.pressed:
        return str(turn.entity("choice") or "").startswith("faq:")
    return turn.intent != "affirm" and bool(QUESTION_ONLY.search(turn.text)) and not reason_of(turn.text)


def _read_kind(turn: Turn, draft: Draft, asked: bool) -> str | None:
    if _REFUND_ONLY.search(turn.text):
        return "refund_only"
    return "return" if asked and _RETURN.search(turn.text) else None


RETURN = ReturnForm()
