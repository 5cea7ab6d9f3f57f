"""What a short message means after what was said: under a list of goods 换一批 is no exchange."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.needs import needed_kinds
from actions.orders import names_an_order

if TYPE_CHECKING:
    from actions.turn import Turn

# After an answer of these intents, a judgement is about goods.
SUGGESTING = frozenset({"request_recommendation", "refine_recommendation", "ask_recommendation_reason"})
# And after one of these, 就它吧 means goods.
SHOPPING = SUGGESTING | {
    "compare_products",
    "ask_price",
    "ask_stock",
    "ask_product_info",
    "place_order",
    "ask_promotion",
}

_POLITE = re.compile(r"^(那|就|请|麻烦|帮我|给我|你|您|能不能|可以|再)+|[吧呗呢吗啊呀哈嘛了，。！？!?~\s]+$")
# Whole messages that steer a list of goods and nothing else.
_STEERS = re.compile(
    r"(换|来|看|推|推荐)(一|几|个|下)?[批组拨些款个](看看|瞧瞧|试试)?|换(一批|一组|几款|几个|别的|一换)(看看)?|下一[批组页]"
    r"|(还有|有)(没有)?(别的|其[他它](的)?)|便宜一?[点些](的)?|贵一?[点些](的)?|换个(牌子|品牌)|换一?[类种]"
)
_LOOKS_FOR = re.compile(r"看看|推荐|来(?:点|个|款|几)|有没有|有什么|换成|找找?|想买|想要")
_OF_ORDERS = re.compile(r"订单|下单|取消|退|换货|快递|发货|买的|收到")
_TOLD = frozenset({"inform", "praise", "chitchat", "affirm", "feedback_positive", "nlu_fallback"})
_OWN = frozenset({"request_recommendation", "refine_recommendation"})


def about_goods(turn: Turn, intents: frozenset[str] = SHOPPING) -> bool:
    return (turn.slot("topic") or {}).get("intent") in intents


# Whole messages that take one of the goods on the table.
_TAKES = re.compile(
    r"(?:那|好的?|嗯|行|可以|我|，|,|\s)*就?(?:要|买|拿|选|来|拍|下单)(?:第.{1,3}[个款]|最后[一那]?[个款]|[这那][个款]|它)(?:吧|了|呗|好了|啦|[。！~])*"
)
# 一般几天, 大概多久 and nothing else: how long the thing takes that was just spoken of.
_HOW_LONG = re.compile(
    r"(那|一般|大概|大约|通常|正常|需要|要|得|还|最快|最晚|可能|会|等)*(几天|多久|多长时间|几个工作日|什么时候|啥时候|哪天|几号)"
    r"(能|会|可以|才)?(到账|到|好|完成|处理|弄好|有结果|有消息)?(呀|啊|呢|吗|嘛|了)?"
)
_TAKE_TIME = frozenset({"ask_refund_status", "track_order"})
# 第三个怎么样 and nothing else, under a list of goods: no comparison, and no question about what the bot meant.
_HOW_IS_IT = re.compile(
    r"(?:那么?)?(?:第[^个款]{1,2}[个款]|最后[一那]?[个款])(?:怎么样|怎样|咋样|如何|好不好|好用吗|好吗|行吗)[呀啊呢?？。！!~\s]*"
)
# 台灯呢, 那第二个呢 and nothing else: the question before, asked of something else.
_WHAT_ABOUT = re.compile(r"(?:那么?|还有|另外)?[，,\s]*[^，,。！？!?]{1,14}呢[?？。!！~\s]*")
ASKING_FOR_AN_ORDER = frozenset({"action_track_order", "action_urge_delivery"})
"""Actions that listed orders and asked which one: 第二个 and 耳机那个 answer them."""
_POINTS = re.compile(r"(?:[那这]|的|个|单|笔|一|是|就|吧|[，,。！!~\s])*")
# 不想等了 and nothing else, of an order.
_WONT_WAIT = re.compile(
    r"(?:那|我|算了|真的?|[，,\s])*不(?:想|愿意?|要|打算)?再?等(?:下去)?了?(?:吧|啦|了|[。！!~\s])*"
)
_WAITED_FOR = frozenset({"track_order", "urge_delivery"})
_ASKED_OF_ORDERS = frozenset({"track_order", "urge_delivery", "ask_refund_status"})
_ASKED_OF_GOODS = frozenset({"ask_price", "ask_stock", "ask_product_info"})
_THINGS = ("product", "category", "brand", "colour", "size", "ordinal", "reference")


def meant_instead(turn: Turn) -> str | None:
    """The action that fits better than the one that the intent names, or None."""
    if turn.form or turn.pressed:
        return None
    return (
        _steers_goods(turn)
        or _asks_for_other_goods(turn)
        or _takes_one(turn)
        or _tells_a_need(turn)
        or _asks_how_long(turn)
        or _asks_of_another(turn)
        or _asks_after_one_shown(turn)
        or _says_which_order(turn)
        or _gives_up_waiting(turn)
    )


def _steers_goods(turn: Turn) -> str | None:
    if turn.intent in _OWN or not turn.shown or not about_goods(turn):
        return None
    if turn.intent == "place_order" and turn.slot("focus"):
        return None  # 来一个, of the one just talked about
    steers = _STEERS.fullmatch(_POLITE.sub("", turn.text.strip())) or _turns_down_what_was_shown(turn)
    return "action_refine_recommendation" if steers else None


def _asks_for_other_goods(turn: Turn) -> str | None:
    """算了，给我看看坚果吧: the no is for what was shown, the wish is for what is named."""
    asks = turn.intent == "deny" and turn.entities("category") and _LOOKS_FOR.search(turn.text)
    return "action_request_recommendation" if asks and not _OF_ORDERS.search(turn.text) else None


def _takes_one(turn: Turn) -> str | None:
    takes = turn.intent != "place_order" and turn.shown and about_goods(turn) and _TAKES.fullmatch(turn.text.strip())
    return "action_place_order" if takes else None


def _tells_a_need(turn: Turn) -> str | None:
    """她喜欢喝茶, after suggestions: whatever it was read as, it says what would suit."""
    if turn.intent not in _TOLD or not about_goods(turn, SUGGESTING):
        return None
    told = needed_kinds(turn.text, turn.services.catalogue().kinds)
    return "action_refine_recommendation" if told and not _OF_ORDERS.search(turn.text) else None


def _asks_how_long(turn: Turn) -> str | None:
    topic = (turn.slot("topic") or {}).get("intent")
    if topic not in _TAKE_TIME or turn.intent == topic or not _HOW_LONG.fullmatch(turn.text.strip("，。！？!?~ ")):
        return None
    return f"action_{topic}"


def _asks_of_another(turn: Turn) -> str | None:
    topic = (turn.slot("topic") or {}).get("intent")
    if turn.intent == topic or not _WHAT_ABOUT.fullmatch(turn.text.strip()):
        return None
    of_order = topic in _ASKED_OF_ORDERS and names_an_order(turn)
    of_goods = topic in _ASKED_OF_GOODS and any(map(turn.entities, _THINGS))
    return f"action_{topic}" if of_order or of_goods else None


def _asks_after_one_shown(turn: Turn) -> str | None:
    if turn.intent == "ask_product_info" or not turn.shown or not about_goods(turn):
        return None
    return "action_ask_product_info" if _HOW_IS_IT.fullmatch(turn.text.strip()) else None


def _says_which_order(turn: Turn) -> str | None:
    """保温杯的 or 最后一个, after 要催哪一笔: goods or a place in the list and nothing else."""
    asking = (turn.offered or {}).get("action")
    names = [e for kind in ("product", "category", "brand", "ordinal") for e in turn.raw_entities(kind) if "start" in e]
    if asking not in ASKING_FOR_AN_ORDER or not names or f"action_{turn.intent}" == asking:
        return None
    before, after = turn.text[: min(e["start"] for e in names)], turn.text[max(e["end"] for e in names) :]
    return asking if _POINTS.fullmatch(before) and _POINTS.fullmatch(after) and names_an_order(turn) else None


def _gives_up_waiting(turn: Turn) -> str | None:
    waited_for = (turn.slot("topic") or {}).get("intent") in _WAITED_FOR and turn.intent != "cancel_order"
    return "action_cancel_order" if waited_for and _WONT_WAIT.fullmatch(turn.text.strip()) else None


def _turns_down_what_was_shown(turn: Turn) -> bool:
    """南极人的就不要了: a brand or colour of the goods on the table, not of an order."""
    if _OF_ORDERS.search(turn.text) or not about_goods(turn, SUGGESTING):
        return False
    shown = [p for i in turn.shown if (p := turn.services.catalogue().products.get(i))]
    there = {p.brand for p in shown} | {c for p in shown for c in p.colours}
    return any(value in there for kind in ("brand", "colour") for value in turn.entities(kind, exclude=True))
