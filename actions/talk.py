"""Greeting, thanks, small talk, what the bot is and can do, and what no shop does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.base import ZhikeAction
from actions.language import word
from actions.readings import menu_buttons, said
from actions.turn import Turn
from actions.wish import yuan

RECENT_ORDERS = 10
_HOURS = ((5, "夜深了"), (9, "早上好"), (12, "上午好"), (14, "中午好"), (18, "下午好"), (23, "晚上好"), (24, "夜深了"))
_QUESTION = re.compile(r"[吗么][？?。\s]*$|[?？]\s*$")
_JUNK = re.compile(r"[\s\W\d_]+")


def time_of_day(hour: int) -> str:
    """hour of the wall clock, 0–23."""
    return next(words for until, words in _HOURS if hour < until)


class Greet(ZhikeAction):
    action_name = "action_greet"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        unfinished = turn.slot("unfinished")
        name = turn.customer.name if turn.customer else ""
        hello = word("{name}您好，{time}", name=name, time=word(time_of_day(turn.services.now().hour))).strip()
        if isinstance(unfinished, dict) and unfinished.get("intent"):
            turn.set("unfinished", None)
            turn.offer(f"action_{unfinished['intent']}")
            turn.say(
                "utter_greet_unfinished",
                hello=hello,
                what=said(unfinished["intent"]),
                buttons=[turn.button("接着办", unfinished["intent"]), turn.button("不办了", "deny")],
            )
            return
        if likely := likely_wish(turn):
            turn.offer(f"action_{likely.intent}", order_focus=likely.order_id)
            first = turn.button(likely.title, likely.intent, order_id=likely.order_id)
            buttons = _distinct([first, *menu_buttons(turn)])[:4]
            turn.say("utter_greet_news", hello=hello, news=likely.news, buttons=buttons)
        else:
            turn.say("utter_greet", hello=hello, buttons=menu_buttons(turn)[:4])


@dataclass(frozen=True)
class Likely:
    """news: a sentence about an open order. intent, title: of the button that asks about it."""

    news: str
    intent: str
    title: str
    order_id: str


def likely_wish(turn: Turn) -> Likely | None:
    """What a customer who says hello probably came for; None when nothing is open."""
    if not turn.customer_id:
        return None
    orders = turn.services.store.orders.of_customer(turn.customer_id, limit=RECENT_ORDERS)
    for statuses, sentence, intent, title in _LIKELY:
        found = next((o for o in orders if o.status in statuses), None)
        if found:
            news = word(sentence, order=found.title, total=yuan(found.total))
            return Likely(news, intent, title, found.order_id)
    return None


# The most pressing first.
_LIKELY = (
    (("delivering",), "您的{order}正在派送，今天留意一下电话。", "track_order", "看派送"),
    (("shipped", "in_transit"), "您的{order}在路上。", "track_order", "查快递"),
    (("refunding",), "您的{order}正在退款（￥{total}）。", "ask_refund_status", "退款进度"),
    (("exchanging",), "您的{order}正在换货。", "ask_refund_status", "换货进度"),
    (("pending",), "您的{order}还没付款（￥{total}）。", "track_order", "看订单"),
    (("to_ship", "paid"), "您的{order}在备货，还没发出。", "track_order", "看订单"),
)


def _distinct(buttons: list[dict]) -> list[dict]:
    """One button an intent: the specific one that comes first."""
    seen: dict[str, dict] = {}
    for button in buttons:
        seen.setdefault(button["payload"].partition("{")[0], button)
    return list(seen.values())


class OnlyWords:
    """Mixed into an action whose answer is a response, perhaps with the menu."""

    sets_topic = False
    response = ""
    menu = False

    def handle(self, turn: Turn) -> None:
        turn.say(self.response, buttons=menu_buttons(turn) if self.menu else None)


class Goodbye(OnlyWords, ZhikeAction):
    action_name, response = "action_goodbye", "utter_goodbye"


class Thank(OnlyWords, ZhikeAction):
    action_name, response = "action_thank", "utter_welcome"


class AskCapability(OnlyWords, ZhikeAction):
    action_name, response, menu = "action_ask_capability", "utter_capability", True


class BotChallenge(ZhikeAction):
    action_name = "action_bot_challenge"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        turn.say("utter_bot_challenge", buttons=[turn.human_button])


class Praise(ZhikeAction):
    action_name = "action_praise"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        if _QUESTION.search(turn.text):  # 是正品吗 is no praise, whatever good word it has
            turn.follow("action_ask_product_info")
            return
        words = len(_JUNK.sub("", turn.text)) > 1 and not turn.pressed
        if words:
            turn.services.store.feedback.add(turn.sender_id, turn.customer_id, "up", comment=turn.text)
        turn.say("utter_praise_kept" if words else "utter_praise")


class Chitchat(ZhikeAction):
    action_name = "action_chitchat"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        topic = next((name for name, pattern in _CHAT if re.search(pattern, turn.text)), "")
        turn.say(f"utter_chitchat_{topic}" if topic else "utter_chitchat")


_CHAT = (
    ("joke", r"笑话|段子|逗我|搞笑|好笑"),
    ("song", r"唱.{0,3}(歌|曲)|来首|听歌"),
    ("weather", r"天气|[好真太][冷热]|下雨|下雪|刮风|降温"),
    ("meal", r"吃(饭|了|啥|什么)|饿|早饭|午饭|晚饭"),
    ("age", r"几岁|多大|年纪|生日"),
    ("name", r"叫什么|名字|怎么称呼|你是谁"),
    ("love", r"喜欢你|爱你|女朋友|男朋友|对象|单身|结婚"),
    ("tired", r"累|困|加班|无聊|烦|睡"),
    ("busy", r"忙|在(干|做)(嘛|什么|啥)|下班|上班"),
)


class OutOfScope(ZhikeAction):
    action_name = "action_out_of_scope"

    def handle(self, turn: Turn) -> None:
        topic = next((name for name, pattern in _STRANGE if re.search(pattern, turn.text)), "")
        turn.say(f"utter_out_of_scope_{topic}" if topic else "utter_out_of_scope", buttons=menu_buttons(turn))


_STRANGE = (
    ("ticket", r"[机车船]票|火车|高铁|航班|酒店|打车|外卖|挂号|电影票|门票"),
    ("writing", r"写(一?[首篇封段个]|诗|作文|文章|代码|论文|周报|总结)|翻译|作业|解.{0,3}题|算一?[道下]"),
    ("advice", r"看病|吃什么药|症状|医生|股票|基金|彩票|理财|官司|律师|算命|星座"),
)
