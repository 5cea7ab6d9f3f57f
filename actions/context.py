"""What a short message means after what was shown: 换一批 could be an exchange, under a list of goods it is none."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.turn import Turn

# After an answer of these intents, a judgement is about goods.
SUGGESTING = frozenset({"request_recommendation", "refine_recommendation", "ask_recommendation_reason"})
# And after one of these, 就它吧 means goods.
SHOPPING = SUGGESTING | {
    "compare_products", "ask_price", "ask_stock", "ask_product_info", "place_order", "ask_promotion"}

_POLITE = re.compile(r"^(那|就|请|麻烦|帮我|给我|你|您|能不能|可以|再)+|[吧呗呢吗啊呀哈嘛了，。！？!?~\s]+$")
# Whole messages that steer a list of goods and nothing else.
_STEERS = re.compile(
    r"(换|来|看|推|推荐)(一|几|个|下)?[批组拨些款个](看看|瞧瞧|试试)?|换(一批|一组|几款|几个|别的|一换)(看看)?|下一[批组页]"
    r"|(还有|有)(没有)?(别的|其[他它](的)?)|便宜一?[点些](的)?|贵一?[点些](的)?|换个(牌子|品牌)|换一?[类种]")
_OF_ORDERS = re.compile(r"订单|下单|取消|退|换货|快递|发货|买的|收到")
_OWN = frozenset({"request_recommendation", "refine_recommendation"})


def about_goods(turn: Turn, intents: frozenset[str] = SHOPPING) -> bool:
    return (turn.slot("topic") or {}).get("intent") in intents


def meant_instead(turn: Turn) -> str | None:
    """The action that fits better than the one that the intent names, or None."""
    if turn.form or turn.pressed or turn.intent in _OWN or not turn.shown or not about_goods(turn):
        return None
    steers = _STEERS.fullmatch(_POLITE.sub("", turn.text.strip())) or _turns_down_what_was_shown(turn)
    return "action_refine_recommendation" if steers else None


def _turns_down_what_was_shown(turn: Turn) -> bool:
    """南极人的就不要了: a brand or colour of the goods on the table, not of an order."""
    if _OF_ORDERS.search(turn.text) or not about_goods(turn, SUGGESTING):
        return False
    shown = [p for i in turn.shown if (p := turn.services.catalogue().products.get(i))]
    there = {p.brand for p in shown} | {c for p in shown for c in p.colours}
    return any(value in there for kind in ("brand", "colour") for value in turn.entities(kind, exclude=True))
