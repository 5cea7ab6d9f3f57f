"""Goods that came broken, wrong or incomplete, and parcels marked delivered that nobody got: registered at once, then
the ways on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.choosing import choice_question, goods_meant, item_question, order_question
from actions.forms import Draft, ServiceForm
from actions.orders import ARRIVED, ON_THE_WAY, UNSHIPPED, find_order, moment, parcel
from actions.readers import reason_of
from actions.returns import return_days, within_term
from actions.tracking import no_orders, not_yours, tell_status
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Order

KINDS = {
    "broken": "破损/质量问题",
    "missing": "少件/漏发",
    "wrong": "发错货",
    "not_as_described": "与描述不符",
    "not_received": "没收到货",
}
NOT_RECEIVED = re.compile(
    r"没(?:有)?(?:收到|拿到|见到)|未收到|没见着|丢件|丢了|被(?:别人|人)?(?:签|拿)|谁签(?:收)?的|不是我签|显示(?:已)?签收.{0,8}(?:没|未)|虚假签收|假签收"
    r"|(?:never|not|n'?t) (?:received?|got|get|arrived?)|lost",
    re.I,
)


def _concerns(order: Order) -> bool:
    return order.status in ARRIVED | ON_THE_WAY


def _read_kind(turn: Turn, draft: Draft, asked: bool) -> str | None:
    if NOT_RECEIVED.search(turn.text):
        return "not_received"
    reason = reason_of(turn.text)
    if reason and reason.key in KINDS:
        return reason.key
    # Whatever else was said to be wrong is told in the customer's words.
    return (
        "broken"
        if asked and turn.intent in ("inform", "report_problem", "complain", "nlu_fallback") and len(turn.text) >= 4
        else None
    )


class ProblemForm(ServiceForm):
    """Registering harms nobody and can be taken back, so nothing is asked back: an upset customer hears what was
    done."""

    name = "problem_form"
    deed = "登记问题"
    verbs = "登记|反馈"
    intents = frozenset({"report_problem"})
    main_intent = "report_problem"
    kept = "utter_kept_problem"

    def __init__(self) -> None:
        self.questions = (
            order_question(_concerns, "反馈", lambda turn: lambda order: _concerns(order) and _recent(turn, order)),
            choice_question("kind", "utter_ask_problem_kind", KINDS, _read_kind),
            item_question(lambda draft: draft.get("kind") != "not_received"),
        )

    def open(self, turn: Turn) -> bool:
        found = find_order(turn, lambda order: _concerns(order) and _recent(turn, order))
        if found.refused:
            not_yours(turn, found.refused)
        elif found.order and found.order.status in UNSHIPPED | {"cancelled", "refunded"}:
            tell_status(turn, found.order)
        elif found.order or found.several:
            return True
        elif turn.orders:
            # Nothing recent: any order that came may be meant.
            older = [o for o in turn.orders if _concerns(o)]
            if older:
                return True
            tell_status(turn, turn.orders[0])
        else:
            no_orders(turn)
        return False

    def fill(self, turn: Turn, draft: Draft) -> None:
        order = draft.order
        if order is not None and len(order.lines) == 1 and not draft.get("item"):
            draft.put("item", order.lines[0].product_id)
        if draft.get("detail") is None and not turn.pressed and len(turn.text) >= 4:
            draft.put("detail", turn.text.strip()[:200])

    def refuse(self, turn: Turn, draft: Draft) -> bool:
        order = draft.order
        if order is None or draft.get("kind") != "not_received" or order.status not in ON_THE_WAY:
            return False
        tell_status(turn, order)  # it is on its way: where it is answers the question
        return True

    def submit(self, turn: Turn, draft: Draft) -> None:
        order, kind = draft.order, draft.get("kind")
        case = turn.services.store.cases.open(
            "problem",
            turn.customer_id,
            order_id=order.order_id,
            product_id=draft.product_id if kind != "not_received" else None,
            details={"kind": kind, "text": draft.get("detail")},
            deadline=turn.deadline,
        )
        number = {"order_id": order.order_id}
        facts = {
            "case": case.case_id,
            "order": order.order_id,
            "goods": goods_meant(draft),
            "parcel": parcel(order),
            "problem": KINDS[kind],
        }
        if kind == "not_received":
            when = moment(order.received_at, turn.services.now())
            turn.say(
                "utter_problem_not_received",
                when=when or "之前",
                **facts,
                buttons=[turn.button("查进度", "ask_refund_status"), turn.human_button],
            )
            return
        possible = within_term(turn, order, return_days(turn))
        if draft.product_id:
            number["product"] = draft.product_id
        buttons = (
            [
                turn.button("退货退款", "request_return", choice=kind, **number),
                turn.button("换一件", "request_exchange", choice=kind, **number),
            ]
            if possible
            else []
        )
        turn.say(
            "utter_problem_recorded" if possible else "utter_problem_recorded_old",
            **facts,
            buttons=[*buttons, turn.human_button],
        )


def _recent(turn: Turn, order: Order) -> bool:
    """On its way, or received within two terms of return: what a fresh fault is most likely about."""
    return order.status in ON_THE_WAY or within_term(turn, order, 2 * return_days(turn))


PROBLEM = ProblemForm()
