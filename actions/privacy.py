"""What is kept about a customer, and its owner's say over it: switched off at once, handed out or erased on request."""

from __future__ import annotations

import re

from actions.base import ZhikeAction
from actions.choosing import choice_question
from actions.forms import Draft, Question, ServiceForm
from actions.language import word
from actions.turn import Turn

KINDS = {"export": "导出我的数据", "erase": "删除我的数据"}
CASE_KIND = "privacy"
_OFF = re.compile(
    r"关[掉闭了]?|停[掉用]?|不(?:要|想|用|再|需要)|别|取消|拒绝|退订|屏蔽|禁|撤回|不同意|不许|不准"
    r"|turn off|switch off|stop|disable|opt out|unsubscribe",
    re.I,
)
_ON = re.compile(r"打开|开启|恢复|重新.{0,4}(?:开|推)|开回来")
_ON_AGAIN = re.compile(r"(?:再|还是).{0,6}(?:开|推)")
_NOT_ON = re.compile(r"(?:不|别|勿|甭|没|谁|为什么|怎么).{0,6}(?:打开|开启|恢复|重新|开回来)")
_PERSONAL = re.compile(
    r"个性化|推荐|推给我|推送商品|猜.{0,3}喜欢|推(?:了|东西|商品)|记(?:我|住|录)|跟踪|分析我|画像|personali[sz]|suggest|recommend|track",
    re.I,
)
_MARKETING = re.compile(
    r"短信|广告|营销|促销消息|推销|骚扰|邮件|消息推送|推送|marketing|advert|\bads\b|\bsms\b|e-?mails?", re.I
)
_ERASE = re.compile(
    r"删(?:除|掉|了|光)?|清(?:除|空|掉|理)|抹(?:除|掉)|销毁|注销.{0,4}(?:信息|数据|资料)|忘(?:掉|记)我|delete|erase",
    re.I,
)
_EXPORT = re.compile(r"导出|下载|发(?:我|给我)一份|拷贝|副本|打包|给我一份|备份|export|download|copy of", re.I)
_SHOW = re.compile(r"存了|哪些|什么信息|有什么|看看|查看|收集|保存|保留|知道我|有我")


def wish_of(turn: Turn) -> str:
    """off_personal, off_marketing, off_both, on_personal, on_marketing, export, erase or show."""
    chosen = turn.entity("choice")
    if turn.pressed and isinstance(chosen, str):
        return chosen
    text = turn.text
    if _ERASE.search(text) and not re.search(r"(?:没|不|别).{0,4}(?:删|清|抹)", text.replace("不是不想", "")):
        return "erase"
    if _EXPORT.search(text):
        return "export"
    marketing, personal = bool(_MARKETING.search(text)), bool(_PERSONAL.search(text))
    if _switches_on(text) and (marketing or personal):
        return "on_marketing" if marketing and not personal else "on_personal"
    if _OFF.search(text) and (marketing or personal):
        return "off_both" if marketing and personal else "off_marketing" if marketing else "off_personal"
    return "show" if _SHOW.search(text) or not _OFF.search(text) else "ask"


def _switches_on(text: str) -> bool:
    """Only plain words switch on; 不要再给我推荐了 has 再推荐 in it and means the opposite."""
    if _ON.search(text):
        return not _NOT_ON.search(text)
    return bool(_ON_AGAIN.search(text)) and not _OFF.search(text)


class PrivacyRequest(ZhikeAction):
    """Needs no reason and no detour: what can be done at once is done at once."""

    action_name = "action_privacy_request"

    def handle(self, turn: Turn) -> None:
        if turn.anonymous:
            turn.say("utter_privacy_anonymous", buttons=[turn.human_button])
            return
        wish = wish_of(turn)
        if wish in KINDS:
            turn.follow(PRIVACY.name)
        elif wish.startswith(("off_", "on_")):
            self._switch(turn, wish)
        else:
            self._show(turn)

    def _switch(self, turn: Turn, wish: str) -> None:
        on, what = wish.startswith("on_"), wish.partition("_")[2]
        values = {
            "personal": {"personalisation": on},
            "marketing": {"marketing": on},
            "both": {"personalisation": on, "marketing": on},
        }[what]
        turn.services.store.customers.set_consent(turn.customer_id, **values)
        back = (
            []
            if on
            else [
                turn.button(
                    "重新打开", "privacy_request", choice="on_marketing" if what == "marketing" else "on_personal"
                )
            ]
        )
        turn.say(
            f"utter_privacy_{'on' if on else 'off'}_{what}"
            if not on
            else f"utter_privacy_on_{'marketing' if what == 'marketing' else 'personal'}",
            buttons=back,
        )

    def _show(self, turn: Turn) -> None:
        store, customer = turn.services.store, turn.customer
        profile = [
            word(name)
            for name, value in (
                ("昵称", customer and customer.name),
                ("城市", customer and customer.city),
                ("生日年份", customer and customer.birth_year),
                ("手机号", customer and customer.phone),
                ("会员等级", customer and customer.level),
            )
            if value
        ]
        orders = len(store.orders.of_customer(turn.customer_id, limit=10_000))
        events = len(list(store.behaviour.of_customer(turn.customer_id)))
        cases = len(store.cases.of_customer(turn.customer_id))
        personal = customer is None or customer.consent_personalisation is not False
        switch = (
            turn.button("关闭个性化推荐", "privacy_request", choice="off_personal")
            if personal
            else turn.button("打开个性化推荐", "privacy_request", choice="on_personal")
        )
        turn.say(
            "utter_privacy_show",
            profile=word("、").join(profile) or "账号编号",
            orders=str(orders),
            events=str(events),
            cases=str(cases),
            personal="开着" if personal else "已关闭",
            buttons=[
                turn.button("导出", "privacy_request", choice="export"),
                switch,
                turn.button("删除", "privacy_request", choice="erase"),
            ],
        )


def _read_kind(turn: Turn, draft: Draft, asked: bool) -> str | None:
    wish = wish_of(turn)
    return wish if wish in KINDS else None


class PrivacyForm(ServiceForm):
    """Export and erasure: a request with a receipt, confirmed first. The shop carries it out; nothing is claimed to
    be done before."""

    name = "privacy_form"
    deed = "处理您的数据"
    verbs = "删除|删|清除|导出|delete|export"
    intents = frozenset({"privacy_request"})
    main_intent = "privacy_request"
    kept = "utter_kept_privacy"

    def __init__(self) -> None:
        self.questions = (
            choice_question("kind", "utter_ask_privacy_kind", KINDS, _read_kind),
            Question("confirm", self._ask_confirm, self.read_confirm),
        )

    def _ask_confirm(self, turn: Turn, draft: Draft, again: bool) -> None:
        kind = draft.get("kind")
        yes, no = ("确认删除", "先不删") if kind == "erase" else ("确认导出", "先不导出")
        turn.say(f"utter_confirm_{kind}", buttons=self.confirm_buttons(turn, draft, yes, no))

    def submit(self, turn: Turn, draft: Draft) -> None:
        kind = draft.get("kind")
        # One open request of each sort: the sort stands where other cases name their goods.
        case = turn.services.store.cases.open(
            CASE_KIND, turn.customer_id, product_id=kind, details={"wish": kind}, deadline=turn.deadline
        )
        turn.say(f"utter_{kind}_submitted", case=case.case_id)


PRIVACY = PrivacyForm()
