"""Invoices: which order, for whom, the tax number, paper or electronic, where to; or issued anew after a mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.cancel import CASE_ZH
from actions.choosing import choice_question, order_question, text_question
from actions.faq import THRESHOLD
from actions.faq_answers import find_answer, policy, say_answer
from actions.forms import Draft, Question, ServiceForm
from actions.language import word
from actions.orders import day, find_order, goods
from actions.readers import company_title, email, tax_number
from actions.returns import only_asks
from actions.tracking import no_orders, not_yours
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Case, Order

KINDS = {"personal": "个人", "company": "公司"}
MEDIA = {"electronic": "电子发票", "paper": "纸质发票"}
_SPECIAL = re.compile(r"专票|专用发票|增值税专|增专")
_REISSUE = re.compile(
    r"重[新]?开|开错|写错|抬头(?:错|不对|填错)|换(?:个|成|一下)?抬头|改(?:个|成|一下)?抬头|抬头.{0,4}(?:改|换)|红冲|冲红|作废|改成?(?:公司|个人)"
)
_STATUS = re.compile(
    r"开(?:好|出来|了)(?:没|吗|了没)|进度|开到哪|还没(?:收到|开)|没收到|到哪了|多久(?:能)?(?:开|收到|到|发)|催|什么时候(?:开|能|发|到)"
)
_HOW = re.compile(r"怎么|如何|咋|在哪|哪里|入口")
_PERSONAL = re.compile(r"个人|私人|自己的?名字|不用?(?:写)?公司|personal|for (?:me|myself|a person)", re.I)
_COMPANY = re.compile(r"公司|单位|企业|报销|税号|对公|抬头.{0,3}(?:公司|单位)|company|business", re.I)
_PAPER = re.compile(r"纸质|纸票|纸的|实体发票|寄(?:给我|过来|发票)|paper", re.I)
_ELECTRONIC = re.compile(r"电子|pdf|邮箱|发我邮|electronic|e-?mail", re.I)


def _invoiceable(order: Order) -> bool:
    return order.status not in ("pending", "cancelled", "refunded", "refunding")


def _read_kind(turn: Turn, draft: Draft, asked: bool) -> str | None:
    if _PERSONAL.search(turn.text) and not re.search(r"不(?:是|要|开)?个人|个人.{0,4}(?:改|换)", turn.text):
        return "personal"
    if _COMPANY.search(turn.text) or company_title(turn.text, False) or tax_number(turn.text, False):
        return "company"
    return None


def _read_medium(turn: Turn, draft: Draft, asked: bool) -> str | None:
    if _PAPER.search(turn.text) and not re.search(r"不(?:要|用)?.{0,2}纸", turn.text):
        return "paper"
    return "electronic" if _ELECTRONIC.search(turn.text) or email(turn.text, False) else None


def _is_company(draft: Draft) -> bool:
    return draft.get("kind") == "company"


class InvoiceForm(ServiceForm):
    name = "invoice_form"
    deed = "开发票"
    verbs = "开发票|开票|开|发票|invoice"
    intents = frozenset({"ask_invoice"})
    main_intent = "ask_invoice"
    kept = "utter_kept_invoice"

    def __init__(self) -> None:
        self.questions = (
            order_question(_invoiceable, "开发票"),
            choice_question("kind", "utter_ask_invoice_kind", KINDS, _read_kind),
            text_question("title", "utter_ask_invoice_title", company_title, _is_company),
            text_question("tax", "utter_ask_invoice_tax", tax_number, _is_company),
            choice_question("medium", "utter_ask_invoice_medium", MEDIA, _read_medium),
            text_question("email", "utter_ask_invoice_email", email, lambda draft: draft.get("medium") == "electronic"),
            Question("confirm", self._ask_confirm, self.read_confirm),
        )

    def open(self, turn: Turn) -> bool:
        running = self._running(turn)
        if turn.intent != "affirm" and not turn.pressed:
            if _SPECIAL.search(turn.text):
                self._special(turn)
                return False
            if _STATUS.search(turn.text) and running:
                turn.say(
                    "utter_invoice_running",
                    case=running.case_id,
                    order=str(running.order_id),
                    when=day(running.created_at, turn.services.now()),
                    buttons=[turn.human_button],
                )
                return False
        if self._answers_question(turn):
            return False
        found = find_order(turn, _invoiceable)
        if found.refused:
            not_yours(turn, found.refused)
        elif found.order and not _invoiceable(found.order):
            turn.say(
                "utter_invoice_not_possible",
                order=found.order.order_id,
                status=found.order.status_zh,
                buttons=[turn.human_button],
            )
        elif found.order or found.several:
            return True
        else:
            no_orders(turn)
        return False

    def _answers_question(self, turn: Turn) -> bool:
        if not only_asks(turn) and not (_HOW.search(turn.text) and not turn.pressed and turn.intent != "affirm"):
            return False
        if _REISSUE.search(turn.text):
            return False
        match = find_answer(turn, self.main_intent)
        if match is None:
            return False
        say_answer(turn, match, buttons=[turn.button("现在就开", "ask_invoice")])
        turn.offer("action_ask_invoice")
        return True

    @staticmethod
    def _special(turn: Turn) -> None:
        rule = policy(turn, "增值税专用发票怎么开", "ask_invoice") or ""
        turn.say(
            "utter_invoice_special" if "专" in rule else "utter_invoice_special_unknown",
            rule=rule,
            buttons=[turn.human_button],
        )

    @staticmethod
    def _running(turn: Turn) -> Case | None:
        return next(
            iter(turn.services.store.cases.of_customer(turn.customer_id, kinds=("invoice",), open_only=True)), None
        )

    def fill(self, turn: Turn, draft: Draft) -> None:
        if draft.get("detail") is None and not turn.pressed and _REISSUE.search(turn.text):
            draft.put("detail", "reissue")
        # Where the shop says that it issues electronic invoices and nothing of paper, there is nothing to ask.
        rule = policy(turn, "怎么开发票", "ask_invoice")
        if draft.get("medium") is None and rule and "电子" in rule and "纸" not in rule:
            draft.put("medium", "electronic")
        elif draft.get("medium") == "paper" and rule and "电子" in rule and "纸" not in rule:
            turn.say("utter_invoice_electronic_only", rule=policy(turn, "有纸质发票吗", "ask_invoice") or rule)
            draft.put("medium", "electronic")

    def _ask_confirm(self, turn: Turn, draft: Draft, again: bool) -> None:
        company = draft.get("kind") == "company"
        title = word("{name}，税号 {tax}", name=draft.get("title"), tax=draft.get("tax")) if company else "个人"
        where = word("，发到 {email}", email=draft.get("email")) if draft.get("email") else ""
        turn.say(
            "utter_confirm_invoice",
            deed="重开发票" if draft.get("detail") == "reissue" else "开发票",
            order=str(draft.get("order")),
            goods=goods(draft.order) if draft.order else "",
            title=title,
            medium=word(MEDIA[draft.get("medium")]) + where,
            buttons=self.confirm_buttons(turn, draft, "确认开票", "先不开"),
        )

    def token(self, draft: Draft) -> str:
        return ":".join([super().token(draft), *(str(draft.get(f) or "") for f in ("title", "tax", "email"))])

    def submit(self, turn: Turn, draft: Draft) -> None:
        cases = turn.services.store.cases
        details = {
            "kind": draft.get("kind"),
            "title": draft.get("title") or "个人",
            "tax": draft.get("tax"),
            "medium": draft.get("medium"),
            "email": draft.get("email"),
            "reissue": draft.get("detail") == "reissue",
        }
        case = cases.open(
            "invoice", turn.customer_id, order_id=draft.get("order"), details=details, deadline=turn.deadline
        )
        if case.existing and case.details != details:
            # The open application holds the old title: it is replaced, not left beside the new one.
            cases.withdraw(case.case_id, turn.customer_id, deadline=turn.deadline)
            case = cases.open(
                "invoice", turn.customer_id, order_id=draft.get("order"), details=details, deadline=turn.deadline
            )
        rule = policy(turn, "发票多久能开好", "ask_invoice", THRESHOLD)
        turn.say(
            "utter_invoice_submitted",
            what=word("重开{what}", what=word(CASE_ZH["invoice"])) if details["reissue"] else CASE_ZH["invoice"],
            case=case.case_id,
            title=str(details["title"]),
            rule=word("\n店里的说明：{rule}", rule=rule) if rule else "",
        )


INVOICE = InvoiceForm()
