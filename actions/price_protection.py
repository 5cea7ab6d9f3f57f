"""It became cheaper after buying: the difference from what was paid to today's price, within the shop's own term."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from actions.choosing import goods_meant, item_question, order_question
from actions.faq import term_days
from actions.faq_answers import find_answer, policy, say_answer, say_unknown
from actions.forms import Draft, Question, ServiceForm
from actions.language import word
from actions.orders import day, days_since, find_order, goods, short, yuan
from actions.returns import open_case
from actions.tracking import no_orders, not_yours
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Order, OrderLine

_ASKS_RULE = re.compile(r"几天|多少天|多久|期限|规则|怎么算|条件|吗$|么$|支持|有没有|有保价|按哪个|怎么申请")
_OWN_CASE = re.compile(r"降了|便宜了|又降|刚(?:买|收|到|下)|我(?:买|付|拍|那)|差价|退我|补我|补给我|申请|\d")
_STANDARD = "降价了能退差价吗，价保几天"


@dataclass(frozen=True)
class Term:
    """The shop's own rule. days: None when it names none. since: which moment the term runs from."""

    answer: str
    days: int | None

    def begins(self, order: Order) -> datetime | None:
        """签收后 counts from receipt (not begun while on its way), 付款后 from payment, 下单后 from the order."""
        if "签收" in self.answer or "收货" in self.answer:
            return order.received_at
        if "付款" in self.answer:
            return order.paid_at or order.ordered_at
        return order.ordered_at


def term(turn: Turn) -> Term | None:
    answer = policy(turn, _STANDARD, "ask_price_protection")
    return Term(answer, term_days(answer)) if answer and re.search(r"差价|价保|保价|差额", answer) else None


def price_now(turn: Turn, line: OrderLine) -> float | None:
    product = turn.services.catalogue().products.get(line.product_id)
    return product.price if product else None


def difference(turn: Turn, line: OrderLine) -> float:
    """Yuan that all pieces of a line are cheaper today; 0 when they are not."""
    now = price_now(turn, line)
    return round(max(0.0, line.price - now) * line.quantity, 2) if now is not None else 0.0


def _compared(goods: str, paid: float, now: float) -> str:
    return word("{goods} 买时 {paid}，现在 {now}", goods=goods, paid=yuan(paid), now=yuan(now))


def _bought(order: Order) -> bool:
    return order.status not in ("pending", "cancelled", "refunded", "refunding")


def _in_term(turn: Turn, order: Order, rule: Term) -> bool:
    begins = rule.begins(order)
    return rule.days is None or begins is None or days_since(begins, turn.services.now()) <= rule.days


