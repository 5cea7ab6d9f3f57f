"""Where is it, and could it come sooner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.base import ZhikeAction
from actions.faq_answers import policy
from actions.language import word
from actions.orders import (
    ARRIVED,
    ON_THE_WAY,
    OPEN,
    UNSHIPPED,
    Found,
    days_since,
    find_order,
    goods,
    last_seen,
    moment,
    own_order,
    parcel,
    show_list,
    yuan,
)
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Order

_OF_PARCELS = re.compile(r"发货|快递|包裹|物流|派送|配送|出库|送")


def not_yours(turn: Turn, number: str) -> None:
    """The same words whether there is no such number or it is somebody else's."""
    turn.say(
        "utter_order_not_found", number=number, buttons=[turn.button("看看我的订单", "track_order"), turn.human_button]
    )


def no_orders(turn: Turn) -> None:
    turn.say("utter_no_orders", buttons=[turn.human_button])


def meant(turn: Turn) -> Found:
    """The order that is asked about: named, or open, or – when none is open – the one spoken of last, or the newest."""
    # After a yes it is the order that the bot itself spoke of.
    found = find_order(turn, lambda order: order.status in OPEN, lean_on_focus=turn.intent == "affirm")
    if found.order or found.several or found.refused:
        return found
    focus = own_order(turn, turn.slot("order_focus"))
    orders = turn.orders
    return Found(order=focus or (orders[0] if orders else None), unlike=found.unlike)


class TrackOrder(ZhikeAction):
    action_name = "action_track_order"

    def handle(self, turn: Turn) -> None:
        if turn.anonymous:
            turn.say("utter_login_for_orders", buttons=[turn.human_button])
            return
        found = meant(turn)
        if found.refused:
            not_yours(turn, found.refused)
        elif found.order:
            self._say_unlike(turn, found)
            tell_status(turn, found.order)
        elif found.several:
            self._say_unlike(turn, found)
            turn.offer(self.action_name)
            show_list(turn, "utter_which_order_to_track", found.several, "track_order")
        else:
            no_orders(turn)

    @staticmethod
    def _say_unlike(turn: Turn, found: Found) -> None:
        if found.unlike:
            turn.say("utter_no_order_like", what=found.unlike)


def tell_status(turn: Turn, order: Order) -> None:
    """Status first, then the one thing that helps next."""
    now = turn.services.now()
    turn.set("order_focus", order.order_id)
    facts = {"order": order.order_id, "goods": goods(order), "total": yuan(order.total)}
    number = {"order_id": order.order_id}
    if order.status == "pending":
        turn.say(
            "utter_status_pending",
            when=moment(order.ordered_at, now),
            **facts,
            buttons=[turn.button("取消订单", "cancel_order", **number)],
        )
    elif order.status in UNSHIPPED:
        buttons = [
            turn.button("催发货", "urge_delivery", **number),
            turn.button("改地址", "change_order", **number, choice="address"),
            turn.button("取消订单", "cancel_order", **number),
        ]
        rule = policy(turn, "什么时候发货", "ask_shipping")
        turn.say(
            "utter_status_to_ship" if rule is None else "utter_status_to_ship_rule",
            rule=rule or "",
            when=moment(order.paid_at or order.ordered_at, now),
            **facts,
            buttons=buttons,
        )
    elif order.status in ON_THE_WAY:
        seen = last_seen(order, now)
        facts |= {
            "parcel": parcel(order),
            "seen": seen or word("{when} 发出", when=moment(order.shipped_at, now)).strip(),
        }
        turn.say(
            "utter_status_delivering" if order.status == "delivering" else "utter_status_on_the_way",
            **facts,
            buttons=[turn.button("催一下", "urge_delivery", **number)],
        )
    elif order.status in ARRIVED:
        place = next(
            (e.place for e in reversed(order.events) if e.place and e.kind not in ("ordered", "paid", "shipped")), ""
        )
        facts |= {
            "parcel": parcel(order),
            "where": word("，{place}", place=place) if place else "",
            "when": moment(order.received_at, now),
        }
        turn.say(
            "utter_status_arrived" if order.received_at else "utter_status_completed",
            **facts,
            buttons=[
                turn.button("没收到", "report_problem", **number, choice="not_received"),
                turn.button("申请售后", "request_return", **number),
            ],
        )
    elif order.status == "cancelled":
        turn.say("utter_status_cancelled", **facts)
    elif order.status == "refunded":
        turn.say("utter_status_refunded", when=moment(order.refunded_at, now), **facts)
    elif order.status in ("refunding", "exchanging"):
        turn.say(
            f"utter_status_{order.status}", **facts, buttons=[turn.button("看进度", "ask_refund_status", **number)]
        )
    else:
        turn.say("utter_status_other", status=order.status, **facts)


