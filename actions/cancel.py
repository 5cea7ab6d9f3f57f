"""Cancelling an order that has not been sent, and taking back an application (return, exchange, repair …)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.choosing import order_question
from actions.forms import Draft, Question, ServiceForm
from actions.language import word
from actions.orders import ARRIVED, ON_THE_WAY, UNPAID, UNSHIPPED, find_order, goods, parcel, yuan
from actions.readers import reason_of
from actions.tracking import no_orders, not_yours, tell_status
from actions.turn import Turn
from store.errors import NotFound, OrderNotCancellable

if TYPE_CHECKING:
    from store.models import Case, Order

WITHDRAWABLE = ("return", "refund", "exchange", "repair", "install", "invoice", "price_protection", "problem")
CASE_ZH = {
    "return": "退货",
    "refund": "退款",
    "exchange": "换货",
    "repair": "维修",
    "install": "安装预约",
    "invoice": "发票",
    "price_protection": "价保",
    "problem": "问题反馈",
    "complaint": "投诉",
    "urge": "催单",
    "human_question": "登记",
    "privacy": "数据",
}
_OF_CASE = re.compile(r"(?:退货|退款|换货|售后|维修|报修|安装|发票|价保|保价)(?:的)?(?:申请|单|流程|服务|预约)?")
_ABOUT_APPLYING = re.compile(r"申请|售后|流程|撤[销回]|不退了|不换了|不修了")


def _cancellable(order: Order) -> bool:
    return order.status in UNSHIPPED


def case_to_withdraw(turn: Turn) -> Case | None:
    """The open application that is spoken of, newest first; None when an order is meant."""
    if not _ABOUT_APPLYING.search(turn.text) and not _OF_CASE.search(turn.text):
        return None
    cases = turn.services.store.cases.of_customer(turn.customer_id, kinds=WITHDRAWABLE, open_only=True)
    named = [c for c in cases if CASE_ZH[c.kind][:2] in turn.text or c.case_id in turn.text]
    return next(iter(named or cases), None)


def refuse_cancel(turn: Turn, order: Order) -> None:
    """Says why an order can't be cancelled any more, and the way on."""
    facts = {"order": order.order_id, "goods": goods(order), "parcel": parcel(order)}
    turn.set("order_focus", order.order_id)
    number = {"order_id": order.order_id}
    if order.status in ON_THE_WAY:
        turn.say(
            "utter_cancel_too_late",
            **facts,
            buttons=[turn.button("看物流", "track_order", **number), turn.human_button],
        )
    elif order.status in ARRIVED:
        turn.say(
            "utter_cancel_arrived",
            **facts,
            buttons=[turn.button("申请退货", "request_return", **number), turn.human_button],
        )
    else:
        tell_status(turn, order)


def _case(turn: Turn, draft: Draft) -> Case | None:
    cases = turn.services.store.cases.of_customer(turn.customer_id, kinds=WITHDRAWABLE, open_only=True)
    return next((c for c in cases if c.case_id == draft.get("target")), None)


class CancelForm(ServiceForm):
    name = "cancel_form"
    deed = "取消订单"
    verbs = "取消|撤销|撤|cancel|withdraw"
    intents = frozenset({"cancel_order"})
    main_intent = "cancel_order"
    kept = "utter_kept_cancel"

    def __init__(self) -> None:
        which = order_question(_cancellable, "取消")
        self.questions = (
            Question("order", which.ask, which.read, lambda draft: not draft.get("target")),
            Question("confirm", self._ask_confirm, self.read_confirm),
        )

    def open(self, turn: Turn) -> bool:
        if case_to_withdraw(turn):
            return True
        found = find_order(turn, _cancellable)
        if found.refused:
            not_yours(turn, found.refused)
        elif found.order and not _cancellable(found.order):
            refuse_cancel(turn, found.order)
        elif found.order or found.several:
            return True
        else:
            self._nothing_to_cancel(turn)
        return False

    def _nothing_to_cancel(self, turn: Turn) -> None:
        orders = turn.orders
        sent, received = ([o for o in orders if o.status in statuses] for statuses in (ON_THE_WAY, {"received"}))
        late = next(iter(sent + received), None)
        if late:
            refuse_cancel(turn, late)
        elif turn.orders:
            turn.say("utter_nothing_to_cancel", buttons=[turn.button("看看我的订单", "track_order"), turn.human_button])
        else:
            no_orders(turn)

    def fill(self, turn: Turn, draft: Draft) -> None:
        if not draft.get("order") and not draft.get("target"):
            case = case_to_withdraw(turn)
            if case:
                draft.put("target", case.case_id)
        reason = reason_of(turn.text)
        if reason and not draft.get("reason"):
            draft.put("reason", {"key": reason.key, "text": reason.label})

    def refuse(self, turn: Turn, draft: Draft) -> bool:
        order = draft.order
        if draft.get("target") or order is None or _cancellable(order):
            return False
        refuse_cancel(turn, order)
        return True

    def _ask_confirm(self, turn: Turn, draft: Draft, again: bool) -> None:
        order = draft.order
        if draft.get("target"):
            case = _case(turn, draft)
            turn.say(
                "utter_confirm_withdraw",
                what=CASE_ZH[case.kind] if case else "",
                case=str(draft.get("target")),
                buttons=self.confirm_buttons(turn, draft, "确认撤销", "先不撤销"),
            )
            return
        paid = order.status not in UNPAID
        money = word("已付的 {paid} 会按原支付方式退回", paid=yuan(order.total)) if paid else word("还没付款，不会扣钱")
        turn.say(
            "utter_confirm_cancel_again" if again else "utter_confirm_cancel",
            order=order.order_id,
            goods=goods(order),
            total=yuan(order.total),
            money=money,
            buttons=self.confirm_buttons(turn, draft, "确认取消", "先不取消"),
        )

    def submit(self, turn: Turn, draft: Draft) -> None:
        if draft.get("target"):
            self._withdraw(turn, draft)
            return
        order_id = draft.get("order")
        unpaid = draft.order is not None and draft.order.status in UNPAID
        try:
            order = turn.services.store.orders.cancel(
                order_id, turn.customer_id, (draft.get("reason") or {}).get("text", ""), deadline=turn.deadline
            )
        except OrderNotCancellable as error:
            turn.say(
                "utter_store_refused",
                why=error.reason_zh,
                buttons=[turn.button("看物流", "track_order", order_id=order_id), turn.human_button],
            )
            return
        turn.say(
            "utter_cancelled_unpaid" if unpaid else "utter_cancelled",
            order=order.order_id,
            goods=goods(order),
            total=yuan(order.total),
        )

    def _withdraw(self, turn: Turn, draft: Draft) -> None:
        case = _case(turn, draft)
        try:
            turn.services.store.cases.withdraw(draft.get("target"), turn.customer_id)
        except NotFound:
            case = None
        if case is None:
            turn.say("utter_withdraw_gone", case=str(draft.get("target")), buttons=[turn.human_button])
        else:
            turn.say("utter_withdrawn", what=CASE_ZH[case.kind], case=case.case_id)


CANCEL = CancelForm()