class PriceProtectionForm(ServiceForm):
    name = "price_protection_form"
    deed = "价保"
    verbs = "价保|退差价|退"
    intents = frozenset({"ask_price_protection"})
    main_intent = "ask_price_protection"
    kept = "utter_kept_price"

    def __init__(self) -> None:
        self.questions = (
            order_question(_bought, "申请价保", lambda turn: lambda order: self._worth_it(turn, order)),
            item_question(whole=False),
            Question("confirm", self._ask_confirm, self.read_confirm),
        )

    def _worth_it(self, turn: Turn, order: Order) -> bool:
        rule = term(turn)
        return (
            rule is not None
            and _bought(order)
            and _in_term(turn, order, rule)
            and any(difference(turn, line) for line in order.lines)
        )

    def open(self, turn: Turn) -> bool:
        rule = term(turn)
        if rule is None:
            say_unknown(turn, self.main_intent)
            return False
        if self._only_about_the_rule(turn):
            match = find_answer(turn, self.main_intent)
            if match:
                say_answer(
                    turn, match, buttons=[turn.button("查我的订单能不能价保", "ask_price_protection", choice="mine")]
                )
                turn.offer("action_ask_price_protection")
                return False
        found = find_order(turn, lambda order: self._worth_it(turn, order))
        if found.refused:
            not_yours(turn, found.refused)
        elif found.order:
            return not self._refuse(turn, found.order, rule)
        elif found.several:
            return True
        else:
            self._nothing_cheaper(turn, rule)
        return False

    @staticmethod
    def _only_about_the_rule(turn: Turn) -> bool:
        if turn.pressed or turn.intent == "affirm" or turn.entity("order_id"):
            return False
        return bool(_ASKS_RULE.search(turn.text)) and not _OWN_CASE.search(re.sub(r"退差价|补差价", "", turn.text))

    def _nothing_cheaper(self, turn: Turn, rule: Term) -> None:
        bought = [order for order in turn.orders if _bought(order)]
        if not bought:
            no_orders(turn)
            return
        cheaper = [o for o in bought if any(difference(turn, line) for line in o.lines)]
        self._refuse(turn, (cheaper or bought)[0], rule)

    def _refuse(self, turn: Turn, order: Order, rule: Term) -> bool:
        """Over the term, not cheaper, or applied for already."""
        now = turn.services.now()
        turn.set("order_focus", order.order_id)
        facts = {"order": order.order_id, "goods": goods(order), "rule": rule.answer}
        running = open_case(turn, order, ("price_protection",))
        begins = rule.begins(order)
        if running:
            turn.say("utter_price_running", case=running.case_id, **facts, buttons=[turn.human_button])
        elif not _bought(order):
            turn.say("utter_price_not_bought", status=order.status_zh, **facts, buttons=[turn.human_button])
        elif not any(difference(turn, line) for line in order.lines):
            compared = word("；").join(
                _compared(short(line.title, 14), line.price, price)
                for line in order.lines[:3]
                if (price := price_now(turn, line)) is not None
            )
            turn.say(
                "utter_price_not_cheaper" if compared else "utter_price_gone",
                compared=compared,
                **facts,
                buttons=[turn.human_button],
            )
        elif not _in_term(turn, order, rule) and begins is not None:
            turn.say(
                "utter_price_too_late",
                when=day(begins, now),
                gone=str(days_since(begins, now)),
                days=str(rule.days),
                **facts,
                buttons=[turn.human_button],
            )
        else:
            return False
        return True

    def fill(self, turn: Turn, draft: Draft) -> None:
        order = draft.order
        if order is not None and not draft.get("item"):
            cheaper = [line for line in order.lines if difference(turn, line)]
            if len(cheaper) == 1:
                draft.put("item", cheaper[0].product_id)

    def refuse(self, turn: Turn, draft: Draft) -> bool:
        order, rule = draft.order, term(turn)
        if order is None or rule is None:
            return False
        if self._refuse(turn, order, rule):
            return True
        if draft.line is not None and not difference(turn, draft.line):
            turn.say(
                "utter_price_not_cheaper",
                compared=_compared(
                    goods_meant(draft), draft.line.price, price_now(turn, draft.line) or draft.line.price
                ),
                rule=rule.answer,
                order=order.order_id,
                goods=goods(order),
                buttons=[turn.human_button],
            )
            return True
        return False

    def _ask_confirm(self, turn: Turn, draft: Draft, again: bool) -> None:
        line = draft.line
        turn.say(
            "utter_confirm_price",
            goods=goods_meant(draft),
            order=str(draft.get("order")),
            paid=yuan(line.price),
            now=yuan(price_now(turn, line) or line.price),
            difference=yuan(difference(turn, line)),
            buttons=self.confirm_buttons(turn, draft, "确认申请", "先不申请"),
        )

    def submit(self, turn: Turn, draft: Draft) -> None:
        line = draft.line
        paid, now = line.price, price_now(turn, line) or line.price
        case = turn.services.store.cases.open(
            "price_protection",
            turn.customer_id,
            order_id=draft.get("order"),
            product_id=line.product_id,
            details={"paid": paid, "now": now, "difference": difference(turn, line)},
            deadline=turn.deadline,
        )
        turn.say(
            "utter_price_submitted",
            case=case.case_id,
            goods=goods_meant(draft),
            difference=yuan(difference(turn, line)),
        )


PRICE_PROTECTION = PriceProtectionForm()
