"""A person takes over: the request with a summary of the talk, and the place in the queue."""

from __future__ import annotations

from typing import Any

from actions.base import ZhikeAction
from actions.cancel import CASE_ZH
from actions.language import word
from actions.orders import own_order, short, status_of
from actions.turn import Turn
from store.errors import StoreError

LEAVE_BUTTON = {"title": "先不等了，继续问机器人", "payload": "/leave_queue"}
"""Pressed, the channel ends the waiting itself (bot/channels/handover.py): while somebody waits, no message reaches
the dialogue."""


def handover_data(state: str, position: int | None = None) -> dict[str, Any]:
    """`custom` of a message that offers, starts or ends a handover, as the contract has it."""
    data: dict[str, Any] = {"type": "handover", "state": state}
    if position:
        data["position"] = position
    return {"data": data}


def summary_of(turn: Turn) -> str:
    """What the person should know without asking: who, the order, open cases, and the last things said. For the
    shop's own staff."""
    parts = []
    if turn.customer is not None:
        parts.append(f"客户 {turn.customer.name or turn.customer_id}（{turn.customer.level or '会员'}）")
    order = own_order(turn, turn.slot("case_order") or turn.slot("order_focus"))
    if order is not None:
        parts.append(f"订单 {order.order_id} {short(order.title)}，{status_of(order)}")
    cases = turn.services.store.cases.of_customer(turn.customer_id, open_only=True)[:3] if not turn.anonymous else []
    parts += [f"{CASE_ZH.get(case.kind, case.kind)} {case.case_id} 处理中" for case in cases]
    if turn.form:
        parts.append("正在办：" + turn.form.removesuffix("_form"))
    said = [
        e.get("text", "")
        for e in turn.tracker.events
        if e.get("event") == "user" and not str(e.get("text", "")).startswith("/")
    ]
    parts.append("客户说：" + " / ".join(said[-5:]))
    return "；".join(parts)[:1000]


class RequestHuman(ZhikeAction):
    """One turn away from everywhere; ends a form, since the person carries on with it."""

    action_name = "action_request_human"
    soothes = True
    offers_human = False
    resumes_form = False

    def handle(self, turn: Turn) -> None:
        handovers = turn.services.store.handovers
        if turn.form:
            turn.leave_form()
        try:
            handover = handovers.request(
                turn.sender_id, turn.customer_id, self._reason(turn), summary_of(turn), deadline=turn.deadline
            )
        except StoreError:
            turn.say("utter_handover_failed", buttons=[turn.human_button])
            return
        if handover.state == "connected":
            turn.say("utter_handover_connected", custom=handover_data("connected"))
            return
        passed_on = (
            "utter_handover_with_order" if turn.slot("case_order") or turn.slot("order_focus") else "utter_handover"
        )
        before = handover.position - 1
        ahead = word("前面还有 {count} 位", count=before) if before > 0 else word("您排在第 1 位")
        turn.say(
            passed_on,
            ahead=ahead,
            position=str(handover.position),
            custom=handover_data("queued", handover.position),
            buttons=[{**LEAVE_BUTTON, "title": word(LEAVE_BUTTON["title"])}],
        )

    @staticmethod
    def _reason(turn: Turn) -> str:
        return "情绪激动，要求人工" if turn.mood == "negative" else "客户要求人工"
