"""Swapping received goods for another size, another colour, or a sound piece of the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.change import read_variant
from actions.choosing import goods_meant, item_question, order_question, reason_label, reason_question
from actions.faq_answers import find_answer, policy_days, say_answer
from actions.forms import Draft, Question, ServiceForm
from actions.language import word
from actions.orders import ARRIVED, ON_THE_WAY, UNSHIPPED, find_order, goods
from actions.readers import Unfit
from actions.returns import LAWFUL_DAYS, only_asks, open_case, refuse_not_arrived, refuse_too_late, within_term
from actions.tracking import no_orders, not_yours
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Order

SAME = "同款换新"
_SAME = re.compile(
    r"换新|换个(?:新|好)的|同款|一样的|重新(?:发|寄)|补发|换一(?:个|件|台|双|瓶|盒)(?:新|好)?的?$|换台|没坏的|好的(?:给|换)"
    r"|same (?:one|thing)|(?:a )?new one|replace",
    re.I,
)


def exchange_days(turn: Turn) -> int:
    return (
        policy_days(turn, "多少天内可以换货", "request_exchange")
        or policy_days(turn, "七天无理由退货", "request_return")
        or LAWFUL_DAYS
    )


def _read_target(turn: Turn, draft: Draft, asked: bool) -> dict[str, str] | None:
    """What it is to become: {"size": "L"}, {"colour": "黑色"}, both, or {"same": 同款换新}."""
    if turn.pressed and turn.entity("choice") == "same":
        return {"same": SAME}
    if draft.line is None:
        return None
    wanted: dict[str, str] = {}
    for kind in ("colour", "size"):
        try:
            value = read_variant(turn, draft, kind, asked)
        except Unfit:
            if asked:
                raise
            value = None
        if value:
            wanted[kind] = value
    if wanted:
        return wanted
    return {"same": SAME} if not turn.pressed and _SAME.search(turn.text) else None


def target_label(value: dict[str, str] | None) -> str:
    return "、".join((value or {}).values())


def _ask_target(turn: Turn, draft: Draft, again: bool) -> None:
    line = draft.line
    product = turn.services.catalogue().products.get(line.product_id) if line else None
    offered = [*(product.sizes if product else ()), *(product.colours if product else ())]
    buttons = [turn.button(value, "inform", choice=value) for value in offered[:6]] + [
        turn.button(SAME, "inform", choice="same")
    ]
    turn.say(
        "utter_ask_exchange_target_again" if again else "utter_ask_exchange_target",
        goods=goods_meant(draft),
        buttons=buttons,
    )


class ExchangeForm(ServiceForm):
    name = "exchange_form"
    deed = "换货"
    verbs = "换货|换|exchange"
    intents = frozenset({"request_exchange"})
    main_intent = "request_exchange"
    kept = "utter_kept_exchange"

    def __init__(self) -> None:
        self.questions = (
            order_question(
                lambda order: order.status in ARRIVED,
                "换",
                lambda turn: lambda order: within_term(turn, order, exchange_days(turn)),
            ),
            item_question(whole=False),
            Question("value", _ask_target, _read_target),
            reason_question(
                "换货",
                ("size", "broken", "wrong", "change_of_mind"),
                lambda draft: "same" in (draft.get("value") or {}),
            ),
            Question("confirm", self._ask_confirm, self.read_confirm),
        )

    def open(self, turn: Turn) -> bool:
        if only_asks(turn):
            match = find_answer(turn, self.main_intent)
            if match:
                say_answer(turn, match, buttons=[turn.button("申请换货", "request_exchange")])
                turn.offer("action_request_exchange")
                return False
        days = exchange_days(turn)
        found = find_order(turn, lambda order: within_term(turn, order, days))
        if found.refused:
            not_yours(turn, found.refused)
            return False
        if found.order:
            return not self._refuse(turn, found.order)
        return bool(found.several) or self._nothing_to_exchange(turn, days)

    def _nothing_to_exchange(self, turn: Turn, days: int) -> bool:
        orders = turn.orders
        waiting = next((o for o in orders if o.status in UNSHIPPED | ON_THE_WAY | {"refunding", "exchanging"}), None)
        newest = next((o for o in orders if o.status in ARRIVED), None)
        if waiting:
            self._not_arrived(turn, waiting)
        elif newest:
            refuse_too_late(turn, newest, days, self.deed)
        else:
            no_orders(turn)
        return False

    def _not_arrived(self, turn: Turn, order: Order) -> None:
        if order.status in UNSHIPPED:
            turn.set("order_focus", order.order_id)
            turn.say(
                "utter_not_shipped_change_instead",
                order=order.order_id,
                goods=goods(order),
                buttons=[turn.button("直接改订单", "change_order", order_id=order.order_id), turn.human_button],
            )
        else:
            refuse_not_arrived(turn, order, self.deed)

    def _refuse(self, turn: Turn, order: Order) -> bool:
        days, running = exchange_days(turn), open_case(turn, order, ("exchange",))
        if running:
            turn.set("order_focus", order.order_id)
            turn.say(
                "utter_exchange_running",
                case=running.case_id,
                order=order.order_id,
                goods=goods(order),
                buttons=[turn.button("看进度", "ask_refund_status"), turn.human_button],
            )
        elif order.status not in ARRIVED:
            self._not_arrived(turn, order)
        elif not within_term(turn, order, days):
            refuse_too_late(turn, order, days, self.deed)
        else:
            return False
        return True

    def fill(self, turn: Turn, draft: Draft) -> None:
        order = draft.order
        if order is not None and len(order.lines) == 1 and not draft.get("item"):
            draft.put("item", order.lines[0].product_id)
        if draft.get("value") is None and draft.line is not None:
            value = _read_target(turn, draft, False)
            if value:
                draft.put("value", value)

    def refuse(self, turn: Turn, draft: Draft) -> bool:
        return draft.order is not None and self._refuse(turn, draft.order)

    def token(self, draft: Draft) -> str:
        return f"{super().token(draft)}:{target_label(draft.get('value'))}"

    def _ask_confirm(self, turn: Turn, draft: Draft, again: bool) -> None:
        reason = reason_label(draft)
        turn.say(
            "utter_confirm_exchange",
            goods=goods_meant(draft),
            order=str(draft.get("order")),
            target=target_label(draft.get("value")),
            reason=word("（{reason}）", reason=word(reason)) if reason else "",
            buttons=self.confirm_buttons(turn, draft, "确认换货", "先不换"),
        )

    def submit(self, turn: Turn, draft: Draft) -> None:
        case = turn.services.store.cases.open(
            "exchange",
            turn.customer_id,
            order_id=draft.get("order"),
            product_id=draft.product_id,
            details={"wanted": draft.get("value"), "reason": draft.get("reason")},
            deadline=turn.deadline,
        )
        turn.say(
            "utter_exchange_submitted",
            case=case.case_id,
            goods=goods_meant(draft),
            target=target_label(draft.get("value")),
            buttons=[turn.button("查进度", "ask_refund_status")],
        )


EXCHANGE = ExchangeForm()