class UrgeDelivery(ZhikeAction):
    """Records the wish for the shop and says so; promises no time that the shop has not promised."""

    action_name = "action_urge_delivery"

    def handle(self, turn: Turn) -> None:
        if turn.anonymous:
            turn.say("utter_login_for_orders", buttons=[turn.human_button])
            return
        found = find_order(turn, lambda order: order.status in UNSHIPPED | ON_THE_WAY and order.status != "pending")
        if found.refused:
            not_yours(turn, found.refused)
        elif running := self._refund_spoken_of(turn):
            self._urge_refund(turn, running)
        elif found.order:
            self._urge(turn, found.order)
        elif found.several and (chosen := self._plainly_meant(turn, found.several)):
            self._urge(turn, chosen)
        elif found.several:
            turn.offer(self.action_name)
            show_list(turn, "utter_which_order_to_urge", found.several, "urge_delivery")
        else:
            newest = next((o for o in turn.orders if o.status in OPEN), None)
            if newest:
                tell_status(turn, newest)
            else:
                turn.say(
                    "utter_nothing_to_urge", buttons=[turn.button("看看我的订单", "track_order"), turn.human_button]
                )

    @staticmethod
    def _plainly_meant(turn: Turn, several: tuple[Order, ...]) -> Order | None:
        """还不发货 means one that is not shipped, when only one is; 派送 one that is being delivered."""
        words = turn.text
        unshipped = "发货" in words or "出库" in words
        fits = (
            [o for o in several if (o.status in UNSHIPPED) == unshipped]
            if unshipped or "派" in words or "送" in words
            else []
        )
        return fits[0] if len(fits) == 1 else None

    @staticmethod
    def _refund_spoken_of(turn: Turn) -> Order | None:
        """催一下 after talk of a refund presses the money, not a parcel."""
        if _OF_PARCELS.search(turn.text):
            return None
        focus = own_order(turn, turn.slot("order_focus"))
        return focus if focus is not None and focus.status in ("refunding", "exchanging") else None

    @staticmethod
    def _urge_refund(turn: Turn, order: Order) -> None:
        case = turn.services.store.cases.open(
            "urge",
            turn.customer_id,
            order_id=order.order_id,
            details={"text": turn.text, "status": order.status},
            deadline=turn.deadline,
        )
        turn.say(
            "utter_urged_refund_again" if case.existing else "utter_urged_refund",
            case=case.case_id,
            order=order.order_id,
            goods=goods(order),
            status=order.status_zh,
            buttons=[turn.human_button],
        )

    def _urge(self, turn: Turn, order: Order) -> None:
        now = turn.services.now()
        turn.set("order_focus", order.order_id)
        if order.status not in UNSHIPPED | ON_THE_WAY or order.status == "pending":
            tell_status(turn, order)
            return
        case = turn.services.store.cases.open(
            "urge",
            turn.customer_id,
            order_id=order.order_id,
            details={"text": turn.text, "status": order.status},
            deadline=turn.deadline,
        )
        since = order.paid_at or order.ordered_at
        facts = {
            "order": order.order_id,
            "goods": goods(order),
            "case": case.case_id,
            "when": moment(since, now),
            "days": str(max(days_since(since, now), 0)),
            "parcel": parcel(order),
            "seen": last_seen(order, now),
        }
        number = {"order_id": order.order_id}
        again = "_again" if case.existing else ""
        if order.status in UNSHIPPED:
            turn.say(
                f"utter_urged_shipping{again}",
                **facts,
                buttons=[turn.button("不等了，取消订单", "cancel_order", **number), turn.human_button],
            )
        else:
            seen = "utter_urged_parcel_seen" if facts["seen"] else "utter_urged_parcel"
            turn.say(f"utter_urged_parcel{again}" if again else seen, **facts, buttons=[turn.human_button])
