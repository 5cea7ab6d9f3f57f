"""Warranty: what the shop promises, whether this order is still covered, and a repair or a fitter's visit applied
for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from actions.choosing import choice_question, goods_meant, item_question, order_question
from actions.faq import NEAR
from actions.faq_answers import find_answer, policy, say_answer, say_unknown
from actions.forms import Draft, Question, ServiceForm
from actions.language import word
from actions.orders import ARRIVED, day, find_order, goods
from actions.problems import NOT_RECEIVED
from actions.readers import asks_something, plain, reason_of, refuses
from actions.returns import open_case, refuse_not_arrived
from actions.tracking import no_orders, not_yours
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Order

KINDS = {"repair": "报修", "install": "预约安装"}
_INSTALL = re.compile(r"安装|上门装|装机|师傅|预约|install", re.I)
_REPAIR = re.compile(
    r"报修|维修|修(?:一下|理|好)?|返修|坏了|保修|开不了机|不(?:亮|转|工作|通电)|没反应|故障|失灵|repair|\bfix", re.I
)
_APPLIES = re.compile(
    r"报修|申请|帮我(?:修|报|约|安排)|想修|要修|给(?:我)?修|寄(?:去)?修|走(?:保修|维修)|预约|约(?:个|一下|师傅)|改(?:个|到|天)|坏了|不亮|不转|开不了|没反应|失灵"
    r"|(?:need|want|get|have|send).{0,20}(?:repair|fix)|repair (?:it|this|my)|fix (?:it|this|my)",
    re.I,
)
_WARRANTY = re.compile(r"([一二两三四五半\d]+)\s*(?:个)?(年|月|天)")
_AMOUNT = {"半": 0.5, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5}


def warranty_days(answer: str | None) -> int | None:
    """Days of the longest warranty that the shop's answer names (一年, 电脑两年 → 730), None when it names none:
    nobody is refused whom another reading of the rule would cover."""
    terms = [
        (float(number) if number.isdigit() else _AMOUNT.get(number, 0)) * {"年": 365, "月": 30, "天": 1}[unit]
        for number, unit in _WARRANTY.findall(answer or "")
    ]
    return round(max(terms, default=0)) or None


def _read_kind(turn: Turn, draft: Draft, asked: bool) -> str | None:
    if _INSTALL.search(turn.text):
        return "install"
    return "repair" if _REPAIR.search(turn.text) or reason_of(turn.text) else None


def _read_detail(turn: Turn, draft: Draft, asked: bool) -> str | None:
    """What is wrong, or when the fitter may come, in the customer's words."""
    if turn.pressed:
        return None
    words = turn.text.strip()
    faulty = turn.intent == "report_problem" and not NOT_RECEIVED.search(words)
    told = faulty or bool(reason_of(words)) or (draft.get("kind") == "install" and turn.entity("date") is not None)
    if told and (asked or faulty or len(plain(words)) >= 6):
        return words[:200]
    if (
        asked
        and turn.intent not in ("deny", "clarify")
        and len(plain(words)) >= 2
        and not asks_something(words)
        and not refuses(turn)
    ):
        return words[:200]
    return None


def _ask_detail(turn: Turn, draft: Draft, again: bool) -> None:
    what = "install" if draft.get("kind") == "install" else "repair"
    turn.say(f"utter_ask_{what}_detail_again" if again else f"utter_ask_{what}_detail", goods=goods_meant(draft))


class RepairForm(ServiceForm):
    name = "repair_form"
    deed = "报修"
    verbs = "报修|维修|修|预约|安装|装"
    intents = frozenset({"ask_warranty"})
    main_intent = "ask_warranty"
    kept = "utter_kept_repair"

    def __init__(self) -> None:
        self.questions = (
            order_question(lambda order: order.status in ARRIVED, "报修"),
            item_question(whole=False),
            choice_question("kind", "utter_ask_repair_kind", KINDS, _read_kind),
            Question("detail", _ask_detail, _read_detail),
            Question("confirm", self._ask_confirm, self.read_confirm),
        )

    def open(self, turn: Turn) -> bool:
        applies = turn.pressed or turn.intent == "affirm" or bool(_APPLIES.search(turn.text))
        match = find_answer(turn, self.main_intent)
        if match and not (applies and not asks_something(turn.text)):
            say_answer(turn, match, buttons=[turn.button("申请报修", "ask_warranty", choice="repair")])
            turn.offer("action_ask_warranty")
            return False
        if not applies:
            self._near_or_unknown(turn)
            return False
        return self._can_start(turn)

    def _near_or_unknown(self, turn: Turn) -> None:
        match = find_answer(turn, self.main_intent, NEAR)
        if match:
            say_answer(turn, match, buttons=[turn.button("申请报修", "ask_warranty", choice="repair")])
        else:
            say_unknown(turn, self.main_intent)

    def _can_start(self, turn: Turn) -> bool:
        found = find_order(turn, lambda order: order.status in ARRIVED)
        if found.refused:
            not_yours(turn, found.refused)
        elif found.order:
            return not self._refuse(turn, found.order)
        elif found.several:
            return True
        elif turn.orders:
            refuse_not_arrived(turn, turn.orders[0], self.deed)
        else:
            no_orders(turn)
        return False

    def _refuse(self, turn: Turn, order: Order) -> bool:
        running = open_case(turn, order, ("repair", "install"))
        days = warranty_days(policy(turn, "保修多久", self.main_intent))
        turn.set("order_focus", order.order_id)
        facts = {"order": order.order_id, "goods": goods(order)}
        if running:
            turn.say("utter_repair_running", case=running.case_id, **facts, buttons=[turn.human_button])
        elif order.status not in ARRIVED:
            refuse_not_arrived(turn, order, self.deed)
        elif days and order.received_at and turn.services.now() - order.received_at > timedelta(days=days):
            turn.say(
                "utter_warranty_over",
                when=day(order.received_at, turn.services.now()),
                until=day(order.received_at + timedelta(days=days), turn.services.now()),
                **facts,
                buttons=[turn.human_button],
            )
        else:
            return False
        return True

    def fill(self, turn: Turn, draft: Draft) -> None:
        order = draft.order
        if order is not None and len(order.lines) == 1 and not draft.get("item"):
            draft.put("item", order.lines[0].product_id)

    def refuse(self, turn: Turn, draft: Draft) -> bool:
        return draft.order is not None and self._refuse(turn, draft.order)

    def _ask_confirm(self, turn: Turn, draft: Draft, again: bool) -> None:
        rule = policy(turn, "保修多久", self.main_intent) if draft.get("kind") == "repair" else None
        turn.say(
            "utter_confirm_repair",
            kind=KINDS[draft.get("kind")],
            goods=goods_meant(draft),
            order=str(draft.get("order")),
            detail=str(draft.get("detail")),
            rule=word("\n保修规则：{rule}", rule=rule) if rule else "",
            buttons=self.confirm_buttons(turn, draft, "确认提交", "先不办"),
        )

    def submit(self, turn: Turn, draft: Draft) -> None:
        kind = draft.get("kind")
        case = turn.services.store.cases.open(
            kind,
            turn.customer_id,
            order_id=draft.get("order"),
            product_id=draft.product_id,
            details={"detail": draft.get("detail")},
            deadline=turn.deadline,
        )
        turn.say(
            "utter_repair_submitted",
            kind=KINDS[kind],
            case=case.case_id,
            goods=goods_meant(draft),
            buttons=[turn.button("查进度", "ask_refund_status")],
        )


REPAIR = RepairForm()
